"""File names by a pattern, safe on every system: no path, no device, no two that differ by case."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Mapping

from core.generations import Generation
from core.text import visible_text

PLACEHOLDERS = {
    "project": "the name of this export",
    "number": "the generation's number",
    "model": "the model's name",
    "prompt": "how the prompt begins",
    "date": "the day it was made, in UTC",
}
USUAL = "{project}_{number}_{model}_{prompt}"
LONGEST_PATTERN = 200
LONGEST_PART, LONGEST_NAME = 60, 150
"""In bytes of UTF-8. Windows takes 260 letters for a whole path, and somebody unpacks into one."""
FORBIDDEN = re.compile(r"""[<>:"/\\|?*,;&%#'`$!()\[\]{}=\x00-\x1f\x7f-\x9f\s]+|\.{2,}""")
"""What Windows forbids, and what a shell, an address or a spreadsheet reads as a sign."""
DEVICES = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE)
"""Names that Windows keeps for itself, whatever their ending."""


def complaint(pattern: str) -> str:
    if len(pattern) > LONGEST_PATTERN:
        return f"At most {LONGEST_PATTERN} characters."
    try:
        fields = [field for field in string.Formatter().parse(pattern) if field[1] is not None]
    except ValueError:
        return "A bracket is open or closed alone: write {number}."
    for _text, name, form, conversion in fields:
        if name not in PLACEHOLDERS or form or conversion:
            known = ", ".join(f"{{{one}}}" for one in PLACEHOLDERS)
            return f"{{{name}}} is no placeholder. There are {known}."
    return "" if fields else "Without a placeholder all files would have the same name."


def facts(generation: Generation, project: str, model_name: str) -> dict[str, str]:
    return {
        "project": project,
        "number": f"{generation.id:05d}",
        "model": model_name,
        "prompt": generation.request.words,
        "date": generation.created_at.date().isoformat(),
    }


class Names:
    """The names of one folder, each given once. Case counts for nothing, as on most disks."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._given: set[str] = set()

    def give(self, said: Mapping[str, str]) -> str:
        parts = {name: safe(text, LONGEST_PART) for name, text in said.items()}
        whole = re.sub(r"_{2,}", "_", self._pattern.format(**parts)).strip("_")
        wanted = name = safe(whole, LONGEST_NAME) or "clip"
        number = 1
        while _folded(name) in self._given:
            number += 1
            name = f"{wanted}-{number}"
        self._given.add(_folded(name))
        return name


def safe(text: str, longest: int) -> str:
    """The text as a part of a name, of at most so many bytes; empty if nothing of it can stay."""
    shown = visible_text.HIDDEN.sub("", unicodedata.normalize("NFC", text))
    shown = "".join(c for c in shown if unicodedata.category(c) not in ("Cs", "Co", "Cn"))
    plain = re.sub("-{2,}", "-", FORBIDDEN.sub("-", shown)).strip(".-~ ")
    plain = plain.encode()[:longest].decode(errors="ignore").strip(".-~ ")
    return f"_{plain}" if DEVICES.fullmatch(plain) else plain


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name.casefold())
