"""The language of the search field: what is read out of any text, and written again."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.storage.search.query import MOST, Clause, Item, Query, Word, parse
from core.storage.search.query_fields import FIELDS


def no(text: str) -> Word:
    return Word(text, unwanted=True)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("quiet sea quiet", [Word("quiet"), Word("sea")]),
        ('"quiet sea" fog', [Word("quiet sea"), Word("fog")]),
        ("sea -fog", [Word("sea"), no("fog")]),
        ('-"thick fog" sea', [no("thick fog"), Word("sea")]),
        ('well-known "half', [Word("well-known"), Word('"half')]),
        ("- -- sea", [Word("-"), no("-"), Word("sea")]),
        ('"" -"" " "', []),
        ('"a"b', [Word('"a"b')]),
        ('"say ""cut"" now"', [Word('say "cut" now')]),
        (" ", []),
        ("model:veo3.1", [Clause("model", ("veo3.1",))]),
        ("Model:Veo -TAG:x", [Clause("model", ("Veo",)), Clause("tag", ("x",), unwanted=True)]),
        ('model:"gen4 turbo",veo', [Clause("model", ("gen4 turbo", "veo"))]),
        ("tag:a,,b tag:a, tag:a", [Word("tag:a,,b"), Clause("tag", ("a",))]),
        ("stars:>3 cost:<50", [Clause("stars", (">3",)), Clause("cost", ("<50",))]),
        ('"model:veo" -"is:approved"', [Word("model:veo"), no("is:approved")]),
        # A colon in ordinary words.
        ("close-up: a boat", [Word("close-up:"), Word("a"), Word("boat")]),
        ("https://example.com/a?b=c:d", [Word("https://example.com/a?b=c:d")]),
        ("3:4 at 12:30", [Word("3:4"), Word("at"), Word("12:30")]),
        ("model: veo", [Word("model:"), Word("veo")]),
        ("lighting:soft", [Word("lighting:soft")]),
        ('model:"gen4 turbo', [Word('model:"gen4'), Word("turbo")]),
    ],
)
def test_a_search_is_read(text: str, items: list[Item]) -> None:
    assert list(parse(text).items) == items


@pytest.mark.parametrize(
    "text",
    [
        "close-up: a boat, 3:4, http://example.com:80/x",
        "a:b",
        '"model:" "lighting:soft" -"tag:"',
        "is:approved",
        "day 2: the storm",
    ],
)
def test_ordinary_words_are_searched_without_a_remark(text: str) -> None:
    assert parse(text).remarks == ()


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("modle:veo", "no field “modle”, so it is searched as a word. Did you mean “model”?"),
        ("-colour:red", "no field “colour”, so it is searched as a word."),
        ("tag: x", "Nothing stands right after “tag:”"),
        ('tag:""', "Nothing stands right after “tag:”"),
        ('project:"Glass whale', "The quotation mark after “project:” has no end"),
    ],
)
def test_what_looks_like_a_field_and_is_none_is_said(text: str, remark: str) -> None:
    (said,) = parse(text).remarks
    assert remark in said


def test_there_is_an_end_to_what_is_looked_for() -> None:
    query = parse(" ".join(map(str, range(MOST + 1))))
    assert len(query.items) == MOST
    assert "first 100" in query.remarks[0]
    assert parse(" ".join(map(str, range(MOST)))).remarks == ()


PIECES = st.sampled_from(
    [
        *(f"{name}:" for name in FIELDS),
        *'"",-:>.3 ax\n\0\u200b',
        '""',
        "tag:x",
        "http://",
        "é",
        "🎬",
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=20).map("".join))


@pytest.mark.slow
@given(TEXTS)
@example('"half model:x y"')
@example('"half "z" y"')
def test_any_text_is_a_query_and_what_is_written_of_it_is_the_same_query(text: str) -> None:
    query = parse(text)
    assert parse(str(query)) == query


VISIBLE = st.text(min_size=1).filter(lambda text: bool(text.strip()) and "\0" not in text)
ITEMS: st.SearchStrategy[Item] = st.one_of(
    st.builds(Word, VISIBLE, st.booleans()),
    st.builds(
        Clause,
        st.sampled_from(list(FIELDS)),
        st.lists(VISIBLE, min_size=1, max_size=3, unique=True).map(tuple),
        st.booleans(),
    ),
)


@pytest.mark.slow
@given(st.lists(ITEMS, unique=True, max_size=6))
@example([Word('"a'), Word('b"')])
@example([Word("model:veo"), Word("-x"), Clause("tag", ("a,b", '"', "-"))])
def test_every_query_can_be_written(items: list[Item]) -> None:
    query = Query(tuple(items))
    assert parse(str(query)) == query


def test_a_clause_is_put_in_the_place_of_another() -> None:
    query = parse("sea model:veo -fog")
    model, tag = query.clauses[0], Clause("tag", ("hero shot",))
    assert str(query.replaced(model, tag)) == 'sea tag:"hero shot" -fog'
    assert str(query.replaced(model, None)) == "sea -fog"
    assert str(query.replaced(None, tag)) == 'sea model:veo -fog tag:"hero shot"'
