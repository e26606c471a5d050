"""What docs/guide/follow.md tells people to subscribe to, subscribed to; and what it says of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import feedparser
import icalendar
import pytest
from doubles.asking import Asking, asking
from doubles.feed_readers import atom, json_feed
from doubles.web_history import NOW, TRIAL, History

from monitor.watches import Definition, add
from monitor.web.calendar.asked import MOST_MEMBERS, MOST_TRIALS
from monitor.web.feeds.asked import PAGE

GUIDE = (Path(__file__).resolve().parents[1] / "docs" / "guide" / "follow.md").read_text(encoding="utf-8")
FENCED = [line for block in re.findall(r"```\n(.*?)```", GUIDE, re.DOTALL) for line in block.splitlines()]
NAMED = [one for one in re.findall(r"`(/[^`]+)`", GUIDE) if "." in one]


@pytest.fixture(scope="module")
def browse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    history = History(tmp_path_factory.mktemp("guide") / "history.db").fill()
    with history.writing() as (db, _):
        add(db, "MSC exosomes", Definition(registry="ctgov", ids=(TRIAL,)), now=NOW)
    with asking(history.app()) as asked:
        yield asked


@pytest.mark.parametrize("address", [*NAMED, *FENCED])
def test_every_address_answers(browse: Asking, address: str) -> None:
    answer = browse.get(address)
    assert answer.status == 200, answer.text
    if ".ics" in address:
        assert icalendar.Calendar.from_ical(answer.content)["version"] == "2.0"
    elif ".json" in address:
        json_feed(answer.content)
    else:
        atom(answer.content)
        assert not feedparser.parse(answer.content).bozo


def test_pages_lead_readers_to_their_feeds(browse: Asking) -> None:
    for page, feed in (
        ("/", "/feed.atom"),
        ("/health", "/feed.json"),
        (f"/trials/ctgov/{TRIAL}", f"/trials/ctgov/{TRIAL}/feed.atom"),
        (f"/trials/ctgov/{TRIAL}/versions/5", "/feed.atom"),
        ("/?watch=MSC+exosomes&severity=major", "/watches/MSC%20exosomes/feed.atom?min_severity=major"),
        (f"/?trial={TRIAL}&tag=stopped", f"/trials/ctgov/{TRIAL}/feed.json?tag=stopped"),
        ("/?tag=stopped&severity=noise", "/feed.atom?tag=stopped"),
        (f"/trials/ctgov/{TRIAL}", f"/trials/ctgov/{TRIAL}/calendar.ics"),
    ):
        head = browse.get(page).text.partition("</head>")[0]
        found = re.findall(r'<link rel="alternate" type="[^"]+" title="[^"]+" href="([^"]+)">', head)
        links = [unescape(one) for one in found]
        assert feed in links, page
        for link in links:
            assert browse.get(link).status == 200, link


def test_the_figures_are_the_programs_own() -> None:
    assert f"newest {PAGE} and" in GUIDE
    assert f"the {MOST_TRIALS}\ntrials" in GUIDE
    assert f"more than {MOST_MEMBERS:,} trials" in GUIDE
    assert len(NAMED) >= 8
    assert len(FENCED) == 4
