"""One number for each generation, side by side, for sums of very many: kept from one question to
the next, and written anew only where something has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray
from pyroaring import BitMap

from core.storage.bitmaps.places import numbered

SPARE = 4096


class Column:
    """One cell for each place. `fill` writes the cells of some places, which are all 0 before."""

    def __init__(
        self, dtype: DTypeLike, places: BitMap, fill: Callable[[NDArray[Any], BitMap], None]
    ) -> None:
        self._cells: NDArray[Any] = np.zeros(0, dtype=dtype)
        self._stale = places.copy()
        self._fill = fill

    def change(self, places: BitMap) -> None:
        self._stale |= places

    def cells(self) -> NDArray[Any]:
        if self._stale:
            self._reach(self._stale.max() + 1)
            self._cells[numbered(self._stale)] = 0
            self._fill(self._cells, self._stale)
            self._stale = BitMap()
        return self._cells

    def _reach(self, length: int) -> None:
        if length > len(self._cells):
            cells = np.zeros(length + SPARE, dtype=self._cells.dtype)
            cells[: len(self._cells)] = self._cells
            self._cells = cells
