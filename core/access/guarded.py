"""The Studio as somebody may use it: the same parts, each call asked of `permissions` first."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar, cast

from core.access.acts import audited
from core.access.permissions import PERMISSIONS, VALUES, Rule
from core.access.refusals import deed
from core.domain.audit import Act, Entry
from core.domain.people import LOCAL, Person, Role
from core.domain.shares import NewShare
from core.errors import NotAllowed
from core.visibility import seen_by

A_ROLE = {Role.VIEWER: "who is let in", Role.MAKER: "a maker", Role.ADMIN: "an admin"}
SIGNED = ("by", "author")
"""The parameters in which a call is told in whose name it is made."""
ENTERED = "audited"
"""The parameter of a call that writes its entry of the audit list together with what it does: it
gets what makes one of its result."""
Whole = TypeVar("Whole")


class AuditList(Protocol):
    def entry(self, person: Person, name: str, act: Act, about: str) -> Entry: ...
    def enter(self, person: Person, name: str, act: Act, about: str) -> None: ...


@dataclass(frozen=True)
class Asker:
    """Tells who asks, anew at each call, so that a change of role holds at once; None is somebody
    who is not let in. `refused` is told of each refusal before it is raised."""

    who: Callable[[], Person | None] = lambda: LOCAL
    refused: Callable[[NotAllowed], None] = lambda _error: None


@dataclass(frozen=True)
class Gate:
    """Every call passes here. `admins` names those whom a refused person can ask."""

    studio: Any
    asker: Asker
    admins: Callable[[], str]
    audit: AuditList

    def person(self, part: str, method: str, rule: Rule, given: Mapping[str, Any]) -> Person | None:
        """Who asks; not looked up for what is open to everybody. Raises NotAllowed."""
        if rule is None:
            return None
        person = self.asker.who()
        if person is None:
            raise self._refused(part, method, Role.VIEWER)
        needed = rule if isinstance(rule, Role) else rule(self.studio, person, given)
        if not person.role.includes(needed):
            raise self._refused(part, method, needed)
        return person

    def _refused(self, part: str, method: str, needed: Role) -> NotAllowed:
        what = "see this" if needed is Role.VIEWER else deed(part, method)
        admins = self.admins()
        error = NotAllowed(f"Only {A_ROLE[needed]} can {what}.", f"Ask {admins}." if admins else "")
        self.asker.refused(error)
        return error


def guarded(gate: Gate, studio: Whole) -> Whole:
    """`studio` on behalf of whoever the gate's asker names. It has the Studio's own type, so that
    callers see no difference."""
    return cast(Whole, _Studio(gate))


class _Studio:
    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._parts: dict[str, _Part] = {}

    def __getattr__(self, name: str) -> Any:
        if name in VALUES:
            return getattr(self._gate.studio, name)
        if name.startswith("_") or name not in PERMISSIONS:
            raise _unnamed(name)
        return self._parts.setdefault(name, _Part(self._gate, name))


class _Part:
    def __init__(self, gate: Gate, name: str) -> None:
        self._gate = gate
        self._name = name
        self._part = getattr(gate.studio, name)

    def __getattr__(self, name: str) -> Any:
        rules = PERMISSIONS[self._name]
        if name.startswith("_") or name not in rules:
            raise _unnamed(f"{self._name}.{name}")
        rule = rules[name]
        kind = getattr(type(self._part), name, None)
        if callable(kind):
            return functools.partial(self._call, name, rule)
        with seen_by(self._gate.person(self._name, name, rule, {})):
            return getattr(self._part, name)

    def _call(self, name: str, rule: Rule, *args: Any, **kwargs: Any) -> Any:
        method = getattr(self._part, name)
        given = _arguments(method, args, kwargs) if callable(rule) else {}
        person = self._gate.person(self._name, name, rule, given)
        if person and person.is_signed_in:
            args, kwargs = _signed(person, method, args, kwargs)
        entered = audited(f"{self._name}.{name}", self._gate.studio.catalog.suppliers)
        if person is None or entered is None:
            with seen_by(person):
                return method(*args, **kwargs)
        act, tell = entered
        given = _arguments(method, args, kwargs)
        whose = person, _name(person, given), act
        if ENTERED in _keywords(method):
            kwargs[ENTERED] = lambda result: self._gate.audit.entry(*whose, tell(given, result))
        with seen_by(person):
            result = method(*args, **kwargs)
        if ENTERED not in kwargs and (about := tell(given, result)):
            self._gate.audit.enter(*whose, about)
        return result


def _arguments(
    method: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Mapping[str, Any]:
    if inspect.ismethod(method):
        return _signature(method.__func__).bind(method.__self__, *args, **kwargs).arguments
    return _signature(method).bind(*args, **kwargs).arguments


def _signed(
    person: Person, method: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The call with the asker's own name in place of any name that it brings."""
    signs = [name for name in SIGNED if name in _keywords(method)]
    shown = tuple(replace(a, by=person.name) if isinstance(a, NewShare) else a for a in args)
    return shown, kwargs | dict.fromkeys(signs, person.name)


def _keywords(method: Callable[..., Any]) -> frozenset[str]:
    return _keywords_of(getattr(method, "__func__", method))


@functools.cache
def _keywords_of(function: Callable[..., Any]) -> frozenset[str]:
    parameters = _signature(function).parameters.values()
    return frozenset(one.name for one in parameters if one.kind is one.KEYWORD_ONLY)


@functools.cache
def _signature(function: Callable[..., Any]) -> inspect.Signature:
    """Read once: it takes longer than most calls."""
    return inspect.signature(function)


def _name(person: Person, given: Mapping[str, Any]) -> str:
    """The name in which the call was made, where nobody signs in."""
    told = next((given[name] for name in SIGNED if given.get(name)), "")
    return person.name or told or getattr(given.get("wanted"), "by", "")


def _unnamed(path: str) -> NotAllowed:
    return NotAllowed(f"Nobody may use {path}: no permission names it.")
