"""The least role that each call on a part of the Studio takes: pages, routes and programs alike.

What is not named is refused. Where it depends on the object, a function tells the role.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from core.people import Person, Role
from core.reviews import key

Ruled = Callable[[Any, Person, Mapping[str, Any]], Role]
"""The least role for one call: of the Studio, who asks, and the arguments by their names."""
Rule = Role | Ruled | None

EVERYBODY = None
"""Also who has not signed in: monitors, and guests of a link."""
VIEWER, MAKER, ADMIN = Role


def _own_share(studio: Any, person: Person, given: Mapping[str, Any]) -> Role:
    by = next((one.by for one in studio.shares.all() if one.id == given["share_id"]), "")
    return MAKER if key(by) == key(person.name) else ADMIN


def _own_action(studio: Any, person: Person, given: Mapping[str, Any]) -> Role:
    return VIEWER if key(studio.reviews.actor(given["action"])) == key(person.name) else MAKER


def _own_view(studio: Any, person: Person, given: Mapping[str, Any]) -> Role:
    views = studio.views.seen_by(person.name)
    is_everyones = any(one.id == given["view_id"] and not one.owner for one in views)
    return MAKER if is_everyones else VIEWER


def _kept_view(_studio: Any, _person: Person, given: Mapping[str, Any]) -> Role:
    return MAKER if given.get("everyones") else VIEWER


def _own_token(studio: Any, person: Person, given: Mapping[str, Any]) -> Role:
    owner = next((one.person_id for one in studio.tokens.all() if one.id == given["token_id"]), "")
    return MAKER if owner == person.id else ADMIN


def _for_oneself(_studio: Any, person: Person, given: Mapping[str, Any]) -> Role:
    return MAKER if given["owner"].id == person.id else ADMIN


def _own_project(studio: Any, person: Person, given: Mapping[str, Any]) -> Role:
    project = studio.projects.get(given["project_id"])
    is_theirs = project is not None and key(project.created_by) == key(person.name)
    return MAKER if is_theirs else ADMIN


def _own_channel(studio: Any, person: Person, given: Mapping[str, Any]) -> Role:
    wanted = given.get("channel_id") or given["channel"].id
    by = next((one.made_by for one in studio.channels.all() if one.id == wanted), "")
    return MAKER if key(by) == key(person.name) else ADMIN


VALUES = frozenset({"catalog", "now", "overrides", "settings", "today"})
"""What of the Studio is no part but a value, for everybody."""

PERMISSIONS: Mapping[str, Mapping[str, Rule]] = {
    "account": {"changes": VIEWER, "is_pending": VIEWER, "seen": VIEWER, "usage": VIEWER},
    "account_alerts": {"standing": MAKER},
    "audit": {"entries": ADMIN, "people": ADMIN, "csv": ADMIN},
    "batches": {
        "cancel_rest": MAKER,
        "get": VIEWER,
        "newest": VIEWER,
        "numbers": VIEWER,
        "open": VIEWER,
        "pause": MAKER,
        "problems": VIEWER,
        "problems_of_variations": VIEWER,
        "quote": VIEWER,
        "resume": MAKER,
        "retry": MAKER,
        "retryable": VIEWER,
        "seconds_left": VIEWER,
        "submit": MAKER,
        "tally": VIEWER,
        "unaffordable": VIEWER,
        "vary": MAKER,
    },
    "books": {"compared": VIEWER},
    "breakers": {"open": VIEWER},
    "channels": {
        "add": MAKER,
        "all": MAKER,
        "end": _own_channel,
        "last": MAKER,
        "test": _own_channel,
    },
    "caps": {
        "admit": VIEWER,
        "daily": VIEWER,
        "end": ADMIN,
        "past": VIEWER,
        "problems": VIEWER,
        "refusal": VIEWER,
        "set": ADMIN,
        "standings": VIEWER,
        "standings_of": VIEWER,
        "title": VIEWER,
    },
    "comparisons": {
        "file": VIEWER,
        "get": VIEWER,
        "open": VIEWER,
        "progress": VIEWER,
        "vote": VIEWER,
        "votes": VIEWER,
    },
    "compose": {
        "draft": VIEWER,
        "duplicate": VIEWER,
        "filling": VIEWER,
        "given": VIEWER,
        "model": EVERYBODY,
        "order": VIEWER,
        "problems": VIEWER,
        "quote": VIEWER,
        "save_draft": VIEWER,
        "submit": MAKER,
        "way_from": VIEWER,
    },
    "decisions": {
        "attach": MAKER,
        "doubt": VIEWER,
        "import_task": MAKER,
        "send_again": MAKER,
        "settle": MAKER,
        "write_off": MAKER,
    },
    "differences": {"of": VIEWER},
    "exports": {
        "archive": VIEWER,
        "begin": VIEWER,
        "csv": VIEWER,
        "find": VIEWER,
        "json": VIEWER,
        "plan": VIEWER,
        "progress": VIEWER,
    },
    "families": {"of": VIEWER},
    "file_links": {"opens": EVERYBODY, "query": VIEWER},
    "generations": {
        "cancel": MAKER,
        "events": VIEWER,
        "favour": VIEWER,
        "get": VIEWER,
        "recover": MAKER,
        "retry_now": MAKER,
        "set_favourite": VIEWER,
        "with_key": VIEWER,
    },
    "guests": {
        "leave": EVERYBODY,
        "new": EVERYBODY,
        "nickname": EVERYBODY,
        "notes": EVERYBODY,
        "stars": EVERYBODY,
    },
    "history": {
        "before": VIEWER,
        "bought": VIEWER,
        "complaints": VIEWER,
        "count": VIEWER,
        "counts": VIEWER,
        "daily": VIEWER,
        "duplicate": VIEWER,
        "duplicates": VIEWER,
        "failed": VIEWER,
        "flying": VIEWER,
        "holds": VIEWER,
        "in_flight": VIEWER,
        "is_empty": VIEWER,
        "misquoted": VIEWER,
        "models": VIEWER,
        "neighbours": VIEWER,
        "newest": VIEWER,
        "numbers": VIEWER,
        "page": VIEWER,
        "prompts": VIEWER,
        "sums": VIEWER,
        "these": VIEWER,
        "timing": VIEWER,
        "typical_seconds": VIEWER,
        "unrated": VIEWER,
    },
    "lists": {"check": VIEWER},
    "maintenance": {
        "backups": ADMIN,
        "damage": VIEWER,
        "make": ADMIN,
        "rebuilt": VIEWER,
        "rescue": VIEWER,
        "restore": ADMIN,
    },
    # What of it somebody may have is told by whatever led to the output.
    "media": {
        "output": EVERYBODY,
        "poster": EVERYBODY,
        "stripped": EVERYBODY,
        "with_recipe": EVERYBODY,
    },
    "metrics": {"text": EVERYBODY},
    "people": {"all": ADMIN, "names": MAKER, "remove": ADMIN, "set_role": ADMIN},
    "previews": {
        "clip": EVERYBODY,
        "frame": EVERYBODY,
        "still": EVERYBODY,
        "storyboard": EVERYBODY,
    },
    "projects": {
        "all": VIEWER,
        "archive": ADMIN,
        "file": MAKER,
        "find": VIEWER,
        "get": VIEWER,
        "named": MAKER,
        "names": VIEWER,
        "set_name": ADMIN,
        "set_people": _own_project,
        "spellings": VIEWER,
    },
    "queue": {
        "hold": MAKER,
        "let_go": MAKER,
        "move_up": MAKER,
        "place": VIEWER,
        "put_before_all": ADMIN,
        "put_first": MAKER,
    },
    "reviews": {
        "actor": VIEWER,
        "cut_off": VIEWER,
        "decisions": VIEWER,
        "delete": VIEWER,
        "edit": VIEWER,
        "keep": MAKER,
        "new_note_id": VIEWER,
        "notes": VIEWER,
        "rate": VIEWER,
        "ratings": VIEWER,
        "resolve": VIEWER,
        "set_state": MAKER,
        "tag": MAKER,
        "tag_counts": VIEWER,
        "tags": VIEWER,
        "undo": _own_action,
        "untag": MAKER,
        "write": VIEWER,
    },
    "server": {
        "check_disk": VIEWER,
        "disk_room": VIEWER,
        "disk_usage": VIEWER,
        "exposures": VIEWER,
        "health": EVERYBODY,
        "overdue": VIEWER,
        "proxy": VIEWER,
        "versions": VIEWER,
    },
    "shares": {
        "admit": EVERYBODY,
        "all": MAKER,
        "clip": EVERYBODY,
        "count_live": MAKER,
        "is_admitted": EVERYBODY,
        "is_open": EVERYBODY,
        "make": MAKER,
        "make_live": MAKER,
        "may_guess": EVERYBODY,
        "note_visit": EVERYBODY,
        "open": EVERYBODY,
        "page": EVERYBODY,
        "revoke": _own_share,
        "token": MAKER,
    },
    "timeline": {"after": VIEWER, "newest": VIEWER, "seen": VIEWER},
    "tokens": {
        "all": MAKER,
        "any_works": EVERYBODY,
        "make": _for_oneself,
        "recognise": EVERYBODY,
        "remembered": EVERYBODY,
        "revoke": _own_token,
    },
    "trash": {
        "count": VIEWER,
        "delete_at_runway": ADMIN,
        "empty": ADMIN,
        "holds_all": VIEWER,
        "newest": VIEWER,
        "put": MAKER,
        "restore": MAKER,
    },
    "uploads": {
        "add": MAKER,
        "add_frame": MAKER,
        "add_output": MAKER,
        "get": VIEWER,
        "newest": VIEWER,
        "path": VIEWER,
        "preview": VIEWER,
        "recipe_in": VIEWER,
        "still": VIEWER,
    },
    "webhooks": {
        "add": ADMIN,
        "all": ADMIN,
        "end": ADMIN,
        "newest": ADMIN,
        "send_again": ADMIN,
        "send_example": ADMIN,
    },
    "views": {"delete": _own_view, "save": _kept_view, "seen_by": VIEWER},
    "wildcards": {"all": VIEWER, "delete": MAKER, "expand": VIEWER, "save": MAKER},
}  # fmt: skip
