"""Backups of the history: list, make and restore them; and the report of a rescue."""

from __future__ import annotations

from datetime import datetime, timedelta

import streamlit as st

from core.errors import DailiesError
from core.recovery.backups import ASIDE, HAND, HOURLY, MIGRATION, Backup
from core.studio import Studio
from core.text.quantities import counted
from pages.ui import facts, formatting, plain, times

WHY = {
    HOURLY: "hourly",
    MIGRATION: "before an update",
    HAND: "by hand",
    ASIDE: "set aside by a restore",
}
NEWS = timedelta(days=1)
"""For this long every page says that the history was rescued."""
WARNING = """
The history goes back to that moment: favourites, drafts and marks are as they were. Generations
made since stay, and so does what became of the others. What the history is now is kept as a backup
of its own, so this can be undone in the same way.
"""


def show(studio: Studio) -> None:
    if said := st.session_state.pop("settings_said", None):
        st.success(said, icon=":material/check_circle:")
    found = studio.maintenance.backups()
    rescued(studio)
    kept = f"The newest {studio.settings.backups_kept} are kept."
    st.caption(f"Copies of the history. One is made each hour while something changes. {kept}")
    _known(studio, found)
    with st.container(horizontal=True, gap="small"):
        if st.button("Back up now", icon=":material/save:", key="settings_backup"):
            _make(studio)
        if found:
            with st.popover("Restore", icon=":material/settings_backup_restore:"):
                _choose(studio, found)


def rescued(studio: Studio) -> None:
    if not (rescue := studio.maintenance.rescue):
        return
    when = times.moment(datetime.fromisoformat(rescue.at))
    source = f"the backup {rescue.backup}" if rescue.backup else "a new history"
    st.info(
        f"On {when} the history was found damaged. It was set aside as `{rescue.aside}`,"
        f" and {source} took its place. {rescue.added:,} generations were put back into it,"
        f" {rescue.mended:,} brought up to date.",
        title="The history was rescued",
        icon=":material/healing:",
    )


def trouble(studio: Studio) -> None:
    """On every page: a history that is damaged, or recently was."""
    if studio.maintenance.damage:
        st.error(
            "Stop Dailies and start it again: the file is then set aside, and the newest sound"
            " backup takes its place with all that was made since.",
            title="The history is damaged",
            icon=":material/error:",
        )
    rescue = studio.maintenance.rescue
    if rescue and studio.now - datetime.fromisoformat(rescue.at) < NEWS:
        st.warning(
            "Settings says what was done. Look whether anything is missing.",
            title="The history was damaged, and was rebuilt",
            icon=":material/healing:",
        )


def _known(studio: Studio, found: list[Backup]) -> None:
    shown = {
        "Backups": f"{formatting.size(sum(one.bytes for one in found))} in {len(found)}",
        "Newest": f"{formatting.age(found[0].made_at)}, {_what(found[0])}" if found else "None yet",
    }
    if (done := studio.maintenance.rebuilt) and (done.added or done.mended):
        shown["Put back"] = f"{done.added:,} generations, {done.mended:,} brought up to date"
    facts.show(shown)
    if done and done.strangers:
        with st.expander(f"Clips that belong to no generation ({len(done.strangers)})"):
            st.code("\n".join(done.strangers), language=None)


def _choose(studio: Studio, found: list[Backup]) -> None:
    names = {one.name: one for one in found}
    name = st.selectbox(
        "Backup", names, format_func=lambda name: _label(names[name]), key="settings_restore_name"
    )
    st.write(WARNING)
    if st.button("Restore this backup", key="settings_restore", type="primary"):
        _restore(studio, names[name])


def _make(studio: Studio) -> None:
    try:
        made = studio.maintenance.make()
    except DailiesError as error:
        st.error(
            plain.text(error.hint) or " ", title=plain.text(error.message), icon=":material/error:"
        )
    else:
        st.session_state["settings_said"] = f"Backed up {made.rows:,} generations."
        st.rerun()


def _restore(studio: Studio, backup: Backup) -> None:
    try:
        with st.spinner("Restoring …"):
            done = studio.maintenance.restore(backup.name)
    except DailiesError as error:
        st.error(
            plain.text(error.hint) or " ", title=plain.text(error.message), icon=":material/error:"
        )
    else:
        back = f"{done.added:,} generations made since were put back."
        st.session_state["settings_said"] = f"Restored, and {back}"
        st.rerun()


def _label(one: Backup) -> str:
    parts = (
        f"{one.made_at.astimezone(times.viewers()):%d %b %H:%M %Z}",
        _what(one),
        formatting.size(one.bytes),
        WHY.get(one.why, one.why),
    )
    return " · ".join(parts)


def _what(one: Backup) -> str:
    return counted(one.rows, "generations")
