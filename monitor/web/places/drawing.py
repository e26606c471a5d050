"""Marks on the map: where they stand, how large they are, and which form says what. Pure; a template draws them.

Form, not colour alone: a disc is open, a ring is not (yet), a cross is gone or stopped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

from monitor.web.places.projection import placed

CELL = 2.0  # units of the map within which marks of one form are one
MOST_MARKS = 800
LEAST, MOST = 1.9, 13.0  # radius
_FORMS = {"open": "disc", "stopped": "cross", "gone": "cross"}
_ORDER = ("cross", "ring", "disc")  # from below


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    form: str  # disc, ring or cross
    x: float
    y: float
    r: float
    count: int

    @property
    def cross(self) -> str:
        """As a path."""
        arm = round(self.r * 0.8, 1)
        left, up = round(self.x - arm, 1), round(self.y - arm, 1)
        return f"M{left:g} {up:g}l{2 * arm:g} {2 * arm:g}m0 {-2 * arm:g}l{-2 * arm:g} {2 * arm:g}"


def form_of(tone: str) -> str:
    return _FORMS.get(tone, "ring")


def marks(found: Iterable[tuple[float, float, str, int]]) -> tuple[Mark, ...]:
    """Of (latitude, longitude, form, how many): the largest first within a form, discs above all."""
    cells: defaultdict[tuple[str, int, int], list[tuple[float, float, int]]] = defaultdict(list)
    for lat, lon, form, count in found:
        x, y = placed(lat, lon)
        cells[form, round(x / CELL), round(y / CELL)].append((x, y, count))
    drawn = []
    for (form, _, _), members in cells.items():
        count = sum(one[2] for one in members)
        drawn.append(
            Mark(
                form=form,
                x=round(sum(one[0] * one[2] for one in members) / count, 1),
                y=round(sum(one[1] * one[2] for one in members) / count, 1),
                r=round(min(MOST, LEAST * sqrt(1 + (count - 1) * 0.6)), 1),
                count=count,
            )
        )
    drawn.sort(key=lambda one: -one.count)
    return tuple(sorted(drawn[:MOST_MARKS], key=lambda one: (_ORDER.index(one.form), -one.count)))
