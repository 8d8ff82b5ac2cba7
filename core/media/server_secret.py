"""The server's secret, which signs what others hand back to it: links and passes of guests."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from core.errors import SettingsError
from core.providers.receipts import sync_folder

NAME = "secret.key"
BYTES = 32


def server_secret(folder: Path) -> bytes:
    """The secret of a data folder, made at the first start; only its owner can read it.

    Raises SettingsError when it cannot be used: a new one would silently end all links.
    """
    path = folder / NAME
    try:
        if not path.exists():
            _make(path)
        secret = path.read_bytes()
    except OSError as error:
        raise _unusable(path, str(error.strerror)) from error
    if len(secret) != BYTES:
        raise _unusable(path, f"it has {len(secret)} bytes in place of {BYTES}")
    return secret


def _make(path: Path) -> None:
    """Written beside and linked into place, so that two servers that start at once make one
    secret."""
    beside = path.with_name(f"{NAME}.{secrets.token_hex(4)}")
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(beside, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without links
            os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(path.parent)


def _unusable(path: Path, why: str) -> SettingsError:
    return SettingsError(
        f"The server's secret {path} cannot be used ({why}).",
        "Put it back from a copy of the data folder, or remove it: the links that were shared then"
        " work on, but can no longer be shown.",
    )
