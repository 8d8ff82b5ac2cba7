"""What of the calls on the Studio is entered in the audit list, and in which words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from core.domain.audit import Act
from core.text.quantities import counted

SHOWN = 5
"""At most so many numbers are listed; the rest is only counted."""
Told = Callable[[Mapping[str, Any], Any], str]
"""Tells the act in words, from the named arguments and the result; empty if nothing was done."""


class Supplier(Protocol):
    def counted(self, credits: int) -> str: ...


class Suppliers(Protocol):
    """Those who make clips, by their ids; each counts in its own credits."""

    def __getitem__(self, name: str, /) -> Supplier: ...


def _generation(given: Mapping[str, Any], _result: Any) -> str:
    return f"generation {given['generation_id']}"


def _new(suppliers: Suppliers, _given: Mapping[str, Any], result: Any) -> str:
    generation, is_new = result
    model, quoted = generation.request.model, generation.credits_quoted
    of = suppliers[generation.provider]
    price = "a price not known" if quoted is None else of.counted(quoted)
    return f"generation {generation.id}, {model}, {price}" if is_new else ""


def _changed(_given: Mapping[str, Any], result: Any) -> str:
    return _numbers(result.changed)


def _numbers(numbers: Sequence[int]) -> str:
    if not numbers:
        return ""
    first = ", ".join(map(str, numbers[:SHOWN]))
    if len(numbers) == 1:
        return f"generation {first}"
    more = ", …" if len(numbers) > SHOWN else ""
    return f"{counted(len(numbers), 'generations')}: {first}{more}"


def _settled(suppliers: Suppliers, given: Mapping[str, Any], generation: Any) -> str:
    charged = suppliers[generation.provider].counted(given["credits"])
    return f"generation {generation.id}: charged {charged}"


def _cap(suppliers: Suppliers, _given: Mapping[str, Any], cap: Any) -> str:
    size = suppliers[cap.provider].counted(cap.credits)
    whose = cap.subject.name or "everyone"
    return f"{size} a {cap.period} for {whose}, warns at {cap.warn_percent} %"


def _link(_given: Mapping[str, Any], share: Any) -> str:
    return f"link {share.id}, “{share.title}”"


def _seen_by(_given: Mapping[str, Any], project: Any) -> str:
    if project.people is None:
        return f"project {project.id}: everybody sees it"
    others = len(project.people)
    who = "1 person" if others == 1 else f"{others:,} people"
    return f"project {project.id}: admins and {who} see it"


def _batch(_given: Mapping[str, Any], result: Any) -> str:
    batch, is_new = result
    return f"batch “{batch.name}”, {counted(batch.size, 'generations')}" if is_new else ""


def _of_batch(given: Mapping[str, Any], count: int) -> str:
    return f"batch {given['batch_id']}, {counted(count, 'generations')}" if count else ""


AUDITED: Mapping[str, tuple[Act, Told]] = {
    "batches.cancel_rest": (Act.CANCELLED, _of_batch),
    "batches.retry": (Act.SUBMITTED, _of_batch),
    "batches.submit": (Act.SUBMITTED, _batch),
    "batches.vary": (Act.SUBMITTED, _batch),
    "caps.end": (Act.CAP, lambda given, _: f"removed the cap {given['cap_id']}"),
    "cleanup.bring_back": (Act.BROUGHT_BACK, _generation),
    "cleanup.end": (Act.CLEANUP, lambda given, _: f"ended the rule {given['rule_id']}"),
    "cleanup.set": (Act.CLEANUP, lambda _, rule: f"rule {rule.id}: {rule.words}"),
    "decisions.attach": (
        Act.DECIDED,
        lambda given, _: f"{_generation(given, _)}: its task attached",
    ),
    "decisions.write_off": (Act.DECIDED, lambda given, _: f"{_generation(given, _)}: not charged"),
    "differences.mark": (
        Act.BOOKS,
        lambda given, _: f"{given['difference'].day}: known, {given['why']}",
    ),
    "differences.unmark": (Act.BOOKS, lambda given, _: f"{given['day']}: not known any more"),
    "generations.cancel": (Act.CANCELLED, _generation),
    "maintenance.make": (Act.BACKED_UP, lambda _, backup: backup.name),
    "maintenance.restore": (Act.RESTORED, lambda given, _: f"the backup {given['name']}"),
    "people.remove": (Act.ROLE, lambda _, account: f"{account.name}: removed"),
    "people.set_role": (Act.ROLE, lambda given, account: f"{account.name}: {given['role']}"),
    "projects.archive": (
        Act.PROJECT,
        lambda given, _: (
            f"project {given['project_id']}:"
            f" {'archived' if given.get('archived', True) else 'brought back'}"
        ),
    ),
    "projects.set_name": (Act.PROJECT, lambda given, project: f"named {project.name}"),
    "projects.set_people": (Act.PROJECT, _seen_by),
    "queue.set_turns": (
        Act.ROLE,
        lambda given, _: f"{given['role']}s: {counted(given['turns'], 'clips')} in a turn",
    ),
    "shares.make": (Act.SHARED, _link),
    "shares.make_live": (Act.SHARED, _link),
    "shares.revoke": (Act.REVOKED, lambda given, _: f"link {given['share_id']}"),
    "tokens.make": (Act.TOKEN, lambda _, made: f"made {made[0].id}, {made[0].label}"),
    "tokens.revoke": (Act.TOKEN, lambda given, _: f"revoked {given['token_id']}"),
    "trash.delete_at_provider": (Act.DELETED, _changed),
    "trash.empty": (Act.EMPTIED, _changed),
    "trash.put": (Act.TRASHED, _changed),
    "trash.restore": (Act.UNTRASHED, _changed),
    "channels.add": (Act.CHANNEL, lambda _, result: f"added {result.address}"),
    "channels.end": (Act.CHANNEL, lambda given, _: f"ended {given['channel_id']}"),
    "webhooks.add": (Act.WEBHOOK, lambda _, result: f"added {result[0].id}"),
    "webhooks.end": (Act.WEBHOOK, lambda given, _: f"ended {given['webhook_id']}"),
}
WITH_SUMS: Mapping[str, tuple[Act, Callable[[Suppliers, Mapping[str, Any], Any], str]]] = {
    "caps.set": (Act.CAP, _cap),
    "compose.submit": (Act.SUBMITTED, _new),
    "decisions.import_task": (Act.IMPORTED, _new),
    "decisions.send_again": (Act.SUBMITTED, _new),
    "decisions.settle": (Act.DECIDED, _settled),
}


def audited(call: str, suppliers: Suppliers) -> tuple[Act, Told] | None:
    """What enters a call such as `caps.set`, sums in the credits of their provider; None for one
    that is not entered."""
    if call in WITH_SUMS:
        act, told = WITH_SUMS[call]
        return act, partial(told, suppliers)
    return AUDITED.get(call)
