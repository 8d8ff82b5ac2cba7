"""Issues, as Runway lists them: the words of zod, with JavaScript's names for what came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from core.emulator.checks.refusals import Issue

MISSING = object()
Path = list[str | int]


def issue(code: str, path: Path, message: str) -> Issue:
    """One reason why a body is invalid."""
    return {"code": code, "path": path, "message": message}


def required(path: Path) -> Issue:
    """What must be there is not."""
    return issue("invalid_type", path, "Required")


def wrong_type(path: Path, expected: str, value: object) -> Issue:
    """Something is there, of another type."""
    return issue("invalid_type", path, f"Expected {expected}, received {_kind(value)}")


def no_choice(path: Path, choices: Iterable[object], value: object) -> Issue:
    """None of the values that can be."""
    expected = " | ".join(f"'{choice}'" for choice in choices)
    message = f"Invalid enum value. Expected {expected}, received '{value}'"
    return issue("invalid_enum_value", path, message)


def object_issues(path: Path, value: object, names: Iterable[str]) -> Iterator[Issue]:
    """Keys that an object must not have: nested objects are strict at Runway. A dot in a name
    makes an object in the object."""
    if not isinstance(value, dict):
        yield wrong_type(path, "object", value)
        return
    inner: dict[str, list[str]] = {}
    for name in names:
        head, _, rest = name.partition(".")
        inner.setdefault(head, []).extend([rest] if rest else [])
    if unknown := sorted(set(value) - set(inner)):
        listed = ", ".join(f"'{key}'" for key in unknown)
        yield issue("unrecognized_keys", path, f"Unrecognized key(s) in object: {listed}")
    for head, rests in inner.items():
        if rests and head in value:
            yield from object_issues([*path, head], value[head], rests)


def dig(body: object, name: str) -> Any:
    """The value at a dotted name; MISSING where there is none."""
    value = body
    for part in name.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return MISSING
        value = value[part]
    return value


def whole(value: Any) -> Any:
    """5.0 as 5: JSON has one kind of number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _kind(value: object) -> str:
    if value is None:
        return "null"
    kinds = {bool: "boolean", int: "number", float: "number", str: "string", list: "array"}
    return kinds.get(type(value), "object")
