"""Where the rows of a batch come from: a prompt with choices, a table, or models beside models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice, product

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.compose import sheets, templates
from core.compose.listing import Row
from core.domain.batches import MOST
from core.errors import DailiesError, InvalidUpload
from core.files import Upload
from core.generations import Request
from core.studio import Studio
from pages.ui import plain
from pages.ui.batch import wildcards

SHEETS = ("csv", "tsv", "txt", "xls", "xlsx", "ods", "numbers")
"""Endings of what is read as a list, or refused as a workbook."""
SHAPES = ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9")
FILES, BROUGHT = "batches_files", "batches_brought"
HOW = r"""
`{a red|a blue} boat` makes two prompts, and so do commas: `{dawn,dusk} at sea`.

Choices may hold choices, and one may be empty: `a {big|} {boat|{red|blue} kite}`.

`{light=dawn,dusk}` gives a choice a name; `{light}` says the same again elsewhere.

`{colours}` stands for each line of the list that is saved by that name.

For these characters themselves: `\{` `\}` `\|` `\,` `\=` `\\`
"""


@dataclass(frozen=True)
class Brought:
    rows: tuple[Row, ...] = ()
    files: dict[str, Upload] = field(default_factory=dict)


def template(studio: Studio, base: Request) -> Brought:
    text = _text(
        "Choices in braces: each combination makes a clip",
        "template",
        templates.escape(base.prompt),
        placeholder="{A red|A blue} boat at {dawn,dusk,noon}",
        help=HOW,
    )
    wildcards.panel(studio)
    if not text.strip():
        return Brought()
    try:
        found = studio.wildcards.expand(text, MOST)
    except templates.BadTemplate as error:
        st.error(plain.error(error))
        return Brought()
    if len(found) > MOST:
        st.error(f"These are more than {MOST:,} prompts; leave out some choices.")
        return Brought()
    return Brought(tuple({"prompt": prompt} for prompt in found))


def table(studio: Studio) -> Brought:
    dropped = st.file_uploader(
        "A CSV, and the pictures, videos and sounds that it names",
        accept_multiple_files=True,
        key=FILES,
    )
    st.download_button(
        "Example sheet",
        sheets.EXAMPLE.encode("utf-8-sig"),
        "list.csv",
        "text/csv",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )
    pasted = _text("Or paste a table, or one prompt a line", "pasted", "")
    files = _kept(studio, [one for one in dropped if not _is_sheet(one)])
    found = [one for one in dropped if _is_sheet(one)]
    if len(found) > 1:
        st.error("Drop one CSV at a time; the files that it names may be many.")
        return Brought(files=files)
    try:
        if found:
            return _said(sheets.read(found[0].getvalue()), files)
        if pasted.strip():
            return _said(sheets.parse(pasted), files)
    except DailiesError as error:
        st.error(plain.error(error))
    return Brought(files=files)


def grid(studio: Studio, base: Request, kind: str) -> Brought:
    text = _text("Prompts, one a line", "prompts", " ".join(base.prompt.split()))
    names = {model.id: model.name for model in studio.compose.usable() if model.kind == kind}
    models = st.multiselect(
        "Models",
        list(names),
        [base.model] if base.model in names else [],
        key="batches_models",
        format_func=names.__getitem__,
    )
    ratios = st.multiselect("Ratios", SHAPES, key="batches_ratios", placeholder="As on Create")
    prompts = [line.strip() for line in text.splitlines() if line.strip()]
    found = product(prompts, models, ratios or [""])
    rows = (
        {"prompt": p, "model": m, "ratio": r} if r else {"prompt": p, "model": m}
        for p, m, r in found
    )
    taken = tuple(islice(rows, MOST + 1))
    if len(taken) > MOST:
        st.error(f"These are more than {MOST:,}; leave out some.")
        return Brought()
    return Brought(taken)


def _text(label: str, name: str, first: str, **more: str) -> str:
    kept = f"batches_{name}_kept"
    text: str = st.text_area(
        label,
        key=f"batches_{name}",
        value=st.session_state.get(kept, first),
        height="content",
        placeholder=more.get("placeholder"),
        help=more.get("help"),
    )
    if text != first or kept in st.session_state:
        st.session_state[kept] = text
    return text


def _said(sheet: sheets.Sheet, files: dict[str, Upload]) -> Brought:
    if sheet.unknown:
        names = ", ".join(sheet.unknown)
        st.caption(plain.text(f"Columns that are not used: {names}."))
    return Brought(sheet.rows, files)


def _is_sheet(file: UploadedFile) -> bool:
    return file.name.lower().rpartition(".")[2] in SHEETS


def _kept(studio: Studio, dropped: Sequence[UploadedFile]) -> dict[str, Upload]:
    known: dict[str, tuple[str, Upload | str]] = st.session_state.setdefault(BROUGHT, {})
    for file in dropped:
        if file.file_id not in known:
            try:
                known[file.file_id] = file.name, studio.uploads.add(file.name, file)[0]
            except InvalidUpload as error:
                known[file.file_id] = file.name, plain.error(error)
    files: dict[str, Upload] = {}
    for name, found in (known[file.file_id] for file in dropped):
        if isinstance(found, Upload):
            files[name] = found
        else:
            st.error(f"{plain.text(name)}: {found}")
    return files
