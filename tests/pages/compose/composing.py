"""A person at the form: sets each setting by its own widget until the form says what is wanted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from streamlit.testing.v1 import AppTest

from core.catalog.model import Model
from core.catalog.params import Param
from core.catalog.slots import Slot
from core.errors import Problem
from core.generations import Input, Request, Value, is_shots
from core.settings import Settings
from core.studio import Studio
from core.studio.making import composer as studio_composer
from pages.ui.compose.fields import OWN
from pages.ui.compose.form_state import FormState
from tests.conftest import ROOT

ROUNDS = 6
"""So often the page is drawn for one request at most: what one setting reveals is set after it."""


class Watched(Studio):
    """A studio that remembers what the page has it judge: exactly what Generate would submit."""

    wanted: Request
    found: Sequence[Problem]

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.compose = Judge(self)


class Judge(studio_composer.Composer):
    """The composer of a studio, made of the same parts."""

    def __init__(self, studio: Watched) -> None:
        self.__dict__.update(vars(studio.compose))
        self._watched = studio

    def problems(
        self, request: Request, *, author: str = "", project_id: int | None = None
    ) -> list[Problem]:
        """As ever."""
        found = super().problems(request, author=author, project_id=project_id)
        self._watched.wanted, self._watched.found = request, tuple(found)
        return found


class Composer:
    """One session on Create. `studio` is the one that is presented to the pages."""

    def __init__(self, studio: Watched) -> None:
        self.studio = studio
        self.page = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=20)
        self.drawn = 0
        self._widgets: dict[str, list[Any]] = {}
        studio.wanted, studio.found = Request("", ""), ()

    def open(self, model: Model, inputs: Sequence[Input] = ()) -> None:
        """A fresh form of that model, with these files as a person chooses them."""
        state = self.page.session_state
        request = Request(model.endpoint, model.id, inputs=_as_chosen(model, inputs))
        state["form"] = FormState(request, draft_key="0" * 16, version=self.drawn)
        self.run()

    def run(self) -> None:
        """Draw the page with what was set."""
        self.page.run()
        self._widgets.clear()
        self.drawn += 1
        assert not self.page.exception, self.page.exception

    def compose(self, model: Model, request: Request) -> Request:
        """Bring the form from what it holds to `request`; what would be sent then."""
        if not _same_files(self.studio.wanted, request) or self.studio.wanted.model != model.id:
            self.open(model, request.inputs)
        for _ in range(ROUNDS):
            before = self.studio.wanted
            if not self._set_all(model, request):
                break
            self.run()
            if self.studio.wanted == before:
                break
        return self.studio.wanted

    def widget(self, key: str, *kinds: str) -> Any:
        """The widget of one of these kinds with that key of the form; None where it is not drawn.

        `key` is a pattern: a file's own widgets have a part that only the page knows.
        """
        whole = re.compile(f"create_{self.page.session_state['form'].version}_{key}")
        for kind in kinds:
            found = [w for w in self._of(kind) if w.key and whole.fullmatch(w.key)]
            if found:
                return found[0]
        return None

    def _of(self, kind: str) -> list[Any]:
        """The page's widgets of that kind, which AppTest looks for in all of it each time."""
        if kind not in self._widgets:
            self._widgets[kind] = [*getattr(self.page, kind)]
        return self._widgets[kind]

    def _set_all(self, model: Model, request: Request) -> bool:
        """Set what differs and is drawn; False when there is nothing of the kind."""
        wanted = self.studio.wanted
        touched = False
        prompt = self.widget("prompt", "text_area")
        if prompt is not None and prompt.value != request.prompt:
            prompt.set_value(request.prompt)
            touched = True
        for param in model.param:
            key = re.escape(f"{model.endpoint}_{model.id}_{param.name}")
            value = request.params.get(param.name)
            if not same(value, wanted.params.get(param.name)):
                touched |= self.set(param, key, value)
        for slot in model.input:
            touched |= self._set_files(slot, wanted, request)
        return touched

    def _set_files(self, slot: Slot, wanted: Request, request: Request) -> bool:
        """Set what belongs to the files of a role, in their order."""
        touched = False
        pairs = zip(wanted.all_inputs(slot.role), request.all_inputs(slot.role), strict=False)
        for now, then in pairs:
            mark = rf"{slot.role}_{hash(now.url)}_0"
            for param in slot.settings:
                value = then.settings.get(param.name)
                if same(value, now.settings.get(param.name)):
                    continue
                chosen = self.widget(f"{mark}_one", "segmented_control")
                if param.name in slot.one_of and value is not None and chosen.value != param.name:
                    chosen.set_value(param.name)
                    self.run()
                touched |= self.set(param, f"{mark}_{re.escape(param.name)}", value)
        return touched

    # -- each kind ----------------------------------------------------------------------------

    def set(self, param: Param, key: str, value: Value | None) -> bool:
        """Set one setting as a person does, None by emptying it; False where it is not drawn."""
        if param.kind in ("colour", "colours"):
            return self._colours(key, [value] if isinstance(value, str) else value or [])
        if param.kind == "shots":
            return self._shots(key, value)
        if param.kind in ("integer", "number"):
            return self._number(param, key, value)
        kinds = ("pills", "selectbox", "toggle", "text_input", "text_area")
        widget = self.widget(key, *kinds)
        if widget is None:
            return False
        if widget.type == "selectbox" and value is None and param.kind == "choice":
            widget.select_index(0)
        else:
            widget.set_value("" if param.kind == "text" and value is None else value)
        return True

    def _number(self, param: Param, key: str, value: Value | None) -> bool:
        if param.choices:
            words = self.widget(f"{key}_word", "segmented_control")
            if words is None:
                return False
            word = value if value in param.choices or value is None else OWN
            if words.value != word:
                words.set_value(word)
                self.run()
            if word != OWN:
                return True
        if slider := self.widget(key, "slider"):
            if value is None:
                return False  # it always has one
            assert slider.min <= value <= slider.max, f"{param.label} cannot be moved to {value}"
            slider.set_value(value)
            return True
        field = self.widget(key, "text_input")
        if field is not None:
            field.set_value("" if value is None else str(value))
        return field is not None

    def _rows(self, key: str, number: int) -> bool:
        """Take every row out and add so many; False where there is no such list."""
        if self.widget(f"{key}_rows_(add|.*_out)", "button") is None:
            return False
        while out := self.widget(rf"{key}_rows_.*_out", "button"):
            out.click()
            self.run()
        for _ in range(number):
            self.widget(f"{key}_rows_add", "button").click()
            self.run()
        return True

    def _of_rows(self, kind: str, key: str) -> list[Any]:
        mark = re.compile(rf"create_\d+_{key}_rows_.*")
        return [w for w in self._of(kind) if w.key and mark.fullmatch(w.key)]

    def _colours(self, key: str, value: Any) -> bool:
        drawn = self._rows(key, len(value))
        for picker, colour in zip(self._of_rows("color_picker", key), value, strict=True):
            picker.set_value(colour)
        return drawn

    def _shots(self, key: str, value: Value | None) -> bool:
        shots = value if is_shots(value) else []
        drawn = self._rows(key, len(shots))
        for text, shot in zip(self._of_rows("text_area", key), shots, strict=True):
            text.set_value(shot["prompt"])
        for field, shot in zip(self._of_rows("text_input", key), shots, strict=True):
            field.set_value(str(shot["duration"]))
        return drawn

    # -- a file by its address ----------------------------------------------------------------

    def add_file(self, slot: Slot, url: str, medium: str) -> None:
        """Put a file from the web into an input through its dialog."""
        self._choose_way(slot)
        self.widget(f"choose_{slot.role}", "button").click()
        self.run()
        self.widget(f"source_{slot.role}", "segmented_control").set_value("web")
        self.run()
        if kind := self.widget(f"web_medium_{slot.role}", "segmented_control"):
            kind.set_value(medium)
        self.widget(f"url_{slot.role}", "text_input").set_value(url)
        self.run()
        self.widget(f"url_use_{slot.role}", "button").click()
        self.run()

    def _choose_way(self, slot: Slot) -> None:
        """Where frames and references exclude each other, choose the one that this belongs to."""
        ways = self.widget("mode_.*", "segmented_control")
        if ways is None or self.widget(f"choose_{slot.role}", "button"):
            return
        name = slot.label.lower()
        number = next(n for n, way in enumerate(ways.options) if name in way.lower())
        ways.set_value(number)
        self.run()


def same(one: Value | None, other: Value | None) -> bool:
    """True for equal values: on is not 1."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _same_files(one: Request, other: Request) -> bool:
    files = [[(i.role, i.url, i.medium or "image") for i in r.inputs] for r in (one, other)]
    return sorted(files[0]) == sorted(files[1])


def _as_chosen(model: Model, inputs: Sequence[Input]) -> tuple[Input, ...]:
    """The files with the settings that they have when they are chosen."""
    return tuple(replace(item, settings=_own(model, item)) for item in inputs)


def _own(model: Model, item: Input) -> Mapping[str, Value]:
    slot = model.slot(item.role)
    return {p.name: p.default for p in slot.settings if p.default is not None} if slot else {}
