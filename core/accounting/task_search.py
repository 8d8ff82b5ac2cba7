"""Whose task an id is, where nobody has said it: each provider is asked in turn."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import InvalidRequest, NotFound, Problem, ProviderError
from core.providers.provider import Provider
from core.providers.tasks import Task


def find(providers: Sequence[Provider], task_id: str) -> tuple[Provider, Task]:
    """The task, and the first of these that knows it.

    That one cannot be asked keeps nobody from asking the next. Raises what it said where none knows
    the task, as it may be its; NotFound where all have said that it is not theirs; InvalidRequest
    for what is a task id at none of them.
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
