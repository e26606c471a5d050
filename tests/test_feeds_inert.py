"""Whatever a record holds, a feed is valid and nothing but our own few elements."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import feedparser
import pytest
from doubles.asking import asking
from doubles.feed_readers import ATOM, atom, json_feed
from doubles.hostile import HOSTILE
from doubles.web_history import NOW, TRIAL, History
from hypothesis import given
from hypothesis import strategies as st

from monitor.web.drawing.prose import printable
from monitor.web.feeds.atom import atom as write_atom
from monitor.web.feeds.entries import entry
from monitor.web.feeds.feed import Feed
from monitor.web.feeds.json_feed import json_feed as write_json
from monitor.web.identity import tag
from snapshots.changeset import Action, FieldChange, Kind, Severity
from snapshots.event import Event, EventKind


def hostile_event(text: str, other: str) -> Event:
    """Every text of it is one of these."""
    change = FieldChange(
        field="brief-summary", label=text, kind=Kind.TEXT, action=Action.CHANGED,
        paths=("protocolSection.descriptionModule.briefSummary",), before=text, after=other,
        severity=Severity.MAJOR, reason=other, summary=text, item=other, tags=("status",),
    )  # fmt: skip
    return Event(
        id=f"ctgov:{TRIAL}:happened:1", kind=EventKind.CHANGED, registry="ctgov", trial=TRIAL, title=text,
        url=f"https://x.example/{text}", severity=Severity.MAJOR, headline=other, at=NOW, tags=("status",),
        watches=(text,), changes=(change,), note=other, sponsor=text, phase=other, status=text,
    )  # fmt: skip


def check_inert(body: bytes, items: list[dict[str, Any]]) -> None:
    assert not feedparser.parse(body).bozo
    entry = atom(body).find(f"{ATOM}entry")
    assert entry is not None
    content = entry.find(f"{ATOM}content")
    assert content is not None
    assert content.text == items[0]["content_html"]
    parser = OnlyOurs()
    parser.feed(items[0]["content_html"])
    parser.close()
    assert parser.bad == []
    assert not set(items[0]["content_text"]) & set("\x00\x1b\u202e\u2066\ufffe")


@given(text=st.text(max_size=300), other=st.text(max_size=300))
def test_whatever_a_record_holds_a_feed_is_valid_and_inert(text: str, other: str) -> None:
    made = entry(hostile_event(text, other), sequence=1, root="http://127.0.0.1", began=NOW)
    one = Feed(
        id=tag(NOW, "feed", text), title=printable(text), subtitle="", home="http://127.0.0.1/",
        address="http://127.0.0.1/feed", first=None, next=None, icon="http://127.0.0.1/favicon.ico", updated=NOW,
        entries=(made,), severities=tag(NOW, "severity"),
    )  # fmt: skip
    check_inert(write_atom(one), json_feed(write_json(one))["items"])


@pytest.mark.parametrize("text", [*HOSTILE, "\ufffe\uffff", "]]>", "x" * 40_000])
def test_known_mischief_is_inert_all_the_way(tmp_path: Path, text: str) -> None:
    history = History(tmp_path / "h.db")
    with history.writing() as (_, store):
        store.add_event(hostile_event(text, f"{text}!"))
    with asking(history.app()) as browse:
        check_inert(browse.get("/feed.atom").content, json_feed(browse.get("/feed.json").content)["items"])


class OnlyOurs(HTMLParser):
    """Notes every element and attribute that an entry's markup does not have by itself."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("p", "strong", "br", "ul", "li", "del", "ins", "a", "small"):
            self.bad.append(tag)
        for name, value in attrs:
            if (tag, name) != ("a", "href") or not (value or "").startswith(("http://", "https://")):
                self.bad.append(f"{tag} {name}={value}")

    def handle_comment(self, data: str) -> None:
        self.bad.append(data)

    def handle_decl(self, decl: str) -> None:
        self.bad.append(decl)

    def unknown_decl(self, data: str) -> None:
        self.bad.append(data)

    def handle_pi(self, data: str) -> None:
        self.bad.append(data)
