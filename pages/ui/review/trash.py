"""What lies in the trash says so, with its ways out; what does not can be put there."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from core.domain.people import Role
from core.generations import Generation
from core.studio import Studio
from pages.ui import plain, times
from pages.ui.access import allowed
from pages.ui.review import deeds

COST = "What it cost stays in Spending."


def banner(studio: Studio, generation: Generation) -> None:
    if not generation.trashed_at:
        return
    number = generation.id
    if generation.emptied_at:
        at = times.moment(generation.emptied_at)
        st.info(f"Its files were deleted here on {at}. {COST}", icon=":material/delete_forever:")
        return
    st.info(f"In the trash. {_until(studio, generation)}", icon=":material/delete:")
    if not allowed.to(Role.MAKER):
        return
    who = plain.text(studio.catalog.suppliers[generation.provider].title)
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Restore",
            key=f"review_restore_{number}",
            icon=":material/restore_from_trash:",
            on_click=lambda: deeds.act(
                number, "the restore", lambda by: studio.trash.restore([number], by=by)
            ),
        )
        if not allowed.to(Role.ADMIN):
            return
        with st.popover("Delete its files", type="tertiary", icon=":material/delete_forever:"):
            st.caption(f"The clip is gone for good then. {COST} {who} is not told.")
            st.button(
                "Delete them now",
                key=f"review_empty_{number}",
                on_click=lambda: deeds.act(
                    number, "", lambda by: studio.trash.empty(by=by, generation_ids=[number])
                ),
            )


def buttons(studio: Studio, generation: Generation) -> None:
    if not (generation.status.is_final and allowed.to(Role.MAKER)):
        return
    number = generation.id
    with st.container(horizontal=True, gap="small"):
        if not generation.is_in_trash:
            st.button(
                "Move to trash",
                key=f"review_trash_{number}",
                icon=":material/delete:",
                type="tertiary",
                on_click=lambda: deeds.act(
                    number, "the trash", lambda by: studio.trash.put([number], by=by)
                ),
            )
        is_ours = generation.demo is studio.settings.demo and allowed.to(Role.ADMIN)
        supplier = studio.catalog.suppliers[generation.provider]
        if generation.task_id and is_ours and supplier.ends_tasks:
            who = supplier.title
            with st.popover(f"Delete at {who} too", type="tertiary", icon=":material/cloud_off:"):
                st.caption(
                    f"{plain.text(who)} deletes its task and its own copy of the files. That gives"
                    " no credits back, and nothing can be fetched from there again. What is kept"
                    " here stays."
                )
                st.button(
                    f"Delete it at {who}",
                    key=f"review_remote_{number}",
                    on_click=lambda: deeds.act(
                        number, "", lambda by: studio.trash.delete_at_provider(number, by=by)
                    ),
                )


def _until(studio: Studio, generation: Generation) -> str:
    days = studio.settings.trash_days
    if not days or not generation.trashed_at:
        return "It stays there until somebody deletes it."
    end = generation.trashed_at + timedelta(days=min(days, 36_500))
    return f"Its files are deleted on {end.astimezone(times.viewers()):%-d %B %Y}."
