"""Makes one create call, once, in a process of its own, and writes the answer into a receipt.

The process outlives a killed server, so that the id of a paid task is not lost. It touches no
database and imports little. `Submitters` runs it as `python -m core.providers.create_call FD MANY`.
For each order two descriptors come on that socket: the receipt, and another socket for the call and
the key as JSON. For MANY it forks each time, which takes a twentieth of what a start takes.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import requests
from urllib3.exceptions import InvalidHeader, LocationValueError, NewConnectionError

from core.outbound.sessions import CannotSend, Session
from core.outbound.trust import trusting_session
from core.providers import receipts
from core.providers.receipts import Receipt

CONNECT_SECONDS, READ_SECONDS = 5.0, 60.0
LONGEST_BODY, LONGEST_PIECE = 1024 * 1024, 64 * 1024
HEADER_LIMIT, TEXT_LIMIT = 200, 1000
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
"""TLS failures that come before the first byte of a request."""
SURE = (
    CannotSend,
    requests.ConnectTimeout,
    requests.exceptions.ProxyError,
    requests.exceptions.InvalidURL,
)
"""Failures that come before there is a connection."""


@dataclass(frozen=True)
class Call:
    """`{key}` in `headers` stands for the key. `essential` names the fields to keep of an answer
    too long for a receipt; `seconds` limits the whole call."""

    url: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    essential: Sequence[str] = ()
    seconds: float = 90.0


def post(call: Call, key: str, session: Session | None = None) -> Receipt:
    """Make the call once: no retry, no redirect, no reused connection."""
    try:
        with (
            session or Session() as used,
            used.post(
                call.url,
                json=dict(call.body),
                headers={name: text.replace("{key}", key) for name, text in call.headers.items()},
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
    kept = shortened(body, call.essential)
    return Receipt("answered", status=answer.status_code, headers=headers, body=kept)


def _body(answer: requests.Response) -> str:
    body = bytearray()
    for piece in answer.iter_content(LONGEST_PIECE):
        body += piece
        if len(body) > LONGEST_BODY:
            break
    return body.decode("utf-8", "replace")


def shortened(body: str, essential: Sequence[str]) -> str:
    """The body, cut to fit into a receipt.

    Of a long one the essential fields stay, above all the task's id, which appears nowhere else; if
    they are too long as well, only those that are texts, each cut.
    """
    if receipts.has_room(body):
        return body
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        return ""
    kept = {name: said[name] for name in essential if name in said}
    least = {name: text[:TEXT_LIMIT] for name, text in kept.items() if isinstance(text, str)}
    return next((text for text in map(json.dumps, (kept, least)) if receipts.has_room(text)), "")


def never_left(error: requests.RequestException) -> bool:
    """True only when no byte of the request can have reached the provider."""
    if isinstance(error, SURE):
        return True
    causes = list(_causes(error))
    if isinstance(error, requests.exceptions.InvalidHeader):
        # Our own headers were refused, unless urllib3 raised it: then the answer's were.
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
    """Makes what it is given, until the server has ended or needs nothing more."""
    control, many = socket.socket(fileno=int(sys.argv[1])), bool(int(sys.argv[2]))
    if many:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nothing is left of those that have ended
    session = trusting_session()
    while taken := _taken(control):
        if not many or _is_forked():
            control.close()
            if many:
                os.setsid()
            _make(*taken, session)
            return
        for descriptor in taken:  # the receipt first, as below
            os.close(descriptor)


def _is_forked() -> bool:
    """Whether this is the child. Where the system has no room for one, nobody makes the order."""
    try:
        return os.fork() == 0
    except OSError:
        return False


def _taken(control: socket.socket) -> tuple[int, int] | None:
    """The receipt and the wire of the next order."""
    _letter, descriptors, _flags, _address = socket.recv_fds(control, 1, 2)
    return (descriptors[0], descriptors[1]) if descriptors else None


def _make(receipt: int, wire: int, session: Session) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a service that stops tells all its processes
    content = bytearray()
    while piece := os.read(wire, LONGEST_PIECE):
        content += piece
    try:
        order = json.loads(content)  # cut short where the server was killed: nothing has been sent
        call = Call(**order["call"])
        receipts.write(receipt, Receipt("sending"))
        signal.signal(signal.SIGALRM, _time_is_up)
        signal.setitimer(signal.ITIMER_REAL, call.seconds)
        answer = post(call, order["key"], session)
        signal.setitimer(signal.ITIMER_REAL, 0)
        receipts.write(receipt, answer)
    finally:
        os.close(receipt)  # before the wire, by whose end the server knows that it may read


def _time_is_up(_signal: int, _frame: object) -> None:
    """A slowly dripping answer never exceeds a timeout between two bytes."""
    raise TimeoutError


if __name__ == "__main__":
    main()
