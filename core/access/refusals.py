"""What a call does, in the words of a refusal."""

from __future__ import annotations

DEEDS = {
    "audit": "read the audit list",
    "batches": "order, pause or cancel batches",
    "caps": "change caps",
    "channels": "change channels",
    "compose": "generate",
    "differences": "say what differs in the books",
    "decisions": "decide on what was not answered",
    "generations": "cancel, retry or recover what is made",
    "maintenance": "back up and restore the history",
    "people": "say who may come in",
    "projects": "change projects",
    "queue": "change the order of the queue",
    "reviews": "decide on the state and tags of clips",
    "shares": "share clips",
    "tokens": "make tokens for other programs",
    "trash": "put clips into the trash",
    "uploads": "bring files",
    "webhooks": "change webhooks",
    "views": "change everyone's views",
}
"""What is refused, in words, by part. Some calls have `OWN_WORDS`."""
OWN_WORDS = {
    "channels.end": "remove the channels of others",
    "channels.test": "try the channels of others",
    "projects.archive": "rename or archive projects",
    "projects.set_name": "rename or archive projects",
    "projects.set_people": "say who sees the projects of others",
    "queue.set_turns": "change the turns of roles",
    "shares.revoke": "turn off the links of others",
    "tokens.revoke": "revoke the tokens of others",
    "trash.delete_at_provider": "delete what a provider keeps",
    "trash.empty": "delete the files of clips for good",
}


def deed(part: str, method: str) -> str:
    return OWN_WORDS.get(f"{part}.{method}") or DEEDS.get(part, "do this")
