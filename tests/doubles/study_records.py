"""Invented study records as ClinicalTrials.gov API v2 publishes them: realistic shape, size, untidiness.

    study_record(7)                            always the same record, NCT90000007
    study_record(7, status="RECRUITING")       the same study, recruiting
    study_records(500)                         numbers 1 to 500
    edited(record, Edit.SUSPEND, Random(3))    a new record: suspended, with a reason and moved update dates
    seed_record()                              NCT07146087 by its published facts, in our own words

Nothing of a real person, sponsor or study is in them; ids begin with NCT9, far beyond those in use.
`python -m doubles.study_records 5000 > records.jsonl` writes them one a line.
"""

import argparse
import json
import math
import sys
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from doubles import study_protocol as modules
from doubles import study_words as words
from doubles.seed_records import SEED_ID, SEED_REASON, related_records, seed_record
from doubles.study_edits import Edit, edited, possible_edits
from doubles.study_protocol import NEWEST, SPREAD
from doubles.study_results import annotation_section, document_section, results_section

__all__ = [
    "NEWEST",
    "SEED_ID",
    "SEED_REASON",
    "Edit",
    "edited",
    "possible_edits",
    "related_records",
    "seed_record",
    "study_record",
    "study_records",
]

Record = dict[str, Any]

_STATUSES = {
    "COMPLETED": 38,
    "RECRUITING": 23,
    "NOT_YET_RECRUITING": 15,
    "UNKNOWN": 10,
    "ACTIVE_NOT_RECRUITING": 5,
    "TERMINATED": 4,
    "WITHDRAWN": 2,
    "ENROLLING_BY_INVITATION": 1.2,
    "SUSPENDED": 0.8,
}
_STATUS_NAMES, _STATUS_WEIGHTS = list(_STATUSES), list(_STATUSES.values())


def study_records(count: int, *, seed: int = 1, first: int = 1) -> Iterator[Record]:
    """`count` records, numbers `first`, `first` + 1, …"""
    for number in range(first, first + count):
        yield study_record(number, seed=seed)


def study_record(
    number: int,
    *,
    seed: int = 1,
    nct_id: str | None = None,
    aliases: Sequence[str] = (),
    status: str | None = None,
    study_type: str | None = None,
    phases: Sequence[str] | None = None,
    has_results: bool | None = None,
    enrollment: int | None = None,
    title: str | None = None,
    conditions: Sequence[str] | None = None,
    sponsor: str | None = None,
    sites: int | None = None,
    why_stopped: str | None = None,
    updated: str | None = None,
) -> Record:
    """One record. What is not given follows from `seed` and `number` alone, the same on every machine.

    `status` "WITHHELD" gives the registry's redacted record of three modules; `study_type` is INTERVENTIONAL,
    OBSERVATIONAL or EXPANDED_ACCESS; `sites` is how many; `updated` is lastUpdatePostDate (ISO day).
    """
    rng = Random(f"{seed}:{number}")
    nct_id = nct_id or f"NCT{90_000_000 + number:08d}"
    dice = rng.random()
    if status == "WITHHELD" or (
        status is None and study_type is None and has_results is None and dice < 0.001
    ):
        return _withheld(nct_id, rng, updated)
    if study_type is None:
        study_type = (
            "EXPANDED_ACCESS" if dice > 0.998 else "OBSERVATIONAL" if dice > 0.77 else "INTERVENTIONAL"
        )
    drawn = rng.choices(_STATUS_NAMES, _STATUS_WEIGHTS)[0]
    if status is None:
        status = "COMPLETED" if has_results else drawn
        if study_type == "EXPANDED_ACCESS":
            status = ("AVAILABLE", "NO_LONGER_AVAILABLE", "APPROVED_FOR_MARKETING")[number % 3]
    posts = rng.random() < 0.24 and study_type == "INTERVENTIONAL" and status in ("COMPLETED", "TERMINATED")
    has_results = posts if has_results is None else has_results
    topic = rng.choice(words.CONDITIONS)
    drug = rng.choice(words.SUBSTANCES)
    named = list(conditions) if conditions is not None else [topic[0]]
    lead = (sponsor, "OTHER") if sponsor is not None else rng.choice(words.SPONSORS)
    weight = math.exp(rng.gauss(0, SPREAD))

    protocol: Record = {
        "identificationModule": modules.identification(nct_id, aliases, rng, lead, title, drug, named[0])
    }
    dates = modules.status_module(rng, status, study_type, has_results, why_stopped, updated)
    protocol["statusModule"] = dates
    protocol["sponsorCollaboratorsModule"] = modules.sponsors(rng, lead)
    if study_type != "EXPANDED_ACCESS":
        protocol["oversightModule"] = {
            "oversightHasDmc": rng.random() < 0.4,
            "isFdaRegulatedDrug": rng.random() < 0.3,
            "isFdaRegulatedDevice": False,
        }
    protocol["descriptionModule"] = {"briefSummary": modules.prose(rng, drug, named[0], 3)}
    if rng.random() < 0.67:
        protocol["descriptionModule"]["detailedDescription"] = modules.prose(
            rng, drug, named[0], modules.some(rng, 11, 36, weight)
        )
    protocol["conditionsModule"] = {"conditions": named}
    if rng.random() < 0.6:
        protocol["conditionsModule"]["keywords"] = [
            drug.lower(),
            *rng.sample(["safety", "pain", "n<100", "naïve"], 2),
        ]
    protocol["designModule"] = modules.design(rng, study_type, status, phases, enrollment)
    protocol["armsInterventionsModule"] = modules.arms(rng, study_type, drug)
    if study_type != "EXPANDED_ACCESS":
        protocol["outcomesModule"] = modules.outcomes(rng, weight)
    protocol["eligibilityModule"] = modules.eligibility(rng, study_type, drug, named[0], weight)
    count = modules.some(rng, 1.5, 24, weight) if sites is None else sites
    protocol["contactsLocationsModule"] = modules.contacts(rng, status, min(count, 460), lead[0])
    if rng.random() < 0.3:
        protocol["referencesModule"] = {"references": modules.references(rng, drug)}
    if rng.random() < 0.58:
        protocol["ipdSharingStatementModule"] = {"ipdSharing": rng.choice(["NO", "UNDECIDED", "YES"])}

    record: Record = {"protocolSection": protocol}
    updated_day = date.fromisoformat(dates["lastUpdatePostDateStruct"]["date"])
    if has_results:
        record["resultsSection"] = results_section(protocol, rng, weight=min(weight * 2.2, 12))
    elif status == "COMPLETED" and rng.random() < 0.04:
        submitted = updated_day - timedelta(days=60)
        returned = submitted + timedelta(days=30) if rng.random() < 0.6 else None
        record["annotationSection"] = annotation_section(lead[0], submitted, returned=returned)
    if has_results and rng.random() < 0.6:
        record["documentSection"] = document_section(nct_id, updated_day - timedelta(days=500))
    misc: Record = {"versionHolder": NEWEST.isoformat()}
    if rng.random() < 0.02:
        misc["removedCountries"] = ["Hungary"]
    record["derivedSection"] = {"miscInfoModule": misc, **modules.browse_modules(topic, drug, study_type)}
    record["hasResults"] = has_results
    return record


def _withheld(nct_id: str, rng: Random, updated: str | None) -> Record:
    day = date.fromisoformat(updated) if updated else NEWEST - timedelta(days=rng.randint(5, 900))
    posted = {"date": day.isoformat(), "type": "ESTIMATED"}
    sent = (day - timedelta(days=6)).isoformat()
    redacted = "[Trial of device that is not approved or cleared by the U.S. FDA]"
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": nct_id,
                "orgStudyIdInfo": {"id": f"W-{rng.randint(100, 999)}"},
                "organization": {"fullName": "[Redacted]"},
                "briefTitle": redacted,
                "officialTitle": redacted,
            },
            "statusModule": {
                "overallStatus": "WITHHELD",
                "delayedPosting": True,
                "expandedAccessInfo": {"hasExpandedAccess": False},
                "studyFirstSubmitDate": sent,
                "studyFirstSubmitQcDate": sent,
                "studyFirstPostDateStruct": dict(posted),
                "lastUpdateSubmitDate": sent,
                "lastUpdatePostDateStruct": posted,
            },
            "sponsorCollaboratorsModule": {
                "responsibleParty": {"oldNameTitle": "[Redacted]", "oldOrganization": "[Redacted]"},
                "leadSponsor": {"name": "[Redacted]"},
            },
        },
        "derivedSection": {"miscInfoModule": {"versionHolder": NEWEST.isoformat()}},
        "hasResults": False,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Write invented study records, one JSON value a line.")
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=1)
    asked = parser.parse_args()
    for record in study_records(asked.count, seed=asked.seed, first=asked.first):
        sys.stdout.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
