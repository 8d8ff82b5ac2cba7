"""A multipart form that reads its file while sending, so that 200 MB never lie in memory."""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from urllib3.filepost import encode_multipart_formdata

CHUNK = 256 * 1024


class Form:
    """A body for urllib3: readable, of known length, and able to start over.

    Fields come first and the file last, as uploads to storage by a form require.
    """

    def __init__(
        self, fields: Mapping[str, str], name: str, media_type: str, content: BinaryIO
    ) -> None:
        boundary, mark = secrets.token_hex(16), secrets.token_bytes(32)
        file = {"file": (name, mark, media_type)}
        body, self.content_type = encode_multipart_formdata({**fields, **file}, boundary)
        head, _, tail = body.partition(mark)
        self._parts: tuple[BinaryIO, ...] = (io.BytesIO(head), content, io.BytesIO(tail))
        self._sizes = len(head), content.seek(0, io.SEEK_END), len(tail)
        content.seek(0)
        self._sent = 0

    def __len__(self) -> int:
        return sum(self._sizes)

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.read(CHUNK), b"")

    def tell(self) -> int:
        return self._sent

    def seek(self, place: int) -> int:
        self._sent, rest = place, place
        for part, size in zip(self._parts, self._sizes, strict=True):
            part.seek(min(rest, size))
            rest -= min(rest, size)
        return place

    def read(self, size: int = -1) -> bytes:
        for part in self._parts:
            if chunk := part.read(size):
                self._sent += len(chunk)
                return chunk
        return b""
