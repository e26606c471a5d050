"""NCT07146087 and the two trials named beside it: their published facts, every sentence our own."""

from typing import Any

Record = dict[str, Any]

SEED_ID = "NCT07146087"
SEED_REASON = "Supply of the study product is interrupted; no participant is enrolled until it resumes"
"""An invented reason, for tests that suspend the trial with one; the published facts name none."""

_TITLE = "Allogeneic Mesenchymal Stem Cell-derived Exosome Therapy for Progressive Multiple Sclerosis"
_BIOCELLS = "Biocells Medical"


def seed_record(
    status: str = "SUSPENDED", *, updated: str = "2025-08-28", why_stopped: str | None = None
) -> Record:
    """NCT07146087 as of its last update; with another `status` or `updated`, as it may have stood then."""
    stopped = {} if why_stopped is None else {"whyStopped": why_stopped}
    site: Record = {"facility": _BIOCELLS}
    if status in ("RECRUITING", "NOT_YET_RECRUITING"):
        site["status"] = status
    site |= {"city": "Warsaw", "country": "Poland", "geoPoint": {"lat": 52.22977, "lon": 21.01178}}
    protocol: Record = {
        "identificationModule": {
            "nctId": SEED_ID,
            "orgStudyIdInfo": {"id": "Bio120002"},
            "organization": {"fullName": _BIOCELLS, "class": "INDUSTRY"},
            "briefTitle": _TITLE,
            "officialTitle": f"{_TITLE}: a Randomised, Triple-masked Early Study",
        },
        "statusModule": {
            "statusVerifiedDate": updated[:7],
            "overallStatus": status,
            **stopped,
            "expandedAccessInfo": {"hasExpandedAccess": False},
            "startDateStruct": {"date": "2020-07-01", "type": "ACTUAL"},
            "completionDateStruct": {"date": "2027-12-31", "type": "ESTIMATED"},
            "studyFirstSubmitDate": "2025-08-20",
            "studyFirstSubmitQcDate": "2025-08-20",
            "studyFirstPostDateStruct": {"date": "2025-08-28", "type": "ACTUAL"},
            "lastUpdateSubmitDate": updated if updated != "2025-08-28" else "2025-08-20",
            "lastUpdatePostDateStruct": {"date": updated, "type": "ACTUAL"},
        },
        "sponsorCollaboratorsModule": {
            "responsibleParty": {
                "type": "PRINCIPAL_INVESTIGATOR",
                "investigatorFullName": "Andrei Peskau",
                "investigatorTitle": "Specialist in regenerative medicine",
                "investigatorAffiliation": _BIOCELLS,
            },
            "leadSponsor": {"name": _BIOCELLS, "class": "INDUSTRY"},
        },
        "descriptionModule": {
            "briefSummary": "The study asks whether vesicles that donor stem cells release are safe for "
            "people with progressive multiple sclerosis, and whether disability grows more slowly with them."
        },
        "conditionsModule": {"conditions": ["Multiple Sclerosis"]},
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["EARLY_PHASE1"],
            "designInfo": {
                "allocation": "RANDOMIZED",
                "interventionModel": "SINGLE_GROUP",
                "primaryPurpose": "OTHER",
                "maskingInfo": {
                    "masking": "TRIPLE",
                    "whoMasked": ["PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR"],
                },
            },
            "enrollmentInfo": {"count": 20, "type": "ESTIMATED"},
        },
        "armsInterventionsModule": {
            "armGroups": [
                {
                    "label": "MSC-Derived Exosomes",
                    "type": "EXPERIMENTAL",
                    "description": "Into a vein every 12 weeks for 48 weeks: 4 infusions.",
                    "interventionNames": ["Biological: MSC-Derived Exosomes"],
                },
                {
                    "label": "Normal Saline",
                    "type": "PLACEBO_COMPARATOR",
                    "description": "The same volume of 0.9 % saline on the same days.",
                    "interventionNames": ["Biological: Placebo (Normal Saline)"],
                },
            ],
            "interventions": [
                {
                    "type": "BIOLOGICAL",
                    "name": "MSC-Derived Exosomes",
                    "description": "Vesicles from mesenchymal stem cells of donors.",
                    "armGroupLabels": ["MSC-Derived Exosomes"],
                },
                {
                    "type": "BIOLOGICAL",
                    "name": "Placebo (Normal Saline)",
                    "description": "Saline, not to be told from the product.",
                    "armGroupLabels": ["Normal Saline"],
                },
            ],
        },
        "outcomesModule": {
            "primaryOutcomes": [
                {
                    "measure": "Participants With Adverse Events",
                    "description": "Any event after the first infusion, related or not.",
                    "timeFrame": "48 weeks",
                }
            ]
        },
        "eligibilityModule": {
            "eligibilityCriteria": "Inclusion Criteria:\n\n* Progressive disease is confirmed"
            "\n* EDSS from 3.0 to 6.5"
            "\n\nExclusion Criteria:\n\n* A relapse within 3 months\n* Corticosteroids within 3 months",
            "healthyVolunteers": False,
            "sex": "ALL",
            "minimumAge": "18 Years",
            "maximumAge": "65 Years",
            "stdAges": ["ADULT", "OLDER_ADULT"],
        },
        "contactsLocationsModule": {"locations": [site]},
    }
    return _published(protocol, updated)


def related_records() -> list[Record]:
    """Stand-ins for NCT01730547 (completed) and NCT02403947 (terminated), both of phase 1/2."""
    return [
        _related(
            "NCT01730547", "COMPLETED", "Mesenchymal Stem Cells in Multiple Sclerosis, a Pilot", "2019-05-14"
        ),
        _related("NCT02403947", "TERMINATED", "Mesenchymal Stem Cells for Multiple Sclerosis", "2018-03-06"),
    ]


def _related(nct_id: str, status: str, title: str, updated: str) -> Record:
    # status, phases and id are the published facts; the rest stands in
    protocol: Record = {
        "identificationModule": {
            "nctId": nct_id,
            "orgStudyIdInfo": {"id": f"STAND-IN-{nct_id[-3:]}"},
            "organization": {"fullName": "Stand-in Sponsor", "class": "OTHER"},
            "briefTitle": title,
        },
        "statusModule": {
            "statusVerifiedDate": updated[:7],
            "overallStatus": status,
            "expandedAccessInfo": {"hasExpandedAccess": False},
            "startDateStruct": {"date": "2013-03", "type": "ACTUAL"},
            "completionDateStruct": {"date": "2017-12", "type": "ACTUAL"},
            "studyFirstSubmitDate": "2012-11-15",
            "studyFirstSubmitQcDate": "2012-11-20",
            "studyFirstPostDateStruct": {"date": "2012-11-21", "type": "ESTIMATED"},
            "lastUpdateSubmitDate": updated,
            "lastUpdatePostDateStruct": {"date": updated, "type": "ACTUAL"},
        },
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": "Stand-in Sponsor", "class": "OTHER"}},
        "descriptionModule": {
            "briefSummary": "A small study of cells from the bone marrow, given once into a vein."
        },
        "conditionsModule": {"conditions": ["Multiple Sclerosis"]},
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE1", "PHASE2"],
            "enrollmentInfo": {"count": 13, "type": "ACTUAL"},
        },
    }
    return _published(protocol, updated)


def _published(protocol: Record, updated: str) -> Record:
    mesh = {"meshes": [{"id": "D009103", "term": "Multiple Sclerosis"}]}
    return {
        "protocolSection": protocol,
        "derivedSection": {"miscInfoModule": {"versionHolder": updated}, "conditionBrowseModule": mesh},
        "hasResults": False,
    }
