"""What stands around the things that a message tells: how bad, whom it is about, when, and where to look. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from notifiers.message import Link, Message
from notifiers.slack.elements import Block, header, joined, link, rich, section, words
from notifiers.slack.items import BETWEEN, severity
from notifiers.slack.limits import HEADER_TEXT
from notifiers.slack.text import broken, shorten, weigh
from notifiers.text import clean

EARLIER = "Earlier messages on this"
EARLIER_URL = 300  # longer than any address that Slack gives to a message

# What is shown of each, by `weigh`; sized so that a message without items always fits.
_TITLE, _SUBTITLE, _REST = 300, 200, 500  # the registry's brief titles have 300 characters at most
_FACTS, _FACT_LABEL, _FACT_VALUE, _ALL_FACTS = 8, 60, 160, 900
_LINKS, _LINK_TEXT, _LINKS_URLS = 5, 75, 2_000  # the addresses of all links together


def headline(message: Message) -> str:
    """How bad, and what happened."""
    said = clean(message.headline) or message.level.word
    if message.continues is not None or said.startswith(message.level.word):
        return f"{severity(message.level).partition(' ')[0]} {said}"
    return f"{severity(message.level)}{BETWEEN}{said}"


def heading(message: Message) -> list[Block]:
    """A header, and what it has no room for after it: a long sentence goes on below, and is not said twice."""
    if message.continues is not None:
        return [rich([section([words(shorten(clean(message.headline) or "…", HEADER_TEXT), bold=True)])])]
    lead, rest = broken(headline(_titled(message)), HEADER_TEXT)
    more = [rich([section([words(shorten(rest, _REST))])])] if rest else []
    lines = []
    for text, most, bold in ((message.title, _TITLE, True), (message.subtitle, _SUBTITLE, False)):
        shown = shorten(clean(text), most)
        if shown:
            lines.append(words(shown, bold=True) if bold else words(shown))
    return [header(lead), *more, *([rich([section(joined(lines, "\n"))])] if lines else [])]


def cut(message: Message) -> list[tuple[str, str]]:
    """What `heading` and `facts` have no room for, in whole: what it is, and its text."""
    if message.continues is not None:
        return []
    texts = [
        ("Headline", clean(message.headline), _REST),
        ("Title", clean(message.title), _TITLE),
        ("Subtitle", clean(message.subtitle), _SUBTITLE),
    ]
    long = [(name, text) for name, text, most in texts if weigh(text) > most]
    whole = BETWEEN.join(" ".join(pair).strip() for pair in _cleaned(message) if any(pair))
    return long if whole == facts(message) else [*long, ("Dates and notes", whole)]


def facts(message: Message) -> str:
    shown = [
        " ".join((shorten(label, _FACT_LABEL), shorten(value, _FACT_VALUE))).strip()
        for label, value in _cleaned(message)[:_FACTS]
    ]
    return shorten(BETWEEN.join(fact for fact in shown if fact), _ALL_FACTS)


def links(message: Message, earlier: str | None) -> list[Block]:
    room = _LINKS_URLS
    shown = []
    for one in message.links[:_LINKS]:
        made = link(one.url, one.text, _LINK_TEXT) if weigh(one.url) <= room else None
        if made is not None:
            room -= weigh(one.url)
            shown.append(made)
    if earlier is not None and weigh(earlier) <= EARLIER_URL:
        made = link(earlier, EARLIER, _LINK_TEXT)
        shown += [made] if made is not None else []
    return joined(shown, BETWEEN)


def whole_text_at(message: Message) -> Link | None:
    """Where to look for what there is no room for, where there is no thread: the page beside the record, if any."""
    known = [one for one in message.links[:_LINKS] if clean(one.text) and link(one.url, one.text, _LINK_TEXT)]
    return known[min(1, len(known) - 1)] if known else None


def _titled(message: Message) -> Message:
    """The id is in the title, right below: the header has no room for saying it too."""
    name = clean(message.title).partition(BETWEEN)[0]
    said = clean(message.headline)
    if not name or not said.startswith(f"{name}: "):
        return message
    rest = said.removeprefix(f"{name}: ")
    return replace(message, headline=rest) if rest else message


def _cleaned(message: Message) -> list[tuple[str, str]]:
    return [(clean(label), clean(value)) for label, value in message.facts]
