"""Blind pairs and their votes beside the history, a small file for each comparison."""

from __future__ import annotations

import logging
import re
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from core.domain.comparisons import ComparisonRecord
from core.media import atomic_files
from core.storage.database import HistoryFile
from core.storage.desk.comparisons import ComparisonStore

log = logging.getLogger(__name__)

FOLDER = "comparisons"
RECORD = TypeAdapter(ComparisonRecord)
SEED = re.compile(r"[0-9a-f]{16}")


class VoteFiles:
    """Writes a file for each comparison with votes since the last call."""

    def __init__(self, file: HistoryFile, folder: Path) -> None:
        self._store = ComparisonStore(file)
        self._folder = folder / FOLDER
        self._written: dict[int, str] = {}

    def follow(self) -> None:
        """Raises OSError."""
        for comparison_id, state in self._store.states().items():
            if self._written.get(comparison_id) != state:
                record = self._store.record(comparison_id)
                self._folder.mkdir(exist_ok=True)
                content = RECORD.dump_json(record, indent=1)
                atomic_files.write(self._folder / f"{record.seed}.json", content)
                self._written[comparison_id] = state

    def adopt(self) -> None:
        for path in sorted(self._folder.glob("*.json")):
            try:
                record = RECORD.validate_json(path.read_bytes())
            except (OSError, ValidationError) as error:
                log.warning("the votes of a comparison cannot be read (%s)", type(error).__name__)
            else:
                if _is_sound(record):
                    self._store.adopt(record)


def _is_sound(record: ComparisonRecord) -> bool:
    times = [record.created_at, *(vote.at for vote in record.votes)]
    return bool(SEED.fullmatch(record.seed)) and all(time.tzinfo for time in times)
