"""Addresses of files for players that cannot send a token: signed, for one file, for a while."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import datetime, timedelta

LIFE = timedelta(hours=1)
DIGITS = 12


class FileLinks:
    def __init__(self, secret: bytes, clock: Callable[[], datetime]) -> None:
        self._secret = secret
        self._clock = clock

    def query(self, file: str) -> str:
        """The signed query of a file's address; any text can name the file."""
        expires = str(int((self._clock() + LIFE).timestamp()))
        return f"expires={expires}&signature={self._signed(file, expires)}"

    def opens(self, file: str, expires: str, signature: str) -> bool:
        if not (expires.isascii() and expires.isdigit() and len(expires) <= DIGITS):
            return False
        signed = self._signed(file, expires)
        is_ours = hmac.compare_digest(signature.encode("utf-8", "replace"), signed.encode())
        return is_ours and self._clock().timestamp() < int(expires)

    def _signed(self, file: str, expires: str) -> str:
        return hmac.digest(self._secret, f"file:{file}:{expires}".encode(), "sha256").hex()
