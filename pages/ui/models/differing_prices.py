"""Where a provider's price is another than ours, and the file that corrects it."""

from __future__ import annotations

import streamlit as st

from core.catalog.price_overrides import FILE
from core.catalog.suppliers import Supplier
from core.generations import Request
from core.storage.making.precedents import Misquote
from core.studio import Studio
from core.text.quantities import counted
from pages.ui import formatting, plain

EXAMPLE = """
[[model]]
endpoint = "{endpoint}"
id = "{id}"
  [[model.price]]
  per_second = 14
  source = "https://docs.dev.runwayml.com/guides/pricing"
  checked = 2026-11-20
"""
HOW = (
    f"Prices that are wrong are corrected in a file named `{FILE}` in the data folder, read at the"
    " start. It holds all rows of a model, each with its source and date, as the files of"
    " `data/catalog` do."
)


def sentence(misquote: Misquote, of: Supplier) -> str:
    often = {1: "once", 2: "twice"}.get(misquote.times, f"{misquote.times:,} times")
    return (
        f"{of.title}'s price was another than ours {often}; the last time"
        f" {formatting.credits(misquote.estimated, of)} in place of {misquote.quoted:,}"
        f" (#{misquote.number}). The history has {of.title}'s own figures."
    )


def faults(studio: Studio) -> None:
    """What in the file cannot be used, and is ignored."""
    for fault in studio.overrides.faults:
        st.warning(plain.text(fault), icon=":material/price_change:")


def show(studio: Studio) -> None:
    overrides = studio.overrides
    misquoted = studio.history.misquoted(demo=studio.settings.demo)
    names = studio.catalog.names
    for (endpoint, model), one in misquoted.items():
        of = studio.catalog.supplier(Request(endpoint, model))
        said = f"{formatting.model(model, names)} ({endpoint}): {sentence(one, of)}"
        st.markdown(f":material/price_change: {plain.text(said)}")
    if not misquoted:
        who = plain.text(studio.catalog.suppliers[studio.accounts.usual].title)
        st.caption(f"{who} has quoted nothing else than Dailies so far.")
    if overrides.prices:
        count = len(overrides.prices)
        have = "has its" if count == 1 else "have their"
        st.caption(plain.text(f"{counted(count, 'models')} {have} prices from {FILE}."))
    st.markdown(HOW)
    first = next(iter(studio.catalog))
    example = EXAMPLE.format(endpoint=first.endpoint, id=first.id)
    st.code(example.strip(), language="toml")
