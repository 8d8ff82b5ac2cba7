"""KIE over HTTP: reads and uploads, retried where that helps."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, BinaryIO

from core.errors import NotCancellable, NotFound, Refused, UnreadableAnswer
from core.kie import answers, envelope
from core.kie.envelope import TITLE
from core.outbound import api_calls
from core.outbound.api_calls import ANSWER_SECONDS, REPEAT, bounded
from core.outbound.downloads import Download
from core.outbound.fetching import ONCE, Fetching
from core.outbound.multipart import Form
from core.outbound.sessions import is_local, session_of
from core.providers.tasks import Limits, Organization, Task
from core.settings import Settings

DETAIL, ALEPH_INFO = "/api/v1/runway/record-detail", "/api/v1/aleph/record-info"
FOLDER = "dailies"
"""Where uploads lie at KIE."""
AT_ONCE = Limits(concurrent=20)
"""KIE takes 20 new tasks in ten seconds, and no clip is made in less: so many of a model at once
never ask for more. With several models a 429 is waited out."""


class Client:
    """One account at KIE. Safe to use from many threads; close it when done."""

    def __init__(self, settings: Settings, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._base, self._uploads = settings.kie_base_url, settings.kie_upload_url
        self._headers = {"Authorization": f"Bearer {settings.kie_api_key}"}
        self._repeating = session_of(bounded(REPEAT, answer_seconds))
        self._once = session_of(bounded(ONCE, answer_seconds))
        self._fetching = Fetching(TITLE, local=is_local(self._base))
        self._alephs: set[str] = set()

    def close(self) -> None:
        for session in (self._repeating, self._once, self._fetching):
            session.close()

    def task(self, task_id: str) -> Task:
        """Its id does not say whether Aleph makes it: the first answer does, which is remembered
        until the task ends.

        Raises NotFound only when every endpoint said so: four in a row end the task for good.
        """
        is_clear = True
        known = {DETAIL: answers.task, ALEPH_INFO: answers.aleph_task}
        for path in [ALEPH_INFO] if task_id in self._alephs else known:
            try:
                found = self._get(path, once=True, taskId=task_id)
            except NotFound:
                continue
            except Refused:
                found = None
            if found is None:
                is_clear = False
                continue
            task = known[path](task_id, found)
            if path == ALEPH_INFO and task.stage and task.stage.is_at_provider:
                self._alephs.add(task_id)
            else:
                self._alephs.discard(task_id)
            return task
        if not is_clear:
            raise UnreadableAnswer("KIE tells nothing of this task at the moment.")
        raise NotFound("KIE does not know this task.", "It has expired there, or never existed.")

    def delete(self, task_id: str) -> None:
        raise NotCancellable(TITLE)

    def organization(self, *, once: bool = False) -> Organization:
        """Only the balance: KIE counts nothing else."""
        found = self._get("/api/v1/chat/credit", once=once)
        return Organization(credit_balance=answers.balance(found))

    def limits(self, model: str) -> Limits:
        return AT_ONCE

    def upload(self, name: str, media_type: str, content: BinaryIO) -> str:
        """Send a file; the HTTPS address where KIE keeps it for a day."""
        form = Form({"uploadPath": FOLDER, "fileName": name}, name, media_type, content)
        headers = self._headers | {"Content-Type": form.content_type}
        url = f"{self._uploads}/api/file-stream-upload"
        answer = api_calls.send(self._repeating, TITLE, "POST", url, headers, data=form)
        return answers.file_address(envelope.data(answer.status, answer.headers, answer.body))

    def download(
        self, url: str, start: int = 0, etag: str = ""
    ) -> AbstractContextManager[Download]:
        """As `Fetching.download`; without sending the key."""
        return self._fetching.download(url, start, etag)

    def _get(self, path: str, *, once: bool, **query: str) -> Any:
        session = self._once if once else self._repeating
        answer = api_calls.send(
            session, TITLE, "GET", self._base + path, self._headers, params=query
        )
        return envelope.data(answer.status, answer.headers, answer.body)
