"""Lists of what is to be made: every row checked and priced before anything is ordered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.catalog.catalog import Catalog
from core.compose.listing import Listed, Lister, Row
from core.errors import InvalidReview, Problem
from core.files import Upload
from core.generations import Request
from core.storage.history import History
from core.studio.making.composer import Composer
from core.text.names import tidy

UNPRICED = "Price: nobody knows yet what this costs."


@dataclass(frozen=True)
class Checked:
    """A row as it would be ordered; it can be if no reason speaks against it.

    `price` is the most it costs, in credits; `fingerprint` is its request's. `made` is the newest
    generation that answers it already; `like` is the earlier row, counted from 1, that asks for the
    same. Both are 0 if there is none.
    """

    listed: Listed
    reasons: tuple[str, ...]
    price: int | None
    fingerprint: str
    made: int = 0
    like: int = 0

    @property
    def is_repeated(self) -> bool:
        return bool(self.made or self.like)


Known = dict[tuple[tuple[str, str], ...], Checked]


class Lists:
    def __init__(
        self, *, catalog: Catalog, compose: Composer, history: History, demo: bool
    ) -> None:
        self._catalog = catalog
        self._compose = compose
        self._history = history
        self._demo = demo

    def check(
        self,
        rows: Sequence[Row],
        base: Request,
        files: Mapping[str, Upload],
        known: Known | None = None,
    ) -> list[Checked]:
        """Each row, with `base` for whatever it leaves empty; `files` are those brought with the
        list, by name. `known` keeps the results for the next check with the same base and files."""
        by_name = {name.casefold(): upload for name, upload in files.items()}
        lister = Lister(self._catalog, base, lambda name: by_name.get(name.casefold()))
        known = {} if known is None else known
        keys = [tuple(sorted(row.items())) for row in rows]
        new = {key: row for key, row in zip(keys, rows, strict=True) if key not in known}
        found = self._checked([lister.read(row) for row in new.values()])
        known |= zip(new, found, strict=True)
        checked = [known[key] for key in keys]
        made = self._history.duplicates([one.fingerprint for one in checked], demo=self._demo)
        first: dict[str, int] = {}
        for place, one in enumerate(checked, 1):
            like = first.setdefault(one.fingerprint, place)
            before = made.get(one.fingerprint, 0)
            checked[place - 1] = replace(one, made=before, like=0 if like == place else like)
        return checked

    def _checked(self, rows: Sequence[Listed]) -> list[Checked]:
        readable = [row.request for row in rows if not row.reasons]
        wrong = iter(self._compose.wrong_in(readable))
        return [self._judged(row, [] if row.reasons else next(wrong)) for row in rows]

    def _judged(self, row: Listed, wrong: Sequence[Problem]) -> Checked:
        reasons = [*row.reasons, *(problem.message for problem in wrong)]
        price = self._compose.quote(row.request)
        if not reasons and price is None:
            reasons.append(UNPRICED)
        reasons += _wrong_names(row)
        return Checked(row, tuple(dict.fromkeys(reasons)), price, row.request.fingerprint)


def _wrong_names(listed: Listed) -> list[str]:
    found = []
    named = [("Project", listed.project)] if listed.project else []
    for column, name in (*named, *(("Tags", tag) for tag in listed.tags)):
        try:
            tidy(name)
        except InvalidReview as error:
            found.append(f"{column}: {error.message}")
    return found
