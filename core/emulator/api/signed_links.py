"""Output URLs: signed like Runway's, and valid for a while."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from datetime import datetime, timedelta

_HEADER = '{"alg":"HS256","typ":"JWT"}'


def token(secret: str, name: str, now: datetime, ttl: float) -> str:
    claims = {"name": name, "exp": (now + timedelta(seconds=ttl)).timestamp()}
    signed = f"{_text(_HEADER.encode())}.{_text(json.dumps(claims).encode())}"
    return f"{signed}.{_text(_signature(secret, signed))}"


def opens(secret: str, name: str, now: datetime, sent: str) -> bool:
    signed, _, signature = sent.rpartition(".")
    if not hmac.compare_digest(_text(_signature(secret, signed)).encode(), signature.encode()):
        return False
    try:
        claims = json.loads(base64.urlsafe_b64decode(signed.partition(".")[2] + "=="))
    except (binascii.Error, ValueError):
        return False
    return claims["name"] == name and now.timestamp() < float(claims["exp"])


def _signature(secret: str, signed: str) -> bytes:
    return hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
