"""Who answers for a trial: its lead sponsor and the organisation that registered it, by name and class."""

from __future__ import annotations

from typing import Any

from snapshots.changes.making import change
from snapshots.changes.respelling import same_name
from snapshots.changeset import FieldChange, Severity
from snapshots.comparison import Difference
from snapshots.reaching import below, text
from snapshots.terms import said, short

# https://clinicaltrials.gov/data-api/about-api/study-data-structure. Not among the words of all fields: an arm may be
# called FED.
_CLASSES = {
    "NIH": "NIH",
    "FED": "US federal",
    "OTHER_GOV": "Other government",
    "INDIV": "Individual",
    "INDUSTRY": "Industry",
    "NETWORK": "Network",
    "AMBIG": "Ambiguous",
    "OTHER": "Other",
    "UNKNOWN": "Unknown",
}


def class_in_words(code: Any) -> str:
    """What kind of organisation the registry says that it is."""
    return _CLASSES.get(code, said(code)) if isinstance(code, str) and code else "not stated"


def sponsor(one: Difference) -> FieldChange:
    before, after = (_name(value, "name") for value in (one.old, one.new))
    if one.old is None or one.new is None:
        return change(one, f"Lead sponsor {'given' if one.old is None else 'removed'}: {after or before}")
    if (same := _same(one, "Lead sponsor", before, after)) is not None:
        return same
    return change(one, f"Lead sponsor changed: {before} → {after}", before=before, after=after)


def organization(one: Difference) -> FieldChange:
    before, after = (short(_name(value, "fullName")) for value in (one.old, one.new))
    if one.old is None or one.new is None:
        stated = f"stated: {after}" if one.old is None else f"no longer stated (was {before})"
        return change(one, f"{one.field.label} {stated}")
    if (same := _same(one, one.field.label, before, after)) is not None:
        return same
    return change(one, f"{one.field.label}: {before} → {after}")


def _same(one: Difference, label: str, before: str, after: str) -> FieldChange | None:
    """The change of what is the same by name; None where it is another."""
    if not same_name(before, after):
        return None
    classes = [below(value, "class") for value in (one.old, one.new)]
    if classes[0] == classes[1]:
        return change(
            one,
            f"{label} respelt: {before} → {after}",
            before=before,
            after=after,
            severity=Severity.NOISE,
            reason="the same name, written otherwise",
        )
    what = f"Class of the {label[:1].lower()}{label[1:]}"
    if classes[0] is None:
        words = f"{what} stated: {class_in_words(classes[1])} ({after})"
    else:
        words = f"{what} changed: {' → '.join(map(class_in_words, classes))} ({after})"
    return change(one, words, severity=Severity.MINOR, reason="the name is the same")


def _name(value: Any, key: str) -> str:
    return text(below(value, key)) or "a sponsor without a name"
