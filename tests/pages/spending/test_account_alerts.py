"""What nearly runs out is said on every page, quietly, until somebody puts it away."""

from __future__ import annotations

from core.accounting.account_alerts import Alert, Limit
from core.catalog.catalog import Catalog
from core.emulator import Emulator
from core.generations import FIRST_PROVIDER
from core.studio import Studio
from pages.ui.shell.account_alerts import sentence
from tests.conftest import ROOT
from tests.pages.conftest import Visit, markdown

RUNWAY = Catalog.load(ROOT / "data" / "catalog").suppliers["runway"]


def test_a_low_balance_is_on_every_page_until_it_is_put_away(
    visit: Visit, studio: Studio, emulator: Emulator
) -> None:
    emulator.reset(credits=120)
    studio.accounts.seen(FIRST_PROVIDER)
    studio.accounts.look()
    said = "120 credits ($1.20) left on the Runway account. Without credits, work waits."
    for name in ("history", "spending", "settings"):
        page = visit(name)
        assert said in markdown(page).replace("\\", "")
    page.button(key="account_alert_seen_balance__False").click().run()
    assert said not in markdown(page).replace("\\", "")
    page.switch_page("models.py").run()
    assert said not in markdown(page).replace("\\", "")
    assert said in markdown(visit("models")).replace("\\", ""), "of another session"


def test_what_is_reached_says_what_follows() -> None:
    near, reached = (sentence(Alert(Limit.DAY, n, 50, "m"), "Veo", RUNWAY) for n in (42, 50))
    assert near == "Veo: 42 of 50 generations in 24 hours are used."
    assert reached.endswith("What comes next waits until the first of them are a day old.")
    assert "Runway takes no more" in sentence(Alert(Limit.MONTH, 5000, 5000), "", RUNWAY)
    places = sentence(Alert(Limit.PLACES, 1, 1, "m", waiting=3), "Veo", RUNWAY)
    assert places == "Veo: no place is free at Runway (1 of 1 are taken), and 3 wait here."
