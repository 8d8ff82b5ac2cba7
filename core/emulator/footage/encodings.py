"""How each format of the catalogue is encoded, and how it represents light."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

_SMOOTH = "aq-mode=1:aq-strength=0.6:deblock=0,0"
"""What the fastest preset omits and dark gradients need."""
_PRORES = {
    "422 Proxy": "proxy",
    "422 LT": "lt",
    "422": "standard",
    "422 HQ": "hq",
    "4444": "4444",
    "4444 XQ": "4444xq",
}
_REFERENCE_WHITE = 203
"""The brightness of white in HDR, in candela per square metre (ITU-R BT.2408)."""


@dataclass(frozen=True)
class Encoding:
    """An FFmpeg codec, its pixel format and its options. `hdr` is how light is represented:
    `pq`, `hlg`, `linear`, or empty for SDR."""

    codec: str
    pixels: str
    options: Mapping[str, str] = field(default_factory=dict)
    hdr: str = ""

    @property
    def colour(self) -> tuple[int, int, int]:
        """Primaries, transfer and matrix by their numbers (ITU-T H.273)."""
        return {"pq": (9, 16, 9), "hlg": (9, 18, 9)}.get(self.hdr, (1, 1, 1))


def encoding(name: str, suffix: str, profile: str, *, large: bool) -> Encoding:
    """The encoding of a format of the catalogue, by its name or else by the file's suffix.

    Large frames get fewer bits, so as not to take a minute.
    """
    if suffix == ".zip":
        return _of_frames(name)
    if "prores" in name or (suffix == ".mov" and name != "mov" and "12bit" not in name):
        return _prores(name, profile)
    if "12bit" in name:
        return _hevc()
    transfer = {"hdr10": "pq", "hlg": "hlg"}.get(name, "")
    return _h264(transfer, ten_bit=bool(transfer) or "10bit" in name, large=large)


def _h264(hdr: str, *, ten_bit: bool, large: bool) -> Encoding:
    options = {
        "preset": "ultrafast",
        "crf": "27" if large else "22",
        "threads": "2",
        "x264-params": _SMOOTH,
    }
    return Encoding("libx264", "yuv420p10le" if ten_bit else "yuv420p", options, hdr)


def _hevc() -> Encoding:
    options = {"preset": "ultrafast", "crf": "22", "x265-params": "log-level=none"}
    return Encoding("libx265", "yuv422p12le", options, "pq")


def _prores(name: str, profile: str) -> Encoding:
    """ProRes with a fixed quantiser, which is five times faster than with a given size."""
    usual = "422 HQ" if "hdr" in name else "4444"
    chosen = _PRORES.get(profile) or _PRORES[usual]
    pixels = "yuv444p10le" if chosen.startswith("4444") else "yuv422p10le"
    options = {"profile": chosen, "flags": "+qscale", "global_quality": "1416"}
    return Encoding("prores_ks", pixels, options, "pq" if "hdr" in name else "")


def _of_frames(name: str) -> Encoding:
    if "exr" in name:
        return Encoding("exr", "gbrpf32le", {"compression": "zip16", "format": "half"}, "linear")
    hdr = "hdr" in name
    options = {"compression_level": "1", "pred": "up"}
    return Encoding("png", "rgb48be" if hdr else "rgb24", options, "pq" if hdr else "")


def brightness(hdr: str) -> NDArray[np.uint8]:
    """The new value for each of the 256 values of Y, which are limited to 16 to 235."""
    signal = np.clip((np.arange(256) - 16) / 219, 0, 1)
    light = signal**2.4
    if hdr == "pq":
        power = (light * _REFERENCE_WHITE / 10_000) ** 0.1593017578125
        told = ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375
    elif hdr == "hlg":
        scene = light * 0.265  # white at 75 % of the signal (ITU-R BT.2408)
        told = np.where(scene <= 1 / 12, np.sqrt(3 * scene), _hlg_above(scene))
    else:
        told = signal
    curve: NDArray[np.uint8] = np.clip(16 + 219 * told + 0.5, 0, 255).astype(np.uint8)
    return curve


def _hlg_above(scene: NDArray[np.float64]) -> NDArray[np.float64]:
    bent: NDArray[np.float64] = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9))
    return bent + 0.55991073
