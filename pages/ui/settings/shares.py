"""The links that were shared: who made them, until when they open, how often they were used."""

from __future__ import annotations

import streamlit as st

from core.domain.people import Role
from core.domain.shares import Share
from core.studio import Studio
from core.text.names import key
from core.text.quantities import counted
from pages.ui import formatting, plain, share_address, times
from pages.ui.access import allowed, person

OLDER_SHOWN = 20


def show(studio: Studio) -> None:
    shares = studio.shares.all()
    working = [one for one in shares if studio.shares.is_open(one)]
    if not shares:
        st.caption("None yet. *Share …* on History and on a generation makes one.")
    for one in working:
        _working(studio, one)
    if over := [one for one in shares if one not in working]:
        with st.expander(f"Links that have ended ({len(over):,})"):
            for one in over[:OLDER_SHOWN]:
                st.text(one.title)
                st.caption(_facts(one))


def _working(studio: Studio, share: Share) -> None:
    with st.container(border=True, gap="xsmall", key=f"share_{share.id}"):
        st.text(share.title)
        st.caption(plain.text(f"by {share.by} · {_facts(share)}"))
        with st.container(horizontal=True, gap="small"):
            with st.popover("Copy link", icon=":material/link:", type="tertiary"):
                _link(studio, share)
            is_own = key(share.by) == key(person.name()) or not allowed.is_signed_in()
            if not (is_own or allowed.to(Role.ADMIN)):
                return
            with st.popover("Turn off", icon=":material/link_off:", type="tertiary"):
                st.write("Nobody can open it any more. This cannot be undone.")
                st.button(
                    "Turn this link off",
                    key=f"share_revoke_{share.id}",
                    type="primary",
                    on_click=studio.shares.revoke,
                    args=(share.id,),
                )


def _link(studio: Studio, share: Share) -> None:
    if token := studio.shares.token(share):
        st.code(share_address.of(token), language=None, wrap_lines=True)
    else:
        st.write("It still opens, but this server's secret was replaced: only its guests have it.")


def _facts(share: Share) -> str:
    clips = counted(share.clips, "clips")
    leads = f"live view, {clips} now" if share.live else clips
    visits = counted(share.visits, "visits")
    if share.last_visit_at:
        visits += f", the last {formatting.age(share.last_visit_at)}"
    secured = "with a password" if share.has_password else ""
    parts = (leads, f"made {formatting.age(share.made_at)}", _end(share), visits, secured)
    return " · ".join(filter(None, parts))


def _end(share: Share) -> str:
    if share.revoked_at:
        return f"turned off {formatting.age(share.revoked_at)}"
    return f"ends {times.moment(share.ends_at)}" if share.ends_at else "no end date"
