"""Results: posted, updated, taken down; submitted, returned, withdrawn before posting; certificates of delay."""

from __future__ import annotations

import re
from typing import Any

from snapshots.changes.context import ENDED, Context
from snapshots.changes.making import change
from snapshots.changes.results.flow import (
    MODULES,
    baseline_lines,
    flow_lines,
    further_lines,
    group_lines,
    unknown_lines,
)
from snapshots.changes.results.harms import harm_lines
from snapshots.changes.results.leaves import Leaf, leaves
from snapshots.changes.results.lines import told
from snapshots.changes.results.measure import Measure
from snapshots.changes.results.measures import measure_lines
from snapshots.changes.results.pairing import NO_GROUPS, pairs_in
from snapshots.changes.results.posted import headline_of, held
from snapshots.changeset import Action, FieldChange, Severity
from snapshots.comparison import Difference
from snapshots.reaching import below, members, struct
from snapshots.terms import said

_MEASURES = ("outcomeMeasuresModule", "outcomeMeasures")
_POSITION = re.compile(r"\.\d+(?![^.])")
_SAME = "Results in the same words, set or ordered differently"
_ON_THEIR_WAY = "results on their way to the public"
_NOT_NEW = "told with their submission"


def has_results(one: Difference, context: Context) -> FieldChange:
    if context.unposted:
        return _on_their_way(one, context)
    if one.new is True:
        return change(one, headline_of(context.results), reason="results are public")
    if one.old is True:
        return change(
            one, "Results taken down", reason="posted results are no longer public", tags=("integrity",)
        )
    return change(one, "Results: none posted", severity=Severity.MINOR, reason="")


def result_changes(one: Difference, context: Context) -> list[FieldChange]:
    """The contents of a results section; that there is one at all is told by `has-results`."""
    if context.unposted:
        return _submitted(one, context)
    before = {} if context.had_submitted else struct(one.old)
    after = {} if context.has_submitted else struct(one.new)
    untold = Severity.MAJOR if context.results_told else Severity.CRITICAL  # nothing else says it
    if before and after:
        return _edited(one, before, after)
    if after:
        return [
            change(
                one,
                f"Posted results: {held(after, under_way=context.new_status not in ENDED)}",
                before=None,
                after=_parts(after),
                severity=untold,
                reason="results are public",
            )
        ]
    if before:
        return [
            change(
                one,
                "Results section removed",
                before=_parts(before),
                after=None,
                severity=untold,
                reason="posted results are no longer public",
                tags=("integrity",),
            )
        ]
    return [
        change(
            one,
            "Results section changed",
            before=None if one.old is None else "nothing",
            after=None if one.new is None else "nothing",
            severity=Severity.MINOR,
            reason="",
        )
    ]


def _on_their_way(one: Difference, context: Context) -> FieldChange:
    """The flag of results that were never posted: where nothing else tells of their submission, it does."""
    if context.has_submitted and context.had_submitted:
        return change(one, "Submitted results, not posted yet", severity=Severity.NOISE, reason=_NOT_NEW)
    if context.has_submitted:
        words = f"Results submitted on {context.submitted}, not posted yet"
    else:
        words = "Submitted results no longer in the record, never posted"
    return change(one, words, reason=_why(context), severity=_weight(context))


def _submitted(one: Difference, context: Context) -> list[FieldChange]:
    """The contents of results that were never posted: no figure of theirs is told."""
    before, after = struct(one.old), struct(one.new)
    words, severity = "Contents of submitted results, not posted yet", Severity.NOISE
    if before and after:
        if all(told.severity is Severity.NOISE for told in _edited(one, before, after)):
            return [change(one, _SAME, before="as before", after="set differently", severity=severity)]
        words, severity = f"Results submitted anew on {context.submitted}, not posted yet", _weight(context)
    elif not context.results_told:
        words, severity = f"Results submitted on {context.submitted}, not posted yet", _weight(context)
    return [
        change(
            one,
            words,
            before=_parts(before) or None,
            after=_parts(after) or None,
            severity=severity,
            reason=_NOT_NEW if severity is Severity.NOISE else _why(context),
        )
    ]


def _weight(context: Context) -> Severity:
    return Severity.NOISE if context.submission_told else Severity.MAJOR


def _why(context: Context) -> str:
    return _NOT_NEW if context.submission_told else _ON_THEIR_WAY


def _edited(one: Difference, before: dict[str, Any], after: dict[str, Any]) -> list[FieldChange]:
    """Each path that differs is told by one line, or is noise."""
    measures, rest = _differing(before, after)
    quiet = [leaf for leaf in rest if leaf.noise]
    rest = [leaf for leaf in rest if not leaf.noise]
    groups: list[Leaf] = []
    news: list[Measure] = []
    for measure in measures:
        quiet += [leaf for leaf in measure.leaves if leaf.noise]
        loud = [leaf for leaf in measure.leaves if not leaf.noise]
        if measure.old is not None and measure.new is not None:
            groups += [leaf for leaf in loud if _of_group(leaf)]
            loud = [leaf for leaf in loud if not _of_group(leaf)]
        if loud:
            news.append(Measure(old=measure.old, new=measure.new, leaves=tuple(loud)))
    groups += [leaf for leaf in rest if _of_group(leaf)]
    modules: dict[str, list[Leaf]] = {}
    for leaf in rest:
        if not _of_group(leaf):
            known = leaf.path[0] if leaf.path[0] in MODULES and len(leaf.path) > 1 else ""
            modules.setdefault(str(known), []).append(leaf)
    lines = [
        *measure_lines(news),
        *harm_lines(modules.pop("adverseEventsModule", [])),
        *flow_lines(modules.pop("participantFlowModule", [])),
        *group_lines(groups),
        *baseline_lines(modules.pop("baselineCharacteristicsModule", [])),
        *further_lines(modules.pop("moreInfoModule", [])),
        *unknown_lines([leaf for of in modules.values() for leaf in of]),
    ]
    found = told(one, lines)
    return found + _unsaid(one, found, quiet)


def _differing(before: dict[str, Any], after: dict[str, Any]) -> tuple[list[Measure], list[Leaf]]:
    """Measures that differ, and all else that does."""
    sides = [below(section, *_MEASURES) for section in (before, after)]
    if any(side is not None and not isinstance(side, list) for side in sides):
        return [], leaves(before, after, ())
    old, new = map(members, sides)
    measures = []
    for pair in pairs_in("outcomeMeasures", old, new, NO_GROUPS):
        a = old[pair.old] if pair.old is not None else None
        b = new[pair.new] if pair.new is not None else None
        place = (*_MEASURES, pair.new if pair.new is not None else pair.old or 0)
        if a is None or b is None:
            if a is not b:
                measures.append(Measure(old=a, new=b, leaves=(Leaf(path=place, old=a, new=b),)))
        elif differing := leaves(a, b, place):
            measures.append(Measure(old=a, new=b, leaves=tuple(differing)))
    return measures, leaves(_without_measures(before), _without_measures(after), ())


def _without_measures(section: dict[str, Any]) -> dict[str, Any]:
    module, name = _MEASURES
    if not isinstance(section.get(module), dict):
        return section
    left = {key: value for key, value in section[module].items() if key != name}
    others = {key: value for key, value in section.items() if key != module}
    return {**others, module: left} if left else others


def _of_group(leaf: Leaf) -> bool:
    """Whether a group was renamed, came or went; groups of adverse events that come or go take deaths with them."""
    if leaf.member:
        return leaf.key == "groups"
    return leaf.key == "title" and len(leaf.path) > 2 and leaf.path[-3] in ("groups", "eventGroups")


def _unsaid(one: Difference, found: list[FieldChange], quiet: list[Leaf]) -> list[FieldChange]:
    """What differs without another meaning: words set differently, lists in another order, ids numbered anew."""
    differing = [f"{'.'.join(one.path)}.{leaf.dotted(removed=False)}" for leaf in quiet]
    covered = {_names(path) for each in found for path in each.paths}
    if not covered:
        paths = list(one.paths)
    else:
        covering = {
            tuple(names.split(".")[:length]) for names in covered for length in range(names.count(".") + 2)
        }
        cuts: dict[str, int | None] = {}
        paths = differing
        for path in one.paths:
            names = _names(path)
            if names not in cuts:
                cuts[names] = _uncovered(names, covered, covering)
            if (length := cuts[names]) is not None:
                paths.append(_cut(path, length))
    if not paths:
        return []
    return [
        change(
            Difference(
                field=one.field, path=one.path, old="as before", new="set differently", paths=list(paths)
            ),
            _SAME,
            action=Action.EDITED,
            severity=Severity.NOISE,
            reason="the same words",
        )
    ]


def _names(path: str) -> str:
    """A path without its positions."""
    return _POSITION.sub("", path)


def _uncovered(names: str, covered: set[str], covering: set[tuple[str, ...]]) -> int | None:
    """How many names of a path lead to where nothing is told of; None where it is told."""
    parts = tuple(names.split("."))
    if parts in covering or any(".".join(parts[:length]) in covered for length in range(len(parts))):
        return None
    return next(length for length in range(1, len(parts) + 1) if parts[:length] not in covering)


def _cut(path: str, names: int) -> str:
    """So many names of a path, with the positions between them."""
    kept: list[str] = []
    for part in path.split("."):
        if not names and not part.isdigit():
            break
        kept.append(part)
        names -= not part.isdigit()
    while kept[-1].isdigit():
        kept.pop()
    return ".".join(kept)


def certificate(one: Difference, context: Context) -> FieldChange:
    if one.new is None:
        return change(one, f"Certificate of delay no longer stated (was of {said(one.old)})")
    if one.old is None:
        return change(
            one, f"Certificate of delay submitted on {said(one.new)}: results may be reported later"
        )
    return change(one, f"Certificate of delay redated: {said(one.old)} → {said(one.new)}")


def _parts(section: dict[str, Any]) -> list[str]:
    return [MODULES.get(key, key) for key in section]
