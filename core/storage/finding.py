"""What a filter finds in a history: by its bitmaps, by the fields of its search, then by words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pyroaring import BitMap
from sqlite_utils.utils import sqlite3

from core.storage import renaming
from core.storage.dimensions import Value
from core.storage.facets import Facets, Found
from core.storage.matching import matching
from core.storage.query import Clause, parse
from core.storage.query_fields import BadValue, Known, UnknownName, meaning
from core.storage.selection import Filter, Order
from core.storage.terms import Terms
from core.storage.text_search import Searcher

SEARCHES = 50
"""How many searches are kept until the next change."""
Names = Mapping[Value, Sequence[str]]


class Finder:
    """Of a history at one moment."""

    def __init__(self, connection: sqlite3.Connection, facets: Facets, models: Names) -> None:
        """`models` maps the ids of models to their names."""
        self._connection = connection
        self._facets = facets
        self._models = models

    def find(self, chosen: Filter, order: Order, *, but: str = "") -> Found:
        """What matches, as far as a search counts, ignoring the dimension `but`."""
        query = chosen.query
        among = matching(self._facets, chosen, but=but)
        known = self._known() if query.clauses else None
        if known:
            among = self._narrowed(among, query.clauses, known)
        terms = Terms.of(query.words)
        if not terms:
            return Found(among, more=False)
        # Projects get other names without a change of any generation.
        projects = tuple(known.names["project"].items()) if known else ()
        asked = chosen, order is Order.OLDEST, but, projects
        searches = self._facets.searches
        if asked not in searches:
            if len(searches) == SEARCHES:
                searches.clear()
            searches[asked] = Searcher(self._connection, self._facets).search(among, terms, order)
        return searches[asked]

    def complaints(self, search: str) -> list[str]:
        """What of a search cannot be understood, or names what there is not."""
        query, known = parse(search), self._known()
        return [*query.remarks, *(said for each in query.clauses for said in _wrong(each, known))]

    def _narrowed(self, among: BitMap, clauses: Sequence[Clause], known: Known) -> BitMap:
        for clause in clauses:
            try:
                found = self._with(clause, known)
            except BadValue:
                return BitMap()
            among = among - found if clause.unwanted else among & found
        return among

    def _with(self, clause: Clause, known: Known) -> BitMap:
        """The generations that have one of its values. Raises BadValue."""
        found = BitMap()
        for value in clause.values:
            try:
                dimension, accepted = meaning(clause.field, value, known)
            except UnknownName:
                continue
            found |= self._facets.with_any(dimension, accepted)
        return found

    def _known(self) -> Known:
        models = {
            model: (str(model), *self._models.get(model, ()))
            for model in {*self._facets.of("model"), *self._models}
        }
        return Known(
            lambda dimension: self._facets.of(dimension).keys(),
            {"model": models, "project": renaming.spellings(self._connection)},
        )


def _wrong(clause: Clause, known: Known) -> Iterator[str]:
    for value in clause.values:
        try:
            meaning(clause.field, value, known)
        except UnknownName as error:
            yield str(error)
        except BadValue as error:
            yield f'{error} In quotes, "{clause.field}:{value}", it is searched as words.'
