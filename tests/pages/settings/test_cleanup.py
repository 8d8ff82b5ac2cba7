"""Clean-up on Settings, and what pages say of an original that was removed."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.domain.cleanup import Kind
from core.errors import DailiesError
from core.generations import Generation, Request
from core.studio import Studio
from core.web.routes import routes
from tests.conftest import NOON, Clock
from tests.pages.conftest import Add, Visit, button, component_data, markdown

REMOVED = "by the rule “Unrated, after 30 days”; poster and preview are kept."


@pytest.fixture
def removed(studio: Studio, add: Add, text_request: Request, clock: Clock) -> Generation:
    """A generation whose original a rule has removed."""
    made = add(text_request, at=NOON - timedelta(days=60))
    assert made.main
    clip = studio.media.output(made.main)
    clip.write_bytes(b"clip")
    (studio.media.folder / "previews" / f"{clip.stem}.mp4").write_bytes(b"moves")
    studio.cleanup.set(Kind.UNRATED, 30, by="Ann")
    clock.advance(1.1 * 86_400)
    assert studio.tracker._leader.take()
    for _ in range(3):
        studio.maintenance.step()
    return studio.generations.get(made.id)


def test_a_rule_is_set_after_a_look_at_what_would_go(
    visit: Visit, studio: Studio, add: Add, text_request: Request
) -> None:
    made = add(text_request, at=NOON - timedelta(days=60))
    assert made.main
    clip = studio.media.output(made.main)
    (studio.media.folder / "previews" / f"{clip.stem}.mp4").write_bytes(b"moves")
    page = visit("settings", section="Server")
    page.session_state["person_name"] = "Ann"
    assert "Every original is kept" in markdown(page)
    page.button(key="cleanup_add").click().run()
    assert page.button(key="cleanup_go").disabled
    page.session_state["cleanup_kind"] = Kind.UNRATED
    page.run()
    page.button(key="cleanup_try").click().run()
    assert "1.2 MB of 1 generation would go" in markdown(page)
    assert f"#{made.id}" in {one.proto.label for one in page.get("page_link")}
    page.button(key="cleanup_go").click().run()
    (rule,) = studio.cleanup.holding()
    assert (rule.words, rule.made_by) == ("Unrated, after 30 days", "Ann")
    assert "It removes nothing before 2026-11-23 12:00:00" in markdown(page)
    page.button(key=f"cleanup_end_{rule.id}").click().run()
    assert studio.cleanup.holding() == []


def test_the_page_of_a_generation_plays_the_preview_and_says_why(
    visit: Visit, removed: Generation
) -> None:
    page = visit("generation", id=str(removed.id))
    assert REMOVED in markdown(page)
    (player,) = component_data(page, "player")
    assert player["src"].startswith(f"/app/static/previews/{removed.id}/0")
    labels = [one.label for one in page.button]
    labels += [one.proto.label for one in page.get("link_button")]
    assert not [one for one in labels if one.startswith(("Download", "Extend", "Use as input"))]


def test_where_an_original_is_needed_it_is_said_that_there_is_none(
    visit: Visit, studio: Studio, removed: Generation, add: Add, text_request: Request
) -> None:
    other = add(text_request)
    for take in (studio.uploads.add_output, studio.uploads.add_frame):
        with pytest.raises(DailiesError, match="was removed"):
            take(removed, 0)
    assert other.main
    with pytest.raises(DailiesError):
        studio.comparisons.open([removed.id, other.id], by="Ann")
    page = visit("compare", ids=f"{removed.id},{other.id}")
    assert f"removed by a rule: #{removed.id}" in markdown(page)
    with TestClient(Starlette(routes=routes())) as browser:
        answer = browser.get(f"/app/static/videos/{removed.id}/0?download=1")
        assert (answer.status_code, REMOVED in answer.text) == (410, True)
        assert browser.get(f"/app/static/previews/{removed.id}/0").content == b"moves"


def test_an_archive_has_the_poster_and_a_sentence(studio: Studio, removed: Generation) -> None:
    key = studio.exports.plan([removed.id], "Dailies")
    studio.exports.begin(key, "Dailies", "{number}")
    studio.exports.step()
    plan, archive = studio.exports.find(key), studio.exports.archive(key)
    assert plan
    assert archive
    assert studio.exports.removed(plan) == 1
    content = b"".join(archive.read(0, archive.size))
    with zipfile.ZipFile(BytesIO(content)) as whole:
        names = whole.namelist()
        assert REMOVED in whole.read("originals-removed.txt").decode()
    assert [name for name in names if name.startswith(("clips", "posters"))] == [
        f"posters/{removed.id:05d}.jpg"
    ]


def test_settings_say_what_takes_room(visit: Visit, studio: Studio, removed: Generation) -> None:
    page = visit("settings", section="Server")
    shown = [text.value for text in page.text]
    assert "1.2 MB of 1 original" in shown
    assert any(text.startswith("Not within a year") for text in shown)
    assert button(page, "Dry run")
