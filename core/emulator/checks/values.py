"""The allowed values of a setting, checked separately from Dailies' own check."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from core.catalog.model import utf16_units
from core.catalog.params import Param
from core.emulator.checks.issues import (
    MISSING,
    Path,
    issue,
    no_choice,
    object_issues,
    required,
    whole,
    wrong_type,
)
from core.emulator.checks.refusals import Issue

_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
_TASK = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def value_issues(param: Param, value: Any, path: Path) -> Iterator[Issue]:
    if param.kind == "choice":
        yield from _choice(param, whole(value), path)
    elif param.kind in ("integer", "number"):
        yield from _number(param, whole(value), path)
    elif param.kind == "boolean":
        if not isinstance(value, bool):
            yield wrong_type(path, "boolean", value)
    elif param.kind == "colours":
        yield from _colours(param, value, path)
    elif param.kind == "shots":
        yield from _shots(param, value, path)
    elif not isinstance(value, str):
        yield wrong_type(path, "string", value)
    else:
        yield from _string(param, value, path)


def _choice(param: Param, value: object, path: Path) -> Iterator[Issue]:
    known = (*param.choices, *param.outdated)
    # In Python True equals 1; in JSON it does not.
    if not any(type(value) is type(choice) and value == choice for choice in known):
        yield no_choice(path, param.choices, value)


def _number(param: Param, value: object, path: Path) -> Iterator[Issue]:
    if isinstance(value, str) and param.choices:
        yield from _choice(param, value, path)
    elif isinstance(value, bool) or not isinstance(value, int | float):
        yield wrong_type(path, "number", value)
    elif param.kind == "integer" and isinstance(value, float):
        yield issue("invalid_type", path, "Expected integer, received float")
    elif param.range:
        low, high = param.range
        if value < low:
            yield issue("too_small", path, f"Number must be greater than or equal to {low}")
        elif value > high:
            yield issue("too_big", path, f"Number must be less than or equal to {high}")


def _string(param: Param, value: str, path: Path) -> Iterator[Issue]:
    low, high = param.range or (1, None)
    if utf16_units(value) < low:
        yield issue("too_small", path, f"String must contain at least {low} character(s)")
    elif high is not None and utf16_units(value) > high:
        yield issue("too_big", path, f"String must contain at most {high} character(s)")
    elif param.pattern and not re.fullmatch(param.pattern, value):
        yield issue("invalid_string", path, "Invalid")
    elif param.kind == "colour" and not _COLOUR.fullmatch(value):
        yield issue("invalid_string", path, "Expected a colour as #rrggbb")
    elif param.kind == "task" and not _TASK.fullmatch(value):
        yield issue("invalid_string", path, "Invalid uuid")


def _colours(param: Param, value: object, path: Path) -> Iterator[Issue]:
    if not isinstance(value, list):
        yield wrong_type(path, "array", value)
        return
    yield from size_issues(path, len(value), *(param.range or (0, None)))
    for index, item in enumerate(value):
        if not isinstance(item, str) or not _COLOUR.fullmatch(item):
            yield issue("invalid_string", [*path, index], "Expected a colour as #rrggbb")


def size_issues(path: Path, size: int, low: float, high: float | None) -> Iterator[Issue]:
    if size < low:
        yield issue("too_small", path, f"Array must contain at least {low:g} element(s)")
    elif high is not None and size > high:
        yield issue("too_big", path, f"Array must contain at most {high:g} element(s)")


def _shots(param: Param, value: object, path: Path) -> Iterator[Issue]:
    if not isinstance(value, list):
        yield wrong_type(path, "array", value)
        return
    yield from size_issues(path, len(value), 1, None)
    found = [issue for at, shot in enumerate(value) for issue in _shot(shot, [*path, at])]
    yield from found
    if value and not found and param.range:
        low, high = param.range
        total = sum(shot["duration"] for shot in value)
        if not low <= total <= high:
            message = f"The durations must add up to {low:g} to {high:g} seconds, not {total:g}"
            yield issue("custom", path, message)


def _shot(shot: object, path: Path) -> Iterator[Issue]:
    yield from object_issues(path, shot, ("prompt", "duration"))
    if not isinstance(shot, dict):
        return
    prompt, seconds = shot.get("prompt", MISSING), whole(shot.get("duration", MISSING))
    if prompt is MISSING:
        yield required([*path, "prompt"])
    elif not isinstance(prompt, str):
        yield wrong_type([*path, "prompt"], "string", prompt)
    elif not prompt:
        yield issue("too_small", [*path, "prompt"], "String must contain at least 1 character(s)")
    if seconds is MISSING:
        yield required([*path, "duration"])
    elif type(seconds) is not int:
        yield wrong_type([*path, "duration"], "integer", seconds)
    elif seconds < 1:
        message = "Number must be greater than or equal to 1"
        yield issue("too_small", [*path, "duration"], message)
