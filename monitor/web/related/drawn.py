"""Related trials as the macro of `related-parts.html` draws them, on any page of a trial."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from monitor import addresses
from monitor.web.related.shapes import Related, RelatedTrial
from monitor.web.trial.head import standing

_STATES = {"gone": "no longer in the registry", "merged": "merged into another record"}
MOST_SHARED = 5  # words or identifiers named


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    trial: str
    href: str
    title: str
    status: str
    tone: str
    sign: str
    phase: str
    note: str  # where it is not simply there
    shares: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    href: str  # of the page of its own
    by_identifier: tuple[Row, ...]
    by_words: tuple[Row, ...]
    waiting: int


def drawn(found: Related) -> Drawn:
    return Drawn(
        href=addresses.related(found.registry, found.trial),
        by_identifier=tuple(_rows(found.by_identifier)),
        by_words=tuple(_rows(found.by_words)),
        waiting=found.waiting,
    )


def _rows(found: Iterable[RelatedTrial]) -> Iterable[Row]:
    for one in found:
        words, tone, sign = standing(one.status)
        more = len(one.shares) - MOST_SHARED
        yield Row(
            trial=one.trial,
            href=addresses.trial(one.registry, one.trial),
            title=one.title,
            status=words,
            tone=tone,
            sign=sign,
            phase=one.phase or "–",
            note=_STATES.get(one.state, ""),
            shares=", ".join(one.shares[:MOST_SHARED]) + (f" and {more} more" if more > 0 else ""),
        )
