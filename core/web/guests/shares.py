"""Links to clips as outside people open them: a page of its own, and files under that link alone.

A link that is unknown, has ended or was revoked answers like one that never was.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core.domain.feedback import LONGEST_NICKNAME, LONGEST_NOTE, Feedback
from core.domain.shares import LONGEST_PASSWORD, Share, SharedClip
from core.errors import InvalidFeedback, Problem
from core.files import Output
from core.media.previews import SIZES
from core.serving import current
from core.sharing.passes import LIFE
from core.web.clips import clip_answer
from core.web.files import file_answer
from core.web.guests import guest_cards, guest_requests
from core.web.guests.guest_pages import MEDIA, GuestPages

PASS, GUEST = "dailies_pass", "dailies_guest"
A_GUEST = re.compile(r"[A-Za-z0-9_-]{22}")
A_GUESTS_LIFE = timedelta(days=180)
PAGE_SIZE = 24
WRONG = "This is not the password."
TOO_OFTEN = "That was tried too often. Try again in a quarter of an hour."
NOT_A_NAME = re.compile(r"[^A-Za-z0-9]+")
LONGEST_FILE_NAME = 40


def path(base: str) -> str:
    return f"/{base.strip('/')}".rstrip("/") + "/share"


def routes(base: str = "") -> list[Route]:
    """Everything below `base`, the path of Streamlit's pages. No method is refused with a status
    that would distinguish one address from another."""
    guests = _Guests(path(base))
    link = f"{path(base)}/{{token}}"
    place = "{place:int}"
    return [
        Route(f"{path(base)}/assets/{{edition}}/{{name:path}}", guests.pages.asset),
        Route(link, guests.page),
        Route(f"{link}/password", guests.password, methods=["POST"]),
        Route(f"{link}/feedback/{place}", guests.feedback, methods=["POST"]),
        Route(f"{link}/media/{place}", guests.media),
        Route(f"{link}/media/{place}/{{position:int}}", guests.media),
        Route(f"{link}/posters/{place}/{{position:int}}", guests.poster),
        Route(f"{path(base)}/{{other:path}}", guests.nothing, methods=["GET", "POST"]),
        Route(path(base), guests.nothing, methods=["GET", "POST"]),
    ]


class _Guests:
    def __init__(self, below: str) -> None:
        self.pages = GuestPages(below)
        self._below = below

    def nothing(self, _request: Request) -> Response:
        return self.pages.gone()

    def page(self, request: Request) -> Response:
        share = _opened(request)
        if share is None:
            return self.pages.gone()
        if not _is_admitted(request, share):
            return self._ask(request)
        if request.method == "GET":
            current().shares.note_visit(share, guest_requests.address(request))
        return self._show(request, share)

    async def password(self, request: Request) -> Response:
        fields = await guest_requests.fields(request)
        return await run_in_threadpool(self._let_in, request, fields.get("password", ""))

    async def feedback(self, request: Request) -> Response:
        fields = await guest_requests.fields(request)
        return await run_in_threadpool(self._keep, request, fields)

    def media(self, request: Request) -> Response:
        """A file, with Range; `?download=1` saves it.

        It is named after the link's title. It carries text of its own only where the link shows
        everything about its making; without that, a file that cannot be had without its text is not
        handed out.
        """
        found = _file(request)
        if found is None:
            return self.pages.nothing()
        share, output = found
        media, tells = current().media, share.terms.tells_everything
        is_saved = "download" in request.query_params
        if output.removal:  # only its stand-in, which cannot be saved
            file = None if is_saved else current().previews.clip(output)
            output = replace(output, media_type="video/mp4", codec="h264", depth=8)
        else:
            file = media.output(output) if tells else media.stripped(output)
        if file is None:
            return self.pages.nothing()
        place, position = request.path_params["place"], output.position
        number = f"{place}-{position + 1}" if position else f"{place}"
        name = f"{_file_name(share.title)}-{number}{file.suffix}"
        return clip_answer(
            request,
            media.clips,
            output,
            file,
            filename=name,
            disposition="attachment" if is_saved or not output.is_played else "inline",
            headers=MEDIA,
        )

    def poster(self, request: Request) -> Response:
        found = _file(request)
        if found is None or not found[1].poster:
            return self.pages.nothing()
        still = current().previews.still(found[1], max(SIZES))
        media_type = "image/webp" if still.suffix == ".webp" else "image/jpeg"
        return file_answer(request, still, media_type, headers=MEDIA)

    def _let_in(self, request: Request, password: str) -> Response:
        share = _opened(request)
        if share is None or not guest_requests.is_from_here(request):
            return self.pages.gone()
        shares = current().shares
        if not shares.may_guess(share, guest_requests.address(request)):
            return self._ask(request, TOO_OFTEN, 429)
        guest_pass = shares.admit(share, password[:LONGEST_PASSWORD])
        if guest_pass is None:
            return self._ask(request, WRONG, 403)
        answer = RedirectResponse(self._link(request), 303)
        guest_requests.set_cookie(
            answer, request, PASS, guest_pass, link=self._link(request), life=LIFE
        )
        return answer

    def _ask(self, request: Request, refused: str = "", status: int = 200) -> Response:
        link = self._link(request)
        return self.pages.show("password.html", status, link=link, refused=refused)

    def _keep(self, request: Request, fields: Mapping[str, str]) -> Response:
        share, place = _opened(request), request.path_params["place"]
        if share is None or not guest_requests.is_from_here(request):
            return self.pages.gone()
        if not _is_admitted(request, share):
            return self._ask(request, status=403)
        studio, clip = current(), current().shares.clip(share, place)
        if clip is None:
            return self.pages.gone()
        guest = _guest(request) or studio.guests.new()
        left = Left.of(place, fields)
        try:
            studio.guests.leave(share, clip, guest, left.given, guest_requests.address(request))
        except InvalidFeedback as error:
            return self._show(request, share, left.with_problems(error.problems))
        link = self._link(request)
        page = guest_requests.number(request.query_params.get("page", ""))
        shown = f"page={page}&" if page > 1 else ""
        answer = RedirectResponse(f"{link}?{shown}kept={place}#clip-{place}", 303)
        guest_requests.set_cookie(answer, request, GUEST, guest, link=link, life=A_GUESTS_LIFE)
        return answer

    def _show(self, request: Request, share: Share, left: Left | None = None) -> Response:
        studio, guest = current(), _guest(request)
        kept = guest_requests.number(request.query_params.get("kept", ""))
        wanted = guest_requests.number(request.query_params.get("page", ""))
        found = studio.shares.page(share, wanted, PAGE_SIZE, left.place if left else kept)
        return self.pages.show(
            "page.html",
            422 if left else 200,
            share=share,
            link=self._link(request),
            cards=_cards(share, found.clips, guest),
            moves=lambda output: studio.previews.clip(output) is not None,
            number=found.number,
            pages=found.pages,
            takes_feedback=share.terms.takes_ratings or share.terms.takes_notes,
            nickname=studio.guests.nickname(share, guest) if guest else "",
            left=left,
            kept=kept,
            longest_note=LONGEST_NOTE,
            longest_nickname=LONGEST_NICKNAME,
        )

    def _link(self, request: Request) -> str:
        return f"{self._below}/{request.path_params['token']}"


@dataclass(frozen=True)
class Left:
    place: int
    given: Feedback
    refused: Mapping[str, str] = field(
        default_factory=lambda: {"stars": "", "note": "", "nickname": ""}
    )

    @classmethod
    def of(cls, place: int, fields: Mapping[str, str]) -> Left:
        stars = guest_requests.number(fields.get("stars", ""))
        return cls(place, Feedback(fields.get("nickname", ""), stars, fields.get("note", "")))

    def with_problems(self, problems: Sequence[Problem]) -> Left:
        return replace(self, refused={problem.field: problem.message for problem in problems})


def _opened(request: Request) -> Share | None:
    return current().shares.open(request.path_params["token"])


def _is_admitted(request: Request, share: Share) -> bool:
    return current().shares.is_admitted(share, request.cookies.get(PASS, ""))


def _guest(request: Request) -> str:
    known = request.cookies.get(GUEST, "")
    return known if A_GUEST.fullmatch(known) else ""


def _cards(share: Share, clips: Sequence[SharedClip], guest: str) -> list[guest_cards.Card]:
    studio, terms = current(), share.terms
    stars = studio.guests.stars(share, guest) if terms.takes_ratings and guest else {}
    notes = studio.guests.notes(share) if terms.takes_notes else []
    models = [studio.compose.model(clip.generation.request) for clip in clips]
    makers = [studio.catalog.suppliers[clip.generation.provider] for clip in clips]
    return [
        guest_cards.card(clip, terms, model, of, stars.get(clip.generation.id, 0), notes)
        for clip, model, of in zip(clips, models, makers, strict=True)
    ]


def _file(request: Request) -> tuple[Share, Output] | None:
    share = _opened(request)
    if share is None or not _is_admitted(request, share):
        return None
    clip = current().shares.clip(share, request.path_params["place"])
    wanted = request.path_params.get("position", 0)
    outputs = clip.generation.outputs if clip else ()
    return next(((share, one) for one in outputs if one.position == wanted), None)


def _file_name(title: str) -> str:
    return NOT_A_NAME.sub("-", title)[:LONGEST_FILE_NAME].strip("-").lower() or "clip"
