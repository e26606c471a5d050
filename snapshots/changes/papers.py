"""References, study documents and notices under FDAAA 801: what is public about a trial beside its record."""

from __future__ import annotations

import re
from typing import Any

from snapshots.changes.arms import new_words, respelt
from snapshots.changes.context import Context
from snapshots.changes.making import made
from snapshots.changeset import Action, FieldChange, Severity
from snapshots.comparison import Member
from snapshots.fields import Field
from snapshots.reaching import struct, text
from snapshots.terms import said, short

_NOTICES = {
    "VIOLATION_IDENTIFIED": "FDAAA 801 violation identified",
    "CORRECTION_CONFIRMED": "Correction of an FDAAA 801 violation confirmed",
    "PENALTY_IMPOSED": "Penalty imposed for an FDAAA 801 violation",
}
_USES = {
    "BACKGROUND": "background",
    "RESULT": "a result of the study",
    "DERIVED": "linked by the registry",
}
# Authors. Title. Journal. Year …: https://www.nlm.nih.gov/bsd/uniform_requirements.html, as the registry prints it.
_CITATION = re.compile(
    r"[^.]{1,2000}\. (?P<title>.{10,600}[.?!]) (?P<journal>[^.;?!]{2,80})\. (?P<year>(?:19|20)\d\d)\b"
)
_DAYS = ("issuedDate", "date", "creationDate", "releaseDate", "postedDate")  # the first that is given is said


def reference(field: Field, member: Member, context: Context) -> FieldChange:
    shown = _shown(member)
    pmid = f"PMID {said(shown['pmid'])}" if shown.get("pmid") else short(said(shown.get("citation")), 100)
    if member.old_at is None:
        linked = shown.get("type") == "DERIVED"
        words = f"{'Publication linked' if linked else 'Reference added'}: {_in_words(shown, pmid)}"
        tags = ("results",) if linked or shown.get("type") == "RESULT" else ()
        return made(field, member, Action.ADDED, words, pmid, tags=tags)
    if member.new_at is None:
        return made(field, member, Action.REMOVED, f"Reference removed: {pmid}", pmid)
    if "retract" in str(member.new).lower() and "retract" not in str(member.old).lower():
        words, reason = f"Reference retracted: {pmid}", "a publication was retracted"
        return made(field, member, Action.EDITED, words, pmid, Severity.MAJOR, reason, ("integrity",))
    if member.keys <= {"citation"} and shown.get("pmid"):
        words = f"Citation rewritten: {pmid}"
        return made(field, member, Action.EDITED, words, pmid, Severity.NOISE, "the same publication")
    if "type" in member.keys:
        before, after = (
            _USES.get(str(struct(side).get("type")), "of no stated use") for side in (member.old, member.new)
        )
        words = f"Reference now {after}, no longer {before}: {_in_words(shown, pmid)}"
        tags = ("results",) if struct(member.new).get("type") in ("RESULT", "DERIVED") else ()
        return made(field, member, Action.EDITED, words, pmid, tags=tags)
    return made(field, member, Action.EDITED, f"Reference edited: {pmid}", pmid)


def _in_words(reference: dict[str, Any], pmid: str) -> str:
    """`“A phase I trial of mushroom powder” (Cancer 2015, PMID 25989179)`, where the citation is PubMed's.

    Authors are left out: they may be the study's own staff.
    """
    found = _CITATION.match(text(reference.get("citation")) or "") if reference.get("pmid") else None
    if found is None:
        return pmid
    return f"“{short(found['title'].rstrip('.'), 110)}” ({found['journal']} {found['year']}, {pmid})"


def document(field: Field, member: Member, context: Context) -> FieldChange:
    shown = _shown(member)
    kinds = [field.words(key) for key in ("hasProtocol", "hasSap", "hasIcf") if shown.get(key) is True]
    dated = f" of {day}" if (day := text(shown.get("date"))) else ""
    name = f"{' and '.join(kinds) or 'document'}{dated}"
    if member.old_at is None:
        words, reason = f"Document added: {name}", "a study document is public"
        return made(field, member, Action.ADDED, words, name, Severity.MAJOR, reason)
    if member.new_at is None:
        words, reason = f"Document removed: {name}", "a public study document was taken away"
        return made(field, member, Action.REMOVED, words, name, Severity.MAJOR, reason, ("integrity",))
    return made(field, member, Action.EDITED, f"Document replaced or redated: {name}", name)


def violation(field: Field, member: Member, context: Context) -> FieldChange:
    """A notice in the registry's own words, as a person would say them."""
    shown = _shown(member)
    kind = text(shown.get("type"))
    notice = _NOTICES.get(
        kind or "", f"FDAAA 801 notice ({said(kind).lower()})" if kind else "FDAAA 801 notice"
    )
    day = next((found for key in _DAYS if (found := text(shown.get(key)))), None)
    why = text(shown.get("description"))
    about = f" on {day}" if day else ""
    name = f"{notice}{about}"
    if member.old_at is None:
        words = name + (f": {short(why, 160).rstrip(' .;,')}" if why else "")
        return made(field, member, Action.ADDED, words, name)
    if member.new_at is None:
        return made(field, member, Action.REMOVED, f"No longer shown: {name}", name)
    if not new_words(member):
        return respelt(field, member, name)
    return made(field, member, Action.EDITED, f"Notice edited: {name}", name)


def _shown(member: Member) -> dict[str, Any]:
    return struct(member.new if member.new_at is not None else member.old)
