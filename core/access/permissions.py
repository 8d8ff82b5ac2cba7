"""The least role that each call on a part of the Studio takes: pages, routes and programs alike.

What is not named is refused. Where it depends on the object, a rule of `ownership` tells the role.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from core.access import ownership
from core.domain.people import Person, Role

Ruled = Callable[[Any, Person, Mapping[str, Any]], Role]
"""The least role for one call: of the Studio, who asks, and the arguments by their names."""
Rule = Role | Ruled | None

EVERYBODY = None
"""Includes those who have not signed in: monitors, and guests of a link."""
VIEWER, MAKER, ADMIN = Role

VALUES = frozenset({"catalog", "now", "overrides", "settings", "today"})
"""Attributes of the Studio that are values, not parts; open to everybody."""


def _for(role: Role | None, methods: str) -> dict[str, Rule]:
    return dict.fromkeys(methods.split(), role)


PERMISSIONS: Mapping[str, Mapping[str, Rule]] = {
    "accounts": _for(VIEWER, "changes is_pending names seen usage usual"),
    "account_alerts": _for(MAKER, "standing"),
    "audit": _for(ADMIN, "csv entries people"),
    "batches": {
        **_for(
            VIEWER,
            "get names newest numbers open problems problems_of_variations quote retryable "
            "seconds_left tally unaffordable",
        ),
        **_for(MAKER, "cancel_rest pause resume retry submit vary"),
    },
    "books": _for(VIEWER, "compared"),
    "breakers": _for(VIEWER, "open"),
    "channels": {
        **_for(MAKER, "add all last"),
        "end": ownership.own_channel,
        "test": ownership.own_channel,
    },
    "caps": {
        **_for(VIEWER, "daily past price standings standings_for standings_of title"),
        **_for(ADMIN, "end set"),
    },
    "cleanup": {
        **_for(VIEWER, "can_bring_back holding last_run next_run removed"),
        **_for(MAKER, "bring_back"),
        **_for(ADMIN, "dry_run dry_run_with end set"),
    },
    "comparisons": _for(VIEWER, "file get open progress removed vote votes"),
    "compose": {
        **_for(EVERYBODY, "model"),
        **_for(
            VIEWER,
            "draft duplicate filling given is_reached order problems quote save_draft usable"
            " way_from",
        ),
        **_for(MAKER, "submit"),
    },
    "decisions": {
        **_for(VIEWER, "doubt"),
        **_for(MAKER, "attach import_task send_again settle write_off"),
    },
    "differences": {
        **_for(VIEWER, "of"),
        **_for(ADMIN, "mark unmark"),
    },
    "exports": _for(VIEWER, "archive begin csv find json plan progress removed"),
    "families": _for(VIEWER, "of"),
    "file_links": {
        **_for(EVERYBODY, "opens"),
        **_for(VIEWER, "query"),
    },
    "generations": {
        **_for(VIEWER, "events favour find get set_favourite with_key"),
        **_for(MAKER, "cancel recover retry_now"),
    },
    "guests": _for(EVERYBODY, "leave new nickname notes stars"),
    "history": _for(
        VIEWER,
        "before complaints count counts flying in_flight is_empty misquoted models neighbours "
        "newest numbers page prompts sums these timing typical_seconds unrated",
    ),
    "in_flight": _for(VIEWER, "etag progress"),
    "lists": _for(VIEWER, "check"),
    "maintenance": {
        **_for(VIEWER, "damage rebuilt rescue"),
        **_for(ADMIN, "backups make restore"),
    },
    # Whoever has been given the output may have its files.
    "media": _for(EVERYBODY, "clips output poster stripped with_recipe"),
    "metrics": _for(EVERYBODY, "text"),
    "people": {
        **_for(MAKER, "names"),
        **_for(ADMIN, "all remove set_role"),
    },
    "previews": _for(EVERYBODY, "clip frame still storyboard"),
    "projects": {
        **_for(VIEWER, "all find get names spellings"),
        **_for(MAKER, "file named"),
        **_for(ADMIN, "archive set_name"),
        "set_people": ownership.own_project,
    },
    "queue": {
        **_for(VIEWER, "place turns"),
        **_for(MAKER, "hold let_go move_up put_first"),
        **_for(ADMIN, "put_before_all set_turns"),
    },
    "reviews": {
        **_for(
            VIEWER,
            "cut_off decisions delete edit notes rate ratings resolve tag_counts tags write",
        ),
        **_for(MAKER, "keep set_state tag untag"),
        "undo": ownership.own_action,
    },
    "server": {
        **_for(EVERYBODY, "health"),
        **_for(VIEWER, "addresses bucket check_disk disk_room exposures overdue proxy versions"),
        **_for(ADMIN, "faults processes queued"),
    },
    "shares": {
        **_for(EVERYBODY, "admit clip is_admitted is_open may_guess note_visit open page"),
        **_for(MAKER, "all count_live make make_live token"),
        "revoke": ownership.own_share,
    },
    "timeline": _for(VIEWER, "after newest seen"),
    "spending": _for(VIEWER, "bought by_provider credits measure"),
    "tokens": {
        **_for(EVERYBODY, "any_works is_due recognise refresh remembered"),
        **_for(MAKER, "all"),
        "make": ownership.for_oneself,
        "revoke": ownership.own_token,
    },
    "trash": {
        **_for(VIEWER, "count holds_all newest"),
        **_for(MAKER, "put restore"),
        **_for(ADMIN, "delete_at_provider empty"),
    },
    "upload_tickets": {**_for(EVERYBODY, "open use"), **_for(MAKER, "add file")},
    "uploads": {
        **_for(VIEWER, "get newest path preview recipe_in still"),
        **_for(MAKER, "add add_frame add_output"),
    },
    "webhooks": _for(ADMIN, "add all end newest send_again send_example"),
    "usage": _for(VIEWER, "measured"),
    "views": {
        **_for(VIEWER, "seen_by"),
        "delete": ownership.own_view,
        "save": ownership.kept_view,
    },
    "wildcards": {
        **_for(VIEWER, "all expand"),
        **_for(MAKER, "delete save"),
    },
}
