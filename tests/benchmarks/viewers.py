"""Open pages without a browser: clients that speak Streamlit's protocol as its frontend does."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets import Subprotocol
from websockets.asyncio.client import ClientConnection, connect

RUN_SECONDS = 60
"""A page that takes longer is not drawn any more."""
DONE = {ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY}


@dataclass
class Viewer:
    """One open page, whose fragments ask to be drawn again from time to time."""

    socket: ClientConnection
    page: str = ""
    places: dict[str, str] = field(default_factory=dict)
    """What Streamlit calls each page, by its path."""
    timers: dict[str, float] = field(default_factory=dict)
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
                if not told.metadata.run.fragment_ids:
                    self.timers.clear()  # the whole page is drawn anew, its fragments with it
            case "navigation":
                self.places = {
                    page.url_pathname: page.page_script_hash for page in told.navigation.app_pages
                }
            case "auto_rerun":
                self.timers[told.auto_rerun.fragment_id] = told.auto_rerun.interval
            case "stop_auto_rerun":
                for gone in told.stop_auto_rerun.fragment_ids:
                    self.timers.pop(gone, None)

    async def turn_to(self, name: str) -> None:
        """Go to the page of that path."""
        self.page = self.places[name]
        await self.run()

    async def follow(self, seconds: float) -> None:
        """Do what each of the page's timers says, for so long.

        A fragment that asks for the whole page takes its timer along: Streamlit does not answer
        whoever asks for a fragment that is gone.
        """
        end = time.perf_counter() + seconds
        due: dict[str, float] = {}
        while (now := time.perf_counter()) < end:
            due = {
                name: due.get(name) or now + random.uniform(0, every)
                for name, every in self.timers.items()
            }
            nearest = min(due, key=due.__getitem__, default=None)
            if nearest is None or due[nearest] >= end:
                await asyncio.sleep(end - now)
                return
            await asyncio.sleep(due[nearest] - now)
            self.refreshes.append(await self.run(nearest))
            due[nearest] += self.timers.get(nearest, 0)


async def opened(url: str, count: int, name: str = "") -> list[Viewer]:
    """So many open pages of that name of the app at `url`, one opened after the other."""
    address = url.replace("http:", "ws:") + "/_stcore/stream"
    viewers = []
    for _ in range(count):
        viewer = Viewer(
            await connect(address, subprotocols=[Subprotocol("streamlit")], max_size=None)
        )
        await viewer.run()
        if name:
            await viewer.turn_to(name)
        viewers.append(viewer)
    return viewers
