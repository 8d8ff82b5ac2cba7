"""What clip a request asks for: size, length, sound, pictures."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

FPS = 24
_LONGEST_SECONDS = 30
_HEIGHTS = {"480p": 480, "720p": 720, "768p": 768, "1080p": 1080, "1440p": 1440, "2k": 1440}
_HEIGHTS |= {"4k": 2160, "2160p": 2160}


@dataclass(frozen=True)
class Job:
    """One clip to render. Pictures are files of the emulator's folder, or HTTPS addresses."""

    width: int
    height: int
    seconds: int
    prompt: str = ""
    label: str = ""
    seed: int = 0
    audio: bool = False
    pictures: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The same for two jobs that give the same clip."""
        text = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def seconds(params: Mapping[str, object]) -> int:
    """The length of the clip; 5 where the request leaves it to the model."""
    duration = params.get("duration")
    if isinstance(duration, int | float) and not isinstance(duration, bool):
        return max(1, min(_LONGEST_SECONDS, round(duration)))
    return 5


def frame_size(params: Mapping[str, object], aspect: float | None) -> tuple[int, int]:
    """Pixels from `1280:720`, from `16:9` with a resolution, or from the picture's own shape."""
    left, _, right = str(params.get("ratio", "")).partition(":")
    if left.isdigit() and right.isdigit() and int(left) and int(right):
        if int(left) >= 100:
            return _even(int(left)), _even(int(right))
        aspect = int(left) / int(right)
    named = str(params.get("resolution") or left.removeprefix("auto_"))
    short = _HEIGHTS.get(named, 720)
    shape = min(4.0, max(0.25, aspect or 16 / 9))
    return (_even(short * shape), short) if shape >= 1 else (short, _even(short / shape))


def _even(side: float) -> int:
    """H.264 with 4:2:0 colour needs even sides."""
    return max(2, 2 * math.floor(side / 2 + 0.5))
