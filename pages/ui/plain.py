"""Text that came from outside, where only Markdown can be drawn: it stays text there."""

from __future__ import annotations

import re

from core.errors import DailiesError

LINK = re.compile(r"(?:https?://|www\.)\S*\w\S*|[^\s@`]+@[^\s@`]+", re.IGNORECASE)
"""What Streamlit makes a link of even where every sign is escaped; in a code span it does not."""
SIGN = re.compile(r"[\\`*\[\]<>~$|]|(?<!\w)_|_(?!\w)|:(?=[^\W\d])|&(?=[#\w])|^[-+#=]|^\d{1,9}[.)]")
"""What Markdown would act on: a backslash before the last letter of it stops that."""
TICKS = re.compile(r"`+")


def text(foreign: str) -> str:
    """The words on one line, for a place that reads Markdown."""
    words = " ".join(foreign.split())
    parts, at = [], 0
    for link in LINK.finditer(words):
        parts += [_escaped(words[at : link.start()]), _code(link.group())]
        at = link.end()
    return "".join([*parts, _escaped(words[at:])])


def error(error: Exception | None) -> str:
    """The sentences of an expected error, which may contain Runway's own words."""
    if not isinstance(error, DailiesError):
        return ""
    return text(f"{error.message} {error.hint}".strip())


def _escaped(words: str) -> str:
    return SIGN.sub(lambda sign: f"{sign.group()[:-1]}\\{sign.group()[-1]}", words)


def _code(link: str) -> str:
    fence = "`" * (max((len(run) for run in TICKS.findall(link)), default=0) + 1)
    return f"{fence} {link} {fence}" if fence != "`" else f"`{link}`"
