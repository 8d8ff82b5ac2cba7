"""The Settings page: how the server is set up, and never the key."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core import VERSION
from core.domain.people import LOCAL
from core.emulator import Emulator
from core.errors import DayUsedUp
from core.generations import Request, Status
from core.monitoring.servers import errors_of_this
from core.studio import Studio
from tests.conftest import Clock, step
from tests.pages.conftest import Visit, markdown, open_page, words


def shown(page: AppTest) -> list[str]:
    assert not page.exception
    return [text.value for text in page.text]


@pytest.mark.parametrize("written", ["Server", "server", "SERVER"])
def test_an_address_opens_its_section_however_it_is_written(visit: Visit, written: str) -> None:
    page = visit("settings", section=written)
    assert "Storage" in [one.value for one in page.subheader]
    assert "Present, and accepted by Runway" not in shown(page)
    page.run()
    assert "Storage" in [one.value for one in page.subheader]


def test_a_former_name_opens_what_is_called_otherwise_now(visit: Visit) -> None:
    assert "Present, and accepted by Runway" in shown(visit("settings", section="runway"))

    def page() -> None:
        from pages.ui import any_case

        any_case.take("section", ["First", "Second"], {"Third": "Second"})

    renamed = AppTest.from_function(page)
    renamed.query_params["section"] = "third"
    assert renamed.run().session_state["section"] == "Second"


def test_an_accepted_key_is_said_and_never_shown(visit: Visit, key: str) -> None:
    page = visit("settings")
    assert "Present, and accepted by Runway" in shown(page)
    everything = words(page) + markdown(page)
    assert not any(key[start : start + 8] in everything for start in range(4, len(key) - 8))


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"status": 401}, "Runway does not accept the API key."),
        ({"drop": True}, "Runway cannot be reached."),
        ({"status": 200, "body": "<html>Log in</html>"}, "The answer did not come from Runway"),
    ],
)
def test_a_key_that_does_not_work_gets_a_sentence(
    visit: Visit, emulator: Emulator, fault: dict[str, object], sentence: str
) -> None:
    emulator.script([{"on": "organization", "times": None, "do": fault}])
    page = visit("settings")
    assert "Present, and accepted by Runway" not in shown(page)
    assert sentence in page.warning[0].proto.title


def test_the_limits_of_the_tier_stand_beside_what_was_used(
    visit: Visit, emulator: Emulator
) -> None:
    emulator.reset(concurrency=2, daily=None)
    table = visit("settings").dataframe[0].value
    assert set(table["At once"]) == {"2"}
    assert set(table["In 24 hours"]) == {"No limit"}
    assert set(table["Used of these"]) == {0}


def test_the_demo_says_how_to_make_real_clips(demo: Studio) -> None:
    page = open_page("settings")
    assert "Demo: clips are imitations" in shown(page)
    assert page.expander[0].label == "Make real clips"
    assert "RUNWAYML_API_SECRET=" in markdown(page)
    assert page.expander[0].proto.expanded


def test_the_data_folder_and_its_files_are_counted(
    visit: Visit, studio: Studio, picture: Callable[..., bytes]
) -> None:
    content = picture()
    studio.uploads.add("a.png", content)
    page = visit("settings", section="Server")
    assert str(studio.settings.data_dir) in [code.value for code in page.code]
    assert any(text.endswith("in 1 file") for text in shown(page))


def test_what_holds_work_up_is_told_with_its_reason(
    visit: Visit, studio: Studio, text_request: Request
) -> None:
    assert "Daily limits" not in [
        caption.value for caption in visit("settings", section="Server").caption
    ]
    generation, _ = studio.compose.submit(text_request, "one")
    sending = replace(generation, status=Status.SUBMITTING)
    studio.breakers.failed(sending, DayUsedUp("Today is full.", "Wait."))
    page = visit("settings", section="Server")
    assert "Daily limits" in [caption.value for caption in page.caption]
    assert "Gen-4.5: Today is full. Held since 12:00:00 UTC." in shown(page)
    assert page.warning[0].proto.title == "Gen-4.5: Today is full."


def test_a_server_whose_worker_does_not_run_is_not_called_well(visit: Visit) -> None:
    page = visit("settings", section="Server")
    assert VERSION in shown(page)
    assert {"Can be written", "At a standstill"} <= set(shown(page))
    assert "does not work; its log says what" in page.error[0].value
    assert "Everything works" not in markdown(page)


def test_a_server_that_is_well_says_so_in_one_line(
    visit: Visit, studio: Studio, clock: Clock
) -> None:
    studio.tracker.start()
    step(studio, clock)
    page = visit("settings", section="Server")
    assert not page.error
    assert "Everything works" in markdown(page)


def test_the_list_of_what_was_done_names_a_model_as_people_do(
    visit: Visit, studio: Studio, text_request: Request
) -> None:
    studio.asked_by(LOCAL).compose.submit(text_request, "one", author="Ben")
    told = next(
        table.value
        for table in visit("settings", section="Team").dataframe
        if "Item" in table.value
    )
    assert list(told["Item"]) == ["generation 1, Gen-4.5, 24 credits"]


def test_an_admin_sees_the_servers_the_queue_and_the_errors_of_the_day(
    visit: Visit, studio: Studio, text_request: Request
) -> None:
    studio._records.servers.begin()
    studio.compose.submit(text_request, "waits")
    page = visit("settings", section="Server")
    assert "1 waiting, 0 held" in shown(page)
    assert any(platform.node() in text for text in shown(page))
    assert "No errors in the last 24 hours." in [one.value for one in page.caption]
    line = {"time": studio.now.isoformat(), "event": "unexpected failure", "generation": 7}
    errors_of_this(studio.settings.data_dir).write_text(json.dumps(line) + "\n")
    table = visit("settings", section="Server").dataframe[-1].value
    assert list(table["Error"]) == ["unexpected failure"]
    assert list(table["Generation"]) == ["/generation?id=7"]


def test_a_section_is_drawn_once_it_is_opened_and_stays_with_what_is_typed(visit: Visit) -> None:
    def sections(page: AppTest) -> set[str]:
        return {one.value for one in page.subheader}

    page = visit("settings", section="Connections")
    assert "Other programs" in sections(page)
    assert {"People", "Backups"}.isdisjoint(sections(page))
    page.query_params["section"] = "Server"
    page.run()
    assert {"Other programs", "Backups"} <= sections(page)
    page.switch_page("history.py").run()
    page.switch_page("settings.py").run()
    assert "Other programs" not in sections(page)
