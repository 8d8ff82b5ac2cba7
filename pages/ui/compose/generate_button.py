"""Generate: the price on the button, how sure it is, ticks where that is not known; the click."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

import streamlit as st

from core.catalog.model import Model
from core.compose.input_checks import WORDS
from core.domain.people import Role
from core.errors import InvalidRequest, Problem
from core.generations import Generation, Request, Status
from core.studio import Studio
from pages.ui import clicks, filing, formatting, plain
from pages.ui.access import allowed, person
from pages.ui.components import component, place
from pages.ui.compose import draft, form, variations
from pages.ui.compose.files import file_picker
from pages.ui.compose.form_state import ATTENTION, form_state


def draw(studio: Studio, model: Model, wanted: Request, duplicate: Generation | None) -> None:
    """The foot of the form: what speaks against the request, the button with its price, and what is
    left to pay it with.

    Whatever comes and goes stands above the button, so that the button stays under the pointer.
    """
    state, count = form_state(), variations.count()
    unagreed = [] if count > 1 else _unagreed(studio, model, wanted)
    unagreed += _unacknowledged(model, duplicate)
    against, before = st.container(), state.problems
    if not allowed.to(Role.MAKER):
        against.caption(allowed.NO_MAKER)
    problems = [*_against(studio, wanted, count), *unagreed]
    clicked = _button(studio, model, wanted, duplicate, is_open=not problems)
    _sureness(studio, model, wanted)
    if clicked and not problems and was_shown(studio, wanted, duplicate):
        submit(studio, wanted, order_key(wanted))
    if clicked and problems:
        state.blocked += 1
    _lead_to(model, problems)
    state.drawn, state.duplicate = True, duplicate.id if duplicate else None
    state.problems = problems if clicked or before else []
    if (clicked and not problems) or state.problems != before:
        st.rerun()  # for a fresh button, or for each reason beside its field
    if state.problems:
        reasons = "\n".join(f"- {plain.text(problem.message)}" for problem in problems)
        against.error(reasons, title="Not submitted, and nothing is lost", icon=":material/error:")


def _button(
    studio: Studio, model: Model, wanted: Request, duplicate: Generation | None, *, is_open: bool
) -> bool:
    """Returns whether it was clicked.

    If nothing speaks against it, the click has ordered before the page is drawn. Its key holds the
    price and how many orders this session has made: a click that was meant for another price, or
    the second of a double click, does not count. A click on a page from before a restart of the
    server does.
    """
    state, count = form_state(), variations.count()
    verb = "Generate again" if duplicate else "Generate"
    verb = verb if count == 1 else f"Generate {count}"
    with st.container(key="composer_go", horizontal=True, gap="small"):
        clicked = st.button(
            f"{verb} · {_price(studio, model, wanted, count)}",
            key=draft.widget(f"go_{state.orders}_{count}_{studio.compose.quote(wanted)}"),
            type="primary",
            icon=":material/movie:",
            width="stretch",
            shortcut="Mod+Enter",
            disabled=not allowed.to(Role.MAKER),
            on_click=at_once if is_open else None,
            args=(studio, wanted, state.order_key, duplicate, draft.typed()),
        )
        variations.stepper()
    return clicked


def _against(studio: Studio, wanted: Request, count: int) -> list[Problem]:
    if not allowed.to(Role.MAKER):
        return [Problem("price", allowed.NO_MAKER)]
    by, project = person.name(), filing.known_id(studio)
    if count > 1:
        return studio.batches.problems_of_variations(wanted, count, author=by, project_id=project)
    return studio.compose.problems(wanted, author=by, project_id=project)


def _lead_to(model: Model, problems: Sequence[Problem]) -> None:
    fields = [name for problem in problems for name in form.places(model, problem.field)]
    component("compose/attention")(
        data={"blocked": form_state().blocked, "fields": [place(name) for name in fields]},
        key=ATTENTION,
        height="content",
    )


def _price(studio: Studio, model: Model, request: Request, count: int = 1) -> str:
    if medium := _waits_for(studio, model, request):
        return f"the price depends on the {medium}"
    quote = studio.compose.quote(request)
    row = model.price_row(request.params, studio.compose.given(request))
    less = model.chooses_length(request.params) or (row is not None and row.at_most)
    total = None if quote is None else count * quote
    told = formatting.price(total, studio.catalog.suppliers[model.provider])
    return f"up to {told}" if total is not None and less else told


def _unagreed(studio: Studio, model: Model, request: Request) -> list[Problem]:
    """Ask for a tick for what may cost more than anybody knows. Returns what has not been
    ticked."""
    if _waits_for(studio, model, request) or studio.compose.quote(request) is not None:
        return []
    if model.price and any(item.url for item in request.inputs):
        st.caption("It depends on a file that this server has not measured.")
    if _ticked(model, "agreed", "Submit it although nobody knows the price yet"):
        return []
    wrong = "The price is not known: tick that you want it all the same."
    return [Problem("price", wrong)]


def _unacknowledged(model: Model, duplicate: Generation | None) -> list[Problem]:
    """Ask for a tick where the same order may have been taken. Returns that it is missing."""
    doubtful = duplicate is not None and duplicate.status is Status.UNCONFIRMED
    if not doubtful or _ticked(model, "twice", "I know that this may pay twice"):
        return []
    return [Problem("price", "The same order may have been taken: tick that you want it twice.")]


def _ticked(model: Model, what: str, label: str) -> bool:
    idempotency_key = form_state().order_key
    return st.checkbox(
        label, key=draft.widget(f"{model.endpoint}_{model.id}_{idempotency_key}_{what}")
    )


def _sureness(studio: Studio, model: Model, request: Request) -> None:
    """What is uncertain about the price, below the button."""
    row = model.price_row(request.params, studio.compose.given(request))
    if row is None:
        return
    notes = [row.assumed] if row.assumed else []
    if model.chooses_length(request.params):
        notes.append("The model chooses the length; what it does not use is not charged.")
    if notes:
        st.caption(" ".join(notes))


def at_once(
    studio: Studio,
    wanted: Request,
    idempotency_key: str,
    duplicate: Generation | None,
    typed: draft.Typed,
) -> None:
    """Handle a click as it arrives, before the page is drawn: somebody who closes the tab now stops
    the drawing.

    Not where something typed since the drawing came along with the click, nor where another
    generation has made the same meanwhile, or may have: the page tells that first.
    """
    if (
        typed.stands()
        and studio.compose.duplicate(wanted) == duplicate
        and not _against(studio, wanted, variations.count())
    ):
        submit(studio, wanted, idempotency_key)


def was_shown(studio: Studio, wanted: Request, duplicate: Generation | None) -> bool:
    """Whether the clicker could know what the same order has made already, or may be making. A
    session that has drawn no button yet gets the click from a page that an earlier server drew."""
    state = form_state()
    if state.drawn:
        return duplicate is None or state.duplicate == duplicate.id
    flying = (generation.request.fingerprint for generation in studio.history.in_flight())
    return duplicate is None and wanted.fingerprint not in flying


def order_key(wanted: Request) -> str:
    """The idempotency key of a click.

    A click on a page that an earlier server drew may reach many new sessions, each of which would
    make an order of it: so the key comes from the draft in that page's address.
    """
    state = form_state()
    page = st.query_params.get("draft", "")
    if state.drawn or not page:
        return state.order_key
    return hashlib.sha256(f"{page} {wanted.fingerprint}".encode()).hexdigest()[:16]


def submit(studio: Studio, wanted: Request, idempotency_key: str) -> None:
    state = form_state()
    try:
        said = _order(studio, wanted, idempotency_key)
    except InvalidRequest as error:  # somebody else's order came first, and filled a cap
        state.toast(error.message, ":material/error:")
        return
    state.order_key = secrets.token_hex(8)
    state.orders += 1
    file_picker.forget_notes()
    state.toast(said, ":material/movie:")


def _order(studio: Studio, wanted: Request, idempotency_key: str) -> str:
    state, count = form_state(), variations.count()
    if count > 1:
        batch, new = clicks.order_variations(studio, wanted, count, idempotency_key, state.origin)
        return f"{batch.size} are on their way." if new else "They are on their way already."
    generation, new = clicks.order(studio, wanted, idempotency_key, state.origin)
    state.remember(generation)
    return f"#{generation.id} is on its way." if new else f"That is #{generation.id} already."


def _waits_for(studio: Studio, model: Model, request: Request) -> str:
    """The medium that the price is counted by, while there is none of it; else empty."""
    row = model.price_row(request.params, studio.compose.given(request))
    slot = model.slot(row.seconds_of) if row and row.flat is None else None
    return WORDS[slot.media[0]] if slot and not request.all_inputs(slot.role) else ""
