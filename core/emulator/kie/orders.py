"""What may be ordered: the bodies of the create calls, what is wrong with one, what it costs."""

from __future__ import annotations

from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.emulator.kie.answers import Refusal
from core.emulator.render_job import Job

Ratio = Literal["16:9", "4:3", "1:1", "3:4", "9:16"]
SHORT_SIDES = {"720p": 720, "1080p": 1080}
ALEPH_SECONDS = 5
"""At most so much of the input is processed."""


class _Order(BaseModel):
    """Unknown fields are taken and ignored: examples of KIE's own send some."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    prompt: str = Field(min_length=1, max_length=1800)
    waterMark: str = ""  # noqa: N815 - as on the wire
    callBackUrl: str = ""  # noqa: N815

    @property
    def source(self) -> str:
        return ""


class Generate(_Order):
    duration: Literal[5, 10]
    quality: Literal["720p", "1080p"]
    imageUrl: str = ""  # noqa: N815
    aspectRatio: Ratio | None = None  # noqa: N815

    @model_validator(mode="after")
    def _goes_together(self) -> Generate:
        if self.quality == "1080p" and self.duration == 10:
            raise ValueError("1080p is not available for 10 seconds")
        if not self.imageUrl and self.aspectRatio is None:
            raise ValueError("aspectRatio is required without imageUrl")
        return self

    @property
    def source(self) -> str:
        return self.imageUrl

    @property
    def price(self) -> int:
        return 12 if (self.quality, self.duration) == ("720p", 5) else 30

    def job(self, picture: str) -> Job:
        size = _size(self.aspectRatio or "16:9", self.quality)
        pictures = (picture,) if picture else ()
        return Job(*size, self.duration, prompt=self.prompt, pictures=pictures)


class Extend(_Order):
    taskId: str  # noqa: N815
    quality: Literal["720p", "1080p"]

    @property
    def price(self) -> int:
        """Nobody tells it: taken as that of five seconds."""
        return 12 if self.quality == "720p" else 30

    def job(self, before: Job) -> Job:
        return Job(before.width, before.height, 5, prompt=self.prompt, pictures=before.pictures)


class Aleph(_Order):
    prompt: str = Field(min_length=1, max_length=1000)
    videoUrl: str = Field(min_length=1)  # noqa: N815
    referenceImage: str = ""  # noqa: N815
    aspectRatio: Ratio | Literal["21:9"] = "16:9"  # noqa: N815
    seed: int | None = Field(None, ge=1, le=999_999)

    @property
    def source(self) -> str:
        return self.videoUrl

    @property
    def price(self) -> int:
        return 110

    def job(self, _video: str) -> Job:
        size = _size(self.aspectRatio, "720p")
        return Job(*size, ALEPH_SECONDS, prompt=self.prompt, seed=self.seed or 0)


Order = Generate | Extend | Aleph
OrderT = TypeVar("OrderT", Generate, Extend, Aleph)


def read(kind: type[OrderT], body: Any) -> OrderT:
    """Raises Refusal with the first complaint."""
    try:
        return kind.model_validate(body)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        said = first["msg"].removeprefix("Value error, ")
        raise Refusal(422, f"{where}: {said}" if where else said) from None


def _size(ratio: str, quality: str) -> tuple[int, int]:
    wide, high = map(int, ratio.split(":"))
    short = SHORT_SIDES[quality]
    if wide >= high:
        return 2 * round(short * wide / high / 2), short
    return short, 2 * round(short * high / wide / 2)
