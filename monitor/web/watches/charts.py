"""Small pictures of a watch as geometry: its statuses as one bar, its weeks as many. Pure; templates draw them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from monitor.web.trial.head import standing

_TONES = ("open", "waiting", "over", "stopped", "unknown")
LEVELS = ("critical", "major", "minor")  # from the ground up
LEAST = 0.7  # of a hundred: what is there is seen
HEIGHT = 48.0  # of the picture of weeks


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """The trials of one status."""

    status: str  # the registry's own word; '' where the record gives none
    words: str
    tone: str
    sign: str
    trials: int
    share: str  # `37 %`, `<1 %`
    at: float  # from the left, of a hundred
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    level: str
    y: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One week."""

    week: str  # its Monday
    x: int
    parts: tuple[Part, ...]
    critical: int
    major: int
    minor: int

    @property
    def all(self) -> int:
        return self.critical + self.major + self.minor


def segments(counts: Mapping[str, int]) -> tuple[Segment, ...]:
    """Those that are open first, those that stopped last; within a tone the most first."""
    total = sum(counts.values())
    ranked = []
    for status, trials in counts.items():
        words, tone, sign = standing(status or None)
        ranked.append((_TONES.index(tone), -trials, status, words, tone, sign))
    ranked.sort()
    wide = [max(LEAST, 100 * -one[1] / total) for one in ranked]
    scale = 100 / sum(wide) if wide else 0
    found: list[Segment] = []
    at = 0.0
    for (_, minus, status, words, tone, sign), width in zip(ranked, wide, strict=True):
        share = 100 * -minus / total
        found.append(
            Segment(
                status=status,
                words=words,
                tone=tone,
                sign=sign,
                trials=-minus,
                share=f"{share:.0f} %" if share >= 1 else "<1 %",
                at=round(at * scale, 2),
                width=round(width * scale, 2),
            )
        )
        at += width
    return tuple(found)


def mondays(today: date, count: int) -> tuple[str, ...]:
    """Of the last weeks, this one included, oldest first."""
    this = today - timedelta(days=today.weekday())
    return tuple((this - timedelta(weeks=back)).isoformat() for back in range(count - 1, -1, -1))


def bars(weeks: Mapping[str, Mapping[str, int]], mondays: tuple[str, ...]) -> tuple[Bar, ...]:
    """A bar a week, ten wide; the tallest as high as the picture."""
    most = max((sum(weeks.get(week, {}).values()) for week in mondays), default=0)
    return tuple(_bar(week, at * 10, weeks.get(week, {}), most) for at, week in enumerate(mondays))


def _bar(week: str, x: int, counts: Mapping[str, int], most: int) -> Bar:
    parts, ground = [], HEIGHT
    for level in LEVELS:
        if count := counts.get(level, 0):
            height = round(max(1.0, count * HEIGHT / most), 2)
            ground = max(0.0, round(ground - height, 2))
            parts.append(Part(level=level, y=ground, height=height))
    return Bar(
        week=week,
        x=x,
        parts=tuple(parts),
        critical=counts.get("critical", 0),
        major=counts.get("major", 0),
        minor=counts.get("minor", 0),
    )
