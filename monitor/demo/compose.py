"""Pieces from which the demo's records are written, in the shape and key order of the registry's API v2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

When = tuple[str, str]  # a date of any precision, and ACTUAL or ESTIMATED

NOTE = "Written for the demo of trialbell; not the registry's text."


def arm(label: str, kind: str, description: str, *interventions: str) -> dict[str, Any]:
    return {
        "label": label,
        "type": kind,
        "description": description,
        "interventionNames": list(interventions),
    }


def intervention(kind: str, name: str, description: str, *arms: str, others: tuple[str, ...] = ()) -> Any:
    return pruned(
        {
            "type": kind,
            "name": name,
            "description": description,
            "armGroupLabels": list(arms),
            "otherNames": list(others),
        }
    )


def outcome(measure: str, frame: str, description: str) -> dict[str, Any]:
    return {"measure": measure, "description": description, "timeFrame": frame}


def site(
    facility: str,
    city: str,
    country: str,
    point: tuple[float, float],
    *,
    status: str | None = None,
    code: str | None = None,
    state: str | None = None,
) -> dict[str, Any]:
    return pruned(  # type: ignore[no-any-return]  # a dict in, a dict out
        {
            "facility": facility,
            "status": status,
            "city": city,
            "state": state,
            "zip": code,
            "country": country,
            "geoPoint": {"lat": point[0], "lon": point[1]},
        }
    )


def criteria(inclusion: Sequence[str], exclusion: Sequence[str]) -> str:
    """Eligibility as the registry's markdown has it."""
    wanted = "\n".join(f"* {line}" for line in inclusion)
    refused = "\n".join(f"* {line}" for line in exclusion)
    return f"Inclusion Criteria:\n\n{wanted}\n\nExclusion Criteria:\n\n{refused}"


def study(
    trial: str,
    *,
    study_id: str,
    title: str,
    official: str,
    sponsor: str,
    sponsor_class: str,
    status: str,
    start: When,
    completion: When,
    first_submitted: str,
    first_posted: str,
    submitted: str,
    posted: str,
    summary: str,
    conditions: Sequence[str],
    enrollment: tuple[int, str],
    eligibility: str,
    primary_outcomes: Sequence[Any],
    sites: Sequence[Any],
    primary_completion: When | None = None,
    why_stopped: str | None = None,
    verified: str | None = None,
    aliases: Sequence[str] = (),
    acronym: str | None = None,
    responsible: dict[str, Any] | None = None,
    collaborators: Sequence[tuple[str, str]] = (),
    oversight: dict[str, Any] | None = None,
    detail: str = NOTE,
    keywords: Sequence[str] = (),
    study_type: str = "INTERVENTIONAL",
    phases: Sequence[str] = (),
    design: dict[str, Any] | None = None,
    arms: Sequence[Any] = (),
    interventions: Sequence[Any] = (),
    secondary_outcomes: Sequence[Any] = (),
    sex: str = "ALL",
    ages: tuple[str | None, str | None] = ("18 Years", None),
    healthy: bool = False,
    contact: str | None = None,
    officials: Sequence[tuple[str, str, str]] = (),
    references: Sequence[Any] = (),
    derived: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A whole record without results. `versionHolder` is filled in whenever a data build is published."""
    protocol = {
        "identificationModule": {
            "nctId": trial,
            "nctIdAliases": list(aliases),
            "orgStudyIdInfo": {"id": study_id},
            "organization": {"fullName": sponsor, "class": sponsor_class},
            "briefTitle": title,
            "officialTitle": official,
            "acronym": acronym,
        },
        "statusModule": {
            "statusVerifiedDate": verified or submitted[:7],
            "overallStatus": status,
            "whyStopped": why_stopped,
            "expandedAccessInfo": {"hasExpandedAccess": False},
            "startDateStruct": when(start),
            "primaryCompletionDateStruct": when(primary_completion),
            "completionDateStruct": when(completion),
            "studyFirstSubmitDate": first_submitted,
            "studyFirstSubmitQcDate": first_submitted,
            "studyFirstPostDateStruct": {"date": first_posted, "type": "ACTUAL"},
            "lastUpdateSubmitDate": submitted,
            "lastUpdatePostDateStruct": {"date": posted, "type": "ACTUAL"},
        },
        "sponsorCollaboratorsModule": {
            "responsibleParty": responsible or {"type": "SPONSOR"},
            "leadSponsor": {"name": sponsor, "class": sponsor_class},
            "collaborators": [{"name": name, "class": kind} for name, kind in collaborators],
        },
        "oversightModule": oversight,
        "descriptionModule": {"briefSummary": summary, "detailedDescription": detail},
        "conditionsModule": {"conditions": list(conditions), "keywords": list(keywords)},
        "designModule": {
            "studyType": study_type,
            "phases": list(phases),
            "designInfo": design,
            "enrollmentInfo": {"count": enrollment[0], "type": enrollment[1]},
        },
        "armsInterventionsModule": {"armGroups": list(arms), "interventions": list(interventions)},
        "outcomesModule": {
            "primaryOutcomes": list(primary_outcomes),
            "secondaryOutcomes": list(secondary_outcomes),
        },
        "eligibilityModule": {
            "eligibilityCriteria": eligibility,
            "healthyVolunteers": healthy,
            "sex": sex,
            "minimumAge": ages[0],
            "maximumAge": ages[1],
            "stdAges": _standard_ages(*ages),
        },
        "contactsLocationsModule": {
            "centralContacts": (
                contact and [{"name": contact, "role": "CONTACT", "email": "desk@example.org"}]
            ),
            "overallOfficials": [
                {"name": name, "affiliation": place, "role": role} for name, place, role in officials
            ],
            "locations": list(sites),
        },
        "referencesModule": {"references": list(references)},
    }
    record = {
        "protocolSection": protocol,
        "derivedSection": {"miscInfoModule": {"versionHolder": ""}, **(derived or {})},
    }
    return {**pruned(record), "hasResults": False}


def when(date: When | None) -> dict[str, str] | None:
    return None if date is None else {"date": date[0], "type": date[1]}


def mesh(*terms: tuple[str, str]) -> dict[str, Any]:
    """A browse module of the derived section."""
    return {"meshes": [{"id": number, "term": term} for number, term in terms]}


def pruned(value: Any) -> Any:
    """Without nulls and empty containers: in the registry an absent value is an absent key."""
    if isinstance(value, dict):
        members = {name: pruned(member) for name, member in value.items()}
        return {name: member for name, member in members.items() if member not in (None, {}, [])}
    if isinstance(value, list):
        return [pruned(member) for member in value]
    return value


def _standard_ages(youngest: str | None, oldest: str | None) -> list[str]:
    low = _years(youngest, 0.0)
    high = _years(oldest, 200.0)
    groups = (("CHILD", 0, 18), ("ADULT", 18, 65), ("OLDER_ADULT", 65, 200))
    return [name for name, first, after in groups if low < after and high >= first]


def _years(age: str | None, otherwise: float) -> float:
    if age is None:
        return otherwise
    number, unit = age.split()
    return float(number) / {"Years": 1, "Months": 12, "Weeks": 52, "Days": 365}[unit]
