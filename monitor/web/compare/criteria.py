"""Which criterion of who may take part changed: each by its part and number, its words marked.

Read as the change set reads them (`snapshots.changes.texts.criteria`), so that the list and the sentence agree. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from monitor.web.compare.passages import both_marks
from monitor.web.drawing.blocks import shown_text
from snapshots.changes.texts import MOST_TEXT
from snapshots.changes.texts.criteria import criteria_read
from snapshots.clauses import Clause

MOST = 60  # criteria named on a page
LONGEST = 1_500  # characters of one


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One that came, went, moved or changed. name: `Inclusion criterion 3`."""

    name: str
    what: str  # changed, added, dropped, moved here from …
    words: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    named: tuple[Criterion, ...] = ()
    left_out: int = 0

    @property
    def drawn(self) -> tuple[Markup, ...]:
        return tuple(one.words for one in self.named)

    @property
    def line(self) -> str:
        """`Exclusion criterion 1 changed; inclusion criterion 4 added`, the first few."""
        said = [f"{one.name[:1].lower()}{one.name[1:]} {one.what}" for one in self.named[:4]]
        more = len(self.named) + self.left_out - len(said)
        line = "; ".join(said) + (f"; and {more} more" if more > 0 else "")
        return line[:1].upper() + line[1:]


NONE = Criteria()


def criteria(old: object, new: object) -> Criteria:
    """In the order in which they stand in the newer text; what was dropped stands where it stood before."""
    if not isinstance(old, str) or not isinstance(new, str) or len(old) + len(new) > MOST_TEXT:
        return NONE
    before, after, found = criteria_read(old, new)
    was, names = _names(before), _names(after)
    places = {id(one): at for at, one in enumerate(before)}
    places |= {id(one): at for at, one in enumerate(after)}
    made: list[tuple[int, Criterion]] = []

    def tell(one: Clause, name: str, what: str, older: str, newer: str) -> None:
        made.append((places[id(one)], Criterion(name=name, what=what, words=_marked(older, newer))))

    for a, b in found.edited:
        if not b.heading:
            moved = "" if _number(was[id(a)]) == _number(names[id(b)]) else f" (was {_bare(was[id(a)])})"
            tell(b, names[id(b)], f"changed{moved}", a.text, b.text)
    for a, b in found.moved:
        tell(b, names[id(b)], f"moved here (was {_bare(was[id(a)])})", b.text, b.text)
    for one in found.added:
        if not one.heading:
            tell(one, names[id(one)], "added", "", one.text)
    for one in found.dropped:
        if not one.heading:
            tell(one, was[id(one)], "dropped", one.text, "")
    made.sort(key=lambda pair: pair[0])
    return Criteria(named=tuple(one for _, one in made[:MOST]), left_out=max(0, len(made) - MOST))


def _names(side: Sequence[Clause]) -> dict[int, str]:
    """By the clause's identity: two may read the same."""
    return {id(one): name for one, name in zip(side, _numbered(side), strict=True)}


def _numbered(side: Sequence[Clause]) -> Iterator[str]:
    """Numbers count what stands by itself in each part; what stands below one has its number and its own: `3.2`."""
    counts: dict[str, int] = {}
    numbers: dict[tuple[str, str], str] = {}  # (part, key) → of the last criterion so worded
    below: dict[tuple[str, str], int] = {}
    for one in side:
        part = one.part.capitalize() or "Eligibility"
        if one.heading:
            yield f"{part} heading"
            continue
        above = numbers.get((one.part, one.parent)) if one.parent else None
        if above is None:
            counts[one.part] = counts.get(one.part, 0) + 1
            number = str(counts[one.part])
        else:
            below[one.part, above] = below.get((one.part, above), 0) + 1
            number = f"{above}.{below[one.part, above]}"
        numbers[one.part, one.key] = number
        yield f"{part} criterion {number}"


def _number(name: str) -> str:
    return name.rpartition(" ")[2]


def _bare(name: str) -> str:
    """`inclusion criterion 3`"""
    return name[:1].lower() + name[1:]


def _marked(older: str, newer: str) -> Markup:
    return both_marks(shown_text(older)[:LONGEST], shown_text(newer)[:LONGEST])
