"""Records for the states that time makes: one applicable trial to edit, and any record that the rules may meet."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

Record = dict[str, Any]
STATUSES = (
    *("RECRUITING", "NOT_YET_RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING", "SUSPENDED"),
    *("COMPLETED", "TERMINATED", "WITHDRAWN", "UNKNOWN", "AVAILABLE", "TEMPORARILY_NOT_AVAILABLE"),
)


def timed(
    trial: str = "NCT00000001",
    *,
    status: str = "COMPLETED",
    start: str | None = "2024-02-01",
    primary: str | None = "2025-08-03",
    completion: str | None = "2025-12-31",
    estimated: bool = False,
    verified: str | None = "2026-10",
    drug: bool | None = True,
    device: bool | None = False,
    phases: tuple[str, ...] | None = ("PHASE2",),
    kind: str = "INTERVENTIONAL",
    purpose: str = "TREATMENT",
    intervention: str = "DRUG",
    country: str = "United States",
    site: str | None = None,
    last_known: str | None = None,
    build: str = "2026-11-20",
    **module: Any,
) -> Record:
    """An applicable trial whose results are due on 2026-08-03. `module` goes into the status module."""
    type_ = "ESTIMATED" if estimated else "ACTUAL"
    dates = {
        "startDateStruct": start and {"date": start},
        "primaryCompletionDateStruct": primary and {"date": primary, "type": type_},
        "completionDateStruct": completion and {"date": completion, "type": type_},
        "statusVerifiedDate": verified,
        "lastKnownStatus": last_known,
        "lastUpdateSubmitDate": "2026-11-18",
        "lastUpdatePostDateStruct": {"date": "2026-11-19", "type": "ACTUAL"},
    }
    flags = {"isFdaRegulatedDrug": drug, "isFdaRegulatedDevice": device}
    place = {"city": "Boston", "country": country, "status": site}
    return {
        "protocolSection": {
            "identificationModule": {"nctId": trial, "briefTitle": f"Study {trial}"},
            "statusModule": {"overallStatus": status, **_given(dates), **module},
            "sponsorCollaboratorsModule": {"leadSponsor": {"name": "A Hospital", "class": "OTHER"}},
            "oversightModule": _given(flags),
            "designModule": _given(
                {
                    "studyType": kind,
                    "phases": list(phases) if phases is not None else None,
                    "designInfo": {"primaryPurpose": purpose},
                }
            ),
            "armsInterventionsModule": {"interventions": [{"type": intervention, "name": "It"}]},
            "contactsLocationsModule": {"locations": [_given(place)]},
        },
        "derivedSection": {"miscInfoModule": {"versionHolder": build}},
        "hasResults": False,
    }


def tracked(record: Record, *infos: dict[str, str]) -> Record:
    """With submissions of results to the registry's quality control."""
    misc = {**record["derivedSection"]["miscInfoModule"], "submissionTracking": {"submissionInfos": [*infos]}}
    return {**record, "derivedSection": {"miscInfoModule": misc}}


def any_timed() -> st.SearchStrategy[Record]:
    """Any record that the rules may meet: each date partial or absent or no date, each fact present or not."""
    days = st.dates(min_value=date(2016, 1, 1), max_value=date(2021, 12, 31)).map(str)
    dates = st.none() | days | days.map(lambda day: day[:7]) | days.map(lambda day: day[:4]) | st.just("soon")
    flag = st.none() | st.booleans()
    return st.builds(
        timed,
        status=st.sampled_from(STATUSES),
        start=dates,
        primary=dates,
        completion=dates,
        estimated=st.booleans(),
        verified=dates,
        drug=flag,
        device=flag,
        phases=st.sampled_from([None, ("NA",), ("PHASE1",), ("PHASE1", "PHASE2"), ("PHASE3",)]),
        site=st.sampled_from([None, "RECRUITING", "COMPLETED"]),
        last_known=st.sampled_from([None, "RECRUITING", "ACTIVE_NOT_RECRUITING"]),
        dispFirstSubmitDate=st.sampled_from(["", "2020-01-01"]),
    )


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
