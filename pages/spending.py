"""What was spent, and what may still be charged, and what it bought."""

from datetime import date

import streamlit as st

from core.accounting import forecast
from core.serving import current
from pages.ui import empty, plain
from pages.ui.access import person
from pages.ui.spending import balance, breakdown, by_day, caps, failures, periods, usage_check

OVERVIEW = ("Today", periods.MONTH, "All time")
EXPLANATION = (
    "Spent is what {who} has charged. Not final is the most that it may still charge: for clips"
    " that are being made, and for those that ended before it named a figure. Days are UTC."
)

studio = current()
answered = studio.accounts.changes
demo = studio.settings.demo
today = studio.today
measure = studio.spending.measure()
spent = studio.spending.bought("day")

who = "each provider" if measure.is_dollars else plain.text(measure.suppliers[0].title)

if demo:
    st.subheader(f"Demo {measure.unit.lower()}", anchor=False)
    st.caption(f"Not money: this is what the demo's clips would have cost at {who}.")
else:
    st.subheader(measure.unit, anchor=False)
grid = st.grid(columns=len(OVERVIEW) + len(studio.accounts.names), min_column_width=225)
for name in OVERVIEW:
    with grid.cell():
        days = periods.named(name, today)
        each = studio.spending.by_provider(days.first, days.last)
        periods.card(name, days.of(spent), measure, each)
for name in studio.accounts.names:
    with grid.cell():
        balance.balance(studio, name)
st.caption(EXPLANATION.format(who=who))
books = studio.books.compared()
usage_check.notice(studio, books)
caps.show(studio)

if not spent:
    empty.show(
        "Nothing has been spent yet",
        "Each clip is counted here from the moment that it is submitted.",
        make="Make the first clip",
    )
else:
    st.subheader("What it bought", anchor=False)
    days = periods.chosen(today)
    in_these = days.of(spent)
    breakdown.figures(in_these, measure)
    by_date = {date.fromisoformat(str(day.value)): day.spent for day in spent}
    by_day.show(days, in_these, forecast.of_month(by_date, today), measure)
    if in_these:
        breakdown.show(studio, days, measure)
        failures.show(studio, days, measure)
usage_check.show(studio, books)
balance.follow(studio, answered, is_behind=books.is_behind)
person.ask()
