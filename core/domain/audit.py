"""The nouns of the audit list: Act, Entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Act(StrEnum):
    """What somebody did. The values are stored, so they never change."""

    SUBMITTED = "submitted"
    IMPORTED = "imported"
    DECIDED = "decided"
    CANCELLED = "cancelled"
    TRASHED = "trashed"
    UNTRASHED = "untrashed"
    EMPTIED = "emptied"
    DELETED = "deleted"
    CAP = "cap"
    BOOKS = "books"
    ROLE = "role"
    PROJECT = "project"
    TOKEN = "token"
    WEBHOOK = "webhook"
    CHANNEL = "channel"
    SHARED = "shared"
    REVOKED = "revoked"
    CLEANUP = "cleanup"
    REMOVED = "removed"
    BROUGHT_BACK = "brought_back"
    BACKED_UP = "backed_up"
    RESTORED = "restored"


@dataclass(frozen=True)
class Entry:
    """Who did what, when. `person_id` is empty where nobody signs in; `about` tells of what, such
    as `generation 12`."""

    at: datetime
    person: str
    person_id: str
    act: Act
    about: str
