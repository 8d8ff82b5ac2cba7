"""Generations as CSV and as JSON, one after the other, however many there are."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from core.generations import Generation

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How a cell begins that a spreadsheet would calculate."""
COLUMNS = (
    "number", "state", "endpoint", "model", "prompt", "settings", "seconds", "credits", "made",
    "ended", "task", "favourite", "demo", "files",
)  # fmt: skip
BOM = b"\xef\xbb\xbf"
"""The mark by which spreadsheets know UTF-8."""
Files = Mapping[int, list[str]]
"""The names of a generation's files where they lie, by its number."""


def csv_pieces(generations: Iterable[Generation], files: Files) -> Iterator[bytes]:
    yield BOM + _line(COLUMNS)
    for generation in generations:
        yield _line(_cells(generation, files))


def json_pieces(generations: Iterable[Generation], files: Files) -> Iterator[bytes]:
    before = "[\n"
    for generation in generations:
        text = json.dumps(_facts(generation, files), ensure_ascii=False)
        yield f"{before}{text}".encode("utf-8", "replace")
        before = ",\n"
    yield b"[]\n" if before == "[\n" else b"\n]\n"


def cell(text: str) -> str:
    """The text as a cell that no spreadsheet calculates."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def _line(cells: Iterable[object]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue().encode("utf-8", "replace")


def _cells(generation: Generation, files: Files) -> list[object]:
    request, ended = generation.request, generation.finished_at
    texts = (request.endpoint, request.model, request.words)
    return [
        generation.id,
        generation.status.value,
        *map(cell, texts),
        cell(json.dumps(dict(request.params), ensure_ascii=False)),
        request.length or "",
        "" if generation.credits is None else generation.credits,
        generation.created_at.isoformat(timespec="seconds"),
        ended.isoformat(timespec="seconds") if ended else "",
        cell(generation.task_id or ""),
        int(generation.favourite),
        int(generation.demo),
        cell(" ".join(_files(generation, files))),
    ]


def _facts(generation: Generation, files: Files) -> dict[str, Any]:
    """Everything that is of use elsewhere; addresses of inputs are not."""
    request = generation.request
    return {
        "number": generation.id,
        "state": generation.status.value,
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
