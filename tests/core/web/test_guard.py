"""What stands before pages, routes and sockets: names, origins, frames, sizes, rates."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from types import SimpleNamespace
from typing import Any

import pytest
import requests
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import Message
from starlette.websockets import WebSocket
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from core.web import body_limits, sockets
from core.web.body_limits import Intake
from core.web.guard import Guard, is_monitor
from core.web.sockets import Pace
from tests.conftest import in_a_thread

FILE = 1000
OURS = "studio.example.com"
UPLOAD = "/_stcore/upload_file/{session}/{file}"


class Kept:
    """A server that keeps files as Streamlit does: in memory, until their session is forgotten."""

    def __init__(self) -> None:
        self.files: dict[str, int] = {}
        self.gone: set[str] = set()

    def sizes(self) -> dict[str, int]:
        return self.files

    def forget_gone(self) -> None:
        self.files = {one: size for one, size in self.files.items() if one not in self.gone}

    async def take(self, request: Request) -> Response:
        session = request.path_params["session"]
        size = len(await request.body())
        self.files[session] = self.files.get(session, 0) + size
        return JSONResponse(size)


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def base() -> str:
    """The path that everything is served at."""
    return ""


async def page(_request: Request) -> Response:
    return PlainTextResponse("the page", headers={"Content-Security-Policy": "default-src 'none'"})


async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    async for message in websocket.iter_bytes():
        await websocket.send_bytes(message)


@pytest.fixture
def port(kept: Kept, base: str) -> Iterator[int]:
    """The guard before a page, its uploads and a socket, served."""
    guard = Middleware(
        Guard,
        hosts={"127.0.0.1", "localhost", "::1", OURS},
        monitors=(),
        base=base,
        intake=Intake(kept, base=base, largest=FILE),
    )
    routes = [
        Route(f"{base}{UPLOAD}", kept.take, methods=["PUT"]),
        WebSocketRoute("/socket", echo),
        Route("/{path:path}", page, methods=["GET", "POST"]),
    ]
    app = Starlette(routes=routes, middleware=[guard])
    with serving(app) as port:
        yield port


@contextmanager
def serving(app: Starlette) -> Iterator[int]:
    config = uvicorn.Config(app, lifespan="off", log_config=None, ws="websockets-sansio")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join()


@pytest.fixture
def ask(port: int) -> Callable[..., requests.Response]:
    """A request to the server, with these headers."""

    def send(
        path: str = "/", method: str = "GET", data: Any = None, **headers: str
    ) -> requests.Response:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"http://127.0.0.1:{port}{path}"
        return requests.request(method, url, headers=given, data=data, timeout=10)

    return send


def handshake(port: int, host: str, *origins: str) -> int:
    """How the server answers who wants a socket under these names: 101 when it opens one."""
    lines = ["GET /socket HTTP/1.1", f"Host: {host}", *(f"Origin: {one}" for one in origins)]
    lines += ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]
    lines += ["Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "", ""]
    with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
        plain.sendall("\r\n".join(lines).encode())
        return int(plain.recv(1000).split()[1])


# -- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:8501", "localhost", "LOCALHOST:9000", "[::1]:8501", OURS, f"{OURS}:8443"],
)
def test_a_name_of_this_machine_or_of_the_settings_is_answered(
    ask: Callable[..., requests.Response], host: str
) -> None:
    assert ask(Host=host).text == "the page"


@pytest.mark.parametrize(
    "host",
    [
        "rebound.evil.test",
        "127.0.0.1.evil.test:8501",
        f"{OURS}.evil.test",
        f"evil-{OURS}",
        "localhost.",
        "localhost:8501@evil.test",
        "evil.test@localhost",
        "localhost:8501:1",
        "localhost/evil.test",
        "0.0.0.0:8501",
        "2130706433",
        "0x7f.0.0.1",
        "::1",
        "[::ffff:127.0.0.1]",
        "",
    ],
)
def test_another_name_that_leads_here_is_refused_in_a_sentence(
    ask: Callable[..., requests.Response], port: int, host: str
) -> None:
    refused = ask(Host=host)
    assert refused.status_code == 421
    assert refused.text.startswith("Dailies does not answer to this name.")
    assert "DAILIES_ALLOWED_HOSTS" in refused.text
    assert handshake(port, host) == 403


def test_two_names_are_none(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.test\r\n\r\n")
        assert plain.recv(1000).split()[1] in (b"400", b"421")


# -- origins --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost:8501", "http://localhost:8501"),
        ("127.0.0.1:9000", "http://127.0.0.1:9000"),
        ("[::1]:8501", "http://[::1]:8501"),
        (OURS, f"https://{OURS}"),
        (f"{OURS}:8443", f"https://{OURS}:8443"),
    ],
)
def test_a_page_of_our_own_is_answered(
    ask: Callable[..., requests.Response], port: int, host: str, origin: str
) -> None:
    assert ask(Host=host, Origin=origin).status_code == 200
    assert ask("/", "POST", Host=host, Origin=origin).status_code == 200
    assert handshake(port, host, origin) == 101


def test_who_tells_of_no_page_is_answered(port: int) -> None:
    assert handshake(port, "localhost:8501") == 101


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.test",
        "https://localhost.evil.test:8501",
        "http://localhost:3000",
        "http://localhost",
        "http://127.0.0.1:8501",
        "http://LOCALHOST:8501",
        "http://localhost:8501/",
        "http://user@localhost:8501",
        "ftp://localhost:8501",
        f"https://{OURS}",
        "null",
        "",
    ],
)
def test_a_page_of_another_address_is_refused_even_one_of_this_machine(
    ask: Callable[..., requests.Response], port: int, origin: str
) -> None:
    assert handshake(port, "localhost:8501", origin) == 403
    for method in ("GET", "POST", "PUT", "DELETE"):
        refused = ask("/_stcore/upload_file/a/b", method, Host="localhost:8501", Origin=origin)
        assert refused.status_code == 403
        assert refused.text.startswith("This request comes from a page of another address")


def test_two_origins_are_none(port: int) -> None:
    two = ("http://localhost:1", "http://evil.test")
    assert handshake(port, "localhost:1", *two) in (400, 403)


def test_what_is_encrypted_takes_no_page_that_is_not(
    ask: Callable[..., requests.Response],
) -> None:
    told = {"X-Forwarded-Proto": "https"}
    assert ask(Host=OURS, Origin=f"https://{OURS}", **told).status_code == 200
    assert ask(Host=OURS, Origin=f"http://{OURS}", **told).status_code == 403


def test_refusals_are_logged_now_and_then_and_shortly(
    ask: Callable[..., requests.Response], caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(5):
        ask(Host="evil.test", Origin="http://" + "e" * 500)
    (record,) = [r for r in caplog.records if r.name == "core.web.guard"]
    assert len(str(vars(record)["origin"])) <= 100


# -- frames ---------------------------------------------------------------------------------------


def test_no_other_page_may_frame_an_answer_whatever_else_it_forbids(
    ask: Callable[..., requests.Response],
) -> None:
    for answer in (ask("/history"), ask(Host="evil.test")):
        assert answer.headers["x-frame-options"] == "SAMEORIGIN"
        assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    assert "default-src 'none'" in ask("/history").headers["content-security-policy"]


# -- figures --------------------------------------------------------------------------------------


def test_figures_are_for_this_machine_and_not_for_who_comes_through_a_proxy(
    ask: Callable[..., requests.Response],
) -> None:
    for path in ("/metrics", "/_stcore/metrics"):
        assert ask(path).text == "the page"
        for header in ("Via", "Forwarded", "X-Forwarded-For", "X-Real-IP"):
            refused = ask(path, **{header: "127.0.0.1"})
            assert refused.status_code == 403
            assert "DAILIES_MONITORS" in refused.text


@pytest.mark.parametrize(
    ("client", "named", "may"),
    [
        ("127.0.0.1", "", True),
        ("::1", "", True),
        ("::ffff:127.0.0.1", "", True),
        ("10.0.0.7", "", False),
        ("10.0.0.7", "10.0.0.7", True),
        ("::ffff:10.0.0.7", "10.0.0.0/24", True),
        ("10.0.1.7", "10.0.0.0/24", False),
    ],
)
def test_a_monitor_is_named_by_its_address(client: str, named: str, may: bool) -> None:
    networks = [ip_network(named)] if named else []
    assert is_monitor({"client": (client, 1), "headers": []}, networks) is may


def test_who_has_no_address_is_no_monitor() -> None:
    assert not is_monitor({"client": None, "headers": []}, [])


# -- sizes ----------------------------------------------------------------------------------------


def pieces(size: int) -> Iterator[bytes]:
    """A body that does not say how large it is."""
    yield from (b"x" * 50 for _ in range(size // 50))


def put(ask: Callable[..., requests.Response], session: str, data: Any, base: str = "") -> int:
    path = base + UPLOAD.format(session=session, file="invented")
    try:
        return ask(path, "PUT", data).status_code
    except requests.ConnectionError:  # it hung up in the middle of what it did not want
        return 413


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that a test reaches soon."""
    monkeypatch.setattr(body_limits, "FORM", 0)
    monkeypatch.setattr(body_limits, "ELSEWHERE", 100)


@pytest.mark.parametrize("base", ["", "/dailies"])
def test_a_file_is_taken_up_to_the_largest_size_said_or_not(
    ask: Callable[..., requests.Response], base: str
) -> None:
    assert put(ask, "a", b"x" * FILE, base) == 200
    assert put(ask, "b", pieces(FILE), base) == 200
    assert put(ask, "a", b"x" * (FILE + 1), base) == 413
    assert put(ask, "b", pieces(FILE + 50), base) == 413


def test_elsewhere_next_to_nothing_is_taken(ask: Callable[..., requests.Response]) -> None:
    assert ask("/", "POST", b"x" * 100).status_code == 200
    assert ask("/", "POST", b"x" * 101).status_code == 413
    assert ask("/healthz", "GET", b"x" * 101).status_code == 413


def test_what_lies_in_memory_is_bounded_for_a_session_and_in_all(
    ask: Callable[..., requests.Response], kept: Kept
) -> None:
    assert [put(ask, "a", b"x" * FILE) for _ in range(4)] == [200, 200, 429, 429]
    assert put(ask, "b", pieces(FILE)) == 200
    assert put(ask, "c", b"x" * FILE) == 200
    assert put(ask, "d", b"x") == 429
    assert sum(kept.files.values()) == 4 * FILE


def test_files_of_pages_that_are_gone_make_room(
    ask: Callable[..., requests.Response], kept: Kept
) -> None:
    for session in ("a", "a", "b", "b"):
        assert put(ask, session, b"x" * FILE) == 200
    kept.gone = {"a"}
    assert put(ask, "c", b"x" * FILE) == 200
    assert kept.files == {"b": 2 * FILE, "c": FILE}


def test_what_is_on_its_way_counts_until_it_has_ended(
    ask: Callable[..., requests.Response], port: int
) -> None:
    head = f"PUT {UPLOAD.format(session='a', file='slow')} HTTP/1.1\r\nHost: localhost\r\n"
    with socket.create_connection(("127.0.0.1", port)) as slow:
        slow.sendall(f"{head}Content-Length: {FILE}\r\n\r\n".encode() + b"x" * (FILE - 1))
        assert put(ask, "a", b"x" * FILE) == 200
        assert put(ask, "a", b"x" * 100) == 429
    eventually(lambda: put(ask, "a", b"x" * 100) == 200)


def eventually(holds: Callable[[], bool]) -> None:
    """Ask again and again: nothing tells when a server has seen that somebody has gone."""
    assert any(holds() for _ in range(500))


def test_who_sends_nothing_more_is_not_waited_for(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body_limits, "SECONDS_WITHOUT_A_BYTE", 0.05)
    head = f"PUT {UPLOAD.format(session='a', file='slow')} HTTP/1.1\r\nHost: localhost\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as slow:
        slow.sendall(f"{head}Content-Length: {FILE}\r\n\r\n".encode())
        assert slow.recv(1000).split()[1] == b"408"


# -- rates ----------------------------------------------------------------------------------------


def test_a_flood_waits_and_nothing_of_it_is_lost(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "A_SECOND", 1000)
    with connect(f"ws://127.0.0.1:{port}/socket") as flooding:
        for number in range(300):
            flooding.send(str(number).encode())
        assert [int(flooding.recv()) for _ in range(300)] == list(range(300))


def test_text_closes_a_socket_without_a_word_in_the_log(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    with connect(f"ws://127.0.0.1:{port}/socket") as talking:
        talking.send(b"heard")
        assert talking.recv() == b"heard"
        talking.send("text")
        with pytest.raises(ConnectionClosed) as closed:
            talking.recv()
        assert closed.value.rcvd
        assert closed.value.rcvd.code == 1003
    assert [one for one in caplog.records if one.levelname in ("WARNING", "ERROR")] == []


def test_a_socket_is_heard_at_once_until_it_has_said_very_much(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits: list[float] = []
    now = [0.0]

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    async def receive() -> Message:
        return {"type": "websocket.receive"}

    async def hear(messages: int) -> None:
        for _ in range(messages):
            await paced()

    monkeypatch.setattr(sockets, "asyncio", SimpleNamespace(sleep=sleep))
    paced = Pace(receive, lambda: now[0])
    in_a_thread(hear(sockets.AT_ONCE))
    assert waits == []
    in_a_thread(hear(2 * sockets.A_SECOND))
    assert now[0] == pytest.approx(2)
    waits.clear()
    now[0] += 1
    in_a_thread(hear(sockets.A_SECOND))
    assert waits == []
