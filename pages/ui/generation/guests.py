"""What people outside left on a generation by shared links. Their words are text."""

from __future__ import annotations

import streamlit as st

from core.feedback import MOST_STARS, GuestRating
from core.generations import Generation
from core.studio import Studio
from pages.ui import formatting


def show(studio: Studio, generation: Generation) -> None:
    ratings, notes = studio.guests.of(generation.id)
    if not (ratings or notes):
        return
    st.markdown(f"**From guests**{_mean(ratings)}")
    with st.container(gap="xsmall"):
        for rating in ratings:
            stars = "★" * rating.stars + "☆" * (MOST_STARS - rating.stars)
            st.text(f"{stars} {rating.nickname} (guest)")
        for note in notes:
            st.text(f"{note.nickname} (guest), {formatting.age(note.at)}:\n{note.text}")


def _mean(ratings: list[GuestRating]) -> str:
    if not ratings:
        return ""
    mean = sum(rating.stars for rating in ratings) / len(ratings)
    return f" · {mean:.1f} of {MOST_STARS} from {len(ratings):,}"
