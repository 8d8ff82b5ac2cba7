"""A prompt with choices: every prompt that it stands for, and nothing else."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.compose.templates import BadTemplate, escape, expand


@pytest.mark.parametrize(
    ("template", "prompts"),
    [
        ("A quiet sea, at dawn | calm", ["A quiet sea, at dawn | calm"]),
        ("{a red|a blue} boat", ["a red boat", "a blue boat"]),
        ("at {dawn, dusk,noon}", ["at dawn", "at dusk", "at noon"]),
        ("{red, wet|blue}", ["red, wet", "blue"]),
        ("{a,b}{1|2}", ["a1", "a2", "b1", "b2"]),
        ("a {boat|{red|blue} kite}", ["a boat", "a red kite", "a blue kite"]),
        ("a {big|} boat", ["a big boat", "a boat"]),
        ("{light=dawn,dusk} and {light}", ["dawn and dawn", "dusk and dusk"]),
        ("{Light} then {light=dawn,dusk}", ["dawn then dawn", "dusk then dusk"]),
        (r"\{a,b\} {c\,d|e\|f}", ["{a,b} c,d", "{a,b} e|f"]),
        (r"C:\new {a|b}", [r"C:\new a", r"C:\new b"]),
        ("{a|a}", ["a"]),
    ],
)
def test_each_choice_is_said_in_turn(template: str, prompts: list[str]) -> None:
    assert expand(template, 100) == prompts


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("a {b", "never closed"),
        ("a } b", "closes nothing"),
        ("{a b}", "one choice only"),
        ("{}", "one choice only"),
        ("{light}", "No choice is called “light”"),
        ("{a=1,2} {a=3,4}", "given twice"),
        ("{a={b=1,2}|3} {b}", "cannot hold one that has a name"),
        ("{" * 30 + "a,b" + "}" * 30, "at most 8 deep"),
        ("{a,b}" * 101, "at most 100 choices"),
    ],
)
def test_what_is_no_template_is_said_in_words(template: str, said: str) -> None:
    with pytest.raises(BadTemplate, match=said):
        expand(template, 100)


def test_a_kept_list_is_said_by_its_name_unless_the_template_gives_that_name() -> None:
    lists = {"light": ["dawn, grey", "dusk"]}
    assert expand("{Light} and {light}", 9, lists) == ["dawn, grey and dawn, grey", "dusk and dusk"]
    assert expand("{light=noon|night} at {light}", 9, lists) == ["noon at noon", "night at night"]


def test_more_than_wanted_is_noticed_without_making_all() -> None:
    assert len(expand("{a,b,c,d,e,f,g,h}" * 20, 100)) == 101


@given(st.text(alphabet="ab {}|,=\\", max_size=40))
def test_an_escaped_text_stands_for_itself_and_any_other_ends_in_words(text: str) -> None:
    plain = " ".join(text.split())
    assert expand(escape(plain), 10) == [plain]
    with suppress(BadTemplate):
        assert expand(text, 10)
