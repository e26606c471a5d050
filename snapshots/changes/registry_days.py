"""Days on which the registry was sent something, passed it or posted it: said as days, whatever shape they have."""

from __future__ import annotations

from typing import Any

from snapshots.changes.making import change
from snapshots.changeset import FieldChange
from snapshots.comparison import Difference
from snapshots.reaching import struct
from snapshots.terms import said

_SENTENCES = {
    "results-first-submitted": "Results first submitted",
    "results-first-submitted-qc": "Results first passed quality control",
    "results-first-posted": "Results first posted",
    "certificate-of-delay-qc": "Certificate of delay passed quality control",
    "certificate-of-delay-posted": "Certificate of delay posted",
}


def registry_day(one: Difference) -> FieldChange:
    """`Results first posted on 2021-06-02`"""
    words = _SENTENCES.get(one.field.slug, one.field.label)
    before, after = _day(one.old), _day(one.new)
    if not after:
        return change(one, f"{words}: day no longer stated (was {before or 'without one'})")
    if not before:
        return change(one, f"{words} on {after}")
    if before == after:
        types = " → ".join(said(struct(side).get("type")).lower() for side in (one.old, one.new))
        return change(one, f"{words} on {after}, {types}")
    return change(one, f"{words} on {after}, no longer {before}")


def _day(value: Any) -> str:
    day = value.get("date") if isinstance(value, dict) else value
    return day if isinstance(day, str) else ""
