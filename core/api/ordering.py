"""From the body of a call to a generation in the queue: the same request and key is one."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.api.callers import Caller
from core.api.problems import Refused
from core.catalog.slots import Slot
from core.catalog.suppliers import Supplier
from core.compose import wire_body
from core.errors import InvalidRequest, InvalidUpload, Problem
from core.generations import Generation, Input, Request
from core.studio import Studio
from core.text.names import key as person_key

LONGEST_KEY = 255
SHA256 = re.compile(r"[0-9a-f]{64}")
DATA_URI = re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,", re.IGNORECASE)
OTHER_BODY = "This Idempotency-Key was used for another request. Use a new key for a new request."
UNKNOWN_PRICE = (
    "What this costs is not known before it is made. Send allowUnknownPrice: true to make it all"
    " the same."
)
FindUpload = Callable[[str], str]
"""The SHA-256 of the file behind an address of another kind; empty where it is none."""


@dataclass(frozen=True)
class Terms:
    """Under which an order is made: `most_credits` is the most that it may cost, None is no
    limit."""

    idempotency_key: str = ""
    project: str = ""
    most_credits: int | None = None
    allow_unknown_price: bool = False


def read(
    studio: Studio,
    body: Mapping[str, Any],
    *,
    endpoint: str = "",
    defaults: bool = True,
    find_upload: FindUpload = lambda _: "",
) -> Request:
    """The request that a body asks for; with `defaults`, what it leaves out is as in the form.
    `find_upload` knows addresses of other kinds. Raises InvalidRequest with every reason."""
    said = {name: value for name, value in body.items() if value is not None}
    if not _can_be_kept(said):
        raise InvalidRequest([Problem("body", "The request has text that no file can hold.")])
    model = wire_body.model_for(studio.catalog, said, endpoint)
    request = wire_body.read(model, said, _keeping(studio, find_upload))
    if defaults:
        return replace(request, params=wire_body.with_defaults(model, request))
    return request


def place(caller: Caller, request: Request, terms: Terms) -> tuple[Generation, bool]:
    """Put it into the queue. Returns the generation, and whether it is new. Raises Refused, and
    InvalidRequest with every reason."""
    key = _scoped(caller, terms.idempotency_key)
    known = caller.studio.generations.with_key(key) if terms.idempotency_key else None
    if known is None:
        _check_price(caller.studio, request, terms)
        projects = caller.studio.projects
        project = projects.named(terms.project, by=caller.name) if terms.project else None
        known, new = caller.studio.compose.submit(
            request, key, author=caller.name, project_id=project.id if project else None
        )
        if new:
            return known, True
    if known.request.fingerprint != request.fingerprint:
        raise Refused(409, OTHER_BODY)
    return known, False


def _check_price(studio: Studio, request: Request, terms: Terms) -> None:
    """Raises InvalidRequest where nothing but the price is wrong: of all else `submit` tells, and
    of caps with it."""
    problem = _too_dear(studio.catalog.supplier(request), studio.compose.quote(request), terms)
    if problem and not studio.compose.problems(request):
        raise InvalidRequest([problem])


def _too_dear(of: Supplier, price: int | None, terms: Terms) -> Problem | None:
    if price is None and not terms.allow_unknown_price:
        return Problem("allowUnknownPrice", UNKNOWN_PRICE)
    if terms.most_credits is None or (price is not None and price <= terms.most_credits):
        return None
    costs = f"an unknown number of {of.credit}s" if price is None else of.counted(price)
    said = f"This may cost {costs}, and this call allows {terms.most_credits:,}."
    return Problem("price", said)


def _scoped(caller: Caller, key: str) -> str:
    """Keys of one person are of no meaning to another's."""
    if not key:
        return f"api_{secrets.token_hex(16)}"
    if len(key) > LONGEST_KEY:
        raise Refused(400, f"An Idempotency-Key has at most {LONGEST_KEY} characters.")
    whose = caller.person.id or person_key(caller.name)
    scoped = hashlib.sha256(json.dumps([whose, key]).encode())
    return f"api_{scoped.hexdigest()}"


def _keeping(studio: Studio, find_upload: FindUpload) -> wire_body.KeepInput:
    def keep(address: str, slot: Slot) -> Input:
        if address.lower().startswith("https:"):
            medium = wire_body.said_of(slot, slot.media[0])
            return Input(slot.role, url=address, medium=medium)
        if DATA_URI.match(address):
            sha256, medium = _kept(studio, address, slot)
        else:
            sha256 = address if SHA256.fullmatch(address) else find_upload(address)
            found = studio.uploads.get(sha256) if sha256 else None
            if found is None:
                said = "give an https address, a data URI, or the id of an upload."
                raise InvalidRequest([Problem(slot.field, f"{slot.label}: {said}")])
            medium = found.medium
        return Input(slot.role, sha256, medium=wire_body.said_of(slot, medium))

    return keep


def _kept(studio: Studio, address: str, slot: Slot) -> tuple[str, str]:
    try:
        content = base64.b64decode(address.partition(",")[2], validate=True)
        upload, _ = studio.uploads.add("sent by a program", content, slot.media)
    except binascii.Error:
        said = f"{slot.label}: the data URI is not base64."
        raise InvalidRequest([Problem(slot.field, said)]) from None
    except InvalidUpload as error:
        said = f"{slot.label}: {error.message}"
        raise InvalidRequest([Problem(slot.field, said)]) from error
    return upload.sha256, upload.medium


def _can_be_kept(value: Any) -> bool:
    """False for half of an emoji and for NUL, anywhere in it."""
    if isinstance(value, dict):
        return all(_can_be_kept(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return all(map(_can_be_kept, value))
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    return True
