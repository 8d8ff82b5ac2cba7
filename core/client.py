"""Runway over HTTP: reads and uploads, which repeat when that helps. core.submit creates."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from core.answers import (
    AnswerT,
    Organization,
    Task,
    UploadTicket,
    UsageReport,
    error_for,
    read,
)
from core.errors import (
    DownloadError,
    LinkExpired,
    NotFound,
    RunwayError,
    ServerTrouble,
    StalePart,
    Unreachable,
    UnreadableAnswer,
)
from core.forms import Form
from core.settings import LOOPBACK, Settings

CONNECT_SECONDS, READ_SECONDS = 5.0, 60.0
CONNECTIONS = 32
CHUNK = 256 * 1024
EXPIRED = frozenset({401, 403, 404, 410})


class _JitteredRetry(Retry):
    """urllib3's backoff with full jitter: anywhere from nothing to the capped exponential."""

    def get_backoff_time(self) -> float:
        return random.uniform(0.0, super().get_backoff_time())


REPEAT = _JitteredRetry(
    total=3,
    status_forcelist=(408, 429, 500, 502, 503, 504),
    allowed_methods=None,
    backoff_factor=0.5,
    backoff_max=8.0,
    retry_after_max=60,
    raise_on_status=False,
    redirect=False,
)
ONCE = Retry(total=0, redirect=False, raise_on_status=False)


@dataclass(frozen=True)
class Download:
    """An output on its way: `start` is its first byte, `total` the whole file's length."""

    chunks: Iterator[bytes] = field(repr=False)
    start: int
    total: int | None
    media_type: str
    etag: str


class Client:
    """One account at Runway. Safe to use from many threads; close it when done."""

    def __init__(self, settings: Settings) -> None:
        self._base = settings.base_url
        self._headers = {
            "Authorization": f"Bearer {settings.api_key}",
            "X-Runway-Version": settings.api_version,
        }
        self._repeating = _session(REPEAT)
        self._once = _session(ONCE)

    def close(self) -> None:
        """Drop the pooled connections."""
        self._repeating.close()
        self._once.close()

    def task(self, task_id: str) -> Task:
        """The task as it stands. Sent once: the tracker's own rhythm is the repetition, so that a
        task is never asked for twice within five seconds."""
        return self._call(self._once, "GET", f"/v1/tasks/{task_id}", Task)

    def delete(self, task_id: str) -> None:
        """Cancel the task, or delete it when it has ended. One that is gone already is no error."""
        answer = self._send(self._repeating, "DELETE", f"/v1/tasks/{task_id}")
        error = error_for(answer.status_code, answer.headers, answer.content)
        if not _is_done(answer) and not isinstance(error, NotFound):
            raise error

    def organization(self, *, once: bool = False) -> Organization:
        """Balance, limits and today's use of the account. Costs nothing. `once`: not repeated."""
        session = self._once if once else self._repeating
        return self._call(session, "GET", "/v1/organization", Organization)

    def usage(self, start: date, before: date) -> UsageReport:
        """Credits by UTC day and model, from `start` to the day before `before`, 90 days at most.
        Sent once: a page waits for it, and asks again by itself."""
        span = {"startDate": start.isoformat(), "beforeDate": before.isoformat()}
        return self._call(self._once, "POST", "/v1/organization/usage", UsageReport, span)

    def upload(self, name: str, media_type: str, content: BinaryIO) -> str:
        """Send a file and return its `runway://` address, which lives for 24 hours."""
        ask = {"filename": name, "type": "ephemeral"}
        ticket = self._call(self._repeating, "POST", "/v1/uploads", UploadTicket, ask)
        self._guard(ticket.upload_url)
        form = Form(ticket.fields, name, media_type, content)
        with runway_errors():
            answer = self._repeating.post(
                ticket.upload_url,
                data=form,
                headers={"Content-Type": form.content_type},
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
            )
        if not _is_done(answer):
            raise ServerTrouble("The file could not be sent to Runway.", "It is tried again.")
        return ticket.uri

    @contextmanager
    def download(self, url: str, start: int = 0, etag: str = "") -> Iterator[Download]:
        """Stream an output from byte `start`; the key is not sent along.

        Raises LinkExpired when a fresh address is needed, DownloadError or RunwayError otherwise.
        """
        self._guard(url)
        headers = {"Accept-Encoding": "identity"}
        if start:
            headers |= {"Range": f"bytes={start}-"} | ({"If-Range": etag} if etag else {})
        with (
            runway_errors(),
            self._once.get(
                url,
                headers=headers,
                stream=True,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
            ) as answer,
        ):
            yield _download(answer)

    def _call(
        self,
        session: requests.Session,
        method: str,
        path: str,
        kind: type[AnswerT],
        body: Mapping[str, Any] | None = None,
    ) -> AnswerT:
        answer = self._send(session, method, path, body)
        return read(kind, answer.status_code, answer.headers, answer.content)

    def _send(
        self,
        session: requests.Session,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
    ) -> requests.Response:
        with runway_errors():
            return session.request(
                method,
                self._base + path,
                headers=self._headers,
                json=body,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
            )

    def _guard(self, url: str) -> None:
        """Addresses that Runway gives are https; plain http only when Runway is on this machine."""
        try:
            parts = urlsplit(url)
        except ValueError:
            parts = urlsplit("")
        local = urlsplit(self._base).hostname in LOOPBACK and parts.hostname in LOOPBACK
        if not (parts.scheme == "https" or (parts.scheme == "http" and local)):
            raise DownloadError("Runway gave an address that is not safe to use.")


@contextmanager
def runway_errors() -> Iterator[None]:
    """Turn what `requests` raises into our own errors, whose text holds no key and no address."""
    try:
        yield
    except requests.RequestException as error:
        raise translated(error) from None  # its text or its request may hold the key


def translated(error: requests.RequestException) -> RunwayError:
    """Our error for one of `requests`."""
    kind = type(error).__name__
    if isinstance(error, requests.Timeout):
        return Unreachable("Runway did not answer in time.", "It is tried again by itself.")
    if isinstance(error, requests.exceptions.SSLError):
        return Unreachable(
            "No secure connection to Runway could be made.",
            "Check this server's clock, certificates and proxy.",
        )
    if isinstance(error, requests.ConnectionError):
        return Unreachable("Runway cannot be reached.", "Check this server's network and proxy.")
    if isinstance(error, (requests.exceptions.RetryError, requests.HTTPError)):
        return ServerTrouble("Runway is in trouble.", "It is tried again by itself.")
    if isinstance(error, ValueError) and not isinstance(error, requests.exceptions.JSONDecodeError):
        return RunwayError(f"The request could not be formed ({kind}).", "Check the settings.")
    return UnreadableAnswer(f"Runway's answer could not be read ({kind}).", "It is tried again.")


class _Session(requests.Session):
    """A session that neither follows redirects nor trips over where they point."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere: requests parses a Location even when told not to follow, and then raises."""


def _session(retry: Retry) -> requests.Session:
    session = _Session()
    session.auth = _as_it_is
    adapter = HTTPAdapter(pool_maxsize=CONNECTIONS, pool_block=True, max_retries=retry)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Without an `auth`, requests takes one from ~/.netrc and replaces our key by it."""
    return request


def _is_done(answer: requests.Response) -> bool:
    """True for 2xx; `ok` would be true for a redirect too."""
    return 200 <= answer.status_code < 300


def _download(answer: requests.Response) -> Download:
    if answer.status_code in EXPIRED:
        raise LinkExpired("The clip's address has expired.")
    if answer.status_code == 416:
        raise StalePart("The part already fetched does not fit the clip any more.")
    if answer.status_code not in (200, 206):
        raise DownloadError(f"The clip could not be fetched (HTTP {answer.status_code}).")
    start, total = _span(answer)
    return Download(
        chunks=answer.iter_content(CHUNK),
        start=start,
        total=total,
        media_type=answer.headers.get("Content-Type", "").partition(";")[0].strip().lower(),
        etag=answer.headers.get("ETag", ""),
    )


def _span(answer: requests.Response) -> tuple[int, int | None]:
    """First byte and whole length, from Content-Range or Content-Length."""
    if answer.status_code == 206:
        span, _, total = answer.headers.get("Content-Range", "").rpartition("/")
        start = span.removeprefix("bytes ").partition("-")[0]
        if not (start.isascii() and start.isdigit()):
            raise DownloadError("The clip's server sent an unreadable range.")
        return int(start), int(total) if total.isascii() and total.isdigit() else None
    length = answer.headers.get("Content-Length", "")
    return 0, int(length) if length.isascii() and length.isdigit() else None
