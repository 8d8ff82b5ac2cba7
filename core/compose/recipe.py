"""A recipe: what a file was made with, as the text that travels in it and that anybody may write.

What is read is data of strangers. It has the form of a request or is nothing; the catalogue judges
it like what a person types, and it never submits itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NoReturn

from pydantic import TypeAdapter, ValidationError

from core.catalog.catalog import Catalog
from core.compose import convert
from core.files import Output, Upload
from core.generations import Generation, Input, Request
from core.text import visible_text

FORM = "dailies"
"""The field that marks a recipe, with the version of its format."""
NUMBER = 1
MARK = b"dailies"
"""A file without these bytes has no recipe, and is not opened."""
MOST_BYTES = 64 * 1024
MOST_PARTS = 200
"""At most so many settings, or inputs: no model has as many."""
SHA256 = re.compile(r"[0-9a-f]{64}")
_REQUEST = TypeAdapter(Request)

FindUpload = Callable[[str], Upload | None]


@dataclass(frozen=True)
class Filling:
    """What a recipe puts into the form, and in sentences what of it has no place there."""

    request: Request
    model_name: str
    notices: tuple[str, ...]


def written(generation: Generation, output: Output) -> str:
    """The recipe of one output, in one line. It holds no address and names none of our files."""
    request = generation.request
    kept = [replace(item, url="").to_dict() for item in request.inputs if not item.url]
    facts = {
        FORM: NUMBER,
        "generation": generation.id,
        "file": output.position + 1,
        "task": generation.task_id or "",
        "endpoint": request.endpoint,
        "model": request.model,
        "prompt": request.prompt,
        "params": dict(request.params),
        "inputs": kept,
    }
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    return text if _is_text(text) else json.dumps(facts, separators=(",", ":"))


def read(content: bytes) -> Request | None:
    """What it was made with; None for anything that is no recipe."""
    if MARK not in content or len(content) > MOST_BYTES:
        return None
    try:
        facts = json.loads(content, parse_constant=_refuse)
        if not isinstance(facts, dict) or facts.get(FORM) != NUMBER:
            return None
        names = ("endpoint", "model", "prompt", "params", "inputs")
        request = _REQUEST.validate_python({name: facts[name] for name in names})
    except (ValidationError, ValueError, KeyError, RecursionError):
        return None
    return request if _is_sound(request) else None


def filling(request: Request, catalog: Catalog, find_upload: FindUpload) -> Filling | None:
    """None where the catalogue does not know the model. Only files that are kept here come along: a
    recipe cannot make the server fetch anything."""
    model = catalog.find(request.endpoint, request.model)
    if model is None:
        return None
    kept = tuple(_plain(item) for item in request.inputs if find_upload(item.sha256))
    try:
        fitting, notices = convert.carry(replace(request, inputs=kept), model, model)
    except (ValueError, TypeError, OverflowError):  # a number without measure
        return None
    if missing := len(request.inputs) - len(kept):
        files = "1 file that it started from is" if missing == 1 else f"{missing} files are"
        notices = [*notices, f"{files} not on this server."]
    return Filling(fitting, model.name, tuple(notices))


def _plain(item: Input) -> Input:
    return replace(item, url="")


def _is_sound(request: Request) -> bool:
    texts = (request.endpoint, request.model, request.prompt)
    return (
        all(_is_text(text) and "\0" not in text for text in texts)
        and len(request.params) <= MOST_PARTS
        and len(request.inputs) <= MOST_PARTS
        and all(not item.sha256 or SHA256.fullmatch(item.sha256) for item in request.inputs)
        and bool(visible_text.visible(request.model))
        and _is_text(request.to_json())
    )


def _is_text(text: str) -> bool:
    """False for half of an emoji, which no encoding can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of a setting")
