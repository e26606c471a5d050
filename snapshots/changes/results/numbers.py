"""Edits inside a posted outcome measure: its numbers, its p-values, what they mean, and how they were had."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from snapshots.changes.results.leaves import Leaf
from snapshots.changes.results.lines import MOST_VALUES, Line, arrow, few, major
from snapshots.changes.results.measure import Measure, measure_line
from snapshots.changes.results.values import LONGEST_GROUP, p_values, signed, unit_words
from snapshots.reaching import struct, text
from snapshots.terms import listed, said, short

MEANINGS = {
    "unitOfMeasure": "unit",
    "paramType": "measure type",
    "dispersionType": "measure of dispersion",
    "calculatePct": "percentages",
    "denomUnitsSelected": "unit analysed",
    "typeUnitsAnalyzed": "unit analysed",
    "title": "row",
}
METHODS = {
    "statisticalMethod": "method", "nonInferiorityType": "hypothesis", "testedNonInferiority": "hypothesis",
    "ciNumSides": "sides of the interval", "ciPctValue": "confidence level", "paramType": "parameter",
    "dispersionType": "dispersion", "groupIds": "groups compared",
}  # fmt: skip
_LIMITS = {
    "spread": "spread",
    "lowerLimit": "lower limit",
    "upperLimit": "upper limit",
    "ciLowerLimit": "lower confidence limit",
    "ciUpperLimit": "upper confidence limit",
    "dispersionValue": "dispersion",
}
_TEXTS = {
    "description": "description",
    "populationDescription": "analysis population",
    "comment": "comments",
    "statisticalComment": "comments",
    "pValueComment": "comments",
    "estimateComment": "comments",
    "nonInferiorityComment": "comments",
    "groupDescription": "comments",
}


def revalued(measure: Measure, leaves: Sequence[Leaf]) -> Line:
    unit = unit_words(measure.latest)
    # What is measured before its spread and limits: they only say how sure it is.
    leaves = sorted(leaves, key=lambda leaf: leaf.key in _LIMITS)
    entries = [_entry(leaf, unit) for leaf in leaves]
    before, after = (
        "\n".join(f"{_where(leaf)}: {_value(getattr(leaf, side))}" for leaf in leaves[:MOST_VALUES])
        for side in ("old", "new")
    )
    return measure_line(
        measure,
        "values",
        f"{measure.kind.capitalize()} result changed: {measure.title}, {few(entries)}",
        f"{measure.kind.capitalize()} results changed in {{n}} measures",
        leaves,
        before=before,
        after=after if after != before else f"{after} (differs)",
        **(major("a primary outcome's values changed") if measure.primary else {}),
    )


def _entry(leaf: Leaf, unit: str) -> str:
    both = leaf.key == "value" and leaf.old is not None and leaf.new is not None
    old, new = (None if value is None else _value(value) for value in (leaf.old, leaf.new))
    return f"{_where(leaf)} {arrow(old, new)}{unit if both else ''}"


def _where(leaf: Leaf) -> str:
    """Whose number it is, and which."""
    rows = [short(row, 40) for row in leaf.rows]
    if leaf.path[3] == "analyses":
        kind = text(struct(leaf.holder[1] if leaf.holder[1] is not None else leaf.holder[0]).get("paramType"))
        name = short(kind or "estimate", 40)
        return f"{name}, {_LIMITS[leaf.key]}" if leaf.key in _LIMITS else name
    names = [
        *([short(leaf.group, 40)] if leaf.group else []),
        *rows,
        *([_LIMITS[leaf.key]] if leaf.key in _LIMITS else []),
    ]
    return ", ".join(names) or "values"


def _value(value: Any) -> Any:
    if value is None:
        return "not given"
    if isinstance(value, dict):
        value = value.get("value") or value.get("paramValue")
    return signed(value) if isinstance(value, str) else value if isinstance(value, int | float) else "row"


def retested(measure: Measure, leaves: Sequence[Leaf]) -> Line:
    entries, sides = [], []
    for leaf in leaves:
        old, new = (
            " and ".join(tests(side)) if isinstance(side, dict | list) else side
            for side in (leaf.old, leaf.new)
        )
        sides.append((str(old or "none"), str(new or "none")))
        if not old:
            entries.append(f"given: {short(str(new), 40)}")
        elif not new:
            entries.append(f"no longer given (was {short(str(old), 40)})")
        else:
            entries.append(f"{short(str(old), 40)} → {short(str(new), 40)}")
    name = _named(measure)
    words = f"p-value of {name} {entries[0]}" if len(entries) == 1 else f"p-values of {name}: {few(entries)}"
    before, after = (", ".join(pair[side] for pair in sides[:MOST_VALUES]) for side in (0, 1))
    return measure_line(
        measure,
        "p-value",
        words,
        f"p-values of {measure.kind} results changed in {{n}} measures",
        leaves,
        before=before,
        after=after,
        **(major("the p-value of a primary outcome changed") if measure.primary else {}),
    )


def tests(value: Any) -> list[str]:
    """The p-values of one analysis, or of all."""
    return p_values(value if isinstance(value, list) else [value])


def redefined(measure: Measure, leaves: Sequence[Leaf]) -> Line:
    entries = [f"{MEANINGS.get(leaf.key, leaf.key)} {arrow(*_said(leaf))}" for leaf in leaves]
    if len(entries) == 1 and leaves[0].key == "unitOfMeasure":
        words = f"Unit of {measure.kind} result changed: {arrow(*_said(leaves[0]))} ({measure.title})"
    else:
        words = f"Meaning of {measure.kind} values changed: {measure.title}, {few(entries)}"
    return measure_line(
        measure,
        "meaning",
        words,
        f"Units or rows of {measure.kind} results changed in {{n}} measures",
        leaves,
        **(major("what a primary outcome's values mean changed") if measure.primary else {}),
    )


def _said(leaf: Leaf) -> tuple[Any, Any]:
    old, new = (
        said(value).lower() if leaf.key == "paramType" and value else value for value in (leaf.old, leaf.new)
    )
    return old, new


def brief_side(leaf: Leaf, side: str) -> Any:
    value = getattr(leaf, side)
    return short(value, 60) if isinstance(value, str) else value


def reanalysed(measure: Measure, leaves: Sequence[Leaf]) -> Line:
    what = list(dict.fromkeys(METHODS[leaf.key] for leaf in leaves))
    one = leaves[0]
    shown = (
        f", {arrow(brief_side(one, 'old'), brief_side(one, 'new'))}"
        if len(leaves) == 1 and one.key != "groupIds"
        else ""
    )
    return measure_line(
        measure,
        "method",
        f"Statistical analysis of {_named(measure)} changed: {listed(what)}{shown}",
        f"Statistical analysis of {measure.kind} results changed in {{n}} measures",
        leaves,
    )


def recounted(measure: Measure, leaves: Sequence[Leaf]) -> Line:
    groups = [short(leaf.group, LONGEST_GROUP) or "a group" for leaf in leaves]
    sides = [[_count(getattr(leaf, side)) for leaf in leaves] for side in ("old", "new")]
    entries = [f"{group} {arrow(*counts)}" for group, *counts in zip(groups, *sides, strict=True)]
    before, after = (
        "\n".join(
            f"{group}: {_value(count)}" for group, count in zip(groups[:MOST_VALUES], side, strict=False)
        )
        for side in sides
    )
    return measure_line(
        measure,
        "analysed",
        f"Participants analysed for {_named(measure)}: {few(entries, 3)}",
        f"Participants analysed changed in {{n}} {measure.kind} measures",
        leaves,
        before=before,
        after=after,
    )


def _count(value: Any) -> Any:
    return value.get("value") if isinstance(value, dict) else value


def reworded(measure: Measure, leaves: Sequence[Leaf]) -> Line:
    what = list(dict.fromkeys(_TEXTS.get(leaf.key, "details") for leaf in leaves))
    return measure_line(
        measure,
        "texts",
        f"{measure.kind.capitalize()} result's {listed(what)} reworded: {measure.title}",
        f"Texts of {measure.kind} results reworded in {{n}} measures",
        leaves,
    )


def _named(measure: Measure) -> str:
    """With its kind, where the sentence does not give it."""
    return measure.title if measure.primary else f"{measure.title} ({measure.kind})"
