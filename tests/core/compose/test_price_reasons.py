"""Why a price is higher than one would think: only what is true by the catalogue's own rows."""

from __future__ import annotations

import pytest

from core.catalog.catalog import Catalog
from core.catalog.prices import Given
from core.compose.price_reasons import SURPRISING, dearer
from core.settings import Settings

CATALOG = Catalog.load(Settings().catalog_dir)
VIDEO = Given("video", "video", 1280, 720, 5.0, 24.0)


def test_sound_that_doubles_the_price_says_so_and_silence_says_nothing() -> None:
    model = CATALOG.find("text_to_video", "veo3.1")
    assert model is not None
    sound = model.setting_with_role("sound")
    assert sound is not None
    loud = model.defaults | {sound.name: True}
    (reason,) = dearer(model, loud, ())
    assert (reason.param, reason.value, reason.other) == (sound, True, False)
    assert reason.credits == 2 * reason.less == model.quote(loud)
    assert dearer(model, loud | {sound.name: False}, ()) == []


@pytest.mark.slow
def test_every_reason_of_every_model_is_true_by_its_prices() -> None:
    told = 0
    for kind in CATALOG.kinds:
        for model in CATALOG.of_kind(kind, retired=True):
            for param in model.param:
                for value in param.choices or (True, False):
                    params = model.sent({**model.defaults, param.name: value})
                    for one in dearer(model, params, [VIDEO]):
                        told += 1
                        other = model.sent({**params, one.param.name: one.other})
                        assert one.credits == model.quote(params, [VIDEO])
                        assert one.less == model.quote(other, [VIDEO])
                        assert one.credits >= SURPRISING * one.less
    assert told > 20


def test_what_nobody_knows_the_price_of_has_no_reasons() -> None:
    model = CATALOG.find("text_to_video", "veo3.1")
    assert model is not None
    assert dearer(model, {}, ()) == []
