"""KIE's sentences for failed tasks, as codes of `core.providers.failures`.

KIE has no codes for them, only these texts (docs.kie.ai, record-detail). A new one has no code
there either: then the details are shown, and the same is never sent again unchanged.
"""

from __future__ import annotations

import re

UNKNOWN = "KIE.UNKNOWN"
CODES = tuple(
    (re.compile(pattern, re.IGNORECASE), code)
    for pattern, code in (
        (r"(inappropriate|nsfw|moderat|sensitive|violat).*\b(prompt|text)\b", "SAFETY.INPUT.TEXT"),
        (r"\b(prompt|text)\b.*(inappropriate|nsfw|moderat|sensitive|violat)", "SAFETY.INPUT.TEXT"),
        (r"\b(generated|result|output)\b.*(inappropriate|nsfw|moderat)", "SAFETY.OUTPUT.VIDEO"),
        (r"\bimage\b.*(inappropriate|nsfw|moderat|sensitive|violat)", "SAFETY.INPUT.IMAGE"),
        (r"\bvideo\b.*(inappropriate|nsfw|moderat|sensitive|violat)", "SAFETY.INPUT.VIDEO"),
        (r"inappropriate|nsfw|moderat|sensitive|violat", "SAFETY.INPUT"),
        (r"image format|width or height", "ASSET.INVALID"),
        (r"concurren", "THIRD_PARTY.UNAVAILABLE"),
        (r"network", "INPUT_PREPROCESSING.INTERNAL"),
        (r"try again|later|upgrade|membership", "INTERNAL"),
    )
)
"""The first pattern found in the text counts."""


def code_of(text: str) -> str:
    return next((code for pattern, code in CODES if pattern.search(text)), UNKNOWN)
