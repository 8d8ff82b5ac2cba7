"""Lists of choices that are kept by name."""

from __future__ import annotations

import pytest

from core.errors import InvalidWildcard
from core.studio import Studio
from core.studio.making.wildcards import MOST_LINES


def test_a_list_is_kept_found_by_its_name_in_a_template_changed_and_deleted(studio: Studio) -> None:
    kept = studio.wildcards.save("Colours", "red\n\n  blue \nred\n")
    assert kept.lines == ("red", "blue")
    assert studio.wildcards.expand("a {colours} kite", 9) == ["a red kite", "a blue kite"]
    studio.wildcards.save("hues", "green", replaces=kept.key)
    assert [wildcard.name for wildcard in studio.wildcards.all()] == ["hues"]
    assert studio.wildcards.expand("{HUES}", 9) == ["green"]
    studio.wildcards.delete("hues")
    assert studio.wildcards.all() == []


def test_nobody_writes_over_the_list_of_another(studio: Studio) -> None:
    studio.wildcards.save("colours", "red\nblue")
    other = studio.wildcards.save("hues", "green")
    for replaces in ("", other.key):
        with pytest.raises(InvalidWildcard, match="already"):
            studio.wildcards.save("Colours", "black", replaces=replaces)
    assert [wildcard.lines for wildcard in studio.wildcards.all()] == [("red", "blue"), ("green",)]


@pytest.mark.parametrize(
    ("name", "lines", "said"),
    [
        ("two words", "red", "one word"),
        ("", "red", "one word"),
        ("a=b", "red", "one word"),
        ("colours", " \n\u200b\n", "one choice a line"),
        ("colours", "\n".join(map(str, range(MOST_LINES + 1))), "at most 500 lines"),
        ("colours", "x" * 1001, "at most 1,000 characters"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(
    studio: Studio, name: str, lines: str, said: str
) -> None:
    with pytest.raises(InvalidWildcard, match=said):
        studio.wildcards.save(name, lines)
