"""What a guest's browser sends: its address, its cookies, the fields of a form."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response

MOST_FIELDS = 16
DIGITS = 15


async def fields(request: Request) -> dict[str, str]:
    try:
        text = (await request.body()).decode()
        found = parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}
    return {name: values[-1] for name, values in found.items()}


def is_from_here(request: Request) -> bool:
    """False for a form on another site's page; the guard has compared the origin before."""
    return request.headers.get("sec-fetch-site", "none") in ("same-origin", "none")


def set_cookie(
    answer: Response, request: Request, name: str, value: str, *, link: str, life: timedelta
) -> None:
    """For this link alone, and for no script."""
    answer.set_cookie(
        name,
        value,
        max_age=int(life.total_seconds()),
        path=link,
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


def address(request: Request) -> str:
    return request.client.host if request.client else ""


def number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else 0
