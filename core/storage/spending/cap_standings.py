"""How far limits on spending are used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from pyroaring import BitMap
from sqlite_utils.utils import sqlite3

from core import visibility
from core.catalog.suppliers import Suppliers
from core.domain.caps import EVERY_PROVIDER, Cap, Scope, Standing, Subject
from core.generations import FIRST_PROVIDER
from core.storage.bitmaps.facets import Facets
from core.storage.database import HistoryFile
from core.storage.search.matching import matching
from core.storage.search.selection import Filter
from core.storage.spending.totals import charges, charges_by_provider, daily
from core.text.names import key


class CapStandings:
    """Live and demo are counted apart."""

    def __init__(self, file: HistoryFile, suppliers: Suppliers, *, demo: bool) -> None:
        self._file = file
        self._suppliers = suppliers
        self._demo = demo

    def of(self, caps: Sequence[Cap], now: datetime) -> list[Standing]:
        """By all spending, whoever reads: a cap that counted less would let too much through."""
        if not caps:
            return []
        with visibility.everything(), self._file.indexed() as (connection, facets):
            return [self._standing(connection, facets, cap, now) for cap in caps]

    def daily(
        self, subject: Subject, since: date, provider: str = FIRST_PROVIDER
    ) -> Mapping[date, int]:
        """By UTC day, in a provider's credits, or in cents over all."""
        with self._file.indexed() as (connection, facets):
            found = self._spent(connection, facets, subject, provider, since)
            if provider != EVERY_PROVIDER:
                return daily(facets, found)
            cents: Counter[date] = Counter()
            for name, made in facets.of("provider").items():
                for day, credits in daily(facets, found & made).items():
                    cents[day] += self._cents(credits, str(name))
        return cents

    def _standing(
        self, connection: sqlite3.Connection, facets: Facets, cap: Cap, now: datetime
    ) -> Standing:
        start = cap.period.start(now)
        since = start.date() if start else None
        found = self._spent(connection, facets, cap.subject, cap.provider, since)
        charged, pending = self._counted(facets, found, cap.provider)
        return Standing(cap, charged, pending, cap.period.turn(now))

    def _counted(self, facets: Facets, found: BitMap, provider: str) -> tuple[int, int]:
        if provider != EVERY_PROVIDER:
            return charges(facets, found)
        each = charges_by_provider(facets, found).items()
        return (
            sum(self._cents(spent.charged, name) for name, spent in each),
            sum(self._cents(spent.expected, name) for name, spent in each),
        )

    def _cents(self, credits: int, provider: str) -> int:
        """Nothing where the provider's credit has no known worth; such a cap lets nothing more be
        made there."""
        return self._suppliers.converted(credits, provider, EVERY_PROVIDER) or 0

    def _spent(
        self,
        connection: sqlite3.Connection,
        facets: Facets,
        subject: Subject,
        provider: str,
        since: date | None,
    ) -> BitMap:
        """What counts against the subject, including the trash: it was paid for."""
        at = () if provider == EVERY_PROVIDER else (provider,)
        there = Filter(provider=at, since=since, demo=(self._demo,), trashed=None)
        found = matching(facets, there)
        if subject.scope is Scope.MODEL:
            return found & facets.with_any("model", [subject.key])
        if subject.scope is Scope.PERSON:
            names = [one for one in facets.of("author") if key(str(one)) == subject.key]
            return found & facets.with_any("author", names)
        if subject.scope is Scope.PROJECT:
            question = "select id from projects where uid = ?"
            rows = connection.execute(question, [subject.key]).fetchall()
            return found & facets.with_any("project", [row["id"] for row in rows])
        return found
