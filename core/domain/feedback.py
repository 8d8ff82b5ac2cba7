"""What guests send by a link: stars and a note, under a nickname."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from core.domain.shares import Terms
from core.errors import Problem
from core.text.visible_text import visible

LONGEST_NICKNAME, LONGEST_NOTE = 40, 2000
MOST_STARS = 5
LINES = "\n"


@dataclass(frozen=True)
class Feedback:
    """As a guest sent it; 0 stars and an empty note are none."""

    nickname: str
    stars: int = 0
    note: str = ""

    def allowed(self, terms: Terms) -> Feedback:
        return Feedback(
            " ".join(_shown(self.nickname).split()),
            self.stars if terms.takes_ratings else 0,
            _shown(self.note) if terms.takes_notes else "",
        )

    def problems(self) -> list[Problem]:
        found = []
        if not self.nickname:
            found.append(Problem("nickname", "Say who you are."))
        if len(self.nickname) > LONGEST_NICKNAME:
            found.append(Problem("nickname", f"Use at most {LONGEST_NICKNAME} characters."))
        if len(self.note) > LONGEST_NOTE:
            found.append(Problem("note", f"Use at most {LONGEST_NOTE:,} characters."))
        if not 0 <= self.stars <= MOST_STARS:
            found.append(Problem("stars", "Choose one to five stars."))
        if not (self.stars or self.note):
            found.append(Problem("note", "There is nothing to send yet."))
        return found


def _shown(text: str) -> str:
    lines = text.replace("\r\n", LINES).replace("\r", LINES)
    return visible("".join(c for c in lines if c == LINES or unicodedata.category(c) != "Cc"))
