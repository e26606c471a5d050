"""No text of a record is more than text: whatever it holds, no word of it is a header, a tag or a link."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from html.parser import HTMLParser

from doubles.mail_room import ALERT, AT, SENDER, TEAM, body, lines_of, unfolded, written
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from notifiers.mail.letter import letter_bytes
from notifiers.mail.text import WIDTH
from notifiers.message import Item, Level, Link, Message
from notifiers.notifier import Placement

NASTY = st.sampled_from(
    [
        "\r\nBcc: evil@example.com", "\n\n<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</title>",
        "=?utf-8?q?a=0D=0ABcc:_evil@example.com?=", "=?utf-8?b?DQpCY2M6IGU=?=", "<!channel>", "<a href='x'>", "<!--",
        "&lt;b&gt;", "\n.\n", "\r\n.\r\nMAIL FROM:<x>", "\u202eevil", "\u2066", "\x00", "\ud800", "\u2028Bcc: x",
        "https://evil.example/x", "evil.example.com", "mailto:evil@example.com", "-- \n", "From the", "> quoted", "]]>",
        "🧬" * 30, "x" * 400, "ü" * 100, "--=_", "\x0b\x0c\x1c\x85", "%0d%0a",
    ]
)  # fmt: skip
TEXT = st.lists(NASTY | st.text(max_size=40), max_size=5).map("".join)
URL = TEXT | st.builds("https://example.org/{}".format, TEXT) | st.just("https://example.org/a?b=1&c=2#d")
LINK = st.builds(Link, text=TEXT, url=URL)
ITEM = st.builds(
    Item,
    level=st.sampled_from(Level),
    label=TEXT,
    summary=TEXT,
    reason=TEXT,
    before=st.none() | TEXT,
    after=st.none() | TEXT,
    link=st.none() | LINK,
)
ITEM = st.builds(
    lambda item, details: replace(item, details=tuple(details)), ITEM, st.lists(ITEM, max_size=2)
)
MESSAGE = st.builds(
    Message,
    id=TEXT,
    level=st.sampled_from(Level),
    headline=TEXT,
    title=TEXT,
    subtitle=TEXT,
    items=st.lists(ITEM, max_size=4).map(tuple),
    facts=st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple),
    links=st.lists(LINK, max_size=3).map(tuple),
    footer=TEXT,
    thread=st.none() | TEXT,
    payload=st.none() | st.builds(dict, id=TEXT),
)
PLACEMENT = st.builds(
    Placement,
    made_at=st.just(AT),
    possible_repeat=st.booleans(),
    plain=st.booleans(),
    reply_to=st.none() | st.builds(dict, message_id=st.just("<a@example.org>"), subject=TEXT),
)
HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "List-Id", "Auto-Submitted", "X-Auto-Response-Suppress",
    "X-Trialbell-Severity", "X-Trialbell-Message", "MIME-Version", "Content-Type",
}  # fmt: skip
MAY = {
    "Importance", "X-Trialbell-Event", "X-Trialbell-Thread", "X-Trialbell-Possible-Repeat", "In-Reply-To", "References",
    "Content-Transfer-Encoding",
}  # fmt: skip
UNSEEMLY = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
LINKED = re.compile(
    r"://evil|evil\.example|\w@example", re.IGNORECASE
)  # what a mail program would make a link of
ATTRIBUTES = {"style", "dir", "href", "lang", "charset", "name", "content", "scope"}
TAGS = {
    "html", "head", "meta", "title", "body", "div", "p", "h1", "strong", "em", "br", "a", "table", "tr", "th", "td",
}  # fmt: skip


class Seen(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.other: list[str] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.other.append(data)

    handle_pi = unknown_decl = handle_comment


@settings(max_examples=80)
@given(MESSAGE, PLACEMENT)
def test_whatever_a_record_holds_the_letter_is_valid_and_inert(
    message: Message, placement: Placement
) -> None:
    letter = written(message, placement)
    raw = letter_bytes(letter)
    assert raw.isascii() and b"\0" not in raw
    assert raw.count(b"\r") == raw.count(b"\n") == raw.count(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    parsed = message_from_bytes(raw, policy=policy.default)
    assert not parsed.defects
    assert HEADERS <= set(parsed) <= HEADERS | MAY
    assert len(parsed.keys()) == len(set(parsed.keys()))
    assert parsed["Subject"] == letter.remote["subject"] and not UNSEEMLY.search(parsed["Subject"])
    assert [one.addr_spec for one in parsed["From"].addresses] == [SENDER]
    assert [one.addr_spec for one in parsed["To"].addresses] == [TEAM]
    kinds = [part.get_content_type() for part in parsed.walk()]
    if placement.plain:
        assert kinds == ["text/plain"]
    else:
        assert kinds == ["multipart/alternative", "text/plain", "text/html"]
    for part in parsed.walk():
        assert not part.defects
        if part.get_content_type() == "text/plain":
            assert_readable(lines_of(part), addresses_of(message))
        if part.get_content_type() == "text/html":
            assert_inert(lines_of(part), addresses_of(message))


def addresses_of(message: Message) -> set[str]:
    return {link.url for link in (*message.links, *(item.link for item in message.items)) if link}


def assert_readable(text: str, addresses: set[str]) -> None:
    told = [line for line in text.split("\n") if line.split(" ")[-1] not in addresses]
    assert not LINKED.search("\n".join(told))
    for line in told:
        assert not UNSEEMLY.search(line)
        assert len(line) <= WIDTH + 2 or " " not in line.strip()


def assert_inert(html: str, addresses: set[str]) -> None:
    seen = Seen(html)
    assert seen.open == [] and seen.other == []
    assert set(seen.tags) <= TAGS
    assert {name for name, _ in seen.attributes} <= ATTRIBUTES
    for name, value in seen.attributes:
        if name == "href":
            assert value in addresses and value.startswith(("https://", "http://"))
        else:
            assert not re.search(r"url\(|expression|javascript|evil|xxx", value)
    for text in seen.texts:
        assert not LINKED.search(text) and not UNSEEMLY.search(text.replace("\n", ""))


def test_the_words_of_a_record_are_all_there() -> None:
    text = "a < b && c > \"d\" 'e' &amp; <script>alert(1)</script> <!-- x -->"
    message = replace(
        ALERT, headline=text, items=(replace(ALERT.items[0], summary="s", before=text, after="x"),)
    )
    assert (
        "".join(Seen(body(written(message), "html")).texts).count(text) == 4
    )  # title, preview, heading, before
    assert unfolded(body(written(message), "plain")).count(text) == 2
