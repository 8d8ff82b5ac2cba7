"""The words and figures of the screen, the same on every page."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from decimal import Decimal

from core.catalog.model import UNKNOWN_MODEL, Model
from core.catalog.ratios import pixels
from core.catalog.suppliers import Supplier, Suppliers
from core.domain.batches import Tally
from core.generations import FIRST_PROVIDER, Generation, Review, Status
from core.text.quantities import in_bytes

STATUS = {
    Status.QUEUED: "Queued",
    Status.SUBMITTING: "Sending",
    Status.PENDING: "Waiting to start",
    Status.THROTTLED: "Waiting for a free slot",
    Status.RUNNING: "Rendering",
    Status.DOWNLOADING: "Saving",
    Status.SUCCEEDED: "Done",
    Status.FAILED: "Failed",
    Status.CANCELLED: "Cancelled",
    Status.UNCONFIRMED: "Unconfirmed",
}
COLOUR = {
    Status.SUCCEEDED: "green",
    Status.FAILED: "red",
    Status.UNCONFIRMED: "orange",
    Status.CANCELLED: "gray",
}
ICON = {
    Status.SUCCEEDED: ":material/check_circle:",
    Status.FAILED: ":material/error:",
    Status.UNCONFIRMED: ":material/help:",
    Status.CANCELLED: ":material/block:",
}
REVIEW = {
    Review.NONE: "No state",
    Review.IN_REVIEW: "In review",
    Review.APPROVED: "Approved",
    Review.TO_EDIT: "To edit",
    Review.REJECTED: "Rejected",
}
KIND = {
    "image": "Image",
    "text": "Text",
    "video": "Video",
    "character": "Performance",
    "finish": "Enhance",
    "sound": "Sound",
    "still": "Still image",
}
KIND_ICON = {
    "image": ":material/image:",
    "text": ":material/notes:",
    "video": ":material/movie_edit:",
    "character": ":material/theater_comedy:",
    "finish": ":material/hd:",
    "sound": ":material/graphic_eq:",
    "still": ":material/photo_camera:",
}
RATIOS = {
    (16, 9): "16:9",
    (9, 16): "9:16",
    (1, 1): "1:1",
    (69, 52): "4:3",
    (52, 69): "3:4",
    (33, 14): "21:9",
}
"""Shapes by their reduced numbers: 1104 x 832 is 69:52, which everybody calls 4:3."""


def credits(figure: int | None, of: Supplier) -> str:
    """`25 credits` of that provider; words if unknown."""
    return "price not known" if figure is None else of.counted(figure)


def kind(name: str) -> str:
    return KIND.get(name, sentence(name))


def icon(name: str) -> str:
    return KIND_ICON.get(name, ":material/movie:")


def price(figure: int | None, of: Supplier) -> str:
    """`25 credits ($0.25)`; words if unknown; over all providers only dollars."""
    said = credits(figure, of)
    worth = "" if figure is None else of.dollars(figure)
    return said if worth in ("", said) else f"{said} ({worth})"


def total(amounts: Mapping[str, int] | None, suppliers: Suppliers) -> str:
    """As `price`, for credits by provider: for several in dollars, with the credits of each."""
    if amounts is None:
        return "price not known"
    there = {name: some for name, some in amounts.items() if some}
    if len(there) < 2:
        name = next(iter(there or amounts), FIRST_PROVIDER)
        return price(amounts.get(name, 0), suppliers[name])
    return suppliers.counted(there)


def model(model_id: str, names: Mapping[str, str]) -> str:
    return names.get(model_id, model_id) or UNKNOWN_MODEL


def title(generation: Generation, names: Mapping[str, str]) -> str:
    """The generation's number and the model's name: never the prompt, which is not for labels. The
    number comes first, as long titles are cut at the end."""
    return f"#{generation.id} · {names.get(generation.request.model, UNKNOWN_MODEL)}"


def rate(model: Model, of: Supplier) -> str:
    """`5 credits a second`, `20 to 40 credits a second`; words if unknown."""
    if not model.price:
        return "price not known"
    if model.rates:
        return f"{_priced(model.rates, of)} a second"
    frames = {row.per_frame for row in model.price if row.per_frame is not None}
    if frames:
        return f"{_priced(frames, of)} a frame"
    return _priced({row.flat for row in model.price if row.flat is not None}, of)


def _priced(figures: Collection[Decimal], of: Supplier) -> str:
    span = _span(figures)
    return f"{span} {of.credit}{'' if span == '1' else 's'}"


def _span(figures: Collection[Decimal]) -> str:
    low, high = min(figures), max(figures)
    return f"{low.normalize():f}" if low == high else f"{low.normalize():f} to {high.normalize():f}"


def cost(generation: Generation, of: Supplier) -> str:
    if generation.credits_charged is not None:
        return credits(generation.credits_charged, of)
    figure = generation.credits
    return "cost not known" if figure is None else f"at most {credits(figure, of)}"


def ratio(value: str) -> str:
    """`1280:720` as `16:9 · 1280 × 720`; a shape or a word stays."""
    size = pixels(value)
    if size is None:
        return sentence(value.replace("_", " "))
    width, height = size
    divisor = math.gcd(width, height)
    name = RATIOS.get((width // divisor, height // divisor), "")
    pixel_size = f"{width} × {height}"
    return f"{name} · {pixel_size}" if name else pixel_size


def tally(counts: Tally) -> str:
    """`7 done, 2 running, 1 failed`: zeros are left out."""
    named = {
        "done": counts.done,
        "running": counts.running,
        "waiting": counts.waiting,
        "failed": counts.failed,
        "cancelled": counts.cancelled,
        "unconfirmed": counts.unconfirmed,
    }
    return ", ".join(f"{count:,} {name}" for name, count in named.items() if count)


def seconds(count: float) -> str:
    """In a unit that a person thinks in: `40 s`, `3 min`."""
    return f"{max(1, round(count))} s" if count < 90 else f"{round(count / 60)} min"


def age(moment: datetime) -> str:
    seconds = max(0, int((datetime.now(UTC) - moment).total_seconds()))
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit} ago"
    return "just now"


def size(count: int) -> str:
    return in_bytes(count)


def short(text: str, length: int = 120) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1].rstrip()}…"


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
