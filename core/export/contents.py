"""What lies in an archive: clips and posters where they are kept, and what is written for it."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.catalog.catalog import Catalog
from core.export import edit_lists, file_names, lists
from core.export.archive import Member
from core.files import Output
from core.generations import Generation
from core.media import atomic_files
from core.media.library import Media
from core.sandbox import inspection

MOST_ON_SHEET = 600
PDF, PICTURE = "contact-sheet.pdf", "contact-sheet.jpg"


@dataclass(frozen=True)
class Taken:
    name: str
    path: Path
    size: int


class Contents:
    def __init__(self, media: Media, folder: Path, catalog: Catalog) -> None:
        """`folder` receives what is written for this archive."""
        self._media = media
        self._folder = folder
        self._catalog = catalog
        self._taken: list[Taken] = []
        self._files: dict[int, list[str]] = {}
        self._clips: list[edit_lists.Clip] = []
        self._removed: list[bytes] = []
        self._chosen: Sequence[Generation] = ()

    @property
    def size(self) -> int:
        return sum(taken.size for taken in self._taken)

    def choose(self, chosen: Sequence[Generation], project: str, pattern: str) -> None:
        self._chosen = chosen
        given = file_names.Names(pattern)
        for generation in chosen:
            said = file_names.facts(generation, project, self._model(generation))
            for output in generation.outputs:
                self._take(generation, output, given.give(said))

    def write_lists(self, project: str, said: lists.Said) -> None:
        suppliers = self._catalog.suppliers
        written = {
            "generations.csv": lists.csv_pieces(self._chosen, self._files, said, suppliers),
            "generations.json": lists.json_pieces(self._chosen, self._files, said, suppliers),
        }
        if self._clips:
            written["edit-list.otio"] = iter((edit_lists.otio(project, self._clips),))
            written["edit-list.edl"] = iter((edit_lists.edl(project, self._clips),))
        if self._removed:
            written["originals-removed.txt"] = iter(self._removed)
        for name, pieces in written.items():
            self._write(name, pieces)
        self._draw(project)

    def members(self) -> Iterator[Member]:
        for taken in self._taken:
            yield self._measured(taken)

    def _take(self, generation: Generation, output: Output, stem: str) -> None:
        if output.removal:
            self._removed.append(f"#{generation.id}: {output.removal}\n".encode())
            name = f"posters/{stem}.jpg"
            self._files.setdefault(generation.id, []).append(name)
            self._add(name, self._media.poster(output))
            return
        path = self._media.output(output)
        name = f"clips/{stem}{path.suffix}"
        self._files.setdefault(generation.id, []).append(name)
        if not self._add(name, path):
            return
        if output.poster:
            self._add(f"posters/{stem}.jpg", self._media.poster(output))
        if output.medium == "video" and output.duration:
            self._clips.append(
                edit_lists.Clip(name, generation.id, output.duration, output.frame_rate)
            )

    def _add(self, name: str, path: Path) -> bool:
        size = self._media.clips.size(path)
        if size is not None:
            self._taken.append(Taken(name, path, size))
        return size is not None

    def _write(self, name: str, pieces: Iterable[bytes]) -> None:
        path = self._folder / name
        with atomic_files.draft(path) as beside, beside.open("wb") as file:
            file.writelines(pieces)
        self._add(name, path)

    def _draw(self, project: str) -> None:
        cells = [self._cell(generation) for generation in self._chosen[:MOST_ON_SHEET]]
        pdf, picture = self._folder / PDF, self._folder / PICTURE
        if inspection.contact_sheet(project, cells, pdf, picture):
            self._add(PDF, pdf)
            self._add(PICTURE, picture)

    def _cell(self, generation: Generation) -> dict[str, str]:
        output = generation.main
        poster = self._media.poster(output) if output and output.poster else None
        return {
            "poster": str(poster) if poster and poster.is_file() else "",
            "caption": f"#{generation.id} · {self._model(generation)}",
            "words": generation.request.words[:200],
        }

    def _measured(self, taken: Taken) -> Member:
        crc = size = 0
        for piece in self._media.clips.read(taken.path, 0, taken.size):
            crc, size = zlib.crc32(piece, crc), size + len(piece)
        return Member(taken.name, taken.path, size, crc)

    def _model(self, generation: Generation) -> str:
        return self._catalog.names.get(generation.model) or generation.model
