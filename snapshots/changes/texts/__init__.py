"""Texts that changed: short ones whole, long ones by sentence and then by word, numbers first."""

from __future__ import annotations

from collections.abc import Sequence

from snapshots.changes.making import action_of, change
from snapshots.changes.texts.quotes import Edit, edit
from snapshots.changeset import Action, FieldChange, Severity
from snapshots.clauses import clauses
from snapshots.comparison import Difference, Member
from snapshots.markup import same_words
from snapshots.pairing.clauses import Reading, read
from snapshots.reaching import struct
from snapshots.terms import counted, short
from snapshots.words import marked

SHORT = 160  # characters of both texts up to which they are quoted whole
MOST_TEXT = 100_000  # characters read by clause; the registry's longest text has 32,000
QUOTE = 70  # characters of one quote among several
PAIR = 95  # of one quote of two edits
ALONE = 140  # of a quote that stands alone
LONGEST = 400  # characters of a sentence, about
LONGEST_OF_MEMBER = 180
NAMED = 2  # edits of a description that are told; of criteria, `criteria.NAMED`
SET_ALIKE = "the same words, set differently"


def text_change(one: Difference) -> FieldChange:
    label = one.field.label
    action = action_of(one.old, one.new)
    if action is Action.ADDED:
        return change(one, f"{label} added: {short(str(one.new))}")
    if action is Action.REMOVED:
        return change(one, f"{label} removed: {short(str(one.old))}")
    old, new = str(one.old), str(one.new)
    if one.field.section == "Identification":  # a name, or a title: no sentences
        words = _one_edit(old, new) or f": {short(old, LONGEST // 2)} → {short(new, LONGEST // 2)}"
        return change(one, f"{label}{words}", action=Action.CHANGED)
    if len(old) + len(new) <= SHORT and not same_words(old, new):
        return change(one, f"{label}: {short(old)} → {short(new)}", action=Action.EDITED)
    said = "" if same_words(old, new) else told(old, new)
    if not said:
        return change(
            one,
            f"{label} in the same words, set differently",
            action=Action.EDITED,
            severity=Severity.NOISE,
            reason=SET_ALIKE,
        )
    return change(one, f"{label}{said}", action=Action.EDITED)


def _one_edit(old: str, new: str) -> str:
    """Of a title from which some words went, or to which some came, and nothing else happened; else empty."""
    marks = [(mark, text.strip(" ,:;-")) for mark, text in marked(old, new) if mark != "="]
    if len(marks) != 1 or not any(char.isalnum() for char in marks[0][1]):
        return ""
    ((mark, text),) = marks
    return f" {'shortened: no longer' if mark == '-' else 'extended: now with'} “{short(text, ALONE)}”"


def told(old: str, new: str, *, most: int = LONGEST) -> str:
    """What goes on after a text's label: ` reworded: “…” → “…”`. Empty when only its setting changed."""
    if len(old) + len(new) > MOST_TEXT:
        return f" changed ({len(old):,} → {len(new):,} characters, too long to be read by sentence)"
    before, after = (clauses(text, items_whole=False) for text in (old, new))
    found = read(before, after)
    if rewritten(found, len(before), len(after)):
        return f" rewritten, {counted(len(before), 'sentence')} → {len(after)}"
    if found.edited:
        quote = longest_quote(len(found.edited))
        edits = [edit(old.text, new.text, most=quote) for old, new in found.edited]
        return fitted(f" {_counts(found, edits, len(before))}", _in_words(edits), most=most)
    if found.dropped or found.added:
        return _came_or_went(found)
    if found.moved or found.rearranged:
        return " rearranged"
    if found.reordered:
        return ": the same sentences in another order"
    return " changed in punctuation only" if found.repunctuated else ""


def told_of(member: Member, key: str = "description") -> str:
    """The same of one text of a list's member, with room for the member's name."""
    old, new = (struct(side).get(key) for side in (member.old, member.new))
    if not isinstance(old, str) or not isinstance(new, str):
        return " added" if old is None else " removed" if new is None else " changed"
    return told(old, new, most=LONGEST_OF_MEMBER) or " changed"


def rewritten(found: Reading, old: int, new: int) -> bool:
    """Whether less than a third of the longer text can be found in the other."""
    kept = len(found.same) + len(found.repunctuated) + len(found.moved) + len(found.edited)
    return max(old, new) >= 3 and kept * 3 < max(old, new)


def _counts(found: Reading, edits: Sequence[Edit], sentences: int) -> str:
    """`changed in 3 of 9 sentences, 1 added`."""
    words = "changed" if any(one.figures or " → " not in one.quote for one in edits) else "reworded"
    if len(edits) > 1:
        words += f" in {len(edits)} of {sentences} sentences"
    words += f", {len(found.added)} added" if found.added else ""
    return words + (f", {len(found.dropped)} dropped" if found.dropped else "")


def _in_words(edits: Sequence[Edit]) -> list[str]:
    """Each edited sentence in a few words, those with other numbers first."""
    numbers = [", ".join(one.figures) for one in edits if one.figures]
    return numbers + [f"{one.quote}{further(one)}" for one in edits if one.quote and not one.figures]


def longest_quote(edits: int) -> int:
    """Characters of each quote where so many edits are told."""
    return ALONE if edits == 1 else PAIR if edits == 2 else QUOTE


def further(one: Edit) -> str:
    return f", and in {counted(one.more, 'more place')}" if one.more else ""


def _came_or_went(found: Reading) -> str:
    words = []
    for clauses_, verb in ((found.added, "added"), (found.dropped, "dropped")):
        if clauses_:
            first = short(clauses_[0].text, ALONE)
            count = "a sentence" if len(clauses_) == 1 else f"{len(clauses_)} sentences"
            words.append(f"{count} {verb}, “{first}”" + (" first" if len(clauses_) > 1 else ""))
    return f": {'; '.join(words)}"


def fitted(lead: str, words: list[str], *, most: int, named: int = NAMED) -> str:
    """`lead: one; another and 2 more`, as many as have room; the first always."""
    shown = words[:1]
    for one in words[1:named]:
        if len(lead) + sum(map(len, shown)) + len(one) + 20 > most:
            break
        shown.append(one)
    left = len(words) - len(shown)
    return f"{lead}: {'; '.join(shown)}" + (f" and {left} more" if left else "")
