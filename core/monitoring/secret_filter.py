"""Keeps the key and signed URLs out of every log line."""

from __future__ import annotations

import logging
import re


class SecretFilter(logging.Filter):
    def __init__(self, key: str) -> None:
        super().__init__()
        self._secrets = re.compile(
            r"(?i)((?:_jwt|x-amz-signature|signature|token)=)[^\s&\"']+"
            + (f"|{re.escape(key)}" if key else "")
        )

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record's text in place; never drops a record."""
        record.msg, record.args = self.clean(record.getMessage()), None
        if record.exc_info:
            # Handlers print this text instead of formatting the exception themselves.
            record.exc_text = self.clean(logging.Formatter().formatException(record.exc_info))
        return True

    def clean(self, text: str) -> str:
        return self._secrets.sub(r"\1…", text)
