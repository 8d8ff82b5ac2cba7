"""Brings the files of a finished task to our disk, and resumes where a download broke off."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from core.catalog.catalog import Catalog
from core.errors import DownloadError, ProviderError, StaleDownload, TooLarge, UnexpectedContent
from core.files import Output
from core.generations import Generation
from core.media.library import Media
from core.monitoring.metrics import Metrics
from core.providers.connections import Connections


@dataclass
class Fetched:
    """What earlier attempts have brought of one task, by position: outputs, and the hashes of files
    whose content was unexpected."""

    outputs: dict[int, Output] = field(default_factory=dict)
    strange: dict[int, str] = field(default_factory=dict)


@dataclass
class Fetcher:
    """Fetches one output at a time. Safe to use from many threads."""

    connections: Connections
    media: Media
    catalog: Catalog
    stopping: threading.Event
    metrics: Metrics
    kept: Callable[[Output], None]
    """Told of each output that has come onto the disk."""

    def once(self, generation: Generation, fetched: Fetched, position: int, link: str) -> Output:
        """The output, fetched only if no earlier attempt has brought it. Raises DiskFull,
        DownloadError, ProviderError."""
        if position not in fetched.outputs:
            fetched.outputs[position] = self._fetch(generation, fetched, position, link)
        return fetched.outputs[position]

    def again(self, generation: Generation, position: int, link: str) -> Output:
        """The output, even one with unexpected content: no second attempt follows by itself."""
        fetched = Fetched()
        try:
            return self._fetch(generation, fetched, position, link)
        except UnexpectedContent:
            return self._fetch(generation, fetched, position, link)

    def _fetch(self, generation: Generation, fetched: Fetched, position: int, link: str) -> Output:
        part = self.media.part(generation, position)
        try:
            with self.connections.to(generation).download(link, part.size, part.etag) as download:
                chunks = self._until_stopped(download.chunks)
                self.media.receive(part, replace(download, chunks=chunks))
            expected, seen = self._expected(generation), fetched.strange.get(position, "")
            output = self.media.keep(part, generation, position, expected, seen)
            self.kept(output)
            return output
        except (DownloadError, ProviderError) as error:
            if isinstance(error, StaleDownload | TooLarge):
                self.media.forget(part)
            if isinstance(error, UnexpectedContent):
                fetched.strange[position] = error.sha256
            if not self.stopping.is_set():
                self.metrics.download_failed()
            if isinstance(error, ProviderError):  # of the file's host, not of the provider
                raise DownloadError(error.message, error.hint) from None
            raise

    def _expected(self, generation: Generation) -> str:
        request = generation.request
        model = self.catalog.find(request.endpoint, request.model)
        return model.output(request.params).medium if model else ""

    def _until_stopped(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            if self.stopping.is_set():
                raise DownloadError("The server stops; the download goes on when it is back.")
            self.media.disk.check()  # one long clip may fill the disk
            self.metrics.received(len(chunk))
            yield chunk
