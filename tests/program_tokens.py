"""Tokens of programs, made beside a server in the history that it serves."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from core.domain.people import Person, Role
from core.storage.database import HistoryFile, utc_now
from core.storage.identity.tokens import TokenStore
from core.studio.identity.tokens import Tokens


def token_in(folder: Path, name: str = "Ann", role: Role = Role.MAKER) -> str:
    """The secret of a new token of that person, in the history of a data folder."""
    with closing(HistoryFile(folder / "history.db")) as file:
        tokens = Tokens(store=TokenStore(file), changed=lambda: None, clock=utc_now)
        return tokens.make("a program", Person("", name, Role.ADMIN), role)[1]
