"""What a monitoring system may read at /metrics, as Prometheus text.

Counters and histograms cover this process since it started. Everything else is read at each scrape.
The label `mode` separates demo and live. Nothing here names a person, a prompt, a file or a task.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from core.errors import DailiesError

TEXT = "text/plain; version=0.0.4; charset=utf-8"
WAITS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0)
"""Bounds of the histograms, in seconds: from immediately to the reset of a daily limit."""

Sample = tuple[tuple[str, ...], float]
Look = Callable[[], Iterable[Sample]]
"""Reads the present figures, each with the values of its labels."""


class Metrics:
    """The figures of one Studio, in their own registry. Safe to use from many threads."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._queue_wait = Histogram(
            "dailies_queue_wait_seconds",
            "From a submit on the page to the first create call.",
            buckets=WAITS,
            registry=self._registry,
        )
        self._poll_lateness = Histogram(
            "dailies_poll_lateness_seconds",
            "How much later than planned a task was asked for.",
            buckets=(0.01, 0.05, *WAITS),
            registry=self._registry,
        )
        self._bytes = Counter(
            "dailies_download_bytes", "Bytes of outputs received.", registry=self._registry
        )
        self._failures = Counter(
            "dailies_download_failures",
            "Attempts to fetch an output that ended in an error.",
            registry=self._registry,
        )

        self._removed = Counter(
            "dailies_originals_removed",
            "Originals that clean-up rules removed.",
            registry=self._registry,
        )
        self._removed_bytes = Counter(
            "dailies_originals_removed_bytes",
            "Bytes of originals that clean-up rules removed.",
            registry=self._registry,
        )
        self._answers = Counter(
            "dailies_api_answers",
            "Answers to calls of other programs, by the way in and by status.",
            ("way", "status"),
            registry=self._registry,
        )

    def answered(self, way: str, status: int) -> None:
        self._answers.labels(way, str(status)).inc()

    def sent(self, waited: float) -> None:
        """A generation was first sent to its provider, `waited` seconds after it was submitted."""
        self._queue_wait.observe(max(0.0, waited))

    def polled(self, late: float) -> None:
        """A task was polled, `late` seconds after that was due."""
        self._poll_lateness.observe(max(0.0, late))

    def received(self, size: int) -> None:
        self._bytes.inc(size)

    def download_failed(self) -> None:
        self._failures.inc()

    def removed(self, originals: int, size: int) -> None:
        self._removed.inc(originals)
        self._removed_bytes.inc(size)

    def watch(self, name: str, about: str, labels: Iterable[str], look: Look) -> None:
        """Read this gauge at each scrape; one that cannot be read then is left out."""
        self._registry.register(_Gauge(name, about, tuple(labels), look))

    def text(self) -> bytes:
        return generate_latest(self._registry)


class _Gauge(Collector):
    def __init__(self, name: str, about: str, labels: tuple[str, ...], look: Look) -> None:
        self._empty = (name, about, labels)
        self._look = look

    def describe(self) -> list[Metric]:
        """Tells only the name; without this the registry would run a scrape to learn it."""
        name, about, labels = self._empty
        return [GaugeMetricFamily(name, about, labels=labels)]

    def collect(self) -> Iterator[Metric]:
        name, about, labels = self._empty
        family = GaugeMetricFamily(name, about, labels=labels)
        with suppress(DailiesError):
            for values, figure in self._look():
                family.add_metric(values, figure)
        yield family


def one(figure: float) -> Iterable[Sample]:
    return [((), figure)]
