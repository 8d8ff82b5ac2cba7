"""The pass of a guest who gave a password: signed, for one link and password, for a while."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from core.domain.shares import Share

LIFE = timedelta(hours=12)
DIGITS = 12


class Passes:
    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def issue(self, share: Share, now: datetime) -> str:
        expires = str(int((now + LIFE).timestamp()))
        return f"{expires}.{self._signed(share, expires)}"

    def holds(self, share: Share, given: str, now: datetime) -> bool:
        expires, _, signature = given.partition(".")
        if not (expires.isascii() and expires.isdigit() and len(expires) <= DIGITS):
            return False
        signed = self._signed(share, expires)
        is_ours = hmac.compare_digest(signature.encode("utf-8", "replace"), signed.encode())
        return is_ours and now.timestamp() < int(expires)

    def _signed(self, share: Share, expires: str) -> str:
        said = f"pass:{share.nonce}:{share.password_hash}:{expires}"
        return hmac.digest(self._secret, said.encode(), "sha256").hex()
