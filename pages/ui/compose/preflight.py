"""Beside Generate: what the order leaves of the balance; on a click, all that is known of it."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from core.catalog.model import Model
from core.catalog.params import Param
from core.catalog.suppliers import Supplier
from core.compose.price_reasons import Dearer, dearer
from core.generations import Request, Status, Value
from core.providers.tasks import Limits, Organization
from core.storage.history import Filter
from core.storage.making.speeds import Span
from core.studio import Studio
from pages.ui import facts, filing, formatting, plain
from pages.ui.access import person
from pages.ui.compose import variations

ASKING = "Asking {who} …"
UNREADABLE = "The balance cannot be read."
HOLDING = (Status.PENDING, Status.RUNNING)
"""What has a place at its provider; one that is throttled waits for it."""


def line(studio: Studio, model: Model, wanted: Request) -> None:
    account, of = studio.accounts.seen(model.provider), studio.catalog.suppliers[model.provider]
    one = studio.compose.quote(wanted)
    quote = None if one is None else one * variations.count()
    reasons = dearer(model, wanted.params, studio.compose.given(wanted))
    label = _balance(studio, of, account.organization, quote)
    if account.organization is None:
        label = UNREADABLE if account.error else ASKING.format(who=of.title)
    with st.popover(label, icon=":material/payments:", type="tertiary", key="preflight"):
        for reason in reasons:
            st.caption(plain.text(_reason(reason, of)))
        facts.show(dict(_known(studio, model, wanted, quote, account.organization)))


def _balance(
    studio: Studio, of: Supplier, organization: Organization | None, quote: int | None
) -> str:
    if organization is None:
        return ""
    left = organization.credit_balance
    unit = f"{'demo ' if studio.settings.demo else ''}{of.credit}s"
    if not quote:
        return f"{left:,} {unit} left"
    if quote > left:
        return f"{left:,} {unit} left, {quote:,} needed"
    return f"{left - quote:,} {unit} left after it"


def _known(
    studio: Studio,
    model: Model,
    wanted: Request,
    quote: int | None,
    organization: Organization | None,
) -> Iterator[tuple[str, str]]:
    of = studio.catalog.suppliers[model.provider]
    yield "Price", formatting.price(quote, of)
    if organization:
        yield "Balance now", formatting.price(organization.credit_balance, of)
        if quote:
            yield "After it", formatting.price(organization.credit_balance - quote, of)
    yield from _elsewhere(studio, model)
    yield from _caps(studio, wanted)
    if organization:
        yield from _limits(studio, model, organization.limits.get(model.id), organization)
    demo = studio.settings.demo
    if timing := studio.history.timing(model.id, demo=demo):
        yield "Waits", _range(timing.waited)
        yield "Is made in", _range(timing.took)
        yield "", f"As the last {timing.clips} of this model were here."


def _elsewhere(studio: Studio, model: Model) -> Iterator[tuple[str, str]]:
    for name in studio.accounts.names:
        account = studio.accounts.seen(name).organization
        if account and name != model.provider:
            of = studio.catalog.suppliers[name]
            yield f"At {of.title}", formatting.price(account.credit_balance, of)


def _caps(studio: Studio, wanted: Request) -> Iterator[tuple[str, str]]:
    order = studio.compose.order(wanted, person.name(), filing.known_id(studio))
    for standing in studio.caps.standings_of(order):
        of = studio.catalog.suppliers[standing.cap.provider]
        left, price = standing.left, studio.caps.price(standing.cap, order)
        after = f", {of.figure(left - price)} after it" if price and price <= left else ""
        yield studio.caps.title(standing.cap), f"{of.figure(left)} left{after}"


def _limits(
    studio: Studio, model: Model, limits: Limits | None, organization: Organization
) -> Iterator[tuple[str, str]]:
    if limits is None:
        return
    if limits.daily is not None:
        used = organization.used_today(model.id)
        yield "In 24 hours", f"{max(0, limits.daily - used):,} of {limits.daily:,} left"
    if limits.concurrent is not None:
        chosen = Filter(
            model=(model.id,),
            provider=(model.provider,),
            status=HOLDING,
            demo=(studio.settings.demo,),
            trashed=None,
        )
        free = max(0, limits.concurrent - studio.history.count(chosen))
        yield "Free places now", f"{free:,} of {limits.concurrent:,}"


def _range(span: Span) -> str:
    usual, most = formatting.seconds(span.usual), formatting.seconds(span.most)
    return f"about {usual}" if usual == most else f"{usual} to {most}"


def _reason(reason: Dearer, of: Supplier) -> str:
    """`Audio on makes it 320 credits; off it would be 160.`"""
    param = reason.param
    so, else_ = (_said(param, value) for value in (reason.value, reason.other))
    return (
        f"{param.label} {so} makes it {formatting.credits(reason.credits, of)};"
        f" {else_} it would be {reason.less:,}."
    )


def _said(param: Param, value: Value) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return formatting.ratio(str(value)) if param.is_shape else str(value)
