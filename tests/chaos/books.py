"""Do the books balance? The history and the files of a data folder beside the emulator's ledger."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.emulator import Emulator
from core.generations import Generation, Status
from core.storage.database import HistoryFile
from core.storage.rows import with_outputs
from tests.chaos.figures import Promise


@dataclass(frozen=True)
class Books:
    """Every row, every task that Runway charged for, and the keys of the intents that a server
    said it had accepted."""

    folder: Path
    rows: list[Generation]
    tasks: list[dict[str, Any]]
    told: set[str]
    emulator: Emulator

    @classmethod
    def read(cls, folder: Path, emulator: Emulator, told: set[str]) -> Books:
        """Read them, when no server writes any more."""
        return cls(folder, rows(folder), emulator.ledger()["tasks"], told, emulator)

    def promises(self, ambiguous: int) -> Iterator[Promise]:
        """What holds whatever was killed; `ambiguous` answers were given to create calls."""
        yield Promise("intents accepted and not in the history", len(self.told - self._keys))
        yield Promise("paid and lost silently", len(self._lost), example=str(self._lost[:3]))
        yield Promise("paid twice", sum(n > 1 for n in Counter(self._prompts).values()))
        yield Promise("unconfirmed, of as many ambiguous answers", len(self.doubtful), ambiguous)
        open_or_failed = [row for row in self.rows if not _is_settled(row)]
        example = "; ".join(f"{row.id} {row.status}: {row.reason}" for row in open_or_failed[:3])
        yield Promise("not at their end, or failed", len(open_or_failed), example=example)
        yield from self.files()
        yield from self.credits()

    def in_short(self, ambiguous: int) -> Iterator[Promise]:
        """The same promises, named only where they are broken."""
        promises = list(self.promises(ambiguous))
        broken = [promise for promise in promises if not promise.kept]
        yield Promise(
            "counts of the books that are right", len(promises) - len(broken), len(promises)
        )
        yield from broken

    def files(self) -> Iterator[Promise]:
        """What lies in the folder is exactly what the history says."""
        made = [row for row in self.rows if row.status is Status.SUCCEEDED]
        yield Promise("clips whose hash is wrong", sum(not self._is_right(row) for row in made))
        strays = [path.name for path in self._strays()]
        yield Promise("stray files beside the clips", len(strays), example=" ".join(strays[:3]))
        yield Promise("complaints of integrity_check", len(complaints(self.folder)))

    def credits(self) -> Iterator[Promise]:
        """What Runway charged, to the credit; an unconfirmed row's task is in no row of ours."""
        charged = {task["id"]: task["charged"] for task in self.tasks}
        known = {row.task_id for row in self.rows}
        ours = {row.task_id: row.credits_charged for row in self.rows if row.task_id}
        wrong = [task for task, credits in ours.items() if credits != charged.get(task)]
        yield Promise("tasks whose credits differ from Runway's", len(wrong))
        theirs = sum(credits for task, credits in charged.items() if task in known)
        yield Promise("credits in the history", sum(c or 0 for c in ours.values()), theirs)
        entries = self.emulator.ledger()["entries"]
        unknown = sum(charged.values()) - theirs
        booked = sum(entry["amount"] for entry in entries)
        yield Promise("credits at Runway, less those in doubt", booked - unknown, theirs)

    @property
    def doubtful(self) -> list[Generation]:
        """Rows that a person has to look at."""
        return [row for row in self.rows if row.status is Status.UNCONFIRMED]

    @property
    def _keys(self) -> set[str]:
        return {row.idempotency_key for row in self.rows}

    @property
    def _prompts(self) -> list[str]:
        return [task["request"]["promptText"] for task in self.tasks]

    @property
    def _lost(self) -> list[str]:
        """Tasks that no row knows by id and no unconfirmed row stands for."""
        known = {row.task_id for row in self.rows}
        doubtful = {row.request.prompt for row in self.doubtful}
        return [
            task["id"]
            for task in self.tasks
            if task["id"] not in known and task["request"]["promptText"] not in doubtful
        ]

    def _is_right(self, row: Generation) -> bool:
        """Whether the clip on disk is the one that Runway serves, and hashed as such."""
        assert row.task_id
        if row.main is None:
            return False
        ours = self.folder / "videos" / row.main.file
        digest = hashlib.sha256(self.emulator.clip(row.task_id).read_bytes()).hexdigest()
        return (
            ours.exists()
            and digest == row.main.sha256
            and digest == hashlib.sha256(ours.read_bytes()).hexdigest()
        )

    def _strays(self) -> Iterator[Path]:
        outputs = [output for row in self.rows for output in row.outputs]
        named = {output.file for output in outputs} | {output.poster for output in outputs}
        for kind in ("videos", "posters"):
            yield from (p for p in (self.folder / kind).iterdir() if p.name not in named)


def rows(folder: Path) -> list[Generation]:
    """Every row of the history in a data folder."""
    with closing(HistoryFile(folder / "history.db")) as file, file.reading() as connection:
        found = connection.execute("select * from generations order by id").fetchall()
        return with_outputs(connection, found) if found else []


def complaints(folder: Path) -> list[str]:
    """What SQLite finds wrong with the history."""
    with closing(HistoryFile(folder / "history.db")) as file, file.reading() as connection:
        found = [row[0] for row in connection.execute("pragma integrity_check")]
        broken = [str(tuple(row)) for row in connection.execute("pragma foreign_key_check")]
    return [line for line in found if line != "ok"] + broken


def _is_settled(row: Generation) -> bool:
    return row.status in (Status.SUCCEEDED, Status.UNCONFIRMED)
