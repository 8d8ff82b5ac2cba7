"""KIE as a provider: which call makes a task, and what its answer says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from core.catalog.model import Model
from core.errors import OutOfCredits
from core.generations import Request
from core.kie import answers, envelope
from core.kie.client import Client
from core.kie.envelope import TITLE
from core.providers.create_call import Call
from core.providers.receipts import Receipt
from core.providers.tasks import Created
from core.settings import Settings

NAME = "kie"
UPLOAD_LIFE = timedelta(hours=20)
"""An upload lives 24 hours by the newest of KIE's pages, three days by older ones."""
PATHS = {
    "kie_image_to_video": "/api/v1/runway/generate",
    "kie_text_to_video": "/api/v1/runway/generate",
    "kie_extend": "/api/v1/runway/extend",
    "kie_video_to_video": "/api/v1/aleph/generate",
}
"""Where each endpoint of the catalogue is."""
WIRE_NAMES = {
    "promptText": "prompt",
    "promptImage": "imageUrl",
    "videoUri": "videoUrl",
    "references": "referenceImage",
    "ratio": "aspectRatio",
    "resolution": "quality",
}
"""KIE's names for settings that the catalogue names as other models do."""
ESSENTIAL = ("code", "msg", "data")


class Kie(Client):
    """See `core.providers.provider.Provider`; the client does what goes over HTTP at once."""

    name, title = NAME, TITLE
    upload_life = UPLOAD_LIFE

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.address, self.key = settings.kie_base_url, settings.kie_api_key

    def create(self, model: Model, request: Request, addresses: Sequence[str]) -> Call:
        told = model.body(request, addresses)
        del told["model"]  # KIE has one model at each address
        body = {WIRE_NAMES.get(name, name): value for name, value in told.items()}
        return Call(
            url=self.address + PATHS[request.endpoint],
            headers={"Authorization": "Bearer {key}"},
            body=body,
            essential=ESSENTIAL,
        )

    def created(self, receipt: Receipt) -> Created:
        return created(receipt)

    def charges(self, start: date, before: date) -> None:
        """KIE does not tell them."""

    def is_task_id(self, text: str) -> bool:
        return answers.TASK_ID.fullmatch(text) is not None

    def no_credits(self) -> OutOfCredits:
        return envelope.no_credits()


def created(receipt: Receipt) -> Created:
    """Raises the ProviderError that the answer stands for."""
    body = receipt.body.encode()
    return answers.created(envelope.data(receipt.status, receipt.headers, body, creating=True))
