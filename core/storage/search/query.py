"""The language of the search field: words, "exact phrases", field:value, and - before what must not
be.

Everything that stands there must hold; of several values with commas between them, one is enough.
Any text is a query: what cannot be read as a field is searched as words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache

from core.storage.search.query_fields import FIELDS, is_trash

MOST = 100
"""At most so many words and fields: SQLite has a limit."""
QUOTED = r'"(?:[^"]|"")*"'
VALUE = rf'(?:{QUOTED}|[^\s,"][^\s,]*)'
ITEM = re.compile(
    rf"(?P<no>-?)(?:(?P<field>[a-z]+):(?P<values>{VALUE}(?:,{VALUE})*),?|(?P<phrase>{QUOTED}))(?!\S)"
    r"|(?P<not>-?)(?P<word>\S+)",
    re.IGNORECASE,
)
LIKE_A_FIELD = re.compile(r"([a-z]{2,}):(?!//)(\S*)", re.IGNORECASE)


@dataclass(frozen=True)
class Word:
    """Letters to be found in one text of a generation, in any case."""

    text: str
    unwanted: bool = False

    def __str__(self) -> str:
        bare = f"{'-' * self.unwanted}{self.text}"
        if '"' not in bare and _items(bare) == [self]:
            return bare
        return f"{'-' * self.unwanted}{_quoted(self.text)}"


@dataclass(frozen=True)
class Clause:
    """A field with values, of which a generation has at least one; `field` is a key of
    `core.storage.search.query_fields`."""

    field: str
    values: tuple[str, ...]
    unwanted: bool = False

    def __str__(self) -> str:
        values = ",".join(
            value if re.fullmatch(VALUE, value) and '"' not in value else _quoted(value)
            for value in self.values
        )
        return f"{'-' * self.unwanted}{self.field}:{values}"


Item = Word | Clause


@dataclass(frozen=True)
class Query:
    """`remarks` say why something that looks like a field was read as words."""

    items: tuple[Item, ...] = ()
    remarks: tuple[str, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        return " ".join(map(str, self.items))

    @property
    def clauses(self) -> list[Clause]:
        return [item for item in self.items if isinstance(item, Clause)]

    @property
    def words(self) -> list[Word]:
        return [item for item in self.items if isinstance(item, Word)]

    def replaced(self, old: Clause | None, new: Clause | None) -> Query:
        """With `new` in place of `old`; without an `old`, at the end."""
        if old is None:
            return Query((*self.items, *([new] if new else [])))
        swapped = (new if item == old else item for item in self.items)
        return Query(tuple(item for item in swapped if item))


@lru_cache(maxsize=256)
def parse(text: str) -> Query:
    text = text.replace("\0", " ")
    found, remarks = _items(text), _remarks(text)
    if len(found) > MOST:
        remarks.append(f"Only the first {MOST} words and fields are looked for.")
    return Query(tuple(found[:MOST]), tuple(remarks))


def asks_for_trash(clause: Clause) -> bool:
    wanted = clause.field in ("is", "status") and not clause.unwanted
    return wanted and any(map(is_trash, clause.values))


def _items(text: str) -> list[Item]:
    read = (_item(found) for found in ITEM.finditer(text))
    return list(dict.fromkeys(item for item in read if item))


def _item(found: re.Match[str]) -> Item | None:
    name = (found["field"] or "").lower()
    if name in FIELDS:
        values = (_bare(value) for value in re.findall(VALUE, found["values"]))
        if named := tuple(dict.fromkeys(value for value in values if value)):
            return Clause(name, named, bool(found["no"]))
        return None
    if found["phrase"] is not None:
        text = _bare(found["phrase"])
        return Word(text, bool(found["no"])) if text else None
    unwanted = bool(found["no"] or found["not"])
    return Word(found.group()[unwanted:], unwanted)


def _bare(value: str) -> str:
    """Without its quotes; empty if nothing in it is visible."""
    bare = value[1:-1].replace('""', '"') if value.startswith('"') else value
    return bare if bare.strip() else ""


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _remarks(text: str) -> list[str]:
    """Why words that look like fields are none, each once."""
    bare = (found for found in ITEM.finditer(text) if found["phrase"] is None)
    words = (found.group() for found in bare if not isinstance(_item(found), Clause))
    looks = (LIKE_A_FIELD.match(word.removeprefix("-")) for word in words)
    return list(dict.fromkeys(_remark(look[1], look[2]) for look in looks if look))


def _remark(name: str, value: str) -> str:
    if name.lower() not in FIELDS:
        near = get_close_matches(name.lower(), FIELDS, n=1)
        meant = f" Did you mean “{near[0]}”?" if near else ""
        return f"There is no field “{name}”, so it is searched as a word.{meant}"
    if value.startswith('"') and value.strip('"'):
        return f"The quotation mark after “{name}:” has no end, so it is searched as words."
    return f"Nothing stands right after “{name}:”, so it is searched as a word."
