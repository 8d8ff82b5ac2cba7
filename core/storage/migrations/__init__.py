"""The schema of the history, as numbered steps that are never edited once released.

A module holds the steps of one subject and is named by the number of its first: they are entered in
the order of the imports, which is that of the names. Only `core.storage.database` runs them.
"""

from core.storage.migrations import (
    m001_generations,
    m008_scale,
    m012_changes,
    m013_sharing,
    m015_reviews,
    m017_comparisons,
    m018_live_links,
    m019_texts,
    m020_families,
    m021_former_names,
    m022_unfinished,
    m023_caps,
    m024_guests,
    m025_people,
    m026_bought,
    m027_batches,
    m028_queue,
    m029_tokens,
    m030_subscriptions,
    m031_private_projects,
    m033_wildcards,
    m036_clip_copies,
    m037_weighted_turns,
    m039_channel_pictures,
    m040_known_differences,
)
from core.storage.migrations.steps import migrations

__all__ = [
    "m001_generations",
    "m008_scale",
    "m012_changes",
    "m013_sharing",
    "m015_reviews",
    "m017_comparisons",
    "m018_live_links",
    "m019_texts",
    "m020_families",
    "m021_former_names",
    "m022_unfinished",
    "m023_caps",
    "m024_guests",
    "m025_people",
    "m026_bought",
    "m027_batches",
    "m028_queue",
    "m029_tokens",
    "m030_subscriptions",
    "m031_private_projects",
    "m033_wildcards",
    "m036_clip_copies",
    "m037_weighted_turns",
    "m039_channel_pictures",
    "m040_known_differences",
    "migrations",
]
