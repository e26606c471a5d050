"""The record that the cases edit, with facts they can name, and ways to reach into it."""

from __future__ import annotations

from typing import Any

from doubles.study_records import study_record

Record = dict[str, Any]
PERSON = {"name": "Ada Fictive, MD", "role": "CONTACT", "phone": "+00 000 4711", "email": "ada@site.example"}
STAFF = (
    "Ada Fictive",
    "Bert Invented",
    "Eve Newton",
    "4711",
    "ada@",
)  # what no sentence and no value may hold
START, PRIMARY, COMPLETION = "startDateStruct", "primaryCompletionDateStruct", "completionDateStruct"


def site(facility, city, code, country, status="RECRUITING", **more):
    return {"facility": facility, "status": status, "city": city, "zip": code, "country": country, **more}


def base():
    """A recruiting phase 3 study of the generator's shape, with facts that the cases can name."""
    r = study_record(
        7,
        status="RECRUITING",
        study_type="INTERVENTIONAL",
        phases=["PHASE2", "PHASE3"],
        enrollment=300,
        sites=3,
        sponsor="Northfield University",
    )
    p = r["protocolSection"]
    s = p["statusModule"]
    for key in ("whyStopped", "lastKnownStatus"):
        s.pop(key, None)
    s.update(
        statusVerifiedDate="2026-09",
        startDateStruct={"date": "2025-02-03", "type": "ACTUAL"},
        primaryCompletionDateStruct={"date": "2027-03-31", "type": "ESTIMATED"},
        completionDateStruct={"date": "2027-09-30", "type": "ESTIMATED"},
        lastUpdateSubmitDate="2026-10-01",
        lastUpdatePostDateStruct={"date": "2026-10-03", "type": "ESTIMATED"},
        expandedAccessInfo={"hasExpandedAccess": False},
    )
    p["sponsorCollaboratorsModule"] = {
        "responsibleParty": {
            "type": "PRINCIPAL_INVESTIGATOR",
            "investigatorFullName": "Bert Invented",
            "investigatorTitle": "Professor",
            "investigatorAffiliation": "Northfield University",
        },
        "leadSponsor": {"name": "Northfield University", "class": "OTHER"},
        "collaborators": [{"name": "Acme Pharma", "class": "INDUSTRY"}],
    }
    p["oversightModule"] = {
        "oversightHasDmc": True,
        "isFdaRegulatedDrug": True,
        "isFdaRegulatedDevice": False,
    }
    p["descriptionModule"] = {
        "briefSummary": "This study tests whether Zorvanib lowers pain. It takes place in several countries.",
        "detailedDescription": "Part one is a run-in of two weeks. Part two is randomised. "
        "Patients with eGFR \\> 60 enter part two.",
    }
    p["conditionsModule"] = {
        "conditions": ["Migraine", "Cluster Headache"],
        "keywords": ["pain", "headache", "n<100"],
    }
    p["designModule"]["designInfo"] = {
        "allocation": "RANDOMIZED",
        "interventionModel": "PARALLEL",
        "primaryPurpose": "TREATMENT",
        "maskingInfo": {"masking": "TRIPLE", "whoMasked": ["PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR"]},
    }
    p["designModule"]["enrollmentInfo"] = {"count": 300, "type": "ESTIMATED"}
    p["armsInterventionsModule"] = {
        "armGroups": [
            {
                "label": "Zorvanib 10 mg",
                "type": "EXPERIMENTAL",
                "description": "Once a day for 24 weeks.",
                "interventionNames": ["Drug: Zorvanib"],
            },
            {
                "label": "Placebo",
                "type": "PLACEBO_COMPARATOR",
                "description": "Looks the same.",
                "interventionNames": ["Drug: Placebo"],
            },
        ],
        "interventions": [
            {
                "type": "DRUG",
                "name": "Zorvanib",
                "description": "Tablets.",
                "armGroupLabels": ["Zorvanib 10 mg"],
                "otherNames": ["ZO-101", "ZV"],
            },
            {
                "type": "DRUG",
                "name": "Placebo",
                "description": "Tablets that hold nothing.",
                "armGroupLabels": ["Placebo"],
            },
        ],
    }
    p["outcomesModule"] = {
        "primaryOutcomes": [
            {
                "measure": "Pain intensity on the numeric rating scale",
                "description": "0 is none.",
                "timeFrame": "12 weeks",
            }
        ],
        "secondaryOutcomes": [
            {"measure": "Quality of life by SF-36", "timeFrame": "24 weeks"},
            {"measure": "Days with rescue medication", "timeFrame": "24 weeks"},
            {"measure": "Number of serious adverse events", "timeFrame": "up to 52 weeks"},
            {"measure": "Hospital admissions", "timeFrame": "up to 52 weeks"},
            {"measure": "Return to work", "timeFrame": "up to 52 weeks"},
        ],
    }
    p["eligibilityModule"] = {
        "eligibilityCriteria": "Inclusion Criteria:\n\n* Adults with migraine\n* eGFR \\>= 60\n\n"
        "Exclusion Criteria:\n\n* Pregnancy\n* Use of opioids",
        "healthyVolunteers": False,
        "sex": "ALL",
        "minimumAge": "18 Years",
        "maximumAge": "75 Years",
        "stdAges": ["ADULT", "OLDER_ADULT"],
    }
    p["contactsLocationsModule"] = {
        "centralContacts": [dict(PERSON)],
        "overallOfficials": [
            {
                "name": "Bert Invented",
                "affiliation": "Northfield University",
                "role": "PRINCIPAL_INVESTIGATOR",
            }
        ],
        "locations": [
            site("Hôpital Imaginaire", "Lyon", "69001", "France", geoPoint={"lat": 45.7, "lon": 4.8}),
            site(
                "Clinique du Fleuve",
                "Paris",
                "75011",
                "France",
                "NOT_YET_RECRUITING",
                geoPoint={"lat": 48.8, "lon": 2.3},
            ),
            site("Szpital Wymyślony", "Krakow", "30-688", "Poland", contacts=[dict(PERSON)]),
            site("Hospital Inventado", "Madrid", "28034", "Spain", "NOT_YET_RECRUITING"),
            site("General Hospital of Nowhere", "Boston", "02114", "United States", state="Massachusetts"),
            site("Harbour Clinic", "Boston", "02215", "United States", state="Massachusetts"),
        ],
    }
    p["referencesModule"] = {
        "references": [
            {
                "pmid": "90000001",
                "type": "BACKGROUND",
                "citation": "Fictive A. Pain in a model. J Invented Med. 2020;1(2):3-9.",
            }
        ]
    }
    p["ipdSharingStatementModule"] = {"ipdSharing": "YES", "infoTypes": ["STUDY_PROTOCOL", "SAP"]}
    for key in ("resultsSection", "documentSection", "annotationSection"):
        r.pop(key, None)
    r["hasResults"] = False
    return r


def protocol(record):
    return record["protocolSection"]


def statuses(record):
    return protocol(record)["statusModule"]


def outcomes(record):
    return protocol(record)["outcomesModule"]


def arms(record):
    return protocol(record)["armsInterventionsModule"]


def eligibility(record):
    return protocol(record)["eligibilityModule"]


def contacts(record):
    return protocol(record)["contactsLocationsModule"]


def sites(record):
    return contacts(record)["locations"]


def design(record):
    return protocol(record)["designModule"]


def turn(old, new, before, after, why=None):
    """The study's status before and after, and the newer record's reason for stopping."""
    statuses(old)["overallStatus"], statuses(new)["overallStatus"] = before, after
    if why is not None:
        statuses(new)["whyStopped"] = why


def dates(old, new, key, before, after):
    """before and after: "2027-03-31 E", "2026-10 A", or "2026-10" without a type."""
    for record, text in ((old, before), (new, after)):
        day, _, kind = text.partition(" ")
        statuses(record).pop(key, None)
        if text:
            typed = {"type": {"A": "ACTUAL", "E": "ESTIMATED"}[kind]} if kind else {}
            statuses(record)[key] = {"date": day, **typed}


def enrol(old, new, before, after):
    """before and after: (count, type), the type None where none is given."""
    for record, (count, kind) in ((old, before), (new, after)):
        design(record)["enrollmentInfo"] = {"count": count, **({"type": kind} if kind else {})}


def put(record, *path_and_value):
    *path, last, value = path_and_value
    for key in path:
        record = record.setdefault(key, {})
    record[last] = value


def drop(record, *path):
    *above, last = path
    for key in above:
        record = record[key]
    del record[last]
