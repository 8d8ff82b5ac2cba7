"""Which files lie at a provider already, and under which address there."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.storage.database import HistoryFile, stamp


class ProviderUploads:
    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def find(self, sha256: str, base_url: str, now: datetime, life: timedelta) -> str:
        """The file's address there if it was sent less than `life` ago, else empty."""
        question = (
            "select uri from provider_uploads where sha256 = ? and base_url = ? and created_at > ?"
        )
        with self._file.reading() as connection:
            row = connection.execute(question, [sha256, base_url, stamp(now - life)]).fetchone()
        return row["uri"] if row else ""

    def add(self, sha256: str, base_url: str, uri: str, now: datetime) -> None:
        with self._file.tx() as db:
            db.table("provider_uploads").upsert(
                {"sha256": sha256, "base_url": base_url, "uri": uri, "created_at": stamp(now)},
                pk=("sha256", "base_url"),
            )
