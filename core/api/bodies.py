"""What a call may say when it asks for a clip: the fields that models share, and all others."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Header
from pydantic import BaseModel, ConfigDict, Field

from core.api.ordering import LONGEST_KEY, Terms

EXAMPLE_IMAGE = "https://example.com/harbour.jpg"
OURS = frozenset({"endpoint", "project", "maxCredits", "allowUnknownPrice"})
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=LONGEST_KEY,
        description="The same request under the same key is one generation, for ever.",
    ),
]


class Wanted(BaseModel):
    """A clip to make. Besides these fields it takes every setting of the model, by its name in
    Runway's API; what it leaves out is as in the form of Create."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {"promptImage": EXAMPLE_IMAGE, "promptText": "Slow push in", "duration": 5}
            ]
        },
    )

    model: str | None = Field(None, description="Without one: the first that takes these files.")
    promptText: str | None = None  # noqa: N815 - as in Runway's API
    promptImage: Any = Field(  # noqa: N815
        None,
        description="An https address, a data URI, or the id of an upload; or a list of objects"
        " with uri and position.",
    )
    duration: Any = Field(None, description="Seconds; 5 where the model makes that.")
    ratio: Any = Field(None, description="Such as 1280:720.")
    seed: Any = None
    endpoint: str | None = Field(None, description="Such as image_to_video; else as it fits.")
    project: str | None = Field(None, description="The project that it is filed under.")
    maxCredits: int | None = Field(  # noqa: N815
        None, ge=0, description="It is refused if it may cost more."
    )
    allowUnknownPrice: bool = Field(  # noqa: N815
        False, description="Make it even if nobody knows what it will cost."
    )

    @property
    def body(self) -> dict[str, Any]:
        """What of it is for Runway."""
        said = self.model_dump(exclude=set(OURS))
        return {name: value for name, value in said.items() if value is not None}

    def terms(self, idempotency_key: str) -> Terms:
        return Terms(idempotency_key, self.project or "", self.maxCredits, self.allowUnknownPrice)
