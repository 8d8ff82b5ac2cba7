"""What a provider needs to look again at what its moderation stopped: as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.generations import Generation

BY_ADDRESS = "by its address"
"""For a file that is not kept here."""


@dataclass(frozen=True)
class ModerationReport:
    """`files` are the names of those that were sent, by what they were sent as."""

    task: str
    model: str
    endpoint: str
    sent: str
    code: str
    charged: int | None
    words: str
    settings: Mapping[str, Any]
    files: Sequence[tuple[str, str]]
    note: str

    @property
    def subject(self) -> str:
        return f"Moderation: a false positive, task {self.task}"

    def as_text(self) -> str:
        charged = "not known" if self.charged is None else str(self.charged)
        facts = {
            "Task": self.task,
            "Model": f"{self.model} ({self.endpoint})",
            "Sent": self.sent,
            "Failure code": self.code,
            "Credits charged": charged,
            "Settings": json.dumps(dict(self.settings), ensure_ascii=False),
            "Files": ", ".join(f"{name} ({role})" for role, name in self.files) or "none",
        }
        lines = [f"{name}: {value}" for name, value in facts.items()]
        return "\n".join(
            ["Why it is allowed:", self.note or "-", "", *lines, "", "Words:", self.words or "none"]
        )

    def as_json(self) -> str:
        files = [{"role": role, "name": name} for role, name in self.files]
        return json.dumps(vars(self) | {"files": files}, ensure_ascii=False, indent=2)


def report(generation: Generation, files: Mapping[str, str], note: str) -> ModerationReport:
    """`files` are the names of uploads by their hashes. The addresses of inputs stay here."""
    request, sent = generation.request, generation.submitted_at
    return ModerationReport(
        task=generation.task_id or "",
        model=request.model,
        endpoint=request.endpoint,
        sent=sent.isoformat(timespec="seconds") if sent else "",
        code=generation.failure_code,
        charged=generation.credits_charged,
        words=request.words,
        settings=dict(request.params),
        files=[(item.role, files.get(item.sha256, BY_ADDRESS)) for item in request.inputs],
        note=note,
    )
