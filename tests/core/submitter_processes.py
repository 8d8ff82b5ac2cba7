"""The processes that make create calls for this one, or for another."""

from __future__ import annotations

import os
import time
from contextlib import suppress

import psutil

PATIENCE_SECONDS = 30.0


def submitters(pid: int = 0) -> list[psutil.Process]:
    """Those of that process, or of this one: at work, or ready."""
    found = []
    with suppress(psutil.NoSuchProcess):
        for child in psutil.Process(pid or os.getpid()).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if "core.providers.create_call" in child.cmdline():
                    found.append(child)
    return found


def at_work(pid: int = 0, seconds: float = PATIENCE_SECONDS) -> list[psutil.Process]:
    """Those that have a receipt, once there are some: on a busy machine they take a while."""
    end, starter = time.monotonic() + seconds, pid or os.getpid()
    while not (found := [one for one in submitters(pid) if _has_receipt(one, starter)]):
        if time.monotonic() > end:
            return []
        time.sleep(0.02)
    return found


def _has_receipt(submitter: psutil.Process, starter: int) -> bool:
    try:
        makes_many = submitter.cmdline()[-1:] == ["1"]
        if makes_many and submitter.ppid() == starter:
            return False  # it hands the receipt on to a fork
        return any("receipt" in file.path for file in submitter.open_files())
    except psutil.NoSuchProcess:
        return False
