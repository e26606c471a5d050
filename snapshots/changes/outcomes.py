"""Outcomes: reworded, added, dropped, or moved between primary, secondary and other; and when that happened."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from snapshots.changes.context import Context
from snapshots.changes.making import member_change, member_path
from snapshots.changes.members import commented, reordered
from snapshots.changeset import Action, FieldChange, Severity
from snapshots.comparison import Difference, Member
from snapshots.fields import Field
from snapshots.markup import normal_text, same_words
from snapshots.reaching import struct
from snapshots.terms import short
from snapshots.words import marked

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_NAMES = {"primary-outcomes": "primary", "secondary-outcomes": "secondary", "other-outcomes": "other"}
LONGEST_FRAMES = 600  # characters of two time frames compared by word
_SAID = {"timeFrame": "time frame", "description": "description"}
MANY = 3  # the same edit in so many outcomes of a list is one change


def outcome_changes(found: Sequence[Difference], context: Context) -> list[FieldChange]:
    """Over all three lists together: what left one and came to another was moved."""
    changes: list[FieldChange] = []
    gone: list[tuple[Field, Member]] = []
    come: list[tuple[Field, Member]] = []
    for one in found:
        if one.reordered:
            changes.append(reordered(one))
        gone += [(one.field, member) for member in one.members if member.new_at is None]
        come += [(one.field, member) for member in one.members if member.old_at is None]
    for (old_field, old), (new_field, new) in _moves(gone, come):
        changes.append(_moved(old_field, old, new_field, new, context))
        gone = [pair for pair in gone if pair[1] is not old]
        come = [pair for pair in come if pair[1] is not new]
    changes += [_added(field, member, context) for field, member in come]
    changes += [_dropped(field, member, context) for field, member in gone]
    for one in found:
        edited = [member for member in one.members if member.old_at is not None and member.new_at is not None]
        changes += _edits(one.field, edited, context)
    return changes


def _moves(
    gone: list[tuple[Field, Member]], come: list[tuple[Field, Member]]
) -> list[tuple[tuple[Field, Member], tuple[Field, Member]]]:
    if not gone or not come:
        return []
    from snapshots.pairing.outcomes import moves

    before = {(field.slug, at): (field, one) for field, one in gone if (at := one.old_at) is not None}
    after = {(field.slug, at): (field, one) for field, one in come if (at := one.new_at) is not None}
    found = moves(
        {place: one.old for place, (_, one) in before.items()},
        {place: one.new for place, (_, one) in after.items()},
    )
    return [(before[place], after[other]) for place, other in found]


def _moved(old_field: Field, old: Member, new_field: Field, new: Member, context: Context) -> FieldChange:
    primary = "primary" in (_NAMES[old_field.slug], _NAMES[new_field.slug])
    field = old_field if _NAMES[old_field.slug] == "primary" else new_field
    name = _name(new.new)
    words = f"Outcome moved from {_NAMES[old_field.slug]} to {_NAMES[new_field.slug]} {context.when}: {name}"
    return member_change(
        field,
        Action.MOVED,
        words,
        paths=[member_path(old_field, old.old_at, None), member_path(new_field, None, new.new_at)],
        before=old.old,
        after=new.new,
        item=name,
        severity=Severity.CRITICAL if primary else Severity.MINOR,
        reason=f"a primary outcome was moved {context.when}" if primary else "",
        tags=_integrity(context) if primary else (),
    )


def _added(field: Field, member: Member, context: Context) -> FieldChange:
    kind, name = _NAMES[field.slug], _name(member.new)
    primary = kind == "primary"
    return member_change(
        field,
        Action.ADDED,
        f"{kind.capitalize()} outcome added {context.when}: {name}",
        paths=[member_path(field, None, member.new_at)],
        before=None,
        after=member.new,
        item=name,
        severity=Severity.CRITICAL if primary else Severity.MINOR,
        reason=f"a primary outcome was added {context.when}" if primary else "",
        tags=_integrity(context) if primary else (),
    )


def _dropped(field: Field, member: Member, context: Context) -> FieldChange:
    kind, name = _NAMES[field.slug], _name(member.old)
    primary = kind == "primary"
    return member_change(
        field,
        Action.REMOVED,
        f"{kind.capitalize()} outcome dropped {context.when}: {name}",
        paths=[member_path(field, member.old_at, None)],
        before=member.old,
        after=None,
        item=name,
        severity=Severity.CRITICAL if primary else Severity.MINOR,
        reason=f"a primary outcome was dropped {context.when}" if primary else "",
        tags=_integrity(context) if primary else (),
    )


def _edits(field: Field, members: Sequence[Member], context: Context) -> list[FieldChange]:
    groups: dict[tuple[Any, ...], list[Member]] = {}
    for member in members:
        key = (
            ("timeFrame", *_edit(member.old.get("timeFrame"), member.new.get("timeFrame")))
            if _changed(member) == {"timeFrame"}
            else ("alone", member.old_at, member.new_at)
        )
        groups.setdefault(key, []).append(member)
    changes = []
    for key, group in groups.items():
        if key[0] == "timeFrame" and len(group) >= MANY:
            changes.append(_many_frames(field, group, context))
        else:
            changes += [_edited(field, member, context) for member in group]
    return changes


def _changed(member: Member) -> set[str]:
    """The keys of an outcome whose words changed; of what is no outcome, all of it."""
    if not isinstance(member.old, dict) or not isinstance(member.new, dict):
        return {"measure"}
    return {key for key in member.keys if not same_words(member.old.get(key), member.new.get(key))}


def _many_frames(field: Field, group: Sequence[Member], context: Context) -> FieldChange:
    kind = _NAMES[field.slug]
    whole = {(one.old.get("timeFrame"), one.new.get("timeFrame")) for one in group}
    if len(whole) == 1:
        ((old, new),) = whole
        old, new = str(old or "none"), str(new or "none")
    else:
        old, new = _edit(group[0].old.get("timeFrame"), group[0].new.get("timeFrame"))
    severity = max(_weight(field, one) for one in group)
    how = f"changed {context.when}: {short(old, 80)} → {short(new, 80)}"
    if all(_stated(one) for one in group):
        how = f"stated {context.when}: {short(new, 80)}"
    return member_change(
        field,
        Action.EDITED,
        f"Time frame of {len(group)} {kind} outcomes {how}",
        paths=[member_path(field, one.old_at, one.new_at) for one in group],
        before=old,
        after=new,
        item=f"{len(group)} outcomes",
        severity=severity,
        reason=f"time frames changed {context.when}" if severity is Severity.MAJOR else "",
        tags=_integrity(context) if severity is Severity.MAJOR else (),
    )


def _edit(before: Any, after: Any) -> tuple[str, str]:
    """The words that went and those that came: `59`, `58 months`, whatever stands around them."""
    old, new = str(before or ""), str(after or "")
    if len(old) + len(new) > LONGEST_FRAMES:
        return old, new
    marks = marked(old, new)
    gone = " … ".join(text.strip() for mark, text in marks if mark == "-" and text.strip())
    come = " … ".join(text.strip() for mark, text in marks if mark == "+" and text.strip())
    unit = re.match(r"\s*(\w+)", marks[-1][1]) if marks and marks[-1][0] == "=" else None
    if len(marks) > 1 and unit and gone.isdigit() and come.isdigit():
        come = f"{come} {unit[1]}"
    return gone or "nothing", come or "nothing"


def _edited(field: Field, member: Member, context: Context) -> FieldChange:
    if member.beside:
        return commented(field, member)
    kind, name = _NAMES[field.slug], _name(member.new)
    keys = _changed(member)
    paths = [member_path(field, member.old_at, member.new_at)]
    if not keys:
        return member_change(
            field,
            Action.EDITED,
            f"{kind.capitalize()} outcome respelt: {name}",
            paths=paths,
            before=member.old,
            after=member.new,
            item=name,
            severity=Severity.NOISE,
            reason="the same words",
        )
    severity = _weight(field, member)
    stated = _stated(member)
    if keys == stated:
        what = " and ".join(_SAID[key] for key in _SAID if key in stated)
        frame = f"{short(str(member.new['timeFrame']), 60)} ({name})" if "timeFrame" in stated else name
        words = f"{kind.capitalize()} outcome's {what} stated {context.when}: {frame}"
    elif keys == {"timeFrame"}:
        words = f"{kind.capitalize()} outcome's time frame changed {context.when}: {_frames(member)} ({name})"
    elif "measure" in keys:
        words = f"{kind.capitalize()} outcome changed {context.when}: {_name(member.old)} → {name}"
        if "timeFrame" in keys:
            words += f"; time frame {_frames(member)}"
    elif "description" in keys - stated:
        words = f"{kind.capitalize()} outcome's description changed {context.when}: {name}"
        if keys == {"description"}:
            from snapshots.changes.texts import told_of

            words += f" ({told_of(member).removeprefix(':').strip()})"
        if "timeFrame" in keys:
            words += f"; time frame {_frames(member)}"
    elif keys == {"description", "timeFrame"}:
        words = (
            f"{kind.capitalize()} outcome's time frame changed {context.when}: {_frames(member)} ({name}); "
        )
        words += "description stated"
    else:
        words = f"{kind.capitalize()} outcome's details changed {context.when}: {name}"
    return member_change(
        field,
        Action.EDITED,
        words,
        paths=paths,
        before=member.old,
        after=member.new,
        item=name,
        severity=severity,
        reason=f"a primary outcome changed {context.when}" if severity is Severity.MAJOR else "",
        tags=_integrity(context) if severity is Severity.MAJOR else (),
    )


def _stated(member: Member) -> set[str]:
    """What is said of an outcome for the first time: old records have neither time frames nor descriptions."""
    old, new = struct(member.old), struct(member.new)
    return {key for key in _SAID if not old.get(key) and new.get(key)}


def _frames(member: Member) -> str:
    old, new = struct(member.old).get("timeFrame"), struct(member.new).get("timeFrame")
    if not old:
        return f"stated: {short(str(new), 60)}"
    return f"{short(str(old or 'none'), 60)} → {short(str(new or 'none'), 60)}"


def _weight(field: Field, member: Member) -> Severity:
    if _NAMES[field.slug] != "primary":
        return Severity.MINOR
    if _changed(member) == _stated(member) != set():
        return Severity.MINOR
    if _changed(member) == {"timeFrame"} and _nearly(
        member.old.get("timeFrame"), member.new.get("timeFrame")
    ):
        return Severity.MINOR
    return Severity.MAJOR


def _nearly(old: Any, new: Any) -> bool:
    """Whether a time frame moved by less than a tenth, all its words the same."""
    if not isinstance(old, str) or not isinstance(new, str):
        return False
    before, after = normal_text(old), normal_text(new)  # an entity's number is none of the text's
    if _NUMBER.sub("#", before) != _NUMBER.sub("#", after):
        return False
    numbers = zip(_NUMBER.findall(before), _NUMBER.findall(after), strict=True)
    return all(
        float(a) == float(b) or (float(a) and abs(float(b) - float(a)) < 0.1 * float(a)) for a, b in numbers
    )


def _integrity(context: Context) -> tuple[str, ...]:
    return ("integrity",) if context.late else ()


def _name(outcome: Any) -> str:
    return (
        short(str(outcome.get("measure", "an outcome without a name")), 100)
        if isinstance(outcome, dict)
        else "an outcome without a name"
    )
