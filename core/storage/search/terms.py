"""The words of a search, for the index and for texts that are read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.storage.search.query import Word

INDEXED = 3
"""The shortest term, in letters, that the trigram index can find."""


@dataclass(frozen=True)
class Terms:
    """What must, and must not, stand in the texts of a generation. Case does not matter."""

    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()

    @classmethod
    def of(cls, words: Iterable[Word]) -> Terms:
        said = list(words)
        return cls(*(tuple(w.text for w in said if w.unwanted is no) for no in (False, True)))

    def __bool__(self) -> bool:
        return bool(self.wanted or self.unwanted)

    @property
    def query(self) -> str:
        """The query for the index; empty where it has nothing to look up."""
        wanted, unwanted = _indexed(self.wanted), _indexed(self.unwanted)
        if not wanted:
            return ""
        return f"({' '.join(wanted)})" + (f" NOT ({' OR '.join(unwanted)})" if unwanted else "")

    @property
    def is_indexed(self) -> bool:
        """Whether the index alone answers it, without reading the texts."""
        return all(len(term) >= INDEXED for term in self.wanted + self.unwanted)

    def are_met_by(self, *texts: str) -> bool:
        lower = [text.lower() for text in texts]

        def stands(term: str) -> bool:
            return any(term.lower() in text for text in lower)

        return all(map(stands, self.wanted)) and not any(map(stands, self.unwanted))


def _indexed(terms: Iterable[str]) -> list[str]:
    quoted = (term.replace('"', '""') for term in terms if len(term) >= INDEXED)
    return [f'"{term}"' for term in quoted]
