"""Studios that reach the test provider beside Runway: its model, and what it answers."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from core.generations import Request
from core.runway.provider import Runway
from core.settings import ROOT, Settings
from core.studio.engine import Connect
from tests.core.conftest import Wire, say
from tests.core.providers.atelier import Atelier
from tests.footage import film

ENDPOINT = """
[[endpoint]]
id = "atelier/paint"
name = "Paint"
kind = "image"
makes = "video"
format = "mp4"
provider = "atelier"

[[provider]]
id = "atelier"
title = "Atelier"
credit = "coin"
credit_usd = 0.05
site = "https://atelier.test/"
keeps = "a week"
source = "A wall"
checked = 2026-11-01
"""
MODEL = """
[[model]]
id = "oil"
endpoint = "atelier/paint"
name = "Oil"
vendor = "Atelier"
about = "Slow."
speed = "Slow"
prompt = { required = true, max_units = 100 }
input = [{ use = "first_frame" }]
price = [{ flat = 7, source = "A wall", checked = 2026-11-01 }]
"""
CREATE, TASK, PURSE = "POST /easel", "GET /easel/sheet-1", "GET /purse"
WANTED = Request("atelier/paint", "oil", "A quiet sea")
DRYING = {"is": "drying"}


def with_its_model(settings: Settings, folder: Path) -> Settings:
    """A catalogue that has the provider's model beside Runway's."""
    catalog = folder / "catalog"
    shutil.copytree(ROOT / "data" / "catalog", catalog)
    with (catalog / "endpoints.toml").open("a") as endpoints:
        endpoints.write(ENDPOINT)
    (catalog / "atelier.toml").write_text(MODEL)
    return replace(settings, catalog_dir=catalog)


def at_work(wire: Wire, key: str) -> Connect:
    """Its purse is full, and it takes every order. Runway is there too."""
    wire.on(PURSE, say(200, {"coins": 100}))
    wire.on(CREATE, say(200, {"sheet": "sheet-1"}))
    wire.on(TASK, say(200, DRYING))
    return lambda online: [Runway(online), Atelier(wire.url, key)]


def hang(wire: Wire, folder: Path) -> None:
    """Have the task end with a clip."""
    clip = say(200, film(folder / "clip.mp4"), {"Content-Type": "video/mp4"})
    wire.on("GET /clip.mp4", clip)
    done = {"is": "framed", "coins": 7, "hangs": [f"{wire.url}/clip.mp4"]}
    wire.on(TASK, say(200, DRYING), say(200, done))
