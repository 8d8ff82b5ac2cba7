"""The dialog that sets a cap: for whom, how long, how much, beside what was spent lately."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import streamlit as st

from core.catalog.suppliers import Supplier
from core.domain.caps import (
    EVERY_PROVIDER,
    EVERYONE,
    LATEST_WARNING,
    LEAST_WARNING,
    MOST_CREDITS,
    USUAL_WARNING,
    Cap,
    Period,
    Scope,
    Subject,
)
from core.errors import DailiesError
from core.generations import FIRST_PROVIDER
from core.storage.history import Filter
from core.studio import Studio
from core.text.names import LONGEST_NAME
from pages.ui import charts, formatting, money, plain
from pages.ui.access import person

OPEN, WRONG = "caps_open", "caps_wrong"
FOR, WHO, LONG, UNIT, AMOUNT, WARNS = (
    "caps_for", "caps_who", "caps_long", "caps_unit", "caps_amount", "caps_warns",
)  # fmt: skip
SCOPES = {
    Scope.EVERYONE: "Everyone",
    Scope.PERSON: "A person",
    Scope.PROJECT: "A project",
    Scope.MODEL: "A model",
}
PERIODS = {
    Period.DAY: "Each day",
    Period.WEEK: "Each week",
    Period.MONTH: "Each month",
    Period.ALL: "In all",
}
UNITS = ("credits", "dollars")
WHERE = "caps_where"
CENTS = 100
LATELY = timedelta(days=60)
"""What is drawn of spending that no period divides."""


def open_new() -> None:
    _fill(EVERYONE, Period.MONTH, 1000, USUAL_WARNING, "")


def open_for(cap: Cap) -> None:
    _fill(cap.subject, cap.period, cap.credits, cap.warn_percent, cap.provider)


def show(studio: Studio) -> None:
    if st.session_state.get(OPEN):
        st.dialog("A cap on spending", on_dismiss=_close)(_form)(studio)


def _fill(subject: Subject, period: Period, credits: int, warn_percent: int, provider: str) -> None:
    state = st.session_state
    state[OPEN] = True
    state[FOR], state[LONG], state[UNIT] = subject.scope, period, "credits"
    state[f"{WHO}_{subject.scope}"] = (
        subject.key if subject.scope is Scope.MODEL else subject.name or None
    )
    state[AMOUNT] = credits // CENTS if provider == EVERY_PROVIDER else credits
    state[WARNS] = warn_percent
    state[WHERE] = provider or None
    state.pop(WRONG, None)


def _close() -> None:
    st.session_state[OPEN] = False


def _form(studio: Studio) -> None:
    if not st.session_state.get(OPEN):  # it was set
        st.rerun()
    scope = st.segmented_control(
        "For", SCOPES, key=FOR, required=True, format_func=SCOPES.__getitem__
    )
    subject = _subject(studio, scope or Scope.EVERYONE)
    lasts = st.segmented_control(
        "Period", PERIODS, key=LONG, required=True, format_func=PERIODS.__getitem__
    )
    period = lasts or Period.MONTH
    of = _supplier(studio)
    credits = _amount(of)
    warns = st.slider("Warns at", LEAST_WARNING, LATEST_WARNING, key=WARNS, step=5, format="%d %%")
    if subject:
        _lately(studio, subject, period, of)
    if wrong := st.session_state.get(WRONG):
        st.error(plain.text(wrong), icon=":material/error:")
    st.button(
        f"Set cap · {formatting.price(credits, of)}",
        key="caps_go",
        type="primary",
        width="stretch",
        disabled=subject is None,
        on_click=_set,
        args=(studio, subject, period, credits, int(warns), of.id),
    )


def _amount(of: Supplier) -> int:
    """In what that supplier counts in; asked for in its credits or in whole dollars."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        over_all = of.id == EVERY_PROVIDER
        label = "At most, in dollars" if over_all else "At most"
        amount = int(st.number_input(label, 0, MOST_CREDITS, key=AMOUNT, step=100))
        if over_all:
            return amount * CENTS
        unit = st.segmented_control(
            "Unit", UNITS, key=UNIT, required=True, label_visibility="collapsed"
        )
    credits = int(amount / (of.credit_usd or 1)) if unit == "dollars" else amount
    st.caption(formatting.credits(credits, of) if unit == "dollars" else of.dollars(credits))
    return credits


def _supplier(studio: Studio) -> Supplier:
    """Whose credits it counts, or dollars over all: a choice where this server reaches several."""
    chosen_before = st.session_state.get(WHERE) or FIRST_PROVIDER
    names = list(dict.fromkeys([*studio.accounts.names, EVERY_PROVIDER, chosen_before]))
    suppliers = studio.catalog.suppliers
    if len(studio.accounts.names) < 2:
        return suppliers[st.session_state.get(WHERE) or studio.accounts.usual]
    chosen = st.segmented_control(
        "At",
        names,
        default=None if st.session_state.get(WHERE) else names[0],
        key=WHERE,
        required=True,
        format_func=lambda name: "All" if name == EVERY_PROVIDER else suppliers[name].title,
    )
    return suppliers[chosen or names[0]]


def _subject(studio: Studio, scope: Scope) -> Subject | None:
    if scope is Scope.EVERYONE:
        return EVERYONE
    names = studio.catalog.names
    options = {
        Scope.PERSON: lambda: _people(studio),
        Scope.PROJECT: lambda: [one.name for one in studio.projects.all()],
        Scope.MODEL: lambda: list(names),
    }[scope]()
    chosen = st.selectbox(
        SCOPES[scope],
        options,
        index=None,
        key=f"{WHO}_{scope}",
        placeholder="Choose one",
        format_func=lambda one: names.get(one, one) if scope is Scope.MODEL else one,
        accept_new_options=scope is Scope.PERSON,
        label_visibility="collapsed",
    )
    if not chosen:
        return None
    if scope is Scope.MODEL:
        return Subject(scope, chosen, names[chosen])
    return Subject(scope, "", chosen[:LONGEST_NAME])


def _people(studio: Studio) -> list[str]:
    known = map(str, studio.history.counts("author", Filter(trashed=None)))
    there = st.session_state.get(f"{WHO}_{Scope.PERSON}")
    return list(dict.fromkeys([*filter(None, (person.name(), there)), *sorted(known)]))


def _lately(studio: Studio, subject: Subject, period: Period, of: Supplier) -> None:
    try:
        first = _before(studio.now, period)
        days = studio.caps.daily(subject, first, of.id)
    except DailiesError as error:
        st.caption(plain.error(error))
        return
    spent = sum(days.values())
    st.caption(money.escaped(f"Since {first:%-d %B}: {formatting.price(spent, of)}"))
    if of.id == EVERY_PROVIDER:
        worth = {day: (cents / CENTS, 0.0) for day, cents in days.items()}
        charts.spent(worth, first, studio.today, "Dollars")
    else:
        charts.spent({day: (credits, 0) for day, credits in days.items()}, first, studio.today)


def _before(now: datetime, period: Period) -> date:
    start = period.start(now)
    earlier = period.start(start - timedelta(days=1)) if start else None
    return (earlier or now - LATELY).date()


def _set(
    studio: Studio,
    subject: Subject,
    period: Period,
    credits: int,
    warn_percent: int,
    provider: str,
) -> None:
    def deed(by: str) -> None:
        try:
            studio.caps.set(
                subject, period, credits, by=by, warn_percent=warn_percent, provider=provider
            )
        except DailiesError as error:
            st.session_state[WRONG], st.session_state[OPEN] = error.message, True

    _close()
    person.do(deed)
