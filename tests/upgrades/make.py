"""`python tests/upgrades/make.py`: a history of each schema, made by the Dailies that had it.

For each change of the schema that this repository knows, the last version before it is taken out
of git and run on the emulator of its time; what it leaves is kept in `histories`, compressed, under
the name of its newest migration. Those that are there already stay as they are. Run it once a new
migration is committed.
"""

from __future__ import annotations

import lzma
import os
import re
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import closing, suppress
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
HISTORIES = HERE / "histories"
PLACES = ("core/migrations.py", "core/storage/migrations.py", "core/storage/migrations")
"""Where the schema has been."""
MOST_BACK = 12
STEP = re.compile(r"^def (m\d{3}_\w+)\(", re.MULTILINE)


def git(*words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True).stdout


def steps(commit: str) -> frozenset[str]:
    """The migrations that a version has."""
    files = git("ls-tree", "-r", "--name-only", commit, *PLACES).decode().split()
    return frozenset(STEP.findall("".join(git("show", f"{commit}:{f}").decode() for f in files)))


def versions() -> Iterator[tuple[list[str], str]]:
    """For each schema but today's, the oldest first: its last commits, from the newest on, and its
    newest migration."""
    changes = git("log", "--first-parent", "--reverse", "--format=%h", "--", *PLACES).split()
    newest: dict[frozenset[str], str] = {}
    known: frozenset[str] = frozenset()
    for commit in (change.decode() for change in changes):
        after = steps(commit)
        if after != known:
            before = steps(f"{commit}^")
            if before:
                had = [f"{commit}~{back}" for back in range(1, MOST_BACK)]
                same = [steps(one) == before for one in had]
                yield (
                    [one for one, is_same in zip(had, same, strict=True) if is_same],
                    newest[before],
                )
            newest[after] = max(after - before)
        known = after


def make_by_any(commits: list[str], kept: Path) -> None:
    """By the last of these that works: some commits are one of a series."""
    for commit in commits:
        with suppress(subprocess.CalledProcessError):
            make(commit, kept)
            return
    sys.exit(f"No version could make {kept.name}.")


def make(commit: str, kept: Path) -> None:
    with TemporaryDirectory() as folder:
        tree, data = Path(folder, "tree"), Path(folder, "data")
        with tarfile.open(fileobj=BytesIO(git("archive", commit))) as archive:
            archive.extractall(tree, filter="data")
        program = [sys.executable, str(HERE / "era.py"), str(data)]
        picture = ROOT / "data" / "samples" / "lighthouse.jpg"
        environment = os.environ | {"PYTHONPATH": str(tree), "DAILIES_ENV_FILE": os.devnull}
        subprocess.run([*program, str(picture)], cwd=tree, env=environment, check=True)
        whole = Path(folder, "whole.db")
        with closing(sqlite3.connect(data / "history.db")) as history:
            history.execute("vacuum into ?", [str(whole)])
        kept.write_bytes(lzma.compress(whole.read_bytes(), preset=9))


def main() -> None:
    HISTORIES.mkdir(exist_ok=True)
    for commits, newest in versions():
        kept = HISTORIES / f"{newest}.db.xz"
        if not kept.exists():
            make_by_any(commits, kept)
            print(f"{kept.name}: {kept.stat().st_size:,} bytes", flush=True)


if __name__ == "__main__":
    main()
