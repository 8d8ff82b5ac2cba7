"""Answers leave as soon as they are written.

TCP holds the second part of an answer back until its reader has acknowledged the first, for which
readers take 40 ms, unless it is told not to (TCP_NODELAY). asyncio tells it so where a socket names
TCP as its protocol; the one on which Streamlit listens does not.
"""

from __future__ import annotations

import os
import socket

INTERNET = (socket.AF_INET, socket.AF_INET6)


def send_at_once() -> None:
    """Tell so each socket of this process that listens: what it accepts inherits it."""
    for number in os.listdir("/dev/fd"):
        try:
            one = socket.socket(fileno=int(number))
        except OSError:
            continue  # a file, a pipe, or closed by now
        try:
            if one.family in INTERNET and one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        finally:
            one.detach()  # it belongs to whoever opened it
