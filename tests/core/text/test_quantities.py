"""Figures with their units."""

from __future__ import annotations

import pytest

from core.compose.convert import measured
from core.generations import Value
from core.text.quantities import counted


@pytest.mark.parametrize(
    ("figure", "sentence"),
    [
        (1, "1 second"),
        (1.0, "1 second"),
        (0.9999999, "1 second"),
        (0, "0 seconds"),
        (1.5, "1.5 seconds"),
        (11, "11 seconds"),
        (1200, "1,200 seconds"),
    ],
)
def test_a_unit_of_one_is_singular(figure: float, sentence: str) -> None:
    assert counted(figure, "seconds") == sentence


@pytest.mark.parametrize(
    ("value", "units", "words"),
    [
        (1, "seconds", "1 second"),
        (2.5, "seconds", "2.5 seconds"),
        ("auto", "seconds", "auto"),
        (True, "seconds", "on"),
        (1234567, "", "1234567"),
    ],
)
def test_only_a_number_has_a_unit(value: Value, units: str, words: str) -> None:
    assert measured(value, units) == words
