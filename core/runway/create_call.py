"""Sends one create call, once, and writes the answer into a receipt, in its own process.

It outlives a killed server, so that the id of a paid task is not lost. It touches no database and
imports little. `send` runs it as `python -m core.runway.create_call FD`, with the call on standard
input and the key in the environment.
"""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import requests
from urllib3.exceptions import InvalidHeader, LocationValueError, NewConnectionError

from core.runway import receipts
from core.runway.receipts import Receipt
from core.runway.sessions import CannotSend, Session

ROOT = Path(__file__).resolve().parents[2]
KEY = "RUNWAYML_API_SECRET"
CONNECT_SECONDS, READ_SECONDS = 5.0, 60.0
DRAIN_SECONDS = 3.5
LONGEST_BODY, LONGEST_PIECE = 1024 * 1024, 64 * 1024
HEADER_LIMIT, ERROR_LIMIT = 200, 1000
KEPT_HEADERS = ("retry-after", "content-type", "x-request-id")
HANDSHAKE = frozenset(
    {
        "CERTIFICATE_VERIFY_FAILED",
        "WRONG_VERSION_NUMBER",
        "UNSUPPORTED_PROTOCOL",
        "SSLV3_ALERT_HANDSHAKE_FAILURE",
        "TLSV1_ALERT_PROTOCOL_VERSION",
        "TLSV1_UNRECOGNIZED_NAME",
        "NO_CERTIFICATE_OR_CRL_FOUND",
        "PEM_LIB",
    }
)
"""TLS failures before the first byte of a request can leave."""
SURE = (
    CannotSend,
    requests.ConnectTimeout,
    requests.exceptions.ProxyError,
    requests.exceptions.InvalidURL,
)
"""Failures before a connection is ready."""


@dataclass(frozen=True)
class Call:
    """A create call; `seconds` limits the whole of it."""

    url: str
    api_version: str
    body: Mapping[str, Any]
    seconds: float = 90.0


def url(base_url: str, endpoint: str) -> str:
    return f"{base_url}/v1/{endpoint}"


def send(call: Call, key: str, receipt: int) -> subprocess.Popen[bytes]:
    """Start the submitter with `call`. It holds the lock of `receipt` until it is done.

    The process inherits a lock that was taken before it started, so there is no moment at which
    another server could think that the call was never made.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "core.runway.create_call", str(receipt)],
        cwd=ROOT,
        env={**os.environ, KEY: key},
        pass_fds=(receipt,),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert process.stdin is not None
    with process.stdin as order:
        order.write(json.dumps(asdict(call)).encode())
    return process


def wait_for(sender: subprocess.Popen[bytes], stopping: threading.Event) -> bool:
    """Wait for the submitter to end, or only a moment longer once the server is stopping. Returns
    whether it has ended; if not, it goes on alone."""
    while sender.poll() is None and not stopping.wait(0.02):
        pass
    try:
        sender.wait(DRAIN_SECONDS)
    except subprocess.TimeoutExpired:
        sender.returncode = 0  # no longer ours to wait for
        return False
    return True


def post(call: Call, key: str) -> Receipt:
    """Make the call once: no retry, no redirect, no reused connection."""
    try:
        with (
            Session() as session,
            session.post(
                call.url,
                json=dict(call.body),
                headers={"Authorization": f"Bearer {key}", "X-Runway-Version": call.api_version},
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as answer,
        ):
            body = _body(answer)
    except requests.RequestException as error:
        kind = type(error).__name__
        return Receipt("refused_connection" if never_left(error) else "no_answer", error=kind)
    except TimeoutError:
        return Receipt("no_answer", error="TimeoutError")
    headers = {k: answer.headers[k][:HEADER_LIMIT] for k in KEPT_HEADERS if k in answer.headers}
    return Receipt("answered", status=answer.status_code, headers=headers, body=shortened(body))


def _body(answer: requests.Response) -> str:
    body = bytearray()
    for piece in answer.iter_content(LONGEST_PIECE):
        body += piece
        if len(body) > LONGEST_BODY:
            break
    return body.decode("utf-8", "replace")


def shortened(body: str) -> str:
    """The body, cut to fit into a receipt.

    A long one keeps what is read from it later, above all the task's id, which appears nowhere
    else.
    """
    if receipts.has_room(body):
        return body
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        return ""
    kept = {name: said[name] for name in ("id", "estimatedCost", "error") if name in said}
    least = {"id": said.get("id"), "error": str(said.get("error", ""))[:ERROR_LIMIT]}
    return next((text for text in map(json.dumps, (kept, least)) if receipts.has_room(text)), "")


def never_left(error: requests.RequestException) -> bool:
    """True only when no byte of the request can have reached Runway."""
    if isinstance(error, SURE):
        return True
    causes = list(_causes(error))
    if isinstance(error, requests.exceptions.InvalidHeader):
        # It was our request that failed, unless urllib3 raised this itself: then it was the answer.
        return not any(isinstance(cause, InvalidHeader) for cause in causes)
    return any(
        isinstance(cause, (NewConnectionError, LocationValueError))
        or (isinstance(cause, ssl.SSLError) and cause.reason in HANDSHAKE)
        for cause in causes
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        found = waiting.pop()
        if not isinstance(found, BaseException) or id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        waiting += [getattr(found, "reason", None), found.__cause__, found.__context__, *found.args]


def main() -> None:
    fd = int(sys.argv[1])
    call = Call(
        **json.load(sys.stdin)
    )  # the server was killed before it had written the call: nothing has been sent
    receipts.write(fd, Receipt("sending"))
    signal.signal(signal.SIGALRM, _time_is_up)
    signal.setitimer(signal.ITIMER_REAL, call.seconds)
    answer = post(call, os.environ[KEY])
    signal.setitimer(signal.ITIMER_REAL, 0)
    receipts.write(fd, answer)


def _time_is_up(_signal: int, _frame: object) -> None:
    """A slowly dripping answer never exceeds a timeout between two bytes."""
    raise TimeoutError


if __name__ == "__main__":
    main()
