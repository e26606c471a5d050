"""Eligibility criteria: which criterion of which part came, went, moved or changed, and its numbers first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from msgspec.structs import replace

from snapshots.changes.making import action_of, change
from snapshots.changes.texts import LONGEST, MOST_TEXT, QUOTE, SET_ALIKE, further, longest_quote, rewritten
from snapshots.changes.texts.quotes import edit
from snapshots.changeset import Action, FieldChange, Severity
from snapshots.clauses import Clause, clauses
from snapshots.comparison import Difference
from snapshots.markup import same_words
from snapshots.pairing.clauses import Reading, read
from snapshots.terms import listed, short

NAMED = 3  # criteria that a sentence quotes; of the others it says how many
_BY_NUMBER = re.compile(r"\b(?:criteri(?:on|a)|items?|numbers?|points?|no\.)\s*#?\d", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """What happened alike to criteria of one part."""

    rank: int  # the lower, the earlier it is told
    part: str
    verb: str
    words: list[str]  # one a criterion

    def said(self, most: int) -> str:
        shown = self.words[:most]
        if self.verb == "moved":
            return f"Moved from {self.part}: {listed(self.words, most)}"
        if self.verb == "heading":
            return f"Heading {'; heading '.join(shown)}"
        many = len(self.words)
        name = f"{self.part} criteri{'on' if many == 1 else 'a'}"
        if self.verb == "changed":
            left = f" and {many - len(shown)} more" if many > len(shown) else ""
            return f"{name[:1].upper()}{name[1:]} changed: {'; '.join(shown)}{left}"
        lead = f"{name[:1].upper()}{name[1:]}" if many == 1 else f"{many} {name}"
        return f"{lead} {self.verb}: {listed(self.words, max(most, 1) + (many > most))}"


def criteria_change(one: Difference) -> FieldChange:
    label = one.field.label
    action = action_of(one.old, one.new)
    if action is Action.ADDED:
        return change(one, f"{label} added: {short(str(one.new))}")
    if action is Action.REMOVED:
        return change(one, f"{label} removed: {short(str(one.old))}")
    said, news = criteria_told(str(one.old), str(one.new))
    if not news:
        return change(one, said, action=Action.EDITED, severity=Severity.NOISE, reason=SET_ALIKE)
    return change(one, said, action=Action.EDITED)


def criteria_told(old: str, new: str) -> tuple[str, bool]:
    """A sentence, and whether it is news."""
    if same_words(old, new):
        return "Eligibility criteria in the same words, set differently", False
    if len(old) + len(new) > MOST_TEXT:
        return (
            f"Eligibility criteria changed ({len(old):,} → {len(new):,} characters, too long to be read)",
            True,
        )
    before, after, found = criteria_read(old, new)
    counts = [sum(not one.heading and not one.parent for one in side) for side in (before, after)]
    bodies = [sum(not one.heading for one in side) for side in (before, after)]
    if rewritten(_bodies(found), *bodies):
        return _rewritten(found, *counts), True
    groups = sorted(_groups(found), key=lambda group: group.rank)
    if groups:
        return _sentence(groups), True
    if found.rearranged:
        return "Eligibility criteria rearranged", True
    if found.reordered and _BY_NUMBER.search(new):
        return "Eligibility criteria in another order, some named by number", True
    if found.repunctuated:
        return "Eligibility criteria changed in punctuation only", True
    order = "in another order" if found.reordered else "in the same words, set differently"
    return f"Eligibility criteria {order}", False


@lru_cache(maxsize=4)  # a page that names the criteria has just had their sentence made
def criteria_read(old: str, new: str) -> tuple[list[Clause], list[Clause], Reading]:
    """Both texts, criterion by criterion, and which of them are which; bounded by MOST_TEXT only where it is asked."""
    before, after = (clauses(text, items_whole=True) for text in (old, new))
    if _parts(before) != _parts(after):  # a heading came or went: what stands below it has not moved
        before, after = (
            [one if one.heading else replace(one, part="", group="") for one in side]
            for side in (before, after)
        )
    return before, after, read(before, after)


def _parts(side: Sequence[Clause]) -> set[str]:
    return {one.part for one in side if one.heading}


def _bodies(found: Reading) -> Reading:
    """Without the headings, which are alike in most texts."""
    return replace(
        found,
        same=[pair for pair in found.same if not pair[0].heading],
        repunctuated=[pair for pair in found.repunctuated if not pair[0].heading],
        edited=[pair for pair in found.edited if not pair[0].heading],
    )


def _groups(found: Reading) -> Iterator[_Group]:
    edits: dict[str, list[tuple[str, bool]]] = {}
    many = len(found.edited) + len(found.added) + len(found.dropped) + len(found.moved)
    most = longest_quote(many)
    for old, new in found.edited:
        if not old.heading:
            edits.setdefault(new.part, []).append(_edited(old, new, most=most, alone=many == 1))
    for part, told in edits.items():
        told.sort(key=lambda pair: not pair[1])
        words = [words for words, _ in told]
        yield _Group(rank=0 if told[0][1] else 4, part=part or "eligibility", verb="changed", words=words)
    moved: dict[str, list[str]] = {}
    for old, new in found.moved:
        moved.setdefault(f"{old.part or 'no part'} to {new.part or 'no part'}", []).append(_quoted(new, most))
    for way, words in moved.items():
        yield _Group(rank=1, part=way, verb="moved", words=words)
    for rank, verb, side in ((2, "dropped", found.dropped), (3, "added", found.added)):
        by_part: dict[str, list[str]] = {}
        for one in side:
            if not one.heading:
                by_part.setdefault(one.part, []).append(_quoted(one, most))
        for part, words in by_part.items():
            yield _Group(rank=rank, part=part or "eligibility", verb=verb, words=words)
    headings = [f"“{_named(old)}” → “{_named(new)}”" for old, new in found.edited if old.heading]
    headings += [f"“{_named(one)}” dropped" for one in found.dropped if one.heading]
    headings += [f"“{_named(one)}” added" for one in found.added if one.heading]
    if headings:
        yield _Group(rank=5, part="", verb="heading", words=headings)


def _edited(old: Clause, new: Clause, *, most: int, alone: bool) -> tuple[str, bool]:
    """A changed criterion in a few words, and whether its numbers changed."""
    found = edit(old.text, new.text, most=most)
    words = ", ".join(found.figures)
    if not words:
        return f"{found.quote}{further(found)}", False
    if found.quote:
        words += f", and {found.quote}" if alone or len(found.quote) <= QUOTE else ", and reworded"
    return words, True


def _quoted(one: Clause, most: int) -> str:
    return f"“{short(_named(one), most)}”"


def _named(one: Clause) -> str:
    return one.text.rstrip(" .;,:")


def _sentence(groups: Sequence[_Group]) -> str:
    """At most three criteria are named, as many as have room; the first always."""
    said: list[str] = []
    named = 0
    for group in groups:
        for most in range(min(NAMED - named, len(group.words)), 0, -1):
            words = group.said(most)
            one_line = "; ".join([*said, words])
            if len(one_line) <= LONGEST or (not said and most == 1):
                said.append(words if not said else words[:1].lower() + words[1:])
                named += most
                break
        else:
            break
    left = sum(len(group.words) for group in groups[len(said) :])
    if left:
        said.append(f"and {left} more criteri{'on' if left == 1 else 'a'} changed")
    return "; ".join(said)


def _rewritten(found: Reading, old: int, new: int) -> str:
    words = f"Eligibility criteria rewritten, {old} criteria → {new}"
    numbers = [number for a, b in found.edited for number in edit(a.text, b.text, most=QUOTE).figures]
    for number in numbers[:NAMED]:
        if len(words) + len(number) + 2 <= LONGEST:
            words += f"; {number}"
    return words
