"""A trial whose record names study staff wherever the registry has a place for them, and how they come and go.

Every name holds MARK, every phone number and extension DIGITS, so that whoever looks for these finds any detail.
"""

from __future__ import annotations

import copy
from typing import Any

from doubles.web_history import DAYS, RECORD, History

MARK, DIGITS = "zqx", "7391846"

Record = dict[str, Any]


def person(name: str, **more: str) -> Record:
    return {
        "name": f"{name.title()} {MARK.title()}",
        "role": "CONTACT",
        "phone": f"+48 {DIGITS}",
        "phoneExt": DIGITS,
        "email": f"{name}.{MARK}@hospital.example",
        **more,
    }


def records() -> list[Record]:
    """One a day of DAYS: all kinds of staff; spelt otherwise; other people; others with news beside them; gone."""
    first = copy.deepcopy(RECORD)
    _staffed(first, "ada", "Head")
    second = copy.deepcopy(first)
    _staffed(second, "ADA", "head")  # the same people, written otherwise
    third = copy.deepcopy(second)
    _staffed(third, "berta", "Dean")
    fourth = copy.deepcopy(third)
    _staffed(fourth, "carol", "Dean")
    protocol = fourth["protocolSection"]
    protocol["statusModule"]["overallStatus"] = "SUSPENDED"
    protocol["statusModule"]["whyStopped"] = f"Until hanna.{MARK}@hospital.example is back"
    protocol["conditionsModule"]["conditions"].append(f"Ask ida.{MARK}@hospital.example")
    protocol["outcomesModule"]["primaryOutcomes"].append({"measure": f"By jana.{MARK}@hospital.example"})
    protocol["contactsLocationsModule"]["locations"] += [
        {"facility": "Second", "city": "Gdansk", "country": "Poland", "contacts": [person("dora")]},
        {
            "facility": "Third",
            "city": "Lyon",
            "country": "France",
            "contacts": [person("emma"), person("fay")],
        },
    ]
    protocol["contactsLocationsModule"]["locations"][0]["status"] = "SUSPENDED"
    protocol["eligibilityModule"]["eligibilityCriteria"] += f"\n* Ask gina.{MARK}@hospital.example"
    fifth = copy.deepcopy(fourth)
    protocol = fifth["protocolSection"]
    protocol["sponsorCollaboratorsModule"]["responsibleParty"] = {"type": "SPONSOR"}
    del protocol["contactsLocationsModule"]["centralContacts"]
    del protocol["contactsLocationsModule"]["overallOfficials"]
    del protocol["contactsLocationsModule"]["locations"][1:]
    del protocol["contactsLocationsModule"]["locations"][0]["contacts"]
    del fifth["resultsSection"], fifth["annotationSection"]
    made = [first, second, third, fourth, fifth]
    for record, day in zip(made, DAYS, strict=True):
        record["derivedSection"]["miscInfoModule"] = {"versionHolder": day}
    return made


def _staffed(record: Record, name: str, title: str) -> None:
    protocol = record["protocolSection"]
    protocol["sponsorCollaboratorsModule"]["responsibleParty"] = {
        "type": "PRINCIPAL_INVESTIGATOR",
        "investigatorFullName": person(name)["name"],
        "investigatorTitle": f"{title} of {MARK}",
        "investigatorAffiliation": "Biocells Medical",
        "oldNameTitle": f"{person(name)['name']}, {title}",
        "oldOrganization": "Biocells Medical",
    }
    module = protocol["contactsLocationsModule"]
    module["centralContacts"] = [person(name), person(f"{name}two")]
    module["overallOfficials"] = [person(name, affiliation="Biocells Medical", role="STUDY_CHAIR")]
    module["locations"][0]["contacts"] = [person(name), person(f"{name}three", role="PRINCIPAL_INVESTIGATOR")]
    protocol["identificationModule"]["briefTitle"] = f"Exosomes in sclerosis, {name}.{MARK}@hospital.example"
    protocol["descriptionModule"]["briefSummary"] = f"A summary. Write to {name}.{MARK}@hospital.example."
    record["resultsSection"] = {
        "moreInfoModule": {
            "pointOfContact": {
                "title": person(name)["name"],
                "organization": "Biocells Medical",
                "email": f"{name}.{MARK}@hospital.example",
                "phone": f"+48 {DIGITS}",
                "phoneExt": DIGITS,
            }
        }
    }
    record["annotationSection"] = {
        "annotationModule": {
            "unpostedAnnotation": {
                "unpostedResponsibleParty": person(name)["name"],
                "unpostedEvents": [{"type": "RELEASE", "date": "2025-01-02"}],
            }
        }
    }


def staffed(history: History) -> History:
    """All of it seen by a watch, the first three in the registry's own history too, and another trial beside."""
    made = records()
    for record, day in zip(made, DAYS, strict=True):
        history.snapshot(record, day)
    for number, record in enumerate(made[:3], 1):
        history.archive(record, number, f"2025-0{number}-10")
    return history.beside(made[2]).indexed().watched()
