"""What an input is: a picture as it will be cropped, a player, or an address not fetched."""

from __future__ import annotations

from base64 import b64encode

import streamlit as st

from core.errors import InvalidUpload
from core.files import Upload
from core.generations import Input
from core.studio import Studio
from core.text.quantities import counted
from pages.ui import formatting, media_urls, plain

STILL = "Many browsers cannot play this video, so this is its first frame. It is sent as it is."
WIDEST, HIGHEST = 150, 130
NAME = 60
Size = tuple[int, int]


def show(studio: Studio, item: Input, label: str, crop: Size | None = None) -> None:
    """An input's file, small. A picture is cropped to `crop`, in pixels."""
    if item.url:
        st.caption("From the web. The provider fetches it; this server does not.")
        st.code(item.url, language=None, wrap_lines=True)
        return
    upload = studio.uploads.get(item.sha256)
    if upload is None:
        st.warning("The file is gone; upload it again.")
    elif upload.medium == "image":
        _picture(studio, upload, label, crop)
    elif upload.medium == "video":
        _video(upload, label)
    else:
        st.audio(media_urls.upload(upload), format=upload.media_type, alt=label)


def facts(studio: Studio, item: Input, crop: Size | None = None) -> None:
    if upload := studio.uploads.get(item.sha256):
        st.text(formatting.short(upload.name, NAME))
        st.caption(_facts(upload, crop))


def _video(upload: Upload, label: str) -> None:
    """A player, or its first frame if a browser may be unable to play it."""
    if upload.is_played:
        st.video(media_urls.upload(upload), alt=label)
        return
    st.image(media_urls.picture(upload), width="stretch", alt=label)
    st.caption(STILL)


def _picture(studio: Studio, upload: Upload, label: str, crop: Size | None) -> None:
    if crop is None:
        st.image(media_urls.picture(upload), width="stretch", alt=label)
        return
    width, height = crop
    shown = min(WIDEST, round(HIGHEST * width / height))
    try:
        cropped = _crop(studio, upload, upload.sha256, width, height)
    except InvalidUpload as error:
        st.warning(plain.error(error))
        return
    st.image(cropped, width=shown, alt=label)


@st.cache_data(max_entries=64, show_spinner=False)
def _crop(_studio: Studio, _upload: Upload, sha256: str, width: int, height: int) -> str:
    """The picture itself as an address: given bytes, Streamlit would open every picture once."""
    jpeg = _studio.uploads.preview(_upload, width, height)
    return f"data:image/jpeg;base64,{b64encode(jpeg).decode()}"


def _facts(upload: Upload, crop: Size | None) -> str:
    parts = []
    if upload.width:
        parts.append(f"{upload.width} × {upload.height}")
    if crop and upload.width and abs(upload.width / upload.height - crop[0] / crop[1]) > 0.01:
        parts = [f"Cropped from {parts[0]}"]
    if upload.duration:
        parts.append(f"{upload.duration:.1f} s")
    if upload.frame_rate:
        parts.append(f"{counted(upload.frame_rate, 'frames')} a second")
    return " · ".join(parts) or formatting.size(upload.bytes)
