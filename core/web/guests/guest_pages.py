"""The pages of people outside, drawn by templates: no Streamlit, no script in the page itself.

Whatever is put into a template is text there. Everything that a page needs lies below its own path,
so that a proxy can let outside people reach that path alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from core.files import Output
from core.settings import ROOT
from core.web.files import FONTS, FOR_GOOD

FOLDER = Path(__file__).parent / "site"
FRONTEND = ROOT / "pages" / "frontend"
PLAYER = FRONTEND / "player"
"""Our own player, with all that it imports but the elements that every script has."""
ICON = ROOT / "data" / "samples" / "icon.svg"
XMLNS = ' xmlns="http://www.w3.org/2000/svg"'
WORDMARK = Markup(ICON.with_name("wordmark.svg").read_text().replace(XMLNS, ""))
"""The name as drawn in the app, in the colour of the text around it."""
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; media-src 'self';"
    " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",  # the address is a secret, but `no-referrer` hides the origin
    "X-Robots-Tag": "noindex, nofollow",
}
PAGE = {
    **SAFE,
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}
MEDIA = {
    **SAFE,
    "Content-Security-Policy": "default-src 'none'",
    "Cache-Control": "private, no-cache",  # so that a revoked link ends at once
}


class GuestPages:
    """Templates and the files that go with them. `below` is the path of all links."""

    def __init__(self, below: str) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        flat = [*FOLDER.iterdir(), *FONTS.glob("*.woff2"), FRONTEND / "elements.js", ICON]
        files = {path.name: path for path in flat}
        files |= {f"player/{path.name}": path for path in PLAYER.iterdir()}
        self._assets = {
            name: (path.read_bytes(), TYPES[path.suffix])
            for name, path in sorted(files.items())
            if path.suffix in TYPES
        }
        self._edition = _edition(content for content, _type in self._assets.values())
        self._templates.globals |= {
            "asset": lambda name: f"{below}/assets/{self._edition}/{name}",
            "wordmark": WORDMARK,
            "moment": _moment,
            "measures": _measures,
        }

    def asset(self, request: Request) -> Response:
        """A style sheet, script, font or the mark. All lie below one folder, as in the source, so
        that their relative imports work; the folder's name changes with their content."""
        found = self._assets.get(request.path_params["name"])
        if found is None or request.path_params["edition"] != self._edition:
            return self.gone()
        content, media_type = found
        drawing = "default-src 'none'; style-src 'unsafe-inline'"
        headers = {**MEDIA, "Cache-Control": FOR_GOOD, "Content-Security-Policy": drawing}
        return Response(content, media_type=media_type, headers=headers)

    def show(self, template: str, status: int = 200, **values: Any) -> Response:
        text = self._templates.get_template(template).render(values)
        return HTMLResponse(text, status, headers=PAGE)

    def gone(self) -> Response:
        """The same answer for a link that never was, has ended or was revoked."""
        return self.show("gone.html", 404)

    def nothing(self) -> Response:
        return PlainTextResponse("There is no such file.", 404, headers=PAGE)


def _edition(contents: Iterable[bytes]) -> str:
    whole = hashlib.sha256()
    for content in contents:
        whole.update(hashlib.sha256(content).digest())
    return whole.hexdigest()[:12]


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%-d %B %Y, %H:%M} UTC"


def _measures(output: Output) -> str:
    """`5 s · 1280 × 720`: what the file itself shows to anybody."""
    length = f"{output.duration:.3g} s" if output.duration else ""
    size = f"{output.width} × {output.height}" if output.width else ""
    return " · ".join(filter(None, (length, size)))
