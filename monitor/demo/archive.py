"""Edits of records, and the record history that they make.

An edit is data: which trial, submitted when, what was put and what was dropped. Applying one moves the dates
that the registry would move. The history numbers the submissions as the registry does, with texts as HTML.
"""

from __future__ import annotations

import copy
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SECTION_OF = {
    "identificationModule": "protocolSection",
    "statusModule": "protocolSection",
    "sponsorCollaboratorsModule": "protocolSection",
    "oversightModule": "protocolSection",
    "descriptionModule": "protocolSection",
    "conditionsModule": "protocolSection",
    "designModule": "protocolSection",
    "armsInterventionsModule": "protocolSection",
    "outcomesModule": "protocolSection",
    "eligibilityModule": "protocolSection",
    "contactsLocationsModule": "protocolSection",
    "referencesModule": "protocolSection",
    "ipdSharingStatementModule": "protocolSection",
    "participantFlowModule": "resultsSection",
    "baselineCharacteristicsModule": "resultsSection",
    "outcomeMeasuresModule": "resultsSection",
    "adverseEventsModule": "resultsSection",
    "moreInfoModule": "resultsSection",
    "annotationModule": "annotationSection",
    "largeDocumentModule": "documentSection",
    "miscInfoModule": "derivedSection",
    "conditionBrowseModule": "derivedSection",
    "interventionBrowseModule": "derivedSection",
}

LABEL_OF = {
    "identificationModule": "Study Identification",
    "statusModule": "Study Status",
    "sponsorCollaboratorsModule": "Sponsor/Collaborators",
    "oversightModule": "Oversight",
    "descriptionModule": "Study Description",
    "conditionsModule": "Conditions",
    "designModule": "Study Design",
    "armsInterventionsModule": "Arms and Interventions",
    "outcomesModule": "Outcome Measures",
    "eligibilityModule": "Eligibility",
    "contactsLocationsModule": "Contacts/Locations",
    "referencesModule": "References",
    "ipdSharingStatementModule": "IPDSharing",
    "participantFlowModule": "Participant Flow",
    "baselineCharacteristicsModule": "Baseline Characteristics",
    "outcomeMeasuresModule": "Outcome Measures Results",
    "adverseEventsModule": "Adverse Events",
    "moreInfoModule": "More Information",
    "largeDocumentModule": "Document Section",
}

SECTION_ORDER = (
    "protocolSection",
    "resultsSection",
    "annotationSection",
    "documentSection",
    "derivedSection",
    "hasResults",
)

MARKUP_KEYS = frozenset(
    {"briefSummary", "detailedDescription", "eligibilityCriteria", "description", "studyPopulation"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One submission, or the registry's own doing.

    Paths are dotted and begin with a module's name (`statusModule.overallStatus`); members of lists
    go by position.
    """

    trial: str
    submitted: str | None  # ISO day; None when the registry itself changed a derived field
    put: Mapping[str, Any] = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    add: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)  # members put at the end of a list


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A submission before the demo's first day, told by what was different from the record of that day."""

    submitted: str
    posted: str
    put: Mapping[str, Any] = field(default_factory=dict)
    drop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """A record as it stands when the registry first publishes it in the demo, and its earlier submissions."""

    record: dict[str, Any]
    earlier: tuple[Earlier, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    submitted: str
    record: dict[str, Any]


def apply(record: dict[str, Any], edit: Edit, *, posted: str) -> dict[str, Any]:
    """The record after the edit, as published on `posted`. The one given is left as it is."""
    after = _altered(record, put=edit.put, drop=edit.drop)
    for path, members in edit.add.items():
        parent, key = _place(after, path)
        parent.setdefault(key, []).extend(copy.deepcopy(list(members)))
    after["hasResults"] = "resultsSection" in after
    if edit.submitted is not None:
        _date(after, submitted=edit.submitted, posted=posted)
    return {name: after[name] for name in SECTION_ORDER if name in after}


def history_of(record: dict[str, Any], earlier: Sequence[Earlier]) -> list[Version]:
    """The submissions up to and with the record itself, oldest first."""
    versions = []
    for before in earlier:
        old = _altered(record, put=before.put, drop=before.drop)
        _date(old, submitted=before.submitted, posted=before.posted)
        versions.append(Version(submitted=before.submitted, record=old))
    now = record["protocolSection"]["statusModule"]["lastUpdateSubmitDate"]
    return [*versions, Version(submitted=now, record=copy.deepcopy(record))]


def history_json(versions: Sequence[Version]) -> dict[str, Any]:
    """As `/api/int/studies/{id}/history` answers: 0-based, oldest first."""
    changes = []
    for number, version in enumerate(versions):
        protocol = version.record["protocolSection"]
        before = versions[number - 1].record if number else None
        changes.append(
            {
                "version": number,
                "date": version.submitted,
                "status": protocol["statusModule"]["overallStatus"],
                "studyType": protocol["designModule"]["studyType"],
                "moduleLabels": _moved_modules(before, version.record),
            }
        )
    return {"changes": changes}


def archived_json(versions: Sequence[Version], number: int) -> dict[str, Any]:
    """As `/api/int/studies/{id}/history/{version}` answers; `number` is 0-based."""
    return {"studyVersion": number, "study": with_html(versions[number].record)}


def with_html(value: Any, key: str = "") -> Any:
    """The record with its long texts as the history gives them: HTML with entities instead of markdown."""
    if isinstance(value, dict):
        return {name: with_html(member, name) for name, member in value.items()}
    if isinstance(value, list):
        return [with_html(member, key) for member in value]
    if isinstance(value, str) and key in MARKUP_KEYS:
        return markdown_to_html(value)
    return value


def markdown_to_html(text: str) -> str:
    """Paragraphs and one level of lists, which is all that the demo's texts use."""
    blocks = []
    for block in re.split(r"\n\n+", text):
        lines = block.split("\n")
        if all(line.startswith("* ") for line in lines):
            items = "".join(f"<li>{_escaped(line[2:])}</li>" for line in lines)
            blocks.append(f"<ul>{items}</ul>")
        else:
            blocks.append(f"<p>{_escaped(' '.join(lines))}</p>")
    return "".join(blocks)


def _escaped(text: str) -> str:
    return html.escape(re.sub(r"\\([\\<>\[\]*_])", r"\1", text), quote=False)


def _altered(record: dict[str, Any], *, put: Mapping[str, Any], drop: tuple[str, ...]) -> dict[str, Any]:
    after = copy.deepcopy(record)
    for path in drop:
        parent, key = _place(after, path)
        del parent[key]
    for path, value in put.items():
        parent, key = _place(after, path)
        parent[key] = copy.deepcopy(value)
    return after


def _place(record: dict[str, Any], path: str) -> tuple[Any, Any]:
    """The container that a path ends in, and the key in it."""
    names = path.split(".")
    if names[0] in SECTION_OF:
        names.insert(0, SECTION_OF[names[0]])
    here: Any = record
    for name in names[:-1]:
        here = here[int(name)] if isinstance(here, list) else here.setdefault(name, {})
    return here, (int(names[-1]) if isinstance(here, list) else names[-1])


def _date(record: dict[str, Any], *, submitted: str, posted: str) -> None:
    status = record["protocolSection"]["statusModule"]
    status["statusVerifiedDate"] = submitted[:7]
    status["lastUpdateSubmitDate"] = submitted
    status["lastUpdatePostDateStruct"] = {"date": posted, "type": "ACTUAL"}


def _moved_modules(before: dict[str, Any] | None, after: dict[str, Any]) -> list[str]:
    labels = []
    for module, label in LABEL_OF.items():
        section = SECTION_OF[module]
        new = after.get(section, {}).get(module)
        if before is None:
            if new is not None:
                labels.append(label)
        elif before.get(section, {}).get(module) != new:
            labels.append(label)
    return labels
