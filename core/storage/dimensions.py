"""What the history is filtered, counted and sorted by: each is declared here, once."""

from __future__ import annotations

from dataclasses import dataclass

Value = str | int


@dataclass(frozen=True)
class Dimension:
    """What a generation has one value of, or, from another table, none or several.

    `value` is SQL; null is no value. Every change of its columns must reach the table `changes`, by
    a trigger: `core.storage.migrations.m012_changes.notes` writes it.
    """

    name: str
    value: str
    table: str = "generations"
    id: str = "id"


DIMENSIONS = (
    Dimension("status", "status"),
    Dimension("model", "model"),
    Dimension("kind", "kind"),
    Dimension("demo", "demo"),
    Dimension("favourite", "favourite"),
    Dimension("day", "day"),
    Dimension("duration", "duration"),
    Dimension("credits", "credits"),
    Dimension("settled", "credits_charged is not null"),
    Dimension("quoted", "credits_quoted"),
    Dimension("estimated", "credits_estimated"),
    Dimension("project", "project_id"),
    Dimension("author", "nullif(author, '')"),
    Dimension("review", "review"),
    Dimension("stars", "stars"),
    Dimension("trashed", "iif(trashed_at is null, null, 1)"),
    Dimension("emptied", "iif(emptied_at is null, null, 1)"),
    Dimension("tag", "tag", "generation_tags", "generation_id"),
    Dimension("rater", "person_key", "ratings", "generation_id"),
)
