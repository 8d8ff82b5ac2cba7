"""A row of a list as a request: each cell where the model has it, and a reason for what does not
fit. What a row leaves empty is taken from the form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.catalog.catalog import Catalog
from core.catalog.model import Model
from core.catalog.params import Param, Role
from core.catalog.slots import Slot
from core.compose import convert
from core.files import Upload
from core.generations import Input, Request, Value

NUMBER = re.compile(r"(-?\d+(?:[.,]\d+)?)\s*(?:s|sec|seconds?)?", re.IGNORECASE)
DIVIDED = re.compile(r"[;\n]")
SEPARATORS = re.compile(r"[\s._-]+")
SETTINGS: tuple[Role, ...] = ("ratio", "duration", "seed")
"""The columns that are settings, with the role of each."""
FORMULA = re.compile(r"[=@]\s*[\w(\"']")

FindFile = Callable[[str], Upload | None]
Row = Mapping[str, str]


@dataclass(frozen=True)
class Listed:
    """What a row asks for. `reasons` say what in it is not understood; empty if all is."""

    request: Request
    project: str = ""
    tags: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


class Lister:
    def __init__(self, catalog: Catalog, base: Request, find_file: FindFile) -> None:
        """`find_file` gives the upload of that name, if one was brought."""
        self._base = base
        self._find_file = find_file
        self._models: dict[str, list[Model]] = {}
        for model in catalog:
            if model.status == "current":
                for name in (model.id, model.name):
                    self._models.setdefault(_plain(name), []).append(model)
        self._own = catalog.find(base.endpoint, base.model)
        self._starts: dict[tuple[str, str], Request] = {}

    def read(self, row: Row) -> Listed:
        reasons: list[str] = []
        files = list(self._files(row.get("files", ""), reasons))
        model = self._model(row.get("model", ""), files)
        if model is None:
            reasons.append(f"Model: none is called “{row.get('model', '')}”.")
            return Listed(self._base, reasons=tuple(reasons))
        start = self._start(model)
        params = model.sent({**start.params, **dict(_settings(model, row, reasons))})
        inputs = _placed(model, files, reasons) if files else start.inputs
        prompt = row.get("prompt", start.prompt)
        if FORMULA.match(row.get("prompt", "")):
            reasons.append("Prompt: this is a formula; write what it shows.")
        tags = tuple(tag for part in row.get("tags", "").split(",") if (tag := part.strip()))
        request = Request(model.endpoint, model.id, prompt, params, inputs)
        return Listed(request, row.get("project", ""), tags, tuple(reasons))

    def _files(self, text: str, reasons: list[str]) -> Iterator[File]:
        for name in filter(None, (part.strip() for part in DIVIDED.split(text))):
            if name.lower().startswith("https://"):
                yield File(name, Input("", url=name))
            elif upload := self._find_file(name):
                yield File(name, Input("", sha256=upload.sha256, medium=upload.medium))
            else:
                reasons.append(f"Files: “{name}” is not among the files that were dropped.")

    def _model(self, name: str, files: Sequence[File]) -> Model | None:
        if not files and not name:
            return self._own
        named = self._models.get(_plain(name or self._base.model), ())
        near = sorted(named, key=lambda m: (m is not self._own, m.endpoint != self._base.endpoint))
        fitting = (model for model in near if self._takes(model, files))
        return next(fitting, near[0] if near else None)

    def _takes(self, model: Model, files: Sequence[File]) -> bool:
        reasons: list[str] = []
        inputs = _placed(model, files, reasons) if files else self._start(model).inputs
        filled = {item.role for item in inputs}
        return not reasons and {slot.role for slot in model.input if slot.required} <= filled

    def _start(self, model: Model) -> Request:
        key = model.endpoint, model.id
        if key not in self._starts:
            carried, _said = convert.carry(self._base, model, self._own)
            self._starts[key] = self._base if model is self._own else carried
        return self._starts[key]


@dataclass(frozen=True)
class File:
    """A file of a row, by the name that stands there. What an address leads to is not known."""

    name: str
    item: Input

    def fits(self, slot: Slot) -> bool:
        return bool(self.item.url) or (self.item.medium or "image") in slot.media


def _placed(model: Model, files: Sequence[File], reasons: list[str]) -> tuple[Input, ...]:
    """Each file in the first place that has room for it; required places come first."""
    taken: list[Input] = []
    slots = sorted(model.input, key=lambda slot: not slot.required)
    for file in files:
        there = {item.role for item in taken}
        rooms = (
            slot
            for slot in slots
            if file.fits(slot)
            and sum(item.role == slot.role for item in taken) < slot.most
            and not there & set(slot.excludes)
        )
        if slot := next(rooms, None):
            taken.append(_in_place(file.item, slot))
        else:
            reasons.append(f"Files: {model.name} has no place for “{file.name}”.")
    return tuple(taken)


def _in_place(item: Input, slot: Slot) -> Input:
    medium = item.medium or slot.media[0]
    usual = medium == slot.media[0] == "image"
    settings = {p.name: p.default for p in slot.settings if p.required and p.default is not None}
    return Input(slot.role, item.sha256, item.url, "" if usual else medium, settings)


def _settings(model: Model, row: Row, reasons: list[str]) -> Iterator[tuple[str, Value]]:
    for column in SETTINGS:
        text = row.get(column, "")
        if not text:
            continue
        param = model.setting_with_role(column)
        if param is None:
            reasons.append(f"{column.capitalize()}: {model.name} has none; leave it empty.")
            continue
        value = _value(param, text)
        fitting = convert.nearest(param, value)
        if fitting is None:
            reasons.append(param.complaint(value))
        else:
            yield param.name, fitting


def _value(param: Param, text: str) -> Value:
    """`5`, `5.0` and `5 s` as 5, `16x9` as `16:9`; text that is no number stays as it was
    written."""
    if param.role == "ratio":
        return re.sub(r"\s*[x×]\s*", ":", text.lower())
    found = NUMBER.fullmatch(text)
    if not found:
        return text
    number = float(found[1].replace(",", "."))
    return int(number) if number.is_integer() else number


def _plain(name: str) -> str:
    return SEPARATORS.sub("", name.casefold())
