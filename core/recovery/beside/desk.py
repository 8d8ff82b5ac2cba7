"""Projects, kept views, caps, clean-up rules, batches, people, and which links and tokens work, as
one small file beside the history, for when that is lost or an older copy takes its place."""

from __future__ import annotations

import logging
import threading
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ValidationError

from core.domain.batches import Batch
from core.domain.caps import Cap
from core.domain.cleanup import Rule
from core.domain.people import Account, Role
from core.domain.reviews import Project, View
from core.media import atomic_files
from core.storage.database import HistoryFile
from core.storage.desk.projects import ProjectStore, ViewStore
from core.storage.identity.people import PeopleStore
from core.storage.identity.tokens import TokenStore
from core.storage.making.batches import BatchStore
from core.storage.making.turns import TurnStore
from core.storage.outside.shares import ShareStore
from core.storage.room.cleanup_rules import CleanupRuleStore
from core.storage.spending.caps import CapStore

log = logging.getLogger(__name__)

NAME = "desk.json"


class Desk(BaseModel):
    """What the file holds.

    Generations name their project in their own manifests. `former_names` gives a project's uid for
    each name that it once had. `open_links` are the hashes of the tokens of links that were not
    revoked, `tokens` those of other programs; None in the file of an older release, like
    `cleanup_rules`.
    """

    projects: tuple[Project, ...] = ()
    former_names: dict[str, str] = {}
    views: tuple[View, ...] = ()
    caps: tuple[Cap, ...] = ()
    batches: tuple[Batch, ...] = ()
    people: tuple[Account, ...] = ()
    role_turns: dict[Role, int] = {}
    cleanup_rules: tuple[Rule, ...] | None = None
    open_links: tuple[str, ...] | None = None
    tokens: tuple[str, ...] | None = None


class DeskFile:
    """Follows the history: it is written where something has changed."""

    def __init__(self, file: HistoryFile, folder: Path) -> None:
        self._projects = ProjectStore(file)
        self._views = ViewStore(file)
        self._caps = CapStore(file)
        self._batches = BatchStore(file)
        self._people = PeopleStore(file)
        self._shares = ShareStore(file)
        self._tokens = TokenStore(file)
        self._turns = TurnStore(file)
        self._rules = CleanupRuleStore(file)
        self._writing = threading.Lock()
        self._path = folder / NAME
        self._written = b""

    def follow(self) -> None:
        """Raises OSError."""
        with self._writing:
            desk = Desk(
                projects=tuple(self._projects.listed()),
                former_names=self._projects.former_names(),
                views=tuple(self._views.all()),
                caps=tuple(self._caps.ever()),
                batches=tuple(self._batches.all()),
                people=tuple(self._people.all()),
                role_turns=dict(self._turns.of_roles()),
                cleanup_rules=tuple(self._rules.ever()),
                open_links=tuple(self._shares.unrevoked()),
                tokens=tuple(self._tokens.unrevoked()),
            )
            content = desk.model_dump_json(indent=1).encode()
            if content != self._written:
                atomic_files.write(self._path, content)
                self._written = content

    def adopt(self, now: datetime) -> None:
        """A clean-up rule that the file does not have ends: in doubt nothing is removed."""
        desk = self._read()
        sound = [one for one in desk.projects if _is_sound(one)]
        self._projects.adopt(sound, desk.former_names)
        for view in desk.views:
            self._views.save(view.name, view.owner, view.query)
        self._caps.adopt(desk.caps)
        self._batches.adopt(desk.batches)
        self._people.adopt(desk.people)
        for role, turns in desk.role_turns.items():
            self._turns.set(role, turns)
        self._rules.adopt(desk.cleanup_rules, now)

    def end_rules(self, now: datetime) -> None:
        """End clean-up rules that do not hold in the file: another copy of the history may not know
        of their end."""
        if (told := self._read().cleanup_rules) is not None:
            self._rules.end_unknown(told, now)

    def close_links(self, now: datetime, *, in_doubt: bool) -> None:
        """Revoke the links and tokens that the file does not name: another copy of the history may
        not know of their end. With `in_doubt`, revoke all where the file tells nothing."""
        desk = self._read()
        if desk.open_links is not None or in_doubt:
            self._shares.revoke_others(desk.open_links or (), now)
        if desk.tokens is not None or in_doubt:
            self._tokens.revoke_others(desk.tokens or (), now)

    def _read(self) -> Desk:
        """Empty where there is none, or none that can be read."""
        try:
            return Desk.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return Desk()
        except (OSError, ValidationError) as error:
            log.warning(
                "the list of projects, caps, batches and links cannot be read (%s)",
                type(error).__name__,
            )
            return Desk()


def _is_sound(project: Project) -> bool:
    times = (project.created_at, project.archived_at)
    return bool(project.uid and project.name) and all(t is None or t.tzinfo for t in times)
