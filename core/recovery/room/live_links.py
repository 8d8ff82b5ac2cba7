"""Which generations links to views show that were open at a moment, or later."""

from __future__ import annotations

from datetime import datetime

from core.storage.database import HistoryFile
from core.storage.history import History
from core.storage.outside.live_views import LiveViewTexts
from core.storage.outside.shares import ShareStore


class LiveLinks:
    def __init__(self, file: HistoryFile, history: History) -> None:
        self._shares = ShareStore(file)
        self._views = LiveViewTexts(file)
        self._history = history

    def shown(self, since: datetime) -> set[int]:
        found: set[int] = set()
        for share in self._shares.all():
            view = self._views.read(share.live) if share.live and share.was_open(since) else None
            if view:
                found.update(self._history.numbers(view.chosen, view.order))
        return found
