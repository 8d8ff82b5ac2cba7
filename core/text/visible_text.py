"""Typed or pasted text as it was meant: letters that cannot be seen are no text."""

from __future__ import annotations

import re
import unicodedata

IGNORABLE = (
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB), (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip
"""Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties.txt, 16.0), first and last of each
range, plus the three interlinear annotation characters, which are invisible too."""
HIDDEN = re.compile(f"[{''.join(f'{chr(first)}-{chr(last)}' for first, last in IGNORABLE)}]")
BLANK_SIGNS = "\u2800\U0001d159"
"""A Braille cell without dots and a note without a head; their Unicode category is symbol."""
UUID = re.compile(r"(?<![0-9a-z])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-z])")
OF_A_TASK = re.compile(rf"tasks?[/=:]({UUID.pattern})")
"""A link may contain the ids of an organization and a project as well."""


def visible(text: str) -> str:
    """The text without blanks around it; empty if nothing in it is visible.

    Invisible characters inside a text stay: they join emoji and order scripts.
    """
    return "" if all(map(_unseen, HIDDEN.sub("", text))) else text.strip()


def bare(text: str) -> str:
    return HIDDEN.sub("", text).strip()


def task_id(text: str) -> str:
    """The task id in a pasted text, in lower case; text without one comes back bare. Found inside
    links, between words, and where spaces or line breaks tore it apart."""
    plain = bare(text)
    for pasted in (plain.lower(), "".join(plain.lower().split())):
        if found := OF_A_TASK.findall(pasted) or UUID.findall(pasted):
            return str(found[-1])
    return plain


def _unseen(letter: str) -> bool:
    return letter.isspace() or letter in BLANK_SIGNS or unicodedata.category(letter) == "Cc"
