"""Feeds as validators and readers that nobody here wrote see them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from doubles.asking import Asking, asking
from doubles.feed_validators import atom_faults, feedsmith, json_feed_faults
from doubles.hostile import HOSTILE
from doubles.web_history import NOW, TRIAL, History

from monitor.watches import Definition, add
from monitor.web.feeds.asked import PAGE
from snapshots.changeset import Severity
from snapshots.event import EventKind

AT = f"/trials/ctgov/{TRIAL}"
FEEDS = (
    "/feed.{}",
    "/watches/MSC%20exosomes/feed.{}",
    f"{AT}/feed.{{}}",
    "/feed.{}?min_severity=critical&tag=results",
)


@pytest.fixture(scope="module")
def browse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    """More events than a page holds, hostile words in them, and a feed without any."""
    history = History(tmp_path_factory.mktemp("feeds") / "history.db").fill()
    with history.writing() as (db, _):
        add(db, "MSC exosomes", Definition(registry="ctgov", ids=(TRIAL,)), now=NOW)
    for number in range(PAGE + 5):
        said = HOSTILE[number % len(HOSTILE)] if number % 2 else f"The {number}th"
        history.event(
            EventKind.ENTERED, f"2026-{9 + number // 28:02}-{number % 28 + 1:02}", said, Severity.MINOR
        )
    with asking(history.app()) as browse:
        yield browse


def pages(browse: Asking, form: str) -> list[bytes]:
    """Every feed, the first of them with the page that follows."""
    found = [browse.get(path.format(form)).content for path in FEEDS]
    newest = json.loads(browse.get("/feed.json").content)
    number = newest["next_url"].partition("before=")[2]
    return [*found, browse.get(f"/feed.{form}?before={number}").content]


def test_atom_is_as_its_grammar_has_it(browse: Asking) -> None:
    for body in pages(browse, "atom"):
        assert atom_faults(body) == []


def test_json_feeds_are_as_the_format_says(browse: Asking) -> None:
    for body in pages(browse, "json"):
        assert json_feed_faults(body) == []


@pytest.mark.feedsmith
def test_a_reader_from_npm_reads_both_alike(browse: Asking) -> None:
    """Ids, titles, times and where one goes on, read by the same library from either format."""
    for form in ("atom", "json"):
        bodies = pages(browse, form)
        for body, read in zip(bodies, feedsmith(bodies), strict=True):
            assert read["format"] == form
            feed = read["feed"]
            raw = json.loads(body)["items"] if form == "json" else None
            items = feed.get("items" if form == "json" else "entries", [])
            assert all(one["id"] and one.get("title") for one in items)
            assert raw is None or [one["id"] for one in items] == [one["id"] for one in raw]
    atom, as_json = feedsmith([browse.get("/feed.atom").content, browse.get("/feed.json").content])
    entries, items = atom["feed"]["entries"], as_json["feed"]["items"]
    assert len(entries) == PAGE
    assert [(one["id"], one["updated"]) for one in entries] == [
        (one["id"], one["date_modified"]) for one in items
    ]
    (following,) = [one["href"] for one in atom["feed"]["links"] if one["rel"] == "next"]
    assert following.replace("feed.atom", "feed.json") == as_json["feed"]["next_url"]


def test_the_validators_find_what_is_wrong(browse: Asking) -> None:
    good = browse.get("/feed.atom").content
    for change in (
        (b"<updated>2026", b"<updated>the year 2026"),
        (b"<author><name>trialbell</name></author>", b""),
        (b"<generator>", b"<generator2>"),
        (b' type="html"', b' type="markup"'),
        (b"<title>", b"<title>twice</title><title>"),
    ):
        bad = good.replace(*change)
        bad = bad.replace(b"</generator>", b"</generator2>") if b"generator2" in bad else bad
        assert bad != good
        assert atom_faults(bad), change
    feed = json.loads(browse.get("/feed.json").content)
    for part, name, value in (
        (feed, "version", "https://jsonfeed.org/version/1"),
        (feed, "author", {"name": "trialbell"}),
        (feed["items"][0], "id", 7),
        (feed["items"][0], "date_published", "yesterday"),
        (feed["items"][0], "severity", "major"),
    ):
        before = dict(part)
        part[name] = value
        assert json_feed_faults(json.dumps(feed).encode()), name
        part.clear()
        part.update(before)
    assert json_feed_faults(json.dumps(feed).encode()) == []
