"""What the server reports about itself: its key, its address, its files and its health."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from core.catalog.suppliers import Supplier
from core.generations import FIRST_PROVIDER
from core.providers.account import Account
from core.providers.breaker import CREATE, CREDITS, DAILY_CAP, KEY, MODEL, SERVER, Breaker, Kind
from core.studio import Studio
from pages.ui import facts, formatting, plain, times

BREAKERS = {
    KEY: "Key",
    SERVER: "Providers",
    CREATE: "New requests",
    CREDITS: "Credits",
    DAILY_CAP: "Daily limits",
    MODEL: "Use of models",
}
EMULATED = "The emulator in this server"
ADD_A_KEY = """
1. Make a key at dev.runwayml.com, where it is shown once; or at kie.ai, which resells Runway's
   models. Either will do, and both go together.
2. Write it into a file named `.env` beside `app.py`, on one line:
   `RUNWAYML_API_SECRET=` and then Runway's key, or `KIE_API_KEY=` and then KIE's.
3. Start Dailies again.

Everything that the demo has made stays, marked as a demo.
"""


def connection(studio: Studio) -> None:
    mode = "Demo: clips are imitations" if studio.settings.demo else "Live"
    facts.show({"Mode": mode} | _access(studio))
    for one in studio.server.exposures():
        st.warning(plain.text(one.hint), title=plain.text(one.message), icon=":material/lock_open:")
    for name in studio.accounts.names:
        if error := studio.accounts.seen(name).error:
            st.warning(
                plain.text(error.hint) or " ",
                title=plain.text(error.message),
                icon=":material/error:",
            )


def _access(studio: Studio) -> dict[str, str]:
    """The key of each provider and the balance there, with the provider's name where there are
    several."""
    names, demo = studio.accounts.names, studio.settings.demo
    told = {}
    for name in names:
        seen, of = studio.accounts.seen(name), studio.catalog.suppliers[name]
        at = f" at {of.title}" if len(names) > 1 else ""
        told[f"Key{at}"] = "None" if demo else _key(seen, of.title)
        told[f"Credits left{at}"] = _balance(seen, of, demo=demo)
    return told


def key_help(studio: Studio) -> None:
    label = "Make real clips" if studio.settings.demo else "Use another key, or one more"
    with st.expander(label, icon=":material/key:", expanded=studio.settings.demo):
        st.markdown(ADD_A_KEY)


def state(studio: Studio) -> None:
    well, report = studio.server.health()
    held = studio.breakers.open()
    if not well:
        st.error(
            "Something in the server does not work; its log says what.", icon=":material/error:"
        )
    elif not held:
        st.markdown(":green[:material/check_circle:] Everything works")
    facts.show(
        {
            _named(studio, kind, one.provider): "; ".join(
                _held(studio, other)
                for other in held
                if (other.kind, other.provider) == (kind, one.provider)
            )
            for kind in BREAKERS
            for one in held
            if one.kind is kind
        }
    )
    stepped = report["tracker_stepped_at"]
    with st.expander("Details of this server"):
        facts.show(
            {
                "History": "Can be written" if report["database_writable"] else "Cannot be written",
                "Sending and fetching": _worker(report["tracker_alive"], report["tracker_leads"]),
                "Looked for news": times.moment(datetime.fromisoformat(stepped))
                if stepped
                else "Not yet",
            }
            | _reached(studio)
        )


def _named(studio: Studio, kind: Kind, provider: str) -> str:
    who = studio.catalog.suppliers[provider].title
    if kind is SERVER:
        return who
    return BREAKERS[kind] if len(studio.accounts.names) == 1 else f"{BREAKERS[kind]} at {who}"


def _reached(studio: Studio) -> dict[str, str]:
    settings, addresses = studio.settings, studio.server.addresses
    version = {"Runway's API": settings.api_version} if FIRST_PROVIDER in addresses else {}
    return {
        **{
            f"{studio.catalog.suppliers[name].title}'s address": EMULATED
            if settings.demo
            else address
            for name, address in addresses.items()
        },
        **version,
        "Proxy": studio.server.proxy or "None",
        **studio.server.versions(),
        "Streamlit": st.__version__,
        "Log level": settings.log_level,
    }


def _held(studio: Studio, breaker: Breaker) -> str:
    names = studio.catalog.names
    model = f"{names.get(breaker.model, breaker.model)}: " if breaker.model else ""
    since = times.clock(breaker.since)
    return f"{model}{breaker.error.message} Held since {since}."


def _key(seen: Account, who: str) -> str:
    if seen.error is None:
        asking = seen.organization is None
        return f"Present; {who} is being asked" if asking else f"Present, and accepted by {who}"
    return f"Present, but {who} could not be asked, or does not accept it"


def _balance(seen: Account, of: Supplier, *, demo: bool) -> str:
    if seen.organization is None:
        return "not known"
    left = formatting.credits(seen.organization.credit_balance, of)
    left += " of the demo" if demo else ""
    return f"{left}, {formatting.age(seen.seen_at)}" if seen.seen_at else left


def _worker(alive: bool, leads: bool) -> str:
    if not alive:
        return "At a standstill"
    return "At work" if leads else "At work in another server on the same folder"
