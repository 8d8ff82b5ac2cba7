"""A generation as the data of a card of the gallery, whose words are all plain text."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from core.files import Output
from core.generations import Generation, Status
from core.studio import Studio
from pages.ui import formatting, media_urls, times
from pages.ui.clips import file_facts, frame_to_come
from pages.ui.history import marks

TONE = {
    Status.SUCCEEDED: "done",
    Status.FAILED: "bad",
    Status.UNCONFIRMED: "doubt",
    Status.CANCELLED: "off",
}
"""How a card looks; what is none of these is still waited for."""
KINDS = {"video", "image", "audio"}
SIZES = (320, 640)
"""Pixels at the longer side, as core.media.previews makes stills."""
LONGEST_TITLE = 240


def card(studio: Studio, generation: Generation, selected: Collection[int]) -> dict[str, Any]:
    """What pages/frontend/history/gallery.js calls a Card."""
    output = generation.main
    return {
        "id": generation.id,
        "href": f"{media_urls.base()}/generation?id={generation.id}",
        "title": _title(studio, generation),
        "facts": _facts(studio, generation),
        "when": times.moment(generation.created_at),
        "status": formatting.STATUS[generation.status],
        "tone": TONE.get(generation.status, "busy"),
        "why": marks.why(generation, studio.catalog.suppliers[generation.provider].title),
        "progress": generation.progress if generation.status is Status.RUNNING else None,
        "shape": round(_shape(studio, generation, output), 3),
        "stills": _stills(studio, generation, output),
        "preview": _preview(generation, output),
        "kind": _kind(studio, generation, output),
        "length": _length(generation),
        "mark": _mark(generation, demo=studio.settings.demo),
        "favourite": generation.favourite,
        "selected": generation.id in selected,
    }


def _title(studio: Studio, generation: Generation) -> str:
    words = formatting.short(generation.request.words, LONGEST_TITLE)
    return words or formatting.model(generation.request.model, studio.catalog.names)


def _facts(studio: Studio, generation: Generation) -> list[str]:
    """The first ones are the last to go where there is too little room."""
    return [
        f"#{generation.id}",
        formatting.cost(generation, studio.catalog.suppliers[generation.provider]),
        formatting.model(generation.request.model, studio.catalog.names),
        formatting.age(generation.created_at),
    ]


def _shape(studio: Studio, generation: Generation, output: Output | None) -> float:
    """Width / height of what was made, or will be: so the frame keeps its shape."""
    if output and output.width and output.height:
        return frame_to_come.within(output.width / output.height)
    return frame_to_come.shape(studio, generation)


def _stills(studio: Studio, generation: Generation, output: Output | None) -> list[tuple[str, int]]:
    """Addresses of its stills and each one's width in pixels, the smallest first; until it is made,
    of what it starts from."""
    if output is None:
        start = frame_to_come.start_picture(studio, generation)
        if start is None or generation.status.is_final:
            return []
        return [(media_urls.linked(media_urls.picture(start)), SIZES[0])]
    if not output.poster:
        return []
    share = min(1.0, output.width / output.height) if output.height else 1.0
    return [
        (media_urls.still(generation, output, longest), max(1, round(longest * share)))
        for longest in SIZES
    ]


def _preview(generation: Generation, output: Output | None) -> str:
    moves = output is not None and output.medium == "video" and output.poster
    return media_urls.preview(generation, output) if output and moves else ""


def _kind(studio: Studio, generation: Generation, output: Output | None) -> str:
    medium = output.medium if output else frame_to_come.medium(studio, generation)
    return medium if medium in KINDS else "file"


def _length(generation: Generation) -> str:
    length = marks.seconds(generation)
    several = len(generation.outputs) > 1 or any(output.frames for output in generation.outputs)
    said = (file_facts.made(generation) if several else "", f"{length:.3g} s" if length else "")
    return " · ".join(filter(None, said))


def _mark(generation: Generation, *, demo: bool) -> str:
    if generation.demo is demo:
        return ""
    return "Demo" if generation.demo else "Live"
