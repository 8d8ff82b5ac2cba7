"""Private projects: whoever may not see one gets the answers of a history that never had it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from core.access.permissions import PERMISSIONS
from core.api import routes as programs
from core.api.runway.runway_wire import task_id
from core.domain.batches import Batch
from core.domain.caps import Order as Wish
from core.domain.caps import Period, Scope, Subject
from core.domain.comparisons import Comparison
from core.domain.families import Way
from core.domain.people import Identity, Person, Role
from core.domain.reviews import Note, Project, View
from core.domain.shares import NewShare, Share
from core.errors import DailiesError, InvalidRequest, InvalidReview, NotAllowed, UnknownGeneration
from core.export.packages import Plan
from core.files import Upload
from core.generations import Generation, Input, Request, Review, Status
from core.serving import presenting
from core.settings import Settings
from core.storage.search.selection import Filter, Order
from core.studio import Studio
from core.studio.making.batches import Wanted
from core.web.routes import routes
from core.web.sign_in import SignIn
from tests.conftest import Clock, MakePicture, OpenStudio, step
from tests.histories import add_to

ADA, MIA, IVY, OLAF, VERA = "Ada", "Mia", "Ivy", "Olaf", "Vera"
ROLES = {ADA: Role.ADMIN, MIA: Role.MAKER, IVY: Role.VIEWER, OLAF: Role.MAKER, VERA: Role.VIEWER}
INSIDE, OUTSIDE = (ADA, MIA, IVY), (OLAF, VERA)
SECRET = "Nightfall"
EVERYTHING = Filter(trashed=None)
SINCE = datetime(2020, 1, 1, tzinfo=UTC).date()


@dataclass
class Desk:
    """A studio with a team. `seen` are the numbers of what everybody sees, `kept` those of what is
    filed in the private project, if it is there."""

    studio: Studio
    seen: list[int]
    kept: list[int]
    files: dict[str, Upload]
    project: int = 0
    batch: str = ""
    mixed: int = 0

    def of(self, name: str) -> Studio:
        return self.studio.asked_by(Person(name.lower(), name, ROLES[name]))

    @property
    def hidden(self) -> int:
        """The number of a private generation, whether it is there or not."""
        return max(self.seen) + 1


def request_of(prompt: str, *inputs: Input) -> Request:
    kind = ("image_to_video", "gen4_turbo") if inputs else ("text_to_video", "gen4.5")
    return Request(*kind, prompt, {"ratio": "1280:720", "duration": 2}, inputs)


@pytest.fixture
def open_desk(
    open_studio: OpenStudio, settings: Settings, picture: MakePicture
) -> Callable[[bool], Desk]:
    grey, red = picture((320, 180)), picture((330, 180))

    def open_one(private: bool) -> Desk:
        folder = settings.data_dir / ("whole" if private else "without")
        studio = open_studio(replace(settings, data_dir=folder))
        for name, role in ROLES.items():
            studio.people.arrive(Identity(name.lower(), name))
            studio.people._store.give(name.lower(), role)
        studio.people._forget()
        files = {"grey": studio.uploads.add("grey.png", grey)[0]}
        desk = Desk(studio, [], [], files)
        shared = studio.projects.named("Open", by=MIA)
        for prompt in ("a quiet sea", "a loud sea", "a flat sea"):
            desk.seen.append(add_to(studio, request_of(prompt)).id)
        studio.projects.file(desk.seen[:2], shared.id, by=MIA)
        studio.comparisons.open(desk.seen[:2], by=MIA)
        if private:
            fill(desk, red)
        return desk

    return open_one


def fill(desk: Desk, picture: bytes) -> None:
    """The private project, with something for every way to look."""
    studio, (first, *_) = desk.studio, desk.seen
    desk.files["red"] = red = studio.uploads.add("red.png", picture)[0]
    desk.project = number = studio.projects.named(SECRET, by=MIA).id
    desk.of(MIA).projects.set_people(number, ["ivy"], by=MIA)
    again, _new = studio.compose.submit(
        request_of("zebra", Input("first", sha256=red.sha256)),
        "child",
        author=MIA,
        project_id=number,
    )
    link = {
        "generation_id": again.id,
        "parent_key": studio.generations.get(first).idempotency_key,
        "way": Way.REMIX,
    }
    with studio._file.tx() as db:
        db.table("parents").insert(link)
        running = {"status": Status.RUNNING, "progress": 0.4, "task_id": "under way"}
        db.table("generations").update(again.id, running)
    ended = [
        add_to(studio, request_of("zebra crossing"), favourite=True),
        add_to(studio, request_of("zebra road"), Status.FAILED, failure_code="SAFETY.OUTPUT"),
        add_to(studio, request_of("zebra street")),
        add_to(studio, request_of("zebra alley"), Status.UNCONFIRMED, sent=False),
    ]
    batch, _ = studio.batches.submit(
        "zebras", [Wanted(request_of(f"zebra {n}"), number) for n in range(2)], "b", author=MIA
    )
    desk.batch = batch.id
    desk.kept = [again.id, *(one.id for one in ended), *studio.batches.numbers(batch.id)]
    studio.projects.file(desk.kept, number, by=MIA)
    made = ended[0].id
    studio.reviews.tag([made], "stripes", by=MIA)
    studio.reviews.rate([made], 5, by=MIA)
    studio.reviews.set_state([made], Review.APPROVED, by=MIA)
    studio.reviews.write(made, "More stripes", by=MIA, note_id="n1")
    studio.trash.put([ended[2].id], by=MIA)
    desk.mixed = studio.comparisons.open([first, made], by=MIA).id
    studio.shares.make(NewShare(SECRET, by=MIA), [made])
    studio.shares.make_live(NewShare("Zebras", by=MIA), Filter(project=(number,)), Order.NEWEST)
    studio.views.save("Zebras", f"q=project%3A{SECRET}", by=ADA, everyones=True)
    for credits in (900, 1000):
        studio.caps.set(Subject(Scope.PROJECT, name=SECRET), Period.MONTH, credits, by=ADA)
    studio.projects.set_name(number, "Nightfall II", by=ADA)
    studio.projects.set_name(number, SECRET, by=ADA)


def plain(told: Any) -> Any:
    """What it says, without what differs from one history to another."""
    if isinstance(told, Generation):
        return ("generation", told.id, told.project_id is not None)
    for noun, word in NOUNS.items():
        if isinstance(told, noun):
            return getattr(told, word)
    if is_dataclass(told):
        return [plain(getattr(told, field.name)) for field in fields(told)]
    if isinstance(told, Mapping):
        return {str(name): plain(value) for name, value in told.items()}
    if isinstance(told, list | tuple | set | frozenset):
        return [plain(one) for one in told]
    return told


NOUNS: Mapping[type, str] = {
    Batch: "name", Comparison: "generation_ids", Note: "text", Plan: "numbers", Project: "name",
    Share: "title", Upload: "name", View: "name",
}  # fmt: skip

Look = Callable[[Studio, Desk], Any]
LOOKS: Mapping[str, Look] = {
    "batches.get": lambda s, d: s.batches.get(d.batch or "none"),
    "batches.names": lambda s, d: s.batches.names([d.batch or "none"]),
    "batches.newest": lambda s, d: s.batches.newest(9),
    "batches.numbers": lambda s, d: s.batches.numbers(d.batch),
    "batches.open": lambda s, d: s.batches.open(),
    "batches.tally": lambda s, d: s.batches.tally(d.batch),
    "caps.daily": lambda s, d: s.caps.daily(Subject(Scope.EVERYONE), SINCE),
    "caps.past": lambda s, d: [one.subject.name for one in s.caps.past()],
    "caps.standings": lambda s, d: [one.cap.subject.name for one in s.caps.standings()],
    "comparisons.file": lambda s, d: s.comparisons.file(2, 0) is not None,
    "comparisons.get": lambda s, d: s.comparisons.get(2),
    "comparisons.open": lambda s, d: s.comparisons.open([d.seen[0], d.hidden + 1], by="x"),
    "compose.duplicate": lambda s, d: s.compose.duplicate(request_of("zebra crossing")),
    "compose.problems": lambda s, d: s.compose.problems(request_of("zebra road")),
    "exports.plan": lambda s, d: s.exports.find(s.exports.plan(d.kept[:1], "")),
    "families.of": lambda s, d: s.families.of(d.seen[0]),
    "generations.events": lambda s, d: len(s.generations.events(d.hidden)),
    "generations.find": lambda s, d: s.generations.find(d.hidden),
    "generations.get": lambda s, d: s.generations.get(d.hidden),
    "generations.with_key": lambda s, d: s.generations.with_key("child"),
    "history.before": lambda s, d: s.history.before(Filter(), 99, 99),
    "history.complaints": lambda s, d: [
        s.history.complaints(text)
        for text in (f"project:{SECRET}", "tag:stripes", "by:Mia", "batch:zebras", "rated:mia")
    ],
    "history.count": lambda s, d: s.history.count(EVERYTHING),
    "history.counts": lambda s, d: [
        s.history.counts(by, EVERYTHING) for by in ("project", "author", "tag", "status", "day")
    ],
    "history.flying": lambda s, d: s.history.flying(),
    "history.in_flight": lambda s, d: s.history.in_flight(),
    "in_flight.progress": lambda s, d: s.in_flight.progress(),
    "history.neighbours": lambda s, d: s.history.neighbours(d.seen[-1]),
    "history.newest": lambda s, d: s.history.newest(),
    "history.numbers": lambda s, d: [
        s.history.numbers(Filter(search=text, trashed=None), Order.OLDEST)
        for text in ("", "zebra", "stripes", "is:favourite", f"project:{SECRET}", "-tag:none", "ze")
    ],
    "history.page": lambda s, d: [s.history.page(EVERYTHING, by, 1, 99) for by in Order],
    "history.prompts": lambda s, d: s.history.prompts("", 99),
    "spending.bought": lambda s, d: [
        s.spending.bought(by)
        for by in ("author", "project", "model", "day", "tag", "review", "batch", "failure", "way")
    ],
    "spending.by_provider": lambda s, d: list(s.spending.by_provider().values()),
    "spending.credits": lambda s, d: s.spending.credits("model"),
    "history.sums": lambda s, d: s.history.sums(EVERYTHING),
    "history.these": lambda s, d: s.history.these(range(1, 99)),
    "history.unrated": lambda s, d: s.history.unrated(Filter(), Order.NEWEST, "x", 9),
    "lists.check": lambda s, d: [
        one.made for one in s.lists.check([{"prompt": "zebra crossing"}], request_of(""), {})
    ],
    "projects.all": lambda s, d: [(one.name, one.generations) for one in s.projects.all()],
    "projects.find": lambda s, d: s.projects.find(SECRET),
    "projects.get": lambda s, d: s.projects.get(2),
    "projects.names": lambda s, d: s.projects.names(),
    "projects.spellings": lambda s, d: s.projects.spellings(),
    "reviews.decisions": lambda s, d: s.reviews.decisions(d.hidden + 1),
    "reviews.notes": lambda s, d: s.reviews.notes(d.hidden + 1),
    "reviews.ratings": lambda s, d: [one.stars for one in s.reviews.ratings(d.hidden + 1)],
    "reviews.tag_counts": lambda s, d: s.reviews.tag_counts(),
    "reviews.tags": lambda s, d: [one.name for one in s.reviews.tags(d.hidden + 1)],
    "shares.all": lambda s, d: s.shares.all(),
    "shares.count_live": lambda s, d: s.shares.count_live(Filter(), Order.NEWEST),
    "timeline.after": lambda s, d: [one.generation_id for one in s.timeline.after(0)],
    "timeline.newest": lambda s, d: s.timeline.newest(),
    "timeline.seen": lambda s, d: [
        one.generation_id for one in s.timeline.seen(d.studio.timeline.after(0))
    ],
    "trash.count": lambda s, d: s.trash.count(),
    "trash.newest": lambda s, d: s.trash.newest(9),
    "uploads.get": lambda s, d: [
        s.uploads.get(one.sha256) for one in d.files.values() if one.name == "red.png"
    ] or [None],
    "uploads.newest": lambda s, d: s.uploads.newest(),
    "views.seen_by": lambda s, d: s.views.seen_by("x"),
}  # fmt: skip
WHOLE = {
    "account_alerts", "accounts", "books", "breakers", "caps.standings_for", "caps.standings_of",
    "caps.title", "cleanup.holding", "cleanup.last_run", "cleanup.next_run", "cleanup.removed",
    "decisions.doubt", "differences",
    "history.misquoted", "history.timing", "history.typical_seconds", "in_flight.etag",
    "maintenance", "people", "queue.place", "queue.turns", "server", "usage",
}  # fmt: skip
"""What is of the account or the server and counts everything, whoever asks."""
GIVEN = {
    "batches.problems", "batches.problems_of_variations", "batches.quote", "batches.retryable",
    "batches.seconds_left", "batches.unaffordable", "caps.price", "channels",
    "cleanup.can_bring_back", "comparisons.progress", "comparisons.removed", "comparisons.vote",
    "comparisons.votes", "compose.draft", "compose.filling", "compose.given",
    "compose.is_reached", "compose.order", "compose.quote", "compose.save_draft",
    "compose.usable", "compose.way_from", "drafts", "exports.archive", "exports.begin",
    "exports.csv", "exports.find", "exports.json", "exports.progress", "exports.removed",
    "file_links.query", "history.is_empty", "history.models", "reviews.cut_off", "shares.token",
    "spending.measure", "tokens", "trash.holds_all", "upload_tickets", "uploads.path",
    "uploads.preview", "uploads.recipe_in", "uploads.still", "wildcards",
}  # fmt: skip
"""What works on what it is given, which others gave, or tells of no generation."""
CHANGES = {
    "batches.cancel_rest", "batches.pause", "batches.resume", "batches.retry", "batches.submit",
    "batches.vary", "cleanup.bring_back", "compose.submit", "decisions.attach",
    "decisions.import_task", "decisions.send_again", "decisions.settle", "decisions.write_off",
    "generations.cancel", "generations.favour", "generations.recover", "generations.retry_now",
    "generations.set_favourite", "projects.file", "projects.named", "projects.set_people",
    "queue.hold", "queue.let_go", "queue.move_up", "queue.put_first", "reviews.delete",
    "reviews.edit", "reviews.keep", "reviews.rate", "reviews.resolve", "reviews.set_state",
    "reviews.tag", "reviews.undo", "reviews.untag", "reviews.write", "shares.make",
    "shares.make_live", "shares.revoke", "trash.put", "trash.restore", "uploads.add",
    "uploads.add_frame", "uploads.add_output", "views.delete", "views.save",
}  # fmt: skip


def test_every_call_is_known_to_look_or_not_to() -> None:
    """A new one has to say what it is: then it is tried below."""
    known = {*LOOKS, *WHOLE, *GIVEN, *CHANGES}
    calls = {
        f"{part}.{method}"
        for part, rules in PERMISSIONS.items()
        for method, rule in rules.items()
        if rule not in (None, Role.ADMIN) and part not in known
    }
    assert calls - known == set()


def answer(look: Look, studio: Studio, desk: Desk) -> Any:
    try:
        return plain(look(studio, desk))
    except DailiesError as error:
        return type(error).__name__, error.message


@pytest.mark.slow
def test_who_is_outside_gets_the_answers_of_a_history_without_it(
    open_desk: Callable[[bool], Desk],
) -> None:
    whole, without = open_desk(True), open_desk(False)
    wrong, cells = {}, 0
    for (call, look), name in product(LOOKS.items(), ROLES):
        part, method = call.split(".")
        if PERMISSIONS[part][method] is Role.MAKER and ROLES[name] is Role.VIEWER:
            continue
        told, known = (answer(look, desk.of(name), desk) for desk in (whole, without))
        cells += 1
        if (told == known) is not (name in OUTSIDE):
            wrong[call, name] = told, known
    print(f"{cells} cells: each person inside and outside of a private project, and each look")
    assert wrong == {}


def test_a_change_from_outside_finds_nothing_there(open_desk: Callable[[bool], Desk]) -> None:
    desk = open_desk(True)
    studio, olaf = desk.studio, desk.of(OLAF)
    number = desk.hidden + 1
    before = state(studio, desk)
    assert olaf.reviews.rate([number], 1, by=OLAF).refused == {
        number: "There is no such generation."
    }
    assert not olaf.reviews.tag([number], "seen", by=OLAF).changed
    assert not olaf.trash.put([number], by=OLAF).changed
    assert not olaf.projects.file([number], None, by=OLAF).changed
    assert not olaf.reviews.write(number, "Seen", by=OLAF).changed
    assert not olaf.reviews.undo(3, by=OLAF).changed
    olaf.generations.favour([number], False)
    for change in (olaf.queue.hold, olaf.queue.put_first):
        change(desk.kept[-1])
    for refused in (
        lambda: olaf.reviews.delete("n1", by=OLAF),
        lambda: olaf.projects.file(desk.seen, desk.project, by=OLAF),
        lambda: olaf.projects.named(SECRET, by=OLAF),
        lambda: olaf.batches.pause(desk.batch),
        lambda: olaf.batches.cancel_rest(desk.batch),
        lambda: olaf.generations.cancel(desk.kept[-1]),
        lambda: olaf.generations.recover(number),
        lambda: olaf.decisions.write_off(desk.kept[4]),
        lambda: olaf.shares.make(NewShare("x", by=OLAF), [number]),
    ):
        with pytest.raises(DailiesError):
            refused()
    for wanted in (desk.project, 4711):
        with pytest.raises(InvalidReview, match="There is no such project"):
            olaf.projects.file(desk.seen, wanted, by=OLAF)
    with pytest.raises(InvalidRequest, match="There is no such project"):
        olaf.compose.submit(request_of("x"), "k", author=OLAF, project_id=desk.project)
    with pytest.raises(NotAllowed):
        olaf.projects.set_people(desk.project, None, by=OLAF)
    assert state(studio, desk) == before


def state(studio: Studio, desk: Desk) -> Any:
    numbers = [*desk.kept, *desk.seen]
    return (
        [replace(one, updated_at=one.created_at) for one in studio.history.these(numbers)],
        [len(studio.reviews.decisions(number)) for number in numbers],
        [studio.reviews.notes(number) for number in numbers],
        studio.projects.all(),
        studio.batches.get(desk.batch),
    )


def test_its_maker_and_admins_say_who_sees_it(open_desk: Callable[[bool], Desk]) -> None:
    desk = open_desk(True)
    look = LOOKS["projects.find"]
    mia = desk.of(MIA).projects
    assert mia.set_people(desk.project, ["olaf"], by=MIA).people == ("mia", "olaf")
    assert [bool(look(desk.of(name), desk)) for name in ROLES] == [True, True, False, True, False]
    with pytest.raises(NotAllowed, match="who sees the projects of others"):
        desk.of(OLAF).projects.set_people(desk.project, None, by=OLAF)
    with pytest.raises(InvalidReview, match="not let in any more"):
        mia.set_people(desk.project, ["nobody"], by=MIA)
    assert desk.of(ADA).projects.set_people(desk.project, None, by=ADA).people is None
    assert all(look(desk.of(name), desk) for name in ROLES)
    told = [entry.about for entry in desk.studio.audit.entries(9)[0]]
    assert told[:2] == [
        f"project {desk.project}: everybody sees it",
        f"project {desk.project}: admins and 2 people see it",
    ]


def test_sums_that_guard_money_count_what_is_hidden(open_desk: Callable[[bool], Desk]) -> None:
    desk = open_desk(True)
    desk.studio.caps.set(Subject(Scope.EVERYONE), Period.MONTH, 230, by=ADA)
    wish = Wish(24, "gen4.5", OLAF, None)
    (standing,) = desk.of(OLAF).caps.standings_of(wish)
    assert standing == desk.of(ADA).caps.standings_of(wish)[0]
    assert standing.left == 230 - sum(
        one.spent for one in desk.studio.history.bought("model", demo=False)
    )
    with pytest.raises(InvalidRequest, match="Everyone's cap this month"):
        desk.of(OLAF).compose.submit(request_of("x"), "k1", author=OLAF)


@pytest.mark.slow
def test_what_lies_beside_the_history_stays_whole(open_desk: Callable[[bool], Desk]) -> None:
    """It is written by whoever changes something, for a day on which the history is lost."""
    desk = open_desk(True)
    desk.of(OLAF).tokens.make("x", owner=Person("olaf", OLAF, Role.MAKER), role=Role.MAKER)
    beside = (desk.studio.media.folder / "desk.json").read_text()
    assert SECRET in beside
    assert "zebras" in beside
    desk.of(OLAF).compose.submit(request_of("mine"), "mine", author=OLAF)
    path = desk.studio.settings.data_dir / "history.db"
    desk.studio.close()
    for one in path.parent.glob("history.db*"):
        one.unlink()
    again = Studio(desk.studio.settings, password_cost=2)
    try:
        again.maintenance._look()
        found = again.projects.find(SECRET)
        assert found
        assert found.people == ("ivy", "mia")
        assert again.asked_by(Person("olaf", OLAF, Role.MAKER)).projects.find(SECRET) is None
    finally:
        again.close()


@pytest.mark.slow
def test_a_restored_backup_lets_nobody_in_again(
    open_desk: Callable[[bool], Desk], clock: Clock
) -> None:
    desk = open_desk(True)
    desk.of(ADA).projects.set_people(desk.project, None, by=ADA)
    backup = desk.studio.maintenance.make()
    desk.of(ADA).projects.set_people(desk.project, [], by=ADA)
    step(desk.studio, clock)
    desk.studio.maintenance.restore(backup.name)
    assert desk.of(OLAF).projects.find(SECRET) is None
    assert desk.of(MIA).projects.find(SECRET) is not None


@pytest.mark.slow
def test_a_link_shows_what_its_sharer_may_see(open_desk: Callable[[bool], Desk]) -> None:
    desk = open_desk(True)
    studio = desk.studio
    live = desk.of(OLAF).shares.make_live(NewShare("All", by=OLAF), Filter(), Order.OLDEST)
    shown = [clip.generation.id for clip in studio.shares.page(live, 1, 99).clips]
    assert shown == desk.seen
    assert studio.shares.clip(live, desk.hidden + 1) is None
    chosen = desk.of(OLAF).shares.make(NewShare("Two", by=OLAF), desk.seen[:2])
    studio.projects.file(desk.seen[:1], desk.project, by=MIA)
    assert [clip.generation.id for clip in studio.shares.page(chosen, 1, 9).clips] == [desk.seen[1]]
    assert studio.shares.clip(chosen, 1) is None
    theirs = studio.shares.make(NewShare("Ours", by=MIA), [desk.hidden + 1])
    assert studio.shares.clip(theirs, 1) is not None


def test_a_file_belongs_to_what_it_is_used_in(
    open_desk: Callable[[bool], Desk], picture: MakePicture
) -> None:
    """Who brings the same file has it all the same."""
    desk = open_desk(True)
    red, olaf = desk.files["red"], desk.of(OLAF)
    assert olaf.uploads.get(red.sha256) is None
    content = desk.studio.uploads.path(red).read_bytes()
    brought, _ = olaf.uploads.add("mine.png", content)
    assert brought.sha256 == red.sha256
    assert olaf.uploads.get(red.sha256) is not None
    assert desk.of(VERA).uploads.get(red.sha256) is None
    used = request_of("open", Input("first", sha256=red.sha256))
    olaf.compose.submit(used, "open", author=OLAF)
    assert desk.of(VERA).uploads.get(red.sha256) is not None


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_hidden_generation_is_refused_in_the_words_for_none(
    open_desk: Callable[[bool], Desk], name: str
) -> None:
    desk = open_desk(True)
    said = []
    for number in (desk.hidden, 4711):
        with pytest.raises(UnknownGeneration) as refused:
            desk.of(name).generations.get(number)
        said.append(refused.value.message.replace(str(number), "N"))
    assert said[0] == said[1]


@pytest.mark.slow
def test_an_address_of_a_hidden_clip_answers_as_that_of_none(
    open_desk: Callable[[bool], Desk],
) -> None:
    desk = open_desk(True)
    red, plan = desk.files["red"].sha256, desk.of(MIA).exports.plan(desk.kept[1:2], "")
    sign_in = Middleware(
        SignIn,
        studio=desk.studio,
        of_cookies=lambda said: Identity(said["who"]),
        proxies=(),
        base="",
    )
    app = Starlette(routes=routes(), middleware=[sign_in])
    there = [
        *(f"{kind}/{desk.hidden + 1}/0" for kind in ("videos", "posters", "previews")),
        *(f"{kind}/{desk.hidden + 1}/0/320" for kind in ("stills",)),
        *(f"blind/{desk.mixed}/0", f"pictures/{red}", f"uploads/{red}"),
        f"exports/{plan}/generations.csv",
    ]
    nowhere = ["videos/4711/0"] * 4 + ["blind/4711/0", "pictures/00", "uploads/00", "exports/0/x"]
    with presenting(desk.studio):
        for name in ROLES:
            client = TestClient(app, cookies={"who": name.lower()})
            known = [client.get(f"/app/static/{path}") for path in there]
            if name in OUTSIDE:
                assert {one.status_code for one in known} == {404}
                none = [client.get(f"/app/static/{path}") for path in nowhere]
                assert [one.text for one in known[:7]] == [one.text for one in none[:7]]
            else:
                # Of clips that a test has made only the posters, and what was brought, are files.
                assert {known[n].status_code for n in (1, 5, 6, 7)} == {200}
    print(f"{len(ROLES) * len(there)} cells: each of these people, and each address of a file")


@contextmanager
def as_program(desk: Desk) -> Iterator[Callable[[str, str], Any]]:
    """Asks for a path in a person's name, by a token of theirs."""
    with TestClient(Starlette(routes=programs.routes("", set()))) as client:

        def get(name: str, path: str) -> Any:
            owner = Person(name.lower(), name, ROLES[name])
            secret = desk.studio.tokens.make("a script", owner, owner.role)[1]
            told = {"Authorization": f"Bearer {secret}", "X-Runway-Version": "2024-11-06"}
            return client.get(path, headers=told)

        yield get


@pytest.mark.slow
def test_a_hidden_clip_is_no_file_for_a_program_of_somebody_outside(
    open_desk: Callable[[bool], Desk],
) -> None:
    desk = open_desk(True)
    (clip,) = desk.studio.generations.get(desk.hidden + 1).outputs
    desk.studio.media.output(clip).write_bytes(b"moving pictures")
    with presenting(desk.studio), as_program(desk) as get:
        assert get(MIA, f"/api/files/{desk.hidden + 1}/0").content == b"moving pictures"
        for name in OUTSIDE:
            hidden, none = (get(name, f"/api/files/{n}/0") for n in (desk.hidden + 1, 4711))
            assert (hidden.status_code, hidden.text) == (none.status_code, none.text)
            assert hidden.status_code == 404


@pytest.mark.slow
def test_a_program_of_somebody_outside_finds_nothing_there(
    open_desk: Callable[[bool], Desk],
) -> None:
    desk = open_desk(True)
    with presenting(desk.studio), as_program(desk) as get:
        for path in (
            f"/api/v1/generations/{desk.hidden}",
            f"/api/task-status/{desk.hidden}",
            f"/runway/v1/tasks/{task_id(desk.hidden)}",
            f"/api/v1/batches/{desk.batch}",
        ):
            assert get(MIA, path).status_code == 200
            assert get(OLAF, path).status_code == 404
        assert "zebra" in get(MIA, "/api/v1/generations").text
        for name in OUTSIDE:
            assert "zebra" not in get(name, "/api/v1/generations").text
            assert "zebra" not in get(name, "/api/v1/generations?query=zebra").text
            assert SECRET not in get(name, "/api/v1/projects").text


@pytest.mark.slow
def test_a_browser_asks_anew_for_what_is_private_and_shows_nothing_once_it_may_not(
    open_desk: Callable[[bool], Desk],
) -> None:
    desk = open_desk(True)
    sign_in = Middleware(
        SignIn,
        studio=desk.studio,
        of_cookies=lambda said: Identity(said["who"]),
        proxies=(),
        base="",
    )
    app = Starlette(routes=routes(), middleware=[sign_in])
    red, grey = (desk.files[name].sha256 for name in ("red", "grey"))
    private = [f"posters/{desk.hidden + 1}/0", f"stills/{desk.hidden + 1}/0/320"]
    private += [f"uploads/{red}", f"pictures/{red}"]
    with presenting(desk.studio):
        ivy, ada = (TestClient(app, cookies={"who": name}) for name in ("ivy", "ada"))
        for client, path in product((ivy, ada), private):
            first = client.get(f"/app/static/{path}")
            assert first.headers["Cache-Control"] == "private, no-cache", path
            again = client.get(
                f"/app/static/{path}", headers={"If-None-Match": first.headers["ETag"]}
            )
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["Cache-Control"] == "private, no-cache"
        for path in (f"posters/{desk.seen[0]}/0", f"uploads/{grey}", f"pictures/{grey}"):
            shown = ivy.get(f"/app/static/{path}")
            assert shown.headers["Cache-Control"] == "private, max-age=3600", path
        desk.of(MIA).projects.set_people(desk.project, [], by=MIA)
        for path in private:
            gone = ivy.get(f"/app/static/{path}", headers={"If-None-Match": "*"})
            assert gone.status_code == 404, path


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["file", "people", "share"]),
        st.integers(0, 2),
        st.sampled_from([None, 0, 1]),
        st.sets(st.sampled_from(["mia", "ivy", "olaf", "vera"])),
    ),
    max_size=10,
)


@pytest.mark.slow
def test_any_life_shows_each_person_what_a_plain_model_says(
    open_desk: Callable[[bool], Desk],
) -> None:
    """Projects turn private and shared again, clips move between them."""
    desk = open_desk(False)
    studio = desk.studio
    projects = [studio.projects.named(name, by=ADA).id for name in ("One", "Two")]

    @effort(max_examples=8, deadline=None, database=None)
    @given(MOVES)
    def live(moves: list[tuple[str, int, int | None, set[str]]]) -> None:
        filed: dict[int, int | None] = dict.fromkeys(desk.seen)
        people: dict[int, set[str] | None] = dict.fromkeys(projects)
        studio.projects.file(desk.seen, None, by=ADA)
        for number in projects:
            studio.projects.set_people(number, None, by=ADA)
        for kind, place, project, chosen in moves:
            target = None if project is None else projects[project]
            if kind == "file":
                filed[desk.seen[place]] = target
                studio.projects.file([desk.seen[place]], target, by=ADA)
            elif target:
                people[target] = None if kind == "share" else chosen
                studio.projects.set_people(target, people[target], by=ADA)
        for name in ROLES:
            may = {
                number: ROLES[name] is Role.ADMIN
                or project is None
                or (allowed := people[project]) is None
                or name.lower() in allowed
                for number, project in filed.items()
            }
            mine = [number for number, visible in may.items() if visible]
            asked = desk.of(name)
            assert asked.history.numbers(Filter(), Order.OLDEST) == mine
            assert asked.history.count(Filter()) == len(mine)
            assert [one.id for one in asked.history.these(desk.seen)] == mine
            counts = asked.history.counts("project", Filter())
            assert sum(counts.values()) == sum(filed[number] is not None for number in mine)

    live()
