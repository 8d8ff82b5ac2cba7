"""What the history is filtered, counted and sorted by: each is declared here, once."""

from __future__ import annotations

from dataclasses import dataclass

Value = str | int


@dataclass(frozen=True)
class Dimension:
    """Something of which each generation has one value or none; from another table, also several.

    `value` is SQL; null is no value. Every change of its columns must reach the table `changes`, by
    a trigger that `core.storage.migrations.m012_changes.notes` writes. The values of one `group`
    are read together as one text, and equal texts are parsed once: put dimensions together that
    have few combinations.
    """

    name: str
    value: str
    table: str = "generations"
    id: str = "id"
    group: str = ""


DIMENSIONS = (
    Dimension("status", "status", group="render"),
    Dimension("model", "model", group="render"),
    Dimension("kind", "kind", group="render"),
    Dimension("provider", "provider", group="render"),
    Dimension("demo", "demo", group="render"),
    Dimension("favourite", "favourite", group="desk"),
    Dimension("day", "day", group="made"),
    Dimension("duration", "duration", group="render"),
    Dimension("credits", "credits", group="render"),
    Dimension("settled", "credits_charged is not null", group="render"),
    Dimension("failure", "nullif(failure_code, '')", group="render"),
    Dimension("quoted", "credits_quoted", group="render"),
    Dimension("estimated", "credits_estimated", group="render"),
    Dimension("project", "project_id", group="made"),
    Dimension("author", "nullif(author, '')", group="made"),
    Dimension("batch", "batch_id", group="made"),
    Dimension("review", "review", group="desk"),
    Dimension("stars", "stars", group="desk"),
    Dimension("guests", "guest_stars", group="desk"),
    Dimension("trashed", "iif(trashed_at is null, null, 1)", group="desk"),
    Dimension("emptied", "iif(emptied_at is null, null, 1)", group="desk"),
    Dimension("tag", "tag", "generation_tags", "generation_id"),
    Dimension("way", "way", "parents", "generation_id"),
    Dimension("rater", "iif(guest = '', person_key, null)", "ratings", "generation_id"),
)
