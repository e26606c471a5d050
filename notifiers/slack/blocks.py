"""A message as Slack shows it: text, blocks and metadata. Pure.

Nothing is ever refused for its length: what does not fit is shortened at word borders, and what is left out is said,
and where the whole of it stands. No text of a message becomes a mention, a link or markup: it goes into plain_text and
rich_text elements; the one field that Slack reads as markup, `text`, is escaped.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from notifiers.message import Item, Level, Message
from notifiers.notifier import Placement
from notifiers.slack.buttons import rows
from notifiers.slack.elements import Block, context, rich, section, words
from notifiers.slack.heading import EARLIER_URL, cut, facts, heading, links, whole_text_at
from notifiers.slack.items import BETWEEN, WHOLE, cleaned, severity, told
from notifiers.slack.limits import ALL_BLOCKS, METADATA_ID
from notifiers.slack.plain import notification, whole
from notifiers.slack.text import shorten, weigh
from notifiers.text import REPEAT, clean

EVENT_TYPE = "trialbell_message"
# Replies that are shown in the channel too. Of notices: what is over is told where its beginning was.
BROADCAST = frozenset({Level.CRITICAL, Level.MAJOR, Level.NOTICE})

# What a person reads in a glance: the rest goes on in the thread.
CHANGES, TRIALS = 8, 12
_TEXTS = (300, 160, 80, 40)  # by `weigh`, tried in turn until everything fits
_FEW = 3  # changes that are told at the first of these lengths
_FOOTER = 300
_RANKS = {level: rank for rank, level in enumerate(Level)}
# What a placement may add, at its largest.
_WORST = Placement(possible_repeat=True)
_LONGEST = "https://" + "e" * (EARLIER_URL - 8)
_NOTE = 400  # what `_note` and its block weigh at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    text: str  # what a phone's notification shows; all there is of a plain message
    blocks: list[Block]  # empty for a plain message
    metadata: dict[str, Any]
    broadcast: bool  # a reply that is shown in the channel too


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """What of a message's items there is room for, whatever its placement: so the rest is known before."""

    items: tuple[Item, ...] = ()  # shown, cleaned
    limit: int = 0  # of each text of them, by `weigh`
    shortened: tuple[bool, ...] = ()  # of each that is shown
    left_out: int = 0


def render(
    message: Message, placement: Placement, *, earlier: str | None = None, interactive: bool = False
) -> Rendered:
    """earlier: the address of the last message of a thread gone stale, when it is known. interactive: with buttons."""
    blocks = [] if placement.plain else _blocks(message, fit(message), placement, earlier, interactive)
    return Rendered(
        text=whole(message, placement) if placement.plain else notification(message, placement),
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


def in_order(message: Message) -> tuple[Item, ...]:
    """As they are told: of a summary the weightiest first."""
    if not any(item.link for item in message.items):
        return message.items
    return tuple(sorted(message.items, key=lambda item: _RANKS[item.level]))


def fit(message: Message) -> Fit:
    """The most that fits: first every item at less and less length, then fewer and fewer items."""
    part, summary = message.continues is not None, any(item.link for item in message.items)
    most = len(message.items) if part else TRIALS if summary else CHANGES
    said = "" if part else clean(message.headline)
    items = tuple(cleaned(item, said) for item in in_order(message)[:most])
    limits = (WHOLE,) if part else _TEXTS if len(items) <= _FEW else _TEXTS[1:]
    around = _blocks(replace(message, items=()), Fit(), _WORST, _LONGEST, True)
    room = ALL_BLOCKS - size(around) - _NOTE
    for limit in limits:
        made = [told(item, limit, lead=_lead(message, item)) for item in items]
        sizes = [size([rich(elements)]) if elements else 0 for elements, _ in made]
        if sum(sizes) <= room:
            break
    while sum(sizes[: len(made)]) > room:
        made.pop()
    return Fit(
        items=items[: len(made)],
        limit=limit,
        shortened=tuple(not whole for _, whole in made),
        left_out=len(message.items) - len(made),
    )


def _blocks(
    message: Message, fitted: Fit, placement: Placement, earlier: str | None, interactive: bool
) -> list[Block]:
    blocks = heading(message)
    lines = [told(item, fitted.limit, lead=_lead(message, item))[0] for item in fitted.items]
    if any(item.link for item in fitted.items):
        lines = [[element for elements in lines for element in elements]]  # of a summary, one block
    blocks += [rich(elements) for elements in lines if elements]
    note = _note(message, fitted)
    if note:
        blocks.append(rich([section([words(note, italic=True)])]))
    said = facts(message)
    if said:
        blocks.append(context(said))
    where = links(message, earlier)
    if where:
        blocks.append(rich([section(where)]))
    if placement.possible_repeat:
        blocks.append(context(REPEAT))
    footer = shorten(clean(message.footer), _FOOTER)
    if footer:
        blocks.append(context(footer))
    return [*blocks, *(rows(message.actions) if interactive else [])]


def _lead(message: Message, item: Item) -> str:
    """Its own severity where they differ, and in every line of a summary."""
    level = message.level if message.continues is None else message.items[0].level
    if item.link is not None or any(one.level is not level for one in message.items):
        return f"{severity(item.level)}{BETWEEN}"
    return "• " if len(message.items) > 1 else ""


def _note(message: Message, fitted: Fit) -> str:
    """What is not here, and where it is. Nothing when all of it is here."""
    short = any(fitted.shortened) or bool(cut(message))
    more = f"… and {fitted.left_out} more" if fitted.left_out else ""
    if message.continued:
        if any(item.details for item in message.items):
            rest = "what changed in each is in the thread"
        elif short:
            rest = "these and whole texts are in the thread" if more else "whole text in the thread"
        else:
            rest = "all in the thread"
        return f"{more}; {rest}" if more else rest[0].upper() + rest[1:]
    if not more and not short:
        return ""
    at = whole_text_at(message)
    where = f", whole under “{shorten(clean(at.text), 75)}”" if at else ""
    return f"{more or 'Shortened'}{where}"
