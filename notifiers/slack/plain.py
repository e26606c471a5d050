"""A message as text alone: what a phone's notification shows, and all there is where Slack refused the blocks. Pure.

Slack reads this one field as markup: it is shortened, disarmed and escaped. The names of links and the footer are our
own words, in which a host may stay one.
"""

from __future__ import annotations

from notifiers.message import Message
from notifiers.notifier import Placement
from notifiers.slack.heading import facts, headline
from notifiers.slack.limits import LINK_URL, MESSAGE_TEXT
from notifiers.slack.text import disarm, escape, shorten, weigh
from notifiers.text import REPEAT, clean, is_web_address

_LINE = 300
_LINKS, _URLS = 3, 1_500


def notification(message: Message, placement: Placement) -> str:
    mark = f"{REPEAT}. " if placement.possible_repeat else ""
    return escape(shorten(disarm(f"{mark}{headline(message)}"), MESSAGE_TEXT - 1))


def whole(message: Message, placement: Placement) -> str:
    """Everything as lines, the most important first."""
    lines = [f"{REPEAT}."] if placement.possible_repeat else []
    lines.append(headline(message))
    lines += [shorten(clean(text), _LINE) for text in (message.title, message.subtitle)]
    for item in message.items:
        said = ": ".join(part for part in (clean(item.label), clean(item.summary)) if part)
        lines.append(shorten(said, _LINE))
        if message.continues is not None:  # it is there for the texts
            lines += [clean(side, lines=True) for side in (item.reason, item.before, item.after) if side]
            lines += [shorten(clean(f"• {one.label}: {one.summary}"), _LINE) for one in item.details]
    lines.append(facts(message))
    lines = [*map(disarm, lines), disarm(shorten(clean(message.footer), _LINE), ours=True)]
    addresses = _addresses(message)
    room = MESSAGE_TEXT - 1 - weigh(addresses)
    return escape(shorten("\n".join(line for line in lines if line), room)) + addresses


def _addresses(message: Message) -> str:
    """Where to look, as addresses: they are ours, and hold nothing that ends one."""
    shown = ""
    for link in message.links[:_LINKS]:
        line = f"\n{escape(disarm(shorten(clean(link.text), 75), ours=True))}: {escape(link.url)}"
        if is_web_address(link.url, LINK_URL) and weigh(shown + line) <= _URLS:
            shown += line
    return shown
