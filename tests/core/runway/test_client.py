"""The client over real sockets: what it sends, what it repeats, what its errors say."""

from __future__ import annotations

import contextlib
import email
import gc
import gzip
import inspect
import io
import json
import socket
import traceback
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from email.message import Message

import pytest
import requests

from core import errors
from core.emulator import Emulator
from core.errors import (
    DownloadError,
    LinkExpired,
    NotFound,
    ProviderError,
    RateLimited,
    ServerTrouble,
    StaleDownload,
    Unreachable,
    UnreadableAnswer,
)
from core.outbound import api_calls, failures, fetching
from core.outbound.downloads import CHUNK
from core.runway import client as client_module
from core.runway.client import Client
from core.settings import Settings
from tests.core.conftest import Act, Heard, Wire, hang_up, reset, say, say_raw

TASK = {"id": "t", "status": "RUNNING"}
ACCOUNT = {"creditBalance": 12}
TICKET = {"fields": {"key": "ephemeral/1", "policy": "p"}, "runwayUri": "runway://1"}
GET_TASK, GET_ACCOUNT = "GET /v1/tasks/t", "GET /v1/organization"


@pytest.fixture
def client(wire: Wire, key: str) -> Iterator[Client]:
    """A client whose Runway is the wire."""
    opened = Client(Settings(api_key=key, base_url=wire.url))
    yield opened
    opened.close()


# -- requests -------------------------------------------------------------------------------------


def test_every_call_carries_the_key_and_the_version(wire: Wire, client: Client, key: str) -> None:
    wire.on(GET_TASK, say(200, TASK))
    wire.on(GET_ACCOUNT, say(200, ACCOUNT))
    wire.on("DELETE /v1/tasks/t", say(204, b""))
    client.task("t")
    client.organization()
    client.delete("t")
    assert [one.method for one in wire.heard] == ["GET", "GET", "DELETE"]
    for heard in wire.heard:
        assert heard.headers["Authorization"] == f"Bearer {key}"
        assert heard.headers["X-Runway-Version"] == "2024-11-06"


def test_no_call_of_requests_is_without_a_timeout() -> None:
    source = "".join(map(inspect.getsource, (client_module, api_calls, fetching)))
    calls = source.count("session.request(") + source.count("_session.get(")
    calls += source.count("_posting.post(")
    assert calls == source.count("timeout=(CONNECT_SECONDS, READ_SECONDS)") == 3


def test_a_proxy_or_netrc_of_the_machine_never_replaces_the_key(
    wire: Wire, client: Client, key: str, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    netrc = f"{tmp_path}/netrc"
    with open(netrc, "w") as file:
        file.write("default login somebody password else\n")
    monkeypatch.setenv("NETRC", netrc)
    wire.on(GET_TASK, say(200, TASK))
    wire.on("GET /clip", say(200, b"clip"))
    client.task("t")
    with client.download(f"{wire.url}/clip"):
        pass
    assert wire.heard[0].headers["Authorization"] == f"Bearer {key}"
    assert "Authorization" not in wire.heard[1].headers


# -- what is repeated -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "trouble",
    [say(500, {}), say(502, b"<html>"), say(503, {}), say(504, {}), say(408, {}), hang_up, reset],
    ids=["500", "502", "503", "504", "408", "closed", "reset"],
)
def test_a_read_is_repeated_after_trouble(wire: Wire, client: Client, trouble: Act) -> None:
    wire.on(GET_ACCOUNT, trouble, say(200, ACCOUNT))
    assert client.organization().credit_balance == 12
    assert wire.count("GET") == 2


def test_a_read_waits_as_long_as_runway_says(wire: Wire, client: Client) -> None:
    wire.on(GET_ACCOUNT, say(429, {}, {"Retry-After": "0"}), say(200, ACCOUNT))
    assert client.organization().credit_balance == 12


@pytest.mark.slow
def test_a_read_gives_up_after_four_attempts(wire: Wire, client: Client) -> None:
    wire.on(GET_ACCOUNT, say(503, {"error": "x"}, {"Retry-After": "0"}))
    with pytest.raises(ServerTrouble):
        client.organization()
    assert wire.count("GET") == 4


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (say(500, {}), ServerTrouble),
        (say(503, {}, {"Retry-After": "0"}), ServerTrouble),
        (say(429, {}, {"Retry-After": "3"}), RateLimited),
        (say(404, {"error": "Could not find Task"}), NotFound),
        (hang_up, Unreachable),
        (reset, Unreachable),
    ],
)
def test_a_poll_is_sent_once_since_the_tracker_repeats_it(
    wire: Wire, client: Client, trouble: Act, kind: type[ProviderError]
) -> None:
    wire.on(GET_TASK, trouble)
    with pytest.raises(kind):
        client.task("t")
    assert wire.count("GET") == 1


def test_deleting_what_is_gone_is_no_error(wire: Wire, client: Client) -> None:
    wire.on("DELETE /v1/tasks/t", say(404, {"error": "Could not find Task"}))
    client.delete("t")
    assert wire.count("DELETE") == 1


@pytest.mark.parametrize("status", [301, 302, 304, 307, 401])
def test_a_delete_that_was_not_done_is_an_error(wire: Wire, client: Client, status: int) -> None:
    wire.on("DELETE /v1/tasks/t", say(status, b"", {"Location": f"{wire.url}/login"}))
    with pytest.raises(ProviderError):
        client.delete("t")


# -- what is not Runway's answer ------------------------------------------------------------------

NOT_RUNWAY = {
    "html": say(200, b"<html>Log in to the hotel's network</html>"),
    "half a body": say(200, b'{"id": "t", ', {"Content-Length": "500"}),
    "cut chunks": say_raw(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{"id"'),
    "truncated headers": say_raw(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "no http": say_raw(b"220 mail.example.com ESMTP\r\n"),
    "bad gzip": say(200, b"nonsense", {"Content-Encoding": "gzip"}),
    "redirect": say(302, b"", {"Location": "http://login.example.com/"}),
    "redirect nowhere": say(302, b"", {"Location": "http://[bad"}),
    "redirect of bytes": say(302, b"", {"Location": "/\xff\xfe"}),
    "redirect to itself": say(307, b"", {"Location": "/v1/tasks/t"}),
    "not modified": say(304, b""),
    "no fields": say(200, {}),
    "a list": say(200, []),
    "another encoding": say(200, '{"id": "t", "status": "RUNNING"}'.encode("utf-16")),
    "huge header": say(200, TASK, {"X": "y" * 70_000}),
}


@pytest.mark.parametrize("answer", NOT_RUNWAY.values(), ids=NOT_RUNWAY.keys())
def test_what_is_not_runways_answer_is_an_error_of_ours(
    wire: Wire, client: Client, key: str, answer: Act
) -> None:
    wire.on(GET_TASK, answer)
    with pytest.raises(ProviderError) as caught:
        client.task("t")
    assert_clean(caught.value, key, wire.url)
    assert wire.count("GET") == 1, "a redirect was followed"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # urllib3's socket
def test_an_answer_with_two_lengths_is_an_error_of_ours(wire: Wire, client: Client) -> None:
    wire.on(GET_TASK, say(200, b"{}", {"Content-Length": "2, 5"}))
    with pytest.raises(ProviderError):
        client.task("t")
    gc.collect()


def test_unknown_keys_and_statuses_are_read(wire: Wire, client: Client) -> None:
    wire.on(GET_TASK, say(200, {"id": "t", "status": "DREAMING", "novel": {"a": [1]}}))
    assert client.task("t").status == "DREAMING"


def test_nobody_listening_is_unreachable(key: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    client = Client(Settings(api_key=key, base_url=f"http://127.0.0.1:{port}"))
    with pytest.raises(Unreachable) as caught:
        client.task("t")
    assert_clean(caught.value, key, str(port))
    client.close()


def test_a_server_without_tls_is_unreachable(wire: Wire, key: str) -> None:
    client = Client(Settings(api_key=key, base_url=wire.url.replace("http:", "https:")))
    with pytest.raises(Unreachable) as caught:
        client.task("t")
    assert "secure" in caught.value.message
    client.close()


# -- errors ---------------------------------------------------------------------------------------


def assert_clean(error: BaseException, *secrets: str) -> None:
    """Neither the error nor what it would print as a traceback shows a secret."""
    shown = f"{error!r} {getattr(error, 'hint', '')} {''.join(traceback.format_exception(error))}"
    for secret in secrets:
        assert secret not in shown


def request_exceptions() -> list[type[requests.RequestException]]:
    """Every exception that `requests` defines, found by walking its tree."""
    found = [requests.RequestException]
    for kind in found:
        found += [sub for sub in kind.__subclasses__() if sub not in found]
    return [kind for kind in found if kind.__module__.startswith("requests")]


@pytest.mark.parametrize("kind", request_exceptions(), ids=lambda kind: kind.__name__)
def test_every_exception_of_requests_becomes_one_of_ours(
    kind: type[requests.RequestException], key: str
) -> None:
    url = f"https://api.example.com/v1/tasks/t?_jwt={key}"
    sentence = f"Bearer {key} to {url}"
    request = requests.Request("GET", url, headers={"Authorization": f"Bearer {key}"})
    given = (
        (sentence, sentence, 0) if issubclass(kind, ValueError) and "JSON" in kind.__name__ else ()
    )
    with pytest.raises(ProviderError) as caught, failures.of_calls_to("Runway"):
        raise kind(*(given or (sentence,)), request=request.prepare())
    assert type(caught.value) is not ProviderError or "formed" in caught.value.message
    assert caught.value.message.endswith(".")
    assert_clean(caught.value, key, url, "api.example.com")


def test_all_of_requests_exceptions_are_walked() -> None:
    public = {
        kind
        for kind in vars(requests.exceptions).values()
        if inspect.isclass(kind) and issubclass(kind, requests.RequestException)
    }
    assert public == set(request_exceptions())
    assert len(public) > 15


def test_a_key_with_a_line_break_is_refused_without_being_shown(wire: Wire) -> None:
    client = Client(Settings(api_key="key_first\nkey_second", base_url=wire.url))
    with pytest.raises(ProviderError) as caught:
        client.task("t")
    assert_clean(caught.value, "key_first", "key_second")
    client.close()


# -- what an answer may cost ----------------------------------------------------------------------


@pytest.fixture
def hasty(settings: Settings) -> Iterator[Client]:
    """A client of the emulator that gives each answer a second."""
    opened = Client(settings, answer_seconds=1.0)
    yield opened
    opened.close()


def calls(client: Client) -> dict[str, Callable[[], object]]:
    """Every call that reads an answer, by its operation."""
    day = date(2026, 11, 22)
    return {
        "task": lambda: client.task("t"),
        "delete": lambda: client.delete("t"),
        "organization": lambda: client.organization(once=True),
        "usage": lambda: client.usage(day, day),
        "upload": lambda: client.upload("a.png", "image/png", io.BytesIO(b"x" * 600)),
    }


@pytest.mark.parametrize("operation", ["task", "delete", "organization", "usage", "upload"])
@pytest.mark.parametrize(
    "fault",
    [{"endless": True}, {"endless": True, "status": 503}, {"inflate": 200}, {"drip": 0.3}],
    ids=["endless", "endless refusal", "packed", "dripping"],
)
@pytest.mark.slow
def test_an_answer_has_a_size_and_a_time_in_all(
    emulator: Emulator, hasty: Client, operation: str, fault: dict[str, object]
) -> None:
    fault = {"status": 200, "body": {}} | fault
    emulator.script([{"on": operation, "times": None, "do": fault}])
    tracemalloc.start()
    try:
        with pytest.raises(ProviderError):
            calls(hasty)[operation]()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 64 * 1024 * 1024, "the emulator's share counts too"


def test_an_answer_that_drips_head_and_all_is_given_up(wire: Wire, key: str) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        with contextlib.suppress(OSError):
            while not wire.released.wait(0.05):
                connection.sendall(b"y")

    wire.on(GET_TASK, drip)
    hasty = Client(Settings(api_key=key, base_url=wire.url), answer_seconds=0.5)
    with closing(hasty), pytest.raises(Unreachable):
        hasty.task("t")


def test_a_file_is_sent_although_its_server_talks_without_an_end(
    emulator: Emulator, hasty: Client
) -> None:
    emulator.script([{"on": "upload_file", "do": {"after": "accept", "endless": True}}])
    assert hasty.upload("a.png", "image/png", io.BytesIO(b"x" * 600)).startswith("runway://")


def test_a_packed_answer_of_a_sensible_size_is_read(wire: Wire, client: Client) -> None:
    wire.on(
        GET_TASK, say(200, gzip.compress(json.dumps(TASK).encode()), {"Content-Encoding": "gzip"})
    )
    assert client.task("t").status == "RUNNING"


@pytest.mark.slow
def test_a_connection_is_used_again_with_a_time_of_its_own(
    emulator: Emulator, settings: Settings
) -> None:
    emulator.script([{"on": "organization", "times": 4, "do": {"hang": 0.4}}])
    with closing(Client(settings, answer_seconds=1.2)) as client:
        for _ in range(4):
            assert client.organization(once=True).credit_balance


# -- uploads --------------------------------------------------------------------------------------


def form(heard: Heard) -> list[tuple[str, str | None, bytes]]:
    """The parts of a multipart body in their order: name, file name, content."""
    kind = heard.headers["Content-Type"].encode()
    message: Message = email.message_from_bytes(b"Content-Type: " + kind + b"\r\n\r\n" + heard.body)
    parts = message.get_payload()
    assert isinstance(parts, list)
    read = []
    for part in parts:
        assert isinstance(part, Message)
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        name = str(part.get_param("name", header="content-disposition"))
        read.append((name, part.get_filename(), content))
    return read


def test_an_upload_sends_its_fields_first_its_file_last_and_no_key(
    wire: Wire, client: Client, key: str
) -> None:
    wire.on("POST /v1/uploads", say(200, TICKET | {"uploadUrl": f"{wire.url}/put"}))
    wire.on("POST /put", say(204, b""))
    assert client.upload("a.png", "image/png", io.BytesIO(b"content")) == "runway://1"
    ask, put = wire.heard
    assert ask.body == b'{"filename": "a.png", "type": "ephemeral"}'
    assert [name for name, _, _ in form(put)] == ["key", "policy", "file"]
    assert form(put)[-1] == ("file", "a.png", b"content")
    assert key not in str(put.headers)
    assert "Authorization" not in put.headers


def test_an_upload_is_repeated_after_trouble(wire: Wire, client: Client) -> None:
    ticket = say(200, TICKET | {"uploadUrl": f"{wire.url}/put"})
    wire.on("POST /v1/uploads", say(502, {}), ticket)
    wire.on("POST /put", reset, say(204, b""))
    assert client.upload("a.png", "image/png", io.BytesIO(b"content")) == "runway://1"
    assert wire.heard[-1].body == wire.heard[-2].body
    assert form(wire.heard[-1])[-1] == ("file", "a.png", b"content")


def test_a_large_file_is_read_while_it_is_sent(wire: Wire, client: Client) -> None:
    class Watched(io.BytesIO):
        """Notes the largest piece that anybody took."""

        largest = 0

        def read(self, size: int | None = -1, /) -> bytes:
            piece = super().read(size)
            self.largest = max(self.largest, len(piece))
            return piece

    wire.on("POST /v1/uploads", say(200, TICKET | {"uploadUrl": f"{wire.url}/put"}))
    wire.on("POST /put", say(204, b""))
    content = Watched(bytes(range(256)) * 20_000)
    client.upload("a.mp4", "video/mp4", content)
    assert form(wire.heard[-1])[-1][2] == content.getvalue()
    assert 0 < content.largest <= CHUNK


@pytest.mark.parametrize("status", [302, 304, 400, 403, 413])
def test_a_file_that_was_not_taken_is_an_error(wire: Wire, client: Client, status: int) -> None:
    wire.on("POST /v1/uploads", say(200, TICKET | {"uploadUrl": f"{wire.url}/put"}))
    wire.on("POST /put", say(status, b""))
    with pytest.raises(ProviderError):
        client.upload("a.png", "image/png", io.BytesIO(b"content"))


@pytest.mark.parametrize(
    "address",
    ["http://169.254.169.254/latest", "http://[bad", "file:///etc/passwd", "", "ftp://x.example/a"],
)
def test_only_safe_addresses_are_called(wire: Wire, client: Client, address: str) -> None:
    wire.on("POST /v1/uploads", say(200, TICKET | {"uploadUrl": address}))
    with pytest.raises(DownloadError, match="not safe"):
        client.upload("a.png", "image/png", io.BytesIO(b"content"))
    with pytest.raises(DownloadError, match="not safe"), client.download(address):
        pass


def test_a_distant_runway_may_not_point_at_this_machine(wire: Wire, key: str) -> None:
    client = Client(Settings(api_key=key, base_url="https://api.example.com"))
    wire.on("GET /clip", say(200, b"x"))
    with pytest.raises(DownloadError), client.download(f"{wire.url}/clip"):
        pass
    assert wire.heard == []
    client.close()


def test_the_emulator_takes_an_upload(emulator: Emulator, settings: Settings) -> None:
    client = Client(settings)
    assert client.upload("a.png", "image/png", io.BytesIO(b"x" * 600)).startswith("runway://")
    client.close()


# -- downloads ------------------------------------------------------------------------------------


def test_a_download_sends_no_key_and_asks_for_the_bytes_as_they_are(
    wire: Wire, client: Client, key: str
) -> None:
    answer = say(200, b"a clip", {"Content-Type": "Video/MP4; x=y", "ETag": '"e1"'})
    wire.on("GET /clip?_jwt=s", answer)
    with client.download(f"{wire.url}/clip?_jwt=s") as download:
        assert b"".join(download.chunks) == b"a clip"
        assert (download.start, download.total) == (0, 6)
        assert (download.media_type, download.etag) == ("video/mp4", '"e1"')
    (heard,) = wire.heard
    assert key not in str(heard.headers)
    assert "Range" not in heard.headers
    assert heard.headers["Accept-Encoding"] == "identity"


def test_a_resumed_download_asks_for_the_rest_of_the_same_file(wire: Wire, client: Client) -> None:
    wire.on("GET /clip", say(206, b"clip", {"Content-Range": "bytes 2-5/6"}))
    with client.download(f"{wire.url}/clip", start=2, etag='"e1"') as download:
        assert b"".join(download.chunks) == b"clip"
        assert (download.start, download.total) == (2, 6)
    assert wire.heard[0].headers["Range"] == "bytes=2-"
    assert wire.heard[0].headers["If-Range"] == '"e1"'


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (say(401, b""), LinkExpired),
        (say(403, b""), LinkExpired),
        (say(404, b""), LinkExpired),
        (say(410, b""), LinkExpired),
        (say(416, b""), StaleDownload),
        (say(302, b"", {"Location": "http://127.0.0.1/"}), DownloadError),
        (say(302, b"", {"Location": "http://[bad"}), errors.DailiesError),
        (say(500, b""), DownloadError),
        (say(206, b"x", {"Content-Range": "bytes ²-5/6"}), DownloadError),
        (say(206, b"x"), DownloadError),
        (hang_up, Unreachable),
    ],
)
def test_a_download_that_cannot_be_is_an_error_of_ours(
    wire: Wire, client: Client, key: str, answer: Act, kind: type[errors.DailiesError]
) -> None:
    wire.on("GET /clip", answer)
    with pytest.raises(kind) as caught, client.download(f"{wire.url}/clip"):
        pass
    assert_clean(caught.value, key, wire.url)
    assert len(wire.heard) == 1


def test_a_download_that_breaks_off_is_an_error_of_ours(wire: Wire, client: Client) -> None:
    wire.on("GET /clip", say(200, b"half", {"Content-Length": "8"}))
    got = b""
    with pytest.raises(UnreadableAnswer), client.download(f"{wire.url}/clip") as download:  # noqa: PT012
        for chunk in download.chunks:
            got += chunk
    assert got in (b"", b"half")


def test_a_mistake_of_ours_inside_a_download_is_not_hidden(wire: Wire, client: Client) -> None:
    wire.on("GET /clip", say(200, b"clip"))
    with pytest.raises(ZeroDivisionError), client.download(f"{wire.url}/clip"):
        raise ZeroDivisionError
    with pytest.raises(ValueError, match="ours"), client.download(f"{wire.url}/clip"):
        raise ValueError("ours")


def test_the_version_is_the_one_of_the_settings(
    wire: Wire, key: str, request: pytest.FixtureRequest
) -> None:
    plain = Settings(api_key=key, base_url=wire.url)
    client = Client(replace(plain, api_version="2031-01-01"))
    request.addfinalizer(client.close)
    wire.on(GET_ACCOUNT, say(200, ACCOUNT))
    client.organization()
    assert wire.heard[0].headers["X-Runway-Version"] == "2031-01-01"
