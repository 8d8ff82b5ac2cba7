"""Shared links over HTTP: what guests see, what they never see, and what does not let them in."""

from __future__ import annotations

import re
import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import requests
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware

from core.decoders import carried_text
from core.domain.reviews import Note, Rating
from core.domain.shares import NewShare, Share, Terms
from core.generations import Generation, Request, Review, Value
from core.serving import presenting
from core.settings import Settings
from core.storage.search.selection import Filter, Order
from core.studio import Studio
from core.web.body_limits import Intake
from core.web.guard import Guard
from core.web.guests import shares
from tests.conftest import Clock, OpenStudio, Settle
from tests.footage import DRAWING
from tests.histories import remove_original

MARK = "<b onclick=alert(1)>&amp;{{7*7}}</b>\"'"
PROMPT = "A secret lighthouse"
SEED = 918273645


@dataclass
class Guest:
    """Somebody with a browser and an address that they were sent."""

    url: str
    session: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.session.get(self.url + path, timeout=20, allow_redirects=False, **options)

    def post(
        self, path: str, data: Any = None, headers: dict[str, str] | None = None
    ) -> requests.Response:
        given = {"Origin": self.url} | (headers or {})
        return self.session.post(
            self.url + path, data=data, headers=given, timeout=20, allow_redirects=False
        )


class NoUploads:
    def sizes(self) -> dict[str, int]:
        return {}

    def forget_gone(self) -> None:
        """Nothing is kept."""


@pytest.fixture
def base() -> str:
    return ""


@pytest.fixture
def url(studio: Studio, base: str) -> Iterator[str]:
    """The guard and the links of a studio, served."""
    intake = Intake(NoUploads(), base=base, largest=1000)
    guard = Middleware(Guard, hosts={"127.0.0.1"}, monitors=(), base=base, intake=intake)
    app = Starlette(routes=shares.routes(base), middleware=[guard])
    server = uvicorn.Server(uvicorn.Config(app, ws="none", lifespan="off", log_config=None))
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    with presenting(studio), listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture
def guest(url: str) -> Guest:
    return Guest(url)


@pytest.fixture
def one_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of a link show a clip each."""
    monkeypatch.setattr(shares, "PAGE_SIZE", 1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the clip, once the first test has had it made."""
    return tmp_path_factory.mktemp("made") / "data"


@pytest.fixture
def studio(open_studio: OpenStudio, settings: Settings, settle: Settle, made: Path) -> Studio:
    """A studio with one clip; making one for each test would cost more than all that they ask."""
    if made.exists():
        shutil.copytree(made, settings.data_dir)
        return open_studio(settings)
    studio = open_studio(settings)
    params: dict[str, Value] = {"ratio": "1280:720", "duration": 2, "seed": SEED}
    request = Request("text_to_video", "gen4.5", PROMPT, params)
    settle(studio, studio.compose.submit(request, "one")[0])
    studio.close()
    shutil.copytree(settings.data_dir, made)
    return open_studio(settings)


@pytest.fixture
def clip(studio: Studio) -> Generation:
    return studio.generations.get(1)


@pytest.fixture
def other(studio: Studio, settle: Settle, text_request: Request) -> Generation:
    return settle(studio, studio.compose.submit(text_request, "two")[0])


def link(studio: Studio, share: Share) -> str:
    return f"/share/{studio.shares.token(share)}"


def shared(studio: Studio, *clips: Generation, terms: Terms = Terms(), password: str = "") -> str:  # noqa: B008
    wanted = NewShare("Takes of the week", "Ann", terms, password=password)
    return link(studio, studio.shares.make(wanted, [clip.id for clip in clips]))


# -- looking --------------------------------------------------------------------------------------


def test_a_guest_sees_title_sharer_and_clips_that_play(
    guest: Guest, studio: Studio, clip: Generation
) -> None:
    address = shared(studio, clip)
    page = guest.get(address)
    assert page.status_code == 200
    for words in ("Takes of the week", "Ann", "Clip 1", f'src="{address}/media/1/0"'):
        assert words in page.text
    media = guest.get(f"{address}/media/1")
    assert (media.status_code, media.headers["content-type"]) == (200, "video/mp4")
    whole = media.content
    assert guest.get(f"{address}/media/1/0").content == whole
    part = guest.get(f"{address}/media/1", headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.content) == (206, whole[5:10])
    known = {"If-None-Match": media.headers["etag"]}
    assert guest.get(f"{address}/media/1", headers=known).status_code == 304
    poster = guest.get(f"{address}/posters/1/0")
    assert (poster.status_code, poster.headers["content-type"]) == (200, "image/jpeg")


def test_nothing_tells_prompt_model_seed_or_cost(
    guest: Guest, studio: Studio, clip: Generation
) -> None:
    address = shared(studio, clip)
    saved = guest.get(f"{address}/media/1/0", params={"download": "1"})
    assert saved.headers["content-disposition"] == (
        'attachment; filename="takes-of-the-week-1.mp4"'
    )
    answers = [guest.get(address), saved, guest.get(f"{address}/posters/1/0")]
    told = "\n".join(f"{answer.headers}" for answer in answers) + answers[0].text
    model = studio.compose.model(clip.request)
    assert model
    for secret in ("lighthouse", str(SEED), "gen4.5", model.name, "credit", clip.file_stem):
        assert secret.lower() not in told.lower()
    assert clip.task_id
    assert clip.task_id not in told


@pytest.mark.parametrize(
    ("terms", "told", "untold"),
    [
        (Terms(shows_prompts=True), [PROMPT], [str(SEED), "Model", "credit"]),
        (Terms(shows_settings=True), [str(SEED), "Gen-4.5"], [PROMPT, "credit"]),
        (Terms(shows_cost=True), ["credits"], [PROMPT, str(SEED), "Gen-4.5"]),
    ],
)
def test_what_is_switched_on_for_a_link_is_told_and_nothing_else(
    guest: Guest, studio: Studio, clip: Generation, terms: Terms, told: list[str], untold: list[str]
) -> None:
    page = guest.get(shared(studio, clip, terms=terms)).text
    assert [words for words in told if words not in page] == []
    assert [words for words in untold if words in page] == []


@pytest.mark.parametrize(
    ("terms", "tells"),
    [
        (Terms(), False),
        (Terms(shows_prompts=True), False),
        (Terms(shows_settings=True), False),
        (Terms(shows_prompts=True, shows_settings=True), True),
    ],
)
def test_a_file_speaks_of_its_making_only_where_its_link_does(
    guest: Guest, studio: Studio, clip: Generation, terms: Terms, tells: bool, tmp_path: Path
) -> None:
    assert clip.main
    said, path = tmp_path / "said.mp4", studio.media.output(clip.main)
    carried_text.put(path, f"{PROMPT}, gen4.5", said)
    shutil.copyfile(said, path)
    address = shared(studio, clip, terms=terms)
    for more in ({}, {"download": "1"}):
        served = guest.get(f"{address}/media/1", params=more)
        assert served.status_code == 200
        assert (served.content == said.read_bytes()) is tells
        assert (PROMPT.encode() in served.content) is tells
        assert (b"gen4.5" in served.content) is tells


@pytest.mark.parametrize("tells", [False, True])
def test_a_file_that_cannot_lose_its_words_is_kept_back_unless_they_may_be_read(
    guest: Guest, studio: Studio, clip: Generation, tells: bool
) -> None:
    assert clip.main
    drawing = replace(clip.main, media_type="image/svg+xml", codec="")
    studio.media.output(drawing).write_bytes(DRAWING)
    studio._store.move(clip, clip.status, clip.updated_at, outputs=(drawing,))
    address = shared(studio, clip, terms=Terms(shows_prompts=tells, shows_settings=tells))
    page = guest.get(address).text
    assert ("kept back" in page) is not tells
    assert (f'src="{address}/media/1/0"' in page or "Save<" in page) is tells
    assert f"{address}/posters/1/0" in page
    for more in ({}, {"download": "1"}):
        served = guest.get(f"{address}/media/1", params=more)
        assert served.status_code == (200 if tells else 404)
        assert (served.content == DRAWING) is tells


def test_of_a_removed_original_a_guest_sees_the_small_preview_and_cannot_save_it(
    guest: Guest, studio: Studio, clip: Generation
) -> None:
    assert clip.main
    studio.media.previews.make(studio.media.output(clip.main).stem)
    small = studio.media.previews.clip(clip.main)
    assert small
    remove_original(studio, clip)
    address = shared(studio, clip, terms=Terms(shows_prompts=True, shows_settings=True))
    page = guest.get(address).text
    assert "The original was removed; this small preview is kept." in page
    assert (f'src="{address}/media/1/0"' in page, "Save<" in page) == (True, False)
    media = guest.get(f"{address}/media/1/0")
    assert (media.headers["content-type"], media.content) == ("video/mp4", small.read_bytes())
    part = guest.get(f"{address}/media/1", headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.content) == (206, media.content[5:10])
    assert guest.get(f"{address}/media/1", params={"download": "1"}).status_code == 404
    assert guest.get(f"{address}/posters/1/0").status_code == 200
    assert f"Its original: {clip.main.duration:.3g} s" in page, "the preview is shorter"
    small.unlink()
    page = guest.get(address).text
    assert "The original was removed; this small picture is kept." in page
    assert (f'src="{address}/posters/1/0"' in page, "<video" in page) == (True, False)


def test_what_people_wrote_is_text(
    guest: Guest, studio: Studio, settle: Settle, text_request: Request
) -> None:
    request = Request("text_to_video", "gen4.5", MARK, text_request.params)
    made = settle(studio, studio.compose.submit(request, "three")[0])
    wanted = NewShare(MARK, MARK, Terms(shows_prompts=True))
    page = guest.get(link(studio, studio.shares.make(wanted, [made.id]))).text
    assert page.count("&lt;b onclick=alert(1)&gt;&amp;amp;{{7*7}}") == 4
    assert "<b" not in page.replace("<body", "").replace("<button", "")


def test_a_page_runs_no_script_but_its_own_and_asks_nobody_else(
    guest: Guest, studio: Studio, clip: Generation
) -> None:
    page = guest.get(shared(studio, clip))
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert re.findall(r"<script(?! src=)|\son\w+=|style=|https?://|//", page.text) == []
    assert page.headers["cache-control"] == "private, no-store"
    assert page.headers["referrer-policy"] == "same-origin"
    assert "noindex" in page.headers["x-robots-tag"]
    addresses = set(re.findall(r'(?:href|src)="([^"]+/assets/[^"]+)"', page.text))
    assert len(addresses) == 4
    weight, asked = len(page.content), set[str]()
    while addresses:
        address = addresses.pop()
        asked.add(address)
        part = guest.get(address)
        assert part.status_code == 200, address
        weight += len(part.content)
        beside = re.findall(r'"([\w./-]+\.(?:js|css|woff2))"', part.text[:20_000])
        addresses |= {urljoin(address, name) for name in beside} - asked
    assert any(one.endswith("/player/player.js") for one in asked), "the player of the app"
    assert weight < 100_000


@pytest.mark.usefixtures("one_a_page")
def test_many_clips_come_a_page_at_a_time(
    guest: Guest, studio: Studio, clip: Generation, other: Generation
) -> None:
    address = shared(studio, clip, other)
    first, second = guest.get(address).text, guest.get(f"{address}?page=2").text
    assert ("Clip 1" in first, "Clip 2" in first, "Page 1 of 2" in first) == (True, False, True)
    assert ("Clip 1" in second, "Clip 2" in second) == (False, True)
    for odd in ("0", "-1", "x", "9" * 50, "٣"):
        assert guest.get(f"{address}?page={odd}").status_code == 200


@pytest.mark.parametrize("base", ["dailies"])
def test_below_a_path_everything_is_found_there(
    guest: Guest, studio: Studio, clip: Generation
) -> None:
    address = "/dailies" + shared(studio, clip)
    page = guest.get(address).text
    found = re.findall(r'(?:href|src|poster)="([^"]+)"', page)
    assert len(found) >= 6
    assert {one.startswith("/dailies/share/") for one in found} == {True}
    assert {guest.get(one).status_code for one in found} == {200}


# -- who does not get in --------------------------------------------------------------------------


def test_unknown_ended_and_revoked_links_answer_alike(
    guest: Guest, studio: Studio, clip: Generation, clock: Clock
) -> None:
    revoked, ended = shared(studio, clip), NewShare("Ended", "Ann", ends_at=clock.advance(1))
    clock.advance(-1)
    ending = link(studio, studio.shares.make(ended, [clip.id]))
    studio.shares.revoke(1)
    clock.advance(2)
    unknown = "/share/" + "A" * 32
    odd = ("/share", "/share/", "/share/x", "/share/%00", f"/share/{'é' * 32}")
    answers = [guest.get(one) for one in (unknown, revoked, ending, *odd)]
    assert {(one.status_code, one.text) for one in answers} == {(404, answers[0].text)}
    files = [
        guest.get(one + tail)
        for one in (unknown, revoked, ending)
        for tail in ("/media/1", "/media/1/0", "/posters/1/0")
    ]
    assert {(one.status_code, one.text) for one in files} == {(404, files[0].text)}
    tried = [guest.post(f"{one}/password", {"password": "x"}) for one in (unknown, revoked, ending)]
    assert {(one.status_code, one.text) for one in tried} == {(404, answers[0].text)}


def test_a_link_gives_no_file_but_its_own(
    guest: Guest, studio: Studio, clip: Generation, other: Generation
) -> None:
    assert (clip.id, other.id) == (1, 2)
    address = shared(studio, other)
    assert guest.get(f"{address}/media/1").status_code == 200
    for place in ("0", "2", "-1", "1/1", "1/-1", "9" * 30, f"1/{'9' * 30}", "1.0", "01x", "../1"):
        assert guest.get(f"{address}/media/{place}").status_code == 404, place
        assert guest.get(f"{address}/posters/{place}").status_code == 404, place


def test_a_revoked_link_gives_nothing_to_who_has_it_cached(
    guest: Guest, studio: Studio, clip: Generation
) -> None:
    address = shared(studio, clip)
    media = guest.get(f"{address}/media/1")
    assert media.headers["cache-control"] == "private, no-cache"
    studio.shares.revoke(1)
    known = {"If-None-Match": media.headers["etag"]}
    assert guest.get(f"{address}/media/1", headers=known).status_code == 404


def test_a_clip_whose_file_is_gone_is_no_error(
    guest: Guest, studio: Studio, clip: Generation
) -> None:
    address = shared(studio, clip)
    assert clip.main
    studio.media.output(clip.main).unlink()
    assert guest.get(address).status_code == 200
    assert guest.get(f"{address}/media/1").status_code == 404


# -- a view ---------------------------------------------------------------------------------------


def live(studio: Studio, chosen: Filter, terms: Terms = Terms()) -> str:  # noqa: B008
    wanted = NewShare("Approved", "Ann", terms)
    return link(studio, studio.shares.make_live(wanted, chosen, Order.NEWEST))


def test_media_and_feedback_follow_the_view_from_moment_to_moment(
    guest: Guest, studio: Studio, clip: Generation, other: Generation
) -> None:
    address = live(studio, Filter(review=("approved",)), BOTH)
    assert "nothing to see at the moment" in guest.get(address).text
    left = {"nickname": "Bea", "stars": "3"}

    def answers(number: int) -> set[int]:
        place = f"{address}/media/{number}"
        poster = guest.get(f"{address}/posters/{number}/0")
        kept = guest.post(f"{address}/feedback/{number}", left)
        files = [guest.get(place), guest.get(f"{place}/0"), poster, kept]
        return {one.status_code for one in files}

    assert answers(clip.id) == {404}
    studio.reviews.set_state([clip.id], Review.APPROVED, by="Ann")
    assert answers(clip.id) == {200, 303}
    assert answers(other.id) == {404}
    assert f'src="{address}/media/{clip.id}/0"' in guest.get(address).text
    known = {"If-None-Match": guest.get(f"{address}/media/{clip.id}").headers["etag"]}
    studio.trash.put([clip.id], by="Ann")
    assert answers(clip.id) == {404}
    assert guest.get(f"{address}/media/{clip.id}", headers=known).status_code == 404


@pytest.mark.usefixtures("one_a_page")
def test_what_is_left_on_a_later_page_of_a_view_leads_back_to_it(
    guest: Guest, studio: Studio, clip: Generation, other: Generation
) -> None:
    address = live(studio, Filter(), BOTH)
    page = guest.get(f"{address}?page=2").text
    assert f'action="{address}/feedback/{clip.id}?page=2"' in page
    answer = guest.post(f"{address}/feedback/{clip.id}?page=2", {"nickname": "Bea", "stars": "3"})
    assert answer.headers["location"] == f"{address}?page=2&kept={clip.id}#clip-{clip.id}"
    assert "Thank you" in guest.get(answer.headers["location"].partition("#")[0]).text


# -- passwords ------------------------------------------------------------------------------------


def test_a_password_opens_its_link_and_nothing_is_told_before(
    guest: Guest, studio: Studio, clip: Generation
) -> None:
    address = shared(studio, clip, password="open sesame")
    asked = guest.get(address)
    assert asked.status_code == 200
    assert "Takes" not in asked.text
    assert "Ann" not in asked.text
    assert guest.get(f"{address}/media/1").status_code == 404
    refused = guest.post(f"{address}/password", {"password": "open"})
    assert (refused.status_code, "This is not the password." in refused.text) == (403, True)
    assert "set-cookie" not in refused.headers
    opened = guest.post(f"{address}/password", {"password": "open sesame"})
    assert (opened.status_code, opened.headers["location"]) == (303, address)
    for part in ("HttpOnly", "SameSite=lax", f"Path={address}", "Max-Age=43200"):
        assert part in opened.headers["set-cookie"]
    assert "Takes of the week" in guest.get(address).text
    assert guest.get(f"{address}/media/1").status_code == 200
    assert Guest(guest.url).get(f"{address}/media/1").status_code == 404


def test_over_https_the_pass_is_sent_over_https_alone(
    guest: Guest, studio: Studio, clip: Generation
) -> None:
    address = shared(studio, clip, password="open sesame")
    headers = {"X-Forwarded-Proto": "https", "Origin": guest.url.replace("http:", "https:")}
    opened = guest.post(f"{address}/password", {"password": "open sesame"}, headers)
    assert "Secure" in opened.headers["set-cookie"]


def test_the_pass_of_another_link_or_of_yesterday_lets_nobody_in(
    guest: Guest, studio: Studio, clip: Generation, clock: Clock
) -> None:
    ours = shared(studio, clip, password="open sesame")
    theirs = shared(studio, clip, password="open sesame")
    given = guest.post(f"{theirs}/password", {"password": "open sesame"}).cookies["dailies_pass"]
    thief = Guest(guest.url)
    stolen = {"Cookie": f"dailies_pass={given}"}
    assert thief.get(f"{theirs}/media/1", headers=stolen).status_code == 200
    assert thief.get(f"{ours}/media/1", headers=stolen).status_code == 404
    assert "Takes" not in thief.get(ours, headers=stolen).text
    clock.advance(12 * 3600)
    assert thief.get(f"{theirs}/media/1", headers=stolen).status_code == 404


def test_guessing_ends_after_a_few_tries_even_with_the_right_one(
    guest: Guest, studio: Studio, clip: Generation, clock: Clock
) -> None:
    address = shared(studio, clip, password="open sesame")
    tried = [guest.post(f"{address}/password", {"password": f"{n}"}) for n in range(9)]
    assert [one.status_code for one in tried] == [403] * 8 + [429]
    right = guest.post(f"{address}/password", {"password": "open sesame"})
    assert right.status_code == 429
    assert "set-cookie" not in right.headers
    clock.advance(901)
    assert guest.post(f"{address}/password", {"password": "open sesame"}).status_code == 303


def test_a_form_of_another_site_is_not_taken(
    guest: Guest, studio: Studio, clip: Generation
) -> None:
    address = shared(studio, clip, password="open sesame")
    for headers in ({"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = guest.post(f"{address}/password", {"password": "open sesame"}, headers)
        assert answer.status_code in (403, 404)
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"password", b"&" * 1000, b"password=%ff%00", b"a=1&" * 500, b"p" * 60_000],
)
def test_a_form_that_is_none_of_ours_is_a_wrong_password(
    guest: Guest, studio: Studio, clip: Generation, body: bytes
) -> None:
    address = shared(studio, clip, password="open sesame")
    assert guest.post(f"{address}/password", body).status_code == 403
    assert guest.post(f"{address}/password", b"p" * 70_000).status_code == 413


def test_visits_are_counted(guest: Guest, studio: Studio, clip: Generation) -> None:
    address = shared(studio, clip, password="open sesame")
    guest.get(address)
    assert studio.shares.all()[0].visits == 0
    guest.post(f"{address}/password", {"password": "open sesame"})
    for _ in range(3):
        guest.get(address)
    guest.session.head(guest.url + address, timeout=20)
    assert studio.shares.all()[0].visits == 1


# -- stars and notes ------------------------------------------------------------------------------

BOTH = Terms(takes_ratings=True, takes_notes=True)


def reviews(studio: Studio, clip: Generation) -> tuple[list[Rating], list[Note]]:
    """What the team finds of it among its reviews."""
    return studio.reviews.ratings(clip.id), studio.reviews.notes(clip.id)


def test_stars_and_notes_are_kept_under_a_nickname_and_shown_again(
    guest: Guest, studio: Studio, clip: Generation
) -> None:
    address = shared(studio, clip, terms=BOTH)
    left = {"nickname": " Bea  B. ", "stars": "4", "note": "Darker,\r\nplease"}
    answer = guest.post(f"{address}/feedback/1", left)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"{address}?kept=1#clip-1",
    )
    for part in ("HttpOnly", "SameSite=lax", f"Path={address}"):
        assert part in answer.headers["set-cookie"]
    page = guest.get(f"{address}?kept=1").text
    for shown in ("Bea B.", "Darker,\nplease", 'value="4" checked', "Thank you", 'value="Bea B."'):
        assert shown in page
    ratings, notes = reviews(studio, clip)
    assert [(one.person, one.stars) for one in ratings] == [("Bea B.", 4)]
    assert [(one.person, one.text) for one in notes] == [("Bea B.", "Darker,\nplease")]


def test_the_last_stars_of_a_guest_count_and_nobody_changes_those_of_another(
    guest: Guest, studio: Studio, clip: Generation
) -> None:
    address = shared(studio, clip, terms=BOTH)
    for stars in ("1", "5"):
        guest.post(f"{address}/feedback/1", {"nickname": "Bea", "stars": stars})
    namesake = Guest(guest.url)
    namesake.post(f"{address}/feedback/1", {"nickname": "Bea", "stars": "2"})
    assert sorted(one.stars for one in reviews(studio, clip)[0]) == [2, 5]
    assert 'value="5" checked' not in namesake.get(address).text
    assert "Bea" not in Guest(guest.url).get(address).text


@pytest.mark.parametrize(
    ("left", "field", "said"),
    [
        ({"nickname": "", "stars": "4"}, "nickname", "Say who you are."),
        ({"nickname": "\u200b\u2060", "stars": "4"}, "nickname", "Say who you are."),
        ({"nickname": "n" * 41, "stars": "4"}, "nickname", "Use at most 40 characters."),
        ({"nickname": "Bea", "note": "n" * 2001}, "note", "Use at most 2,000 characters."),
        ({"nickname": "Bea", "note": "\u2800\u200d"}, "note", "There is nothing to send yet."),
        ({"nickname": "Bea"}, "note", "There is nothing to send yet."),
        ({"nickname": "Bea", "stars": "6"}, "stars", "Choose one to five stars."),
        ({"nickname": "Bea", "stars": "-1"}, "note", "There is nothing to send yet."),
        ({}, "nickname", "Say who you are."),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_field_and_stays_typed(
    guest: Guest, studio: Studio, clip: Generation, left: dict[str, str], field: str, said: str
) -> None:
    answer = guest.post(f"{shared(studio, clip, terms=BOTH)}/feedback/1", left)
    assert answer.status_code == 422
    assert said in answer.text
    if field != "stars":
        assert f'aria-describedby="{field}-refused-1"' in answer.text
    if note := left.get("note"):
        assert note in answer.text
    assert reviews(studio, clip) == ([], [])
    assert "set-cookie" not in answer.headers


def test_what_a_guest_writes_is_text_on_the_page(
    guest: Guest, studio: Studio, clip: Generation
) -> None:
    address = shared(studio, clip, terms=BOTH)
    name = "<b>{{7*7}}</b>\0"
    assert guest.post(f"{address}/feedback/1", {"nickname": name, "note": MARK + "\0\x1b"}).ok
    page = guest.get(address).text
    assert "&lt;b&gt;{{7*7}}&lt;/b&gt;" in page
    assert "&lt;b onclick=alert(1)&gt;&amp;amp;{{7*7}}" in page
    assert re.findall("<b |<b>|[\0\x1b]", page) == []


@pytest.mark.parametrize(
    ("terms", "stars", "notes"),
    [
        (Terms(), 0, 0),
        (Terms(takes_ratings=True), 1, 0),
        (Terms(takes_notes=True), 0, 1),
    ],
)
def test_a_link_takes_only_what_it_was_made_for(
    guest: Guest, studio: Studio, clip: Generation, terms: Terms, stars: int, notes: int
) -> None:
    address = shared(studio, clip, terms=terms)
    guest.post(f"{address}/feedback/1", {"nickname": "Bea", "stars": "3", "note": "Fine"})
    assert [len(kept) for kept in reviews(studio, clip)] == [stars, notes]
    page = guest.get(address).text
    assert ('name="stars"' in page, 'name="note"' in page) == (bool(stars), bool(notes))


def test_nothing_is_left_without_the_password_at_another_place_or_from_another_site(
    guest: Guest, studio: Studio, clip: Generation, other: Generation
) -> None:
    left = {"nickname": "Bea", "stars": "3"}
    closed = shared(studio, clip, terms=BOTH, password="open sesame")
    assert guest.post(f"{closed}/feedback/1", left).status_code == 403
    address = shared(studio, other, terms=BOTH)
    for place in ("0", "2", "9" * 30):
        assert guest.post(f"{address}/feedback/{place}", left).status_code == 404
    for headers in ({"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}):
        assert guest.post(f"{address}/feedback/1", left, headers).status_code in (403, 404)
    studio.shares.revoke(2)
    assert guest.post(f"{address}/feedback/1", left).status_code == 404
    assert [reviews(studio, one) for one in (clip, other)] == [([], []), ([], [])]


def test_notes_come_only_so_often_and_only_so_many(
    guest: Guest,
    studio: Studio,
    clip: Generation,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = shared(studio, clip, terms=BOTH)
    left = {"nickname": "Bea", "note": "Again"}
    sent = [guest.post(f"{address}/feedback/1", left).status_code for _ in range(62)]
    assert sent == [303] * 60 + [422] * 2
    clock.advance(601)
    assert guest.post(f"{address}/feedback/1", left).status_code == 303
    monkeypatch.setattr("core.studio.outside.guests.MOST_NOTES", 61)
    assert "as many notes as it can hold" in guest.post(f"{address}/feedback/1", left).text
    assert guest.post(f"{address}/feedback/1", left | {"note": "", "stars": "1"}).status_code == 303


def test_a_cookie_that_is_none_of_ours_makes_a_new_guest(
    guest: Guest, studio: Studio, clip: Generation
) -> None:
    address = shared(studio, clip, terms=BOTH)
    headers = {"Cookie": 'dailies_guest="; Path=/; x=\\"'}
    left = {"nickname": "Bea", "stars": "3"}
    answer = Guest(guest.url).post(f"{address}/feedback/1", left, headers)
    assert re.fullmatch(r"[\w-]{22}", answer.cookies["dailies_guest"])


@pytest.mark.usefixtures("one_a_page")
def test_after_a_note_its_own_page_is_shown(
    guest: Guest, studio: Studio, clip: Generation, other: Generation
) -> None:
    address = shared(studio, clip, other, terms=BOTH)
    assert "Clip 2" in guest.get(f"{address}?kept=2").text
    refused = guest.post(f"{address}/feedback/2", {"nickname": "Bea"})
    assert "Clip 2" in refused.text
