"""The theme's colours as CSS variables of the whole page.

Streamlit sets them inside components alone. Both themes stand in one value, so that the page's own
`color-scheme` chooses, whichever way it was chosen.
"""

from __future__ import annotations

import streamlit as st

COLOURS = {
    "--st-primary-color": "primaryColor",
    "--st-background-color": "backgroundColor",
    "--st-secondary-background-color": "secondaryBackgroundColor",
    "--st-text-color": "textColor",
    "--st-border-color": "borderColor",
    "--st-link-color": "linkColor",
}
WHOLE = {
    "--st-base-radius": "baseRadius",
    "--st-button-radius": "buttonRadius",
    "--st-font": "font",
}


def rules() -> str:
    colours = (
        f"{name}: light-dark({_option(f'light.{option}')}, {_option(f'dark.{option}')});"
        for name, option in COLOURS.items()
    )
    others = (f"{name}: {_option(option)};" for name, option in WHOLE.items())
    return f":root {{ color-scheme: light dark; {' '.join([*colours, *others])} }}"


def _option(name: str) -> str:
    return str(st.get_option(f"theme.{name}"))
