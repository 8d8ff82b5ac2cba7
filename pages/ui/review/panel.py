"""The review panel of a generation: stars, state, tags and project, each saved at once."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.domain.people import Role
from core.domain.reviews import MOST_STARS, Outcome, Rating
from core.generations import Generation, Review
from core.studio import Studio
from core.text.names import signed
from core.text.quantities import counted
from pages.ui import formatting, plain
from pages.ui.access import allowed, person
from pages.ui.review import deeds, notes, trash

STATES = {state: name for state, name in formatting.REVIEW.items() if state is not Review.NONE}
WORDS = {
    Review.NONE: "no state",
    Review.IN_REVIEW: "in review",
    Review.APPROVED: "approved",
    Review.TO_EDIT: "to edit",
    Review.REJECTED: "rejected",
}


def show(studio: Studio, generation: Generation) -> None:
    with st.container(key="review_panel", gap="small"):
        trash.banner(studio, generation)
        _stars(studio, generation)
        _state(studio, generation)
        _tags(studio, generation)
        _project(studio, generation)
        deeds.foot(studio, generation.id)
        notes.show(studio, generation)
        trash.buttons(studio, generation)
    person.ask()


def _stars(studio: Studio, generation: Generation) -> None:
    ratings = studio.reviews.ratings(generation.id)
    mine = next((one.stars for one in ratings if one.is_by(person.name())), 0)
    box = f"review_stars_{generation.id}"
    st.session_state[box] = mine - 1 if mine else None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.feedback("stars", key=box, on_change=_rate, args=(studio, generation.id, box))
        said = "\n\n".join(map(_given, ratings))
        st.caption(_means(generation), width="content", help=said or None)
        st.space("stretch")
        who = plain.text(person.name()) or "Your name"
        with st.popover(who, type="tertiary", icon=":material/person:", key="review_person"):
            person.field("review")


def _means(generation: Generation) -> str:
    """The team's mean and, apart from it, that of guests: a link is passed on, and one person may
    rate from several browsers."""
    means = [_mean(generation)]
    if generation.guest_stars is not None:
        means.append(f"guests {generation.guest_stars / 100:.1f} from {generation.guest_raters:,}")
    return " · ".join(means)


def _mean(generation: Generation) -> str:
    if generation.stars is None:
        return "Not rated"
    people = "1 person" if generation.raters == 1 else f"{generation.raters:,} people"
    return f"{generation.stars / 100:.1f} of {MOST_STARS} from {people}"


def _given(rating: Rating) -> str:
    stars = "★" * rating.stars + "☆" * (MOST_STARS - rating.stars)
    return f"{stars} {plain.text(signed(rating.person, rating.guest))}"


def _rate(studio: Studio, number: int, box: str) -> None:
    chosen = st.session_state[box]
    stars = 0 if chosen is None else int(chosen) + 1
    sentence = counted(stars, "stars") if stars else "no stars"
    deeds.act(number, sentence, lambda by: studio.reviews.rate([number], stars, by=by))


def _state(studio: Studio, generation: Generation) -> None:
    box = f"review_state_{generation.id}"
    st.session_state[box] = generation.review if generation.review in STATES else None
    st.segmented_control(
        "State",
        list(STATES),
        format_func=lambda state: STATES[state],
        key=box,
        label_visibility="collapsed",
        width="stretch",
        wrap=False,
        on_change=_set_state,
        disabled=not allowed.to(Role.MAKER),
        args=(studio, generation.id, box),
    )


def _set_state(studio: Studio, number: int, box: str) -> None:
    state = Review(st.session_state[box] or Review.NONE)
    deeds.act(number, WORDS[state], lambda by: studio.reviews.set_state([number], state, by=by))


def _tags(studio: Studio, generation: Generation) -> None:
    mine = [tag.name for tag in studio.reviews.tags(generation.id)]
    box = f"review_tags_{generation.id}"
    st.session_state[box] = mine
    st.multiselect(
        "Tags",
        list(dict.fromkeys([*studio.reviews.tag_counts(), *mine])),
        key=box,
        placeholder="Add tags",
        accept_new_options=True,
        label_visibility="collapsed",
        on_change=_set_tags,
        disabled=not allowed.to(Role.MAKER),
        args=(studio, generation.id, box, mine),
    )


def _set_tags(studio: Studio, number: int, box: str, before: Sequence[str]) -> None:
    after: list[str] = st.session_state[box]

    def change(by: str) -> Outcome:
        outcome = Outcome()
        for name in [one for one in after if one not in before]:
            outcome = studio.reviews.tag([number], name, by=by)
        for name in [one for one in before if one not in after]:
            outcome = studio.reviews.untag([number], name, by=by)
        return outcome

    deeds.act(number, "the tag", change)


def _project(studio: Studio, generation: Generation) -> None:
    number = generation.project_id
    filed = studio.projects.get(number) if number else None
    names = [one.name for one in studio.projects.all() if not one.archived_at]
    box = f"review_project_{generation.id}"
    st.session_state[box] = filed.name if filed else None
    st.selectbox(
        "Project",
        list(dict.fromkeys([*names, *([filed.name] if filed else [])])),
        index=None,
        key=box,
        placeholder="No project",
        accept_new_options=True,
        label_visibility="collapsed",
        icon=":material/folder:",
        on_change=_file,
        disabled=not allowed.to(Role.MAKER),
        args=(studio, generation.id, box),
    )


def _file(studio: Studio, number: int, box: str) -> None:
    name = st.session_state[box]

    def file(by: str) -> Outcome:
        project = studio.projects.named(name, by=by).id if name else None
        return studio.projects.file([number], project, by=by)

    deeds.act(number, "the project" if name else "no project", file)
