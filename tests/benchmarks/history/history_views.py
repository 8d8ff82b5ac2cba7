"""The views of the history, and the other pages, that `history_scale` has drawn."""

from __future__ import annotations

Query = dict[str, str | list[str]]
MIDDLE = "middle"
PANEL = "open"
"""Which panel of the page is unfolded: no part of the address."""
THREE = 'status:done model:"Gen-4.5" since:2026-06-01'
TYPED = "model:gen4 -tag:hero cost:<60 stars:>3 -is:rejected"
SORTS = ("Oldest", "Cost", "Duration")
VIEWS: dict[str, tuple[str, Query]] = {
    "first page": ("history", {}),
    "page in the middle": ("history", {"page": MIDDLE}),
    "table": ("history", {"view": "Table"}),
    **{f"by {sort}": ("history", {"sort": sort}) for sort in SORTS},
    **{
        f"by {sort}, page in the middle": ("history", {"sort": sort, "page": MIDDLE})
        for sort in SORTS
    },
    "one model": ("history", {"q": 'model:"Gen-4.5"'}),
    "one model by cost": ("history", {"q": 'model:"Gen-4.5"', "sort": "Cost"}),
    "three filters": ("history", {"q": THREE}),
    "three filters by cost": ("history", {"q": THREE, "sort": "Cost"}),
    "unconfirmed by duration": ("history", {"q": "status:unconfirmed", "sort": "Duration"}),
    "favourites": ("history", {"q": "is:favourite"}),
    "favourites by cost": ("history", {"q": "is:favourite", "sort": "Cost"}),
    "rare word": ("history", {"q": "dragonet"}),
    "common word": ("history", {"q": "morning"}),
    "common word, oldest": ("history", {"q": "morning", "sort": "Oldest"}),
    "common word by cost": ("history", {"q": "morning", "sort": "Cost"}),
    "common word, favourites": ("history", {"q": "morning is:favourite"}),
    "two letters": ("history", {"q": "mo"}),
    "rare word of notes": ("history", {"q": "flickers"}),
    "common word of notes": ("history", {"q": '"softer light"'}),
    "a word of prompts, one of notes": ("history", {"q": "morning softer"}),
    "a file name": ("history", {"q": "00000500-0.mp4"}),
    "words, without others": ("history", {"q": "morning -softer -hero"}),
    "typed fields": ("history", {"q": TYPED}),
    "typed fields and words": ("history", {"q": f"{TYPED} morning -flickers"}),
    "one review state": ("history", {"q": "is:approved"}),
    "stars": ("history", {"q": "stars:>=4"}),
    "stars by cost": ("history", {"q": "stars:>=4", "sort": "Cost"}),
    "one project": ("history", {"q": 'project:"Project 7"'}),
    "one tag": ("history", {"q": "tag:hero"}),
    "state, stars, project": ("history", {"q": 'is:no-state stars:>=3 project:"Project 7"'}),
    "one tag, common word": ("history", {"q": "tag:hero morning"}),
    "in the trash": ("history", {"q": "is:trashed"}),
    "counts beside all values": ("history", {PANEL: "filters"}),
    "counts within typed fields": ("history", {"q": TYPED, PANEL: "filters"}),
    "counts within a common word": ("history", {"q": "morning", PANEL: "filters"}),
    "inbox": ("inbox", {}),
    "inbox of a project by cost": ("inbox", {"of": "project=7&sort=cost"}),
    "inbox of a search": ("inbox", {"of": "q=morning&stars=3"}),
    "Create": ("create", {}),
    "Spending": ("spending", {}),
    "Spending by project, all time": ("spending", {"by": "Project", "period": "All time"}),
    "Spending by person, all time": ("spending", {"by": "Person", "period": "All time"}),
    "Spending by batch, any days": ("spending", {"by": "Batch", "period": "Other days"}),
    "Models": ("models", {}),
    "Unconfirmed": ("unconfirmed", {}),
}
PRIVATE_VIEWS = (
    "first page", "by Cost, page in the middle", "typed fields", "common word",
    "a word of prompts, one of notes", "counts beside all values", "inbox", "Create",
    "Spending", "Spending by project, all time",
)  # fmt: skip
"""What is drawn for somebody outside of a private project."""
SHORT_VIEWS = (
    "page in the middle", "table", "three filters by cost", "common word, oldest",
    "a word of prompts, one of notes", "typed fields and words", "state, stars, project",
    "in the trash", "counts within typed fields", "inbox", "Create", "Spending",
    "Spending by project, all time", "Models", "Unconfirmed",
)  # fmt: skip
"""Every page, and a query of each kind."""
