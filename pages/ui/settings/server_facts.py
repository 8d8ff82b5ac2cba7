"""What the server says of itself: its key, its address, its files and its health."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from core.errors import DiskFull
from core.runway.account import Account
from core.runway.breakers import CREATE, CREDITS, DAILY_CAP, KEY, MODEL, SERVER, Breaker
from core.studio import Studio
from pages.ui import facts, formatting, plain, times

FOLDERS = {
    "videos": "Clips",
    "posters": "Posters",
    "uploads": "Pictures",
    "thumbnails": "Small pictures",
    "receipts": "Receipts of requests",
    "recipes": "Manifests of generations",
    "backups": "Backups of the history",
    "history": "History",
}
BREAKERS = {
    KEY: "Key",
    SERVER: "Runway",
    CREATE: "Requests",
    CREDITS: "Credits",
    DAILY_CAP: "Daily limits",
    MODEL: "Use of models",
}
ADD_A_KEY = """
1. Make a key at dev.runwayml.com. It is shown there once.
2. Write it into a file named `.env` beside `app.py`, on one line:
   `RUNWAYML_API_SECRET=` and then the key.
3. Start Dailies again.

Everything that the demo has made stays, marked as a demo.
"""


def connection(studio: Studio) -> None:
    """Demo or live, whether the key works, and what is left on the account."""
    settings, seen = studio.settings, studio.account.seen()
    facts.show(
        {
            "Mode": "Demo: clips are imitations" if settings.demo else "Live",
            "Key": "None" if settings.demo else _key(seen),
            "Address": "The emulator in this server" if settings.demo else settings.base_url,
            "Proxy": studio.server.proxy or "None",
            "API version": settings.api_version,
            "Balance": _balance(seen, demo=settings.demo),
        }
    )
    for one in studio.server.exposures():
        st.warning(plain.text(one.hint), title=plain.text(one.message), icon=":material/lock_open:")
    if seen.error:
        st.warning(
            plain.text(seen.error.hint) or " ",
            title=plain.text(seen.error.message),
            icon=":material/error:",
        )


def key_help(studio: Studio) -> None:
    """How to go from the demo to real clips, or to another key."""
    label = "Make real clips" if studio.settings.demo else "Use another key"
    with st.expander(label, icon=":material/key:", expanded=studio.settings.demo):
        st.markdown(ADD_A_KEY)


def health(studio: Studio) -> None:
    """Whether rows can be written and open generations are followed."""
    well, report = studio.server.health()
    if not well:
        st.error("The server is not well; its log says why.", icon=":material/error:")
    stepped = report["tracker_stepped_at"]
    facts.show(
        {
            "Server": "Well" if well else "Not well",
            "History": "Can be written" if report["database_writable"] else "Cannot be written",
            "Worker": _worker(report["tracker_alive"], report["tracker_leads"]),
            "Last look": times.moment(datetime.fromisoformat(stepped)) if stepped else "None yet",
        }
    )


def breakers(studio: Studio) -> None:
    """What could hold work up, and what does."""
    waiting = studio.breakers.open()
    facts.show(
        {
            name: "; ".join(_held(studio, one) for one in waiting if one.kind is kind) or "Well"
            for kind, name in BREAKERS.items()
        }
    )


def disk(studio: Studio) -> None:
    """The data folder, its files and their size by kind."""
    st.caption("Folder")
    st.code(str(studio.settings.data_dir), language=None, wrap_lines=True)
    sizes = studio.server.disk_usage()
    files, total = (sum(figures) for figures in zip(*sizes.values(), strict=True))
    known = {FOLDERS.get(kind, kind): _amount(*size) for kind, size in sizes.items()}
    facts.show(known | {"In all": _amount(files, total)} | _room(studio))


def _room(studio: Studio) -> dict[str, str]:
    try:
        room = studio.server.disk_room()
    except DiskFull as error:
        return {"Free on this disk": error.message}
    free = formatting.size(room.free) + (": too little, so everything waits" if room.is_low else "")
    return {"Free on this disk": free, "Least that stays free": formatting.size(room.floor)}


def _held(studio: Studio, breaker: Breaker) -> str:
    names = studio.catalog.names
    model = f"{names.get(breaker.model, breaker.model)}: " if breaker.model else ""
    since = times.clock(breaker.since)
    return f"{model}{breaker.error.message} Held since {since}."


def _amount(files: int, total: int) -> str:
    return f"{formatting.size(total)} in {files:,} file{'' if files == 1 else 's'}"


def _key(seen: Account) -> str:
    if seen.error is None:
        asking = seen.organization is None
        return "Present; Runway is being asked" if asking else "Present, and accepted by Runway"
    return "Present, but Runway could not be asked, or does not accept it"


def _balance(seen: Account, *, demo: bool) -> str:
    if seen.organization is None:
        return "not known"
    left = formatting.credits(seen.organization.credit_balance) + (" of the demo" if demo else "")
    return f"{left}, {formatting.age(seen.seen_at)}" if seen.seen_at else left


def _worker(alive: bool, leads: bool) -> str:
    if not alive:
        return "Does not run"
    return "Runs" if leads else "Runs in another server on the same folder"
