"""Clean-up rules: which hold, what they would remove, and a dialog that sets one."""

from __future__ import annotations

import streamlit as st

from core.domain.cleanup import (
    COMPARED,
    LEAST_DAYS,
    MOST_DAYS,
    MOST_GIGABYTES,
    PRAISE,
    InvalidRule,
    Kind,
    Plan,
    Rule,
)
from core.domain.people import Role
from core.errors import DailiesError
from core.studio import Studio
from core.text.quantities import counted
from pages.ui import facts, formatting, media_urls, plain, times
from pages.ui.access import allowed, person

OPEN, KIND, DAYS, ROOM, WRONG, TRIED = (
    "cleanup_open", "cleanup_kind", "cleanup_days", "cleanup_room", "cleanup_wrong",
    "cleanup_tried",
)  # fmt: skip
KINDS = {Kind.REJECTED: "Rejected", Kind.UNRATED: "Unrated", Kind.ROOM: "By room"}
MEANS = {
    Kind.REJECTED: "Originals of what was rejected, so many days after anybody last touched it.",
    Kind.UNRATED: "Originals that nobody has rated, tagged or noted anything of, so many days after"
    " they were made.",
    Kind.ROOM: "The oldest originals of what is rejected or undecided, until the others take no"
    " more than this.",
}
SHOWN = 12
"""Posters of a dry run."""
STAYS = f"""
Posters, previews, prompts, settings and costs always stay. So do originals

- that are approved, in review, to be edited, or favourites,
- that anybody gave {PRAISE} or more stars, or that have a note that is not resolved,
- behind a link that is open, in a live view too, or in an archive that can still be saved,
- in a batch that is open or paused, or in a blind comparison of the last {COMPARED.days} days,
- from which something is being made, or that are an input of something,
- that were made, decided on or brought back in the last {LEAST_DAYS} days,
- that were a favourite, behind a link or in an archive in the last {LEAST_DAYS} days,
- in the trash, in flight, unconfirmed, or without a poster or preview yet.
"""


def show(studio: Studio) -> None:
    rules = studio.cleanup.holding()
    if not rules:
        st.caption("Every original is kept. A rule can remove those that nobody needs any more.")
    for rule in rules:
        _rule(studio, rule)
    _runs(studio)
    if allowed.to(Role.ADMIN):
        with st.container(horizontal=True, gap="small"):
            st.button("Add a rule", key="cleanup_add", icon=":material/add:", on_click=_open)
            if rules and st.button(
                "Dry run",
                key="cleanup_dry_run",
                icon=":material/visibility:",
                type="tertiary",
                help="What would go if the rules ran now. Nothing is removed.",
            ):
                with st.spinner("Looking …"):
                    _plan(studio, studio.cleanup.dry_run())
    with st.expander("What no rule removes", icon=":material/shield:"):
        st.markdown(STAYS)
    if st.session_state.get(OPEN):
        st.dialog("A clean-up rule", on_dismiss=_close)(_form)(studio)


def _rule(studio: Studio, rule: Rule) -> None:
    with st.container(border=True, gap="xsmall", key=f"cleanup_{rule.id}"):
        st.text(rule.words)
        said = f"Set by {rule.made_by}, {formatting.age(rule.made_at)}."
        if rule.starts_at > studio.now:
            said += f" It removes nothing before {times.moment(rule.starts_at)}."
        st.caption(plain.text(said))
        if allowed.to(Role.ADMIN):
            st.button(
                "End this rule",
                key=f"cleanup_end_{rule.id}",
                icon=":material/close:",
                type="tertiary",
                on_click=lambda: person.do(lambda by: studio.cleanup.end(rule.id, by=by)),
            )


def _runs(studio: Studio) -> None:
    known = {}
    if due := studio.cleanup.next_run():
        known["Next run"] = "Now" if due <= studio.now else times.moment(due)
    if last := studio.cleanup.last_run():
        what = f"{counted(last.originals, 'originals')}, {formatting.size(last.bytes)}"
        known["Last run"] = f"{times.moment(last.ended_at)}: {what if last.originals else 'none'}"
    facts.show(known)


def _open() -> None:
    state = st.session_state
    state[OPEN], state[KIND], state[DAYS], state[ROOM] = True, Kind.REJECTED, 30, 500
    state.pop(WRONG, None)
    state.pop(TRIED, None)


def _close() -> None:
    st.session_state[OPEN] = False


def _form(studio: Studio) -> None:
    if not st.session_state.get(OPEN):  # it was set
        st.rerun()
    kind = (
        st.segmented_control(
            "Remove", KINDS, key=KIND, required=True, format_func=KINDS.__getitem__
        )
        or Kind.REJECTED
    )
    st.caption(MEANS[kind])
    if kind is Kind.ROOM:
        amount = st.number_input("Gigabytes of originals", 1, MOST_GIGABYTES, key=ROOM, step=50)
    else:
        amount = st.number_input("After days", LEAST_DAYS, MOST_DAYS, key=DAYS, step=1)
    chosen = kind, int(amount)
    if st.button("What would go?", key="cleanup_try", icon=":material/visibility:"):
        st.session_state[TRIED] = chosen
    if st.session_state.get(TRIED) == chosen:
        with st.spinner("Looking …"):
            _try(studio, *chosen)
    if wrong := st.session_state.get(WRONG):
        st.error(plain.text(wrong), icon=":material/error:")
    st.caption("It removes nothing before a day is over. Until then it can be ended without harm.")
    st.button(
        "Set the rule",
        key="cleanup_go",
        type="primary",
        width="stretch",
        disabled=st.session_state.get(TRIED) != chosen,
        help="Look first at what would go.",
        on_click=_set,
        args=(studio, *chosen),
    )


def _try(studio: Studio, kind: Kind, amount: int) -> None:
    try:
        _plan(studio, studio.cleanup.dry_run_with(kind, amount))
    except InvalidRule as error:
        st.error(plain.error(error), icon=":material/error:")


def _plan(studio: Studio, plan: Plan) -> None:
    if plan.leaving:
        count, size = counted(len(plan.leaving), "generations"), formatting.size(plan.bytes)
        st.markdown(f"**{size} of {count} would go**")
        _by_project(studio, plan)
        _posters(studio, plan)
    else:
        st.markdown("**Nothing would go**")
    if plan.excess:
        st.caption(f"{formatting.size(plan.excess)} beyond the limit stay: no rule takes them.")


def _by_project(studio: Studio, plan: Plan) -> None:
    names = studio.projects.names()
    counts: dict[str, list[int]] = {}
    for one in plan.leaving:
        name = names.get(one.project_id or 0, "Without a project")
        counts.setdefault(name, []).append(one.bytes)
    facts.show(
        {
            name: f"{formatting.size(sum(sizes))} of {counted(len(sizes), 'generations')}"
            for name, sizes in sorted(counts.items(), key=lambda pair: -sum(pair[1]))
        }
    )


def _posters(studio: Studio, plan: Plan) -> None:
    grid = st.grid(columns=4, min_column_width=110)
    numbers = [one.generation_id for one in plan.leaving[:SHOWN]]
    for generation in studio.history.these(numbers):
        with grid.cell():
            if generation.main:
                title = formatting.title(generation, studio.catalog.names)
                st.image(media_urls.poster(generation, generation.main), alt=title)
            st.page_link(
                "generation.py",
                label=f"#{generation.id}",
                query_params={"id": str(generation.id)},
            )
    if len(plan.leaving) > SHOWN:
        st.caption(f"And {len(plan.leaving) - SHOWN:,} more, newer ones.")


def _set(studio: Studio, kind: Kind, amount: int) -> None:
    def deed(by: str) -> None:
        try:
            studio.cleanup.set(kind, amount, by=by)
        except DailiesError as error:
            st.session_state[WRONG], st.session_state[OPEN] = error.message, True

    _close()
    person.do(deed)
