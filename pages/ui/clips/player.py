"""The player of a clip or a sound: our own, which goes frame by frame and remembers how a person
watches and listens."""

from __future__ import annotations

from core.files import Output
from core.generations import Generation
from pages.ui import media_urls
from pages.ui.components import component
from pages.ui.compose.form_state import form_state


def show(generation: Generation, output: Output, label: str, tallest: int, key: str) -> None:
    """The clip, at most `tallest` hundredths of the window high. It plays at once where a person
    has just put it on the stage."""
    component("player/player")(
        data={
            "src": media_urls.linked(media_urls.video(generation, output)),
            "poster": _poster(generation, output),
            "label": label,
            "width": output.width,
            "height": output.height,
            "fps": output.frame_rate,
            "tallest": tallest,
            "sound": output.medium == "audio",
            "play": form_state().chosen_for_stage == generation.id,
        },
        key=key,
    )


def _poster(generation: Generation, output: Output) -> str:
    return media_urls.linked(media_urls.poster(generation, output)) if output.poster else ""
