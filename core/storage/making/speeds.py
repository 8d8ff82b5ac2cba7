"""How long each model has taken here, measured: the catalogue can only say "fast"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from core import visibility
from core.storage.database import HistoryFile

NEWEST = 15
"""How many of a model's newest clips count: models change their pace."""
NEWEST_TIMED, LEAST_TIMED = 50, 5
"""Fewer clips tell no range."""
SECONDS = "(julianday(finished_at) - julianday(submitted_at)) * 86400"


@dataclass(frozen=True)
class Span:
    """Seconds: half of the clips take at most `usual`, nine of ten at most `most`."""

    usual: float
    most: float


@dataclass(frozen=True)
class Timing:
    """For the newest clips of a model: how long they waited at the provider, and how long they then
    took."""

    waited: Span
    took: Span
    clips: int


def typical_seconds(file: HistoryFile, models: Iterable[str], *, demo: bool) -> dict[str, float]:
    """Median seconds from sending to a stored clip, of each model that has made any. The same for
    every reader."""
    with visibility.everything(), file.reading() as connection:
        found = {
            model: [
                row["seconds"]
                for row in connection.execute(
                    f"select {SECONDS} as seconds from generations indexed by"
                    " generations_paced where model = ? and demo = ?"
                    " and status = 'succeeded' and submitted_at is not null"
                    " order by created_at desc limit ?",
                    [model, demo, NEWEST],
                )
            ]
            for model in models
        }
    return {model: median(seconds) for model, seconds in found.items() if seconds}


def timing(file: HistoryFile, model: str, *, demo: bool) -> Timing | None:
    """None where too few clips were seen to begin. The same for every reader."""
    with visibility.everything(), file.reading() as connection:
        rows = connection.execute(
            f"select {_between('submitted_at', 'begun')} as waited,"
            f" {_between('begun', 'finished_at')} as took from ("
            " select submitted_at, finished_at, (select min(at) from events"
            "  where generation_id = generations.id and events.status = 'running') as begun"
            " from generations indexed by generations_paced where model = ? and demo = ?"
            " and status = 'succeeded' and submitted_at is not null"
            " order by created_at desc limit ?) where begun is not null",
            [model, demo, NEWEST_TIMED],
        ).fetchall()
    if len(rows) < LEAST_TIMED:
        return None
    waited, took = ([row[name] for row in rows] for name in ("waited", "took"))
    return Timing(_span(waited), _span(took), len(rows))


def _between(first: str, last: str) -> str:
    return f"max(0, (julianday({last}) - julianday({first})) * 86400)"


def _span(seconds: Sequence[float]) -> Span:
    return Span(median(seconds), quantiles(seconds, n=10, method="inclusive")[-1])
