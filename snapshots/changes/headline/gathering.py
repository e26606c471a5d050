"""Like changes gathered into one clause of a headline: `3 arms added (A, B, C)`. In the data they stay single."""

from __future__ import annotations

import re
from collections.abc import Sequence

from snapshots.changes.headline.clause import LENGTHS, Form, whole
from snapshots.changes.headline.order import filled_in
from snapshots.changeset import Action, FieldChange
from snapshots.terms import listed

NAMED = 3  # of many
NAMES = (60, 40, 28)  # characters of a name among several
_HEAD = re.compile(
    r"(?P<noun>Arm|Intervention|Document|Publication|Reference|Collaborator|Secondary id|(?:Primary|Secondary|Other)"
    r" outcome)(?P<of>'s [a-z ]+?)? (?P<how>added|dropped|removed|renamed|changed|linked)(?P<when>[^:]*)"
)
_ARM = re.compile(r"Arm\s+(?:\w{1,3}\s*[_:.–-]+\s*)?")


def like(change: FieldChange) -> tuple[object, ...] | None:
    """What is the same in changes that are told together; None for what is told by itself."""
    head, colon, _ = change.summary.partition(": ")
    if not colon or not change.item or not _HEAD.fullmatch(head):
        return None
    return change.field, change.action, change.severity, head, filled_in(change)


def gathered(changes: Sequence[FieldChange]) -> tuple[Form, ...]:
    """Of two or more that are alike, the fullest wording first."""
    found = _HEAD.fullmatch(changes[0].summary.partition(": ")[0])
    assert found is not None
    noun = found["noun"][:1].lower() + found["noun"][1:]
    number = len(changes)
    if found["of"]:
        of = found["of"].removeprefix("'s ")
        plural = of if of.endswith("s") else f"{of}s"
        words = f"{plural.capitalize()} of {number} {noun}s {found['how']}{found['when']}"
    else:
        words = f"{number} {noun}s {found['how']}{found['when']}"
    forms = []
    if changes[0].action is Action.EDITED and not found["of"]:  # both names of each
        forms.append(f"{words}: {'; '.join(change.summary.partition(': ')[2] for change in changes)}")
    names = _names(changes)
    forms += [f"{words} ({', '.join(whole(name, most) for name in names)})" for most in NAMES]
    if number > NAMED:
        forms.append(f"{words} ({listed([whole(name, NAMES[-1]) for name in names], NAMED)})")
    forms = [one for one in forms if len(one) <= LENGTHS[0]]
    return tuple(Form(words=one, count=number) for one in dict.fromkeys([*forms, words]))


def replaced(dropped: FieldChange, added: FieldChange) -> tuple[Form, ...]:
    """A primary outcome that went and another that came; empty when they are worded otherwise."""
    heads = [_HEAD.fullmatch(one.summary.partition(": ")[0]) for one in (dropped, added)]
    if heads[0] is None or heads[1] is None or heads[0]["when"] != heads[1]["when"]:
        return ()
    words = f"Primary outcome replaced{heads[0]['when']}"
    old, new = dropped.item or "", added.item or ""
    told = [f"{words}: {whole(old, most)} → {whole(new, most)}" for most in (70, 50, 35)]
    return tuple(Form(words=one, count=2) for one in dict.fromkeys([*told, words]))


def _names(changes: Sequence[FieldChange]) -> list[str]:
    """As given; without a counting `Arm 3:` where they are told apart without it, and a bare number in quotes."""
    names = [change.item or "" for change in changes]
    bare = [_ARM.sub("", name, count=1) for name in names]
    if changes[0].field == "arms" and all(len(one) > 2 for one in bare) and len(set(bare)) == len(bare):
        names = bare
    return [f"“{name}”" if len(name) < 3 else name for name in names]
