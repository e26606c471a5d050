"""One posted outcome measure that differs, and a line about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from snapshots.changes.results.leaves import Leaf
from snapshots.changes.results.lines import Line, turned
from snapshots.reaching import struct, text
from snapshots.terms import short

MODULE = "outcome measures"
KINDS = {"PRIMARY": "primary", "SECONDARY": "secondary", "POST_HOC": "post-hoc"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A measure that differs, in both versions."""

    old: Any  # None when it came
    new: Any  # None when it went
    leaves: tuple[Leaf, ...]

    @property
    def latest(self) -> dict[str, Any]:
        return struct(self.new if self.new is not None else self.old)

    @property
    def title(self) -> str:
        return short(text(self.latest.get("title")) or "a measure without a title", 90)

    @property
    def kind(self) -> str:
        """What it is; one that is or was primary is read as primary."""
        kinds = [text(struct(side).get("type")) or "" for side in (self.new, self.old)]
        if "PRIMARY" in kinds:
            return "primary"
        return KINDS.get(kinds[0] or kinds[1], "other")

    @property
    def primary(self) -> bool:
        return self.kind == "primary"


def measure_line(
    measure: Measure, aspect: str, words: str, several: str, leaves: Sequence[Leaf], **more: Any
) -> Line:
    if "before" not in more and "after" not in more:
        more["before"], more["after"] = turned(leaves)
    return Line(
        kind=f"{measure.kind}-{aspect}",
        module=MODULE,
        words=words,
        several=several,
        item=measure.title,
        leaves=tuple(leaves),
        **more,
    )
