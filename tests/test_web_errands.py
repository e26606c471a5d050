"""What people come for, walked end to end in Chromium, with JavaScript and without: no console message, no request to
elsewhere, and on every page that they pass axe finds nothing.

The ten are the ways in that the product names (an alert, a question, habit) and what each leads to.
"""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import SetClock
from doubles.browser import Tab
from doubles.errand_history import DROPPED, MARCH, MAY, errand_history, year
from doubles.logging_in import BOTH, READ
from doubles.walking import Lens, Walker
from doubles.web_history import NOW, OTHER, TRIAL, History
from test_web_server import PATIENCE, serving

from monitor.alerting.links import links_of
from monitor.database import open_for_writing
from snapshots.query import Reader

pytestmark = pytest.mark.chromium

AT = f"/trials/ctgov/{TRIAL}"


@dataclass
class Town:
    """A browser, axe, and a server that nothing changes."""

    browser: Any
    lens: Lens
    history: History
    port: int

    @contextmanager
    def walker(self, scripts: bool, port: int | None = None) -> Iterator[Walker]:
        context = self.browser.new_context(java_script_enabled=scripts, accept_downloads=True)
        context.set_default_timeout(1000 * PATIENCE)
        tab = Tab(context.new_page(), f"http://127.0.0.1:{port or self.port}")
        try:
            yield Walker(tab, self.lens)
            assert tab.troubles == []
        finally:
            context.close()


@pytest.fixture(scope="module")
def town(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    history = errand_history(tmp_path_factory.mktemp("errands") / "history.db")
    with serving(history.app()) as port:
        yield Town(browser, Lens(browser), history, port)


@pytest.fixture(params=[True, False], ids=["scripts", "none"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def walker(town: Town, scripts: bool) -> Iterator[Walker]:
    with town.walker(scripts) as one:
        yield one


def test_from_an_alert_to_the_criterion_that_changed_in_march(town: Town, walker: Walker) -> None:
    with closing(town.history.open()) as db:
        ((_, event),) = Reader(db).events(archive=False, limit=1)
    (ours,) = [one.url for one in links_of(event, walker.tab.root) if one.url.startswith(walker.tab.root)]
    walker.open(ours.removeprefix(walker.tab.root))
    assert walker.reads("Recruiting → Suspended: Supply of the product was interrupted")
    walker.follow("One field through time")
    walker.follow("Eligibility criteria")
    assert 1 + walker.clicks == 3, "the first is the one in the alert"
    (criterion,) = walker.step_of(MARCH).locator(".criteria li").all_inner_texts()
    assert " ".join(criterion.split()) == "Inclusion criterion 1 changed EDSS 2.03.0 to 6.5"


def test_what_is_new_since_the_last_look_and_a_filter_to_come_back_to(
    town: Town, tmp_path: Path, scripts: bool
) -> None:
    clock, versions = SetClock(NOW), year()
    history = History(tmp_path / "history.db")
    for day, record in versions[:-1]:
        history.snapshot(record, day)
    with serving(history.app(now=clock)) as port, town.walker(scripts, port) as walker:
        walker.open("/")
        assert walker.page.locator("section.new").count() == 0, "the first look"
        history.snapshot(versions[-1][1], versions[-1][0])
        clock.forward(hours=1)
        walker.open("/")
        assert walker.reads("1 new since you last looked, 2026-11-24 12:00 UTC: 1 critical.")
        assert walker.page.locator("section.new article").count() == 1
        walker.unfold("Filter")
        walker.page.get_by_label("Severity at least").select_option("critical")
        walker.press("Apply", "main")
        assert walker.page.locator("article").count() == 2
        walker.follow("its address")
        kept = walker.at
        walker.open("/trials")
        walker.open(kept)
        assert walker.page.locator("article").count() == 2
        assert walker.reads("Primary outcome dropped while recruiting")


def test_from_a_word_to_the_trial_and_its_relatives(walker: Walker) -> None:
    walker.open("/")
    walker.page.get_by_role("searchbox", name="Find a trial").fill("exosomes")
    walker.press("Find")
    assert walker.page.locator("ol.hits > li").count() == 2
    walker.follow(f"{TRIAL} Allogeneic exosomes in progressive multiple sclerosis")
    assert walker.at == AT
    walker.follow("Related trials")
    assert walker.reads("Bio120002"), "which identifier they share"
    walker.follow(OTHER)
    walker.open("/search?q=aspirin")
    assert walker.reads("No trial found")


def test_from_a_number_to_who_could_take_part_on_a_day_in_march(walker: Walker) -> None:
    walker.open("/trials")
    walker.page.get_by_role("searchbox").fill("nct7146087")
    walker.press("Find")
    assert walker.at == AT
    walker.page.get_by_label("As of the day").fill("2026-03-15")
    walker.press("Show", "#history ~ .tools")
    assert walker.at == f"{AT}/on/2026-03-15"
    assert walker.reads("As of 2026-03-15: version 2 answers, our snapshot")
    walker.follow("Eligibility")
    assert "EDSS 3.0 to 6.5" in walker.page.locator("#eligibility").inner_text()
    walker.follow("← Version 1")
    assert "EDSS 2.0 to 6.5" in walker.page.locator("#eligibility").inner_text()


def test_any_two_versions_unified_beside_each_other_and_whole(walker: Walker) -> None:
    walker.open(AT)
    walker.page.get_by_label("Compare", exact=True).select_option("1")
    walker.page.get_by_label("with", exact=True).select_option("7")
    walker.press("Compare", "main")
    assert walker.at == f"{AT}/compare/1...7"
    walker.page.locator("ins", has_text="6").first.wait_for()
    walker.follow("Unified")
    assert walker.page.locator(".sides").count() == 0
    walker.follow("All")
    assert walker.at == f"{AT}/compare/1...7?view=unified&show=all"
    assert walker.reads("Responsible party")
    walker.follow("Side by side")
    assert walker.at == f"{AT}/compare/1...7?show=all"
    walker.page.get_by_label("By day: from").fill("2026-04-01")
    walker.page.get_by_label("to", exact=True).fill("2026-05-10")
    walker.press("Compare", ".again form:last-of-type")
    assert walker.at == f"{AT}/compare/2...3?show=all"
    assert walker.reads("Primary outcome dropped while recruiting")


def test_when_did_they_drop_that_outcome(walker: Walker) -> None:
    walker.open(AT)
    walker.follow("Each field through time")
    walker.page.get_by_label("A field", exact=True).select_option("primary-outcomes")
    walker.press("Show", "main")
    row = walker.page.get_by_role("row", name=DROPPED)
    assert MAY in row.inner_text() and "dropped" in row.inner_text()
    walker.follow(MAY, "tr.gone")
    assert walker.at == f"{AT}/field/primary-outcomes#{MAY}"
    walker.follow(f"Primary outcome dropped while recruiting: {DROPPED}")
    assert walker.at.startswith(f"{AT}/compare/2...3")


def test_two_trials_beside_each_other(walker: Walker) -> None:
    walker.open(AT)
    walker.follow("Compare with another trial")
    walker.page.get_by_role("group", name="The other trial").get_by_label("Id or address").fill(OTHER.lower())
    walker.press("Compare", "main")
    assert walker.at == f"/compare/ctgov/{TRIAL}@8...{OTHER}@1"
    row = walker.page.get_by_role("row", name="Enrolment")
    assert re.findall("12|60", row.inner_text()) == ["12", "60"]
    walker.follow("All")
    walker.follow("Turn it round")
    assert walker.at.startswith(f"/compare/ctgov/{OTHER}@1...{TRIAL}@8")


def test_what_a_watch_holds_by_status_and_where(walker: Walker) -> None:
    walker.open("/")
    walker.follow("Watches", "nav")
    walker.follow("MSC exosomes")
    assert walker.page.get_by_role("heading", name="MSC exosomes").count() == 1
    walker.follow("Suspended", "#statuses ~ ul")
    assert walker.page.locator("table.trials tbody tr").count() == 1
    walker.follow("Its sites")
    drawn = walker.page.get_by_role("img", name="Map with a mark in each country")
    assert drawn.locator("circle").count() == 2
    walker.follow("Czechia")
    assert walker.at.endswith("/sites?country=Czechia")
    walker.follow("its sites there")
    assert walker.reads("Riverside Hospital")


def test_what_vouches_for_a_version_is_taken_home_and_checked(walker: Walker, tmp_path: Path) -> None:
    walker.open(f"{AT}/versions/8")
    walker.follow("What the hashes cover, and how to check them")
    sha256 = walker.page.locator(".vouch code.hash").first.inner_text()
    with zipfile.ZipFile(walker.save("Bundle to cite and check", tmp_path / "bundle.zip")) as bundle:
        bundle.extractall(tmp_path / "bundle")
    (check,) = (tmp_path / "bundle").rglob("check.py")
    done = subprocess.run(
        [sys.executable, check.name], cwd=check.parent, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert sha256 in "".join(
        one.read_text() for one in check.parent.iterdir() if one.suffix in (".md", ".txt")
    )
    walker.follow("the ledger's end")
    assert walker.reads("Checked just now, and it holds:")
    assert walker.page.locator("tr", has_text=sha256).count() == 1


def test_what_could_not_be_told_why_and_once_more(town: Town, tmp_path: Path, scripts: bool) -> None:
    history = errand_history(tmp_path / "history.db")
    app = history.app(acting=lambda: open_for_writing(history.path))
    with serving(app) as port, town.walker(scripts, port) as walker:
        walker.open("/")
        walker.follow("Deliveries", "nav")
        walker.unfold("Filter")
        walker.page.get_by_label("State").select_option("failed")
        walker.page.get_by_label("Notifier").select_option("hook")
        walker.press("Apply", "main")
        (failed,) = walker.page.locator("article.delivery").all()
        assert "the receiver answers 422 <b>no</b>" in failed.inner_text()
        walker.press("Try again", "article.delivery")
        walker.follow("Show all")
        assert walker.page.locator("article.delivery-failed").count() == 1, "the other one"


# --- the way in where there is a log-in, and the way of programs ---


def test_a_reader_who_must_log_in_reads_and_leaves(town: Town, scripts: bool) -> None:
    with serving(town.history.app(access=BOTH)) as port, town.walker(scripts, port) as walker:
        walker.open(f"{AT}/compare/7...8")
        walker.page.get_by_label("Token").fill(READ)
        walker.press("Log in")
        assert walker.at == f"{AT}/compare/7...8"
        assert not walker.page.locator('main form[method="post"]').count()
        walker.press("Log out")
        assert walker.at == "/login"
        walker.open(AT)
        assert walker.page.title() == "Log in – trialbell"


def test_each_page_says_where_it_is_as_data_and_as_a_feed(walker: Walker) -> None:
    kinds = {
        "application/json": "{", "text/csv": "", "application/atom+xml": "<", "application/feed+json": "{",
        "text/calendar": "BEGIN:VCALENDAR",
    }  # fmt: skip
    for path in ("/", AT, f"{AT}/versions/8", "/watches/MSC%20exosomes"):
        walker.open(path)
        offered = walker.page.locator("link[rel=alternate], footer a[type]").evaluate_all(
            "all => all.map(one => [one.type, one.href])"
        )
        assert {"application/atom+xml", "application/feed+json"} <= {kind for kind, _ in offered}
        for kind, address in set(map(tuple, offered)):
            answer = walker.page.request.get(address)
            assert (answer.status, answer.headers["content-type"].partition(";")[0]) == (200, kind)
            assert answer.text().startswith(kinds[kind])
