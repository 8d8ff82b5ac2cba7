"""Where Runway's price is another than ours, and where an owner has corrected it: said in words."""

from __future__ import annotations

from core.generations import Request
from core.serving import presenting
from core.settings import Settings
from tests.conftest import OpenStudio
from tests.pages.conftest import Add, Visit, markdown, open_page

PRICES = """
[[model]]
endpoint = "text_to_video"
id = "{id}"
  [[model.price]]
  per_second = 14
  source = "https://prices.example.com"
  checked = 2026-11-20
"""


def test_what_runway_quotes_otherwise_is_said_with_both_figures(visit: Visit, add: Add) -> None:
    add(quoted=48, credits_estimated=50)
    newest = add(quoted=60, credits_estimated=84)
    add(Request("text_to_video", "veo3.1", "A sea"), quoted=320)
    said = (
        "Runway's price was another than ours twice; the last time 84 credits in place of 60"
        f" (#{newest.id}). The history has Runway's own figures."
    )
    page = visit("models", model="text_to_video/gen4.5")
    assert [one.value for one in page.warning] == [said]
    told = markdown(visit("settings")).replace("\\", "")
    assert f"Gen-4.5 (text_to_video): {said}" in told
    assert "Veo 3.1 (" not in told


def test_prices_of_the_data_folder_hold_and_their_faults_are_said(
    open_studio: OpenStudio, settings: Settings
) -> None:
    settings.data_dir.mkdir(exist_ok=True)
    good, bad = PRICES.format(id="gen4.5"), PRICES.format(id="gen9")
    (settings.data_dir / "prices.toml").write_text(good + bad)
    with presenting(open_studio(settings)):
        page = open_page("models", model="text_to_video/gen4.5")
        fault = "prices.toml: gen9 on text_to_video: there is no such model on this endpoint."
        assert [one.value.replace("\\", "") for one in page.warning] == [fault]
        assert "14 credits a second" in markdown(page)
        assert "These prices are those of prices.toml in the data folder." in markdown(page)
        page = open_page("settings")
        assert fault in [one.value.replace("\\", "") for one in page.warning]
        assert "1 model has its prices from prices.toml." in markdown(page).replace("\\", "")
