"""What takes room: by kind, by project, by person, by week, and when the disk will be full."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.domain.people import Role
from core.domain.usage import Held, Usage
from core.errors import DiskFull
from core.studio import Studio
from core.text.quantities import counted
from pages.ui import charts, facts, formatting, times
from pages.ui.access import allowed

KINDS = {
    "Originals": ("videos",),
    "Posters": ("posters",),
    "Previews": ("previews", "thumbnails"),
    "Inputs": ("uploads",),
    "History and backups": ("history", "backups"),
    "Recipes, answers of providers": ("recipes", "receipts"),
    "Copies to save, and exports": ("tagged", "exports"),
}
"""Of which folders each consists."""
MOST = 10
"""Projects and people that are told one by one."""


def show(studio: Studio) -> None:
    usage = studio.usage.measured()
    if usage is None:
        st.caption("The files are being counted. Look again in a moment.")
        facts.show(_disk(studio, None) | _bucket(studio))
        return
    files = sum(count for count, _size in usage.folders.values())
    total = usage.size(*usage.folders)
    facts.show({"Used by Dailies": _amount(files, total)} | _disk(studio, usage) | _bucket(studio))
    with st.expander("What uses it", icon=":material/pie_chart:"):
        _by_kind(studio, usage)
        if allowed.to(Role.ADMIN):
            _by_name("project", _projects(studio, usage))
            _by_name("person", {str(one.name or "Without a name"): one for one in usage.people})
    with st.expander("How it grows", icon=":material/trending_up:"):
        charts.weekly(usage.weeks)
        st.caption(
            "What came to the disk in each of the last eight weeks: originals and inputs, also of"
            f" what went since. As of {times.clock(usage.at)}."
        )
    with st.expander("Where it is stored"):
        st.code(str(studio.settings.data_dir), language=None, wrap_lines=True)


def _disk(studio: Studio, usage: Usage | None) -> dict[str, str]:
    try:
        room = studio.server.disk_room()
    except DiskFull as error:
        return {"Free on this disk": error.message}
    free = formatting.size(room.free) + (": too little, so everything waits" if room.is_low else "")
    said = {"Free on this disk": free, "Always kept free": formatting.size(room.floor)}
    if usage and not room.is_low:
        said["Full at this rate"] = _full(studio, usage, -room.missing)
    return said


def _full(studio: Studio, usage: Usage, left: int) -> str:
    if studio.settings.media_url and studio.settings.media_cache is not None:
        return "Not by clips: they go to the bucket"
    at = usage.full_at(left)
    weekly = f"{formatting.size(round(usage.weekly))} a week"
    return f"{at:%-d %B %Y}, with {weekly}" if at else f"Not within a year, with {weekly}"


def _bucket(studio: Studio) -> dict[str, str]:
    """Empty without a bucket."""
    if not (tally := studio.server.bucket()):
        return {}
    said = {"Clips in the bucket": f"{tally.stored:,}"}
    if tally.waiting and tally.since:
        said["Waiting for the bucket"] = (
            f"{counted(tally.waiting, 'clips')} since {times.moment(tally.since)}, safe on this"
            f" disk. {tally.trouble}".strip()
        )
    if tally.missing:
        said["Missing from both"] = counted(tally.missing, "clips")
    return said


def _by_kind(studio: Studio, usage: Usage) -> None:
    known = {kind: _sum(usage, folders) for kind, folders in KINDS.items()}
    known |= {"Originals in the bucket": formatting.size(usage.bucket)} if usage.bucket else {}
    originals, size = studio.cleanup.removed()
    if originals:
        known["Removed by rules"] = f"{formatting.size(size)} of {counted(originals, 'originals')}"
    facts.show(known)


def _sum(usage: Usage, folders: tuple[str, ...]) -> str:
    return _amount(sum(usage.folders[one][0] for one in folders), usage.size(*folders))


def _projects(studio: Studio, usage: Usage) -> dict[str, Held]:
    names = studio.projects.names()
    return {names.get(int(one.name or 0), "Without a project"): one for one in usage.projects}


def _by_name(kind: str, held: Mapping[str, Held]) -> None:
    if not held:
        return
    st.caption(f"Originals by {kind}")
    shown = dict(list(held.items())[:MOST])
    facts.show(
        {
            name: f"{formatting.size(one.bytes)} in {counted(one.originals, 'originals')}"
            for name, one in shown.items()
        }
    )
    if len(held) > MOST:
        rest = list(held.values())[MOST:]
        st.caption(f"{len(rest):,} others: {formatting.size(sum(one.bytes for one in rest))}")


def _amount(files: int, total: int) -> str:
    return f"{formatting.size(total)} in {counted(files, 'files')}"
