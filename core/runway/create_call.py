"""Sends one create call, once, and writes its answer into a receipt. A process of its own.

It outlives a killed server, so a paid task's id is not lost with it. It touches no database and
imports little. Started by `send`, which runs `python -m core.runway.create_call FD` with the call
on standard input and the key in the environment.
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
"""TLS failures that happen before the first byte of a request can leave."""
SURE = (
    CannotSend,
    requests.ConnectTimeout,
    requests.exceptions.ProxyError,
    requests.exceptions.InvalidURL,
)
"""Failures that come before a connection is ready."""


@dataclass(frozen=True)
class Call:
    """One create call: where to, which API version, what, and the seconds it may take in all."""

    url: str
    api_version: str
    body: Mapping[str, Any]
    seconds: float = 90.0


def url(base_url: str, endpoint: str) -> str:
    """Where a create call goes."""
    return f"{base_url}/v1/{endpoint}"


def send(call: Call, key: str, receipt: int) -> subprocess.Popen[bytes]:
    """Start the submitter and hand it `call`. It holds the lock of `receipt` until it is done.

    The lock was taken before the process exists and is inherited by it, so there is no moment at
    which another server could think that the call was never made.
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
    """Wait for the submitter's end, once the server stops only for a moment more; whether it has
    ended. If not it goes on alone."""
    while sender.poll() is None and not stopping.wait(0.02):
        pass
    try:
        sender.wait(DRAIN_SECONDS)
    except subprocess.TimeoutExpired:
        sender.returncode = 0  # not ours to wait for any more
        return False
    return True


def post(call: Call, key: str) -> Receipt:
    """Make the call, once: no retry, no redirect, no connection that somebody used before."""
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
    """The answer's body, but of one that does not end only the beginning."""
    body = bytearray()
    for piece in answer.iter_content(LONGEST_PIECE):
        body += piece
        if len(body) > LONGEST_BODY:
            break
    return body.decode("utf-8", "replace")


def shortened(body: str) -> str:
    """The body so that a receipt has room for it: of a long one what is read from it later, above
    all the task's id, which is told only here."""
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
    """True only when not a byte of the request can have reached Runway."""
    if isinstance(error, SURE):
        return True
    causes = list(_causes(error))
    if isinstance(error, requests.exceptions.InvalidHeader):
        # Of our request, unless urllib3 says so: then it is the answer's.
        return not any(isinstance(cause, InvalidHeader) for cause in causes)
    return any(
        isinstance(cause, (NewConnectionError, LocationValueError))
        or (isinstance(cause, ssl.SSLError) and cause.reason in HANDSHAKE)
        for cause in causes
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all that it wraps, by `reason`, by argument, by cause or by context."""
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
    """Read the call, mark the receipt as sending, send, write down the answer."""
    fd = int(sys.argv[1])
    call = Call(**json.load(sys.stdin))  # cut short by a killed server: nothing has been sent
    receipts.write(fd, Receipt("sending"))
    signal.signal(signal.SIGALRM, _time_is_up)
    signal.setitimer(signal.ITIMER_REAL, call.seconds)
    answer = post(call, os.environ[KEY])
    signal.setitimer(signal.ITIMER_REAL, 0)
    receipts.write(fd, answer)


def _time_is_up(_signal: int, _frame: object) -> None:
    """An answer that drips, byte after byte, never meets a time limit between two bytes."""
    raise TimeoutError


if __name__ == "__main__":
    main()
