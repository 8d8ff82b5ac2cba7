"""The family of a generation: a tree of what was made from what, and what it cost together."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.domain.families import Cost, Family, Member, Way
from core.generations import Generation, Status
from core.studio import Studio
from pages.ui import formatting, media_urls, money
from pages.ui.components import component, message, number

KEY = "generation_family"
STILL = 320
WORDS = 140
WAYS = {
    Way.AGAIN: "Made again",
    Way.REMIX: "Remix",
    Way.MODEL: "On another model",
    Way.PROMOTED: "Promoted",
    Way.EXTENDED: "Extended",
}
"""What starts from a file is called by what was done with that."""


def show(studio: Studio, generation: Generation) -> None:
    family = studio.families.of(generation.id)
    if family.size < 2:
        return
    with st.container(key=f"{KEY}_section", gap="xsmall"):
        st.subheader("Family", anchor=False)
        st.markdown(_sum(studio, family), help=_note(studio, family) or None)
        if note := _left_out(family):
            st.caption(note)
        component("generation/family")(
            data={
                "members": [_card(studio, member) for member in family.members],
                "current": generation.id,
            },
            key=KEY,
            on_open_change=lambda: None,
        )
    if chosen := number(message(KEY, "open")):
        st.switch_page("generation.py", query_params={"id": str(chosen)})


def _sum(studio: Studio, family: Family) -> str:
    mine = family.demo_cost if studio.settings.demo else family.cost
    suppliers = studio.catalog.suppliers
    settled = {name: one.settled for name, one in mine.items()}
    pending = {name: one.pending for name, one in mine.items() if one.pending}
    unpriced = sum(one.unpriced for one in mine.values())
    kind = "demo credits" if studio.settings.demo else "credits"
    said = [f"**{family.size:,}{'' if family.is_exact else '+'}** generations"]
    said.append(f"**{formatting.total(settled, suppliers)}** spent")
    if pending:
        said.append(f"**{formatting.total(pending, suppliers)}** not final")
    if unpriced:
        said.append(f"{unpriced:,} of unknown cost")
    return money.escaped(" · ".join(said).replace("credits", kind))


def _note(studio: Studio, family: Family) -> str:
    other = family.cost if studio.settings.demo else family.demo_cost
    if all(one == Cost() for one in other.values()):
        return ""
    most = {name: one.settled + one.pending for name, one in other.items()}
    cost = formatting.total(most, studio.catalog.suppliers)
    if studio.settings.demo:
        return money.escaped(f"Some were made with a key, and are counted apart: {cost}.")
    return "Some were made in the demo; their credits are not counted."


def _left_out(family: Family) -> str:
    shown, size = len(family.members), family.size
    if size <= shown:
        return ""
    if family.is_exact:
        return f"The {shown:,} nearest of {size:,} are drawn. The cost is that of all."
    return f"The {shown:,} nearest are drawn. There are more than {size:,}: the cost is theirs."


def _card(studio: Studio, member: Member) -> dict[str, Any]:
    generation = member.generation
    output = generation.main
    return {
        "id": generation.id,
        "parent": member.parent or 0,
        "way": _way(studio, member),
        "model": formatting.model(generation.model, studio.catalog.names),
        "words": formatting.short(generation.request.words, WORDS),
        "poster": media_urls.still(generation, output, STILL) if output and output.poster else "",
        "cost": formatting.cost(generation, studio.catalog.suppliers[generation.provider]),
        "state": _state(generation),
        "others": [f"#{each}" for each in member.others],
        "address": media_urls.linked(f"/generation?id={generation.id}"),
    }


def _way(studio: Studio, member: Member) -> str:
    if member.way is None:
        return ""
    endpoints = studio.catalog.endpoints
    endpoint = endpoints.get(member.generation.request.endpoint)
    return WAYS.get(member.way) or (endpoint.name if endpoint else "Started from it")


def _state(generation: Generation) -> str:
    """Why it cannot be seen; empty for a clip that can."""
    if generation.emptied_at:
        return "Files deleted"
    if generation.is_in_trash:
        return "In the trash"
    done = generation.status is Status.SUCCEEDED
    return "" if done else formatting.STATUS[generation.status]
