"""The Chromium that the system has; nothing is downloaded."""

from __future__ import annotations

import os
import shutil

import pytest

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")
"""Its shell without windows first: a page takes a quarter less of a processor there."""
MISSING = "Chromium is not installed (apt-get install chromium)"

UNWANTED = (
    "WebUIOmniboxPopup",  # a page of Chromium's own in each window: a second of a processor
    "WebUIOmniboxAimPopup",
    # Of these flags only the last counts. What follows is what Playwright asks for with its own:
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "MediaRouter",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
FLAGS = [
    f"--disable-features={','.join(UNWANTED)}",
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP studio.example.com 127.0.0.1",  # the proxy's name
]


def path() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def may_be_skipped() -> bool:
    """Whether it is missing where a test may be skipped for that."""
    return path() is None and "CI" not in os.environ


def required() -> str:
    """Its path, for a test that cannot do without. Skips the test, or fails it under CI."""
    if may_be_skipped():
        pytest.skip(MISSING)
    return path() or pytest.fail(f"{MISSING}: no test of it must be skipped here")
