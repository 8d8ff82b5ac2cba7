"""What a person typed: what nobody can see is no text, and a task id is found in what holds it."""

from __future__ import annotations

import unicodedata

import pytest

from core.text import visible_text

TASK = "17f20503-6c24-4c16-946b-35dbbce2af2f"
OTHER = "00000000-1111-4222-8333-444444444444"
UNSEEN = [
    "",
    " \t\r\n",
    "\u200b\u2060",
    "\ufeff",
    "\u00ad\u034f\u061c",
    "\u115f\u1160\u3164\uffa0",
    "\u17b4\u17b5\u180e",
    "\u202e \u2066\u2069",
    "\ufe0f\ufe0e",
    "\ufff9\ufffa\ufffb",
    "\U000e0001\U000e007f\U000e01ef",
    "\U0001d173",
    "\u2800\u00a0\u2003\u3000",
    "\x00\x1b\x7f",
]
"""Texts in which nobody can see anything."""
SCRIPTS = ("ARABIC", "SYRIAC", "KAITHI", "EGYPTIAN")
"""Writing of which some signs of format are drawn: around numbers, or to join hieroglyphs."""


@pytest.mark.parametrize("text", UNSEEN, ids=ascii)
def test_what_nobody_can_see_is_empty(text: str) -> None:
    assert visible_text.visible(text) == ""


@pytest.mark.parametrize(
    "text",
    ["a", ".", "\u200ba", "海", "❤️", "👩‍👩‍👧", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "می‌خواهم", "\u0301", "\ud83d"],
    ids=ascii,
)
def test_what_can_be_seen_stays_as_it_was_written(text: str) -> None:
    assert visible_text.visible(f" {text}\n") == text


def test_of_the_signs_of_format_only_those_that_are_drawn_can_be_seen() -> None:
    signs = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf"]
    drawn = [unicodedata.name(sign) for sign in signs if visible_text.visible(sign)]
    assert all(name.startswith(SCRIPTS) for name in drawn), drawn


@pytest.mark.parametrize(
    "pasted",
    [
        TASK,
        TASK.upper(),
        f"  {TASK}\n",
        f"\ufeff{TASK}\u200b",
        f"{TASK[:9]}\u00ad{TASK[9:]}",
        f"{TASK[:14]}\n  {TASK[14:]}",
        f"https://api.dev.runwayml.com/v1/tasks/{TASK}",
        f"HTTPS://API.DEV.RUNWAYML.COM/V1/TASKS/{TASK.upper()}?x=1#y",
        f"https://dev.runwayml.com/organization/{OTHER}/usage?task={TASK}",
        f"https://dev.runwayml.com/tasks/{TASK}/project/{OTHER}",
        f"Task ID: {TASK}.",
        f'{{"id": "{TASK}", "status": "SUCCEEDED"}}',
    ],
)
def test_a_task_id_is_found_in_what_was_pasted(pasted: str) -> None:
    assert visible_text.task_id(pasted) == TASK


@pytest.mark.parametrize(
    "pasted", ["", "a b", "../organization", "AbC_1", f"{TASK}0", f"a{TASK}", TASK[:-1]]
)
def test_what_holds_no_task_id_is_left_as_it_is(pasted: str) -> None:
    assert visible_text.task_id(f" {pasted}\u200b ") == pasted


def test_an_address_has_nothing_hidden_in_it() -> None:
    assert visible_text.bare("\u200bhttps://a.example/\u200bb.png ") == "https://a.example/b.png"
