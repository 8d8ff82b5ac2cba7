"""What /metrics tells: true figures, at once, also when the history is locked."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from core.domain.caps import EVERYONE, Period
from core.domain.subscriptions import Topic
from core.emulator import Emulator
from core.generations import Request, Status
from core.monitoring.metrics import TEXT, Metrics
from core.settings import Settings
from core.studio import Studio
from tests.conftest import Clock, Settle, step


def figures(metrics: Metrics) -> dict[str, float]:
    """Each sample by its name and its labels' values, `name:live:queued`."""
    families = text_string_to_metric_families(metrics.text().decode())
    return {
        ":".join([sample.name, *(v for k, v in sorted(sample.labels.items()) if k != "le")])
        + (f":{sample.labels['le']}" if "le" in sample.labels else ""): sample.value
        for family in families
        for sample in family.samples
    }


def test_a_generation_is_counted_from_submit_to_clip(
    studio: Studio, settle: Settle, clock: Clock, text_request: Request
) -> None:
    generation, _ = studio.compose.submit(text_request, "one")
    assert figures(studio.metrics)["dailies_generations:live:queued"] == 1
    clock.advance(7)
    done = settle(studio, generation)
    assert done.main
    seen = figures(studio.metrics)
    assert seen["dailies_generations:live:succeeded"] == 1
    assert seen["dailies_generations:live:queued"] == 0
    assert seen["dailies_queue_wait_seconds_count"] == 1
    assert seen["dailies_queue_wait_seconds_sum"] == pytest.approx(7, abs=0.001)
    assert seen["dailies_poll_lateness_seconds_count"] >= 1
    assert seen["dailies_download_bytes_total"] == done.main.bytes
    assert seen["dailies_download_failures_total"] == 0
    assert seen["dailies_tracker_leads"] == 1
    assert seen["dailies_disk_free_bytes"] > 0


def test_a_poll_that_comes_late_is_measured(
    studio: Studio, settle: Settle, clock: Clock, text_request: Request, emulator: Emulator
) -> None:
    emulator.reset(tempo="polls:9")
    generation, _ = studio.compose.submit(text_request, "one")
    settle(studio, generation, until=lambda found: found.status is Status.RUNNING)
    before = figures(studio.metrics)
    clock.advance(100)
    step(studio, clock)
    after = figures(studio.metrics)
    late = after["dailies_poll_lateness_seconds_sum"] - before["dailies_poll_lateness_seconds_sum"]
    assert 90 < late <= 100
    assert after["dailies_poll_lateness_seconds_count"] == (
        before["dailies_poll_lateness_seconds_count"] + 1
    )


def test_a_cut_download_is_a_failure_and_its_bytes_count(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    emulator.script([{"on": "output", "do": {"cut_at": 1000}}])
    done = settle(studio, studio.compose.submit(text_request, "one")[0], steps=400)
    assert done.main
    seen = figures(studio.metrics)
    assert seen["dailies_download_failures_total"] == 1
    assert seen["dailies_download_bytes_total"] == done.main.bytes, "the rest, not all again"


def test_credits_are_told_by_kind(
    studio: Studio, settle: Settle, text_request: Request, clock: Clock
) -> None:
    settle(studio, studio.compose.submit(text_request, "one")[0])
    clock.advance(10)
    studio.compose.submit(text_request, "two")
    seen = figures(studio.metrics)
    assert {kind: seen[f"dailies_credits:{kind}:live:runway"] for kind in
            ("quoted", "estimated", "charged", "pending")} == {
        "quoted": 48, "estimated": 24, "charged": 24, "pending": 24,
    }  # fmt: skip


def test_what_a_demo_made_is_told_apart(
    open_studio: Callable[[Settings], Studio], settings: Settings, text_request: Request
) -> None:
    demo = open_studio(Settings(data_dir=settings.data_dir, demo_seconds=0))
    demo.compose.submit(text_request, "one")
    seen = figures(demo.metrics)
    assert seen["dailies_generations:demo:queued"] == 1
    assert seen["dailies_credits:pending:demo:runway"] == 24
    assert not any(":live" in name for name in seen)


def test_a_breaker_that_holds_work_up_is_told(
    studio: Studio, text_request: Request, clock: Clock, emulator: Emulator
) -> None:
    assert figures(studio.metrics)["dailies_breaker_open:key"] == 0
    emulator.script(
        [{"on": "organization", "times": None, "do": {"status": 401, "body": {"error": "No."}}}]
    )
    studio.compose.submit(text_request, "one")
    step(studio, clock)
    seen = figures(studio.metrics)
    assert (seen["dailies_breaker_open:key"], seen["dailies_breaker_open:server"]) == (1, 0)


def test_nobody_s_words_keys_or_addresses_are_told(
    studio: Studio, settle: Settle, text_request: Request, key: str
) -> None:
    done = settle(studio, studio.compose.submit(text_request, "one")[0])
    assert done.task_id
    told = studio.metrics.text().decode()
    for secret in (key, text_request.prompt, done.task_id, str(studio.settings.data_dir), "http"):
        assert secret not in told


def test_a_history_that_another_writes_to_is_counted_all_the_same(
    studio: Studio, text_request: Request
) -> None:
    studio.compose.submit(text_request, "one")
    path = studio.settings.data_dir / "history.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        assert figures(studio.metrics)["dailies_generations:live:queued"] == 1


def test_a_history_that_cannot_be_read_is_left_out_and_the_rest_is_told(studio: Studio) -> None:
    with (studio.settings.data_dir / "history.db").open("r+b") as file:
        file.write(b"\0" * 4096)
    seen = figures(studio.metrics)
    assert seen["dailies_disk_free_bytes"] > 0
    assert not any(name.startswith("dailies_generations") for name in seen)


def test_two_studios_in_one_process_count_apart(
    open_studio: Callable[[Settings], Studio], studio: Studio, tmp_path: object
) -> None:
    other = open_studio(Settings(data_dir=studio.settings.data_dir / "other", demo_seconds=0))
    studio.metrics.received(5)
    assert figures(other.metrics)["dailies_download_bytes_total"] == 0
    names = {family.name for family in REGISTRY.collect()}
    assert not any(name.startswith("dailies") for name in names), "the global one stays empty"


def test_the_text_is_of_the_type_that_monitors_ask_for(studio: Studio) -> None:
    assert TEXT.startswith("text/plain; version=0.0.4")
    assert b"# TYPE dailies_download_bytes_total counter" in studio.metrics.text()


def test_the_queue_and_the_caps_are_told(
    studio: Studio, clock: Clock, text_request: Request
) -> None:
    studio.caps.set(EVERYONE, Period.MONTH, 30, by="Nora", warn_percent=80)
    studio.caps.set(EVERYONE, Period.ALL, 5000, by="Nora")
    first, _ = studio.compose.submit(text_request, "one")
    clock.advance(40)
    seen = figures(studio.metrics)
    assert (seen["dailies_queue:waiting"], seen["dailies_queue:held"]) == (1, 0)
    assert seen["dailies_queue_oldest_seconds"] == pytest.approx(40, abs=0.001)
    assert {state: seen[f"dailies_caps:{state}"] for state in ("open", "warning", "reached")} == {
        "open": 1, "warning": 1, "reached": 0,
    }  # fmt: skip
    studio.queue.hold(first.id)
    seen = figures(studio.metrics)
    assert (seen["dailies_queue:waiting"], seen["dailies_queue:held"]) == (0, 1)
    assert seen["dailies_queue_oldest_seconds"] == 0


def test_messages_that_wait_are_told(studio: Studio, clock: Clock, text_request: Request) -> None:
    studio.webhooks.add("https://example.com/hook", [Topic.CREATED], by="Nora")
    studio.compose.submit(text_request, "one")
    assert figures(studio.metrics)["dailies_deliveries:waiting:webhook"] == 1
