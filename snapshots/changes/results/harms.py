"""Posted adverse events that were edited: deaths, serious events, and what is said of the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from snapshots.changes.results.leaves import Leaf
from snapshots.changes.results.lines import Line, arrow, brief, few, major, turned
from snapshots.changes.results.values import group_names
from snapshots.changeset import Action, Severity
from snapshots.reaching import struct, text
from snapshots.terms import counted, listed, short

MODULE = "adverse events"
_DETAILS = {
    "frequencyThreshold": "frequency threshold",
    "timeFrame": "time frame",
    "description": "description",
}
_SERIOUS_COUNTS = ("numAffected", "numAtRisk", "numEvents", "stats")


def harm_lines(leaves: Sequence[Leaf]) -> list[Line]:
    """The leaves of the module, groups' titles apart."""
    topics: dict[str, list[Leaf]] = {}
    for leaf in leaves:
        topics.setdefault(_topic(leaf), []).append(leaf)
    return [_TOPICS[name](topics[name]) for name in _TOPICS if name in topics]


def _topic(leaf: Leaf) -> str:
    first = leaf.path[1] if len(leaf.path) > 1 else ""
    if first == "eventGroups":
        if leaf.member:
            return "groups"
        for start in ("deaths", "serious", "other"):
            if leaf.key.startswith(f"{start}Num"):
                return start
        return "details"
    if first == "seriousEvents":
        counts = leaf.member or leaf.key in (*_SERIOUS_COUNTS, "seriousEvents")
        return "terms" if counts else "renamed" if leaf.key == "term" else "serious-details"
    return "other" if first == "otherEvents" else "details"


def _deaths(leaves: Sequence[Leaf]) -> Line:
    stated = all(leaf.old is None for leaf in leaves)
    nobody = stated and all(leaf.new == 0 for leaf in leaves if leaf.key == "deathsNumAffected")
    entries, before, after = _by_group(leaves, "deaths")
    words = f"Deaths changed: {few(entries, 3)}"
    if stated:
        words = f"Deaths now stated: {'none' if nobody else few(after, 3)}"
    weight: dict[str, Any] = {"reason": "that nobody died was not stated before"}
    if not nobody:
        weight = major("deaths were first stated" if stated else "the number of deaths changed")
    return _line("deaths", words, leaves, item="deaths", before=before, after=after, **weight)


def _serious(leaves: Sequence[Leaf]) -> Line:
    entries, before, after = _by_group(leaves, "serious")
    return _line(
        "serious",
        f"Participants with serious adverse events changed: {few(entries, 3)}",
        leaves,
        item="serious adverse events",
        before=before,
        after=after,
        **major("the number of serious adverse events changed"),
    )


def _by_group(leaves: Sequence[Leaf], name: str) -> tuple[list[str], list[str], list[str]]:
    """`Zorvanib 10 mg 2 → 3 of 150`, and both sides, group by group."""
    groups = {leaf.path[:3]: leaf for leaf in leaves}
    names = group_names([leaf.group for leaf in groups.values()])
    entries, before, after = [], [], []
    for group, leaf in zip(names, groups.values(), strict=True):
        old, new = (affected(side, name) or "not stated" for side in leaf.holder)
        (number, _, of), (other, _, at_risk) = old.partition(" of "), new.partition(" of ")
        entries.append(f"{group} {number if of == at_risk else old} → {new if at_risk else other}")
        before.append(f"{group} {old}")
        after.append(f"{group} {new}")
    return entries, before, after


def affected(group: Any, name: str) -> str:
    """`3 of 150` of an event group; name: deaths, serious or other. Empty where it is not stated."""
    number, at_risk = (struct(group).get(f"{name}Num{end}") for end in ("Affected", "AtRisk"))
    if number is None and at_risk is None:
        return ""
    if at_risk is None:
        return brief(number)
    return f"{'an unknown number' if number is None else brief(number)} of {brief(at_risk)}"


def _terms(leaves: Sequence[Leaf]) -> Line:
    """Serious events by term: those that came, went, or hit another number of people."""
    come = [_term(leaf) for leaf in leaves if _whole(leaf) and leaf.old is None]
    gone = [_term(leaf) for leaf in leaves if _whole(leaf) and leaf.old is not None]
    counts = [leaf for leaf in leaves if not _whole(leaf)]
    by_term: dict[str, list[Leaf]] = {}
    for leaf in counts:
        by_term.setdefault(_term(leaf), []).append(leaf)
    parts = []
    if come:
        parts.append(f"{listed(come)} added")
    if gone:
        parts.append(f"{listed(gone)} removed")
    if len(by_term) == 1:
        parts += [f"{term}, {few([_count(leaf) for leaf in of])}" for term, of in by_term.items()]
    elif by_term:
        parts.append(f"counts changed of {listed(list(by_term))}")
    alone = {(True, False): Action.ADDED, (False, True): Action.REMOVED}.get((bool(come), bool(gone)))
    names = list(dict.fromkeys([*come, *gone, *by_term]))
    before, after = turned(leaves)
    return _line(
        "serious-terms",
        f"{'Serious event' if len(names) == 1 else 'Serious events'}: {'; '.join(parts)}",
        leaves,
        item=listed(names),
        action=alone if alone and not counts else Action.EDITED,
        before=None if alone is Action.ADDED and not counts else before,
        after=None if alone is Action.REMOVED and not counts else after,
        **major("the serious adverse events listed changed"),
    )


def _whole(leaf: Leaf) -> bool:
    """Whether it is a term with all its numbers, and no number of a term."""
    return leaf.member and len(leaf.path) == 3


def _term(leaf: Leaf) -> str:
    return short(leaf.rows[0], 60) if leaf.rows else "an event without a term"


def _count(leaf: Leaf) -> str:
    ends = {"numAtRisk": " at risk", "numEvents": " events"}.get(leaf.key, "")
    old, new = (
        struct(value).get("numAffected") if isinstance(value, dict) else value
        for value in (leaf.old, leaf.new)
    )
    return f"{short(leaf.group, 40) or 'a group'} {arrow(old, new)}{ends}"


def _serious_details(leaves: Sequence[Leaf]) -> Line:
    terms = list(dict.fromkeys(map(_term, leaves)))
    return _line(
        "serious-details",
        f"How serious events are described changed: {listed(terms)}",
        leaves,
        item=listed(terms),
    )


def _renamed(leaves: Sequence[Leaf]) -> Line:
    """Another term may be another illness (hypotension, hypertension): that is for the reader to judge."""
    entries = [arrow(*(brief(side) for side in (leaf.old or "none", leaf.new or "none"))) for leaf in leaves]
    return _line(
        "serious-renamed",
        f"{'Serious event' if len(entries) == 1 else 'Serious events'} renamed: {few(entries, 3)}",
        leaves,
        item=listed(list(dict.fromkeys(map(_term, leaves)))),
        **major("the serious adverse events listed changed"),
    )


def _groups(leaves: Sequence[Leaf]) -> Line:
    entries, weighty = [], False
    for leaf in leaves:
        group = leaf.old if leaf.new is None else leaf.new
        numbers = [f"serious events {affected(group, 'serious') or 'not stated'}"]
        if deaths := affected(group, "deaths"):
            numbers.append(f"deaths {deaths}")
        weighty = weighty or any(struct(group).get(f"{name}NumAffected") for name in ("deaths", "serious"))
        name = short(text(struct(group).get("title")) or "a group without a title", 40)
        entries.append(
            f"{'no longer ' if leaf.new is None else 'now '}given for {name} ({', '.join(numbers)})"
        )
    before, after = turned(leaves)
    return _line(
        "groups",
        f"Adverse events {few(entries)}",
        leaves,
        item="groups of adverse events",
        before=before,
        after=after,
        **(major("deaths and serious adverse events are counted in other groups") if weighty else {}),
    )


def _other(leaves: Sequence[Leaf]) -> Line:
    terms = list(dict.fromkeys(_term(leaf) for leaf in leaves if leaf.path[1] == "otherEvents"))
    about = counted(len(terms), "event") if len(terms) > 3 else listed(terms)
    return _line(
        "other",
        f"Other adverse events changed: {about if terms else 'participants affected'}",
        leaves,
        item="other adverse events",
    )


def _details(leaves: Sequence[Leaf]) -> Line:
    what = list(dict.fromkeys(_DETAILS.get(leaf.key, "details") for leaf in leaves))
    shown = ""
    if len(leaves) == 1 and leaves[0].key in ("frequencyThreshold", "timeFrame"):
        shown = f", {arrow(leaves[0].old, leaves[0].new)}"
        shown = f"{shown} %" if leaves[0].key == "frequencyThreshold" else shown
    return _line("details", f"Adverse events reworded: {listed(what)}{shown}", leaves, item=listed(what))


_TOPICS = {
    "deaths": _deaths,
    "serious": _serious,
    "terms": _terms,
    "renamed": _renamed,
    "groups": _groups,
    "serious-details": _serious_details,
    "other": _other,
    "details": _details,
}


def _line(kind: str, words: str, leaves: Sequence[Leaf], **more: Any) -> Line:
    if "before" not in more and "after" not in more:
        more["before"], more["after"] = turned(leaves)
    more.setdefault("severity", Severity.MINOR)
    return Line(kind=f"harms-{kind}", module=MODULE, words=words, several=words, leaves=tuple(leaves), **more)
