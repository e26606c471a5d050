"""Posted outcome measures that were edited: whether they are there, their numbers, and what the numbers mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from snapshots.changes.reaching import members, struct, text
from snapshots.changes.results_leaves import Leaf
from snapshots.changes.results_lines import MOST_VALUES, Line, arrow, few, major, turned
from snapshots.changes.results_values import LONGEST_GROUP, figures, p_values, unit_words
from snapshots.changeset import Action, Severity
from snapshots.terms import listed, said, short

MODULE = "outcome measures"
_KINDS = {"PRIMARY": "primary", "SECONDARY": "secondary", "POST_HOC": "post-hoc"}
_MEANINGS = {
    "unitOfMeasure": "unit",
    "paramType": "measure of the middle",
    "dispersionType": "measure of spread",
    "calculatePct": "percentages",
    "denomUnitsSelected": "unit analysed",
    "typeUnitsAnalyzed": "unit analysed",
    "title": "row",
}
_METHODS = {
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A measure that differs, in both versions."""

    old: Any  # None when it came
    new: Any  # None when it went
    leaves: tuple[Leaf, ...]

    @property
    def latest(self) -> dict[str, Any]:
        return struct(self.new if self.new is not None else self.old)

    @property
    def title(self) -> str:
        return short(text(self.latest.get("title")) or "a measure without a title", 90)

    @property
    def kind(self) -> str:
        """What it is; one that is or was primary is read as primary."""
        kinds = [text(struct(side).get("type")) or "" for side in (self.new, self.old)]
        if "PRIMARY" in kinds:
            return "primary"
        return _KINDS.get(kinds[0] or kinds[1], "other")

    @property
    def primary(self) -> bool:
        return self.kind == "primary"


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
    if first in _MEANINGS:
        return "meaning"
    if first == "denoms" or "denoms" in leaf.path:
        return "analysed"
    if first == "classes":
        if key in ("comment", "groups"):
            return "texts"
        return "meaning" if key == "title" else "values"
    if first == "analyses":
        if leaf.member or key == "analyses":
            return "p-value" if _tests(leaf.old) or _tests(leaf.new) else "values"
        if key == "pValue":
            return "p-value"
        if key in ("paramValue", "ciLowerLimit", "ciUpperLimit", "dispersionValue"):
            return "values"
        return "method" if key in _METHODS else "texts"
    return "texts"


def _tests(value: Any) -> list[str]:
    """The p-values of one analysis, or of all."""
    return p_values(value if isinstance(value, list) else [value])


def _named(measure: Measure) -> str:
    """With its kind, where the sentence does not give it."""
    return measure.title if measure.primary else f"{measure.title} ({measure.kind})"


def _came(measure: Measure) -> Line:
    figure = figures(measure.new)
    return _line(
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
    return _line(
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
    return _line(
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
    return _line(
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
    return _line(
        measure,
        "title",
        f"{measure.kind.capitalize()} result retitled: {old} → {measure.title}",
        f"Titles of {measure.kind} results changed in {{n}} measures",
        leaves,
        **(major("the title of a primary outcome's result changed") if measure.primary else {}),
    )


def _moved(measure: Measure, leaves: Sequence[Leaf]) -> Line:
    old, new = (_KINDS.get(str(struct(side).get("type")), "other") for side in (measure.old, measure.new))
    return _line(
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
    frames = arrow(*(_short(leaves[0], side) for side in ("old", "new")))
    return _line(
        measure,
        "frame",
        f"Time frame of {measure.kind} result changed: {frames} ({measure.title})",
        f"Time frames of {measure.kind} results changed in {{n}} measures",
        leaves,
        **(major("the time frame of a primary outcome's result changed") if measure.primary else {}),
    )


def _short(leaf: Leaf, side: str) -> Any:
    value = getattr(leaf, side)
    return short(value, 60) if isinstance(value, str) else value


def _redefined(measure: Measure, leaves: Sequence[Leaf]) -> Line:
    entries = [f"{_MEANINGS.get(leaf.key, leaf.key)} {arrow(*_said(leaf))}" for leaf in leaves]
    if len(entries) == 1 and leaves[0].key == "unitOfMeasure":
        words = f"Unit of {measure.kind} result changed: {arrow(*_said(leaves[0]))} ({measure.title})"
    else:
        words = f"Meaning of {measure.kind} values changed: {measure.title}, {few(entries)}"
    return _line(
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


def _revalued(measure: Measure, leaves: Sequence[Leaf]) -> Line:
    unit = unit_words(measure.latest)
    # What is measured before its spread and limits: they only say how sure it is.
    leaves = sorted(leaves, key=lambda leaf: leaf.key in _LIMITS)
    entries = [_entry(leaf, unit) for leaf in leaves]
    before, after = (
        "\n".join(f"{_where(leaf)}: {_value(getattr(leaf, side))}" for leaf in leaves[:MOST_VALUES])
        for side in ("old", "new")
    )
    return _line(
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
    if isinstance(value, dict) and not isinstance(value.get("value", value.get("paramValue")), (dict, list)):
        return str(value.get("value") or value.get("paramValue") or "row")
    return value if isinstance(value, str | int | float) else "row"


def _p(measure: Measure, leaves: Sequence[Leaf]) -> Line:
    entries, sides = [], []
    for leaf in leaves:
        old, new = (
            " and ".join(_tests(side)) if isinstance(side, dict | list) else side
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
    return _line(
        measure,
        "p-value",
        words,
        f"p-values of {measure.kind} results changed in {{n}} measures",
        leaves,
        before=before,
        after=after,
        **(major("the p-value of a primary outcome changed") if measure.primary else {}),
    )


def _method(measure: Measure, leaves: Sequence[Leaf]) -> Line:
    what = list(dict.fromkeys(_METHODS[leaf.key] for leaf in leaves))
    one = leaves[0]
    shown = (
        f", {arrow(_short(one, 'old'), _short(one, 'new'))}"
        if len(leaves) == 1 and one.key != "groupIds"
        else ""
    )
    return _line(
        measure,
        "method",
        f"Statistical analysis of {_named(measure)} changed: {listed(what)}{shown}",
        f"Statistical analysis of {measure.kind} results changed in {{n}} measures",
        leaves,
    )


def _analysed(measure: Measure, leaves: Sequence[Leaf]) -> Line:
    groups = [short(leaf.group, LONGEST_GROUP) or "a group" for leaf in leaves]
    sides = [[_count(getattr(leaf, side)) for leaf in leaves] for side in ("old", "new")]
    entries = [f"{group} {arrow(*counts)}" for group, *counts in zip(groups, *sides, strict=True)]
    before, after = (
        "\n".join(
            f"{group}: {_value(count)}" for group, count in zip(groups[:MOST_VALUES], side, strict=False)
        )
        for side in sides
    )
    return _line(
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


def _texts(measure: Measure, leaves: Sequence[Leaf]) -> Line:
    what = list(dict.fromkeys(_TEXTS.get(leaf.key, "details") for leaf in leaves))
    return _line(
        measure,
        "texts",
        f"{measure.kind.capitalize()} result's {listed(what)} reworded: {measure.title}",
        f"Texts of {measure.kind} results reworded in {{n}} measures",
        leaves,
    )


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
_ASPECTS = {
    "type": _moved,
    "title": _retitled,
    "values": _revalued,
    "p-value": _p,
    "meaning": _redefined,
    "timeFrame": _framed,
    "analysed": _analysed,
    "method": _method,
    "texts": _texts,
}


def _line(
    measure: Measure, aspect: str, words: str, several: str, leaves: Sequence[Leaf], **more: Any
) -> Line:
    if "before" not in more and "after" not in more:
        more["before"], more["after"] = turned(leaves)
    return Line(
        kind=f"{measure.kind}-{aspect}",
        module=MODULE,
        words=words,
        several=several,
        item=measure.title,
        leaves=tuple(leaves),
        **more,
    )
