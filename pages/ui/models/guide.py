"""What a model takes, what it costs and what is assumed about it, from the catalogue."""

from __future__ import annotations

import streamlit as st

from core.catalog.model import Model
from core.catalog.ratios import pixels
from core.storage.making.precedents import Misquote
from core.studio import Studio
from pages.ui import facts, formatting
from pages.ui.models import differing_prices, price_rows

MADE = {"video": "Video", "image": "Image", "audio": "Sound"}


def card(studio: Studio, model: Model, misquoted: Misquote | None, *, corrected: bool) -> None:
    """Everything needed to choose. `corrected` tells that the prices are not the packaged ones."""
    st.markdown(f"**{model.name}** :gray-badge[{formatting.icon(model.kind)} {model.does}]")
    st.caption(model.about)
    of = studio.catalog.suppliers[model.provider]
    told, priced = st.columns(2, gap="large")
    with told:
        facts.show(_facts(model))
    with priced:
        for line in price_rows.lines(model, of):
            st.markdown(line)
        if misquoted:
            st.warning(differing_prices.sentence(misquoted, of), icon=":material/price_change:")
        if corrected:
            st.caption("These prices are those of prices.toml in the data folder.")
        for note in [*price_rows.sources(model), *_assumed(model)]:
            st.caption(note)


def retirement(model: Model, successor: Model | None) -> str:
    when = f" since {model.retired_on}" if model.retired_on else ""
    instead = f" Use {successor.name} in its place." if successor else ""
    return f"{model.name} is retired{when}.{instead}"


def takes(model: Model) -> str:
    slots = []
    for slot in model.input:
        many = f", up to {slot.most}" if slot.most > 1 else ""
        optional = "" if slot.required else " (optional)"
        slots.append(f"{slot.label.lower()}{many}{optional}")
    return formatting.sentence(", ".join(slots)) or "Words alone"


def shapes(model: Model) -> str:
    names = dict.fromkeys(formatting.ratio(ratio).split(" · ")[0] for ratio in model.ratios)
    sizes = [size for ratio in model.ratios if (size := pixels(ratio))]
    named = ", ".join(name for name in names if "×" not in name)
    if not sizes:
        return named
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    return f"{named}, up to {width} × {height}" if named else f"Up to {width} × {height}"


def length(model: Model) -> str:
    param = model.setting_with_role("duration")
    if param is None:
        return ""
    choices = ", ".join(map(str, param.choices))
    if param.range is None:
        return f"{choices} {param.unit}"
    auto = f", or {choices}" if choices else ""
    return f"{param.range[0]:g} to {param.range[1]:g} {param.unit}{auto}"


def sound(model: Model) -> str:
    if model.makes != "video":
        return "Sound alone" if model.makes == "audio" else ""
    return "On or off" if model.setting_with_role("sound") else "Not a setting"


def _facts(model: Model) -> dict[str, str]:
    found = {
        "Made by": model.vendor,
        "Speed": model.speed,
        "Takes": takes(model),
        "Makes": MADE[model.makes],
        "Prompt": _prompt(model),
        "Length": length(model),
        "Shapes": shapes(model),
        "Sound": sound(model),
        "Settings": ", ".join(param.label for param in model.param),
    }
    return {name: value for name, value in found.items() if value}


def _prompt(model: Model) -> str:
    if not model.prompt.offered:
        return "None"
    limit = model.prompt.max_units
    most = "No stated limit" if limit is None else f"Up to {limit:,} characters"
    return most + ("" if model.prompt.required else ", optional")


def _assumed(model: Model) -> list[str]:
    assumed = [*(param.assumed for param in model.param), *(slot.assumed for slot in model.input)]
    return [f"Assumed: {text}" for text in dict.fromkeys(assumed) if text]
