"""Random histories, searched in the language of the search field, beside a plain model of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.reviews import IN_TRASH, YES, What
from core.generations import Request, Status
from core.storage.database import HistoryFile
from core.storage.desk.decisions import Decisions
from core.storage.desk.notes import NoteStore
from core.storage.desk.projects import ProjectStore
from core.storage.history import Filter, History, Order
from core.storage.store import Store
from tests.conftest import NOON

WORDS = ("quiet", "sea", "fog", "ab", "é", "3:4", "don't", '"cut"')
TAGS = ("Hero shot", "fog", "ab")
MODELS = {"veo3.1": "Veo 3.1", "gen4_turbo": "Gen-4 Turbo"}
PROJECTS = ("Harbour", "Port")
TEXTS = st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join)


@dataclass
class Clip:
    """What a person would say of a generation."""

    model: str
    kind: str
    prompt: str
    author: str
    credits: int
    days: int
    done: bool
    notes: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    stars: list[int] = field(default_factory=list)
    project: int = 0
    review: str = "none"
    trashed: bool = False

    def has(self, word: str) -> bool:
        return any(word in text.lower() for text in (self.prompt, *self.notes, *self.tags))

    @property
    def mean(self) -> float:
        """As it is shown; below every number where nobody has rated."""
        return float(f"{sum(self.stars) / len(self.stars):.1f}") if self.stars else -1.0


CLIPS = st.builds(
    Clip,
    model=st.sampled_from(list(MODELS)),
    kind=st.sampled_from(["text", "image"]),
    prompt=TEXTS,
    author=st.sampled_from(["", "Ann", "Bo Lee"]),
    credits=st.sampled_from([10, 25, 60]),
    days=st.integers(0, 3),
    done=st.booleans(),
    notes=st.lists(TEXTS.filter(bool), max_size=2),
    tags=st.lists(st.sampled_from(TAGS), max_size=2, unique=True),
    stars=st.lists(st.integers(1, 5), max_size=3),
    project=st.integers(0, 2),
    review=st.sampled_from(["none", "approved", "to_edit"]),
    trashed=st.booleans(),
)
Meets = Callable[[Clip], bool]


def _having(word: str) -> Meets:
    return lambda clip: clip.has(word)


PARTS: dict[str, Meets] = {
    **{word.replace('"cut"', '"""cut"""'): _having(word) for word in WORDS},
    '"quiet sea"': lambda c: c.has("quiet sea"),
    "hero": lambda c: c.has("hero"),
    "model:veo": lambda c: c.model == "veo3.1",
    'model:"gen4 turbo"': lambda c: c.model == "gen4_turbo",
    "kind:image,text": lambda c: True,
    "kind:image": lambda c: c.kind == "image",
    "by:ann": lambda c: c.author == "Ann",
    'rated:"person 1"': lambda c: len(c.stars) > 1,
    "rated:person": lambda c: bool(c.stars),
    "by:lee,ann": lambda c: c.author != "",
    "tag:hero-shot": lambda c: "Hero shot" in c.tags,
    "tag:hero": lambda c: False,
    'tag:fog,"HERO SHOT"': lambda c: bool({"fog", "Hero shot"} & set(c.tags)),
    "project:harbour": lambda c: c.project == 1,
    "is:filed": lambda c: c.project != 0,
    "is:approved,to-edit": lambda c: c.review in ("approved", "to_edit"),
    "status:no-state": lambda c: c.review == "none",
    "status:done": lambda c: c.done,
    "is:rated": lambda c: bool(c.stars),
    "is:tagged": lambda c: bool(c.tags),
    "is:trashed": lambda c: c.trashed,
    "is:trashed,done": lambda c: c.trashed or c.done,
    "stars:>3": lambda c: c.mean > 3,
    "stars:2..3.3": lambda c: 2 <= c.mean <= 3.3,
    "stars:4.5": lambda c: c.mean == 4.5,
    "cost:<50": lambda c: c.credits < 50,
    "cost:10,60": lambda c: c.credits in (10, 60),
    f"since:{NOON.date() - timedelta(days=1)}": lambda c: c.days <= 1,
    f"before:{NOON.date() - timedelta(days=1)}": lambda c: c.days > 1,
}
ASKED = st.lists(
    st.tuples(st.sampled_from(list(PARTS)), st.booleans()), max_size=3, unique_by=lambda part: part
)


def write(file: HistoryFile, clips: list[Clip]) -> None:
    """In steps like those of people."""
    for name in PROJECTS:
        ProjectStore(file).named(name, person="Ann", now=NOON)
    decisions = Decisions(file)
    for number, clip in enumerate(clips, 1):
        row, _ = Store(file).add(
            Request(f"{clip.kind}_to_video", clip.model, clip.prompt),
            idempotency_key=str(number),
            kind=clip.kind,
            quoted=clip.credits,
            demo=False,
            author=clip.author,
            now=NOON - timedelta(days=clip.days),
        )
        end = Status.SUCCEEDED if clip.done else Status.FAILED
        Store(file).move(row, end, NOON, task_id=f"t{number}")

        def decide(what: What, value: str, subject: str = "", of: int = row.id) -> None:
            by = subject if what is What.STARS else "Ann"
            decisions.change([of], what, subject, value, person=by, now=NOON)

        for place, text in enumerate([*clip.notes, "a fog that is deleted"]):
            note, of = f"{number}-{place}", row.id
            NoteStore(file).add(note, of, text, parent="", span=None, person="Ann", now=NOON)
        decide(What.NOTE, "", f"{number}-{len(clip.notes)}")
        for tag in clip.tags:
            decide(What.TAG, YES, tag)
        for place, stars in enumerate(clip.stars):
            decide(What.STARS, str(stars), f"person {place}")
        decide(What.PROJECT, str(clip.project or ""))
        decide(What.REVIEW, clip.review)
        decide(What.TRASH, IN_TRASH if clip.trashed else "")


def expected(clips: list[Clip], asked: list[tuple[str, bool]]) -> set[int]:
    seeks_trash = any("trashed" in part and wanted for part, wanted in asked)
    return {
        number
        for number, clip in enumerate(clips, 1)
        if (seeks_trash or not clip.trashed)
        and all(PARTS[part](clip) is wanted for part, wanted in asked)
    }


def searches(asked: list[list[tuple[str, bool]]]) -> Iterator[tuple[str, Any]]:
    """Those that chance asks, and each part alone."""
    alone = [[(part, wanted)] for part in PARTS for wanted in (True, False)]
    for parts in [*asked, *alone]:
        yield " ".join(f"{'' if wanted else '-'}{part}" for part, wanted in parts), parts


@pytest.mark.slow
@settings(max_examples=25)
@given(st.lists(CLIPS, min_size=1, max_size=6), st.lists(ASKED, min_size=8, max_size=8))
def test_a_search_finds_and_counts_what_a_plain_model_says(
    empty_history: Path, clips: list[Clip], asked: list[list[tuple[str, bool]]]
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(shutil.copy(empty_history, Path(folder) / "history.db"))
        with closing(HistoryFile(path)) as file:
            write(file, clips)
            history = History(file, {model: (name,) for model, name in MODELS.items()})
            for search, parts in searches(asked):
                chosen, wanted = Filter(search=search), expected(clips, parts)
                assert set(history.numbers(chosen, Order.NEWEST)) == wanted, search
                assert history.counts("model", chosen) == {
                    model: count
                    for model in MODELS
                    if (count := sum(clips[n - 1].model == model for n in wanted))
                }, search


def test_file_names_are_searched_too(empty_history: Path, tmp_path: Path) -> None:
    with closing(HistoryFile(Path(shutil.copy(empty_history, tmp_path)))) as file:
        history = History(file)
        write(file, [Clip("veo3.1", "text", "A sea", "", 10, 0, done=True)])
        with file.tx() as db:
            db.execute(
                "insert into outputs (generation_id, position, file, media_type, bytes, sha256,"
                " width, height, duration, frame_rate, poster)"
                " values (1, 0, '00000001-ab12.mp4', 'video/mp4', 1, 'x', 1, 1, 1, 1, '')"
            )
        assert history.numbers(Filter(search="00000001-AB12 sea"), Order.NEWEST) == [1]
        assert history.numbers(Filter(search="sea -ab12.mp4"), Order.NEWEST) == []
        with file.tx() as db:
            db.execute("delete from outputs")
        assert history.numbers(Filter(search="ab12"), Order.NEWEST) == []
