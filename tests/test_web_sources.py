"""Where records come from: the public registry, or the demo's on this machine, which every page says first."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from doubles.asking import asking
from doubles.web_history import TRIAL, History

from monitor.addresses import DEMO_PATH
from monitor.alerting.text import only_here, scripted
from monitor.cli.main import COMMANDS
from monitor.web.sources import site_of

AT = f"/trials/ctgov/{TRIAL}"
PAGES = (
    *("/", "/trials", AT, f"{AT}/versions/5", f"{AT}/compare/4...5", "/events/4", f"{AT}/on/2026-11-23"),
    *("/health", "/nothing"),
)
LOOPBACK = f"http://127.0.0.1:41234{DEMO_PATH}"
ROOT = Path(__file__).parents[1]


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "history.db").fill()


def test_every_page_of_the_demo_says_that_its_days_are_scripted(history: History) -> None:
    with asking(history.app(sites={"ctgov": site_of(LOOPBACK)})) as browse:
        for path in PAGES:
            text = browse.get(path).text
            assert text.count('class="banner"') == 1, path
            assert "Demo: scripted days, not news" in text, path
            assert "published" not in text[text.index("<footer") :], path
            assert 'href="https://clinicaltrials.gov' not in text, path
            assert LOOPBACK not in text, "it ended with the demo"


def test_while_the_demos_registry_is_there_it_is_linked_to(history: History) -> None:
    with asking(history.app(sites={"ctgov": site_of(LOOPBACK, runs=True)})) as browse:
        text = browse.get(AT).text
    assert f'href="{LOOPBACK}/study/{TRIAL}"' in text
    assert "Record in Demo registry" in text


def test_a_proxy_or_a_mirror_on_this_machine_is_not_the_demo(history: History) -> None:
    for url in ("http://127.0.0.1:8080", "http://localhost:8080/mirror", "http://[::1]/"):
        with asking(history.app(sites={"ctgov": site_of(url)})) as browse:
            text = browse.get(AT).text
        assert "Demo" not in text and "Not ClinicalTrials.gov itself: the records come from" in text
        assert not scripted(f"{url.rstrip('/')}/study/{TRIAL}")
        assert only_here(f"{url.rstrip('/')}/study/{TRIAL}"), "no link to it is told"
    assert scripted(f"{LOOPBACK}/study/{TRIAL}") and not scripted(
        f"https://example.org{DEMO_PATH}/study/{TRIAL}"
    )
    assert not scripted(f"{LOOPBACK}-of-mine/study/{TRIAL}") and not scripted(None)


def test_another_server_in_the_registrys_place_is_named(history: History) -> None:
    with asking(history.app(sites={"ctgov": site_of("https://mirror.example.org/")})) as browse:
        text = browse.get(AT).text
    assert "Not ClinicalTrials.gov itself: the records come from mirror.example.org." in text
    assert f'href="https://mirror.example.org/study/{TRIAL}"' in text


def test_the_public_registry_needs_no_banner(history: History) -> None:
    for sites in (None, {"ctgov": site_of("https://clinicaltrials.gov")}):
        with asking(history.app(sites=sites)) as browse:
            for path in PAGES:
                assert 'class="banner"' not in browse.get(path).text
            assert f'href="https://clinicaltrials.gov/study/{TRIAL}"' in browse.get(AT).text


def test_every_command_that_a_message_names_is_one() -> None:
    """`trialbell WORD` between backticks or in `<code>`, in any string of ours."""
    unknown = []
    for package in ("monitor", "snapshots", "notifiers"):
        for file in sorted((ROOT / package).rglob("*")):
            if file.suffix == ".py":
                texts = [
                    part.value
                    for part in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                ]
            elif file.suffix == ".html":
                texts = [file.read_text(encoding="utf-8")]
            else:
                continue
            for text in texts:
                for word in re.findall(r"(?:`|<code>)trialbell ([a-z]+)", text):
                    if word not in COMMANDS:
                        unknown.append(f"{file.relative_to(ROOT)}: trialbell {word}")
    assert unknown == []
