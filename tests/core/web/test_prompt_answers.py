"""No part of an answer waits for another one to be acknowledged."""

from __future__ import annotations

import socket

from core.web.prompt_answers import send_at_once


def leaves_at_once(one: socket.socket) -> bool:
    return bool(one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))


def test_what_a_socket_accepts_is_sent_at_once() -> None:
    """The one that listens names no protocol, as Streamlit's."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        assert listening.proto == 0
        with socket.create_connection(listening.getsockname()) as before, listening.accept()[0]:
            send_at_once()
            with (
                socket.create_connection(listening.getsockname()),
                listening.accept()[0] as accepted,
            ):
                assert leaves_at_once(accepted)
            assert not leaves_at_once(before)
            before.sendall(b"still open")
