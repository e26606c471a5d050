"""What a person is told, neutral of the channel. Made by the application, rendered by each channel.

A message is stored before its first attempt and never changes after it. `thread`, `order` and `payload` are
opaque here: the application puts in what a channel needs to keep related messages together, in order, and
what a machine-readable channel writes.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec


class Level(StrEnum):
    """How loud a message is. INFO is of the watching itself, NOTICE for the operator, SAMPLE for `trialbell notify`."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    INFO = "info"
    NOTICE = "notice"
    SAMPLE = "sample"

    @property
    def mark(self) -> str:
        """A sign whose colour says the same as `word`, which always stands beside it."""
        return _MARKS[self]

    @property
    def word(self) -> str:
        return _WORDS[self]


_MARKS = {
    Level.CRITICAL: "🔴",
    Level.MAJOR: "🟠",
    Level.MINOR: "🟡",
    Level.INFO: "👀",
    Level.NOTICE: "🔧",
    Level.SAMPLE: "🔔",
}
_WORDS = {
    Level.CRITICAL: "Critical",
    Level.MAJOR: "Major",
    Level.MINOR: "Minor",
    Level.INFO: "Watching",
    Level.NOTICE: "Operator",
    Level.SAMPLE: "Sample",
}


class Link(msgspec.Struct, frozen=True, kw_only=True):
    text: str
    url: str  # http or https; a channel drops any other scheme


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One thing among those the message tells."""

    level: Level
    label: str  # e.g. "Recruitment status"
    summary: str  # one sentence
    reason: str = ""  # why it matters, half a sentence
    before: str | None = None  # plain text, any length: the channel shortens
    after: str | None = None
    link: Link | None = None  # where this one thing is looked up: of a summary's trial, its record
    details: tuple[
        Item, ...
    ] = ()  # what stands behind it, where there is room: of a summary's trial, its changes


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """What a person may do about a message, where a channel takes answers; elsewhere it is not shown."""

    name: str  # the application's word for it: `mute-trial`; letters, digits and `-`, 60 at most
    text: str  # on the button
    value: str  # opaque; comes back with who pressed it; 1,000 characters at most
    confirm: str = ""  # asked before it is done; "" for not


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """All strings are plain text of any length and content: to escape and shorten is the channel's work."""

    id: str  # unique; the same on every try
    level: Level
    headline: str  # what a phone's notification shows
    title: str = ""  # whom it is about, e.g. "NCT07146087 · MSC-derived exosomes in progressive MS"
    subtitle: str = ""  # e.g. "Biocells Medical · Early phase 1 · Suspended"
    items: tuple[Item, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()  # label, value: e.g. the three dates
    links: tuple[Link, ...] = ()
    actions: tuple[Action, ...] = ()
    footer: str = ""  # source and data build
    thread: str | None = None  # messages of one thread are kept together and in order
    order: int = 0  # within the thread; the application's, rising
    payload: dict[str, Any] | None = None  # what jsonl and webhook write
    # The id of the message that this one goes on, in the same thread: it holds no delivery, is shown in the thread
    # alone, and ends with the other when that one is given up.
    continues: str | None = None
    continued: int = 0  # how many messages go on this one in its thread; `Notifier.parts` says so
