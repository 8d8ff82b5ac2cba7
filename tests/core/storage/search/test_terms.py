"""What the words of a search ask of a text."""

from __future__ import annotations

import pytest

from core.storage.search.query import parse
from core.storage.search.terms import Terms


@pytest.mark.parametrize(
    ("search", "text", "met"),
    [
        ("SEA quiet", "A quiet sea", True),
        ('"quiet sea"', "A quiet, wide sea", False),
        ('"Quiet Sea"', "A quiet sea", True),
        ("sea -fog", "Fog at sea", False),
        ('sea -"no fog"', "Fog at sea", True),
        ("-é", "CAFÉ", False),
    ],
)
def test_a_text_meets_it_or_does_not(search: str, text: str, met: bool) -> None:
    assert Terms.of(parse(search).words).are_met_by(text) is met


def test_words_may_stand_in_several_texts_and_a_phrase_in_one() -> None:
    texts = "A quiet sea", "crop the fog"
    assert Terms.of(parse("sea crop").words).are_met_by(*texts)
    assert not Terms.of(parse('"sea crop"').words).are_met_by(*texts)
    assert not Terms.of(parse("sea -crop").words).are_met_by(*texts)
