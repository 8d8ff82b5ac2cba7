"""The search field of the History: what is typed there finds, and says what it did not take."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from core.generations import Request, Review, Status
from core.storage.search import text_search
from core.storage.search.query import parse
from core.studio import Studio
from pages.ui import formatting, plain
from pages.ui.history.search import clauses, older_addresses, search_help
from tests.histories import HOSTILE
from tests.pages.conftest import Add, Visit, button, markdown, opened, unfold

SEA = Request("image_to_video", "gen4_turbo", "Close-up: a boat", {"ratio": "1280:720"})


@pytest.fixture
def boat(studio: Studio, add: Add) -> int:
    """One of three clips: approved, four stars, tagged, in a project, of another model."""
    other, boat, dear = add().id, add(SEA, quoted=10).id, add(quoted=90).id
    studio.reviews.set_state([boat], Review.APPROVED, by="Ann")
    studio.reviews.rate([boat], 4, by="Ann")
    studio.reviews.rate([other], 3, by="Ann")
    studio.reviews.tag([boat], "Hero shot", by="Ann")
    studio.reviews.tag([dear], "Spare", by="Ann")
    studio.projects.file([boat], studio.projects.named("Harbour", by="Ann").id, by="Ann")
    add(status=Status.FAILED)
    return boat


@pytest.mark.parametrize(
    "typed",
    [
        "close-up: a boat",
        'model:"gen4 turbo"',
        "model:turbo",
        "tag:hero-shot",
        "project:harbour",
        "kind:image",
        "is:approved",
        "status:approved",
        "stars:>3",
        "cost:<20",
        "-tag:spare is:rated -stars:3",
        "is:approved,favourite boat",
    ],
)
def test_what_is_typed_finds(visit: Visit, boat: int, typed: str) -> None:
    assert opened(visit("history", q=typed)) == [boat]


@pytest.mark.parametrize(
    ("typed", "said", "finds"),
    [
        ("modle:veo boat", "Did you mean “model”?", False),
        ("is:aproved", "is: does not know “aproved”. Did you mean approved?", False),
        ("boat -is:purple", "It takes in-review, approved", False),
        ("stars:many", "stars: takes a number of stars", False),
        ("since:yesterday", "since: takes a day", False),
        ("tag:nowhere", "No clip has a tag called “nowhere”.", False),
        ("boat -tag:nowhere", "No clip has a tag called “nowhere”.", True),
        ("boat", "", True),
    ],
)
def test_what_is_not_understood_is_said_and_stays(
    visit: Visit, boat: int, typed: str, said: str, finds: bool
) -> None:
    page = visit("history")
    page.text_input(key="q").set_value(typed).run()
    shown = markdown(page).replace("\\", "")
    assert said in shown
    assert (":orange[" in shown) == bool(said)
    assert page.text_input(key="q").value == typed
    assert bool(opened(page)) == finds


def test_what_is_typed_is_text_where_it_is_answered(
    visit: Visit, studio: Studio, boat: int
) -> None:
    typed = f'is:"{HOSTILE}" {HOSTILE}'
    shown = markdown(visit("history", q=typed))
    (said,) = studio.history.complaints(typed)
    assert HOSTILE in said
    assert plain.text(said) in shown
    assert said not in shown


def test_the_trash_is_left_out_unless_it_is_asked_for(
    visit: Visit, studio: Studio, boat: int
) -> None:
    studio.trash.put([boat], by="Ann")
    assert opened(visit("history", q="is:approved")) == []
    assert opened(visit("history", q="is:trashed")) == [boat]
    assert boat not in opened(visit("history", q="-is:trashed"))


def test_a_renamed_project_is_found_by_its_name_at_once(
    visit: Visit, studio: Studio, boat: int
) -> None:
    page = visit("history", q="boat project:harbour")
    assert opened(page) == [boat]
    (project,) = studio.projects.all()
    studio.projects.set_name(project.id, "Lighthouse", by="Ann")
    assert opened(page.run()) == [boat]
    studio.projects.named("Harbour", by="Bob")
    assert opened(page.run()) == []
    assert opened(visit("history", q="boat project:lighthouse")) == [boat]


def test_those_who_made_a_clip_are_found_by_name(
    visit: Visit, studio: Studio, text_request: Request
) -> None:
    for author in ("Ann", "Bo"):
        request = replace(text_request, prompt=f"By {author}")
        studio._store.add(
            request,
            idempotency_key=author,
            kind="text",
            quoted=1,
            demo=False,
            author=author,
            now=studio._clock(),
        )
    assert opened(visit("history", q="by:ann")) == [1]
    assert opened(visit("history", q="-by:ann")) == [2]


def test_the_controls_write_what_is_searched(visit: Visit, boat: int) -> None:
    page = unfold(visit("history", q="boat"), "filters")
    page.pills(key="review").set_value([Review.APPROVED, Review.TO_EDIT]).run()
    page.pills(key="model").set_value(["gen4_turbo"]).run()
    page.pills(key="stars").set_value(4).run()
    page.toggle(key="favourite").set_value(True).run()
    assert page.text_input(key="q").value == (
        'boat is:approved,to-edit model:"Gen-4 Turbo" stars:>=4 is:favourite'
    )
    assert opened(page) == []
    page.toggle(key="favourite").set_value(False).run()
    assert opened(page) == [boat]
    page.pills(key="review").set_value([]).run()
    assert page.text_input(key="q").value == 'boat model:"Gen-4 Turbo" stars:>=4'
    button(page, "Clear filters").click().run()
    assert page.text_input(key="q").value == ""
    assert [pills.value for pills in page.pills if pills.label == "Model"] == [[]]


def test_a_click_in_the_old_page_does_not_bring_an_old_search_back(visit: Visit, boat: int) -> None:
    page = unfold(visit("history", q="boat status:failed"), "filters")
    assert page.pills(key="status").value == [Status.FAILED]
    before = page.pills(key="status")._widget_state  # what a browser says until it has drawn
    page.text_input(key="q").set_value("boat status:done").run()
    states = page._tree.get_widget_states()
    others = [state for state in states.widgets if state.id != before.id]
    del states.widgets[:]
    states.widgets.extend([*others, before])
    page._run(states)
    assert page.text_input(key="q").value == "boat status:done"


def test_the_controls_show_what_is_typed(visit: Visit, boat: int) -> None:
    typed = "-is:rejected status:failed,done tag:hero-shot since:2026-01-31 is:trashed"
    page = unfold(visit("history", q=typed), "filters")
    assert page.pills(key="status").value == [Status.SUCCEEDED, Status.FAILED]
    assert page.pills(key="review").value == []
    assert page.multiselect(key="tag").value == ["hero shot"]
    assert page.date_input(key="since").value == date(2026, 1, 31)
    assert page.toggle(key="trash").value
    page.date_input(key="since").set_value(date(2026, 2, 1)).run()
    assert page.text_input(key="q").value == (
        "-is:rejected status:failed,done tag:hero-shot since:2026-02-01 is:trashed"
    )


def test_beside_each_value_stands_what_it_would_leave(visit: Visit, boat: int) -> None:
    page = unfold(visit("history", q="is:approved status:done"), "filters")
    said = {one.key: list(one.options) for one in [*page.pills, *page.multiselect]}
    assert said["status"][6:8] == ["Done · 1", "Failed · 0"]
    assert said["review"][:3] == ["No state · 2", "In review · 0", "Approved · 1"]
    assert said["stars"][2:] == ["3 or more · 1", "4 or more · 1", "5 · 0"]
    assert said["tag"] == ["Hero shot · 1", "Spare · 0"]
    assert said["project"] == ["Harbour · 1"]
    assert page.toggle(key="favourite").label == "Favourites only · 0"


def test_a_search_that_stops_early_counts_so_many_and_more(
    visit: Visit, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        add()
    monkeypatch.setattr(text_search, "COUNTED", 3)
    monkeypatch.setattr(text_search, "ENOUGH", 3)
    page = unfold(visit("history", q="quiet"), "filters")
    assert "Done · 3+" in page.pills(key="status").options
    assert "Failed · 0" in page.pills(key="status").options


def test_every_label_of_a_control_is_a_word_of_the_language(studio: Studio) -> None:
    labels = [*formatting.STATUS.values(), *formatting.REVIEW.values()]
    typed = [*(f'is:"{label}"' for label in labels)]
    typed += [f'kind:"{formatting.kind(kind)}"' for kind in studio.catalog.kinds]
    assert studio.history.complaints(" ".join(typed)) == []
    words = [*clauses.STATUS_WORDS.values(), *clauses.STATE_WORDS.values()]
    assert studio.history.complaints(" ".join(f"is:{word}" for word in words)) == []


def test_the_examples_are_understood_and_go_into_the_field(visit: Visit, boat: int) -> None:
    page = unfold(visit("history", q="boat"), "search_help")
    for text in search_help.EXAMPLES:
        assert str(parse(text)) == text
        assert parse(text).remarks == ()
    page.button(key="search_help_is:approved").click().run()
    assert page.text_input(key="q").value == "boat is:approved"
    assert opened(page) == [boat]


def test_an_address_from_before_is_the_same_search() -> None:
    asked = {
        "q": ["fog"],
        "status": ["Failed", "Waiting to start", "nonsense"],
        "model": ["Gen-4 Turbo"],
        "since": ["2026-01-31"],
        "until": ["yesterday"],
        "stars": ["3 and more"],
        "review": ["No state"],
        "favourite": ["true"],
        "trash": ["false"],
    }
    assert older_addresses.search(asked) == (
        'fog status:failed,waiting-to-start model:"Gen-4 Turbo" since:2026-01-31'
        " is:favourite is:no-state stars:>=3"
    )
