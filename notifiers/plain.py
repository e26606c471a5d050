"""A message as plain text, for channels that know no other form: how bad, who, what, why, when, where to look. Pure.

Words of a trial are made inert where they are taken in: whatever reads the text afterwards finds no mention, no
address and no markup link in them. Only our own links are addresses, and their names and the footer are ours too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from notifiers.message import Item, Level, Message
from notifiers.text import JOINER, REPEAT, clean, cut, is_web_address

_LONGEST = 4_000  # characters of one text that are looked at
_VALUE = 600  # characters of a value before or after
_SHORT = 160  # of a sentence where there is little room
_MOST = 200  # items that are looked at where there is not room for everything: a phone shows no more
_WEIGHED = frozenset({Level.CRITICAL, Level.MAJOR, Level.MINOR})
_FEW = 3  # items that are kept before the facts are
# After what begins a mention, a tag, a command or a link's address in Markdown, and before what makes an address.
_BEGINS = re.compile(
    r"(?:(?<=@)(?=\w)|(?<=<)(?=\S)|(?<=\])(?=[(\[:])|(?<=:)(?=//)|(?<=(?<!\S)/)(?=\w)|(?<=\w)(?=\.[^\W\d_]{2}))"
)


def inert(text: str) -> str:
    """On one line, and nothing in it that a reader's program would act on."""
    return _BEGINS.sub(JOINER, clean(text[:_LONGEST]))


def plain_title(message: Message, *, room: int | None = None, weigh: Callable[[str], int] = len) -> str:
    """The level's mark and the headline, on one line. room: by `weigh`, at most."""
    title = f"{message.level.mark} {inert(message.headline) or message.level.word}"
    return title if room is None else cut(title, room, weigh)


def plain_text(
    message: Message,
    *,
    possible_repeat: bool = False,
    room: int | None = None,
    weigh: Callable[[str], int] = len,
) -> str:
    """All but the headline, which is the title. room: by `weigh`, at most.

    Where there is no room for all of it, values go first, then what stands behind a summary's trials, then reasons,
    then all but a few items, then the facts, then those items; how many there are is said, and whom it is about and
    where to look stay longest.
    """
    most = len(message.items) if room is None else _MOST
    text = ""
    for text in _Plain(message, possible_repeat, most).variants():
        if room is None or weigh(text) <= room:
            return text
    return cut(text, room or 0, weigh)


class _Plain:
    """A message with its words made inert once, for all the lengths that are tried."""

    def __init__(self, message: Message, repeat: bool, most: int) -> None:
        """most: items that there can be room for."""
        self._about = [REPEAT] if repeat else []
        self._about += [message.level.word]
        self._titles = [inert(text) for text in (message.title, message.subtitle) if text]
        # Told of each where they differ, and of each trial of a summary.
        weighed = any(item.link or item.level is not message.level for item in message.items[:most])
        self._items = [_Lines(item, weighed=weighed) for item in message.items[:most]]
        self._count = len(message.items)
        self._detailed = any(item.details for item in message.items)
        self._facts = [(inert(label), inert(value)) for label, value in message.facts]
        self._links = [
            f"{clean(link.text)}: {link.url}" for link in message.links if is_web_address(link.url)
        ]
        self._footer = clean(message.footer)

    def variants(self) -> Iterator[str]:
        """From the whole of it to the least."""
        count = len(self._items)
        if count == self._count:
            yield self._text(count, values=True, details=True)
            if self._detailed:
                yield self._text(count, details=True)
            yield self._text(count)
            yield self._text(count, reasons=False)
        few = min(count, _FEW)
        while count > few:
            yield self._text(count, reasons=False, short=True)
            count = max(count * 2 // 3, few)
        yield self._text(count, reasons=False, short=True)
        for fewer in range(count, -1, -1):
            yield self._text(fewer, reasons=False, short=True, facts=False)

    def _text(
        self,
        count: int,
        *,
        values: bool = False,
        details: bool = False,
        reasons: bool = True,
        short: bool = False,
        facts: bool = True,
    ) -> str:
        most = _SHORT if short else None
        about = self._about + [_at_most(title, most) for title in self._titles]
        items = [line for item in self._items[:count] for line in item.lines(values, reasons, most, details)]
        if count < self._count:
            items.append(f"and {self._count - count} more" if count else f"{self._count} in all")
        known = [f"{label}: {_at_most(value, most)}" for label, value in self._facts] if facts else []
        foot = [self._footer] if self._footer and facts else []
        return "\n\n".join("\n".join(part) for part in (about, items, known, self._links, foot) if part)


class _Lines:
    """One item, inert."""

    def __init__(self, item: Item, *, told: str = "", weighed: bool = False) -> None:
        """told: what the line above says already. weighed: how much it weighs is said before it."""
        self._weight = f"{item.level.mark} {item.level.word} · " if weighed and item.level in _WEIGHED else ""
        self._label, self._summary, self._reason = inert(item.label), inert(item.summary), inert(item.reason)
        values = (("Before", item.before), ("After", item.after))
        shown = [(word, cut(inert(value), _VALUE)) for word, value in values if value is not None]
        self._values = [(word, value) for word, value in shown if value not in self._summary]
        if self._label and self._summary in told:
            self._summary = ""
        self._details = [_Lines(one, told=self._summary) for one in item.details]
        self._url = item.link.url if item.link is not None and is_web_address(item.link.url) else ""

    def lines(
        self, values: bool, reasons: bool, most: int | None, details: bool, *, mark: str = "•"
    ) -> Iterator[str]:
        told = ": ".join(part for part in (self._label, _at_most(self._summary, most)) if part)
        yield f"{mark} {self._weight}{told}"
        if reasons and self._reason:
            yield f"  Why: {self._reason}"
        for word, value in self._values if values else ():
            yield f"  {word}: {value}"
        for one in self._details if details else ():
            if one.says_anything:
                yield from (f"  {line}" for line in one.lines(values, reasons, most, details, mark="–"))
        if self._url:
            yield f"  {self._url}"

    @property
    def says_anything(self) -> bool:
        """More than its label."""
        return bool(self._summary or self._reason or self._values)


def _at_most(text: str, most: int | None) -> str:
    return text if most is None else cut(text, most)
