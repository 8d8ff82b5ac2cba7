"""Fetches what lies at an address that somebody else has given: fenced, streamed, without a key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from core.outbound import downloads, failures
from core.outbound.downloads import Download, Fence
from core.outbound.sessions import Session, session_of

CONNECT_SECONDS, READ_SECONDS = 5.0, 60.0
CONNECTIONS = 32
ONCE = Retry(total=0, redirect=False, raise_on_status=False)


class Fetching:
    """Safe to use from many threads; close it when done."""

    def __init__(self, who: str, *, local: bool) -> None:
        """`who` gives the addresses. With `local` they may be on this machine, as whoever gives
        them is."""
        self._who = who
        self._local = local
        adapter = HTTPAdapter(pool_maxsize=CONNECTIONS, pool_block=True, max_retries=ONCE)
        Fence(local).around(adapter)
        self._session: Session = session_of(adapter)

    @contextmanager
    def download(self, url: str, start: int = 0, etag: str = "") -> Iterator[Download]:
        """Stream a file from byte `start`.

        Raises LinkExpired when a new URL is needed, otherwise DownloadError or ProviderError.
        """
        address = downloads.checked(url, self._local)
        headers = {"Accept-Encoding": "identity"}
        if start:
            headers |= {"Range": f"bytes={start}-"} | ({"If-Range": etag} if etag else {})
        with (
            failures.of_calls_to(self._who),
            self._session.get(
                address,
                headers=headers,
                stream=True,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
            ) as answer,
        ):
            yield downloads.read(answer)

    def close(self) -> None:
        self._session.close()
