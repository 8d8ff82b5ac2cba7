"""The players in step: the data of our own component."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.generations import Generation
from core.studio import Studio
from core.studio.desk.comparisons import output_of
from pages.ui import components, formatting, media_urls
from pages.ui.clips import cards


def show(studio: Studio, generations: Sequence[Generation]) -> None:
    components.component("compare/compare")(
        key="compare_players",
        data={"clips": [_clip(studio, generation) for generation in generations]},
    )


def _clip(studio: Studio, generation: Generation) -> dict[str, Any]:
    """What pages/frontend/compare/compare.js calls a Clip."""
    output = output_of(generation)
    assert output is not None
    poster = media_urls.poster(generation, output) if output.poster else ""
    length = f"{output.duration:g} s" if output.duration else ""
    return {
        "id": generation.id,
        "href": f"{media_urls.base()}/generation?id={generation.id}",
        "name": formatting.title(generation, studio.catalog.names),
        "facts": " · ".join(filter(None, (length, cards.cost(studio, generation)))),
        "src": media_urls.linked(media_urls.video(generation, output)),
        "poster": media_urls.linked(poster) if poster else "",
        "kind": output.medium,
        "width": output.width,
        "height": output.height,
        "fps": output.frame_rate,
    }
