"""Projects, of which a generation has one or none, and views that are kept by name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from core.domain.reviews import LONGEST_QUERY, Outcome, Project, View, What
from core.errors import InvalidReview
from core.storage.desk.decisions import Decisions
from core.storage.desk.projects import ProjectStore, ViewStore
from core.storage.pace import Progress, untold
from core.text.names import key, tidy

UNKNOWN = "There is no such project."


class Projects:
    def __init__(
        self,
        *,
        decisions: Decisions,
        store: ProjectStore,
        people: Callable[[], Mapping[str, str]],
        changed: Callable[[], None],
        clock: Callable[[], datetime],
    ) -> None:
        """`people` gives the names of those who are let in, by their ids; `changed` is called after
        each change of who sees a project."""
        self._decisions = decisions
        self._store = store
        self._people = people
        self._changed = changed
        self._clock = clock

    def all(self) -> list[Project]:
        return self._store.all()

    def get(self, project_id: int) -> Project | None:
        return self._store.get(project_id)

    def find(self, name: str) -> Project | None:
        return self._store.find(name)

    def names(self) -> Mapping[int, str]:
        return {one.id: one.name for one in self._store.listed()}

    def spellings(self) -> Mapping[int, tuple[str, ...]]:
        """Each project's name by its id, with those former names that no other project has."""
        return self._store.spellings()

    def named(self, name: str, *, by: str) -> Project:
        """The project of this name in any case; made if there is none. Raises InvalidReview."""
        return self._store.named(tidy(name, "project name"), person=by, now=self._clock())

    def set_name(self, project_id: int, name: str, *, by: str) -> Project:
        """Raises InvalidReview, also when another project has the name."""
        tidy(by)
        self._known(project_id)
        self._store.set_name(project_id, tidy(name, "project name"))
        return self._known(project_id)

    def archive(self, project_id: int, *, by: str, archived: bool = True) -> None:
        tidy(by)
        self._store.archive(project_id, self._clock() if archived else None)

    def set_people(self, project_id: int, people: Collection[str] | None, *, by: str) -> Project:
        """Only these people, by their ids, may see it, besides admins, its maker and the one who
        says so; None is everybody. Raises InvalidReview."""
        project, known = self._known(project_id), self._people()
        if people is not None:
            if not known.keys() >= set(people):
                raise InvalidReview("One of them is not let in any more.", "Choose again.")
            always = {key(tidy(by)), key(project.created_by)}
            people = {*people, *(one for one, name in known.items() if key(name) in always)}
        self._store.set_people(project_id, people)
        self._changed()
        return self._known(project_id)

    def file(
        self,
        generation_ids: Sequence[int],
        project_id: int | None,
        *,
        by: str,
        progress: Progress = untold,
    ) -> Outcome:
        """Put them into a project; with None into none. Raises InvalidReview."""
        value = "" if project_id is None else str(self._known(project_id).id)
        return self._decisions.change(
            generation_ids,
            What.PROJECT,
            "",
            value,
            person=tidy(by),
            now=self._clock(),
            progress=progress,
        )

    def _known(self, project_id: int) -> Project:
        project = self._store.get(project_id)
        if project is None:
            raise InvalidReview(UNKNOWN)
        return project


class Views:
    """An owner's, or with an empty owner everyone's."""

    def __init__(self, *, store: ViewStore) -> None:
        self._store = store

    def seen_by(self, person: str) -> list[View]:
        return self._store.seen_by(person)

    def save(self, name: str, query: str, *, by: str, everyones: bool = False) -> View:
        """Takes the place of the view of this name. Raises InvalidReview."""
        owner = tidy(by)
        if len(query) > LONGEST_QUERY:
            raise InvalidReview("This search is too long to be kept.")
        return self._store.save(tidy(name), "" if everyones else owner, query)

    def delete(self, view_id: int, *, by: str) -> None:
        """Raises InvalidReview when it is another's."""
        view = self._store.get(view_id)
        if view and view.owner and key(view.owner) != key(by):
            raise InvalidReview(f"This view is {view.owner}'s.")
        self._store.delete(view_id)
