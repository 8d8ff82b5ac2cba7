"""Reporting what moderation stopped without need: collected, handed over, kept with its outcome.

It is kept as a note on the generation, and the provider's answer as an answer to that: so both lie
beside the history, are found by a search, and say who and when.
"""

from __future__ import annotations

from urllib.parse import quote

import streamlit as st

from core.domain.reviews import LONGEST_NOTE, Note
from core.errors import InvalidReview
from core.export.moderation_report import ModerationReport, report
from core.generations import Generation, Status
from core.providers.failures import is_moderation
from core.studio import Studio
from pages.ui import formatting, plain
from pages.ui.access import person

REPORTED = "Reported to {who}: stopped by moderation without need."
ANSWERED = "{who}'s answer: "
OUTCOMES = ("Refunded", "Refused", "It was right to stop it")
LONGEST_MAIL = 1500
"""Letters of a text that mail programs take from a link."""
ROOM = 100
"""Letters of a note that our own words before it may take."""


def _who(studio: Studio, generation: Generation) -> str:
    return studio.catalog.suppliers[generation.provider].title


def show(studio: Studio, generation: Generation) -> None:
    stopped = generation.status is Status.FAILED and is_moderation(generation.failure_code)
    if not stopped or generation.demo or generation.task_id is None:
        return
    who = _who(studio, generation)
    reported = REPORTED.format(who=who)
    kept = _kept(studio, generation, reported)
    label = f"Reported to {who}" if kept else f"Was it stopped without need? Report it to {who}"
    with st.expander(label, icon=":material/flag:", key="moderation_report"):
        if kept:
            _outcome(studio, generation, kept)
        written = kept.text.removeprefix(reported).strip() if kept else ""
        note = written or _note(generation)
        found = report(generation, _files(studio, generation), note)
        _hand_over(found, generation)
        if not kept:
            st.button(
                "Mark as reported",
                key="moderation_report_keep",
                icon=":material/bookmark:",
                on_click=_write,
                args=(studio, generation.id, f"{reported} {note}".strip()),
            )


def _note(generation: Generation) -> str:
    return st.text_area(
        "Why it is allowed",
        key=f"moderation_report_note_{generation.id}",
        max_chars=LONGEST_NOTE - ROOM,
        placeholder="What it shows, and what it is for",
        height=90,
    ).strip()


def _hand_over(found: ModerationReport, generation: Generation) -> None:
    st.code(found.as_text(), language=None, wrap_lines=True)
    name = f"moderation-{generation.id}"
    with st.container(horizontal=True, gap="small"):
        for suffix, text in (("txt", found.as_text()), ("json", found.as_json())):
            st.download_button(
                "Text" if suffix == "txt" else "JSON",
                text.encode("utf-8", "replace"),
                file_name=f"{name}.{suffix}",
                key=f"moderation_report_{suffix}",
                on_click="ignore",
                icon=":material/download:",
                type="tertiary",
            )
        st.link_button("E-mail", _mail(found), icon=":material/mail:", type="tertiary")
    if len(found.as_text()) > LONGEST_MAIL:
        st.caption("The e-mail has the beginning alone: attach the text to it.")


def _mail(found: ModerationReport) -> str:
    body = _cut(found.as_text())
    return f"mailto:?subject={quote(found.subject)}&body={quote(body, errors='replace')}"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_MAIL else f"{text[:LONGEST_MAIL]}…"


def _outcome(studio: Studio, generation: Generation, kept: Note) -> None:
    answered = ANSWERED.format(who=_who(studio, generation))
    answer = _answer(studio, generation, kept, answered)
    st.caption(plain.text(f"{kept.person}, {formatting.age(kept.created_at)}."))
    box = f"moderation_report_outcome_{generation.id}"
    st.session_state[box] = answer
    st.segmented_control(
        f"What {_who(studio, generation)} answered",
        OUTCOMES,
        key=box,
        on_change=_decide,
        args=(studio, generation.id, kept, answered, box),
    )


def _kept(studio: Studio, generation: Generation, reported: str) -> Note | None:
    notes = studio.reviews.notes(generation.id)
    reports = (one for one in notes if one.text.startswith(reported) and not one.deleted_at)
    return next(reports, None)


def _answer(studio: Studio, generation: Generation, kept: Note, answered: str) -> str | None:
    answers = [
        one.text.removeprefix(answered)
        for one in studio.reviews.notes(generation.id)
        if one.parent == kept.id and one.text.startswith(answered) and not one.deleted_at
    ]
    return answers[-1] if answers and answers[-1] in OUTCOMES else None


def _files(studio: Studio, generation: Generation) -> dict[str, str]:
    uploads = (studio.uploads.get(item.sha256) for item in generation.request.inputs)
    return {upload.sha256: upload.name for upload in uploads if upload}


def _decide(studio: Studio, number: int, kept: Note, answered: str, box: str) -> None:
    if outcome := st.session_state[box]:
        _write(studio, number, f"{answered}{outcome}", answers=kept.id)


def _write(studio: Studio, number: int, text: str, *, answers: str = "") -> None:
    def deed(by: str) -> None:
        try:
            studio.reviews.write(number, text, by=by, answers=answers)
        except InvalidReview as error:
            st.toast(plain.error(error), icon=":material/error:")

    person.do(deed)
