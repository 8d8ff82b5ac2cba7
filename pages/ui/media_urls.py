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
    if output.removal:
        if output.medium != "video":
            return poster(generation, output)
        return f"/app/static/previews/{generation.id}/{output.position}?v={output.sha256[:12]}"
    return f"/app/static/videos/{generation.id}/{output.position}?v={output.sha256[:12]}"


def download(generation: Generation, output: Output) -> str:
    return f"{linked(video(generation, output))}&download=1"


def clean(generation: Generation, output: Output) -> str:
    return f"{linked(video(generation, output))}&download=clean"


def linked(address: str) -> str:
    """One of these addresses for use outside of Streamlit's players: in a link, or a component of
    ours."""
    return f"{base()}{address}"


def poster(generation: Generation, output: Output) -> str:
    return f"/app/static/posters/{generation.id}/{output.position}?v={output.sha256[:12]}"


def still(generation: Generation, output: Output, longest: int) -> str:
    place = f"{generation.id}/{output.position}/{longest}"
    return f"{base()}/app/static/stills/{place}?v={output.sha256[:12]}"


def preview(generation: Generation, output: Output) -> str:
    place = f"{generation.id}/{output.position}"
    return f"{base()}/app/static/previews/{place}?v={output.sha256[:12]}"


def storyboard(generation: Generation, output: Output) -> str:
    place = f"{generation.id}/{output.position}"
    return f"{base()}/app/static/storyboards/{place}?v={output.sha256[:12]}"


def frame(generation: Generation, output: Output, number: int) -> str:
    place = f"{generation.id}/{output.position}/{number}"
    return f"{base()}/app/static/frames/{place}?v={output.sha256[:12]}"


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
