"""A request that its provider may or may not have taken: the evidence, and three ways out."""

from __future__ import annotations

import streamlit as st

from core.accounting.evidence import Doubt, Figures, Verdict
from core.catalog.suppliers import Supplier
from core.errors import DailiesError, InvalidRequest
from core.generations import Generation, Status
from core.storage.history import Filter
from core.studio import Studio
from core.text import visible_text
from pages.ui import facts, formatting, plain, times
from pages.ui.history import importing

BADGE = {
    Verdict.MADE: ":orange-badge[:material/paid: {}]",
    Verdict.NOT_MADE: ":green-badge[:material/money_off: {}]",
    Verdict.OPEN: ":gray-badge[:material/help: {}]",
}
ADVICE = {
    Verdict.MADE: "Look for its task at {place}, or ask {who} for it, naming that time.",
    Verdict.NOT_MADE: "Mark it as not charged, or send it again, once you are sure.",
    Verdict.OPEN: "Compare with the usage at {place}, or ask {who} about that time.",
}
SUGGESTION = "It stays a suggestion: others may have used the account too."
IN_A_DEMO = (
    "This is a demo: nothing was charged, and no site lists its tasks. Mark it as not charged, or"
    " send it again."
)
UNLIKELY = "unlikely"
"""The field of a refusal that a person may overrule."""


def count(studio: Studio) -> int:
    return studio.history.count(waiting(studio))


def waiting(studio: Studio) -> Filter:
    return Filter(status=(Status.UNCONFIRMED,), demo=(studio.settings.demo,))


def resolve(studio: Studio, generation: Generation) -> None:
    doubt = studio.decisions.doubt(generation)
    st.markdown("**What the evidence says** " + BADGE[doubt.verdict].format(doubt.verdict))
    st.markdown(
        "\n".join(f"- {plain.text(finding.sentence)}" for finding in doubt.findings)
        or _silence(studio, doubt)
    )
    supplier = studio.catalog.suppliers[generation.provider]
    facts.show(_evidence(doubt, supplier))
    advice = ADVICE[doubt.verdict].format(place=supplier.place, who=supplier.title)
    st.caption(IN_A_DEMO if generation.demo else plain.text(f"{advice} {SUGGESTION}"))
    if doubt.again is not None:
        st.page_link(
            "generation.py",
            label=f"It was sent again as generation {doubt.again}",
            icon=":material/replay:",
            query_params={"id": str(doubt.again)},
        )
    with st.container(horizontal=True, gap="small"):
        if generation.demo is studio.settings.demo:
            with st.popover("It was made", icon=":material/link:"):
                _attach(studio, generation)
            if doubt.again is None:
                with st.popover("Send it again", icon=":material/replay:"):
                    _send_again(studio, doubt)
        with st.popover("It was not charged", icon=":material/money_off:"):
            _write_off(studio, generation)


def flash(showing: int | None = None) -> None:
    done = st.session_state.pop("unconfirmed_said", None)
    with st.container():  # always there, even when empty: layout shifts close popovers
        if done is None:
            return
        sentence, number, is_done = done
        if is_done:
            st.success(sentence, icon=":material/check_circle:")
        else:
            st.error(sentence, icon=":material/error:")
        if number != showing:
            st.page_link(
                "generation.py",
                label=f"Open generation {number}",
                icon=":material/open_in_full:",
                query_params={"id": str(number)},
            )


def _attach(studio: Studio, generation: Generation) -> None:
    who = _who(studio, generation)
    st.write(f"With its task id it is followed to its end like every other. {who} is asked first.")
    key = f"unconfirmed_task_{generation.id}"
    task_id = visible_text.task_id(
        st.text_input("Task id", key=key, help=importing.PASTE, max_chars=importing.LINK)
    )
    beside = st.container()
    doubted = st.session_state.get(f"{key}_unlikely")
    anyway = bool(doubted) and doubted == task_id
    if not st.button(
        "It is this one all the same" if anyway else "Follow this task",
        key=f"unconfirmed_attach_{generation.id}",
        type="primary",
    ):
        return
    try:
        with st.spinner(f"Asking {who} …"):
            studio.decisions.attach(generation.id, task_id, anyway=anyway)
    except DailiesError as error:
        if _may_overrule(error):
            st.session_state[f"{key}_unlikely"] = task_id
            beside.warning(f"{plain.error(error)} Click once more if it is this one all the same.")
        else:
            beside.error(plain.error(error))
    else:
        _decided(f"Generation {generation.id} is followed again.", generation)


def _send_again(studio: Studio, doubt: Doubt) -> None:
    generation = doubt.generation
    quote = studio.compose.quote(generation.request)
    st.write(
        "The same request is sent once more, and this one stays here. If"
        f" {_who(studio, generation)} did make the first one, **both are charged**."
    )
    ticked = st.checkbox("I know that this may pay twice", key=f"unconfirmed_twice_{generation.id}")
    if not st.button(
        f"Send it again · {formatting.price(quote, studio.catalog.supplier(generation.request))}",
        key=f"unconfirmed_again_{generation.id}",
        type="primary",
        disabled=not ticked,
    ):
        return
    try:
        again, _new = studio.decisions.send_again(generation.id)
    except DailiesError as error:
        st.error(plain.error(error))
    else:
        _decided(f"It was sent again as generation {again.id}.", again)


def _write_off(studio: Studio, generation: Generation) -> None:
    who = _who(studio, generation)
    st.write(f"It is closed as failed, with no credits. Do this when {who} shows no task.")
    st.button(
        "Mark as not charged",
        key=f"unconfirmed_write_off_{generation.id}",
        type="primary",
        on_click=_written_off,
        args=(studio, generation.id),
    )


def _written_off(studio: Studio, number: int) -> None:
    """Before the page is drawn: after a decision in another tab this button is gone."""
    try:
        studio.decisions.write_off(number)
    except DailiesError as error:
        _say(f"Generation {number} was not marked. {plain.error(error)}", number, is_done=False)
    else:
        _say(f"Generation {number} is closed as not charged.", number)


def _decided(sentence: str, generation: Generation) -> None:
    _say(sentence, generation.id)
    st.rerun()


def _say(sentence: str, number: int, *, is_done: bool = True) -> None:
    st.session_state["unconfirmed_said"] = (sentence, number, is_done)


def _may_overrule(error: DailiesError) -> bool:
    return isinstance(error, InvalidRequest) and error.problems[0].field == UNLIKELY


def _who(studio: Studio, generation: Generation) -> str:
    return plain.text(studio.catalog.suppliers[generation.provider].title)


def _silence(studio: Studio, doubt: Doubt) -> str:
    if doubt.generation.submitted_at is None:
        return "Nobody noted when it was sent, so there is nothing to compare."
    return f"There are no figures of {_who(studio, doubt.generation)}'s to compare yet."


def _evidence(doubt: Doubt, supplier: Supplier) -> dict[str, str]:
    generation, after = doubt.generation, doubt.after
    late = "now" if after and after.at != generation.finished_at else "after"
    told = {
        "Sent": times.moment(generation.submitted_at) if generation.submitted_at else "not known",
        "Price": formatting.price(generation.credits_quoted, supplier),
        f"Balance, before → {late}": _pair(doubt.before, after, "balance", f" {supplier.credit}s"),
    }
    if _is_counted(doubt):
        told[f"Made in 24 hours, before → {late}"] = _pair(doubt.before, after, "today", "")
        told[f"{supplier.title}'s usage that day"] = _usage(doubt, supplier)
    return told | {"Our other work then": _others(doubt)}


def _is_counted(doubt: Doubt) -> bool:
    """Whether its provider may count what is made: some tell their balance alone."""
    seen = [figures for figures in (doubt.before, doubt.after) if figures]
    return doubt.booking is not None or not seen or any(one.today is not None for one in seen)


def _pair(before: Figures | None, after: Figures | None, name: str, unit: str) -> str:
    first, last = (getattr(figures, name) if figures else None for figures in (before, after))
    change = 0 if first is None or last is None else last - first
    signed = f" ({change:+,})" if change else ""
    told = ("not known" if figure is None else f"{figure:,}" for figure in (first, last))
    return f"{' → '.join(told)}{unit}{signed}"


def _usage(doubt: Doubt, supplier: Supplier) -> str:
    booking = doubt.booking
    if booking is None:
        return "not known"
    booked = formatting.credits(booking.credits, supplier)
    return f"{booked} of this model, seen {times.clock(booking.seen_at)}"


def _others(doubt: Doubt) -> str:
    if not doubt.others:
        return "None"
    return ", ".join(f"#{w.id}" + ("" if w.sure else " (unconfirmed)") for w in doubt.others)
