"""How long each model has taken here: measured, where the catalogue can only say "fast"."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

from core.storage.database import HistoryFile

NEWEST = 15
"""So many of a model's newest clips are looked at: models change their pace."""
SECONDS = "(julianday(finished_at) - julianday(submitted_at)) * 86400"


def typical_seconds(file: HistoryFile, models: Iterable[str], *, demo: bool) -> dict[str, float]:
    """Seconds from sending to a stored clip, the median of each model that has made any."""
    with file.reading() as connection:
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
