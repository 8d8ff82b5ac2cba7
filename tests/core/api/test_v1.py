"""The versioned API: everything that a program may ask, in one form."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import requests

from core.domain.caps import Period, Scope, Subject
from core.domain.people import Identity, Role
from core.generations import Request
from core.studio import Studio
from tests.conftest import MakePicture, Settle
from tests.core.api.conftest import PATIENCE, LetIn, Program
from tests.every_body import cases
from tests.histories import add_to, remove_original

MADE = "/api/v1/generations"
WORDS = {"promptText": "Waves at dusk", "duration": 2}
SEA = Request("text_to_video", "gen4.5", "A sea", {"duration": 2, "ratio": "1280:720"})


def make(program: Program, number: int = 1, **more: Any) -> dict[str, Any]:
    answer = program.post(MADE, WORDS | {"promptText": f"Waves {number}"} | more)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_generation_is_priced_made_looked_at_and_played(
    program: Program, studio: Studio, settle: Settle
) -> None:
    price = program.post(f"{MADE}/quote", WORDS).json()
    made = make(program, project="Harbour")
    assert (made["status"], made["author"], made["project"]) == ("queued", "Ann", "Harbour")
    assert made["creditsQuoted"] == price["credits"] > 0
    settle(studio, studio.generations.get(made["id"]))
    done = program.get(f"{MADE}/{made['id']}").json()
    assert (done["status"], done["progress"]) == ("succeeded", 1)
    (file,) = done["files"]
    assert len(requests.get(file["url"], timeout=10).content) == file["bytes"]
    assert program.post(f"{MADE}/{made['id']}/recover").json()["status"] == "succeeded"


def test_of_a_removed_original_it_is_told_why_it_is_gone(program: Program, studio: Studio) -> None:
    made = remove_original(studio, add_to(studio, SEA))
    (file,) = program.get(f"{MADE}/{made.id}").json()["files"]
    assert "by the rule “Unrated, after 30 days”" in file["removed"]
    for answer in (requests.get(file["url"], timeout=10), program.get(f"/api/files/{made.id}/0")):
        assert (answer.status_code, answer.json()["detail"]) == (410, file["removed"])
    assert requests.get(file["url"].split("?")[0], timeout=10).status_code == 404


def test_a_quote_tells_what_speaks_against_it_and_makes_nothing(
    program: Program, studio: Studio
) -> None:
    studio.caps.set(Subject(Scope.PERSON, "", "Ann"), Period.DAY, 1, by="Bo")
    told = program.post(f"{MADE}/quote", WORDS).json()
    assert "Ann's cap today is 1 credit" in told["problems"][0]
    assert studio.history.newest() == 0


def test_pages_stay_where_they_are_while_new_ones_come(program: Program) -> None:
    for number in range(5):
        make(program, number)
    first = program.get(MADE, params={"limit": 2}).json()
    make(program, 6)
    second = program.get(MADE, params={"limit": 2, "cursor": first["next"]}).json()
    third = program.get(MADE, params={"limit": 2, "cursor": second["next"]}).json()
    ids = [one["id"] for page in (first, second, third) for one in page["generations"]]
    assert ids == [5, 4, 3, 2, 1]
    assert third["next"] is None


def test_the_search_is_that_of_the_history(program: Program, studio: Studio) -> None:
    for number in (1, 2):
        make(program, number)
    studio.reviews.rate([2], 5, by="Bo")
    found = program.get(MADE, params={"query": "stars:>3"}).json()
    assert [one["id"] for one in found["generations"]] == [2]
    assert program.get(MADE, params={"query": "banana:3"}).json()["remarks"]


def test_what_has_not_begun_is_cancelled(program: Program, studio: Studio, settle: Settle) -> None:
    made = make(program)
    program.post(f"{MADE}/{made['id']}/cancel")
    settle(studio, studio.generations.get(made["id"]))
    assert program.get(f"{MADE}/{made['id']}").json()["status"] == "cancelled"


def test_a_head_is_answered_as_its_get_without_a_body(program: Program, studio: Studio) -> None:
    made = add_to(studio, SEA)
    for path in (f"{MADE}/{made.id}", MADE, "/api/v1/models", f"/api/task-status/{made.id}"):
        whole, head = program.get(path), program("HEAD", path)
        assert (head.status_code, head.content) == (200, b"")
        assert int(head.headers["content-length"]) == len(whole.content) > 0
    assert program("HEAD", f"{MADE}/99").status_code == 404
    assert program("HEAD", f"{MADE}/1/cancel").status_code == 405


@pytest.mark.slow
def test_an_upload_is_what_a_request_starts_from(program: Program, picture: MakePicture) -> None:
    files = {"file": ("harbour.png", io.BytesIO(picture((1280, 720))))}
    kept = program.post("/api/v1/uploads", files=files)
    assert kept.status_code == 201
    upload = kept.json()
    assert (upload["name"], upload["width"]) == ("harbour.png", 1280)
    made = make(program, promptImage=upload["id"])
    assert made["inputs"][0]["sha256"] == upload["id"]
    assert program.get(f"/api/v1/uploads/{upload['id']}").json() == upload | {"notices": []}
    damaged = program.post("/api/v1/uploads", files={"file": ("a.png", b"nothing")})
    assert damaged.status_code == 400


def test_many_are_ordered_at_once_or_none(program: Program, studio: Studio) -> None:
    wanted = {"name": "Takes", "generations": [WORDS, WORDS | {"duration": 3}]}
    bad = wanted | {"generations": [WORDS, WORDS | {"duration": 99}]}
    assert program.post("/api/v1/batches", bad).status_code == 400
    assert program.post("/api/v1/batches", wanted | {"maxCredits": 5}).status_code == 402
    assert studio.history.newest() == 0
    key = {"Idempotency-Key": "takes"}
    first = program.post("/api/v1/batches", wanted, headers=key).json()
    again = program.post("/api/v1/batches", wanted, headers=key).json()
    assert first == again
    assert (first["size"], first["waiting"], first["generations"]) == (2, 2, [1, 2])
    for other in ([WORDS], [WORDS, WORDS | {"duration": 4}]):
        named = wanted | {"generations": other}
        assert program.post("/api/v1/batches", named, headers=key).status_code == 409
    assert studio.history.newest() == 2


def test_stars_and_notes_are_those_of_the_owner(program: Program, let_in: LetIn) -> None:
    make(program)
    viewer = let_in(Role.VIEWER, "Bo")
    said = viewer("PUT", f"{MADE}/1/rating", json={"stars": 4}).json()
    assert [(one["person"], one["stars"]) for one in said["ratings"]] == [("Bo", 4)]
    said = viewer.post(f"{MADE}/1/notes", {"text": "Slower", "seconds": 1.5}).json()
    assert [(one["person"], one["text"], one["seconds"]) for one in said["notes"]] == [
        ("Bo", "Slower", 1.5)
    ]
    assert viewer.post(f"{MADE}/1/notes", {"text": " "}).status_code == 400


@pytest.mark.slow
def test_spending_tells_what_is_left_of_the_caps(program: Program, studio: Studio) -> None:
    studio.caps.set(Subject(Scope.PERSON, "", "Ann"), Period.DAY, 100, by="Bo")
    made = make(program)
    told = program.get("/api/v1/spending").json()
    assert told["pending"] == made["creditsQuoted"]
    assert told["caps"][0]["left"] == 100 - made["creditsQuoted"]
    assert [one["generations"] for one in told["models"]] == [1]


@pytest.mark.slow
def test_every_body_that_a_form_can_make_fits_the_schema_of_its_model(
    program: Program, studio: Studio
) -> None:
    schemas = {
        (one["endpoint"], one["id"]): one["settings"]
        for one in program.get("/api/v1/models").json()["models"]
    }
    tried = 0
    for model in studio.catalog:
        schema = schemas[model.endpoint, model.id]
        jsonschema.Draft202012Validator.check_schema(schema)
        judge = jsonschema.Draft202012Validator(schema)
        for case in cases(model):
            body = model.body(case.request, case.uris)
            outdated = [p for p in model.param if case.request.params.get(p.name) in p.outdated]
            assert outdated or judge.is_valid(body), (model.id, case.what)
            tried += 1
    assert tried > 2000


def events(answer: requests.Response) -> Iterator[tuple[int, dict[str, Any]]]:
    """The events of a stream, as they come."""
    number = 0
    for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
        if line.startswith("id: "):
            number = int(line[4:])
        elif line.startswith("data: "):
            yield number, json.loads(line[6:])


@pytest.fixture
def listen(program: Program) -> Any:
    """Opens the stream of events."""

    def open_one(last: int | None = None, token: str = program.token) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        if last is not None:
            headers["Last-Event-ID"] = str(last)
        return requests.get(
            f"{program.url}/api/v1/events", headers=headers, stream=True, timeout=PATIENCE
        )

    return open_one


def test_events_come_as_they_happen_and_go_on_after_the_last(
    program: Program, studio: Studio, settle: Settle, listen: Any
) -> None:
    with listen() as stream:
        made = make(program)
        coming = events(stream)
        first, told = next(coming)
        assert (told["generation"], told["status"]) == (made["id"], "queued")
    settle(studio, studio.generations.get(made["id"]))
    with listen(first) as stream:
        missed = [told["status"] for _, (_, told) in zip(range(4), events(stream), strict=False)]
    assert missed[0] == "submitting"
    assert missed[-1] in ("downloading", "succeeded")


def test_events_of_a_private_project_reach_only_those_who_may_see_it(
    studio: Studio, listen: Any, text_request: Request
) -> None:
    secrets = {}
    for name in ("Mia", "Olaf"):
        studio.people.arrive(Identity(name, name))
        studio.people.set_role(name, Role.MAKER)
        owner = studio.people.find(name)
        assert owner
        secrets[name] = studio.tokens.make("a script", owner, Role.MAKER)[1]
    hidden = studio.projects.named("Nightfall", by="Mia").id
    studio.projects.set_people(hidden, [], by="Mia")

    def order(project: int | None) -> int:
        key = str(studio.history.newest())
        made, _ = studio.compose.submit(text_request, key, author="Mia", project_id=project)
        return made.id

    missed = [order(hidden), order(None)]
    heard: dict[str, list[int]] = {}
    with listen(0, secrets["Mia"]) as mias, listen(0, secrets["Olaf"]) as olafs:
        streams = {"Mia": events(mias), "Olaf": events(olafs)}
        for name, most in (("Mia", 2), ("Olaf", 1)):
            heard[name] = [next(streams[name])[1]["generation"] for _ in range(most)]
        live = [order(hidden), order(None)]
        for name, most in (("Mia", 2), ("Olaf", 1)):
            heard[name] += [next(streams[name])[1]["generation"] for _ in range(most)]
    assert heard == {"Mia": missed + live, "Olaf": [missed[1], live[1]]}
