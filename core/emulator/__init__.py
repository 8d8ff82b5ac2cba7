"""A local stand-in for Runway's video API, so that Dailies runs, demos and tests without a key.

It answers over HTTP on 127.0.0.1 and is reached in no other way. What it does not imitate:

- No model runs. Words become an animated title card, or a landscape with the words on it; a picture
  becomes a camera move over that picture, several dissolve into one another; a video comes back
  marked, and with other colours where it was to be edited. References stand small in a corner, so
  does a performance beside its character. Sound is a chord, or that of the video that came in.
- Only the endpoints that the catalogue has models for, with the settings and inputs the catalogue
  knows; a retired model still runs. No speech, avatar, workflow, recipe or router endpoints, no
  webhooks (Runway has none), no web-app usage report.
- Most settings are checked and billed, and change nothing that is seen: what a model is told to
  keep out, its quality, its sharpness, its moments. A video has at most 60 seconds, a picture 40
  megapixels, an archive 120 frames of 720p or fewer larger ones, all drawn coarsely.
- HDR, 10 and 12 bits are tagged and told as such, but made of 8 bits; HDR10 and HLG are H.264,
  which browsers play. ACEScg has other primaries at Runway, and the same ones here.
- Letters that Pillow's own typeface lacks (Chinese, emoji) are left out of what is drawn.
- Moderation is a list of words (`core/emulator/state/demo_words.py`); no picture or prompt is
  looked at.
- Prices are the catalogue's. A model without a price there costs 10 credits a second, or a picture.
- The wording of refusals follows Runway's where it is known and imitates it elsewhere. Unknown keys
  at the top level are refused, as Runway does, but for the models that the catalogue calls lenient.
- HTTPS inputs are never fetched: a drawn picture, five seconds of it, or five seconds of sound
  stand in, so a dead link, a wrong type or a wrong length passes, unless a scripted fault with
  `head` says what Runway would have found there.
- Any key is good unless a set is given; no per-key usage, no partner headers, no tiers: one
  concurrency and one daily limit for every model, no monthly cap, no automatic billing.
- Whether a cancelled task can be read afterwards, how input moderation is charged and what the
  daily 429 says are open questions at Runway; the answers here are the documented or likelier ones.
- Failures take as long as successes. A seed changes colour and drift, nothing else; without a seed
  the same request gives the same clip.
- Nothing is encrypted, signed by a real authority or checked for abuse: never expose it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.emulator.api.server import Emulator

__all__ = ["Emulator"]


def __getattr__(name: str) -> object:
    """Load the server when asked for: the footage process shares this package, not its imports."""
    if name != "Emulator":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from core.emulator.api.server import Emulator

    return Emulator
