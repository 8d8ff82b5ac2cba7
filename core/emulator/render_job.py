"""The files that a request makes: how many, with what size, length, sound and pictures."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from fractions import Fraction

FPS = 24
LONGEST_SECONDS = 60


@dataclass(frozen=True)
class Job:
    """Files to make, alike except for the random numbers. Inputs are files in the emulator's
    folder, or HTTPS URLs: `pictures` are shown one after the other, `insets` small in a corner.

    `video` replaces the pictures and has `rate` frames per second, with `performance` small beside
    it. `sound` is `made`, that of performance or video (`kept`), or none. `encoding` is the
    catalogue's name of the format, `profile` that of ProRes.
    """

    width: int
    height: int
    seconds: float
    makes: str = "video"
    encoding: str = "mp4"
    suffix: str = ".mp4"
    media_type: str = "video/mp4"
    profile: str = ""
    count: int = 1
    rate: str = str(FPS)
    prompt: str = ""
    seed: int = 0
    sound: str = ""
    pictures: tuple[str, ...] = ()
    insets: tuple[str, ...] = ()
    video: str = ""
    performance: str = ""
    plain: bool = False
    """Only the mark is printed on it: a finished input, not a new picture."""
    transparent: bool = False
    colours: tuple[str, ...] = ()
    ground: str = ""

    @property
    def length(self) -> float:
        """Seconds that are really made; nobody would wait for more."""
        return min(LONGEST_SECONDS, self.seconds)

    @property
    def key(self) -> str:
        text = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    @property
    def unseen(self) -> Job:
        return replace(self, prompt="", seed=0, pictures=(), insets=())

    @property
    def names(self) -> list[str]:
        more = [f"{self.key}-{number}{self.suffix}" for number in range(2, self.count + 1)]
        return [f"{self.key}{self.suffix}", *more]

    @property
    def fps(self) -> Fraction:
        return Fraction(self.rate)

    @property
    def frames(self) -> int:
        return max(1, round(self.length * self.fps))
