"""One button for all of a list: its price, what speaks against it, and the click."""

from __future__ import annotations

import secrets
from collections import Counter, defaultdict
from collections.abc import Sequence

import streamlit as st

from core.domain.batches import LONGEST_NAME
from core.domain.people import Role
from core.errors import DailiesError, InvalidRequest
from core.studio import Studio
from core.studio.making.batches import Wanted
from core.studio.making.lists import Checked
from pages.ui import clicks, filing, formatting, plain
from pages.ui.access import allowed, person

ORDER, TOLD = "batches_order_key", "batches_told"
SOMEBODY = "Somebody"


def button(studio: Studio, checked: Sequence[Checked]) -> None:
    """Nothing can be ordered while anything speaks against a row."""
    wrong = sum(bool(one.reasons) for one in checked)
    named = formatting.short(checked[0].listed.request.words, LONGEST_NAME)
    name = st.text_input("Name of the batch", named, key="batches_name", max_chars=LONGEST_NAME)
    total: Counter[str] = Counter()
    for one in checked:
        total[studio.catalog.supplier(one.listed.request).id] += one.price or 0
    against = [] if wrong else _against(studio, checked)
    for said in against:
        st.error(plain.text(said))
    # The key holds this order's own and its price, as on Generate.
    key = st.session_state.setdefault(ORDER, secrets.token_hex(8))
    price = (
        "first fix or remove the rows with errors"
        if wrong
        else formatting.total(total, studio.catalog.suppliers)
    )
    if st.button(
        f"Generate {len(checked):,} · {price}",
        key=f"batches_order_{key}_{len(checked)}_{sum(total.values())}",
        type="primary",
        icon=":material/stacks:",
        disabled=bool(wrong or against),
    ):
        _order(studio, name, checked, key)


def _against(studio: Studio, checked: Sequence[Checked]) -> list[str]:
    if not allowed.to(Role.MAKER):
        return [allowed.NO_MAKER]
    usual = filing.known_id(studio)
    known = {
        name: (project.id if (project := studio.projects.find(name)) else None)
        for name in {one.listed.project for one in checked}
    }
    wanted = [
        Wanted(one.listed.request, known[one.listed.project] if one.listed.project else usual)
        for one in checked
    ]
    return [problem.message for problem in studio.batches.unaffordable(wanted, person.name())]


def _order(studio: Studio, name: str, checked: Sequence[Checked], key: str) -> None:
    by = person.name() or SOMEBODY
    try:
        projects = {
            project: studio.projects.named(project, by=by).id
            for project in {one.listed.project for one in checked}
            if project
        }
        usual = filing.project_id(studio)
        wanted = [
            Wanted(one.listed.request, projects.get(one.listed.project, usual)) for one in checked
        ]
        batch, new = studio.batches.submit(name, wanted, key, author=person.name())
        if new:
            _tag(studio, studio.batches.numbers(batch.id), checked, by)
    except InvalidRequest as error:  # something was ordered or stopped meanwhile
        st.error(plain.text(error.message), title="Not ordered, and nothing is lost")
        return
    except DailiesError as error:
        st.error(plain.error(error))
        return
    clicks.keep_batch_as_own(batch)
    st.session_state[ORDER] = secrets.token_hex(8)
    st.switch_page("batch.py", query_params={"id": batch.id})


def _tag(studio: Studio, numbers: Sequence[int], checked: Sequence[Checked], by: str) -> None:
    tagged: defaultdict[str, list[int]] = defaultdict(list)
    for number, one in zip(numbers, checked, strict=True):
        for tag in one.listed.tags:
            tagged[tag].append(number)
    for tag, those in tagged.items():
        studio.reviews.tag(those, tag, by=by)
