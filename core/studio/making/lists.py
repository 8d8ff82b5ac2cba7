"""Lists of what is to be made: every row checked and priced before anything is ordered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.catalog.catalog import Catalog
from core.compose.listing import Listed, Lister, Row
from core.errors import InvalidReview
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
        checked = []
        for row in rows:
            key = tuple(sorted(row.items()))
            if key not in known:
                known[key] = self._check(lister.read(row))
            checked.append(known[key])
        made = self._history.duplicates([one.fingerprint for one in checked], demo=self._demo)
        first: dict[str, int] = {}
        for place, one in enumerate(checked, 1):
            like = first.setdefault(one.fingerprint, place)
            before = made.get(one.fingerprint, 0)
            checked[place - 1] = replace(one, made=before, like=0 if like == place else like)
        return checked

    def _check(self, listed: Listed) -> Checked:
        reasons = list(listed.reasons)
        price = self._compose.quote(listed.request)
        if not reasons:
            reasons += [problem.message for problem in self._compose.wrong(listed.request)]
            if not reasons and price is None:
                reasons.append(UNPRICED)
        reasons += _wrong_names(listed)
        return Checked(listed, tuple(dict.fromkeys(reasons)), price, listed.request.fingerprint)


def _wrong_names(listed: Listed) -> list[str]:
    found = []
    named = [("Project", listed.project)] if listed.project else []
    for column, name in (*named, *(("Tags", tag) for tag in listed.tags)):
        try:
            tidy(name)
        except InvalidReview as error:
            found.append(f"{column}: {error.message}")
    return found
