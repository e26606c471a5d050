"""Posted outcome measures that were edited: which are there, and each edit of one a line."""

from __future__ import annotations

from collections.abc import Sequence

from snapshots.changes.results.leaves import Leaf
from snapshots.changes.results.lines import Line, arrow, major
from snapshots.changes.results.measure import KINDS, Measure, measure_line
from snapshots.changes.results.numbers import (
    MEANINGS,
    METHODS,
    brief_side,
    reanalysed,
    recounted,
    redefined,
    retested,
    revalued,
    reworded,
    tests,
)
from snapshots.changes.results.values import figures
from snapshots.changeset import Action, Severity
from snapshots.reaching import struct, text
from snapshots.terms import short


def measure_lines(measures: Sequence[Measure]) -> list[Line]:
    """Primary ones first, each aspect a line."""
    found: list[Line] = []
    for measure in sorted(measures, key=lambda one: not one.primary):
        found += _lines(measure)
    return found


def _lines(measure: Measure) -> list[Line]:
    if measure.old is None or measure.new is None:
        return [_came(measure) if measure.old is None else _went(measure)]
    before, after = (struct(side).get("reportingStatus") for side in (measure.old, measure.new))
    if before != after and "POSTED" in (before, after) and "NOT_POSTED" in (before, after):
        return [_reported(measure) if after == "POSTED" else _unreported(measure)]
    aspects: dict[str, list[Leaf]] = {}
    for leaf in measure.leaves:
        aspects.setdefault(_aspect(leaf), []).append(leaf)
    return [_ASPECTS[name](measure, aspects[name]) for name in _ASPECTS if name in aspects]


def _aspect(leaf: Leaf) -> str:
    if len(leaf.path) < 4:  # it is no object
        return "texts"
    first, key = leaf.path[3], leaf.key
    if first in ("title", "type", "timeFrame"):
        return str(first)
    if first in MEANINGS:
        return "meaning"
    if first == "denoms" or "denoms" in leaf.path:
        return "analysed"
    if first == "classes":
        if key in ("comment", "groups"):
            return "texts"
        return "meaning" if key == "title" else "values"
    if first == "analyses":
        if leaf.member or key == "analyses":
            return "p-value" if tests(leaf.old) or tests(leaf.new) else "values"
        if key == "pValue":
            return "p-value"
        if key in ("paramValue", "ciLowerLimit", "ciUpperLimit", "dispersionValue"):
            return "values"
        return "method" if key in METHODS else "texts"
    return "texts"


def _came(measure: Measure) -> Line:
    figure = figures(measure.new)
    return measure_line(
        measure,
        "added",
        f"{measure.kind.capitalize()} result added: {measure.title}{f', {figure}' if figure else ''}",
        f"{measure.kind.capitalize()} results added for {{n}} measures",
        measure.leaves,
        action=Action.ADDED,
        after=f"{measure.title}: {figure or 'no values'}",
        **(major("a primary outcome's result was added") if measure.primary else {}),
    )


def _went(measure: Measure) -> Line:
    figure = figures(measure.old)
    return measure_line(
        measure,
        "removed",
        f"{measure.kind.capitalize()} result removed: {measure.title}{f' (was {figure})' if figure else ''}",
        f"{measure.kind.capitalize()} results removed for {{n}} measures",
        measure.leaves,
        action=Action.REMOVED,
        before=f"{measure.title}: {figure or 'no values'}",
        **(major("a primary outcome's result was removed") if measure.primary else {}),
    )


def _reported(measure: Measure) -> Line:
    figure = figures(measure.new)
    return measure_line(
        measure,
        "reported",
        f"{measure.kind.capitalize()} result now reported: {measure.title}{f', {figure}' if figure else ''}",
        f"{measure.kind.capitalize()} results now reported for {{n}} measures",
        measure.leaves,
        before="not posted",
        after=figure or "posted",
        **(
            {"severity": Severity.MAJOR, "reason": "a primary outcome's result is public for the first time"}
            if measure.primary
            else {"reason": "a result is public for the first time"}
        ),
    )


def _unreported(measure: Measure) -> Line:
    return measure_line(
        measure,
        "unreported",
        f"{measure.kind.capitalize()} result no longer reported: {measure.title}",
        f"{measure.kind.capitalize()} results no longer reported for {{n}} measures",
        measure.leaves,
        before=figures(measure.old) or "posted",
        after="not posted",
        **(major("a primary outcome's result was removed") if measure.primary else {}),
    )


def _retitled(measure: Measure, leaves: Sequence[Leaf]) -> Line:
    old = short(text(struct(measure.old).get("title")) or "none", 90)
    return measure_line(
        measure,
        "title",
        f"{measure.kind.capitalize()} result retitled: {old} → {measure.title}",
        f"Titles of {measure.kind} results changed in {{n}} measures",
        leaves,
        **(major("the title of a primary outcome's result changed") if measure.primary else {}),
    )


def _moved(measure: Measure, leaves: Sequence[Leaf]) -> Line:
    old, new = (KINDS.get(str(struct(side).get("type")), "other") for side in (measure.old, measure.new))
    return measure_line(
        measure,
        "moved",
        f"Result moved from {old} to {new}: {measure.title}",
        "Results moved between primary and others in {n} measures",
        leaves,
        before=old,
        after=new if new != old else f"{new}, stated otherwise",
        **(major("a primary outcome's result was moved") if measure.primary else {}),
    )


def _framed(measure: Measure, leaves: Sequence[Leaf]) -> Line:
    frames = arrow(*(brief_side(leaves[0], side) for side in ("old", "new")))
    return measure_line(
        measure,
        "frame",
        f"Time frame of {measure.kind} result changed: {frames} ({measure.title})",
        f"Time frames of {measure.kind} results changed in {{n}} measures",
        leaves,
        **(major("the time frame of a primary outcome's result changed") if measure.primary else {}),
    )


_ASPECTS = {
    "type": _moved,
    "title": _retitled,
    "values": revalued,
    "p-value": retested,
    "meaning": redefined,
    "timeFrame": _framed,
    "analysed": recounted,
    "method": reanalysed,
    "texts": reworded,
}
