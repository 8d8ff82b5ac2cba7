"""The server's secret: made once, for its owner alone, and never replaced in silence."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.errors import SettingsError
from core.media.server_secret import NAME, server_secret


def test_it_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    secret = server_secret(tmp_path)
    assert len(secret) == 32
    assert server_secret(tmp_path) == secret
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_servers_that_start_at_once_have_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(server_secret, [tmp_path] * 64))
    assert len(found) == 1


def test_one_that_is_damaged_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"short")
    with pytest.raises(SettingsError, match="5 bytes"):
        server_secret(tmp_path)
