"""What a model takes, what it costs and what is assumed about it, out of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.models import Model
from core.params import Param
from core.prices import Price
from core.ratios import pixels
from pages.ui import facts, money, words


def comparison(models: Sequence[Model]) -> None:
    """Every model in one row, to sort."""
    st.dataframe(
        [_row(model) for model in models],
        hide_index=True,
        column_config={
            "Prompt, characters": st.column_config.NumberColumn(format="localized"),
            "Credits a second, from": st.column_config.NumberColumn(format="%g"),
            "to": st.column_config.NumberColumn(format="%g"),
        },
        alt="Models compared",
    )


def card(model: Model) -> None:
    """One model as a person needs it to choose."""
    icon = words.KIND_ICON.get(model.kind, ":material/movie:")
    st.markdown(f"**{model.name}** :gray-badge[{icon} {words.KIND.get(model.kind, model.kind)}]")
    st.caption(model.about)
    facts.show(_facts(model))
    for line in _prices(model):
        st.markdown(line)
    for note in _notes(model):
        st.caption(note)


def _row(model: Model) -> dict[str, Any]:
    rates = [float(rate) for rate in model.rates]
    return {
        "Model": model.name,
        "Starts from": words.KIND.get(model.kind, model.kind),
        "Credits a second, from": rates[0] if rates else None,
        "to": rates[-1] if rates else None,
        "Length": _choices(model, "duration"),
        "Sound": _sound(model),
        "Speed": model.speed,
        "Ratios": len(model.ratios),
        "Prompt, characters": model.prompt.max_units,
    }


def _facts(model: Model) -> dict[str, str]:
    found = {
        "Made by": model.vendor,
        "Speed": model.speed,
        "Takes": _takes(model),
        "Prompt": _prompt(model),
        "Length": _choices(model, "duration"),
        "Shapes": _shapes(model),
        "Sound": _sound(model),
    }
    return {name: value for name, value in found.items() if value}


def _takes(model: Model) -> str:
    slots = [s.label.lower() + ("" if s.required else " (optional)") for s in model.input]
    return words.sentence(", ".join(slots)) or "Words alone"


def _shapes(model: Model) -> str:
    """Every ratio once, and the largest frame."""
    names = dict.fromkeys(words.ratio(ratio).split(" · ")[0] for ratio in model.ratios)
    sizes = [size for ratio in model.ratios if (size := pixels(ratio))]
    if not sizes:
        return ", ".join(names)
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    return f"{', '.join(names)}, up to {width} × {height}"


def _prompt(model: Model) -> str:
    """How long the prompt may be, and whether it must be."""
    if not model.prompt.offered:
        return "None"
    limit = model.prompt.max_units
    length = "No stated limit" if limit is None else f"Up to {limit:,} characters"
    return length + ("" if model.prompt.required else ", optional")


def _sound(model: Model) -> str:
    return "On or off" if model.setting("audio") else "None"


def _choices(model: Model, name: str) -> str:
    param = model.setting(name)
    if param is None:
        return ""
    if param.range:
        return f"{param.range[0]:g} to {param.range[1]:g} {param.unit}"
    return f"{', '.join(map(str, param.choices))} {param.unit}"


def _prices(model: Model) -> list[str]:
    """Each price row with its condition, and what the usual settings cost."""
    if not model.price:
        return ["The price is not known before Runway says it."]
    lines = [f"- {_price(row)}{_condition(model, row)}" for row in model.price]
    usual = model.quote(model.defaults)
    example = "" if usual is None else f"With its default settings: {words.price(usual)}."
    return [money.escaped("\n".join(lines)), money.escaped(example)] if example else lines


def _price(row: Price) -> str:
    if row.flat is not None:
        return f"{row.flat.normalize():f} credits a clip"
    if row.per_frame is not None:
        return f"{row.per_frame.normalize():f} credits a frame"
    assert row.per_second is not None
    return f"{row.per_second.normalize():f} credits a second"


def _condition(model: Model, row: Price) -> str:
    parts = [
        _held(model.setting(name), name, value)
        for name, values in row.when.items()
        for value in values
    ]
    return f", with {' and '.join(parts)}" if parts else ""


def _held(param: Param | None, name: str, value: bool | int | str) -> str:
    label = (param.label if param else name).lower()
    if isinstance(value, bool):
        return f"{label} {'on' if value else 'off'}"
    return f"{label} {words.ratio(str(value)) if name == 'ratio' else value}"


def _notes(model: Model) -> list[str]:
    """Where the prices come from, and what is assumed."""
    sources = {(row.source, row.checked) for row in model.price}
    notes = [f"Price from {source}, checked {checked}." for source, checked in sorted(sources)]
    return notes + [f"Assumed: {param.assumed}" for param in model.param if param.assumed]
