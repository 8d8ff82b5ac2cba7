"""What the server logs: one JSON line an event, on standard error, without a secret.

A line has `time` (UTC), `level`, `logger` and `event`; where there is one `generation`, its id, and
`error`, the traceback. What else an event knows stands beside, under its own name.
"""

from __future__ import annotations

import logging
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from core.settings import SecretFilter, Settings

RENAMED = {"levelname": "level", "name": "logger", "message": "event", "exc_info": "error"}
OURS = "core"
SERVERS = ("streamlit", "uvicorn")
"""Loggers of what serves the pages. They bring handlers of their own, each its own."""


class JsonLines(JsonFormatter):
    """A record as one line of JSON, with the key and signed addresses blotted out everywhere."""

    def __init__(self, secrets: SecretFilter) -> None:
        fields = ("levelname", "name", "message")
        super().__init__(fields, rename_fields=RENAMED, timestamp="time", json_ensure_ascii=False)
        self._secrets = secrets

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """The tracebacks too: the library makes them anew from the exception."""
        clean = self._secrets.clean
        return {k: clean(v) if isinstance(v, str) else v for k, v in log_data.items()}


def handler(settings: Settings) -> logging.Handler:
    """Writes JSON lines to standard error."""
    secrets = SecretFilter(settings.api_key)
    made = logging.StreamHandler()
    made.addFilter(secrets)
    made.setFormatter(JsonLines(secrets))
    return made


def begin(settings: Settings) -> None:
    """Log what the program does, from the level that the settings say."""
    logger = logging.getLogger(OURS)
    logger.handlers = [handler(settings)]
    logger.setLevel(settings.log_level)
    logger.propagate = False


def take_over(settings: Settings) -> None:
    """Let what serves the pages log in the same way. Call it once that has made its loggers."""
    ours = handler(settings)
    for name in list(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        if name.partition(".")[0] in SERVERS and logger.handlers:
            logger.handlers = [ours]
