"""Which criterion of who may take part changed: each by its part and number, its words marked.

Read as the change set reads them (`snapshots.changes.texts.criteria`), so that the list and the sentence agree. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from monitor.web.compare.passages import both_marks
from monitor.web.drawing.blocks import shown_text
from monitor.web.drawing.names import in_sentence
from monitor.web.shapes import CriterionChange
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
        said = [f"{in_sentence(one.name)} {one.what}" for one in self.named[:4]]
        more = len(self.named) + self.left_out - len(said)
        line = "; ".join(said) + (f"; and {more} more" if more > 0 else "")
        return line[:1].upper() + line[1:]


NONE = Criteria()


def criteria(old: object, new: object) -> Criteria:
    """As a page has them, bounded."""
    found = criteria_changes(old, new)
    named = tuple(
        Criterion(
            name=name_of(one),
            what=what_of(one),
            words=_marked(one.after if one.action == "moved" else one.before, one.after),
        )
        for one in found[:MOST]
    )
    return Criteria(named=named, left_out=len(found) - len(named))


def criteria_changes(old: object, new: object) -> list[CriterionChange]:
    """In the order in which they stand in the newer text; what was removed stands where it stood before.

    Empty where either side is no text, or both are too long to be read.
    """
    if not isinstance(old, str) or not isinstance(new, str) or len(old) + len(new) > MOST_TEXT:
        return []
    before, after, found = criteria_read(old, new)
    numbers = {id(one): number for side in (before, after) for one, number in _numbered(side)}
    places = {id(one): at for side in (before, after) for at, one in enumerate(side)}
    pairs: list[tuple[str, Clause | None, Clause | None]] = [
        *(("changed", a, b) for a, b in found.edited),
        *(("moved", a, b) for a, b in found.moved),
        *(("added", None, one) for one in found.added),
        *(("removed", one, None) for one in found.dropped),
    ]
    made: list[tuple[int, CriterionChange]] = []
    for action, was, now in pairs:
        here = now or was
        if here is None or here.heading:
            continue
        one = CriterionChange(
            part=here.part,
            number=numbers[id(here)],
            action=action,
            was_part=was.part if was else None,
            was_number=numbers[id(was)] if was else None,
            before=was.text if was else None,
            after=now.text if now else None,
        )
        made.append((places[id(here)], one))
    made.sort(key=lambda pair: pair[0])
    return [one for _, one in made]


def name_of(one: CriterionChange) -> str:
    """`Inclusion criterion 3`"""
    return _name(one.part, one.number)


def what_of(one: CriterionChange) -> str:
    """`changed (was inclusion criterion 2)`"""
    was = ""
    if one.was_number is not None and (one.was_part, one.was_number) != (one.part, one.number):
        name = _name(one.was_part or "", one.was_number)
        was = f" (was {in_sentence(name)})"
    return {"moved": "moved here", "removed": "dropped"}.get(one.action, one.action) + was


def _name(part: str, number: str) -> str:
    return f"{part.capitalize() or 'Eligibility'} criterion {number}"


def _numbered(side: Sequence[Clause]) -> Iterator[tuple[Clause, str]]:
    """Numbers count what stands by itself in each part; what stands below one has its number and its own: `3.2`."""
    counts: dict[str, int] = {}
    numbers: dict[tuple[str, str], str] = {}  # (part, key) → of the last criterion so worded
    below: dict[tuple[str, str], int] = {}
    for one in side:
        if one.heading:
            yield one, ""
            continue
        above = numbers.get((one.part, one.parent)) if one.parent else None
        if above is None:
            counts[one.part] = counts.get(one.part, 0) + 1
            number = str(counts[one.part])
        else:
            below[one.part, above] = below.get((one.part, above), 0) + 1
            number = f"{above}.{below[one.part, above]}"
        numbers[one.part, one.key] = number
        yield one, number


def _marked(older: str | None, newer: str | None) -> Markup:
    return both_marks(shown_text(older or "")[:LONGEST], shown_text(newer or "")[:LONGEST])
