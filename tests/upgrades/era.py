"""Makes a history as an older Dailies does. `make` runs it in the tree of that version.

What every version has: clips from words and from a picture, one that is still waiting and one that
was withdrawn. Where a version has more to keep, that as well. The names of its parts have changed
over time, so they are looked up as the version has them.
"""

from __future__ import annotations

import importlib
import inspect
import io
import sqlite3
import sys
import time
from contextlib import closing
from dataclasses import fields
from pathlib import Path
from typing import Any

KEY = "key_of_an_older_version"
PATIENCE = 120.0
SEA = {"ratio": "1280:720", "duration": 2}


def named(*places: str) -> Any:
    """What the first of these modules that exists calls so, `module:name`."""
    for place in places:
        module, _, name = place.partition(":")
        try:
            return getattr(importlib.import_module(module), name)
        except ImportError:
            continue
    raise ImportError(places[0])


def settings(folder: Path, url: str) -> Any:
    kind = named("core.settings:Settings")
    known = {field.name for field in fields(kind)}
    values = {"data_dir": folder, "api_key": KEY, "base_url": url, "poll_seconds": 0.1}
    return kind(**values | ({"disk_floor": 0} if "disk_floor" in known else {}))


def upload(studio: Any, name: str, content: bytes) -> str:
    """Keeps a picture; its SHA-256."""
    add = studio.uploads.add if hasattr(studio.uploads, "add") else studio.add_upload
    wants = str(inspect.signature(add).parameters["content"].annotation)
    kept, _ = add(name, content if wants == "bytes" else io.BytesIO(content))
    return str(kept.sha256)


def until_nothing_is_open(folder: Path) -> None:
    count = "select count(*) from generations where status not in ('succeeded', 'failed')"
    deadline = time.monotonic() + PATIENCE
    with closing(sqlite3.connect(folder / "history.db")) as history:
        while history.execute(count).fetchone()[0]:
            assert time.monotonic() < deadline, "it does not come to an end"
            time.sleep(0.1)


def make_clips(studio: Any, picture: bytes) -> list[int]:
    request, given = named("core.generations:Request"), named("core.generations:Input")
    submit = getattr(studio, "compose", studio).submit
    start = given("first", sha256=upload(studio, "harbour.jpg", picture))
    wanted = [
        request("text_to_video", "gen4.5", "A quiet sea", SEA),
        request("image_to_video", "gen4_turbo", "The harbour at dawn", SEA, (start,)),
        request("text_to_video", "gen4.5", "A lighthouse", SEA),
    ]
    return [submit(one, f"made-{place}")[0].id for place, one in enumerate(wanted)]


def review(studio: Any, first: int, second: int) -> None:
    """What people say of clips, as far as this version listens."""
    getattr(studio, "generations", studio).set_favourite(first, True)
    if not hasattr(studio, "reviews"):
        return
    studio.reviews.rate([first], 5, by="Nora")
    studio.reviews.rate([first, second], 2, by="Ben")
    studio.reviews.tag([first], "opening", by="Nora")
    studio.reviews.set_state([first], named("core.generations:Review")("approved"), by="Nora")
    studio.reviews.write(second, "Too dark", by="Ben")
    project = studio.projects.named("Harbour film", by="Nora")
    studio.projects.file([first, second], project.id, by="Nora")
    studio.views.save("Best of", "stars:>3", by="Nora")


def limit(studio: Any) -> None:
    """A cap, and a batch that waits, where this version has them."""
    if hasattr(studio, "caps"):
        everyone = named("core.domain.caps:EVERYONE", "core.domain.caps:EVERYONE")
        period = named("core.domain.caps:Period", "core.domain.caps:Period")
        studio.caps.set(everyone, period("month"), 5000, by="Nora")
    if hasattr(studio, "batches") and hasattr(studio.batches, "vary"):
        wanted = named("core.generations:Request")("text_to_video", "gen4.5", "Waves", SEA)
        studio.batches.vary(wanted, 3, "batch", author="Nora")
    if hasattr(studio, "wildcards"):
        studio.wildcards.save("light", "dawn\nnoon\ndusk")


def leave_open(studio: Any) -> None:
    """One that waits, and one that was withdrawn: nothing sends them any more."""
    request = named("core.generations:Request")
    submit = getattr(studio, "compose", studio).submit
    submit(request("text_to_video", "gen4.5", "Still waiting", SEA), "waiting")
    withdrawn, _ = submit(request("text_to_video", "gen4.5", "Withdrawn", SEA), "withdrawn")
    getattr(studio, "generations", studio).cancel(withdrawn.id)


def main() -> None:
    folder, picture = Path(sys.argv[1]), Path(sys.argv[2]).read_bytes()
    open_studio = named("core.studio:Studio")
    with named("core.emulator:Emulator")(tempo="instant") as emulator:
        studio = open_studio(settings(folder, emulator.url))
        first, second, _ = make_clips(studio, picture)
        studio.start()
        until_nothing_is_open(folder)
        review(studio, first, second)
        studio.close()
        studio = open_studio(settings(folder, emulator.url))
        leave_open(studio)
        limit(studio)
        studio.close()


if __name__ == "__main__":
    main()
