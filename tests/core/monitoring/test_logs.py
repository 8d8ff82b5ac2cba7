"""The log: a JSON line an event, with the generation's id, and no secret and no prompt."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from starlette.requests import ClientDisconnect
from starlette.websockets import WebSocketDisconnect

from core.emulator import Emulator
from core.generations import Generation, Request, Status
from core.monitoring import logs
from core.settings import Settings
from core.studio import Studio
from tests.conftest import Clock, step

Capture = pytest.CaptureFixture[str]
PROMPT = "A walrus named Bartholomew plays the harpsichord"


@pytest.fixture
def begin() -> Iterator[Callable[[Settings], None]]:
    """Starts the log, and leaves the loggers as they were."""
    logger = logging.getLogger("core")
    before = logger.handlers, logger.level, logger.propagate
    yield logs.begin
    logger.handlers, logger.propagate = before[0], before[2]
    logger.setLevel(before[1])


def lines(written: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.splitlines()]


def test_a_line_says_when_how_grave_and_about_which_generation(
    begin: Callable[[Settings], None], settings: Settings, capsys: Capture
) -> None:
    begin(settings)
    logging.getLogger("core.here").info("two\nlines of %s", "“text”", extra={"generation": 7})
    (line,) = lines(capsys.readouterr().err)
    assert datetime.fromisoformat(line.pop("time")).utcoffset() is not None
    assert line == {
        "level": "INFO",
        "logger": "core.here",
        "event": "two\nlines of “text”",
        "generation": 7,
    }


def test_an_exception_stands_in_its_line_without_the_key(
    begin: Callable[[Settings], None], settings: Settings, key: str, capsys: Capture
) -> None:
    begin(settings)
    try:
        raise ValueError(f"Bearer {key}")
    except ValueError:
        logging.getLogger("core.here").exception("it failed", extra={"address": f"x?_jwt={key}"})
    written = capsys.readouterr().err
    (line,) = lines(written)
    assert line["error"].endswith("ValueError: Bearer …")
    assert "Traceback" in line["error"]
    assert line["address"] == "x?_jwt=…"
    assert key not in written


def test_the_level_is_the_one_of_the_settings(
    begin: Callable[[Settings], None], settings: Settings, capsys: Capture
) -> None:
    begin(replace(settings, log_level="WARNING"))
    logging.getLogger("core.here").info("small talk")
    logging.getLogger("core.here").warning("careful")
    assert [line["event"] for line in lines(capsys.readouterr().err)] == ["careful"]


@pytest.mark.slow
def test_a_whole_generation_is_told_without_key_address_or_prompt(
    begin: Callable[[Settings], None],
    studio: Studio,
    settle: Callable[..., Generation],
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
    key: str,
    capsys: Capture,
) -> None:
    begin(studio.settings)
    emulator.script(
        [
            {"on": "organization", "do": {"status": 401}},
            {"on": "create", "do": {"status": 503, "body": {"error": PROMPT}}},
            {"on": "task", "do": {"drop": True}},
            {"on": "output", "do": {"cut_at": 10}},
        ]
    )
    generation, _ = studio.compose.submit(replace(text_request, prompt=PROMPT), "one")
    step(studio, clock)
    clock.advance(120)
    done = settle(studio, generation, steps=2000)
    assert done.status is Status.SUCCEEDED
    text = capsys.readouterr().err
    told = lines(text)
    assert {line["generation"] for line in told} == {generation.id}
    events = [line["event"] for line in told]
    assert next(e for e in events if e in set(Status)) == "queued"
    assert events[-1] == "succeeded"
    assert any(event.startswith("waits") for event in events)
    for secret in (key, "Bartholomew", "_jwt=", "http"):
        assert secret not in text


def test_what_serves_the_pages_logs_in_the_same_way(
    settings: Settings, capsys: Capture, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    logger = logging.getLogger("streamlit.of_this_test")
    logger.propagate = False
    monkeypatch.setattr(logger, "handlers", [logging.StreamHandler()])
    others = {
        name: logging.getLogger(name).handlers
        for name in list(logging.root.manager.loggerDict)
        if name.partition(".")[0] in logs.SERVERS
    }
    logs.take_over(settings)
    logger.warning("Bearer %s", key)
    for name, handlers in others.items():
        logging.getLogger(name).handlers = handlers
    (line,) = lines(capsys.readouterr().err)
    assert (line["logger"], line["event"]) == ("streamlit.of_this_test", "Bearer …")


def test_warnings_of_a_logger_without_a_handler_are_lines_too(
    settings: Settings, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    logger = logging.getLogger("server_of_this_test.error")
    logger.setLevel(logging.INFO)
    monkeypatch.setattr(logger, "propagate", False)
    monkeypatch.setattr(logs, "SERVERS", ("server_of_this_test",))
    logs.take_over(settings)
    logger.info("connection open")
    logger.warning("Invalid HTTP request received.")
    (line,) = lines(capsys.readouterr().err)
    assert line["event"] == "Invalid HTTP request received."


@pytest.mark.parametrize(
    ("error", "logged"),
    [(ClientDisconnect(), 0), (WebSocketDisconnect(1006), 0), (ValueError("a mistake"), 1)],
)
def test_who_goes_away_is_no_error(
    settings: Settings, capsys: Capture, error: Exception, logged: int
) -> None:
    handler = logs.handler(settings)
    record = logging.LogRecord(
        "uvicorn.error", logging.ERROR, "", 0, "Exception", None, (type(error), error, None)
    )
    handler.handle(record)
    assert len(lines(capsys.readouterr().err)) == logged
