"""A message as Slack shows it: text, blocks and metadata. Pure.

Nothing is ever refused for its length: what does not fit is shortened at word borders, and what is left out
is said. No text of a message becomes a mention, a link or markup: it goes into plain_text and rich_text
elements; the one field that Slack reads as markup, `text`, is escaped.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from notifiers.message import Item, Level, Link, Message
from notifiers.notifier import Placement
from notifiers.slack.limits import (
    ALL_BLOCKS,
    BLOCKS,
    HEADER_TEXT,
    LINK_URL,
    MESSAGE_TEXT,
    METADATA_ID,
    TEXT_OBJECT,
)
from notifiers.slack.text import clean, disarm, escape, shorten, weigh

Block = dict[str, Any]

EVENT_TYPE = "trialbell_message"
BROADCAST = frozenset({Level.CRITICAL, Level.MAJOR})  # replies that are shown in the channel too
REPEAT = "Possible repeat: whether this arrived before could not be found out"

MARKS = {
    Level.CRITICAL: "🔴",
    Level.MAJOR: "🟠",
    Level.MINOR: "🟡",
    Level.INFO: "👀",
    Level.NOTICE: "🔧",
    Level.SAMPLE: "🔔",
}
WORDS = {
    Level.CRITICAL: "Critical",
    Level.MAJOR: "Major",
    Level.MINOR: "Minor",
    Level.INFO: "Watching",
    Level.NOTICE: "Notice to the operator",
    Level.SAMPLE: "Sample",
}

# What a person reads of one thing, by `weigh`; sized so that a message without items always fits.
_TITLE = 300
_FACTS, _FACT_LABEL, _FACT_VALUE = 8, 60, 160
_LINKS, _LINK_TEXT, _LINKS_URLS = 5, 75, 3_000  # the addresses of all links together
_FOOTER = 300
_ITEMS = BLOCKS - 10
_ITEM_TEXTS = (1_500, 700, 300, 120)  # tried in turn until everything fits


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    text: str  # what a phone's notification shows; all there is of a plain message
    blocks: list[Block]  # empty for a plain message
    metadata: dict[str, Any]
    broadcast: bool  # a reply that is shown in the channel too


def render(message: Message, placement: Placement, *, earlier: str | None = None) -> Rendered:
    """earlier: the address of the last message of a thread gone stale, when it is known."""
    blocks = [] if placement.plain else _fit(message, placement, earlier)
    return Rendered(
        text=_plain(message, placement, earlier) if placement.plain else _headline(message, placement),
        blocks=blocks,
        metadata={"event_type": EVENT_TYPE, "event_payload": {"id": metadata_id(message)}},
        broadcast=placement.reply_to is not None and message.level in BROADCAST,
    )


def metadata_id(message: Message) -> str:
    """What the message is found by. Its id, or that one's hash when it is too long or no text for JSON."""
    plain = message.id.isascii() and message.id.isprintable() and len(message.id) <= METADATA_ID
    if plain:
        return message.id
    return "sha256:" + hashlib.sha256(message.id.encode("utf-8", "surrogatepass")).hexdigest()


def size(blocks: list[Block]) -> int:
    """What counts towards ALL_BLOCKS, by the strictest measure: the whole JSON."""
    return weigh(json.dumps(blocks, ensure_ascii=False))


def _fit(message: Message, placement: Placement, earlier: str | None) -> list[Block]:
    """The most that fits: first every item at less and less length, then fewer and fewer items."""
    count = min(len(message.items), _ITEMS)
    # Cleaned once, not for every length that is tried.
    message = replace(message, items=tuple(map(_cleaned, message.items[:count])) + message.items[count:])
    for limit in _ITEM_TEXTS:
        blocks = _blocks(message, placement, earlier, count, limit)
        if size(blocks) <= ALL_BLOCKS:
            return blocks
    while count:
        count -= 1
        blocks = _blocks(message, placement, earlier, count, _ITEM_TEXTS[-1])
        if size(blocks) <= ALL_BLOCKS:
            break
    return blocks


def _blocks(
    message: Message, placement: Placement, earlier: str | None, count: int, limit: int
) -> list[Block]:
    headline = clean(message.headline) or WORDS[message.level]
    head = f"{MARKS[message.level]} {headline}"
    blocks = [_header(head)]
    cut = weigh(head) > HEADER_TEXT
    first = message.items[0].summary if count else ""
    repeated = bool(first) and headline.endswith(
        first
    )  # of one thing that changed, the headline is the sentence
    about = _about(message, headline if cut and not repeated else "")
    if about:
        blocks.append(_rich([_section(about)]))
    items = list(message.items[:count])
    if repeated and not cut:
        items[0] = replace(items[0], summary="")
    blocks += [_rich(_item(item, limit)) for item in items]
    left_out = len(message.items) - count
    if left_out:
        blocks.append(_rich([_section([_text(f"… and {left_out} more", italic=True)])]))
    facts = _facts(message)
    if facts:
        blocks.append(_context(facts))
    links = _links(message.links, earlier)
    if links:
        blocks.append(_rich([_section(links)]))
    if placement.possible_repeat:
        blocks.append(_context(REPEAT))
    footer = shorten(clean(message.footer), _FOOTER)
    if footer:
        blocks.append(_context(footer))
    return blocks


def _about(message: Message, headline: str) -> list[Block]:
    """Whom it is about; before it the whole headline, where the header could not hold it."""
    lines = []
    if headline:
        lines.append(_text(shorten(headline, 2 * _TITLE)))
    title = shorten(clean(message.title), _TITLE)
    if title:
        lines.append(_text(title, bold=True))
    subtitle = shorten(clean(message.subtitle), _TITLE)
    if subtitle:
        lines.append(_text(subtitle))
    return _joined(lines, "\n")


def _cleaned(item: Item) -> Item:
    """What the sentence tells in whole is not told again as before and after."""
    summary = clean(item.summary)
    sides = [clean(side or "", lines=True) for side in (item.before, item.after)]
    before, after = (None if clean(side) in summary else side for side in sides)
    return replace(
        item,
        label=clean(item.label),
        summary=summary,
        reason=clean(item.reason),
        before=before,
        after=after,
    )


def _item(item: Item, limit: int) -> list[Block]:
    label, summary, reason = (shorten(text, limit) for text in (item.label, item.summary, item.reason))
    line = [_text(f"{MARKS[item.level]} ")]
    if label:
        line.append(_text(label, bold=True))
        line.append(_text(": " if summary else ""))
    line.append(_text(summary))
    if reason:
        line.append(_text(f"\n{reason}", italic=True))
    parts = [_section([part for part in line if part["text"]])]
    quoted = []
    for sign, side in (("−", item.before), ("+", item.after)):
        if side:
            quoted.append(_text(f"{sign} {shorten(side, limit)}"))
    if quoted:
        parts.append({"type": "rich_text_quote", "elements": _joined(quoted, "\n")})
    return parts


def _facts(message: Message) -> str:
    facts = []
    for label, value in message.facts[:_FACTS]:
        pair = (shorten(clean(label), _FACT_LABEL), shorten(clean(value), _FACT_VALUE))
        if any(pair):
            facts.append(" ".join(part for part in pair if part))
    return " · ".join(facts)


def _links(links: tuple[Link, ...], earlier: str | None) -> list[Block]:
    room = _LINKS_URLS
    shown = []
    wanted = links[:_LINKS]
    if earlier is not None:
        wanted = (*wanted, Link(text="Earlier messages on this", url=earlier))
    for link in wanted:
        if not _is_web_address(link.url) or weigh(link.url) > room:
            continue
        room -= weigh(link.url)
        text = shorten(clean(link.text), _LINK_TEXT)
        shown.append({"type": "link", "url": link.url, **({"text": text} if text else {})})
    return _joined(shown, " · ")


def _is_web_address(url: str) -> bool:
    """http or https, and nothing in it that a parser of Slack's could take for an end of the address."""
    if not url.lower().startswith(("http://", "https://")) or len(url) > LINK_URL:
        return False
    return url.isascii() and url.isprintable() and not any(character in url for character in " <>|\"'`\\")


def _headline(message: Message, placement: Placement) -> str:
    mark = f"{REPEAT}. " if placement.possible_repeat else ""
    headline = clean(message.headline) or WORDS[message.level]
    return _marked_up(f"{mark}{MARKS[message.level]} {headline}")


def _plain(message: Message, placement: Placement, earlier: str | None) -> str:
    """Everything as lines of text, the most important first, for a channel that refused the blocks."""
    lines = [f"{REPEAT}."] if placement.possible_repeat else []
    lines.append(f"{MARKS[message.level]} {clean(message.headline) or WORDS[message.level]}")
    lines += [shorten(clean(text), _TITLE) for text in (message.title, message.subtitle)]
    lines += [shorten(clean(f"{item.label}: {item.summary}"), _ITEM_TEXTS[2]) for item in message.items]
    lines.append(_facts(message))
    lines.append(shorten(clean(message.footer), _FOOTER))
    return _marked_up("\n".join(line for line in lines if line))


def _marked_up(text: str) -> str:
    return escape(shorten(disarm(text), MESSAGE_TEXT - 1))


def _header(text: str) -> Block:
    # emoji: false, or `:fire:` in a trial's title would become one.
    shown = {"type": "plain_text", "text": shorten(text, HEADER_TEXT), "emoji": False}
    return {"type": "header", "text": shown}


def _context(text: str) -> Block:
    shown = {"type": "plain_text", "text": shorten(text, TEXT_OBJECT), "emoji": False}
    return {"type": "context", "elements": [shown]}


def _rich(elements: list[Block]) -> Block:
    return {"type": "rich_text", "elements": elements}


def _section(elements: list[Block]) -> Block:
    return {"type": "rich_text_section", "elements": elements}


def _text(text: str, **style: bool) -> Block:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def _joined(elements: list[Block], between: str) -> list[Block]:
    joined: list[Block] = []
    for element in elements:
        if joined:
            joined.append(_text(between))
        joined.append(element)
    return joined
