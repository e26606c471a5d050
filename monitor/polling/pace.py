"""How far a sweep has come and how long it may still take: as its pages took up to now, and never faster than the
registry's rate allows. Where nothing is known yet, nothing is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

WHOLE, SLIM, POSTED = "whole", "slim", "posted"  # kinds of sweeps
_WIDE = 12  # characters of a bar: with its words it stays within 78 columns
SAID_EVERY = timedelta(minutes=1)  # between two lines on how far a sweep has come
EVERYTHING = "{}"  # the question that the whole registry answers


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """A sweep that is not at its end."""

    registry: str
    question: str  # what queries that match the same share
    kind: str
    arrived: int  # records
    total: int | None  # that the registry counts; None before the first page
    size: int  # records a page
    pages: int  # asked for by whoever works on it
    seconds: float  # that these took

    def left(self, page: float) -> float | None:
        """Seconds to its end. page: what one takes at least. None while nothing is known."""
        if self.total is None or not self.pages or not self.size:
            return None
        pages = -(-max(0, self.total - self.arrived) // self.size)
        return pages * max(page, self.seconds / self.pages)

    def words(self, page: float | None) -> str:
        """One line. page: as in `left`; None where nobody works on it."""
        if self.question == EVERYTHING:
            what = {WHOLE: "mirroring the whole registry", SLIM: "verifying the whole registry"}.get(
                self.kind, "asking what was posted"
            )
        else:
            what = f"sweeping the query {self.question}"
        if self.total is None:
            return what
        share = 100 * self.arrived // max(1, self.total)
        line = f"{what}: {self.arrived:,} of {self.total:,} ({share} %)"
        if page is None:
            return f"{line}, the next poll goes on"
        left = self.left(page)
        return line if left is None else f"{line}, {_span(left)} more at the registry's rate"


def bar(pace: Pace, page: float | None) -> str:
    """A bar and few words, for a terminal of 80 columns; behind the last page, what goes on without pages."""
    if pace.total is not None and pace.arrived >= pace.total:
        return f"{_came(pace)}: {_follows(pace)}"
    full = 0 if not pace.total else _WIDE * pace.arrived // pace.total
    line = f"{'━' * full}{'╌' * (_WIDE - full)} {_doing(pace)}"
    if pace.total is None:
        return line
    line += f" {pace.arrived:,} of {pace.total:,} ({100 * pace.arrived // pace.total} %)"
    left = None if page is None else pace.left(page)
    return line if left is None else f"{line}, {_span(left)}"


class Plainly:
    """What a bar shows as lines, where there is no terminal: as a long sweep begins, each minute, and as it ends.

    page: what one takes at least, in seconds.
    """

    def __init__(self, say: Callable[[str], object], *, clock: Callable[[], datetime], page: float) -> None:
        self._say = say
        self._clock = clock
        self._page = page
        self._said: tuple[tuple[str, str], datetime] | None = None  # which sweep, when

    def __call__(self, pace: Pace) -> None:
        which, now = (pace.question, pace.kind), self._clock()
        begun = self._said is not None and self._said[0] == which
        if pace.total is not None and pace.arrived >= pace.total:
            if begun:
                self._say(f"{_came(pace)}: {_follows(pace)}")
                self._said = None
        elif pace.total is not None and (
            not begun or self._said is None or now - self._said[1] >= SAID_EVERY
        ):
            self._say(pace.words(self._page))
            self._said = which, now


def _doing(pace: Pace) -> str:
    if pace.question != EVERYTHING:
        return "sweeping a query"
    return {WHOLE: "mirroring", SLIM: "verifying"}.get(pace.kind, "asking what was posted")


def _came(pace: Pace) -> str:
    return f"{pace.arrived:,} {'records came' if pace.kind == WHOLE else 'compared'}"


def _follows(pace: Pace) -> str:
    if pace.kind == WHOLE:
        return "concluding from them and indexing"
    return "fetching what differs, concluding and indexing"


def page_seconds(requests_per_minute: int) -> float:
    """What a page takes at least, by a registry's rate."""
    return 60 / requests_per_minute


def _span(seconds: float) -> str:
    """In words as rough as an estimate is."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 90:
        return f"about {minutes} min"
    return f"about {round(minutes / 60)} h"
