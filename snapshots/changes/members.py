"""Lists whose members have an identity: arms, interventions, references, documents, people, plain values."""

from __future__ import annotations

from collections.abc import Callable

from snapshots.changes.arms import arm, intervention, named, new_words, respelt
from snapshots.changes.context import Context
from snapshots.changes.following import THE_STUDY
from snapshots.changes.making import change, made, member_change
from snapshots.changes.respelling import same_name
from snapshots.changeset import Action, FieldChange, Severity
from snapshots.comparison import Difference, Member
from snapshots.fields import Field, Identity
from snapshots.markup import same_in_any_order
from snapshots.reaching import struct, text
from snapshots.terms import counted, listed, said, short

_SINGULAR = {
    "secondary-ids": "Secondary id",
    "see-also-links": "Link",
    "available-ipds": "Data or document",
    "collaborators": "Collaborator",
}


def list_changes(one: Difference, context: Context) -> list[FieldChange]:
    """One change a member that differs; plain values as one change of the list."""
    if one.reordered:
        return [reordered(one)]
    if one.field.rule == "people":
        return [_people(one, context)]
    if one.field.identity is Identity.WHOLE:
        return [_values(one)]
    weigh = _rule(one.field.rule)
    changes = [
        commented(one.field, member) if member.beside else weigh(one.field, member, context)
        for member in one.members
    ]
    return _noise_together(one.field, changes)


def _rule(name: str) -> Callable[[Field, Member, Context], FieldChange]:
    if name in ("reference", "document", "violation"):
        from snapshots.changes import papers

        return {"reference": papers.reference, "document": papers.document, "violation": papers.violation}[
            name
        ]
    return {"arm": arm, "intervention": intervention}.get(name, _member)


def commented(field: Field, member: Member) -> FieldChange:
    """A member of which nothing differs but what the registry's quality control says of it."""
    name = named(field, member)
    words, reason = f"Quality control on {name}", "comments of the registry's quality control"
    return made(field, member, Action.EDITED, words, name, Severity.NOISE, reason)


def reordered(one: Difference) -> FieldChange:
    return change(
        one,
        f"{one.field.label} in another order",
        action=Action.EDITED,
        severity=Severity.NOISE,
        reason="the same members in another order",
    )


def _people(one: Difference, context: Context) -> FieldChange:
    """Persons are never named: that contacts changed is all there is to say."""
    before = counted(len(one.old), "person", "people") if isinstance(one.old, list) else None
    after = counted(len(one.new), "person", "people") if isinstance(one.new, list) else None
    respelt_ = same_in_any_order(one.old, one.new)
    how = "changed" if before and after else "added" if after else "removed" if before else "changed"
    follows = one.field.slug == "central-contacts" and (
        (how == "added" and context.opening) or (how == "removed" and context.ending)
    )
    return change(
        one,
        f"{one.field.label} {how}",
        before=before,
        after=after,
        action=Action.EDITED if before and after else None,
        severity=Severity.NOISE if respelt_ else None,
        reason="the same words, set differently" if respelt_ else THE_STUDY if follows else None,
    )


def _values(one: Difference) -> FieldChange:
    gone = [short(said(member.old), 60) for member in one.members if member.new_at is None]
    come = [short(said(member.new), 60) for member in one.members if member.old_at is None]
    edited = [member for member in one.members if member.old_at is not None and member.new_at is not None]
    parts = []
    if come:
        parts.append(f"added {listed(come, 4)}")
    if gone:
        parts.append(f"removed {listed(gone, 4)}")
    if edited:
        parts.append("respelt " + listed([short(said(member.new), 60) for member in edited], 4))
    only_respelt = bool(edited) and not gone and not come
    return change(
        one,
        f"{one.field.label}: {'; '.join(parts) or 'changed'}",
        severity=Severity.NOISE if only_respelt else None,
        action=Action.ADDED
        if come and not gone and not one.old
        else Action.REMOVED
        if not one.new
        else Action.EDITED,
    )


def _member(field: Field, member: Member, context: Context) -> FieldChange:
    name = named(field, member)
    thing = _SINGULAR.get(field.slug, field.label.removesuffix("s"))
    label = text(struct(member.new if member.new_at is not None else member.old).get("label"))
    said_as = f"{short(label, 100)} ({name})" if label and label != name else name
    if member.old_at is None:
        return made(field, member, Action.ADDED, f"{thing} added: {said_as}", name)
    if member.new_at is None:
        return made(field, member, Action.REMOVED, f"{thing} removed: {said_as}", name)
    keys = new_words(member)
    if not keys or (
        keys == {"name"} and same_name(*(struct(one).get("name") for one in (member.old, member.new)))
    ):
        return respelt(field, member, name)
    return made(
        field,
        member,
        Action.EDITED,
        f"{thing} edited ({', '.join(sorted(map(field.words, keys)))}): {name}",
        name,
    )


def _noise_together(field: Field, changes: list[FieldChange]) -> list[FieldChange]:
    """Noise among the members of one list is one change."""
    quiet = [one for one in changes if one.severity is Severity.NOISE]
    if len(quiet) < 2:
        return changes
    folded = member_change(
        field,
        Action.EDITED,
        f"{field.label}: {quiet[0].summary[:1].lower()}{quiet[0].summary[1:]}, and {len(quiet) - 1} more",
        paths=[path for one in quiet for path in one.paths],
        before=[one.before for one in quiet],
        after=[one.after for one in quiet],
        item=f"{len(quiet)} members",
        severity=Severity.NOISE,
        reason=quiet[0].reason,
    )
    return [one for one in changes if one.severity is not Severity.NOISE] + [folded]
