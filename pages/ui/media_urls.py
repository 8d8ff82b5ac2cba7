"""Where the browser finds clips, posters and pictures: our own routes, by id.

What Streamlit shows or plays it asks for below its own path; a link leads where it says.
"""

import streamlit as st

from core.generations import Generation, Output, Upload


def video(generation: Generation, output: Output) -> str:
    """The clip's address. It changes when the file does, so that nothing stale is played."""
    return f"/app/static/videos/{generation.id}/{output.position}?v={output.sha256[:12]}"


def download(generation: Generation, output: Output) -> str:
    """The clip's address as a link, for saving."""
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    return f"{'/' if base else ''}{base}{video(generation, output)}&download=1"


def poster(generation: Generation, output: Output) -> str:
    """The address of the clip's first frame."""
    return f"/app/static/posters/{generation.id}/{output.position}?v={output.sha256[:12]}"


def picture(upload: Upload) -> str:
    """The address of a still of a picture or video, small."""
    return f"/app/static/pictures/{upload.sha256}"


def upload(kept: Upload) -> str:
    """The address of an upload itself, to play it."""
    return f"/app/static/uploads/{kept.sha256}"
