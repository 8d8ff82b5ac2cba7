"""The tools: what an agent may ask and do, in the name of whose token it has."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Annotated, Any

from mcp.server.mcpserver import Context, Image, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field

from core import VERSION
from core.api import ordering
from core.api.admission import PERSON
from core.api.bodies import Wanted
from core.api.callers import Caller
from core.api.v1.answers import schema
from core.api.watching import Watch
from core.domain.people import Person, Role
from core.mcp.answers import Balance, CapLeft, Left, Price, ShortModel, Told, told
from core.mcp.failures import in_words
from core.serving import served
from core.storage.search.selection import Filter
from core.storage.store import LARGEST_ID
from core.studio import Studio

ABOUT = (
    "Makes videos, pictures and sounds with many models, within the caps of its owner."
    " Ask list_models and describe_model what there is, quote for the price, then generate and"
    " wait. Nothing is made twice under the same key, and what is made stays in the history."
)
MOST_FOUND = 50
LONGEST_WAIT = 600
LOOKS = ToolAnnotations(readOnlyHint=True, openWorldHint=False)
SPENDS = ToolAnnotations(
    readOnlyHint=False, destructiveHint=False, idempotentHint=False, openWorldHint=True
)
RATES = ToolAnnotations(
    readOnlyHint=False, destructiveHint=True, idempotentHint=True, openWorldHint=False
)


Number = Annotated[int, Field(ge=1, le=LARGEST_ID, description="The id of a generation.")]


class Tools:
    def __init__(self, owner: Person | None = None) -> None:
        """`owner` is who everything is asked by where no request brings a token."""
        self._owner = owner
        self._watch: Watch | None = None

    def server(self) -> MCPServer[Any]:
        server: MCPServer[Any] = MCPServer(
            "dailies", "Dailies", instructions=ABOUT, version=VERSION
        )
        for tool in (
            self.list_models,
            self.describe_model,
            self.quote,
            self.search,
            self.look,
            self.spend_left,
            self.wait,
        ):
            server.add_tool(in_words(tool), annotations=LOOKS)
        server.add_tool(in_words(self.generate), annotations=SPENDS)
        server.add_tool(in_words(self.rate), annotations=RATES)
        return server

    def list_models(self, context: Context, makes: str = "") -> list[ShortModel]:
        """The models that can be used: their ids, endpoints, purpose and credits a second. `makes`
        is video, image or audio, or empty for all."""
        usable = self._caller(context).studio.compose.usable()
        return [
            ShortModel(
                id=one.id,
                endpoint=one.endpoint,
                name=one.name,
                makes=one.makes,
                provider=one.provider,
                about=one.about,
                creditsPerSecond=[float(rate) for rate in one.rates],
            )
            for one in usable
            if makes in ("", one.makes)
        ]

    def describe_model(self, context: Context, endpoint: str, model: str) -> dict[str, Any]:
        """The JSON Schema of what a model takes: the form of `wanted` for quote and generate."""
        found = self._caller(context).studio.catalog.find(endpoint, model)
        if found is None:
            raise ToolError("There is no such model on this endpoint.")
        return schema(found)

    def quote(self, context: Context, wanted: Wanted) -> Price:
        """What it would cost, and everything that speaks against it. Makes nothing."""
        caller = self._caller(context)
        asked = ordering.read(caller.studio, wanted.body, endpoint=wanted.endpoint or "")
        problems = caller.studio.compose.problems(asked, author=caller.name)
        credits, of = caller.studio.compose.quote(asked), caller.studio.catalog.supplier(asked)
        return Price(
            credits=credits,
            provider=of.id,
            dollars=of.known_worth(credits),
            problems=[problem.message for problem in problems],
        )

    def generate(
        self,
        context: Context,
        wanted: Wanted,
        max_credits: Annotated[int, Field(ge=0, description="Refuse if it may cost more.")],
        key: Annotated[str, Field(description="The same key makes it only once.")] = "",
    ) -> Told:
        """Spends credits: puts it into the queue and returns at once, with its price. Use wait for
        the result. It is refused above max_credits or above a cap."""
        caller = self._caller(context)
        caller.must_be(Role.MAKER)
        asked = ordering.read(caller.studio, wanted.body, endpoint=wanted.endpoint or "")
        allowed = wanted.model_copy(update={"maxCredits": max_credits})
        made, _ = ordering.place(caller, asked, allowed.terms(key))
        return told(caller, made)

    async def wait(
        self,
        context: Context,
        id: Number,
        seconds: Annotated[int, Field(ge=0, le=LONGEST_WAIT)] = 60,
    ) -> Told:
        """How far a generation is: waits until it has ended, or so many seconds."""
        caller = self._caller(context)
        caller.studio.generations.get(id)
        self._watch = self._watch or Watch()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._watch.ended(id), seconds)
        return told(caller, caller.studio.generations.get(id))

    def search(
        self,
        context: Context,
        query: str = "",
        limit: Annotated[int, Field(ge=1, le=MOST_FOUND)] = 20,
    ) -> list[Told]:
        """Generations of the history, the newest first. The query takes words and fields, such as
        `is:approved`, `model:…`, `stars:>3`, `project:…`; -word leaves out."""
        caller = self._caller(context)
        found = caller.studio.history.before(Filter(search=query), LARGEST_ID, limit)
        return [told(caller, one) for one in found]

    def look(self, context: Context, id: Number, storyboard: bool = False) -> Image:
        """See a generation: its first frame, or with `storyboard` eleven from start to end."""
        studio = self._caller(context).studio
        main = studio.generations.get(id).main
        if main is None or not main.poster:
            raise ToolError("There is nothing to see of it: it has not ended, or is no picture.")
        if storyboard and main.medium == "video":
            return Image(path=studio.previews.storyboard(main), format="webp")
        return Image(path=studio.media.poster(main), format="jpeg")

    def rate(self, context: Context, id: Number, stars: Annotated[int, Field(ge=0, le=5)]) -> Told:
        """Give it one to five stars in your owner's name, in place of those before; 0 takes them
        away."""
        caller = self._caller(context)
        found = caller.studio.generations.get(id)
        outcome = caller.studio.reviews.rate([found.id], stars, by=caller.name)
        if outcome.refused:
            raise ToolError(" ".join(outcome.refused.values()))
        return told(caller, found)

    def spend_left(self, context: Context) -> Left:
        """What may still be spent: the balance at each provider, and what is left of each cap."""
        caller = self._caller(context)
        studio = caller.studio
        balances = [_balance(studio, name) for name in studio.accounts.names]
        return Left(
            balance=balances[0].credits if len(balances) == 1 else None,
            balances=balances,
            caps=[
                CapLeft(name=studio.caps.title(one.cap), provider=one.cap.provider, left=one.left)
                for one in studio.caps.standings_for(caller.name)
            ],
        )

    def _caller(self, context: Context) -> Caller:
        request = context.request_context.request
        person = request.scope[PERSON] if request is not None else self._owner
        assert person is not None
        return Caller(person, served().asked_by(person))


def _balance(studio: Studio, name: str) -> Balance:
    account = studio.accounts.seen(name).organization
    if account is None:
        return Balance(provider=name, credits=None, dollars=None)
    worth = studio.catalog.suppliers[name].known_worth(account.credit_balance)
    return Balance(provider=name, credits=account.credit_balance, dollars=worth)
