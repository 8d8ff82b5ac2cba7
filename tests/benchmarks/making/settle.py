"""From Runway's success to the clip on disk.

Measured: seconds from the moment at which a task succeeds at the emulator until its row is final,
which is written when its clip is whole, checked and in its place; asked for every 5 seconds.
Baseline: the official SDK's `wait_for_task_output` (a poll every 4.5 to 7.5 seconds) and a plain
download, for as many tasks on the same emulator at the same time.
Tasks are submitted one after the other over 5 seconds and then all succeed at one moment, so that
it falls at another time between two polls of each. Their clips are rendered beforehand: nothing
waits for footage.
Bar: a median of at most 0.6 of the baseline.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import requests
from runwayml import RunwayML

from core.emulator import Emulator
from core.generations import Generation, Request, Status
from core.settings import Settings
from core.studio import Studio
from tests.benchmarks.figures import Figure

POLL_SECONDS = 5
MOST_TIMES = 0.6
ROUNDS, SHORT_ROUNDS = 4, 1
PATIENCE_SECONDS = 120
PROMPTS = [f"A quiet sea, take {number}" for number in range(12)]
SHORT_PROMPTS = PROMPTS[:3]
KEY = "key_of_a_benchmark"


def measure(short: bool) -> Iterator[Figure]:
    """How long a clip that is ready at Runway is not yet ours."""
    ours: list[float] = []
    bare: list[float] = []
    with (
        TemporaryDirectory() as temporary,
        Emulator(shared_clips=True) as emulator,
        RunwayML(api_key=KEY, base_url=emulator.url) as client,
        ThreadPoolExecutor(len(PROMPTS)) as pool,
    ):
        folder = Path(temporary)

        def by_sdk(prompt: str) -> datetime:
            return one_by_sdk(client, prompt, folder / f"{prompt}.mp4")

        prompts = SHORT_PROMPTS if short else PROMPTS
        list(pool.map(by_sdk, prompts))  # renders them, once for every later task
        settings = Settings(folder, api_key=KEY, base_url=emulator.url, poll_seconds=POLL_SECONDS)
        with closing(Studio(settings)) as studio:
            studio.start()
            for _ in range(SHORT_ROUNDS if short else ROUNDS):
                emulator.configure(tempo="seconds:3600")
                rows, theirs = [], []
                for prompt in prompts:
                    rows.append(submit(studio, prompt))
                    theirs.append(pool.submit(by_sdk, prompt))
                    time.sleep(POLL_SECONDS / len(prompts))
                time.sleep(random.uniform(1, 2) * POLL_SECONDS)
                emulator.configure(tempo="instant")
                succeeded_at = datetime.now(UTC)
                ours += [(ended(studio, row) - succeeded_at).total_seconds() for row in rows]
                bare += [(task.result() - succeeded_at).total_seconds() for task in theirs]
    middle = median(ours), median(bare)
    yield Figure("success to clip on disk, median", *middle, "s", most_times=MOST_TIMES)
    yield Figure("success to clip on disk, longest", max(ours), max(bare), "s")


def one_by_sdk(client: RunwayML, prompt: str, target: Path) -> datetime:
    """As Runway's own examples do it; when the clip was there."""
    task = client.text_to_video.create(
        model="gen4.5", prompt_text=prompt, ratio="1280:720", duration=2
    )
    done = task.wait_for_task_output()
    assert done.status == "SUCCEEDED"
    target.write_bytes(requests.get(done.output[0], timeout=30).content)
    return datetime.now(UTC)


def submit(studio: Studio, prompt: str) -> Generation:
    """The same task by way of Dailies; its tracker does the rest."""
    wanted = Request("text_to_video", "gen4.5", prompt, {"ratio": "1280:720", "duration": 2})
    return studio.compose.submit(wanted, f"{prompt} {time.monotonic()}")[0]


def ended(studio: Studio, row: Generation) -> datetime:
    """Wait until the generation is final; when it was."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (generation := studio.generations.get(row.id)).status.is_final:
        assert time.monotonic() < deadline, f"it never ended: {generation}"
        time.sleep(0.1)
    assert generation.status is Status.SUCCEEDED, generation.reason
    assert generation.main
    assert generation.finished_at
    assert studio.media.output(generation.main).exists()
    return generation.finished_at
