"""An input of a model: the files it takes in one place, their limits and how they are sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from core.catalog.params import Entry, Number, Param, Role, Values, holds, with_role
from core.generations import Input, Value

Media = Literal["image", "video", "audio"]


class Moment(Entry):
    """Where in a video each file of an input has its place, by the names of its settings.

    `video` is the role of that video. The moment is so many `seconds` from its start, or a `part`
    of it from 0 to 1; it lies in the stretch from `start` to `end` where that is given.
    """

    video: str
    seconds: str
    part: str
    start: str
    end: str


class Slot(Entry):
    """What a model takes in one role, such as a first frame or reference images.

    - `wire`: the address alone (`uri`), an `object`, or a `list` of objects; each object has the
      address, `position` where one is set, the medium as `type` where `typed`, and `settings`.
      Where it may be `bare`, one file can come as its address alone in place of a list.
    - `count` is the least and the most of them; `needs` a role that must be there too, `excludes`
      roles that must not.
    - `when` is as for a setting: the input is offered only beside those values.
    - `settings` belong to each file (a tag, a moment); of those in `one_of` exactly one is given,
      those in `together` all or none, and the same for every file. `most_with` caps how many files
      have a value, such as 5 of the subject human.
    - `moment` says which of them place the file in a video.
    - Limits of each file: `aspect` (width / height), `side` (pixels), `seconds`, `frame_rate` (at
      most), and `total_seconds` (at most) of all of them together.
    """

    role: str
    field: str
    label: str
    help: str = ""
    media: tuple[Media, ...] = ("image",)
    wire: Literal["uri", "object", "list"] = "list"
    position: str = ""
    typed: bool = False
    bare: bool = False
    count: tuple[int, int] = (0, 1)
    needs: str = ""
    excludes: tuple[str, ...] = ()
    when: Mapping[str, Values] = {}
    settings: tuple[Param, ...] = ()
    one_of: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    most_with: Mapping[str, Mapping[str, int]] = {}
    moment: Moment | None = None
    aspect: tuple[float, float] | None = None
    side: tuple[int, int] | None = None
    seconds: tuple[Number, Number] | None = None
    total_seconds: Number | None = Field(None, gt=0)
    frame_rate: Number | None = Field(None, gt=0)
    more: bool = False
    assumed: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for name in ("aspect", "side", "seconds", "count"):
            limits = getattr(self, name)
            if limits and not 0 <= limits[0] <= limits[1]:
                raise ValueError(f"{name} runs backwards")
        if self.most > 1 and self.wire != "list":
            raise ValueError("only a list has room for several")
        names = {param.name for param in self.settings}
        moment = self.moment.model_dump(exclude={"video"}).values() if self.moment else ()
        if not names.issuperset((*self.one_of, *self.together, *self.most_with, *moment)):
            raise ValueError("one_of, together, most_with or moment names a setting that is none")
        return self

    @property
    def required(self) -> bool:
        return self.count[0] > 0

    @property
    def most(self) -> int:
        return self.count[1]

    def setting(self, name: str) -> Param | None:
        return next((param for param in self.settings if param.name == name), None)

    def setting_with_role(self, role: Role) -> Param | None:
        return with_role(self.settings, role)

    def offered(self, params: Mapping[str, Value]) -> bool:
        return holds(self.when, params)

    def complaints(self, given: Sequence[Input]) -> Iterator[str]:
        for number, file in enumerate(given, 1):
            label = self.label if self.most == 1 else f"{self.label}, file {number}"
            for name, value in file.settings.items():
                param = self.setting(name)
                if complaint := param.complaint(value) if param else f"It has no {name}.":
                    yield f"{label}: {complaint}"
            if self.one_of and sum(name in file.settings for name in self.one_of) != 1:
                yield f"{label}: give it one of {self._labels(self.one_of, 'or')}."
        filled = {name in file.settings for name in self.together for file in given}
        if len(filled) > 1:
            labels = self._labels(self.together, "and")
            yield f"{self.label}: give {labels} for every file, or for none."
        for param in self.settings:
            yield from self._repeated(param, given)

    def _repeated(self, param: Param, given: Sequence[Input]) -> Iterator[str]:
        values = [file.settings[param.name] for file in given if param.name in file.settings]
        if param.unique and len({*map(str, values)}) < len(values):
            yield f"{self.label}: each {param.label.lower()} can be used once."
        for value, most in self.most_with.get(param.name, {}).items():
            if values.count(value) > most:
                yield f"{self.label}: at most {most} can be {param.names.get(value, value)}."

    def _labels(self, names: Sequence[str], word: str) -> str:
        labels = [param.label.lower() for param in self.settings if param.name in names]
        return f" {word} ".join(labels)

    def write(self, body: dict[str, Any], given: Input, uri: str) -> None:
        if self.wire == "uri":
            body[self.field] = uri
            return
        item: dict[str, Any] = {"uri": uri}
        if self.position:
            item["position"] = self.position
        if self.typed:
            item["type"] = given.medium or self.media[0]
        nest(item, given.settings)
        if self.wire == "object":
            body[self.field] = item
        else:
            body.setdefault(self.field, []).append(item)


def modes(slots: Sequence[Slot]) -> list[tuple[Slot, ...]]:
    """The ways of using inputs that exclude each other, such as frames or references.

    An input that goes with all others is in none of them; without exclusions there are none.
    """
    apart = {role for slot in slots for role in slot.excludes}
    found: list[list[Slot]] = []
    for slot in slots:
        if not slot.excludes and slot.role not in apart:
            continue
        for mode in found:
            if not any(s.role in slot.excludes or slot.role in s.excludes for s in mode):
                mode.append(slot)
                break
        else:
            found.append([slot])
    return [tuple(mode) for mode in found] if len(found) > 1 else []


def nest(target: dict[str, Any], values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        *parents, leaf = name.split(".")
        inner = target
        for parent in parents:
            inner = inner.setdefault(parent, {})
        inner[leaf] = value
