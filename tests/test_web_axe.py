"""What axe, a checker of accessibility that nobody here wrote, says of every page: nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from doubles.browser import Tab
from doubles.every_page import EXAMPLES, PAGES, REFUSED
from doubles.logging_in import BOTH, READ
from doubles.outbox_history import told
from doubles.walking import AXE, RUN
from doubles.web_history import NOW, TRIAL, History
from test_web_server import serving

from monitor.database import open_for_writing
from monitor.health import Health, WatchHealth
from monitor.web.rooms import ADDRESSES

AT = f"/trials/ctgov/{TRIAL}"
LOOKS = (("light", 1280), ("dark", 390))
EMPTY = (
    "/",
    "/?severity=critical",
    "/trials",
    "/watches",
    "/search?q=x",
    "/deliveries",
    "/ledger",
    "/health",
)
TROUBLED = ("/", f"{AT}/versions/4", f"{AT}/versions/4/evidence", "/ledger", "/health", "/watches")
TROUBLE = "ctgov could not be reached for 3 hours: `timed out`"


def test_every_address_has_an_example() -> None:
    shown = {one.name for one in ADDRESSES if one.answers and not one.documents}
    assert shown - set(EXAMPLES) == set()


class Looker:
    """Opens every fold of a page, and asks axe, wide in light and narrow in dark."""

    def __init__(self, browser: Any) -> None:
        if not AXE.exists():
            pytest.skip("no axe-core: run npm ci")
        self._new = lambda: browser.new_context(reduced_motion="reduce")

    @contextmanager
    def on(self, app: Any) -> Iterator[Tab]:
        with serving(app) as port:
            tab = Tab(self._new().new_page(), f"http://127.0.0.1:{port}")
            tab.page.add_init_script(AXE.read_text())
            yield tab
            # Chromium says of each answer above 399 that it could not load it.
            assert [one for one in tab.troubles if "Failed to load resource" not in one] == []
            tab.page.context.close()

    def complaints(self, tab: Tab) -> list[str]:
        tab.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        found = []
        for scheme, width in LOOKS:
            tab.page.emulate_media(color_scheme=scheme)
            tab.page.set_viewport_size({"width": width, "height": 900})
            found += [f"{scheme}, {width}: {tab.page.url} {one}" for one in tab.page.evaluate(RUN)]
        return found

    def of(self, tab: Tab, path: str, status: int = 200) -> list[str]:
        assert tab.open(path).status == status, path
        return self.complaints(tab)


@pytest.fixture(scope="module")
def look(browser: Any) -> Looker:
    return Looker(browser)


@pytest.mark.chromium
def test_axe_finds_nothing(tmp_path: Path, look: Looker) -> None:
    history = told(History(tmp_path / "history.db").fill().watched().beside())
    with look.on(history.app(acting=lambda: open_for_writing(history.path))) as tab:
        found = [one for path in PAGES for one in look.of(tab, path)]
        found += [one for path, status in REFUSED.items() for one in look.of(tab, path, status)]
        tab.open(AT)  # a form that was open for long is asked about again
        tab.page.locator("summary", has_text="Mute or snooze").click()
        tab.page.locator("input[name=token]").last.evaluate("one => { one.value = 'old' }")
        tab.page.get_by_role("button", name="Do it").click()
        assert tab.page.title() == "Not done yet – trialbell"
        found += look.complaints(tab)
        tab.page.get_by_role("button", name="Yes, do it").click()
        tab.page.get_by_text("Muted until").wait_for()
        found += look.complaints(tab) + look.of(tab, "/health")
    assert found == []


@pytest.mark.chromium
def test_axe_finds_nothing_where_nothing_is_stored_or_all_is_wrong(tmp_path: Path, look: Looker) -> None:
    with look.on(History(tmp_path / "empty.db").app()) as tab:
        found = [one for path in EMPTY for one in look.of(tab, path)]
    history = History(tmp_path / "edited.db").fill().watched()
    with closing(sqlite3.connect(history.path)) as db, db:
        db.execute("update version set size = 7 where number = 4")
    watch = WatchHealth(
        name="MSC exosomes", last_success=NOW - timedelta(days=2), build=None, overdue=True, problem=TROUBLE,
        unknown=("NCT99999999",),
    )  # fmt: skip
    ill = Health(ok=False, problems=(TROUBLE,), hints=((TROUBLE, "`trialbell doctor`"),), watches=(watch,))
    with look.on(history.app(health=lambda: ill)) as tab:
        found += [one for path in TROUBLED for one in look.of(tab, path)]
    assert found == []


@pytest.mark.chromium
def test_axe_finds_nothing_on_the_way_in(tmp_path: Path, look: Looker) -> None:
    history = History(tmp_path / "history.db").fill()
    with look.on(history.app(access=BOTH, acting=lambda: open_for_writing(history.path))) as tab:
        found = look.of(tab, AT)
        tab.page.get_by_label("Token").fill("wrong-token-0123456789")
        tab.page.get_by_role("button", name="Log in").click()
        tab.page.get_by_role("alert").wait_for()
        found += look.complaints(tab)
        tab.page.get_by_label("Token").fill(READ)
        tab.page.get_by_role("button", name="Log in").click()
        found += look.complaints(tab)
        tab.page.get_by_role("link", name="Log in to act").click()
        found += look.complaints(tab)
    assert found == []
