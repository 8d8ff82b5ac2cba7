"""A warm child process that opens what came from outside, and what ends it.

Callers get data: a line of JSON and some bytes. Whatever a file does to the child (a crash, a vast
allocation, an endless computation) surfaces here as `Ended`, and a new child is ready for the next
file. Pools that exchange pickles are no option: a hijacked child would run its code in the server.
"""

from __future__ import annotations

import atexit
import logging
import threading
from collections.abc import Mapping
from typing import Any

from core.sandbox.child import GRACE_SECONDS, Answer, Child, Ended, Limits

log = logging.getLogger(__name__)


class Absent(Exception):
    """No child can be started, which says nothing about the file."""


class Worker:
    """One child at a time, and one order at a time; other callers wait."""

    def __init__(self, module: str, limits: Limits | None = None) -> None:
        """`module` is run in the child, and calls `core.sandbox.child_limits.serve`."""
        self._module = module
        self._limits = limits or Limits()
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._closing = False
        atexit.register(self.close)

    def warm(self) -> None:
        with self._lock:
            self._begin()

    def ask(self, operation: str, **order: Any) -> Answer:
        """Raises Refused, Ended, Absent."""
        with self._lock:
            try:
                return self._ask({"operation": operation, **order})
            finally:
                if not self._closing and (self._child is None or self._child.last):
                    self._renew()

    def close(self) -> None:
        """End the child, whatever it is doing. A new one starts with the next order."""
        self._closing = True
        if child := self._child:
            child.process.kill()
        with self._lock:
            self._drop()
            self._closing = False

    def _ask(self, order: Mapping[str, Any]) -> Answer:
        for last_try in (False, True):
            child = self._ready()
            if not child.take(order):
                self._drop()
                continue
            try:
                return child.answer(self._limits.clock + GRACE_SECONDS)
            except Ended:
                disturbed = child.was_killed_by_others()
                self._drop()
                if self._closing:
                    break
                if last_try or not disturbed:
                    raise
        raise Absent

    def _ready(self) -> Child:
        if self._child and self._child.process.poll() is not None:
            self._drop()
        self._begin()
        if self._child is None or not self._child.wait_until_ready():
            self._drop()
            raise Absent
        return self._child

    def _begin(self) -> None:
        if self._child is None:
            try:
                self._child = Child(self._module, self._limits)
            except OSError as error:
                log.warning("no process to look into files: %s", error.strerror)

    def _renew(self) -> None:
        self._drop()
        self._begin()

    def _drop(self) -> None:
        if self._child:
            self._child.end()
        self._child = None
