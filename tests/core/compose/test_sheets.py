"""Lists as spreadsheets write them and as they are pasted: taken, or refused in words."""

from __future__ import annotations

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.compose.sheets import EXAMPLE, LARGEST, BadSheet, parse, read

ROWS = ({"prompt": "A café, at dawn", "seed": "7"}, {"prompt": 'It says "sea"\nand fog'})


def written(divider: str = ",", end: str = "\r\n") -> str:
    out = io.StringIO(newline="")
    table = csv.writer(out, delimiter=divider, lineterminator=end)
    table.writerow(["Prompt", "SEED"])
    table.writerows([row.get("prompt"), row.get("seed", "")] for row in ROWS)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        written().encode(),  # Google
        written(end="\n").encode(),
        written(";").encode("utf-8-sig"),  # Excel, where commas are decimal
        written(";").encode("cp1252"),  # an older one
        ("sep=;\r\n" + written(";")).encode("utf-8-sig"),
        written("\t").encode("utf-16"),  # Excel's "Unicode text"
        written(",", "\r").encode(),
        (",\r\n,\r\n" + written() + ",\r\n\r\n").encode(),  # empty rows
    ],
)
def test_every_way_to_write_a_table_is_the_same_list(content: bytes) -> None:
    assert read(content).rows == ROWS


def test_prompts_alone_are_one_a_line() -> None:
    assert [row["prompt"] for row in parse("A boat, at sea\n\n  A kite\n").rows] == [
        "A boat, at sea",
        "A kite",
    ]


def test_columns_have_their_usual_names_and_others_are_told() -> None:
    sheet = parse("Shot\tDescription\tAspect  ratio\tLength\n1\tA boat\t16:9\t5 s\n")
    assert sheet.rows == ({"prompt": "A boat", "ratio": "16:9", "duration": "5 s"},)
    assert sheet.unknown == ("shot",)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "nothing in it"),
        (b" \r\n , , \r\n", "nothing in it"),
        (b"PK\x03\x04 and more", "workbook"),
        (b"\xd0\xcf\x11\xe0 and more", "workbook"),
        (b"prompt\x00model", "not a table"),
        (b"prompt,model\n", "no row below"),
        (b"shot,words\n1,A boat\n", "does not name the columns"),
        (b"prompt,text\na,b\n", "Two columns are prompt"),
        (b'prompt\n"A boat\n', "do not pair up"),
        (b"prompt\n" + b"a" * 2**20, "A cell has more than 20,000 letters"),
        (b"prompt\n" + b"a\n" * 10_001, "10,001 rows"),
        (b"a" * (LARGEST + 1), "larger than 20 MB"),
    ],
)
def test_what_is_no_list_is_refused_in_words(content: bytes, said: str) -> None:
    with pytest.raises(BadSheet, match=said):
        read(content)


def test_the_sheet_to_begin_with_is_one() -> None:
    assert len(read(EXAMPLE.encode("utf-8-sig")).rows) == 2


@given(st.binary(max_size=60) | st.text(alphabet='ab,;\t\n"\r', max_size=60).map(str.encode))
def test_anything_else_is_a_list_or_words(content: bytes) -> None:
    with suppress(BadSheet):
        assert all(isinstance(cell, str) for row in read(content).rows for cell in row.values())
