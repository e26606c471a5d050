"""What a message has no room for, as messages that go on in its thread. Pure; of the same message always the same.

Whole texts: what was shortened, in pieces that break at borders of words, and what was left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from msgspec.structs import replace

from notifiers.message import Item, Level, Message
from notifiers.slack.blocks import BROADCAST, Fit, fit, in_order, size
from notifiers.slack.elements import rich
from notifiers.slack.heading import cut, whole_text_at
from notifiers.slack.items import WHOLE, cleaned, told
from notifiers.slack.limits import ALL_BLOCKS, BLOCKS
from notifiers.slack.text import in_json, pieces, shorten
from notifiers.text import clean

MOST = 10  # a thread of more is read by nobody
_PIECE = 2_400  # of a text, by weight in JSON; three and a half of them fill a message
_AROUND = 3_500  # of a message: heading, links and the words that say where the rest is
_ITEMS = BLOCKS - 10
_NAME = 100


def parts(message: Message) -> tuple[Message, ...]:
    """Itself, and what goes on after it. A message without a thread is given one, and they stand in it."""
    if message.continues is not None:
        return (message,)
    fitted = fit(message)
    short = bool(cut(message)) or any(fitted.shortened)
    detailed = any(item.details for item in message.items)
    if not short and not fitted.left_out and not detailed:
        return (message,)
    pages = list(
        islice(_pages(piece for item in _rest(message, fitted) for piece in _broken(item)), MOST + 1)
    )
    left_out = len(pages) > MOST
    pages = pages[:MOST]
    what = "What changed" if detailed else "Whole text" if short else "The rest"
    thread = message.thread if message.thread is not None else f"message:{message.id}"
    level = Level.MINOR if message.level in BROADCAST else message.level
    about = shorten(clean(message.title).partition(" · ")[0] or clean(message.headline), _NAME)
    first = replace(message, thread=thread, continued=len(pages))
    made = [
        Message(
            id=f"{message.id}-part-{number}",
            level=level,
            headline=(f"{number}/{len(pages)} · " if len(pages) > 1 else "")
            + what
            + (f" · {about}" if about else ""),
            items=tuple(page),
            thread=thread,
            order=message.order,
            continues=message.id,
        )
        for number, page in enumerate(pages, 1)
    ]
    if left_out:
        made[-1] = replace(made[-1], links=message.links, footer=_beyond(message))
    return (first, *made)


def _rest(message: Message, fitted: Fit) -> Iterator[Item]:
    """In whole, what was shortened, and then what was left out."""
    for name, text in cut(message):
        yield Item(level=message.level, label=name, summary=text)
    shown = zip(fitted.items, fitted.shortened, strict=True)
    yield from (item for item, short in shown if short or item.details)
    said = clean(message.headline)
    yield from (cleaned(item, said) for item in in_order(message)[len(fitted.items) :])


def _beyond(message: Message) -> str:
    at = whole_text_at(message)
    where = f"under “{shorten(clean(at.text), 75)}”" if at else "in trialbell's own record of it"
    return f"There is more than {MOST} messages hold: the rest is {where}"


def _pages(items: Iterator[Item]) -> Iterator[list[Item]]:
    """As many of them as a message holds, again and again."""
    page: list[Item] = []
    used = 0
    for item in items:
        weight = size([rich(told(item, WHOLE, lead="🟠 Critical · ")[0])])
        if page and (used + weight > ALL_BLOCKS - _AROUND or len(page) == _ITEMS):
            yield page
            page, used = [], 0
        page.append(item)
        used += weight
    if page:
        yield page


def _broken(item: Item) -> Iterator[Item]:
    """A cleaned item, whole, in items of which none is too large. Before and after follow each other, each named."""
    texts = {
        "": item.label,
        "summary": item.summary,
        "reason": item.reason,
        "before": item.before or "",
        "after": item.after or "",
    }
    if in_json("".join(texts.values())) <= _PIECE:
        yield item
        return
    name = shorten(item.label, _NAME)
    if name == item.label:
        texts[""] = ""
    for field, text in texts.items():
        broken = list(pieces(text, _PIECE))
        for number, piece in enumerate(broken, 1):
            label = f"{name}, {number} of {len(broken)}" if len(broken) > 1 else name
            yield replace(_BLANK, level=item.level, label=label, **{field or "summary": piece})
    if item.details:
        yield replace(_BLANK, level=item.level, label=name, details=item.details)


_BLANK = Item(level=Level.MINOR, label="", summary="")
