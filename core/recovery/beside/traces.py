"""What generations have left on the disk, by the names of the files: manifests, receipts, clips."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from core.errors import BadManifest
from core.generations import Generation
from core.recovery.beside import manifests

log = logging.getLogger(__name__)

NAME = re.compile(
    r"(?P<id>\d{8,18})-(?P<key_hash>[0-9a-f]{12})(?:-(?P<number>\d{1,6}))?\.(?P<kind>\w+)"
)
"""The names of a manifest, of an attempt's receipt, and of a clip at its position."""
UNFINISHED = frozenset({"part", "etag", "looks"})


@dataclass
class Traces:
    """What one generation has left on the disk: receipts by attempt, clips by position."""

    id: int
    key_hash: str
    manifest: Path | None = None
    receipts: dict[int, Path] = field(default_factory=dict)
    clips: dict[int, Path] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Stands in for the idempotency key if no manifest tells it."""
        return f"rebuilt-{self.id:08d}-{self.key_hash}"

    @property
    def since(self) -> datetime:
        paths = [
            *self.receipts.values(),
            *self.clips.values(),
            *([self.manifest] if self.manifest else []),
        ]
        times = [path.stat().st_mtime for path in paths if path.exists()]
        return datetime.fromtimestamp(min(times, default=0.0), UTC)


def look(folder: Path) -> dict[str, Traces]:
    found: dict[str, Traces] = {}
    for kind in ("recipes", "receipts", "videos"):
        for path in _paths(folder / kind):
            if name := NAME.fullmatch(path.name):
                trace = found.setdefault(
                    name["key_hash"], Traces(int(name["id"]), name["key_hash"])
                )
                number = int(name["number"] or 0)
                if kind == "recipes":
                    trace.manifest = path
                elif kind == "receipts":
                    trace.receipts[number] = path
                else:
                    trace.clips[number] = path
    return found


def manifest_of(trace: Traces) -> Generation | None:
    try:
        return manifests.read(trace.manifest.read_bytes()) if trace.manifest else None
    except (BadManifest, OSError) as error:
        log.warning("a manifest cannot be read (%s)", type(error).__name__)
        return None


def as_found(known: Generation, trace: Traces) -> Generation:
    """An original that was to be removed, but still exists, stays."""
    names = {path.name for path in trace.clips.values()}
    outputs = tuple(
        replace(one, removed_at=None, removed_by="") if one.file in names else one
        for one in known.outputs
    )
    return replace(known, outputs=outputs)


def files(folder: Path) -> set[str]:
    return {path.name for path in _paths(folder) if path.is_file()}


def _paths(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if path.suffix[1:] not in UNFINISHED)
