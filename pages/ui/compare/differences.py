"""The settings in which takes differ, and what each cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from core.generations import Generation, Input
from core.studio import Studio
from pages.ui import components
from pages.ui.clips import cards, setting_words

NOTHING = "—"
COST = "Cost"


def show(studio: Studio, generations: Sequence[Generation]) -> None:
    """A table of what differs, and always the cost."""
    components.component("compare/differences")(
        key="compare_differences",
        data={
            "heads": [f"#{generation.id}" for generation in generations],
            "rows": [
                {"name": name, "values": values} for name, values in rows(studio, generations)
            ],
        },
    )


def rows(studio: Studio, generations: Sequence[Generation]) -> Iterator[tuple[str, list[str]]]:
    told = [_settings(studio, generation) for generation in generations]
    for name in dict.fromkeys(name for settings in told for name in settings):
        values = [settings.get(name) or NOTHING for settings in told]
        if len(set(values)) > 1 or name == COST:
            yield name, values


def _settings(studio: Studio, generation: Generation) -> Mapping[str, str]:
    request = generation.request
    model = studio.compose.model(request)
    named = setting_words.named(model, request)
    known = {COST: cards.cost(studio, generation), "Model": named["Model"], "Prompt": request.words}
    files: dict[str, list[str]] = {}
    for item in request.inputs:
        slot = model.slot(item.role) if model else None
        files.setdefault(slot.label if slot else "File", []).append(_file(studio, item))
    return known | named | {label: "\n".join(names) for label, names in files.items()}


def _file(studio: Studio, item: Input) -> str:
    upload = studio.uploads.get(item.sha256) if item.sha256 else None
    return upload.name if upload else item.url or "a file that is not in the history any more"
