"""Posted results as tables: participant flow, baseline, outcome measures, adverse events.

Groups become columns. A results section can be a megabyte, so tables are bounded and long ones folded; what
is left out is said, and is in the record's JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from monitor.web.drawing.blocks import Block, Cell, Facts, Prose, Table, cell, shown_text
from monitor.web.record.people import HIDDEN, counted, people_table
from monitor.web.record.remainder import Remainder

MAX_MEASURES = 60  # outcome measures drawn
MAX_RESULT_ROWS = 150  # of one table
MAX_GROUPS = 12  # columns of one table

R = "resultsSection."


def results(rest: Remainder, staff: bool) -> Iterable[Block]:
    """The posted results; nothing when there are none. Takes the modules of `resultsSection`."""
    flow, baseline = _object(rest, "participantFlowModule"), _object(rest, "baselineCharacteristicsModule")
    measures, events = _object(rest, "outcomeMeasuresModule"), _object(rest, "adverseEventsModule")
    more = _object(rest, "moreInfoModule")
    yield from _flow(flow)
    yield from _baseline(baseline)
    yield from _measures(measures)
    yield from _adverse(events)
    yield from _more(more, staff)


def _object(rest: Remainder, module: str) -> dict[str, Any]:
    value = rest.take(R + module)
    return value if isinstance(value, dict) else {}


def _members(holder: dict[str, Any], key: str) -> list[dict[str, Any]]:
    value = holder.get(key)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(holder: dict[str, Any], *keys: str) -> str:
    """The given values, those that are there, in words and joined."""
    return " · ".join(cell(holder[key]).text for key in keys if holder.get(key) not in (None, ""))


def _prose(holder: dict[str, Any], *fields: tuple[str, str]) -> Iterator[Prose]:
    for key, label in fields:
        if isinstance(holder.get(key), str):
            yield Prose(label=label, cell=Cell(shown_text(holder[key]), prose=True))


def _groups(holder: dict[str, Any], key: str = "groups") -> tuple[list[str], list[str], str]:
    """Ids of the groups drawn as columns, their titles, and a note where there are more."""
    groups = _members(holder, key)
    ids = [str(one.get("id", "")) for one in groups[:MAX_GROUPS]]
    titles = [_text(one, "title") or str(one.get("id", "")) for one in groups[:MAX_GROUPS]]
    more = len(groups) - MAX_GROUPS
    return ids, titles, f"{more} more groups are in the JSON" if more > 0 else ""


def _across(ids: list[str], values: Iterable[dict[str, Any]], *keys: str) -> tuple[Cell, ...]:
    """One row of a table: the values of each group, in the order of the columns."""
    by_group: dict[str, str] = {}
    for value in values:
        by_group.setdefault(str(value.get("groupId")), _figure(value, keys))
    return tuple(Cell(by_group.get(id, "")) for id in ids)


def _figure(value: dict[str, Any], keys: tuple[str, ...]) -> str:
    main = next((cell(value[key]).text for key in keys if value.get(key) is not None), "")
    if value.get("spread") is not None:
        main += f" ± {cell(value['spread']).text}"
    if value.get("lowerLimit") is not None or value.get("upperLimit") is not None:
        main += f" ({_text(value, 'lowerLimit') or '?'} to {_text(value, 'upperLimit') or '?'})"
    return f"{main} – {_text(value, 'comment')}" if value.get("comment") else main


def _bounded(
    caption: str, columns: list[str], rows: list[tuple[Cell, ...]], *, note: str = "", folded: bool = False
) -> Table:
    return Table(
        caption=caption,
        columns=tuple(columns),
        rows=tuple(rows[:MAX_RESULT_ROWS]),
        left_out=max(0, len(rows) - MAX_RESULT_ROWS),
        folded=folded,
        note=note,
    )


def _flow(flow: dict[str, Any]) -> Iterator[Block]:
    yield from _prose(
        flow, ("recruitmentDetails", "Recruitment"), ("preAssignmentDetails", "Before assignment to groups")
    )
    ids, titles, note = _groups(flow)
    for period in _members(flow, "periods"):
        rows = [
            (Cell(_text(one, "type")), *_across(ids, _members(one, "achievements"), "numSubjects"))
            for one in _members(period, "milestones")
        ]
        rows += [
            (Cell("Left: " + _text(one, "type")), *_across(ids, _members(one, "reasons"), "numSubjects"))
            for one in _members(period, "dropWithdraws")
        ]
        caption = f"Participant flow: {_text(period, 'title')}"
        yield _bounded(caption, ["Milestone", *titles], rows, note=note)


def _baseline(baseline: dict[str, Any]) -> Iterator[Block]:
    yield from _prose(baseline, ("populationDescription", "Baseline population"))
    ids, titles, note = _groups(baseline)
    rows = _counts(ids, baseline)
    for measure in _members(baseline, "measures"):
        unit = _text(measure, "unitOfMeasure", "paramType", "dispersionType")
        rows += _measurements(
            ids, measure, f"{_text(measure, 'title')} ({unit})" if unit else _text(measure, "title")
        )
    if rows:
        yield _bounded("Baseline characteristics", ["Characteristic", *titles], rows, note=note)


def _counts(ids: list[str], holder: dict[str, Any]) -> list[tuple[Cell, ...]]:
    return [
        (Cell(f"Analysed: {_text(one, 'units')}"), *_across(ids, _members(one, "counts"), "value"))
        for one in _members(holder, "denoms")
    ]


def _measurements(ids: list[str], measure: dict[str, Any], title: str) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for group in _members(measure, "classes"):
        for category in _members(group, "categories"):
            label = " · ".join(
                part for part in (title, _text(group, "title"), _text(category, "title")) if part
            )
            rows.append((Cell(label), *_across(ids, _members(category, "measurements"), "value")))
    return rows


def _measures(module: dict[str, Any]) -> Iterator[Block]:
    measures = _members(module, "outcomeMeasures")
    for measure in measures[:MAX_MEASURES]:
        ids, titles, more = _groups(measure)
        rows = _counts(ids, measure) + _measurements(ids, measure, "")
        about = _text(measure, "timeFrame", "unitOfMeasure", "paramType", "dispersionType", "reportingStatus")
        notes = (about, _text(measure, "description"), _text(measure, "populationDescription"), more)
        rows += [
            (Cell("Analysis: " + _analysis(one)), *(Cell("") for _ in ids))
            for one in _members(measure, "analyses")
        ]
        yield _bounded(
            f"{_text(measure, 'type') or 'Outcome'} outcome: {_text(measure, 'title')}",
            ["", *titles],
            rows,
            note=" – ".join(note for note in notes if note),
            folded=True,
        )
    if len(measures) > MAX_MEASURES:
        count = len(measures) - MAX_MEASURES
        yield Facts(rows=(("More outcome measures", Cell(f"{count} are in the JSON only", muted=True)),))


def _analysis(one: dict[str, Any]) -> str:
    parts = [_text(one, "groupDescription", "statisticalMethod", "paramType", "paramValue")]
    if one.get("pValue") is not None:
        parts.append(f"p {_text(one, 'pValue')}")
    if one.get("ciPctValue") is not None:
        limits = f"{_text(one, 'ciLowerLimit') or '?'} to {_text(one, 'ciUpperLimit') or '?'}"
        parts.append(f"{_text(one, 'ciPctValue')} % CI {limits}")
    parts.append(_text(one, "statisticalComment", "pValueComment", "estimateComment"))
    return " · ".join(part for part in parts if part)


def _adverse(events: dict[str, Any]) -> Iterator[Block]:
    ids, titles, note = _groups(events, "eventGroups")
    groups = _members(events, "eventGroups")[:MAX_GROUPS]
    counted = (("deaths", "Deaths"), ("serious", "Any serious event"), ("other", "Any other event"))
    rows: list[tuple[Cell, ...]] = [
        (Cell(label), *(Cell(_of(one, f"{key}NumAffected", f"{key}NumAtRisk")) for one in groups))
        for key, label in counted
        if any(f"{key}NumAffected" in one for one in groups)
    ]
    about = " – ".join(
        part for part in (_text(events, "timeFrame"), _text(events, "description"), note) if part
    )
    if rows:
        yield _bounded("Adverse events: people affected, of those at risk", ["", *titles], rows, note=about)
    for key, caption in (
        ("seriousEvents", "Serious adverse events"),
        ("otherEvents", "Other adverse events"),
    ):
        terms: list[tuple[Cell, ...]] = []
        for one in _members(events, key):
            stats = {str(stat.get("groupId")): stat for stat in _members(one, "stats")}
            values = (Cell(_of(stats.get(id, {}), "numAffected", "numAtRisk")) for id in ids)
            terms.append((Cell(_text(one, "organSystem", "term")), *values))
        if terms:
            yield _bounded(caption, ["Event", *titles], terms, folded=True)


def _of(holder: dict[str, Any], part: str, whole: str) -> str:
    if holder.get(part) is None:
        return ""
    return _text(holder, part) + (f" of {_text(holder, whole)}" if holder.get(whole) is not None else "")


def _more(more: dict[str, Any], staff: bool) -> Iterator[Block]:
    caveats = more.get("limitationsAndCaveats")
    if isinstance(caveats, dict):
        yield from _prose(caveats, ("description", "Limitations and caveats"))
    agreement = more.get("certainAgreement")
    rows: list[tuple[str, Cell]] = []
    if isinstance(agreement, dict):
        for key, label in (
            ("piSponsorEmployee", "Investigators employed by the sponsor"),
            ("restrictiveAgreement", "Agreement restricts publication"),
            ("restrictionType", "Restriction"),
            ("otherDetails", "Details"),
        ):
            if agreement.get(key) is not None:
                rows.append((label, cell(agreement[key], prose=key == "otherDetails")))
    contact = more.get("pointOfContact")
    if isinstance(contact, dict):
        if not staff:
            rows.append(("Point of contact", counted(contact) or HIDDEN))
        if isinstance(contact.get("organization"), str):
            rows.append(("Organisation", Cell(shown_text(contact["organization"]))))
    if rows:
        yield Facts(rows=tuple(rows))
    if staff and isinstance(contact, dict):
        yield from people_table("Point of contact", [{**contact, "name": contact.get("title")}])
