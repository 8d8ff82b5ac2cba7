"""What a guest is told of each clip: its name, and of its making only what its link shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.catalog.model import Model
from core.catalog.params import Param
from core.catalog.suppliers import Supplier
from core.compose.convert import measured, shown
from core.domain.reviews import Note
from core.domain.shares import SharedClip, Terms
from core.files import Output
from core.generations import Generation, Value

NAMES = {"video": "Clip", "image": "Picture", "audio": "Sound"}


@dataclass(frozen=True)
class Card:
    place: int
    name: str
    files: tuple[Output, ...]
    prompts: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    stars: int
    """The guest's own; 0 before they gave any."""
    notes: tuple[Note, ...]


def card(
    clip: SharedClip,
    terms: Terms,
    model: Model | None,
    of: Supplier,
    stars: int,
    notes: Sequence[Note],
) -> Card:
    """`of` is the supplier that made it."""
    made = clip.generation
    main = made.main
    name = f"{NAMES.get(main.medium if main else '', 'File')} {clip.place}"
    prompts = made.request.words.splitlines() if terms.shows_prompts else ()
    facts = [
        *(_settings(made, model, terms) if terms.shows_settings else ()),
        *([("Cost", _cost(made, of))] if terms.shows_cost else ()),
    ]
    return Card(
        place=clip.place,
        name=name,
        files=made.outputs,
        prompts=tuple(filter(None, prompts)),
        facts=tuple(facts),
        stars=stars,
        notes=tuple(note for note in notes if note.generation_id == made.id),
    )


def _settings(made: Generation, model: Model | None, terms: Terms) -> Iterator[tuple[str, str]]:
    if made.request.model:
        yield "Model", model.name if model else made.request.model
    for name, value in made.request.params.items():
        param = model.setting(name) if model else None
        if param and _is_shown(param, terms):
            yield param.label, _value(param, value)


def _is_shown(param: Param, terms: Terms) -> bool:
    """Some settings are words like the prompt, such as what a clip should avoid; a task's id is for
    nobody."""
    return param.kind != "task" and (param.kind != "text" or terms.shows_prompts)


def _value(param: Param, value: Value) -> str:
    if isinstance(value, bool):
        return shown(value).capitalize()
    return param.names.get(str(value)) or measured(value, param.unit)


def _cost(made: Generation, of: Supplier) -> str:
    if made.credits is None:
        return "not known"
    sure = "" if made.credits_charged is not None else "at most "
    return f"{sure}{of.counted(made.credits)}"
