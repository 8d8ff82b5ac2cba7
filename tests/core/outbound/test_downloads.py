"""Where Runway's answers may lead, and what may come from there."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from core.errors import DownloadError, LinkExpired, ProviderError, StaleDownload
from core.outbound.downloads import checked
from core.public_hosts import is_public
from core.runway.client import Client
from core.settings import Settings
from tests.core.conftest import Wire, say

PUBLIC = "93.184.216.34"


@pytest.fixture
def client(wire: Wire, key: str) -> Iterator[Client]:
    """A client whose Runway is on this machine."""
    with closing(Client(Settings(api_key=key, base_url=wire.url))) as opened:
        yield opened


@pytest.fixture
def abroad(key: str) -> Iterator[Client]:
    """A client whose Runway is on the internet."""
    with closing(Client(Settings(api_key=key))) as opened:
        yield opened


@pytest.fixture
def knocks() -> Iterator[tuple[int, Callable[[], int]]]:
    """A port on this machine, and how many have connected to it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        met: list[socket.socket] = []

        def count() -> int:
            try:
                while True:
                    met.append(listener.accept()[0])
            except TimeoutError:
                return len(met)

        yield listener.getsockname()[1], count
        for one in met:
            one.close()


def fetch(client: Client, url: str) -> bytes:
    with client.download(url) as download:
        return b"".join(download.chunks)


# -- addresses ------------------------------------------------------------------------------------

PRIVATE = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
    "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
    "::127.0.0.1", "::10.0.0.1", "::8.8.8.8", "fec0::1", "feff::1", "64:ff9b:1::7f00:1",
    "64:ff9b:1::1",
    "2001::1", "2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:db8::1", "3fff::1", "5f00::1",
    "100::1",
    "192.88.99.1", "240.0.0.1", "::ffff:0:127.0.0.1",
)  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_a_private_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", [PUBLIC, "2606:4700::1111", "64:ff9b::5db8:d822"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://clips.example/a.mp4",
        "ftp://clips.example/a.mp4",
        "file:///etc/passwd",
        "https://",
        "https://[bad",
        "https://clips.example:99999/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:10.0.0.1]/a.mp4",
        "https://[::127.0.0.1]/a.mp4",
        "https://localhost./a.mp4",
        "https://0x7f.0.0.1/a.mp4",
        "https://2130706433/a.mp4",
        "https://metadata.google.internal/a.mp4",
        "",
    ],
)
@pytest.mark.parametrize("local", [False, True])
def test_only_https_to_a_name_or_a_public_number_may_be_called(url: str, local: bool) -> None:
    with pytest.raises(DownloadError, match="not safe") as caught:
        checked(url, local)
    assert not url or url not in str(caught.value)


def test_this_machine_is_called_only_when_runway_is_on_it() -> None:
    for url in ("http://127.0.0.1:8600/outputs/1", "http://localhost:1/", "https://[::1]/a"):
        assert checked(url, True) == url
    for url in ("http://127.0.0.1:8600/outputs/1", "https://127.0.0.1/", "https://[::1]/a"):
        with pytest.raises(DownloadError):
            checked(url, False)


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f.1"])
def test_a_name_or_a_number_in_disguise_that_leads_here_is_not_knocked_at(
    abroad: Client, knocks: tuple[int, Callable[[], int]], host: str
) -> None:
    port, count = knocks
    with pytest.raises(DownloadError, match="not safe"):
        fetch(abroad, f"https://{host}:{port}/clip")
    assert count() == 0


def test_a_name_that_leads_elsewhere_when_it_is_looked_up_again_gets_not_a_byte(
    abroad: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[bytes] = []
    looked_up: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def listen() -> None:
            connection, _ = listener.accept()
            with connection:
                heard.append(connection.recv(100))

        def rebind(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
            looked_up.append(host)
            address = PUBLIC if len(looked_up) == 1 else "127.0.0.1"
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

        thread = threading.Thread(target=listen)
        thread.start()
        monkeypatch.setattr(socket, "getaddrinfo", rebind)
        with pytest.raises(DownloadError, match="not safe"):
            fetch(abroad, f"https://clips.example:{port}/clip")
        thread.join(30)
    assert looked_up == ["clips.example"] * 2
    assert heard == [b""]


def test_one_private_address_among_public_ones_is_enough_to_refuse(
    abroad: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in (PUBLIC, "::1")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(DownloadError, match="not safe"):
        fetch(abroad, "https://clips.example/clip")


def test_a_name_that_nobody_knows_is_unreachable(abroad: Client) -> None:
    with pytest.raises(ProviderError):
        fetch(abroad, "https://no-such-host.invalid/clip")


def test_a_file_is_not_sent_to_a_private_address_either(
    wire: Wire, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = {"fields": {}, "runwayUri": "runway://1", "uploadUrl": "https://uploads.example/"}
    wire.on("POST /v1/uploads", say(200, ticket))
    private = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 443))]
    honest = socket.getaddrinfo

    def look_up(host: str, *rest: Any, **options: Any) -> Any:
        return private if host == "uploads.example" else honest(host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(DownloadError, match="not safe"):
        client.upload("a.png", "image/png", io.BytesIO(b"content"))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("target", ["http://169.254.169.254/", "/other", "https://clips.example/"])
def test_a_redirect_is_refused_wherever_it_leads(
    wire: Wire, client: Client, status: int, target: str
) -> None:
    wire.on("GET /clip", say(status, b"", {"Location": target}))
    wire.on("GET /other", say(200, b"clip"))
    with pytest.raises(DownloadError, match=f"HTTP {status}"):
        fetch(client, f"{wire.url}/clip")
    assert [one.path for one in wire.heard] == ["/clip"]


# -- what comes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind",
    [
        "text/html; charset=utf-8",
        "TEXT/PLAIN",
        "application/json",
        "application/atom+xml",
        "application/xml",
    ],
)
def test_a_text_is_no_output(wire: Wire, client: Client, kind: str) -> None:
    wire.on("GET /clip", say(200, b"<html>", {"Content-Type": kind}))
    with pytest.raises(DownloadError, match="a text"):
        fetch(client, f"{wire.url}/clip")


@pytest.mark.parametrize("kind", ["video/mp4", "image/svg+xml", "audio/mpeg", "application/zip"])
def test_what_an_output_may_be_comes_through(wire: Wire, client: Client, kind: str) -> None:
    wire.on("GET /clip", say(200, b"clip", {"Content-Type": kind}))
    with client.download(f"{wire.url}/clip") as download:
        assert (download.media_type, download.total, download.start) == (kind, 4, 0)
        assert b"".join(download.chunks) == b"clip"


def test_what_comes_packed_is_not_unpacked(wire: Wire, client: Client) -> None:
    wire.on("GET /clip", say(200, b"\x1f\x8b", {"Content-Encoding": "gzip"}))
    with pytest.raises(DownloadError, match="packed"):
        fetch(client, f"{wire.url}/clip")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (say(403, b""), LinkExpired),
        (say(416, b""), StaleDownload),
        (say(204, b""), DownloadError),
        (say(206, b"lip", {"Content-Range": "nonsense"}), DownloadError),
    ],
)
def test_an_answer_that_holds_no_clip_says_what_to_do(
    wire: Wire, client: Client, answer: Any, kind: type[DownloadError]
) -> None:
    wire.on("GET /clip", answer)
    with pytest.raises(kind):
        fetch(client, f"{wire.url}/clip")
