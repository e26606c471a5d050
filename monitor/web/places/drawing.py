"""Marks on the map: where they stand, how large they are, and which form says what. Pure; a template draws them.

Form, not colour alone: a disc is open, a ring is not (yet), a cross is gone or stopped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from monitor.web.places.projection import HEIGHT, WIDTH, placed

Placed = tuple[float, float, str, int]  # latitude, longitude, form, how many

CELL = 2.0  # units of the map within which marks of one form are one
MOST_MARKS = 800
LEAST, MOST = 1.9, 13.0  # radius
LEAST_SHOWN = 0.2  # of the world's width: nearer, an outline of countries says little
ROOM = 1.25  # how much wider than the marks
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
        arm = round(self.r * 0.8, 2)
        left, up = round(self.x - arm, 2), round(self.y - arm, 2)
        return f"M{left:g} {up:g}l{2 * arm:g} {2 * arm:g}m0 {-2 * arm:g}l{-2 * arm:g} {2 * arm:g}"


def form_of(tone: str) -> str:
    return _FORMS.get(tone, "ring")


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """The part of the world that is shown, in the map's units, and the marks on it."""

    x: float
    y: float
    width: float
    height: float
    marks: tuple[Mark, ...]


def drawn_map(found: Sequence[Placed]) -> Map:
    """What lies close together is seen from nearer: the part that holds all marks, in the shape of the whole."""
    if not found:
        return Map(x=0, y=0, width=WIDTH, height=HEIGHT, marks=())
    across, down = zip(*(placed(lat, lon) for lat, lon, _, _ in found), strict=True)
    share = min(
        1.0,
        max(LEAST_SHOWN, (max(across) - min(across)) / WIDTH * ROOM, (max(down) - min(down)) / HEIGHT * ROOM),
    )
    width, height = WIDTH * share, HEIGHT * share
    left = min(max(0.0, (max(across) + min(across) - width) / 2), WIDTH - width)
    top = min(max(0.0, (max(down) + min(down) - height) / 2), HEIGHT - height)
    return Map(
        x=round(left, 1),
        y=round(top, 1),
        width=round(width, 1),
        height=round(height, 1),
        marks=marks(found, share=share),
    )


def marks(found: Iterable[Placed], *, share: float = 1.0) -> tuple[Mark, ...]:
    """Of (latitude, longitude, form, how many): the largest first within a form, discs above all.

    share: how much of the map's width is shown; marks look alike from near and far.
    """
    cell = CELL * share
    cells: defaultdict[tuple[str, int, int], list[tuple[float, float, int]]] = defaultdict(list)
    for lat, lon, form, count in found:
        x, y = placed(lat, lon)
        cells[form, round(x / cell), round(y / cell)].append((x, y, count))
    drawn = []
    for (form, _, _), members in cells.items():
        count = sum(one[2] for one in members)
        drawn.append(
            Mark(
                form=form,
                x=round(sum(one[0] * one[2] for one in members) / count, 2),
                y=round(sum(one[1] * one[2] for one in members) / count, 2),
                r=round(min(MOST, LEAST * sqrt(1 + (count - 1) * 0.6)) * share, 2),
                count=count,
            )
        )
    drawn.sort(key=lambda one: -one.count)
    return tuple(sorted(drawn[:MOST_MARKS], key=lambda one: (_ORDER.index(one.form), -one.count)))
