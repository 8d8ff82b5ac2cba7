"""Runway over HTTP: reads and uploads, retried where that helps."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import date
from typing import Any, BinaryIO

import requests

from core.errors import NotFound, ServerTrouble
from core.outbound import api_calls, downloads, failures
from core.outbound.api_calls import ANSWER_SECONDS, REPEAT, RawAnswer, bounded
from core.outbound.downloads import Download, Fence
from core.outbound.fetching import CONNECT_SECONDS, ONCE, READ_SECONDS, Fetching
from core.outbound.multipart import Form
from core.outbound.sessions import is_local, session_of
from core.runway.error_responses import error_for
from core.runway.responses import (
    AnswerT,
    Limits,
    Organization,
    Task,
    UploadTicket,
    UsageReport,
    read,
)
from core.settings import Settings

TITLE = "Runway"


class Client:
    """One account at Runway. Safe to use from many threads; close it when done.

    Every answer is limited in size and in total time.
    """

    def __init__(self, settings: Settings, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._base = settings.base_url
        self._seen: Organization | None = None
        self._headers = {
            "Authorization": f"Bearer {settings.api_key}",
            "X-Runway-Version": settings.api_version,
        }
        self._repeating = session_of(bounded(REPEAT, answer_seconds))
        self._once = session_of(bounded(ONCE, answer_seconds))
        # URLs in Runway's answers are fenced; RUNWAYML_BASE_URL is for its owner to choose.
        self._local = is_local(settings.base_url)
        fence = Fence(self._local)
        self._posting = session_of(bounded(REPEAT, answer_seconds, fence))
        self._fetching = Fetching(TITLE, local=self._local)

    def close(self) -> None:
        for session in (self._repeating, self._once, self._posting, self._fetching):
            session.close()

    def task(self, task_id: str) -> Task:
        """Sent once: the tracker's own interval is the retry, so that no task is asked for twice
        within five seconds."""
        return self._call(self._once, "GET", f"/v1/tasks/{task_id}", Task)

    def delete(self, task_id: str) -> None:
        """Cancel the task, or delete it if it has ended. A task already gone is no error."""
        answer = self._send(self._repeating, "DELETE", f"/v1/tasks/{task_id}")
        error = error_for(answer.status, answer.headers, answer.body)
        if not answer.is_done and not isinstance(error, NotFound):
            raise error

    def organization(self, *, once: bool = False) -> Organization:
        """Balance, limits and today's use. Costs nothing. With `once`, it is not retried."""
        session = self._once if once else self._repeating
        self._seen = self._call(session, "GET", "/v1/organization", Organization)
        return self._seen

    def limits(self, model: str) -> Limits | None:
        """What the account allowed for a model when it was last read; None if that is not
        known."""
        return self._seen.limits.get(model) if self._seen else None

    def usage(self, start: date, before: date) -> UsageReport:
        """Credits by UTC day and model, from `start` to the day before `before`, at most 90 days.
        Sent once, since it is asked for again soon anyway."""
        span = {"startDate": start.isoformat(), "beforeDate": before.isoformat()}
        return self._call(self._once, "POST", "/v1/organization/usage", UsageReport, span)

    def upload(self, name: str, media_type: str, content: BinaryIO) -> str:
        """Send a file and return its `runway://` address, which is valid for 24 hours."""
        ask = {"filename": name, "type": "ephemeral"}
        ticket = self._call(self._repeating, "POST", "/v1/uploads", UploadTicket, ask)
        address = downloads.checked(ticket.upload_url, self._local)
        form = Form(ticket.fields, name, media_type, content)
        with (
            failures.of_calls_to(TITLE),
            self._posting.post(
                address,
                data=form,
                headers={"Content-Type": form.content_type},
                stream=True,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
            ) as answer,
        ):
            taken = 200 <= answer.status_code < 300
        if not taken:
            raise ServerTrouble("The file could not be sent to Runway.", "It is tried again.")
        return ticket.uri

    def download(
        self, url: str, start: int = 0, etag: str = ""
    ) -> AbstractContextManager[Download]:
        """As `Fetching.download`; without sending the key."""
        return self._fetching.download(url, start, etag)

    def _call(
        self,
        session: requests.Session,
        method: str,
        path: str,
        kind: type[AnswerT],
        body: Mapping[str, Any] | None = None,
    ) -> AnswerT:
        answer = self._send(session, method, path, body)
        return read(kind, answer.status, answer.headers, answer.body)

    def _send(
        self,
        session: requests.Session,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
    ) -> RawAnswer:
        url = self._base + path
        return api_calls.send(session, TITLE, method, url, self._headers, json=body)
