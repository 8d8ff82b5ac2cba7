"""The submitter: one POST whatever breaks, its answer on disk, and the key nowhere else."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from core.generations import Generation, Request, Status
from core.providers import create_call, receipts
from core.providers.create_call import Call, never_left
from core.providers.receipts import Receipt
from core.providers.submitters import Submission, Submitter, Submitters
from core.runway.provider import call_to
from core.settings import Settings
from core.studio import Studio
from tests.conftest import ROOT, Clock, step
from tests.core.conftest import Act, Wire, hang_up, reset, say, say_raw
from tests.core.submitter_processes import at_work

CREATE = "POST /v1/text_to_video"
ACCOUNT = {"creditBalance": 1000, "usage": {"models": {"gen4.5": {"dailyGenerations": 3}}}}
FULL = ACCOUNT | {"tier": {"models": {"gen4.5": {"maxDailyGenerations": 3}}}}
"""The same account where the model's day is used up."""
CREATED = {"id": "4f8f-1", "estimatedCost": {"credits": 24}}
BODY = {"model": "gen4.5", "promptText": "A quiet sea 🎬"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the receipt is to lie."""
    return tmp_path / "receipt.json"


def call(url: str) -> Call:
    return call_to(url, "text_to_video", BODY, "2024-11-06")


@pytest.fixture
def submitters() -> Iterator[Submitters]:
    found = Submitters()
    yield found
    found.stop()


def begun(submitters: Submitters, to: Call, key: str, path: Path) -> Submission:
    """A submitter at work; it alone holds the receipt."""
    fd = receipts.allocate(path)
    submission = submitters.send(to, key, fd)
    os.close(fd)
    return submission


def sent(submitters: Submitters, wire: Wire, key: str, path: Path) -> Receipt:
    """The receipt of a call that a submitter has made and ended."""
    assert begun(submitters, call(wire.url), key, path).has_ended(30)
    found = receipts.read(path)
    assert found
    return found


# -- one call -------------------------------------------------------------------------------------


def test_the_submitter_sends_the_call_and_writes_down_the_answer(
    submitters: Submitters, wire: Wire, key: str, path: Path
) -> None:
    wire.on(CREATE, say(200, CREATED, {"X-Request-Id": "r7", "Set-Cookie": "a=b"}))
    receipt = sent(submitters, wire, key, path)
    assert (receipt.state, receipt.status) == ("answered", 200)
    assert json.loads(receipt.body) == CREATED
    assert receipt.headers == {"x-request-id": "r7"}
    (heard,) = wire.heard
    assert json.loads(heard.body) == BODY
    assert heard.headers["Authorization"] == f"Bearer {key}"
    assert heard.headers["X-Runway-Version"] == "2024-11-06"
    assert heard.headers["Content-Type"] == "application/json"


def test_the_key_is_in_no_command_line_no_environment_and_no_receipt(
    submitters: Submitters, wire: Wire, key: str, path: Path
) -> None:
    wire.on(CREATE, wire.hang)
    submission = begun(submitters, call(wire.url), key, path)
    for shown in at_work():
        assert key not in f"{shown.cmdline()} {shown.environ()}"
        shown.kill()
    assert submission.has_ended(30)
    wire.on(CREATE, reset)
    other = path.with_name("other.json")
    sent(submitters, wire, key, other)
    assert key not in (path.read_bytes() + other.read_bytes()).decode()


def test_a_netrc_of_the_machine_never_replaces_the_key(
    submitters: Submitters, wire: Wire, key: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = path.with_name("netrc")
    netrc.write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    wire.on(CREATE, say(200, CREATED))
    sent(submitters, wire, key, path)
    assert wire.heard[0].headers["Authorization"] == f"Bearer {key}"


def test_an_order_that_was_cut_short_sends_nothing(wire: Wire, key: str, path: Path) -> None:
    fd = receipts.allocate(path)
    submitter = Submitter(many=True)
    submission = submitter.take(b'{"call": {"url": "http://127.0', fd)
    os.close(fd)
    assert submission.has_ended(30)
    submitter.end()
    assert receipts.read(path) == Receipt("allocated")
    assert wire.heard == []


@pytest.mark.point(1)
@pytest.mark.slow
def test_the_submitter_outlives_its_killed_server(wire: Wire, key: str, path: Path) -> None:
    wire.on(CREATE, lambda connection: (wire.released.wait(30), say(200, CREATED)(connection))[1])
    program = (
        "import os, sys; from pathlib import Path; from core.providers import receipts;"
        "from core.providers.create_call import Call;"
        "from core.providers.submitters import Submitters;"
        "fd = receipts.allocate(Path(sys.argv[1]));"
        f"Submitters().send(Call('{wire.url}/v1/text_to_video', {{}}, {{}}), os.environ['K'], fd);"
        "print('sent', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)],
        cwd=ROOT,
        env=os.environ | {"K": key},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as server:
        assert server.stdout
        assert server.stdout.readline() == b"sent\n"
        (child,) = at_work(server.pid)
        os.killpg(server.pid, signal.SIGKILL)
    assert receipts.read(path) is None, "its sender is still at work"
    wire.released.set()
    child.wait(30)
    found = receipts.read(path)
    assert found
    assert json.loads(found.body) == CREATED
    assert wire.count("POST") == 1


def test_importing_the_submitter_is_light() -> None:
    program = "import sys, core.providers.create_call; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(run.stdout.split())
    heavy = {"pandas", "numpy", "sqlite_utils", "sqlite3", "pydantic", "streamlit", "PIL", "av"}
    assert not loaded & heavy


def drip(head: bytes, letter: bytes) -> Act:
    """A beginning, and then a byte now and then, for as long as anybody listens."""

    def act(connection: socket.socket) -> None:
        connection.sendall(head)
        pause = threading.Event()
        while not pause.wait(0.05):
            connection.sendall(letter)

    return act


@pytest.mark.parametrize(
    ("head", "letter"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n{", b" "),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n{\r\n"),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"y"),
        (b"", b"H"),
    ],
    ids=["body", "chunks", "header", "first line"],
)
@pytest.mark.point(2)
@pytest.mark.slow
def test_an_answer_that_drips_for_ever_ends_when_its_time_is_up(
    submitters: Submitters, wire: Wire, key: str, path: Path, head: bytes, letter: bytes
) -> None:
    wire.on(CREATE, drip(head, letter))
    assert begun(submitters, replace(call(wire.url), seconds=1.0), key, path).has_ended(20)
    found = receipts.read(path)
    assert found
    assert found.state == "no_answer", "it may have been made"
    assert wire.count("POST") == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "more",
    [{"novel": "x" * 100_000}, {"novel": "\x00" * 9000}, {"error": "é" * 50_000}],
    ids=["long", "growing", "not ASCII"],
)
@pytest.mark.parametrize("first", [True, False], ids=["id first", "id last"])
@pytest.mark.point(4)
def test_an_answer_larger_than_its_receipt_keeps_the_tasks_id(
    submitters: Submitters, wire: Wire, key: str, path: Path, more: dict[str, str], first: bool
) -> None:
    wire.on(CREATE, say(200, CREATED | more if first else more | CREATED))
    receipt = sent(submitters, wire, key, path)
    assert receipt.state == "answered"
    assert json.loads(receipt.body)["id"] == CREATED["id"]
    assert path.stat().st_size == receipts.SIZE


@pytest.mark.slow
@pytest.mark.parametrize("body", [b"<html>" * 9000, b"[" * 100_000, b"\xff" * 20_000])
def test_a_large_answer_that_is_not_runways_leaves_an_empty_body(
    submitters: Submitters, wire: Wire, key: str, path: Path, body: bytes
) -> None:
    wire.on(CREATE, say(413, body))
    receipt = sent(submitters, wire, key, path)
    assert (receipt.state, receipt.status, receipt.body) == ("answered", 413, "")


def test_an_answer_without_an_end_is_not_read_to_it(
    submitters: Submitters, wire: Wire, key: str, path: Path
) -> None:
    def flood(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        with contextlib.suppress(OSError):
            while True:
                connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")

    wire.on(CREATE, flood)
    receipt = sent(submitters, wire, key, path)
    assert (receipt.state, receipt.body) == ("answered", "")


@pytest.mark.parametrize("bad", ["key\nX-Smuggled: 1", "key\r\n\r\nGET / HTTP/1.1", "key\r"])
def test_a_key_that_forms_no_header_is_neither_sent_nor_told(
    wire: Wire, path: Path, bad: str
) -> None:
    wire.on(CREATE, say(200, CREATED))
    fd = receipts.allocate(path)
    receipts.write(fd, create_call.post(call(wire.url), bad))
    os.close(fd)
    found = receipts.read(path)
    assert found
    assert found.state == "refused_connection"
    assert bad not in str(found)
    assert b"key" not in path.read_bytes()
    assert wire.heard == []


# -- what certainly never left --------------------------------------------------------------------


def failure(url: str, **options: object) -> requests.RequestException:
    """The real exception of a real call."""
    with pytest.raises(requests.RequestException) as caught:
        requests.post(url, json=BODY, allow_redirects=False, **options)  # type: ignore[arg-type]
    return caught.value


def test_a_refused_connection_never_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert never_left(failure(f"http://127.0.0.1:{port}/", timeout=5))


def test_an_unknown_host_never_left() -> None:
    assert never_left(failure("http://no-such-host.invalid/", timeout=5))


def test_a_connect_timeout_never_left() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        waiting = []
        for _ in range(4):  # fill the queue that nobody accepts from
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(address)
            waiting.append(one)
        error = failure(f"http://127.0.0.1:{address[1]}/", timeout=(0.3, 5))
        for one in waiting:
            one.close()
    assert isinstance(error, requests.ConnectTimeout)
    assert never_left(error)


def test_a_read_timeout_may_have_left(wire: Wire) -> None:
    wire.on("POST /", wire.hang)
    error = failure(f"{wire.url}/", timeout=(5, 0.3))
    assert isinstance(error, requests.ReadTimeout)
    assert not never_left(error)


def test_a_server_without_tls_never_got_the_request(wire: Wire) -> None:
    assert never_left(failure(wire.url.replace("http:", "https:"), timeout=5))
    assert wire.heard == []


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[str]:
    """A TLS server with a certificate that nobody signed."""
    pem = tmp_path / "stranger.pem"
    ask = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1"]
    subprocess.run(
        [*ask, "-keyout", str(pem), "-out", f"{pem}.crt"],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{pem}.crt", pem)
    with closing(Wire(context)) as server:
        server.on("POST /", say(200, CREATED))
        yield server.url
        assert server.heard == []


@pytest.mark.slow
def test_a_certificate_that_is_not_trusted_never_gets_the_request(stranger: str) -> None:
    assert never_left(failure(f"{stranger}/", timeout=5))


@pytest.mark.parametrize("header", ["key\nkey", "key\rkey"])
def test_a_key_that_forms_no_header_never_left(wire: Wire, header: str) -> None:
    assert never_left(failure(f"{wire.url}/", headers={"Authorization": header}))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # urllib3's socket
def test_an_answer_with_two_lengths_was_an_answer(wire: Wire) -> None:
    wire.on("POST /", say(200, CREATED, {"Content-Length": "42, 5"}))
    assert not never_left(failure(f"{wire.url}/", timeout=5))
    gc.collect()


@pytest.mark.parametrize("act", [hang_up, reset], ids=["closed", "reset"])
@pytest.mark.parametrize("unread", [False, True], ids=["after reading", "before reading"])
@pytest.mark.point(2)
def test_a_connection_that_broke_may_have_left(wire: Wire, act: Act, unread: bool) -> None:
    wire.on("POST /", act, unread=unread)
    assert not never_left(failure(f"{wire.url}/", timeout=5))


# -- the whole table: what becomes of the generation ----------------------------------------------

Q, U, F, P = Status.QUEUED, Status.UNCONFIRMED, Status.FAILED, Status.PENDING
RUNWAY, STRANGER, NOBODY = "Runway's own", "somebody else's", "nobody's"
"""Whose the answer is. A stranger is a proxy, a firewall, a login page, a wrong address: it answers
HTML, nothing, or JSON without an `error`."""
HTML = b"<html>Sorry</html>"
STRANGE = {"html": HTML, "empty": b""}
NO = {"error": "No."}
TABLE: dict[str, tuple[str, Act, Status]] = {
    "200": (RUNWAY, say(200, CREATED), P),
    "201 with more": (RUNWAY, say(201, CREATED | {"novel": [1]}), P),
    "200 without a price": (RUNWAY, say(200, {"id": "4f8f-1"}), P),
    "closed after reading": (NOBODY, hang_up, U),
    "reset after reading": (NOBODY, reset, U),
    "half a body": (RUNWAY, say(200, b'{"id": "4f', {"Content-Length": "99"}), U),
    "cut chunks": (
        RUNWAY,
        say_raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{"),
        U,
    ),
    "truncated headers": (RUNWAY, say_raw(b"HTTP/1.1 200 OK\r\nContent-Le"), U),
    "no http": (STRANGER, say_raw(b"220 mail.example.com ESMTP\r\n"), U),
    "two lengths": (STRANGER, say(200, CREATED, {"Content-Length": "42, 5"}), U),
    "html": (STRANGER, say(200, b"<html>Log in</html>"), U),
    "no id": (RUNWAY, say(200, {"estimatedCost": {"credits": 24}}), U),
    "204": (STRANGER, say(204, b""), U),
    "302": (STRANGER, say(302, b"", {"Location": "/v1/text_to_video"}), U),
    "307": (STRANGER, say(307, b"", {"Location": "/v1/text_to_video"}), U),
    "302 nowhere": (STRANGER, say(302, b"", {"Location": "http://[bad"}), U),
    "400": (RUNWAY, say(400, {"error": "Invalid.", "issues": []}), F),
    "400 no credits": (
        RUNWAY,
        say(400, {"error": "You do not have enough credits to run this task."}),
        Q,
    ),
    # A gateway refuses a request before it passes it on; of a Runway that fails, it says 5xx.
    **{
        f"{code} {name}": (STRANGER, say(code, body), F)
        for code in (400, 404, 405, 413, 422)
        for name, body in STRANGE.items()
    },
    "401": (RUNWAY, say(401, NO), Q),
    "403": (RUNWAY, say(403, NO), Q),
    # A filter may have stopped the answer on its way back instead of the request.
    **{
        f"{code} {name}": (STRANGER, say(code, body), U)
        for code in (401, 403, 407)
        for name, body in STRANGE.items()
    },
    "404": (RUNWAY, say(404, NO), F),
    "405": (RUNWAY, say(405, NO), F),
    "408": (RUNWAY, say(408, NO), U),
    "409": (RUNWAY, say(409, NO), U),
    "413": (RUNWAY, say(413, NO), F),
    "422": (RUNWAY, say(422, NO), F),
    "429": (RUNWAY, say(429, {"error": "cap"}, {"Retry-After": "30"}), Q),
    # Whoever turns a call away for being one too many has not passed it on.
    "429 html": (STRANGER, say(429, HTML, {"Retry-After": "30"}), Q),
    "500": (RUNWAY, say(500, NO), U),
    "502": (RUNWAY, say(502, NO), Q),
    "503": (RUNWAY, say(503, NO), Q),
    "504": (RUNWAY, say(504, NO), U),
    # A gateway got no answer: what Runway did in the meantime nobody knows.
    **{
        f"{code} {name}": (STRANGER, say(code, body), U)
        for code in (500, 502, 503, 504)
        for name, body in STRANGE.items()
    },
    "502 with other JSON": (STRANGER, say(502, {"message": "Sorry"}), U),
    "503 with a task": (STRANGER, say(503, CREATED), U),
    "502 with an error that is no text": (STRANGER, say(502, {"error": {"message": "x"}}), U),
}


@pytest.fixture
def wired(open_studio: Callable[[Settings], Studio], settings: Settings, wire: Wire) -> Studio:
    """A studio whose Runway is the wire."""
    wire.on("GET /v1/organization", say(200, ACCOUNT))
    return open_studio(replace(settings, base_url=wire.url))


def after_one_attempt(studio: Studio, clock: Clock, request: Request) -> Generation:
    """The generation once the answer of its first attempt has been adopted."""
    generation, _ = studio.compose.submit(request, "intent")
    step(studio, clock)
    assert studio.generations.get(generation.id).status is Status.SUBMITTING
    step(studio, clock)
    return studio.generations.get(generation.id)


@pytest.mark.parametrize(("act", "status"), [row[1:] for row in TABLE.values()], ids=TABLE.keys())
@pytest.mark.point(2, 3)
def test_each_answer_leads_to_its_status_and_is_asked_for_once(
    wired: Studio,
    wire: Wire,
    clock: Clock,
    text_request: Request,
    key: str,
    act: Act,
    status: Status,
) -> None:
    wire.on(CREATE, act)
    found = after_one_attempt(wired, clock, text_request)
    assert found.status is status
    assert wire.count("POST") == 1
    assert found.credits_charged == (0 if status is F else None)
    assert (found.task_id is None) == (status is not P)
    if status is not P:
        assert found.reason.endswith((".", ").")), found.reason
    if status is U:
        clock.advance(3600)
        step(wired, clock)
        assert wire.count("POST") == 1, "sent again by itself"
        account = {"balance": 1000, "today": 3}
        assert found.evidence == {"before": account, "after": account}
    for file in wired.settings.data_dir.rglob("*"):
        assert not file.is_file() or key.encode() not in file.read_bytes(), file


def test_a_slow_answer_is_waited_for(
    wired: Studio, wire: Wire, clock: Clock, text_request: Request
) -> None:
    wire.on(CREATE, lambda connection: (wire.released.wait(0.7), say(200, CREATED)(connection))[1])
    assert after_one_attempt(wired, clock, text_request).status is P


@pytest.mark.point(2)
def test_only_runways_own_words_let_a_call_be_made_again_and_a_429() -> None:
    repeated = {
        name for name, (whose, _, status) in TABLE.items() if status is Q and whose != RUNWAY
    }
    assert repeated == {"429 html"}


@pytest.mark.parametrize("answer", [say(404, NO), say(404, HTML)], ids=["Runway's", "a stranger's"])
def test_a_404_on_a_create_says_that_the_address_is_wrong(
    wired: Studio, wire: Wire, clock: Clock, text_request: Request, answer: Act
) -> None:
    wire.on(CREATE, answer)
    found = after_one_attempt(wired, clock, text_request)
    assert "no such address" in found.reason
    assert "RUNWAYML_BASE_URL" in found.reason
    assert "task" not in found.reason


@pytest.mark.parametrize(
    "answer",
    [say(200, HTML), say(302, b"", {"Location": "/login"}), say(401, HTML), say(403, HTML)],
    ids=["200", "302", "401", "403"],
)
@pytest.mark.point(2)
def test_nothing_is_sent_through_what_answers_in_runways_place(
    wired: Studio, wire: Wire, clock: Clock, text_request: Request, answer: Act
) -> None:
    wire.on("GET /v1/organization", answer, say(200, ACCOUNT))
    wire.on(CREATE, say(200, CREATED))
    generation, _ = wired.compose.submit(text_request, "intent")
    step(wired, clock)
    held = wired.generations.get(generation.id)
    assert held.status is Q
    assert "key" not in held.reason
    assert wire.count("POST") == 0
    for _ in range(3):
        clock.advance(31)
        step(wired, clock)
    assert wired.generations.get(generation.id).status is P


@pytest.mark.parametrize("failing", ["401", "403", "429", "429 html", "502", "503"])
@pytest.mark.point(3)
def test_what_was_refused_without_a_task_is_sent_again_and_goes_on(
    wired: Studio, wire: Wire, clock: Clock, text_request: Request, failing: str
) -> None:
    wire.on(CREATE, TABLE[failing][1], say(200, CREATED))
    found = after_one_attempt(wired, clock, text_request)
    assert found.status is Q
    assert found.reason
    assert found.retry_at
    clock.advance((found.retry_at - clock.now()).total_seconds() - 0.01)
    step(wired, clock)
    assert wire.count("POST") == 1, "sent before its time"
    clock.advance(1)
    step(wired, clock)
    step(wired, clock)
    again = wired.generations.get(found.id)
    assert (again.status, again.attempts, again.reason) == (P, 2, "")
    assert wire.count("POST") == 2


def test_a_daily_cap_that_lasts_long_is_not_asked_about_all_the_time(
    wired: Studio, wire: Wire, clock: Clock, text_request: Request
) -> None:
    wire.on("GET /v1/organization", say(200, FULL))
    wire.on(CREATE, say(429, {"error": "cap"}, {"Retry-After": "86400"}))
    after_one_attempt(wired, clock, text_request)
    looks = 0
    for _ in range(100):
        clock.advance(0.25)
        looks += step(wired, clock)
    assert looks <= 1
    assert wire.count("POST") == 1


@pytest.mark.point(22)
def test_a_wait_is_measured_by_a_clock_that_never_goes_back(
    wired: Studio, wire: Wire, clock: Clock, text_request: Request
) -> None:
    wire.on(CREATE, say(503, NO), say(200, CREATED))
    found = after_one_attempt(wired, clock, text_request)
    clock.advance(-86_400)  # the wall's was a day ahead when the wait was planned
    clock.advance(3)
    step(wired, clock)
    step(wired, clock)
    assert wired.generations.get(found.id).status is P


@pytest.mark.point(22)
def test_a_time_to_try_again_in_the_far_future_is_not_believed_after_a_restart(
    open_studio: Callable[[Settings], Studio],
    wired: Studio,
    wire: Wire,
    clock: Clock,
    text_request: Request,
) -> None:
    wire.on("GET /v1/organization", say(200, FULL))
    wire.on(CREATE, say(429, {"error": "cap"}, {"Retry-After": "3600"}), say(200, CREATED))
    found = after_one_attempt(wired, clock, text_request)
    wired.close()
    clock.advance(-86_400)
    again = open_studio(wired.settings)
    step(again, clock)
    step(again, clock)
    assert again.generations.get(found.id).status is P
