"""Names of files for every system: one component, no device, none that is another's by case."""

from __future__ import annotations

from pathlib import PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.export.file_names import (
    DEVICES,
    LONGEST_NAME,
    PLACEHOLDERS,
    USUAL,
    Names,
    complaint,
    safe,
)

SAID = dict.fromkeys(PLACEHOLDERS, "x")


def given_name(text: str, pattern: str = "{prompt}") -> str:
    return Names(pattern).give(SAID | {"prompt": text})


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ("C:\\Windows\\system32", "C-Windows-system32"),
        ("CON", "_CON"),
        ("nul.tar", "_nul.tar"),
        ("COM¹", "_COM¹"),
        ("trailing dots...  ", "trailing-dots"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("", "clip"),
        ("\0\n\t", "clip"),
        ("雨 im été", "雨-im-été"),
        ("-rf", "rf"),
        ("~root", "root"),
        ("\ud800", "clip"),
    ],
)
def test_a_hostile_text_is_a_harmless_name(text: str, name: str) -> None:
    assert given_name(text) == name


@pytest.mark.slow
@given(st.lists(st.text(max_size=300), min_size=1, max_size=8))
def test_names_are_one_component_and_differ_on_every_disk(texts: list[str]) -> None:
    names = Names("{prompt}")
    given = [names.give(SAID | {"prompt": text}) for text in texts]
    assert len({name.casefold() for name in given}) == len(given)
    for name in given:
        assert PureWindowsPath(name).name == name
        assert not DEVICES.fullmatch(name)
        assert not set(name) & set('<>:"/\\|?*')
        assert name.isprintable()
        assert name == name.strip(". ")
        assert 0 < len(name.encode()) <= LONGEST_NAME + 6


def test_those_that_differ_by_case_alone_are_told_apart() -> None:
    names = Names("{prompt}")
    assert [names.give(SAID | {"prompt": p}) for p in ("Fog", "fog", "FOG")] == [
        "Fog", "fog-2", "FOG-3",
    ]  # fmt: skip


def test_a_pattern_is_filled_and_empty_parts_leave_no_gap() -> None:
    said = {"project": "", "number": "00012", "model": "Gen-4.5", "prompt": "A boat", "date": "d"}
    assert Names(USUAL).give(said) == "00012_Gen-4.5_A-boat"
    assert Names("a/b {{x}} {number}").give(said) == "a-b-x-00012"


@pytest.mark.parametrize(
    "pattern",
    ["", "clip", "{number", "}", "{secret}", "{number.real}", "{number!r}", "{number:>9999999}",
     "{}", "{0}", "{number[0]}", "{{number}}", "x" * 201 + "{number}"],
)  # fmt: skip
def test_a_pattern_that_cannot_be_used_is_named(pattern: str) -> None:
    assert complaint(pattern)


@pytest.mark.parametrize("pattern", [USUAL, "{number}", "{{x}}{date}"])
def test_a_pattern_that_can_be_used_is_not(pattern: str) -> None:
    assert complaint(pattern) == ""


def test_a_part_is_cut_between_letters() -> None:
    assert safe("é" * 50, 9) == "éééé"
