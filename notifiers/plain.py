"""A message as plain text, for channels that know no other form: how bad, who, what, why, when, where to look. Pure.

Words of a trial are made inert where they are taken in: whatever reads the text afterwards finds no mention, no
address and no markup link in them. Only our own links are addresses, and their names and the footer are ours too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from notifiers.message import Item, Message
from notifiers.slack.text import clean

REPEAT = "Possible repeat: whether this arrived before could not be found out"
_MORE = "…"
_VALUE = 600  # characters of a value before or after
_SHORT = 160  # of a sentence where there is little room
_FEW = 3  # items that are kept before the facts are
_JOINER = "\u2060"  # takes no space, breaks no line
# After what begins a mention, a tag, a command or a link's address in Markdown, and before what makes an address.
_BEGINS = re.compile(
    r"(?:(?<=@)(?=\w)|(?<=<)(?=\S)|(?<=\])(?=[(\[:])|(?<=:)(?=//)|(?<=(?<!\S)/)(?=\w)|(?<=\w)(?=\.[^\W\d_]{2}))"
)


def inert(text: str) -> str:
    """On one line, and nothing in it that a reader's program would act on."""
    return _BEGINS.sub(_JOINER, clean(text))


def plain_title(message: Message, *, room: int | None = None, weigh: Callable[[str], int] = len) -> str:
    """The headline on one line. room: by `weigh`, at most."""
    title = inert(message.headline) or message.level.word
    return title if room is None else cut(title, room, weigh)


def plain_text(
    message: Message,
    *,
    possible_repeat: bool = False,
    room: int | None = None,
    weigh: Callable[[str], int] = len,
) -> str:
    """All but the headline, which is the title. room: by `weigh`, at most.

    Where there is no room for all of it, values go first, then reasons, then all but a few items, then the facts, then
    those items; how many there are is said, and whom it is about and where to look stay longest.
    """
    for text in _variants(message, possible_repeat):
        if room is None or weigh(text) <= room:
            return text
    return cut(text, room or 0, weigh)


def cut(text: str, room: int, weigh: Callable[[str], int] = len) -> str:
    """At most `room`: ends at the last border of words, if one is in the last half, with `…`."""
    if weigh(text) <= room:
        return text
    most = room - weigh(_MORE)
    low, high = 0, min(len(text), max(most, 0))
    while low < high:  # the longest beginning that fits
        middle = (low + high + 1) // 2
        low, high = (middle, high) if weigh(text[:middle]) <= most else (low, middle - 1)
    head = text[:low]
    border = max((found.start() for found in re.finditer(r"\s", head)), default=-1)
    if border >= low // 2 and not text[low : low + 1].isspace():
        head = head[:border]
    return head.rstrip(_JOINER + " \n") + _MORE if most >= 0 else ""


def _variants(message: Message, repeat: bool) -> Iterator[str]:
    """From the whole of it to the least."""
    count = len(message.items)
    yield _text(message, repeat, count, values=True)
    yield _text(message, repeat, count)
    yield _text(message, repeat, count, reasons=False)
    few = min(count, _FEW)
    while count > few:
        yield _text(message, repeat, count, reasons=False, short=True)
        count = max(count * 2 // 3, few)
    yield _text(message, repeat, count, reasons=False, short=True)
    for fewer in range(count, -1, -1):
        yield _text(message, repeat, fewer, reasons=False, short=True, facts=False)


def _text(
    message: Message,
    repeat: bool,
    count: int,
    *,
    values: bool = False,
    reasons: bool = True,
    short: bool = False,
    facts: bool = True,
) -> str:
    shortened = (lambda text: cut(text, _SHORT)) if short else (lambda text: text)
    about = [REPEAT] if repeat else []
    about += [message.level.word]
    about += [shortened(inert(text)) for text in (message.title, message.subtitle) if text]
    items = [
        line
        for item in message.items[:count]
        for line in _item(item, values=values, reasons=reasons, shortened=shortened)
    ]
    if count < len(message.items):
        left = len(message.items) - count
        items.append(f"{'and ' if count else ''}{left} {'more' if count else 'in all'}")
    known = [f"{inert(label)}: {shortened(inert(value))}" for label, value in message.facts] if facts else []
    look = [
        f"{clean(link.text)}: {link.url}"
        for link in message.links
        if link.url.startswith(("http://", "https://"))
    ]
    foot = [clean(message.footer)] if message.footer and facts else []
    return "\n\n".join("\n".join(part) for part in (about, items, known, look, foot) if part)


def _item(item: Item, *, values: bool, reasons: bool, shortened: Callable[[str], str]) -> Iterator[str]:
    label, summary = inert(item.label), shortened(inert(item.summary))
    yield f"• {label}: {summary}" if label and summary else f"• {label or summary}"
    if reasons and item.reason:
        yield f"  Why: {inert(item.reason)}"
    if values:
        for word, value in (("Before", item.before), ("After", item.after)):
            if value is not None and inert(value) not in summary:
                yield f"  {word}: {cut(inert(value), _VALUE)}"
    if item.link is not None and item.link.url.startswith(("http://", "https://")):
        yield f"  {item.link.url}"
