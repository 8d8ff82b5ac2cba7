"""Prices of a model: rows, of which the first that applies is taken."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from core.catalog.params import Entry, Values, holds
from core.files import Upload
from core.generations import Input, Value


@dataclass(frozen=True)
class Given:
    """None where nobody has measured it, as with a URL."""

    role: str
    medium: str = "image"
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    frame_rate: float | None = None

    @classmethod
    def of(cls, item: Input, upload: Upload | None) -> Given:
        if upload is None:
            return cls(item.role, item.medium or "image")
        return cls(
            item.role,
            upload.medium,
            upload.width or None,
            upload.height or None,
            upload.duration or None,
            upload.frame_rate or None,
        )


class Price(Entry):
    """One row of a price table.

    It holds when every setting named in `when` has one of the values given there (`""` among them
    allows that it is left out), and the input video is larger than `input_over`. Exactly one
    measure: credits `per_second`, `per_frame` or `flat` for each output. Seconds are those of the
    output, or of all inputs in the role that `seconds_of` names; frames are always those of the
    inputs.
    """

    when: Mapping[str, Values] = {}
    input_over: int = Field(0, ge=0)
    per_second: Decimal | None = Field(None, ge=0)
    per_frame: Decimal | None = Field(None, ge=0)
    flat: Decimal | None = Field(None, ge=0)
    seconds_of: str = ""
    outputs: str = ""
    """The setting for the number of outputs, each at this price."""
    per_input: Mapping[str, Decimal] = {}
    """Credits that each input of a role adds."""
    per_input_second: Mapping[str, Decimal] = {}
    """Credits that each second of the inputs of a role adds."""
    minimum: int = Field(0, ge=0)
    minimum_seconds: int = Field(0, ge=0)
    at_most: bool = False
    """True if its provider charges this or less, and does not say by which rule."""
    assumed: str = ""
    source: str
    checked: date

    @field_validator("when", mode="before")
    @classmethod
    def _lists(cls, when: Any) -> Any:
        if not isinstance(when, dict):
            return when
        return {name: v if isinstance(v, (list, tuple)) else [v] for name, v in when.items()}

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        if [self.per_second, self.per_frame, self.flat].count(None) != 2:
            raise ValueError("a price is per_second, per_frame or flat")
        if self.per_frame is not None and not self.seconds_of:
            raise ValueError("per_frame needs seconds_of: an input whose frames are counted")
        return self

    def holds(self, params: Mapping[str, Value], inputs: Sequence[Given]) -> bool | None:
        """True if this row prices the request; None if that depends on an unmeasured input."""
        if not self.fits(params):
            return False
        if not self.input_over:
            return True
        videos = [given for given in inputs if given.medium == "video"]
        if any(given.width is None or given.height is None for given in videos):
            return None
        return any((given.width or 0) * (given.height or 0) > self.input_over for given in videos)

    def fits(self, params: Mapping[str, Value]) -> bool:
        return holds(self.when, params)

    def credits(
        self, params: Mapping[str, Value], inputs: Sequence[Given], duration: float | None
    ) -> int | None:
        """Whole credits, rounded up; None if they depend on a length that is still unknown.

        `duration` is that of the output in seconds, the longest if the provider chooses.
        """
        amount = self._base(inputs, duration)
        if amount is None:
            return None
        count = params.get(self.outputs, 1)
        amount *= count if isinstance(count, int) else 1
        for role, price in self.per_input.items():
            amount += price * sum(given.role == role for given in inputs)
        for role, price in self.per_input_second.items():
            seconds = total_seconds(inputs, role)
            if seconds is None:
                return None
            amount += price * seconds
        return max(self.minimum, math.ceil(amount))

    def _base(self, inputs: Sequence[Given], duration: float | None) -> Decimal | None:
        if self.flat is not None:
            return self.flat
        counted = [given for given in inputs if given.role == self.seconds_of]
        if self.seconds_of and not counted:
            return None  # nothing is chosen yet
        if self.per_frame is not None:
            frames = total_frames(inputs, self.seconds_of)
            return None if frames is None else self.per_frame * frames
        assert self.per_second is not None
        if self.seconds_of:
            seconds = total_seconds(inputs, self.seconds_of)
        else:
            seconds = None if duration is None else exact(duration)
        if seconds is None:
            return None
        return self.per_second * max(seconds, Decimal(self.minimum_seconds))


def total_seconds(inputs: Sequence[Given], role: str) -> Decimal | None:
    lengths = [given.seconds for given in inputs if given.role == role]
    if any(length is None for length in lengths):
        return None
    return sum((exact(length) for length in lengths if length is not None), Decimal(0))


def total_frames(inputs: Sequence[Given], role: str) -> int | None:
    frames = 0
    for given in inputs:
        if given.role == role:
            if given.seconds is None or given.frame_rate is None:
                return None
            frames += math.ceil(exact(given.seconds) * exact(given.frame_rate))
    return frames


def exact(number: float) -> Decimal:
    """A measured number without the noise of its binary form: 5.005, not 5.00499999."""
    return Decimal(str(round(number, 3)))
