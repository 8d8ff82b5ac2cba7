"""What a filter finds in a history: by bitmaps, by the fields of its search, then by its words."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import TypeVar

from pyroaring import BitMap
from sqlite_utils.utils import sqlite3

from core.storage.bitmaps.dimensions import Value
from core.storage.bitmaps.facets import Facets, Found
from core.storage.making import batches
from core.storage.search import renaming
from core.storage.search.matching import matching
from core.storage.search.query import Clause, parse
from core.storage.search.query_fields import BadValue, Known, UnknownName, meaning
from core.storage.search.selection import Filter, Order
from core.storage.search.terms import Terms
from core.storage.search.text_search import Searcher

KEPT = 50
"""How many results of searches, and of clauses, are kept until the next change."""
Names = Mapping[Value, Sequence[str]]
Answer = TypeVar("Answer")


class Finder:
    def __init__(self, connection: sqlite3.Connection, facets: Facets, models: Names) -> None:
        """`models` are the names of models by their ids."""
        self._connection = connection
        self._facets = facets
        self._models = models

    def find(self, chosen: Filter, order: Order, *, but: str = "") -> Found:
        """Matches, up to where a search stops counting, ignoring the dimension `but`."""
        terms = Terms.of(chosen.query.words)
        known = self._known() if chosen.query.clauses else None
        # A key without what changes nothing: else the same would be searched again and again.
        but = but if but in chosen.accepted else ""
        oldest = bool(terms) and order is Order.OLDEST
        asked = chosen, oldest, but, _projects(known) if known else ()

        def find() -> Found:
            among = matching(self._facets, chosen, but=but)
            if known:
                among = self._narrowed(among, chosen.query.clauses, known)
            if not terms:
                return Found(among, more=False)
            return Searcher(self._connection, self._facets).search(among, terms, order)

        return _kept(self._facets.searches, asked, find)

    def complaints(self, search: str) -> list[str]:
        query, known = parse(search), self._known()
        return [*query.remarks, *(said for each in query.clauses for said in _wrong(each, known))]

    def _narrowed(self, among: BitMap, clauses: Sequence[Clause], known: Known) -> BitMap:
        projects = _projects(known)
        for clause in clauses:
            asked = clause.field, clause.values, projects
            try:
                found = _kept(self._facets.clauses, asked, partial(self._with, clause, known))
            except BadValue:
                return BitMap()
            among = among - found if clause.unwanted else among & found
        return among

    def _with(self, clause: Clause, known: Known) -> BitMap:
        """The generations with any of its values. Raises BadValue."""
        found = BitMap()
        for value in clause.values:
            try:
                dimension, accepted = meaning(clause.field, value, known)
            except UnknownName:
                continue
            found |= self._facets.with_any(dimension, accepted)
        return found

    def _known(self) -> Known:
        """Names are read only where a clause asks for them: there may be very many batches."""
        names: Mapping[str, Callable[[], Mapping[Value, Sequence[str]]]] = {
            "model": self._model_names,
            "project": lambda: dict(renaming.spellings(self._connection).items()),
            "batch": lambda: batches.spellings(self._connection),
        }
        return Known(self._facets.values, cache(lambda of: names[of]() if of in names else {}))

    def _model_names(self) -> dict[Value, tuple[str, ...]]:
        return {
            model: (str(model), *self._models.get(model, ()))
            for model in {*self._facets.values("model"), *self._models}
        }


def _projects(known: Known) -> Hashable:
    """Part of the cache key: renaming a project changes no generation."""
    return tuple(known.names("project").items())


def _kept(answers: dict[Hashable, Answer], asked: Hashable, answer: Callable[[], Answer]) -> Answer:
    if asked not in answers:
        found = answer()
        if len(answers) == KEPT:
            answers.clear()
        answers[asked] = found
    return answers[asked]


def _wrong(clause: Clause, known: Known) -> Iterator[str]:
    for value in clause.values:
        try:
            meaning(clause.field, value, known)
        except UnknownName as error:
            yield str(error)
        except BadValue as error:
            yield f'{error} In quotes, "{clause.field}:{value}", it is searched as words.'
