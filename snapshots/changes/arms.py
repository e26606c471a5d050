"""Arms and interventions: added, dropped, renamed, redescribed. What only repeats another's new name is no news."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from snapshots.changes.context import Context
from snapshots.changes.making import made
from snapshots.changeset import Action, FieldChange, Severity
from snapshots.comparison import Member
from snapshots.fields import Field
from snapshots.markup import normal_text, same_in_any_order
from snapshots.pairing import identity_text
from snapshots.reaching import members, struct
from snapshots.terms import listed, said, short

_FOLLOWING = {"interventionNames", "armGroupLabels"}  # they repeat labels told where they change


def arm(field: Field, member: Member, context: Context) -> FieldChange:
    name = named(field, member)
    if member.old_at is None:
        return made(
            field, member, Action.ADDED, f"Arm added: {name}", name, Severity.MAJOR, "an arm was added"
        )
    if member.new_at is None:
        return made(
            field, member, Action.REMOVED, f"Arm dropped: {name}", name, Severity.MAJOR, "an arm was dropped"
        )
    keys = new_words(member)
    if not keys - _FOLLOWING:
        return _silent(field, member, keys, name, f"Interventions of an arm follow: {name}")
    if "label" in keys:
        words = f"Arm renamed: {_value(member.old, 'label')} → {name}"
        return made(field, member, Action.EDITED, words, name, Severity.MAJOR, "an arm's label changed")
    if "type" in keys and struct(member.old).get("type") is None:
        return _typed(field, member, keys, name)
    if "type" in keys:
        words = f"{_called('Arm', name)}: {_value(member.old, 'type')} → {_value(member.new, 'type')}"
        return made(field, member, Action.EDITED, words, name, Severity.MAJOR, "an arm's type changed")
    return _redescribed(field, member, keys, name, _called("Arm", name))


def _typed(field: Field, member: Member, keys: Collection[str], name: str) -> FieldChange:
    """An arm whose type was not stated before: old records have none."""
    words = f"{_called('Arm', name)}: type stated, {_value(member.new, 'type').lower()}"
    if rest := sorted(field.words(key) for key in keys if key not in {*_FOLLOWING, "type"}):
        words += f"; {', '.join(rest)} changed"
    return made(field, member, Action.EDITED, words, name)


def intervention(field: Field, member: Member, context: Context) -> FieldChange:
    name = named(field, member)
    if member.old_at is None:
        words, reason = f"Intervention added: {name}", "an intervention was added"
        return made(field, member, Action.ADDED, words, name, Severity.MAJOR, reason)
    if member.new_at is None:
        words, reason = f"Intervention dropped: {name}", "an intervention was dropped"
        return made(field, member, Action.REMOVED, words, name, Severity.MAJOR, reason)
    keys = new_words(member)
    if not keys - _FOLLOWING:
        return _silent(field, member, keys, name, f"Arms of intervention {name} follow")
    if "name" in keys:
        words = f"Intervention renamed: {_value(member.old, 'name')} → {name}"
        return made(field, member, Action.EDITED, words, name, Severity.MAJOR, "an intervention changed")
    if "type" in keys:
        words = (
            f"{_called('Intervention', name)}: {_value(member.old, 'type')} → {_value(member.new, 'type')}"
        )
        return made(field, member, Action.EDITED, words, name, Severity.MAJOR, "an intervention changed")
    return _redescribed(field, member, keys, name, _called("Intervention", name))


def new_words(member: Member) -> set[str]:
    """The keys of a member whose words changed: neither their case or markup, nor the order of their lists."""
    old, new = struct(member.old), struct(member.new)
    return {key for key in member.keys if not same_in_any_order(old.get(key), new.get(key))}


def named(field: Field, member: Member) -> str:
    shown = member.new if member.new_at is not None else member.old
    name = short(identity_text(shown, field.identity), 100) if isinstance(shown, dict) else ""
    return name or "one without a name"


def respelt(field: Field, member: Member, name: str) -> FieldChange:
    """A member of the same words."""
    words, reason = f"{name} respelt", "the same words, set differently"
    return made(field, member, Action.EDITED, words, name, Severity.NOISE, reason)


def _silent(field: Field, member: Member, keys: Collection[str], name: str, words: str) -> FieldChange:
    if not keys:
        return respelt(field, member, name)
    return made(field, member, Action.EDITED, words, name, Severity.NOISE, "told where they changed")


def _redescribed(field: Field, member: Member, keys: Collection[str], name: str, called: str) -> FieldChange:
    if set(keys) - _FOLLOWING == {"otherNames"} and (names := _other_names(member)):
        return made(field, member, Action.EDITED, f"{called}: {names}", name)
    words = (
        f"{called}: {', '.join(sorted(field.words(key) for key in keys if key not in _FOLLOWING))} changed"
    )
    if set(keys) - _FOLLOWING == {"description"}:
        from snapshots.changes.texts import told_of

        words = f"{called}: description{told_of(member)}"
    return made(field, member, Action.EDITED, words, name)


def _other_names(member: Member) -> str:
    """`also called Torvekta; no longer called NLT-204`"""
    old, new = (
        [str(name) for name in members(struct(side).get("otherNames"))] for side in (member.old, member.new)
    )
    known = {normal_text(name) for name in old}
    left = {normal_text(name) for name in new}
    come = [short(name, 60) for name in new if normal_text(name) not in known]
    gone = [short(name, 60) for name in old if normal_text(name) not in left]
    parts = [f"also called {listed(come)}"] if come else []
    return "; ".join([*parts, f"no longer called {listed(gone)}"] if gone else parts)


def _value(side: Any, key: str) -> str:
    return short(said(struct(side).get(key)), 100)


def _called(thing: str, name: str) -> str:
    """`Arm Placebo`, and `Arm 1: high dose` as it is."""
    return name if name.casefold().startswith(thing.casefold()) else f"{thing} {name}"
