"""Where the browser finds clips, posters and pictures: our own routes, by id.

What Streamlit shows or plays it asks for below its own path; a link leads where it says.
"""

from functools import cache

import streamlit as st

from core.domain.comparisons import Comparison
from core.files import Output, Upload
from core.generations import Generation


@cache
def base() -> str:
    """What stands before every address: empty, or such as `/dailies`. It never changes while the
    server runs."""
    path = str(st.get_option("server.baseUrlPath")).strip("/")
    return f"/{path}" if path else ""


def video(generation: Generation, output: Output) -> str:
    """The clip's address, which changes with the file, so that nothing stale is played. For a
    removed original, the address of what stands in for it."""
    if output.removal and output.medium != "video":
        return poster(generation, output)
    return _made("previews" if output.removal else "videos", generation, output)


def download(generation: Generation, output: Output) -> str:
    return f"{linked(video(generation, output))}&download=1"


def clean(generation: Generation, output: Output) -> str:
    return f"{linked(video(generation, output))}&download=clean"


def linked(address: str) -> str:
    """One of these addresses for use outside of Streamlit's players: in a link, or a component of
    ours."""
    return f"{base()}{address}"


def poster(generation: Generation, output: Output) -> str:
    return _made("posters", generation, output)


def still(generation: Generation, output: Output, longest: int) -> str:
    return linked(_made("stills", generation, output, longest))


def preview(generation: Generation, output: Output) -> str:
    return linked(_made("previews", generation, output))


def storyboard(generation: Generation, output: Output) -> str:
    return linked(_made("storyboards", generation, output))


def frame(generation: Generation, output: Output, number: int) -> str:
    return linked(_made("frames", generation, output, number))


def _made(kind: str, generation: Generation, output: Output, *more: int) -> str:
    place = "/".join(map(str, (kind, generation.id, output.position, *more)))
    return f"/app/static/{place}?v={output.sha256[:12]}"


def blind(comparison: Comparison, place: int) -> str:
    """The address of a clip that must not be recognised by it, as a link."""
    return f"{base()}/app/static/blind/{comparison.id}/{place}"


def newest() -> str:
    return f"{base()}/app/static/newest"


def in_flight() -> str:
    return f"{base()}/app/static/in_flight"


def export(key: str, file: str) -> str:
    return f"{base()}/app/static/exports/{key}/{file}"


def picture(upload: Upload) -> str:
    return f"/app/static/pictures/{upload.sha256}"


def upload(kept: Upload) -> str:
    return f"/app/static/uploads/{kept.sha256}"
