"""Backups on the Settings page: making one, taking one back, and what was rescued."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.media.disk_space import Disk
from core.recovery.backups import ASIDE
from core.serving import presenting
from core.settings import Settings
from core.studio import Studio
from tests.conftest import Clock
from tests.pages.conftest import Add, Visit, button, markdown, open_page, words


def shown(page: AppTest) -> list[str]:
    assert not page.exception
    return [text.value for text in page.text]


def titles(page: AppTest) -> str:
    assert not page.exception
    return " ".join(error.proto.title for error in page.error)


@pytest.fixture
def lead(studio: Studio) -> Studio:
    assert studio.tracker._leader.take()
    return studio


def test_without_a_backup_there_is_none_to_restore(visit: Visit) -> None:
    page = visit("settings", section="Server")
    assert "None yet" in shown(page)
    assert not [b for b in page.button if b.label == "Restore this backup"]


def test_a_backup_is_made_with_one_click_and_said(visit: Visit, add: Add, studio: Studio) -> None:
    add()
    page = button(visit("settings", section="Server"), "Back up now").click().run()
    assert page.success[0].value == "Backed up 1 generations."
    (made,) = studio.maintenance.backups()
    (label,) = page.selectbox(key="settings_restore_name").options
    assert label.startswith("22 Nov 12:00 UTC · 1 generation · ")
    assert label.endswith(" · by hand")
    assert made.rows == 1


def test_a_restore_is_explained_before_and_told_after(
    visit: Visit, add: Add, lead: Studio, clock: Clock
) -> None:
    first = add()
    made = lead.maintenance.make()
    lead.generations.set_favourite(first.id, True)
    add(at=clock.advance(60))
    page = visit("settings", section="Server")
    assert "can be undone" in markdown(page)
    page = button(page, "Restore this backup").click().run()
    assert "Restored, and 1 generations made since were put back." in page.success[0].value
    assert not lead.generations.get(first.id).favourite
    assert lead.generations.get(2)
    assert [one.why for one in lead.maintenance.backups()] == [ASIDE, "hand"]
    assert made.path.exists()


def test_what_stands_against_it_is_a_sentence(visit: Visit, lead: Studio) -> None:
    made = lead.maintenance.make()
    page = visit("settings", section="Server")
    made.path.write_bytes(b"nothing")
    page = button(page, "Restore this backup").click().run()
    assert "This backup is damaged" in titles(page)
    lead.maintenance._folder.backups._disk = Disk(lead.settings.data_dir, 10**9 - 1)
    page = button(visit("settings", section="Server"), "Back up now").click().run()
    assert "is the least for new clips" in titles(page)


def test_a_rescue_is_told_on_every_page_for_a_day_and_on_settings_for_good(
    open_studio: Callable[[Settings], Studio], settings: Settings, clock: Clock
) -> None:
    open_studio(settings).close()
    (settings.data_dir / "history.db").write_bytes(b"no database" * 500)
    with presenting(open_studio(settings)):
        page = open_page("history")
        assert "The history was damaged" in page.warning[0].proto.title
        assert (
            "The history was rescued" in open_page("settings", section="Server").info[0].proto.title
        )
        clock.advance(25 * 3600)
        assert not open_page("history").warning
        page = open_page("settings", section="Server")
        assert "history-damaged-20261122T120000" in page.info[0].value
        assert "a new history took its place" in page.info[0].value


def test_a_damaged_history_says_on_every_page_what_to_do(visit: Visit, studio: Studio) -> None:
    studio.maintenance.damage = "Page 4 is never used"
    assert page_error(visit("create")) == "The history is damaged"
    assert page_error(visit("spending")) == "The history is damaged"


def page_error(page: AppTest) -> str:
    assert not page.exception
    return str(page.error[0].proto.title)


def test_clips_of_nobody_are_named(visit: Visit, lead: Studio) -> None:
    stray = "![x](http://evil.test/a.png).mp4".replace("/", "_")
    (lead.media.folder / "videos" / stray).write_bytes(b"?")
    lead.maintenance.step()
    page = visit("settings", section="Server")
    assert stray in [code.value for code in page.code]
    assert "evil" not in markdown(page)


def test_the_log_level_is_told(visit: Visit) -> None:
    page = visit("settings", section="Server")
    assert "Log level" in words(page)
    assert "INFO" in shown(page)
