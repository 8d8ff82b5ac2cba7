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


def hashed(password: str) -> str:
    salt = secrets.token_bytes(SALT_BYTES)
    return f"{salt.hex()}:{_scrypt(password, salt).hex()}"


def matches(password: str, kept: str) -> bool:
    salt, _, expected = kept.partition(":")
    return hmac.compare_digest(_scrypt(password, bytes.fromhex(salt)), bytes.fromhex(expected))


def _scrypt(password: str, salt: bytes) -> bytes:
    given = password.encode("utf-8", "surrogatepass")
    with _one_at_a_time:
        return hashlib.scrypt(given, salt=salt, n=COST, r=BLOCK, p=LANES)
