"""An S3 server of others in a process of its own, and what goes wrong on the way to it."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

import pytest
import requests
from obstore.store import S3Store
from requests_aws4auth import AWS4Auth

from core.settings import Settings

CLOUD = ("AWS_", "GOOGLE_", "AZURE_")
ANSWER = "HTTP/1.1 {} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of moto's S3."""
    port, log = free_port(), tmp_path_factory.mktemp("s3") / "log"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
    deadline = time.monotonic() + 60
    while True:
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield port
    process.terminate()
    process.wait(30)


@dataclass
class Way:
    """Between a server of ours and the bucket: passes everything on until it is told otherwise.

    `refuse` is a status for whatever is asked; `cut_after` and `hold_after` are bytes of one
    request after which the connection ends, or stands still.
    """

    target: int
    refuse: int = 0
    is_closed: bool = False
    cut_after: int | None = None
    hold_after: int | None = None

    def __post_init__(self) -> None:
        self.held = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def mend(self) -> None:
        self.refuse, self.is_closed, self.cut_after, self.hold_after = 0, False, None, None

    def has(self, file: str, bucket: str = "clips") -> bool:
        """Whether the bucket has it, asked past all that goes wrong."""
        try:
            return bool(self._direct(bucket).head(f"videos/{file}"))
        except FileNotFoundError:
            return False

    def spoil(self, file: str, content: bytes) -> None:
        """What somebody else does in the bucket."""
        self._direct().put(f"videos/{file}", content)

    def _direct(self, bucket: str = "clips") -> S3Store:
        return S3Store(
            bucket,
            prefix="studio",
            endpoint=f"http://127.0.0.1:{self.target}",
            client_options={"allow_http": True},
        )

    def unfinished(self) -> int:
        """How many uploads in parts were begun and not ended."""
        url = f"http://127.0.0.1:{self.target}/clips?uploads"
        owner = AWS4Auth("an id", "a secret", "us-east-1", "s3")
        return requests.get(url, auth=owner, timeout=10).text.count("<Upload>")

    def keep_versions(self) -> None:
        """Let the bucket keep what is deleted there."""
        owner = AWS4Auth("an id", "a secret", "us-east-1", "s3")
        told = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
        url = f"http://127.0.0.1:{self.target}/clips?versioning"
        requests.put(url, told, auth=owner, timeout=10).raise_for_status()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            if self.is_closed:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            if self.refuse:
                client.recv(65536)
                client.sendall(ANSWER.format(self.refuse).encode())
                return
            with socket.create_connection(("127.0.0.1", self.target)) as server:
                back = threading.Thread(target=self._pass, args=(server, client), daemon=True)
                back.start()
                self._pass(client, server)
                back.join()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        passed = 0
        try:
            while piece := source.recv(65536):
                passed += len(piece)
                if self.refuse or self.is_closed:
                    break
                if self.cut_after is not None and passed > self.cut_after:
                    break
                if self.hold_after is not None and passed > self.hold_after:
                    self.held.set()
                    threading.Event().wait(20)
                    break
                target.sendall(piece)
        except OSError:
            pass
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def way(s3_server: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Way]:
    """The way to an S3 with empty buckets, `clips` and `others`."""
    for name in list(os.environ):
        if name.startswith(CLOUD):
            monkeypatch.delenv(name)
    direct = f"http://127.0.0.1:{s3_server}"
    requests.post(f"{direct}/moto-api/reset", timeout=10).raise_for_status()
    for bucket in ("clips", "others"):
        requests.put(f"{direct}/{bucket}", timeout=10).raise_for_status()
    one = Way(s3_server)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{one.port}")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "an id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a secret")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    yield one
    one.close()


@pytest.fixture
def settings(settings: Settings, way: Way) -> Settings:
    return replace(settings, media_url="s3://clips/studio")
