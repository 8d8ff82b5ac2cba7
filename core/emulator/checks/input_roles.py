"""The inputs of a create body: which file has which role, and what is wrong with that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.catalog.model import Model
from core.catalog.slots import Slot
from core.emulator.checks.issues import (
    MISSING,
    Path,
    dig,
    issue,
    no_choice,
    object_issues,
    required,
    whole,
    wrong_type,
)
from core.emulator.checks.refusals import Issue
from core.emulator.checks.urls import complaint
from core.emulator.checks.values import size_issues, value_issues


@dataclass(frozen=True)
class Sent:
    """One file of a body: its role's rules, its URL, its own settings. `medium` is empty if the
    body leaves it to the file."""

    slot: Slot
    uri: str
    medium: str
    settings: dict[str, Any]


class Reader:
    def __init__(self, model: Model, body: Mapping[str, Any]) -> None:
        self.sent: list[Sent] = []
        self.issues: list[Issue] = []
        self._counted: set[str] = set()
        fields = dict.fromkeys(slot.field for slot in model.input)
        for field in fields:
            slots = [slot for slot in model.input if slot.field == field]
            if field in body:
                self._field(field, slots, body[field])
            elif any(slot.required for slot in slots):
                self.issues.append(required([field]))
        for slot in model.input:
            if slot.field in self._counted:
                self.issues += _count_issues(slot, self._count(slot.role))
            self.issues += self._company_issues(model, slot)
        self.issues += self._whole_issues(model)
        self.issues = [one for n, one in enumerate(self.issues) if one not in self.issues[:n]]

    def _count(self, role: str) -> int:
        return sum(sent.slot.role == role for sent in self.sent)

    def _field(self, field: str, slots: Sequence[Slot], value: object) -> None:
        first = slots[0]
        if first.wire == "uri":
            self._address(first, [field], value)
        elif first.wire == "object":
            self._item(slots, [field], value)
        elif isinstance(value, str) and any(slot.position or slot.bare for slot in slots):
            self._address(first, [field], value)
        elif not isinstance(value, list):
            self.issues.append(wrong_type([field], "array", value))
        elif not value and any(slot.position for slot in slots):
            self.issues.append(issue("invalid_union", [field], "Invalid input"))
        else:
            self._counted.add(field)
            for index, item in enumerate(value):
                self._item(slots, [field, index], item)

    def _address(self, slot: Slot, path: Path, value: object) -> None:
        self.issues += _uri_issues(slot, path, value)
        self.sent.append(Sent(slot, str(value), "", {}))

    def _item(self, slots: Sequence[Slot], path: Path, item: object) -> None:
        if not isinstance(item, dict):
            self.issues.append(wrong_type(path, "object", item))
            return
        slot = _slot_of(slots, item)
        if slot is None:
            positions = [slot.position for slot in slots]
            found = no_choice([*path, "position"], positions, item.get("position"))
            self.issues.append(found)
            slot = slots[0]
        else:
            kind = item.get("type", "") if slot.typed else ""
            settings = {
                p.name: whole(v) for p in slot.settings if (v := dig(item, p.name)) is not MISSING
            }
            self.sent.append(Sent(slot, str(item.get("uri")), str(kind), settings))
        self.issues += _item_issues(slot, slots, path, item)

    def _company_issues(self, model: Model, slot: Slot) -> Iterator[Issue]:
        if not self._count(slot.role):
            return
        needed = model.slot(slot.needs)
        if needed and needed.position and not self._count(needed.role):
            yield _no_frame(needed)
        elif needed and not self._count(needed.role):
            message = f"{_called(slot)} requires {_called(needed).lower()}"
            yield issue("custom", [slot.field], message)
        for role in slot.excludes:
            other = model.slot(role)
            if other and self._count(role):
                message = f"{_called(slot)} cannot be used together with {_called(other).lower()}"
                yield issue("custom", [slot.field], message)

    def _whole_issues(self, model: Model) -> Iterator[Issue]:
        for group in model.any_of:
            fields = [slot.field for role in group if (slot := model.slot(role))]
            if not any(sent.slot.field in fields for sent in self.sent):
                names = " | ".join(dict.fromkeys(fields))
                yield issue("custom", [fields[0]], f"At least one of {names} is required")
        pictures = [s for s in self.sent if (s.medium or s.slot.media[0]) == "image"]
        if model.most_images and len(pictures) > model.most_images:
            message = f"At most {model.most_images} images may be used"
            yield issue("too_big", [pictures[-1].slot.field], message)


def _slot_of(slots: Sequence[Slot], item: Mapping[str, Any]) -> Slot | None:
    fitting = [slot for slot in slots if slot.position == item.get("position", "")]
    if not any(slot.position for slot in slots):
        fitting = list(slots)
    typed = [slot for slot in fitting if item.get("type") in slot.media]
    return next(iter([*typed, *fitting]), None)


def _item_issues(
    slot: Slot, slots: Sequence[Slot], path: Path, item: Mapping[str, Any]
) -> Iterator[Issue]:
    yield from _uri_issues(slot, [*path, "uri"], item.get("uri", MISSING))
    names = ["uri", *(param.name for param in slot.settings)]
    names += ["position"] if any(other.position for other in slots) else []
    names += ["type"] if slot.typed else []
    yield from object_issues(path, item, names)
    if slot.typed:
        yield from _type_issues(slot, [*path, "type"], item.get("type", MISSING))
    yield from _setting_issues(slot, path, item)


def _type_issues(slot: Slot, path: Path, kind: object) -> Iterator[Issue]:
    if kind is MISSING:
        yield required(path)
    elif kind not in slot.media:
        yield no_choice(path, slot.media, kind)


def _setting_issues(slot: Slot, path: Path, item: Mapping[str, Any]) -> Iterator[Issue]:
    for param in slot.settings:
        value = dig(item, param.name)
        inside: Path = [*path, *param.name.split(".")]
        if value is not MISSING:
            yield from value_issues(param, value, inside)
        elif param.required:
            yield required(inside)
    if slot.one_of and sum(dig(item, name) is not MISSING for name in slot.one_of) != 1:
        yield issue("invalid_union", path, f"Expected exactly one of {' | '.join(slot.one_of)}")


def _uri_issues(slot: Slot, path: Path, uri: object) -> Iterator[Issue]:
    if uri is MISSING:
        yield required(path)
    elif not isinstance(uri, str):
        yield wrong_type(path, "string", uri)
    elif problem := complaint(uri, slot.media):
        yield issue("invalid_string", path, problem)


def _count_issues(slot: Slot, count: int) -> Iterator[Issue]:
    low, high = slot.count
    if slot.position and count < low:
        yield _no_frame(slot)
    elif slot.position and count > high == 1:
        message = (
            "Duplicate position values are not allowed. Each position (`first`, `last`) may only be"
            " used once."
        )
        yield issue("custom", [slot.field], message)
    elif slot.wire == "list":
        yield from size_issues([slot.field], count, low, high)


def _no_frame(slot: Slot) -> Issue:
    message = f"You must specify a frame in position `{slot.position}`."
    return issue("custom", [slot.field], message)


def _called(slot: Slot) -> str:
    if slot.position:
        return f"An image with position '{slot.position}'"
    return f"The field '{slot.field}'"
