"""The addresses of channels, which hold passwords and tokens: in a file that only its owner reads,
and so in no history, backup or log."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

from core.media import atomic_files

NAME = "channels.json"


class AddressBook:
    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._lock = threading.Lock()

    def get(self, channel_id: str) -> str | None:
        return self._read().get(channel_id)

    def put(self, channel_id: str, address: str) -> None:
        with self._lock:
            self._write(self._read() | {channel_id: address})

    def remove(self, channel_id: str) -> None:
        with self._lock:
            self._write({key: value for key, value in self._read().items() if key != channel_id})

    def _read(self) -> dict[str, str]:
        try:
            found: dict[str, str] = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return found

    def _write(self, addresses: dict[str, str]) -> None:
        with atomic_files.draft(self._path) as beside:
            file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(file, "w", encoding="utf-8") as text:
                json.dump(addresses, text)
                text.flush()
                os.fsync(text.fileno())
