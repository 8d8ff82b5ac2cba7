"""The tokens of links.

A link must be shown to its sharer again, and a stolen copy of the history must open nothing. So the
history keeps a random nonce and the SHA-256 of the token; the token itself is made anew, as the
HMAC of the nonce under the server's secret, which lies beside the history and in no backup of it.
The nonce is random, and no row number: a restored history may give a number to another link, and
who has the earlier link must not come in by it.
"""

from __future__ import annotations

import hmac
import re
import secrets
from base64 import urlsafe_b64encode

from core.domain.shares import Share
from core.domain.tokens import hash_of

TOKEN_BYTES = 24
NONCE_BYTES = 16
TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


class Links:
    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def new(self) -> tuple[str, str]:
        nonce = secrets.token_hex(NONCE_BYTES)
        return nonce, hash_of(self._derived(nonce))

    def token(self, share: Share) -> str | None:
        """The link's token; None if it was made under another secret: it then still works, but
        cannot be shown."""
        token = self._derived(share.nonce)
        return token if hmac.compare_digest(hash_of(token), share.token_hash) else None

    def _derived(self, nonce: str) -> str:
        whole = hmac.digest(self._secret, f"link:{nonce}".encode(), "sha256")
        return urlsafe_b64encode(whole[:TOKEN_BYTES]).decode()


def is_token(text: str) -> bool:
    return TOKEN.fullmatch(text) is not None
