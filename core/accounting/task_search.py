"""Finds the provider of a task id, by asking each in turn."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import InvalidRequest, NotFound, Problem, ProviderError
from core.providers.provider import Provider
from core.providers.tasks import Task


def find(providers: Sequence[Provider], task_id: str) -> tuple[Provider, Task]:
    """The task, and the first of these providers that knows it.

    One that cannot be asked does not stop the search. Raises that one's error where no other knows
    the task, as it may be its; NotFound where all have said that it is not theirs; InvalidRequest
    for text that is a task id at none of them.
    """
    errors: list[ProviderError] = []
    for provider in providers:
        if provider.is_task_id(task_id):
            try:
                return provider, provider.task(task_id)
            except ProviderError as error:
                errors.append(error)
    if not errors:
        raise InvalidRequest([Problem("task_id", "A task id has letters, digits and hyphens.")])
    raise next((error for error in errors if not isinstance(error, NotFound)), errors[0])
