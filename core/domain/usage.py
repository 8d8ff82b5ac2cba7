"""The nouns of room on the disk: what takes it, how fast that grows, and when the disk is full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

WEEK = timedelta(days=7)
WEEKS = 8
FARTHEST = timedelta(days=365)


@dataclass(frozen=True)
class Held:
    """Originals of one project or person, and their bytes; `name` is None for those of none."""

    name: int | str | None
    originals: int
    bytes: int


@dataclass(frozen=True)
class Usage:
    """What was found at one moment.

    `folders` has the number of files and the bytes of each folder; `weeks` the bytes added in each
    of the last weeks, by their Mondays, the present one last; `ever` those of all originals ever;
    `bucket` those in the bucket.
    """

    at: datetime
    folders: Mapping[str, tuple[int, int]]
    projects: tuple[Held, ...]
    people: tuple[Held, ...]
    weeks: Mapping[date, int]
    ever: int
    bucket: int = 0

    def size(self, *folders: str) -> int:
        return sum(self.folders[folder][1] for folder in folders)

    @property
    def weekly(self) -> float:
        """Mean bytes added to the disk per week, since the first of these weeks with any. Posters
        and previews count in proportion to the originals."""
        came = [monday for monday, size in self.weeks.items() if size]
        if not came:
            return 0.0
        since = datetime.combine(min(came), datetime.min.time(), self.at.tzinfo)
        beside = self.size("posters", "previews") / self.ever if self.ever else 0.0
        weeks = max(1.0, (self.at - since) / WEEK)
        return sum(self.weeks.values()) * (1 + beside) / weeks

    def full_at(self, left: int) -> datetime | None:
        """When so many bytes are used up at this rate; None if not within a year."""
        if left <= 0:
            return self.at
        if not self.weekly or left / self.weekly * WEEK > FARTHEST:
            return None
        return self.at + left / self.weekly * WEEK


def mondays(today: date) -> list[date]:
    this = today - timedelta(days=today.weekday())
    return [this - WEEK * n for n in range(WEEKS - 1, -1, -1)]
