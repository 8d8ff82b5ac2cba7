"""Every setting of every model, set in its form by its own widget: what would be sent then."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from pydantic import BaseModel, ValidationError

from core.catalog import by_provider
from core.catalog.catalog import Catalog
from core.catalog.model import Model
from core.catalog.params import Param
from core.emulator import Emulator
from core.generations import Request, Status
from core.serving import presenting
from core.settings import Settings
from core.studio import Studio
from pages.ui.compose.fields import PILLS
from tests.conftest import ROOT
from tests.every_body import TASK, Case, cases
from tests.footage import still
from tests.histories import add_to
from tests.pages.compose.composing import Composer, Watched, same
from tests.pages.compose.covering import Covering, described
from tests.pages.conftest import button
from tests.sdk_types import judge, variants

CREDITS = 10**9
Call = Callable[..., requests.Response]
DRAFT = {
    "model": "seedance2_5",
    "promptText": "A quiet sea",
    "ratio": "992:432",
    "duration": 4,
    "draft": True,
}


@pytest.fixture
def composer(tmp_path: Path) -> Iterator[Composer]:
    """The form of a demo, in which retired models run too. Nothing moves what is submitted."""
    studio = Watched(Settings(data_dir=tmp_path / "data", demo_seconds=0, disk_floor=0))
    add_to(studio, Request("text_to_video", "gen4.5", "A sea"), Status.CANCELLED)  # no examples
    with presenting(studio):
        yield Composer(studio)
    studio.close()


@pytest.fixture
def runway(tmp_path: Path) -> Iterator[Emulator]:
    """An emulator that renders nothing: one small file stands in for every clip."""
    sample = tmp_path / "sample.png"
    sample.write_bytes(still())
    with Emulator(samples=[sample], credits=CREDITS) as emulator:
        yield emulator


@pytest.fixture
def call(runway: Emulator) -> Iterator[Call]:
    """Plain HTTP to the emulator, with a good key and version."""
    with requests.Session() as session:
        session.headers["Authorization"] = "Bearer key_test"
        session.headers["X-Runway-Version"] = "2024-11-06"

        def send(method: str, path: str, **options: Any) -> requests.Response:
            return session.request(method, runway.url + path, timeout=30, **options)

        yield send


def sampled(param: Param) -> set[Any]:
    """Of a short list all choices, of a long one the first, one in the middle and the last."""
    choices = param.choices
    if len(choices) <= PILLS:
        return set(choices)
    return {choices[0], choices[len(choices) // 2], choices[-1], param.default}


def is_tried(model: Model, request: Request) -> bool:
    """False for what the form does not offer: an outdated choice, or nothing where there is always
    something; and for the choices of long lists that are not sampled."""
    for param in model.param:
        value = request.params.get(param.name)
        if value is None and param.default is not None and param.offered(request.params):
            return False
        if param.kind == "choice" and value is not None and value not in sampled(param):
            return False
    return True


def at(body: Mapping[str, Any], name: str) -> Any:
    """What stands in a body under a name on the wire; a dot leads into an object."""
    found: Any = body
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def misplaced(model: Model, request: Request, body: Mapping[str, Any]) -> Iterator[str]:
    """Settings of `request`, its own and those of its files, that are not under their names."""
    for param in model.param:
        if not same(at(body, param.name), request.params.get(param.name)):
            yield f"{param.name} is {at(body, param.name)!r}"
    for file in request.inputs:
        slot = model.slot(file.role)
        assert slot
        sent = at(body, slot.field)
        items = sent if isinstance(sent, list) else [sent]
        item = next((i for i in items if i == file.url or at(i, "uri") == file.url), None)
        if item is None:
            yield f"{file.role} is not in {slot.field}"
        for param in slot.settings:
            if item and not same(at(item, param.name), file.settings.get(param.name)):
                yield f"{param.name} of {file.role} is {at(item, param.name)!r}"


def untyped(strict: type[BaseModel] | None, body: Mapping[str, Any]) -> Iterator[str]:
    """What the SDK says against a body; it knows no retired model."""
    try:
        if strict:
            strict.model_validate(body)
    except ValidationError as error:
        yield str(error)


def body_of(model: Model, request: Request) -> dict[str, Any]:
    return model.body(request, [file.url for file in request.inputs])


def strict_type(model: Model) -> type[BaseModel] | None:
    current = model.status == "current"
    return judge(variants(model.endpoint)[model.id]) if current else None


def finished_draft(studio: Studio, call: Call) -> str:
    """A draft that the emulator has made and that the history knows; its task id."""
    task_id: str = call("POST", "/v1/text_to_video", json=DRAFT).json()["id"]
    for _ in range(9):
        if call("GET", f"/v1/tasks/{task_id}").json()["status"] == "SUCCEEDED":
            break
    known = Request("text_to_video", "seedance2_5", "A quiet sea", {"draft": True})
    add_to(studio, known, task_id=task_id)
    return task_id


def with_task(request: Request, task_id: str) -> Request:
    """The request with that task where any task is meant."""
    params = {k: task_id if v == TASK else v for k, v in request.params.items()}
    return replace(request, params=params)


def where(model: Model, case: Case) -> str:
    return f"{model.id} on {model.endpoint}, {case.what}"


def unreadable(composer: Composer, model: Model) -> Iterator[str]:
    """Lists of the form as it stands that lack a choice, or say the same of two."""
    for param in (param for param in model.param if param.kind == "choice"):
        key = re.escape(f"{model.endpoint}_{model.id}_{param.name}")
        box = composer.widget(key, "pills", "selectbox")
        if box is None:
            continue  # another setting shows it
        empty = box.options[0] == "Chosen by the model"
        if not len(box.options) == len({*box.options}) == len(param.choices) + empty:
            yield f"{param.name} offers {box.options}"


# -- what is tried --------------------------------------------------------------------------------


def test_all_that_a_form_offers_is_among_what_is_tried() -> None:
    covering, offered, tried, unmoved = Covering(), set[str](), set[str](), []
    for model in Catalog.load(ROOT / "data" / "catalog"):
        every = [case for case in cases(model) if is_tried(model, case.request)]
        chosen = list(covering.of(model, every))
        for case in every:
            if name := case.role or case.setting:
                offered.add(described(model, name, case.request))
        for case in chosen:
            for name in (*(p.name for p in model.param), *(slot.role for slot in model.input)):
                tried.add(described(model, name, case.request))
        for param in model.param:
            if moves(param, every) and not moves(param, chosen):
                unmoved.append(f"{param.name} of {model.id} on {model.endpoint}")
    assert offered <= tried
    assert unmoved == []


def moves(param: Param, tried: Iterable[Case]) -> bool:
    return any(case.request.params.get(param.name) != param.default for case in tried)


# -- the settings ---------------------------------------------------------------------------------


def test_every_setting_of_every_form_is_sent_as_it_was_set(
    composer: Composer,
    runway: Emulator,
    call: Call,
    capsys: pytest.CaptureFixture[str],
) -> None:
    tried, found, covering = 0, [], Covering()
    catalog = by_provider.only(composer.studio.catalog, "runway")
    for model in catalog:
        runway.reset()
        strict, draft = strict_type(model), ""
        if any(param.kind == "task" for param in model.param):
            draft = finished_draft(composer.studio, call)
        offered = [case for case in cases(model) if is_tried(model, case.request)]
        for case in covering.of(model, offered):
            wanted = with_task(case.request, draft)
            body = body_of(model, composer.compose(model, wanted))
            answer = call("POST", f"/v1/{model.endpoint}", json=body)
            complaints = [
                *([] if answer.status_code == 200 else [f"the emulator: {answer.text}"]),
                *([] if body == body_of(model, wanted) else [f"not {wanted}"]),
                *(problem.message for problem in composer.studio.found),
                *misplaced(model, wanted, body),
                *untyped(strict, body),
                *unreadable(composer, model),
            ]
            found += [f"{where(model, case)}: {each}: {body}" for each in complaints]
            tried += 1
    forms = len(list(catalog))
    with capsys.disabled():
        print(f"\n{tried} combinations of settings set in {forms} forms")  # noqa: T201
    assert found == []
    assert tried > 500


# -- the files ------------------------------------------------------------------------------------


def test_every_input_of_every_form_takes_a_file_through_its_dialog(
    composer: Composer, capsys: pytest.CaptureFixture[str]
) -> None:
    tried, found, covering = 0, [], Covering()
    for model in composer.studio.catalog:
        for case in covering.of(model, (case for case in cases(model) if case.role)):
            slot = model.slot(case.role)
            if slot is None or len(files := case.request.all_inputs(slot.role)) > 1:
                continue
            if any(file.settings.keys() - {*slot.one_of} for file in files):
                continue
            others = [file for file in case.request.inputs if file.role != slot.role]
            composer.open(model, others)
            for file in files:
                composer.add_file(slot, file.url, file.medium)
            body = body_of(model, composer.compose(model, case.request))
            if body != body_of(model, case.request) or composer.studio.found:
                found.append(f"{where(model, case)}: {composer.studio.found}: {body}")
            tried += 1
    with capsys.disabled():
        print(f"\n{tried} inputs filled through their dialogs")  # noqa: T201
    assert found == []
    assert tried > 60


# -- what is looked at is what is submitted -------------------------------------------------------


def test_the_button_submits_what_was_judged(composer: Composer) -> None:
    model = composer.studio.catalog.find("text_to_video", "gen4.5")
    assert model
    case = next(case for case in cases(model) if case.what.startswith("seed"))
    wanted = composer.compose(model, case.request)
    button(composer.page, "Generate").click()
    composer.run()
    (row,) = composer.studio.history.in_flight()
    assert row.request == wanted
