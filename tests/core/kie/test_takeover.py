"""A folder that is taken over gets from KIE the clips that have not come along."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import pytest

from core.generations import Status
from core.recovery.restore import data_folder
from core.recovery.takeover import take_over
from core.settings import Settings
from core.storage.database import HistoryFile
from core.studio import Studio
from tests.conftest import Clock, Settle
from tests.core.kie.test_outcomes import WORDS


@pytest.mark.parametrize(("days", "fetched"), [(13, 1), (15, 0)])
def test_a_clip_that_is_missing_is_fetched_as_long_as_kie_keeps_it(
    studio: Studio, with_kie: Settings, settle: Settle, clock: Clock, days: int, fetched: int
) -> None:
    made = settle(studio, studio.compose.submit(WORDS, "one")[0])
    assert made.status is Status.SUCCEEDED
    studio.media.output(made.outputs[0]).unlink()
    folder = data_folder(with_kie, studio.media, studio.catalog, clock.now)
    studio.close()
    with closing(HistoryFile(folder.history)) as file:
        done = take_over(folder, file, clock.now() + timedelta(days=days))
    assert done.fetched == fetched
