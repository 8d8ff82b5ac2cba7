"""The trash: put into it, restored, emptied. Money that was spent stays spent.

Nothing of it reaches a provider; deleting there is an action of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from core.catalog.suppliers import Suppliers
from core.domain.reviews import IN_TRASH, YES, Outcome, What
from core.errors import InvalidReview
from core.generations import Generation
from core.providers.connections import Connections
from core.recovery.room.emptying import Emptying
from core.storage.desk.decisions import Decisions
from core.storage.desk.trash import TrashStore
from core.storage.pace import Progress, untold
from core.storage.store import Store
from core.text.names import tidy


class Trash:
    def __init__(
        self,
        *,
        decisions: Decisions,
        store: TrashStore,
        generations: Store,
        emptying: Emptying,
        connections: Connections,
        suppliers: Suppliers,
        clock: Callable[[], datetime],
        demo: bool,
    ) -> None:
        self._decisions = decisions
        self._store = store
        self._generations = generations
        self._emptying = emptying
        self._connections = connections
        self._suppliers = suppliers
        self._clock = clock
        self._demo = demo

    def put(
        self, generation_ids: Sequence[int], *, by: str, progress: Progress = untold
    ) -> Outcome:
        """What is still being made stays where it is."""
        return self._move(generation_ids, IN_TRASH, by, progress)

    def restore(
        self, generation_ids: Sequence[int], *, by: str, progress: Progress = untold
    ) -> Outcome:
        """What is emptied cannot be restored."""
        return self._move(generation_ids, "", by, progress)

    def holds_all(self, generation_ids: Sequence[int]) -> bool:
        return self._store.holds_all(generation_ids)

    def empty(self, *, by: str, generation_ids: Sequence[int] | None = None) -> Outcome:
        """Delete the files of these, or of all in the trash, for good: clips, posters and previews.
        The rows stay, for what they cost."""
        there = self._store.ids()
        wanted = there if generation_ids is None else generation_ids
        chosen = set(there).intersection(wanted)
        return self._emptying.empty(sorted(chosen), tidy(by), self._clock())

    def count(self) -> int:
        return self._store.count()

    def newest(self, limit: int) -> list[Generation]:
        return self._store.newest(limit)

    def delete_at_provider(self, generation_id: int, *, by: str) -> Outcome:
        """Have its provider delete the task and its outputs; that gives no credits back. Our files
        stay. Raises InvalidReview, ProviderError, UnknownGeneration."""
        person = tidy(by)
        generation = self._generations.get(generation_id)
        who = self._suppliers[generation.provider].title
        if not generation.task_id or not generation.status.is_final:
            raise InvalidReview(f"There is nothing at {who} to delete yet.")
        if generation.demo is not self._demo:
            raise InvalidReview(f"Only a server of the same mode reaches the {who} it was made at.")
        self._connections.to(generation).delete(generation.task_id)
        return self._decisions.change(
            [generation_id], What.REMOTE, "", YES, person=person, now=self._clock()
        )

    def _move(
        self, generation_ids: Sequence[int], value: str, by: str, progress: Progress
    ) -> Outcome:
        return self._decisions.change(
            generation_ids,
            What.TRASH,
            "",
            value,
            person=tidy(by),
            now=self._clock(),
            progress=progress,
        )
