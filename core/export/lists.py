"""Generations as CSV and as JSON, with what people say of them, one after the other, however many
there are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from core.catalog.suppliers import Suppliers
from core.domain.reviews import Note, Rating, Words
from core.export.tables import BOM, line
from core.generations import Generation
from core.text.names import signed

COLUMNS = (
    "number", "state", "endpoint", "model", "prompt", "settings", "seconds", "credits", "made",
    "ended", "task", "favourite", "demo", "files", "review", "stars", "guest_stars", "notes",
    "provider", "dollars",
)  # fmt: skip
"""`credits` are those of the provider; only the dollars that they are worth can be added up."""
Files = Mapping[int, list[str]]
"""By a generation's number, the paths of its files."""
Said = Callable[[Sequence[int]], Mapping[int, Words]]
"""Reviews by number, of those generations that have any."""
AT_ONCE = 200
SILENCE = Words()


def csv_pieces(
    generations: Iterable[Generation], files: Files, said: Said, suppliers: Suppliers
) -> Iterator[bytes]:
    yield BOM + line(COLUMNS)
    for generation, words in _with_words(generations, said):
        cells = [*_cells(generation, files), *_reviewed(generation, words)]
        yield line([*cells, generation.provider, _dollars(generation, suppliers)])


def json_pieces(
    generations: Iterable[Generation], files: Files, said: Said, suppliers: Suppliers
) -> Iterator[bytes]:
    before = "[\n"
    for generation, words in _with_words(generations, said):
        facts = _facts(generation, files) | _opinions(generation, words)
        facts["dollars"] = _dollars(generation, suppliers)
        text = json.dumps(facts, ensure_ascii=False)
        yield f"{before}{text}".encode("utf-8", "replace")
        before = ",\n"
    yield b"[]\n" if before == "[\n" else b"\n]\n"


def _with_words(
    generations: Iterable[Generation], said: Said
) -> Iterator[tuple[Generation, Words]]:
    left = iter(generations)
    while part := list(islice(left, AT_ONCE)):
        words = said([one.id for one in part])
        yield from ((one, words.get(one.id, SILENCE)) for one in part)


def _cells(generation: Generation, files: Files) -> list[object]:
    request, ended = generation.request, generation.finished_at
    return [
        generation.id,
        generation.status.value,
        request.endpoint,
        request.model,
        request.words,
        json.dumps(dict(request.params), ensure_ascii=False),
        request.length or "",
        "" if generation.credits is None else generation.credits,
        generation.created_at.isoformat(timespec="seconds"),
        ended.isoformat(timespec="seconds") if ended else "",
        generation.task_id or "",
        int(generation.favourite),
        int(generation.demo),
        " ".join(_files(generation, files)),
    ]


def _dollars(generation: Generation, suppliers: Suppliers) -> float | None:
    return suppliers[generation.provider].known_worth(generation.credits)


def _reviewed(generation: Generation, words: Words) -> list[object]:
    notes = (f"{signed(note.person, note.guest)}: {note.text}" for note in words.notes)
    means = (_mean(generation.stars), _mean(generation.guest_stars))
    return [
        generation.review.value,
        *("" if mean is None else mean for mean in means),
        "\n".join(notes),
    ]


def _opinions(generation: Generation, words: Words) -> dict[str, Any]:
    """Guests are marked; the keys by which they are told apart stay here."""
    return {
        "review": generation.review.value,
        "stars": _mean(generation.stars),
        "guest_stars": _mean(generation.guest_stars),
        "ratings": [
            _who(one) | {"stars": one.stars, "at": one.at.isoformat()} for one in words.ratings
        ],
        "notes": [
            _who(note)
            | {
                "id": note.id,
                "answers": note.parent or None,
                "text": note.text,
                "from": note.span.start if note.span else None,
                "to": note.span.end if note.span else None,
                "at": note.created_at.isoformat(),
                "resolved": note.resolved_at is not None,
            }
            for note in words.notes
        ],
    }


def _who(one: Rating | Note) -> dict[str, Any]:
    return {"person": one.person, "guest": bool(one.guest)}


def _mean(hundredths: int | None) -> float | None:
    return None if hundredths is None else hundredths / 100


def _facts(generation: Generation, files: Files) -> dict[str, Any]:
    """Everything that is of use elsewhere; addresses of inputs are not."""
    request = generation.request
    return {
        "number": generation.id,
        "state": generation.status.value,
        "provider": generation.provider,
        "endpoint": request.endpoint,
        "model": request.model,
        "prompt": request.prompt,
        "settings": dict(request.params),
        "inputs": [
            {name: value for name, value in item.to_dict().items() if name != "url"}
            for item in request.inputs
        ],
        "credits": generation.credits,
        "made": generation.created_at.isoformat(),
        "ended": generation.finished_at.isoformat() if generation.finished_at else None,
        "task": generation.task_id,
        "favourite": generation.favourite,
        "demo": generation.demo,
        "files": [
            {
                "name": name,
                "type": output.media_type,
                "bytes": output.bytes,
                "sha256": output.sha256,
                "width": output.width,
                "height": output.height,
                "seconds": output.duration,
                "frames_a_second": output.frame_rate,
            }
            for name, output in zip(_files(generation, files), generation.outputs, strict=False)
        ],
    }


def _files(generation: Generation, files: Files) -> list[str]:
    return files.get(generation.id) or [output.file for output in generation.outputs]
