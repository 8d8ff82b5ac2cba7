"""Fewer requests that try as much: what forms have in common is tried once, and settings together.

A form is drawn from nothing but what the catalogue says of its settings and inputs. So a value of
a setting that two models describe alike is tried with one of them, and of each form each setting.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from core.catalog.model import Model
from core.generations import Request, Value
from tests.every_body import Case, complaints, with_value


class Covering:
    """Goes through the forms, and remembers what it has tried."""

    def __init__(self) -> None:
        self._tried: set[str] = set()

    def of(self, model: Model, cases: Iterable[Case]) -> Iterator[Case]:
        """These cases of the model as far as they try something new, in as few requests as its
        rules allow."""
        rest: list[Case] = []
        for (setting, role), group in groupby(cases, key=lambda case: (case.setting, case.role)):
            each = list(group)
            if setting or role:
                fresh = [case for case in each if self._is_new(model, case)]
                rest += fresh or _other_than_default(model, setting, each)
            else:
                rest += each
        yield from _together(model, rest)

    def _is_new(self, model: Model, case: Case) -> bool:
        """True the first time that anything described like this is tried so."""
        known = described(model, case.role or case.setting, case.request)
        is_new = known not in self._tried
        self._tried.add(known)
        return is_new


def described(model: Model, name: str, request: Request) -> str:
    """What a request holds of a setting or an input, with all that the catalogue says of it."""
    slot, param = model.slot(name), model.setting(name)
    if slot:
        files = [(file.medium, dict(file.settings)) for file in request.all_inputs(name)]
        return f"{slot.model_dump_json()} {files}"
    assert param
    return f"{param.model_dump_json()} {request.params.get(name)!r}"


def _other_than_default(model: Model, name: str, cases: Sequence[Case]) -> Sequence[Case]:
    """One of these cases of a setting, in which its widget has to be moved; none of an input."""
    param = model.setting(name)
    if param is None:
        return ()
    moved = [case for case in cases if case.request.params.get(name) != param.default]
    return moved[:1]


def _together(model: Model, cases: Iterable[Case]) -> Iterator[Case]:
    """Each case of a setting in the first request before it that has room for its value."""
    packs: list[tuple[Case, dict[str, Value | None]]] = []
    for case in cases:
        if not case.setting:
            yield case
            continue
        tried = {case.setting: case.request.params.get(case.setting)}
        for place, (pack, held) in enumerate(packs):
            if case.setting in held:
                continue
            if request := _holding(model, pack.request, held | tried, case.setting):
                packs[place] = Case(f"{pack.what}, {case.what}", request), held | tried
                break
        else:
            packs.append((case, tried))
    yield from (pack for pack, _held in packs)


def _holding(
    model: Model, start: Request, held: dict[str, Value | None], name: str
) -> Request | None:
    """The start with the value that is held for one more setting; None if the model refuses them
    together, or has no room for all of them."""
    value = held[name]
    if value is None:
        return None
    found = with_value(model, start, name, value)
    kept = all(found.params.get(each) == value for each, value in held.items())
    alike = (found.inputs, found.prompt) == (start.inputs, start.prompt)
    return found if kept and alike and not complaints(model, found) else None
