"""Lists whose members have an identity: arms, interventions, references, documents, people, plain values."""

from __future__ import annotations

from collections.abc import Callable

from snapshots.changes.context import Context
from snapshots.changes.making import change, member_change, member_path
from snapshots.changeset import Action, FieldChange, Severity
from snapshots.comparison import Difference, Member
from snapshots.fields import Field, Identity
from snapshots.markup import same_words
from snapshots.pairing import identity_text
from snapshots.terms import counted, listed, said, short

_FOLLOWING = {"interventionNames", "armGroupLabels"}  # they repeat labels told where they change


def list_changes(one: Difference, context: Context) -> list[FieldChange]:
    """One change a member that differs; plain values as one change of the list."""
    if one.reordered:
        return [
            change(
                one,
                f"{one.field.label} in another order",
                action=Action.EDITED,
                severity=Severity.NOISE,
                reason="the same members in another order",
            )
        ]
    if one.field.rule == "people":
        return [_people(one)]
    if one.field.identity is Identity.WHOLE:
        return [_values(one)]
    weigh = _RULES.get(one.field.rule, _member)
    changes = [weigh(one.field, member, context) for member in one.members]
    return _same_edits_together(one.field, changes)


def _people(one: Difference) -> FieldChange:
    """Persons are never named: that contacts changed is all there is to say."""
    before = counted(len(one.old), "person", "people") if isinstance(one.old, list) else None
    after = counted(len(one.new), "person", "people") if isinstance(one.new, list) else None
    respelt = same_words(one.old, one.new)
    return change(
        one,
        f"{one.field.label} changed",
        before=before,
        after=after,
        action=Action.EDITED if before and after else None,
        severity=Severity.NOISE if respelt else None,
        reason="the same words, set differently" if respelt else None,
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
    name = short(identity_text(member.new if member.new is not None else member.old, field.identity), 100)
    thing = _SINGULAR.get(field.slug, field.label.removesuffix("s"))
    if member.old_at is None:
        return _made(field, member, Action.ADDED, f"{thing} added: {name}", name)
    if member.new_at is None:
        return _made(field, member, Action.REMOVED, f"{thing} removed: {name}", name)
    what = ", ".join(sorted(_words(key) for key in member.keys)) or "details"
    return _made(field, member, Action.EDITED, f"{thing} edited ({what}): {name}", name)


def _arm(field: Field, member: Member, context: Context) -> FieldChange:
    name = short(identity_text(member.new if member.new is not None else member.old, field.identity), 100)
    if member.old_at is None:
        return _made(
            field, member, Action.ADDED, f"Arm added: {name}", name, Severity.MAJOR, "an arm was added"
        )
    if member.new_at is None:
        return _made(
            field, member, Action.REMOVED, f"Arm dropped: {name}", name, Severity.MAJOR, "an arm was dropped"
        )
    keys = member.keys - _FOLLOWING
    if not keys:
        return _made(
            field,
            member,
            Action.EDITED,
            f"Interventions of an arm follow: {name}",
            name,
            Severity.NOISE,
            "told where they changed",
        )
    if "label" in keys:
        old = short(str(member.old.get("label")), 100)
        return _made(
            field,
            member,
            Action.EDITED,
            f"Arm renamed: {old} → {name}",
            name,
            Severity.MAJOR,
            "an arm's label changed",
        )
    if "type" in keys:
        words = f"{_called('Arm', name)}: {said(member.old.get('type'))} → {said(member.new.get('type'))}"
        return _made(field, member, Action.EDITED, words, name, Severity.MAJOR, "an arm's type changed")
    return _made(field, member, Action.EDITED, f"{_called('Arm', name)}: description changed", name)


def _intervention(field: Field, member: Member, context: Context) -> FieldChange:
    name = short(identity_text(member.new if member.new is not None else member.old, field.identity), 100)
    if member.old_at is None:
        return _made(
            field,
            member,
            Action.ADDED,
            f"Intervention added: {name}",
            name,
            Severity.MAJOR,
            "an intervention was added",
        )
    if member.new_at is None:
        return _made(
            field,
            member,
            Action.REMOVED,
            f"Intervention dropped: {name}",
            name,
            Severity.MAJOR,
            "an intervention was dropped",
        )
    keys = member.keys - _FOLLOWING
    if not keys:
        return _made(
            field,
            member,
            Action.EDITED,
            f"Arms of intervention {name} follow",
            name,
            Severity.NOISE,
            "told where they changed",
        )
    if "name" in keys or "type" in keys:
        old = short(str(member.old.get("name")), 100)
        words = (
            f"Intervention renamed: {old} → {name}"
            if "name" in keys
            else (
                f"{_called('Intervention', name)}: {said(member.old.get('type'))} → {said(member.new.get('type'))}"
            )
        )
        return _made(field, member, Action.EDITED, words, name, Severity.MAJOR, "an intervention changed")
    what = ", ".join(sorted(_words(key) for key in keys))
    return _made(field, member, Action.EDITED, f"{_called('Intervention', name)}: {what} changed", name)


def _reference(field: Field, member: Member, context: Context) -> FieldChange:
    shown = member.new if member.new is not None else member.old
    pmid = f"PMID {shown['pmid']}" if shown.get("pmid") else short(str(shown.get("citation", "")), 100)
    if member.old_at is None:
        linked = shown.get("type") == "DERIVED"
        words = f"Publication linked: {pmid}" if linked else f"Reference added: {pmid}"
        return _made(
            field,
            member,
            Action.ADDED,
            words,
            pmid,
            tags=("results",) if linked or shown.get("type") == "RESULT" else (),
        )
    if member.new_at is None:
        return _made(field, member, Action.REMOVED, f"Reference removed: {pmid}", pmid)
    retracted = "retract" in str(member.new).lower() and "retract" not in str(member.old).lower()
    if retracted:
        return _made(
            field,
            member,
            Action.EDITED,
            f"Reference retracted: {pmid}",
            pmid,
            Severity.MAJOR,
            "a publication was retracted",
            ("integrity",),
        )
    if member.keys <= {"citation"} and shown.get("pmid"):
        return _made(
            field,
            member,
            Action.EDITED,
            f"Citation rewritten: {pmid}",
            pmid,
            Severity.NOISE,
            "the same publication",
        )
    return _made(field, member, Action.EDITED, f"Reference edited: {pmid}", pmid)


def _document(field: Field, member: Member, context: Context) -> FieldChange:
    shown = member.new if member.new is not None else member.old
    kinds = [
        word
        for key, word in (
            ("hasProtocol", "protocol"),
            ("hasSap", "statistical analysis plan"),
            ("hasIcf", "consent form"),
        )
        if shown.get(key)
    ]
    what = " and ".join(kinds) or "document"
    dated = f" of {shown['date']}" if shown.get("date") else ""
    name = f"{what}{dated}"
    if member.old_at is None:
        return _made(
            field,
            member,
            Action.ADDED,
            f"Document added: {name}",
            name,
            Severity.MAJOR,
            "a study document is public",
        )
    if member.new_at is None:
        return _made(
            field,
            member,
            Action.REMOVED,
            f"Document removed: {name}",
            name,
            Severity.MAJOR,
            "a public study document was taken away",
            ("integrity",),
        )
    return _made(field, member, Action.EDITED, f"Document replaced or redated: {name}", name)


_RULES: dict[str, Callable[[Field, Member, Context], FieldChange]] = {
    "arm": _arm,
    "intervention": _intervention,
    "reference": _reference,
    "document": _document,
}
_SINGULAR = {
    "secondary-ids": "Secondary id",
    "see-also-links": "Link",
    "available-ipds": "Data or document",
    "violations": "FDAAA notice",
    "collaborators": "Collaborator",
}


def _made(
    field: Field,
    member: Member,
    action: Action,
    words: str,
    name: str,
    severity: Severity | None = None,
    reason: str = "",
    tags: tuple[str, ...] = (),
) -> FieldChange:
    return member_change(
        field,
        action,
        words,
        paths=[member_path(field, member.old_at, member.new_at)],
        before=member.old,
        after=member.new,
        item=name or field.label,
        severity=severity,
        reason=reason or field.reason,
        tags=tags,
    )


def _same_edits_together(field: Field, changes: list[FieldChange]) -> list[FieldChange]:
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


def _called(thing: str, name: str) -> str:
    """`Arm Placebo`, and `Arm 1: high dose` as it is."""
    return name if name.casefold().startswith(thing.casefold()) else f"{thing} {name}"


def _words(key: str) -> str:
    return "".join(f" {char.lower()}" if char.isupper() else char for char in key)
