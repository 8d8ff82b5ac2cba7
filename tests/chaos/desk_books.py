"""Is what was decided in the history, once, and in a history rebuilt from the files beside it?"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from core.catalog.catalog import Catalog
from core.domain.reviews import IN_TRASH, YES, Record, What
from core.media.disk_space import Disk
from core.media.library import open_folder
from core.recovery.rebuild import rebuild
from core.settings import Settings
from core.storage.database import HistoryFile, utc_now
from core.storage.desk.review_records import ReviewRecords
from tests.chaos.books import rows
from tests.chaos.desk import Cell, Desk
from tests.chaos.figures import Figure, Promise
from tests.chaos.servers import Server

LAST_ROUND = 20
"""Decisions a server."""
Said = dict[int, Record]


@dataclass(frozen=True)
class DeskBooks:
    """What a history says of each generation, beside what was acknowledged."""

    desk: Desk
    said: Said
    means: dict[int, tuple[int | None, int]]
    """The stars in hundredths and how many gave some, as lists and filters know them."""

    @classmethod
    def read(cls, folder: Path, desk: Desk) -> DeskBooks:
        """Read them, when no server writes any more."""
        known = rows(folder)
        with closing(HistoryFile(folder / "history.db")) as file:
            records = ReviewRecords(file)
            said = {row.id: records.of(row.id) for row in known}
        return cls(desk, said, {row.id: (row.stars, row.raters) for row in known})

    def promises(self, where: str) -> Iterator[Promise]:
        """What holds whatever was killed."""
        missing, twice = self._decisions()
        wrong = [cell for cell in self.desk.lives if not self._is_right(cell)]
        extra = self._beyond()
        yield Promise(
            f"{where}: acknowledged decisions missing", len(missing), example=str(missing[:3])
        )
        yield Promise(f"{where}: decisions twice, or nobody's", len(twice), example=str(twice[:3]))
        yield Promise(
            f"{where}: values that are not as decided", len(wrong), example=str(wrong[:3])
        )
        yield Promise(f"{where}: stars, tags, notes beyond those", extra)
        yield Promise(f"{where}: means that are not their stars'", self._wrong_means())

    def of(self, generation: int) -> Record | None:
        """What it says, without the numbers that a rebuild gives anew."""
        if (record := self.said.get(generation)) is None:
            return None
        return replace(
            record,
            project=replace(record.project, id=0) if record.project else None,
            decisions=tuple(replace(one, id=0, action=0) for one in record.decisions),
        )

    def _decisions(self) -> tuple[list[str], list[str]]:
        """Those that are not there, and those too many, also where only their order is wrong."""
        found: dict[Cell, list[str]] = defaultdict(list)
        for number, record in self.said.items():
            for one in record.decisions:
                found[number, one.what, one.subject].append(one.after)
        missing, twice = list[str](), list[str]()
        for cell in found.keys() | self.desk.lives.keys():
            wanted, there = self.desk.lives.get(cell, []), found.get(cell, [])
            if wanted != there:
                less, more = Counter(wanted) - Counter(there), Counter(there) - Counter(wanted)
                missing += [f"{cell}: {value!r}" for value in less.elements()]
                twice += [f"{cell}: {value!r}" for value in more.elements()]
                if not less and not more:
                    twice.append(f"{cell}: {there}")
        return missing, twice

    def _is_right(self, cell: Cell) -> bool:
        generation, what, subject = cell
        record = self.said.get(generation, Record())
        values = {
            What.REVIEW: str(record.review),
            What.PROJECT: record.project.name if record.project else "",
            What.TRASH: IN_TRASH if record.trashed_at else "",
            What.STARS: " ".join(str(r.stars) for r in record.ratings if r.person == subject),
            What.TAG: " ".join(YES for tag in record.tags if tag.name == subject),
            What.NOTE: " ".join(note.text for note in record.notes if note.id == subject),
        }
        return values[what] == self.desk.value(cell)

    def _beyond(self) -> int:
        there = sum(len([*r.ratings, *r.tags, *r.notes]) for r in self.said.values())
        several = (What.STARS, What.TAG, What.NOTE)
        wanted = sum(bool(life[-1]) for cell, life in self.desk.lives.items() if cell[1] in several)
        return max(0, there - wanted)

    def _wrong_means(self) -> int:
        wrong = 0
        for number, record in self.said.items():
            stars = [one.stars for one in record.ratings]
            mean = int(100 * sum(stars) / len(stars) + 0.5) if stars else None
            wrong += self.means[number] != (mean, len(stars))
        return wrong


def outcome(settings: Settings, desk: Desk) -> Iterator[Figure]:
    """The books of a folder, then of its history rebuilt from the files beside it; it stays so."""
    yield from desk.figures()
    yield Promise("decisions that nobody answered in the end", len(desk.open))
    books = DeskBooks.read(settings.data_dir, desk)
    yield from books.promises("history")
    rebuild_from_files(settings)
    again = DeskBooks.read(settings.data_dir, desk)
    yield from again.promises("rebuilt")
    differ = [number for number in books.said if again.of(number) != books.of(number)]
    yield Promise("rebuilt: generations told otherwise", len(differ), example=str(differ[:3]))


def in_short(settings: Settings, desk: Desk) -> Iterator[Promise]:
    """The same promises, named only where they are broken."""
    promises = [figure for figure in outcome(settings, desk) if isinstance(figure, Promise)]
    broken = [promise for promise in promises if not promise.kept]
    yield Promise(
        f"counts of {desk.taken.total()} decisions that are right",
        len(promises) - len(broken),
        len(promises),
    )
    yield from broken


def last_round(*servers: Server) -> None:
    """Decide on what is made by now, too."""
    for server in LAST_ROUND * servers:
        server.decide()
    until_recorded(*servers)


def until_recorded(*servers: Server) -> None:
    """Wait until everything was answered, and lies in the files beside the history."""
    end = time.monotonic() + 60
    with closing(HistoryFile(servers[0].settings.data_dir / "history.db")) as file:
        records = ReviewRecords(file)
        while any(server.owed for server in servers) or records.unrecorded()[0]:
            for server in servers:
                server.hear(0.05)
            assert time.monotonic() < end, f"not recorded:\n{servers[0].log[-4000:]}"


def rebuild_from_files(settings: Settings) -> None:
    """Lose the history and every copy of it; make it anew."""
    folder = settings.data_dir
    for path in [*folder.glob("history.db*"), *folder.glob("backups/*.db")]:
        path.unlink()
    media = open_folder(folder, Disk(folder, settings.disk_floor))
    catalog = Catalog.load(settings.catalog_dir)
    with closing(HistoryFile(folder / "history.db")) as file:
        rebuild(file, media, catalog, utc_now(), demo=False)
