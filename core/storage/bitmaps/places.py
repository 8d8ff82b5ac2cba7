"""Numbers the generations in the order of their ids, for bitmaps, which take small numbers only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

Numbers = NDArray[np.int64]
SPARE = 1024
DAY = 24 * 60 * 60 * 1000
"""In milliseconds."""


class OutOfOrder(Exception):
    """An id that belongs between others, so that all places after it would be wrong."""


class Places:
    """Place n is that of the n-th id. A deleted generation keeps its place."""

    def __init__(self) -> None:
        self._count = 0
        self._cells: NDArray[np.int64] = np.zeros((2, SPARE), dtype=np.int64)

    def put(self, ids: Sequence[int], times: Sequence[str]) -> Numbers:
        """The places of these ids, which must ascend; new ids get the next places. Raises
        OutOfOrder."""
        numbers = np.array(ids, dtype=np.int64)
        places = np.searchsorted(self._ids, numbers)
        old = int(np.searchsorted(places, self._count))
        if (self._ids[places[:old]] != numbers[:old]).any():
            raise OutOfOrder
        places[old:] += np.arange(len(numbers) - old)
        self._count += len(numbers) - old
        if self._count > self._cells.shape[1]:
            larger = np.zeros((2, 2 * self._count), dtype=np.int64)
            larger[:, : self._cells.shape[1]] = self._cells
            self._cells = larger
        self._cells[0, places] = numbers
        self._cells[1, places] = np.array(times, dtype="datetime64[ms]").astype(np.int64)
        return places

    def find(self, ids: Sequence[int]) -> Numbers:
        numbers = np.array(ids, dtype=np.int64)
        places = np.searchsorted(self._ids, numbers)
        known = places < self._count
        places, numbers = places[known], numbers[known]
        found: Numbers = places[self._ids[places] == numbers]
        return found

    def before(self, number: int) -> int:
        return int(np.searchsorted(self._ids, number))

    def ids(self, places: Numbers) -> list[int]:
        found: list[int] = self._ids[places].tolist()
        return found

    def by_time(self, places: BitMap) -> Numbers:
        numbers = numbered(places)
        return numbers[np.argsort(self._cells[1, numbers], kind="stable")]

    def days_after(self, first: date, places: BitMap) -> Numbers:
        epoch = first.toordinal() - date(1970, 1, 1).toordinal()
        days: Numbers = self._cells[1, numbered(places)] // DAY - epoch
        return days

    @property
    def _ids(self) -> Numbers:
        return self._cells[0, : self._count]


def numbered(places: BitMap) -> Numbers:
    return np.frombuffer(places.to_array(), dtype=np.uint32).astype(np.int64)
