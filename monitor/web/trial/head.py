"""The head of a trial's pages: what a registry's user expects to see first, from one record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from monitor import addresses
from monitor.web.drawing.blocks import Cell, cell, shown_text
from monitor.web.drawing.terms import said
from monitor.web.sources import Source
from snapshots.changeset import VersionRef
from snapshots.facts import Facts
from snapshots.posting import Results, results_of

# How a status reads at a glance: tone (a class of the style sheet) and sign, never colour alone.
_TONES = {
    "RECRUITING": ("open", "●"),
    "ENROLLING_BY_INVITATION": ("open", "●"),
    "AVAILABLE": ("open", "●"),
    "NOT_YET_RECRUITING": ("waiting", "○"),
    "ACTIVE_NOT_RECRUITING": ("waiting", "◐"),
    "COMPLETED": ("over", "■"),
    "APPROVED_FOR_MARKETING": ("over", "■"),
    "NO_LONGER_AVAILABLE": ("over", "■"),
    "SUSPENDED": ("stopped", "✕"),
    "TERMINATED": ("stopped", "✕"),
    "WITHDRAWN": ("stopped", "✕"),
    "TEMPORARILY_NOT_AVAILABLE": ("stopped", "✕"),
}
FEW, MANY = 4, 8  # names listed before “and n more”


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    registry: str
    trial: str
    href: str
    title: str
    acronym: str
    status: str
    code: str | None  # the registry's own word
    tone: str
    sign: str
    why_stopped: str | None
    rows: tuple[tuple[str, Cell], ...]
    source: str  # the page's last line
    registry_href: str | None  # None: nobody answers there
    registry_label: str
    registry_compare: str | None


def standing(status: str | None, state: str = "present") -> tuple[str, str, str]:
    """Words, tone and sign of a recruitment status. state: of the trial, which may be there no longer."""
    tone, sign = _TONES.get(status or "", ("unknown", "?"))
    words = said(status) if status else "Status not given"
    return (words, tone, sign) if state == "present" else (f"{words} · {state}", "unknown", "?")


def head(at: Source, facts: Facts, record: dict[str, Any], ref: VersionRef) -> Head:
    """The head as this version of the record has it."""
    words, tone, sign = standing(facts.status)
    protocol = _object(record, "protocolSection")
    return Head(
        registry=at.name,
        trial=facts.trial,
        href=addresses.trial(at.name, facts.trial),
        title=shown_text(facts.title),
        acronym=acronym(record),
        status=words,
        code=facts.status,
        tone=tone,
        sign=sign,
        why_stopped=None if facts.why_stopped is None else shown_text(facts.why_stopped),
        rows=tuple((label, made) for label, made in _rows(facts, record, protocol, at, ref) if made.text),
        source=at.line(ref.build or facts.build),
        registry_href=at.url(facts.trial),
        registry_label=at.label,
        registry_compare=at.history_url(facts.trial),
    )


def acronym(record: dict[str, Any]) -> str:
    return _text(_object(_object(record, "protocolSection"), "identificationModule"), "acronym")


def _rows(
    facts: Facts, record: dict[str, Any], protocol: dict[str, Any], at: Source, ref: VersionRef
) -> list[tuple[str, Cell]]:
    status = _object(protocol, "statusModule")
    design = _object(protocol, "designModule")
    sponsor = _object(_object(protocol, "sponsorCollaboratorsModule"), "leadSponsor")
    sites = _object(protocol, "contactsLocationsModule").get("locations")
    return [
        ("Phase", _phase(facts, design)),
        ("Study type", cell(facts.study_type)),
        ("Enrolment", Cell(_enrolment(facts, design))),
        ("Lead sponsor", Cell(_sponsor(facts, _text(sponsor, "class")))),
        ("Conditions", Cell(_some(facts.conditions, FEW))),
        ("Who may take part", Cell(_who(record))),
        ("Where", Cell(_where(facts, sites))),
        ("Start", Cell(_dated(status, "startDateStruct"))),
        ("Primary completion", Cell(_dated(status, "primaryCompletionDateStruct"))),
        ("Completion", Cell(_dated(status, "completionDateStruct"))),
        ("Results", Cell(_results(record, status, ref))),
        ("Last update posted", Cell(_dated(status, "lastUpdatePostDateStruct"))),
        ("Source", Cell(at.label)),
        ("So since the build of", Cell(ref.build or facts.build or "")),
    ]


def _phase(facts: Facts, design: dict[str, Any]) -> Cell:
    """`NA` is the registry's word for a study without phases; a record that has none at all says nothing."""
    if facts.phase:
        return Cell(facts.phase)
    return Cell("Not applicable") if design.get("phases") == ["NA"] else Cell("not given", muted=True)


def _who(record: dict[str, Any]) -> str:
    """Who may take part: `18 Years to no limit, all sexes, no healthy volunteers`."""
    wanted = _object(_object(record, "protocolSection"), "eligibilityModule")
    least, most = _text(wanted, "minimumAge"), _text(wanted, "maximumAge")
    sex, healthy = _text(wanted, "sex"), wanted.get("healthyVolunteers")
    parts = []
    if least or most:
        parts.append(f"{least or 'No lower limit'} to {most or 'no limit'}")
    elif sex or healthy is not None:
        parts.append("Any age")
    if sex:
        parts.append("all sexes" if sex == "ALL" else f"{said(sex).lower()} only")
    if isinstance(healthy, bool):
        parts.append("healthy volunteers too" if healthy else "no healthy volunteers")
    return ", ".join(shown_text(part) for part in parts)


def _sponsor(facts: Facts, kind: str) -> str:
    name = shown_text(facts.sponsor or "")
    return f"{name} ({said(kind).lower() if kind != 'NIH' else kind})" if name and kind else name


def _enrolment(facts: Facts, design: dict[str, Any]) -> str:
    if facts.enrollment is None:
        return ""
    kind = _text(_object(design, "enrollmentInfo"), "type")
    return f"{facts.enrollment:,}" + (f" ({said(kind).lower()})" if kind else "")


def _where(facts: Facts, sites: Any) -> str:
    count = len(sites) if isinstance(sites, list) else 0
    if not count:
        return ""
    return f"{count} {'site' if count == 1 else 'sites'}: {_some(facts.countries)}"


def _results(record: dict[str, Any], status: dict[str, Any], ref: VersionRef) -> str:
    match results_of(record, ref.source):
        case Results.NONE:
            return "None posted"
        case Results.SUBMITTED:
            submitted = _text(status, "resultsFirstSubmitDate")
            return f"Submitted {submitted}, not posted" if submitted else "Submitted, not posted"
        case Results.POSTED:
            posted = _dated(status, "resultsFirstPostDateStruct")
            return f"Posted {posted}" if posted else "Posted"


def _dated(status: dict[str, Any], key: str) -> str:
    day = _object(status, key)
    kind = _text(day, "type")
    return _text(day, "date") + (f" ({said(kind).lower()})" if kind and kind != "ACTUAL" else "")


def _some(names: tuple[str, ...], most: int = MANY) -> str:
    more = len(names) - most
    return ", ".join(shown_text(name) for name in names[:most]) + (f" and {more} more" if more > 0 else "")


def _object(holder: dict[str, Any], key: str) -> dict[str, Any]:
    value = holder.get(key)
    return value if isinstance(value, dict) else {}


def _text(holder: dict[str, Any], key: str) -> str:
    value = holder.get(key)
    return value if isinstance(value, str) else ""
