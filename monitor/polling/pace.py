"""How far a sweep has come and how long it may still take: as its pages took up to now, and never faster than the
registry's rate allows. Where nothing is known yet, nothing is said."""

from __future__ import annotations

import msgspec

WHOLE, SLIM, POSTED = "whole", "slim", "posted"  # kinds of sweeps
_WIDE = 24  # characters of a bar
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
    """Its words behind a bar, for a terminal."""
    full = 0 if not pace.total else _WIDE * min(pace.arrived, pace.total) // pace.total
    return f"{'━' * full}{'╌' * (_WIDE - full)} {pace.words(page)}"


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
