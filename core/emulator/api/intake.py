"""Turns the inputs of an order into checked files in the emulator's folder."""

from __future__ import annotations

from dataclasses import dataclass

from core.emulator.checks import file_limits, refusals, urls
from core.emulator.checks.assets import Asset, measured, stand_in
from core.emulator.checks.input_roles import Sent
from core.emulator.checks.validation import Order
from core.emulator.state.records import Folder
from core.emulator.state.upload_tickets import Uploads


@dataclass(frozen=True)
class Intake:
    """Takes in the inputs of an order. It fetches nothing: HTTPS URLs get a stand-in."""

    folder: Folder
    uploads: Uploads
    head: str | None = None
    """What is wrong with HTTPS URLs, if a fault says so."""

    def assets(self, order: Order) -> tuple[Asset, ...]:
        """Raises a refusal for a file that Runway would not accept."""
        assets = tuple(self._asset(sent) for sent in order.inputs)
        for slot in order.model.input:
            file_limits.check_total(assets, slot)
        return assets

    def _asset(self, sent: Sent) -> Asset:
        slot = sent.slot
        if sent.uri.startswith("https:"):
            if self.head:
                raise refusals.unread_url(slot.field, self.head)
            return stand_in(slot.role, sent.medium or slot.media[0], sent.uri)
        if sent.uri.startswith("data:"):
            name = self.folder.keep(urls.decode(sent.uri))
        else:
            name = self.folder.keep_file(self.folder.path / self.uploads.file(sent.uri))
        media = (sent.medium,) if sent.medium else slot.media
        asset = measured(slot.role, media, self.folder.path / name, name)
        file_limits.check(asset, slot)
        return asset
