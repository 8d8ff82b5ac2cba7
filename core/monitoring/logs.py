"""The server's log: one JSON line per event, on standard error, without secrets.

A line has `time` (UTC), `level`, `logger` and `event`; where they apply also `generation`, an id,
and `error`, a traceback. Further facts of an event appear under their own names.
"""

from __future__ import annotations

import logging
import re
from logging.handlers import RotatingFileHandler
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from core.monitoring.servers import errors_of_this
from core.settings import Settings

RENAMED = {"levelname": "level", "name": "logger", "message": "event", "exc_info": "error"}
OURS = "core"
MOST_KEPT = 256 * 1024
"""Bytes of errors that a server keeps before it begins anew, beside as many older ones."""
SERVERS = ("streamlit", "uvicorn")
"""Loggers of Streamlit and its web server. Some bring their own handlers."""
DEPARTURES = {"ClientDisconnect", "WebSocketDisconnect", "WebSocketDisconnected"}
"""Exceptions of a server whose other side went away in between: a closed tab is no error."""


SIGNED = re.compile(r"(?i)((?:_jwt|x-amz-signature|signature|token)=)[^\s&\"']+")
ADDRESS = re.compile(r"(?i)(\bhttps?://[^\s/?#\"'<>]+/)[^\s\"'<>]+")
"""An address gives access to its file without a key, so only its host is logged."""
CALLED = re.compile(r"(with url: )\S+")
"""The path in the errors of urllib3."""
_keys: set[str] = set()


def hide(key: str) -> None:
    if key:
        _keys.add(key)


class SecretFilter(logging.Filter):
    """Keeps the keys of all providers, and the addresses of files, out of every line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record's text in place; never drop a record."""
        record.msg, record.args = self.clean(record.getMessage()), None
        if record.exc_info:
            # Handlers print this text instead of formatting the exception themselves.
            record.exc_text = self.clean(logging.Formatter().formatException(record.exc_info))
        return True

    def clean(self, text: str) -> str:
        for key in tuple(_keys):
            text = text.replace(key, "…")
        for secret in (ADDRESS, CALLED, SIGNED):
            text = secret.sub(r"\1…", text)
        return text


class JsonLines(JsonFormatter):
    """A record as one line of JSON, with keys and addresses of files redacted everywhere."""

    def __init__(self, secrets: SecretFilter) -> None:
        fields = ("levelname", "name", "message")
        super().__init__(fields, rename_fields=RENAMED, timestamp="time", json_ensure_ascii=False)
        self._secrets = secrets

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Redacts tracebacks too, which the library formats anew from the exception."""
        clean = self._secrets.clean
        return {k: clean(v) if isinstance(v, str) else v for k, v in log_data.items()}


def is_an_event(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    return type(error).__name__ not in DEPARTURES


def handler(settings: Settings) -> logging.Handler:
    return _prepared(logging.StreamHandler(), settings)


def begin(settings: Settings) -> None:
    logger = logging.getLogger(OURS)
    logger.handlers = [handler(settings)]
    logger.setLevel(settings.log_level)
    logger.propagate = False


def kept(settings: Settings) -> logging.Handler:
    path = errors_of_this(settings.data_dir)
    made = RotatingFileHandler(path, maxBytes=MOST_KEPT, backupCount=1, delay=True)
    made.setLevel(logging.ERROR)
    return _prepared(made, settings)


def _prepared(made: logging.Handler, settings: Settings) -> logging.Handler:
    for key in settings.keys:
        hide(key)
    secrets = SecretFilter()
    made.addFilter(is_an_event)
    made.addFilter(secrets)
    made.setFormatter(JsonLines(secrets))
    return made


def take_over(settings: Settings) -> None:
    """Let Streamlit and the web server log the same way, and note the errors of all loggers. Call
    this once theirs exist."""
    ours, grave, errors = handler(settings), handler(settings), kept(settings)
    logging.getLogger(OURS).addHandler(errors)
    grave.setLevel(logging.WARNING)
    for name in list(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        if name.partition(".")[0] not in SERVERS:
            continue
        if logger.handlers:
            logger.handlers = [ours, errors]
        elif not logger.propagate:  # its warnings would be bare text, and the rest is not shown
            logger.handlers = [grave, errors]
