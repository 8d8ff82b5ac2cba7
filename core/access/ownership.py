"""Calls whose least role depends on what they are made on: what is one's own takes less."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.domain.people import Person, Role
from core.text.names import key

VIEWER, MAKER, ADMIN = Role


def own_share(studio: Any, person: Person, given: Mapping[str, Any]) -> Role:
    by = next((one.by for one in studio.shares.all() if one.id == given["share_id"]), "")
    return MAKER if key(by) == key(person.name) else ADMIN


def own_action(studio: Any, person: Person, given: Mapping[str, Any]) -> Role:
    return VIEWER if key(studio.reviews.actor(given["action"])) == key(person.name) else MAKER


def own_view(studio: Any, person: Person, given: Mapping[str, Any]) -> Role:
    views = studio.views.seen_by(person.name)
    is_everyones = any(one.id == given["view_id"] and not one.owner for one in views)
    return MAKER if is_everyones else VIEWER


def kept_view(_studio: Any, _person: Person, given: Mapping[str, Any]) -> Role:
    return MAKER if given.get("everyones") else VIEWER


def own_token(studio: Any, person: Person, given: Mapping[str, Any]) -> Role:
    owner = next((one.person_id for one in studio.tokens.all() if one.id == given["token_id"]), "")
    return MAKER if owner == person.id else ADMIN


def for_oneself(_studio: Any, person: Person, given: Mapping[str, Any]) -> Role:
    return MAKER if given["owner"].id == person.id else ADMIN


def own_project(studio: Any, person: Person, given: Mapping[str, Any]) -> Role:
    project = studio.projects.get(given["project_id"])
    is_theirs = project is not None and key(project.created_by) == key(person.name)
    return MAKER if is_theirs else ADMIN


def own_channel(studio: Any, person: Person, given: Mapping[str, Any]) -> Role:
    wanted = given.get("channel_id") or given["channel"].id
    by = next((one.made_by for one in studio.channels.all() if one.id == wanted), "")
    return MAKER if key(by) == key(person.name) else ADMIN
