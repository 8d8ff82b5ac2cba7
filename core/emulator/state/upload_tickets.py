"""Ephemeral uploads: tickets, the files sent for them, and what a runway:// address means."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from core.emulator.checks.refusals import Refusal, invalid
from core.emulator.state.organization import Organization
from core.emulator.state.records import Folder, Upload

SMALLEST = 512
LARGEST = 200 * 1024**2
_SCHEME = "runway://"


class Uploads:
    """Thread-safe: it shares the organization's lock and records."""

    def __init__(
        self, organization: Organization, folder: Folder, clock: Callable[[], datetime]
    ) -> None:
        self._organization = organization
        self._folder = folder
        self._clock = clock

    def ticket(self, body: object) -> Upload:
        """Good for one attempt."""
        sent = body if isinstance(body, dict) else {}
        filename, kind = sent.get("filename"), sent.get("type")
        issues = []
        if not isinstance(filename, str) or not filename:
            issues.append(("filename", "Expected a file name"))
        if kind != "ephemeral":
            issues.append(("type", "Invalid literal value, expected 'ephemeral'"))
        if issues:
            raise invalid([{"code": "custom", "path": [p], "message": m} for p, m in issues])
        upload = Upload(
            ticket=secrets.token_urlsafe(32),
            filename=str(filename),
            fields={"key": f"ephemeral/{secrets.token_hex(16)}", "policy": secrets.token_hex(24)},
            created=self._clock(),
        )
        with self._organization.lock:
            self._organization.refresh()
            self._organization.records.uploads[upload.ticket] = upload
            self._organization.save()
        return upload

    def place(self, ticket: str) -> Path:
        return self._folder.path / "uploads" / ticket

    def claim(self, ticket: str, fields: dict[str, str]) -> None:
        """Use up a ticket. Refuses an unknown or used one, and fields that do not match."""
        with self._organization.lock:
            upload = self._organization.records.uploads.get(ticket)
            if upload is None or upload.spent:
                raise Refusal(403, "This upload URL is not valid, or has been used.")
            upload.spent = True
            self._organization.save()
            if any(fields.get(name) != value for name, value in upload.fields.items()):
                raise Refusal(403, "The form fields must come first, exactly as they were given.")

    def arrived(self, ticket: str) -> None:
        with self._organization.lock:
            self._organization.records.uploads[ticket].file = f"uploads/{ticket}"
            self._organization.save()

    def file(self, uri: str) -> str:
        with self._organization.lock:
            self._organization.refresh()
            upload = self._organization.records.uploads.get(uri.removeprefix(_SCHEME))
            life = timedelta(seconds=self._organization.rules.upload_ttl)
            if upload is None or not upload.file or self._clock() >= upload.created + life:
                raise Refusal(400, "Invalid asset: the Runway URI is unknown or has expired.")
            return upload.file


def address(upload: Upload) -> str:
    return _SCHEME + upload.ticket
