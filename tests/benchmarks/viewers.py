"""Open pages without a browser: clients that speak Streamlit's protocol as its frontend does."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets import Subprotocol
from websockets.asyncio.client import ClientConnection, connect

RUN_SECONDS = 60
"""A page that takes longer is not drawn any more."""
LOOKS_EVERY, LONGEST = 2.0, 30.0
"""Seconds, as `pages/frontend/shell/lookout.js` has them."""
DONE = {ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY}


@dataclass
class Lookout:
    """What has its fragment drawn again once the answer at an address is another one."""

    address: str
    etag: str
    drawn_at: float


@dataclass
class Asking:
    """Asks a server over one connection, which is kept as long as the server keeps it."""

    url: str
    ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> dict[str, Any]:
        """Raises OSError, EOFError."""
        at = urlsplit(self.url)
        if self.ends is None or self.ends[0].at_eof():
            self.ends = await asyncio.open_connection(at.hostname, at.port)
        reader, writer = self.ends
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {at.netloc}\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        size = int(head.split("content-length:")[1].split("\r\n")[0])
        told: dict[str, Any] = json.loads(await reader.readexactly(size))
        return told


@dataclass
class Viewer:
    """One open page, whose fragments ask to be drawn again from time to time."""

    socket: ClientConnection
    page: str = ""
    places: dict[str, str] = field(default_factory=dict)
    """What Streamlit calls each page, by its path."""
    timers: dict[str, float] = field(default_factory=dict)
    lookouts: dict[str, Lookout] = field(default_factory=dict)
    asking: Asking | None = None
    """Without one, whatever waits for a change is drawn at each look."""
    refreshes: list[float] = field(default_factory=list)
    received: int = 0
    """Bytes, of messages."""

    async def run(self, fragment_id: str = "") -> float:
        """Have the page, or a fragment of it, drawn; the seconds until it was."""
        wanted = BackMsg()
        wanted.rerun_script.page_script_hash = self.page
        wanted.rerun_script.fragment_id = fragment_id
        wanted.rerun_script.is_auto_rerun = bool(fragment_id)
        began = time.perf_counter()
        await self.socket.send(wanted.SerializeToString())
        async with asyncio.timeout(RUN_SECONDS):
            await self._drawn()
        return time.perf_counter() - began

    async def _drawn(self) -> None:
        """Read what the server sends until it has drawn."""
        async for frame in self.socket:
            self.received += len(frame)
            told = ForwardMsg.FromString(frame)
            if told.WhichOneof("type") == "script_finished" and told.script_finished in DONE:
                return
            self._take(told)
        raise ConnectionError("the server hung up")

    def _take(self, told: ForwardMsg) -> None:
        """Note where the page stands, and which of its fragments want to be drawn again when."""
        match told.WhichOneof("type"):
            case "new_session":
                self.page = told.new_session.page_script_hash
                self._forget(told.metadata.run.fragment_ids)
            case "delta":
                self._take_element(told)
            case "navigation":
                self.places = {
                    page.url_pathname: page.page_script_hash for page in told.navigation.app_pages
                }
            case "auto_rerun":
                self.timers[told.auto_rerun.fragment_id] = told.auto_rerun.interval
            case "stop_auto_rerun":
                for gone in told.stop_auto_rerun.fragment_ids:
                    self.timers.pop(gone, None)

    def _forget(self, fragments: Collection[str]) -> None:
        """What these fragments waited for, which are drawn anew; without any the whole page is."""
        if not fragments:
            self.timers.clear()
        for drawn in fragments or list(self.lookouts):
            self.lookouts.pop(drawn, None)

    def _take_element(self, told: ForwardMsg) -> None:
        component = told.delta.new_element.bidi_component
        if component.component_name == "lookout":
            data = json.loads(component.json)
            now = time.perf_counter()
            self.lookouts[told.delta.fragment_id] = Lookout(data["address"], data["etag"], now)

    async def turn_to(self, name: str) -> None:
        """Go to the page of that path."""
        self.page = self.places[name]
        await self.run()

    async def follow(self, seconds: float) -> None:
        """Do what each of the page's timers and lookouts says, for so long.

        A fragment that asks for the whole page takes its timer along: Streamlit does not answer
        whoever asks for a fragment that is gone.
        """
        end = time.perf_counter() + seconds
        due: dict[str, float] = {}
        while (now := time.perf_counter()) < end:
            due = {
                name: due.get(name) or now + random.uniform(0, every)
                for name, every in self._paces().items()
            }
            nearest = min(due, key=due.__getitem__, default=None)
            if nearest is None or due[nearest] >= end:
                await asyncio.sleep(end - now)
                return
            await asyncio.sleep(due[nearest] - now)
            if nearest in self.timers or await self._has_news(nearest):
                self.refreshes.append(await self.run(nearest))
            due[nearest] += self._paces().get(nearest, 0)

    def _paces(self) -> dict[str, float]:
        return dict.fromkeys(self.lookouts, LOOKS_EVERY) | self.timers

    async def _has_news(self, fragment_id: str) -> bool:
        lookout = self.lookouts[fragment_id]
        if self.asking is None or time.perf_counter() - lookout.drawn_at > LONGEST:
            return True
        with suppress(OSError, EOFError):
            told = await self.asking.get(lookout.address)
            return bool(told["etag"] != lookout.etag)
        return False


async def opened(url: str, count: int, name: str = "") -> list[Viewer]:
    """So many open pages of that name of the app at `url`, one opened after the other."""
    address = url.replace("http:", "ws:") + "/_stcore/stream"
    viewers = []
    for _ in range(count):
        socket = await connect(address, subprotocols=[Subprotocol("streamlit")], max_size=None)
        viewer = Viewer(socket, asking=Asking(url))
        await viewer.run()
        if name:
            await viewer.turn_to(name)
        viewers.append(viewer)
    return viewers
