"""What newly posted results hold: one fact for the headline, one line for the reader. Nothing is judged."""

from __future__ import annotations

from typing import Any

from snapshots.changes.results.harms import affected
from snapshots.changes.results.values import MOST_GROUPS, analysed, figures, group_names, versus
from snapshots.reaching import below, members, struct, text
from snapshots.terms import counted, short

LONGEST = 180  # characters of the headline's sentence: it is never cut
LEAST_TITLE = 50  # characters that a title is given, however much stands beside it


def headline_of(section: dict[str, Any]) -> str:
    """`Results posted: Overall survival median 14.2 vs 11.9 months, p = 0.03; 1 more primary outcome`.

    No more than `Results posted` where the first primary outcome has no title.
    """
    primary = _primary(section)
    title = text(primary[0].get("title")) if primary else None
    if not title or not title.strip():
        return "Results posted"
    more = f"; {counted(len(primary) - 1, 'more primary outcome')}" if len(primary) > 1 else ""
    first = primary[0]
    if first.get("reportingStatus") == "NOT_POSTED":
        all_of = all(one.get("reportingStatus") == "NOT_POSTED" for one in primary)
        if all_of and not more:
            return _fitted("Results posted without the primary outcome, ", title, "")
        if all_of:
            return f"Results posted without any of the {len(primary)} primary outcomes"
        return _fitted("Results posted without the primary outcome ", title, more)
    counts = analysed(first)
    if counts and len(counts) == len(members(first.get("groups"))) and not any(map(int, counts)):
        return _fitted("Results posted: nobody analysed for ", title, more)
    fact = versus(first)
    if fact and len(fact) + len(more) <= LONGEST - LEAST_TITLE - len("Results posted: , "):
        return _fitted("Results posted: ", title, f", {fact}{more}")
    return _fitted("Results posted on ", title, more)


def _fitted(start: str, title: str, end: str) -> str:
    return f"{start}{short(title, LONGEST - len(start) - len(end) - 1).rstrip(' .,;:')}{end}"


def held(section: dict[str, Any], *, under_way: bool = False) -> str:
    """`300 participants started, 270 completed; primary outcome …; serious adverse events …; deaths …`.

    under_way: that nobody has completed the study yet is no result.
    """
    primary = _primary(section)
    measures = members(below(section, "outcomeMeasuresModule", "outcomeMeasures"))
    parts = _participants(section, under_way=under_way)
    for one in primary[:2]:
        title = short(text(one.get("title")) or "without a title", 90)
        parts.append(f"primary outcome {title}: {_said(one)}")
    if len(primary) > 2:
        parts.append(counted(len(primary) - 2, "more primary outcome"))
    if len(measures) > len(primary):
        parts.append(counted(len(measures) - len(primary), "other measure" if primary else "outcome measure"))
    groups = members(below(section, "adverseEventsModule", "eventGroups"))
    for name, words in (("serious", "serious adverse events"), ("deaths", "deaths")):
        stated = [(struct(group), number) for group in groups if (number := affected(group, name))]
        if len(stated) > MOST_GROUPS:
            hit = sum(bool(group.get(f"{name}NumAffected")) for group, _ in stated)
            parts.append(f"{words} in {hit} of {len(stated)} groups")
        elif stated:
            names = group_names([text(group.get("title")) or "" for group, _ in stated])
            told = [f"{group} {number}" for group, (_, number) in zip(names, stated, strict=True)]
            parts.append(f"{words}: {', '.join(told)}")
    return "; ".join(parts) or "nothing that trialbell can read"


def _said(measure: dict[str, Any]) -> str:
    if measure.get("reportingStatus") == "NOT_POSTED":
        return "not posted yet"
    counts = analysed(measure)
    if counts and not any(map(int, counts)):
        return "nobody analysed"
    return figures(measure) or "no values"


def _primary(section: dict[str, Any]) -> list[dict[str, Any]]:
    measures = members(below(section, "outcomeMeasuresModule", "outcomeMeasures"))
    return [one for one in measures if isinstance(one, dict) and one.get("type") == "PRIMARY"]


def _participants(section: dict[str, Any], *, under_way: bool) -> list[str]:
    """Over the groups of each period, which hold nobody twice; of the first two periods."""
    periods = members(below(section, "participantFlowModule", "periods"))
    found = []
    for period in periods[:2]:
        started, completed = (_number(period, kind) for kind in ("STARTED", "COMPLETED"))
        if started is None:
            continue
        name = f"{short(text(struct(period).get('title')) or 'a period', 40)}: " if len(periods) > 1 else ""
        done = "" if completed is None or (under_way and not completed) else f", {completed} completed"
        found.append(f"{name}{counted(started, 'participant')} started{done}")
    return found + ([counted(len(periods) - 2, "more period")] if found and len(periods) > 2 else [])


def _number(period: Any, kind: str) -> int | None:
    """None unless every group of the milestone has a number."""
    for milestone in members(struct(period).get("milestones")):
        if struct(milestone).get("type") == kind:
            values = [
                text(struct(one).get("numSubjects")) for one in members(struct(milestone).get("achievements"))
            ]
            numbers = [
                int(value) for value in values if value is not None and value.isdecimal() and len(value) < 10
            ]
            return sum(numbers) if numbers and len(numbers) == len(values) else None
    return None
