"""Passwords of links, hashed by scrypt with the figures that OWASP's cheat sheet names."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading

COST, BLOCK, LANES = 2**14, 8, 5
SALT_BYTES = 16
_one_at_a_time = threading.Lock()
"""Each takes 16 MB and a fifth of a second: guesses by the hundred must not add up."""


class Passwords:
    """Hashes of one cost, scrypt's N. A hash does not tell its cost, so readers must know it."""

    def __init__(self, cost: int = COST) -> None:
        self._cost = cost

    def hashed(self, password: str) -> str:
        """Salt and hash in hexadecimal, with a colon between them."""
        salt = secrets.token_bytes(SALT_BYTES)
        return f"{salt.hex()}:{self._scrypt(password, salt).hex()}"

    def matches(self, password: str, kept: str) -> bool:
        """Takes equally long for right and wrong passwords."""
        salt, _, expected = kept.partition(":")
        found = self._scrypt(password, bytes.fromhex(salt))
        return hmac.compare_digest(found, bytes.fromhex(expected))

    def _scrypt(self, password: str, salt: bytes) -> bytes:
        given = password.encode("utf-8", "surrogatepass")
        with _one_at_a_time:
            return hashlib.scrypt(given, salt=salt, n=self._cost, r=BLOCK, p=LANES)
