"""What one part of a model rules out in another: settings, inputs, files and the prompt."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.catalog.catalog import Catalog
from core.catalog.model import Model
from core.compose.checks import problems
from core.errors import CatalogError
from core.generations import Input, Request, Shot, Value
from tests.conftest import ROOT

SHOT = Shot(prompt="A", duration=4)
ENTRY = """
[[model]]
id = "plume_3"
endpoint = "image_to_video"
name = "Plume 3"
vendor = "Nobody"
about = "An invented model."
speed = "Fast"
prompt = { unless = ["shots", "draft"], needed_when = { cut = ["free"] }, when = { draft = [""] } }

  [[model.input]]
  use = "first_frame"

  [[model.input]]
  role = "reference"
  field = "references"
  label = "References"
  count = [0, 9]
  when = { draft = [""] }
  together = ["from", "to"]
  most_with = { subject = { human = 1 } }
  settings = [
    { name = "tag", kind = "text", label = "Tag", unique = true },
    { name = "subject", kind = "choice", label = "Subject", choices = ["human", "object"] },
    { name = "from", kind = "integer", label = "From", range = [0, 9] },
    { name = "to", kind = "integer", label = "To", range = [0, 9] },
  ]

  [[model.rule]]
  given = ["first"]
  allows = { size = ["auto"] }
  say = "With a first frame the size is auto."

  [[model.rule]]
  when = { size = ["wide"] }
  needs = ["reference", "first"]
  least = 2
  say = "Wide needs two pictures."

  [[model.param]]
  name = "size"
  kind = "choice"
  label = "Size"
  choices = ["auto", "wide"]
  default = "auto"

  [[model.param]]
  name = "cut"
  kind = "choice"
  label = "Cut"
  choices = ["free", "mine"]

  [[model.param]]
  name = "shots"
  kind = "shots"
  label = "Shots"
  range = [3, 15]

  [[model.param]]
  name = "draft"
  kind = "task"
  label = "Draft"

  [[model.param]]
  name = "duration"
  role = "duration"
  kind = "integer"
  label = "Duration"
  range = [3, 15]
  default = 5
  when = { shots = [""], draft = [""] }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("endpoints.toml", "shared.toml"):
        (tmp_path / name).write_bytes((ROOT / "data" / "catalog" / name).read_bytes())
    return tmp_path


@pytest.fixture
def plume(folder: Path) -> Model:
    (folder / "plume.toml").write_text(ENTRY)
    (entry,) = Catalog.load(folder)
    return entry


def files(*settings: dict[str, Value]) -> list[Input]:
    return [Input("reference", url="https://x.example/a.png", settings=each) for each in settings]


@pytest.mark.parametrize(
    ("params", "roles", "field"),
    [
        ({"size": "auto"}, ["first"], ""),
        ({}, ["first"], "size"),
        ({"size": "wide"}, [], "reference"),
        ({"size": "wide"}, ["reference"], "reference"),
        ({"size": "wide"}, ["reference", "reference"], ""),
    ],
)
def test_a_broken_rule_names_the_field_that_breaks_it(
    plume: Model, params: dict[str, Value], roles: list[str], field: str
) -> None:
    assert [found for rule in plume.rule if (found := rule.broken(params, roles))] == (
        [field] if field else []
    )


def test_a_broken_rule_stands_beside_its_field_with_its_own_sentence(plume: Model) -> None:
    request = Request(plume.endpoint, plume.id, "A sea", {"size": "wide", "duration": 5})
    found = [(p.field, p.message) for p in problems(plume, request, lambda _: None)]
    assert ("reference", "Wide needs two pictures.") in found


def test_a_setting_and_an_input_are_offered_only_beside_the_values_that_leave_room_for_them(
    plume: Model,
) -> None:
    duration, slot = plume.setting("duration"), plume.slot("reference")
    assert duration
    assert slot
    shots: dict[str, Value] = {"shots": [SHOT]}
    assert duration.offered({})
    assert not duration.offered(shots)
    assert slot.offered(shots)
    assert not slot.offered({"draft": "an id"})
    assert plume.defaults == {"size": "auto", "duration": 5}


def test_the_prompt_is_needed_unless_something_stands_in_its_place(plume: Model) -> None:
    shots: dict[str, Value] = {"shots": [SHOT]}
    assert plume.prompt.needed({}, ["first"])
    assert not plume.prompt.needed(shots, [])
    assert plume.prompt.needed(shots | {"cut": "free"}, [])
    assert not plume.prompt.fits({"draft": "an id"})
    assert not plume.prompt.needed({"draft": "an id", "cut": "free"}, [])


def test_shots_say_how_long_a_clip_is(plume: Model) -> None:
    shots: dict[str, Value] = {"shots": [SHOT, Shot(prompt="B", duration=3)]}
    assert plume.duration(shots) == 7
    assert plume.duration({"duration": 6}) == 6


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ([{"tag": "sea"}, {"tag": "sky"}], ""),
        ([{"tag": "sea"}, {"tag": "sea"}], "References: each tag can be used once."),
        ([{"subject": "human"}] * 2, "References: at most 1 can be human."),
        ([{"subject": "human"}, {"subject": "object"}], ""),
        ([{"from": 1, "to": 2}] * 2, ""),
        ([{"from": 1}], "References: give from and to for every file, or for none."),
        ([{"from": 1, "to": 2}, {}], "References: give from and to for every file, or for none."),
        ([{"subject": "dog"}], "References, file 1: Subject is one of human, object."),
        ([{"hue": 1}], "References, file 1: It has no hue."),
    ],
)
def test_settings_of_files_are_judged_together(
    plume: Model, settings: list[dict[str, Value]], complaint: str
) -> None:
    slot = plume.slot("reference")
    assert slot
    assert list(slot.complaints(files(*settings))) == ([complaint] if complaint else [])


@pytest.mark.parametrize(
    ("good", "bad", "field"),
    [
        ('given = ["first"]', 'given = ["frist"]', "rule speaks of frist"),
        ('needs = ["reference", "first"]', 'needs = ["refs"]', "rule speaks of refs"),
        ('size = ["auto"] }', 'size = ["tall"] }', "rule: size = 'tall' can never"),
        ('allows = { size = ["auto"] }', "", "a rule allows or needs something"),
        ('when = { shots = [""]', 'when = { shot = [""]', "duration: shot = '' can never"),
        ('when = { draft = [""] }\n', 'when = { drift = [""] }\n', "input ref"),
        ('cut = ["free"] }', 'cut = ["of"] }', "prompt: cut = 'of' can never"),
        ('together = ["from", "to"]', 'together = ["till"]', "names a setting that is none"),
    ],
)
def test_a_mistake_in_a_rule_is_named(folder: Path, good: str, bad: str, field: str) -> None:
    assert good in ENTRY
    (folder / "plume.toml").write_text(ENTRY.replace(good, bad, 1))
    with pytest.raises(CatalogError, match=field):
        Catalog.load(folder)
