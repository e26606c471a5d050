"""The line that clauses make: which of them are told, and in which wording, so that all fit in."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from snapshots.changes.headline.clause import LENGTHS, Clause, Form
from snapshots.changeset import Severity
from snapshots.terms import counted

LONGEST = 250  # characters, about: what stands in a title and is read at a glance
MOST = 5  # clauses, besides losses of sites
MOST_RESULTS = 2  # of them edits of posted results
LONGEST_SITES = 150  # characters of what is kept, where something else is told too
SHORT = 60  # characters of a clause that stands for `1 other change`
_LIMITS = tuple((LENGTHS[first], LENGTHS[other]) for first, other in ((0, 1), (1, 1), (1, 2), (2, 2)))


def line_of(clauses: Sequence[Clause], changes: int) -> str:
    """Of the ways to shorten them the first that tells most of what weighs. changes: all that there are."""
    lines = [_Line(clauses=clauses, changes=changes, first=first, other=other) for first, other in _LIMITS]
    for line in lines:
        line.fill()
    fitting = [line for line in lines[:-1] if len(line.words) <= LONGEST]  # the last would leave out names
    return max(fitting or lines, key=lambda line: (len(line.words) <= LONGEST, line.weight)).words


class _Line(msgspec.Struct, kw_only=True):
    clauses: Sequence[Clause]  # what weighs most first
    changes: int
    first: int  # most characters of the first clause
    other: int  # of any other
    shown: dict[int, Form] = msgspec.field(default_factory=dict)  # by the number of the clause

    @property
    def left(self) -> int:
        return self.changes - sum(form.count for form in self.shown.values())

    @property
    def words(self) -> str:
        told = [self.clauses[number].inside(self.shown[number]) for number in sorted(self.shown)]
        if self.left:
            told.append(counted(self.left, "other change"))
        line = "; ".join(told)
        return line[:1].upper() + line[1:]

    @property
    def weight(self) -> int:
        """How many of the changes that it tells are more than a detail."""
        return sum(
            form.count
            for number, form in self.shown.items()
            if self.clauses[number].severity > Severity.MINOR
        )

    @property
    def _room(self) -> int:
        """For one more clause, with what parts it from the last; what is kept has its place in any case."""
        kept = (clause.shortest for number, clause in enumerate(self.clauses) if self._waits(number))
        return LONGEST - len(self.words) - sum(len(form.words) + 2 for form in kept) - 2

    def fill(self) -> None:
        """The first always, and what is kept. Of the rest what fits, in the order given."""
        lead = self.clauses[0]
        alone = not any(map(self._weighs, range(1, len(self.clauses))))
        self.shown[0] = lead.within(self._room if alone else self.first) or lead.shortest
        for number, clause in enumerate(self.clauses):
            if self._waits(number):
                room = self._room + len(clause.shortest.words) + 2
                self.shown[number] = clause.within(min(LONGEST_SITES, room)) or clause.shortest
            elif number and self._is_told(number):
                self._add(number, self.other)
        for number in range(1, len(self.clauses)):
            if len(self.shown) == 1:  # a detail says more than that there are details
                self._add(number, self.other)
        untold = [number for number in range(len(self.clauses)) if number not in self.shown]
        if len(untold) == 1 and self.clauses[untold[0]].forms[0].count == self.left:
            self._add(untold[0], SHORT)
        for number in sorted(self.shown):
            self._tell_fuller(number)

    def _waits(self, number: int) -> bool:
        return self.clauses[number].kept and number not in self.shown

    def _weighs(self, number: int) -> bool:
        severity = self.clauses[number].severity
        return severity > Severity.MINOR or severity is self.clauses[0].severity

    def _is_told(self, number: int) -> bool:
        """A detail is told where all that weighs more is, and a reader asks for it."""
        clause = self.clauses[number]
        if len(self.shown) >= MOST:
            return False
        if clause.results and sum(self.clauses[one].results for one in self.shown) >= MOST_RESULTS:
            return False
        weighty = filter(self._weighs, range(len(self.clauses)))
        return self._weighs(number) or (clause.asked and all(one in self.shown for one in weighty))

    def _add(self, number: int, most: int) -> None:
        """In the fullest wording that fits beside what is told of those left out."""
        for form in self.clauses[number].forms:
            if len(form.words) <= most and len(form.words) <= self._room + self._spared(form):
                self.shown[number] = form
                return

    def _spared(self, form: Form) -> int:
        """Characters that are free when no change is left."""
        return len(f"; {counted(self.left, 'other change')}") if form.count == self.left else 0

    def _tell_fuller(self, number: int) -> None:
        clause, told = self.clauses[number], self.shown[number]
        for form in clause.forms:
            if form == told:
                break
            if clause.asked or len(form.words) <= self.other:
                self.shown[number] = form
                if len(self.words) <= LONGEST:
                    return
        self.shown[number] = told
