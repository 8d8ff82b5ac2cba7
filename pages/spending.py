"""What was spent, and what may still be charged: today, this month and in all."""

from datetime import timedelta

import streamlit as st

from core.serving import current
from core.storage.history import Filter
from pages.ui import charts, empty, person
from pages.ui.spending import balance, caps, periods, usage_check

DAYS = 30
EXPLANATION = (
    "Spent is what Runway has charged. Not final is the most that it may still charge: for clips"
    " that are being made, and for those that ended before it named a figure. Days are UTC."
)

studio = current()
answered = studio.account.changes
demo = studio.settings.demo
today = studio.today
since = {"Today": today, "This month": today.replace(day=1), "All time": None}
spent = {period: studio.history.spending(day, demo=demo) for period, day in since.items()}

if demo:
    st.subheader("Demo credits", anchor=False)
    st.caption("Not money: this is what the demo's clips would have cost at Runway.")
else:
    st.subheader("Credits", anchor=False)
grid = st.grid(columns=4, min_column_width=250)
for period, models in spent.items():
    with grid.cell():
        periods.card(period, models)
with grid.cell():
    balance.balance(studio)
st.caption(EXPLANATION)
caps.show(studio)

if not spent["All time"]:
    empty.show(
        "Nothing has been spent yet",
        "Each clip is counted here from the moment that it is submitted.",
        "create.py",
        "Make the first clip",
        ":material/movie:",
    )
else:
    left, right = st.columns([5, 6], gap="large")
    with left:
        period = st.segmented_control(
            "By model",
            list(since),
            key="period",
            bind="query-params",
            default="This month",
            required=True,
        )
        if models := spent[period or "This month"]:
            periods.by_model(models, studio.catalog.names)
        else:
            st.caption("Nothing in this time.")
    with right:
        first = today - timedelta(days=DAYS - 1)
        st.markdown(f"**The last {DAYS} days**")
        charts.daily(
            studio.history.daily(Filter(since=first, trashed=None), demo=demo), first, today
        )
    start = since[period or "This month"]
    if days := studio.history.daily(Filter(since=start, trashed=None), demo=demo):
        st.markdown(f"**Credits so far · {period}**")
        charts.cumulative(days, today)
books = studio.books.compared()
usage_check.show(studio, books)
balance.follow(studio, answered, is_behind=books.is_behind)
person.ask()
