"""Issues as Runway lists them: in the words of zod, with JavaScript's names for types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from core.emulator.checks.refusals import Issue

MISSING = object()
Path = list[str | int]


def issue(code: str, path: Path, message: str) -> Issue:
    return {"code": code, "path": path, "message": message}


def required(path: Path) -> Issue:
    return issue("invalid_type", path, "Required")


def wrong_type(path: Path, expected: str, value: object) -> Issue:
    return issue("invalid_type", path, f"Expected {expected}, received {_kind(value)}")


def no_choice(path: Path, choices: Iterable[object], value: object) -> Issue:
    expected = " | ".join(f"'{choice}'" for choice in choices)
    message = f"Invalid enum value. Expected {expected}, received '{value}'"
    return issue("invalid_enum_value", path, message)


def object_issues(path: Path, value: object, names: Iterable[str]) -> Iterator[Issue]:
    """Unknown keys of a nested object, which Runway refuses. A dot in a name stands for an
    object within the object."""
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
    value = body
    for part in name.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return MISSING
        value = value[part]
    return value


def whole(value: Any) -> Any:
    """5.0 as 5: JSON has only one kind of number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _kind(value: object) -> str:
    if value is None:
        return "null"
    kinds = {bool: "boolean", int: "number", float: "number", str: "string", list: "array"}
    return kinds.get(type(value), "object")
