"""What the store keeps in plain columns of a trial's newest record: for lists, filters and people with SQL.

Taken as the registry gives it, in its own words; a value of an unexpected type counts as absent. Only a
record without an id is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from snapshots.errors import NotAStudyRecord
from snapshots.record import holder

UNKNOWN_ENROLLMENT = 99999999  # the registry's way to say that the number is not known
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}", re.ASCII)
_PHASES = {
    "EARLY_PHASE1": "Early phase 1",
    "PHASE1": "Phase 1",
    "PHASE2": "Phase 2",
    "PHASE3": "Phase 3",
    "PHASE4": "Phase 4",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The plain facts of one record. Dates are ISO and may be partial (`2026-10`)."""

    trial: str
    aliases: tuple[str, ...]
    title: str  # the brief title, else the official one, else the id
    status: str | None  # the registry's own word
    why_stopped: str | None
    phase: str | None  # as people say it: "Phase 1/Phase 2"; None when no phase applies or none is given
    sponsor: str | None
    sponsor_class: str | None  # the registry's own word: INDUSTRY, NIH, OTHER, INDIV, …
    study_type: str | None  # the registry's own word
    enrollment: int | None  # participants; None also where the registry says that it is unknown
    updated: str | None  # lastUpdatePostDate
    submitted: str | None  # lastUpdateSubmitDate
    build: str | None  # the data build's day that the record carries
    has_results: bool
    start: str | None
    primary_completion: str | None
    completion: str | None
    conditions: tuple[str, ...]
    countries: tuple[str, ...]  # of its sites, each once, in the record's order


def facts(record: dict[str, Any]) -> Facts:
    """Read the facts; NotAStudyRecord when there is no study's id in its place."""
    protocol = _object(record, "protocolSection")
    identification = _object(protocol, "identificationModule")
    trial = _text(identification, "nctId")
    if trial is None or not _ID.fullmatch(trial):
        raise NotAStudyRecord(
            "no study record: there is no id at `protocolSection.identificationModule.nctId`",
            hint="a record is what `trialbell show NCT… --json` prints or the registry's API answers",
        )
    status = _object(protocol, "statusModule")
    design = _object(protocol, "designModule")
    enrollment = _object(design, "enrollmentInfo").get("count")
    if not isinstance(enrollment, int) or isinstance(enrollment, bool) or enrollment == UNKNOWN_ENROLLMENT:
        enrollment = None
    sites = _list(_object(protocol, "contactsLocationsModule"), "locations")
    sponsor = _object(_object(protocol, "sponsorCollaboratorsModule"), "leadSponsor")
    return Facts(
        trial=trial,
        aliases=_texts(_list(identification, "nctIdAliases")),
        title=_text(identification, "briefTitle") or _text(identification, "officialTitle") or trial,
        status=_text(status, "overallStatus"),
        why_stopped=_text(status, "whyStopped"),
        phase=_phase(_texts(_list(design, "phases"))),
        sponsor=_text(sponsor, "name"),
        sponsor_class=_text(sponsor, "class"),
        study_type=_text(design, "studyType"),
        enrollment=enrollment,
        updated=_text(_object(status, "lastUpdatePostDateStruct"), "date"),
        submitted=_text(status, "lastUpdateSubmitDate"),
        build=holder(record),
        has_results=record.get("hasResults") is True,
        start=_text(_object(status, "startDateStruct"), "date"),
        primary_completion=_text(_object(status, "primaryCompletionDateStruct"), "date"),
        completion=_text(_object(status, "completionDateStruct"), "date"),
        conditions=_texts(_list(_object(protocol, "conditionsModule"), "conditions")),
        countries=tuple(
            dict.fromkeys(
                country
                for site in sites
                if isinstance(site, dict) and (country := _text(site, "country")) is not None
            )
        ),
    )


def _phase(phases: tuple[str, ...]) -> str | None:
    return "/".join(_PHASES.get(phase, phase) for phase in phases if phase != "NA") or None


def _object(parent: dict[str, Any], key: str) -> dict[str, Any]:
    value = parent.get(key)
    return value if isinstance(value, dict) else {}


def _list(parent: dict[str, Any], key: str) -> list[Any]:
    value = parent.get(key)
    return value if isinstance(value, list) else []


def _text(parent: dict[str, Any], key: str) -> str | None:
    value = parent.get(key)
    return value if isinstance(value, str) and value else None


def _texts(values: list[Any]) -> tuple[str, ...]:
    return tuple(value for value in values if isinstance(value, str))
