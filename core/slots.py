"""An input of a model: the files it takes in one place, their limits and how they are sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from core.generations import Input
from core.params import Entry, Number, Param

Media = Literal["image", "video", "audio"]


class Slot(Entry):
    """What a model takes in one role, such as a first frame or reference images.

    - `wire`: the address alone (`uri`), an `object`, or a `list` of objects; each object has the
      address, `position` where one is set, the medium as `type` where `typed`, and `settings`.
    - `count` is the least and the most of them; `needs` a role that must be there too, `excludes`
      roles that must not.
    - `settings` belong to each file (a tag, a moment); of those in `one_of` exactly one is given.
    - Limits of each file: `aspect` (width / height), `side` (pixels), `seconds`, `frame_rate` (at
      most), and `total_seconds` (at most) of all of them together.
    """

    role: str
    field: str
    label: str
    help: str = ""
    media: tuple[Media, ...] = ("image",)
    wire: Literal["uri", "object", "list"] = "list"
    position: str = ""
    typed: bool = False
    count: tuple[int, int] = (0, 1)
    needs: str = ""
    excludes: tuple[str, ...] = ()
    settings: tuple[Param, ...] = ()
    one_of: tuple[str, ...] = ()
    aspect: tuple[float, float] | None = None
    side: tuple[int, int] | None = None
    seconds: tuple[Number, Number] | None = None
    total_seconds: Number | None = Field(None, gt=0)
    frame_rate: Number | None = Field(None, gt=0)
    more: bool = False
    assumed: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for name in ("aspect", "side", "seconds", "count"):
            limits = getattr(self, name)
            if limits and not 0 <= limits[0] <= limits[1]:
                raise ValueError(f"{name} runs backwards")
        if self.most > 1 and self.wire != "list":
            raise ValueError("only a list has room for several")
        names = {param.name for param in self.settings}
        if not names.issuperset(self.one_of):
            raise ValueError("one_of names a setting that is none")
        return self

    @property
    def required(self) -> bool:
        """True when nothing can be made without it."""
        return self.count[0] > 0

    @property
    def most(self) -> int:
        """How many files it takes."""
        return self.count[1]

    def setting(self, name: str) -> Param | None:
        """The setting of each file with that name."""
        return next((param for param in self.settings if param.name == name), None)

    def write(self, body: dict[str, Any], given: Input, uri: str) -> None:
        """Put one file into a request body."""
        if self.wire == "uri":
            body[self.field] = uri
            return
        item: dict[str, Any] = {"uri": uri}
        if self.position:
            item["position"] = self.position
        if self.typed:
            item["type"] = given.medium or self.media[0]
        nest(item, given.settings)
        if self.wire == "object":
            body[self.field] = item
        else:
            body.setdefault(self.field, []).append(item)


def nest(target: dict[str, Any], values: Mapping[str, Any]) -> None:
    """Write settings into a JSON object; a dot in a name makes an object in the object."""
    for name, value in values.items():
        *parents, leaf = name.split(".")
        inner = target
        for parent in parents:
            inner = inner.setdefault(parent, {})
        inner[leaf] = value
