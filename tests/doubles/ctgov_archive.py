"""The loopback registry's record history (`/api/int`): which versions a study has, and their text as HTML.

A version is made of each submission, so what the registry changes by its own clock (UNKNOWN, annotations,
derived fields) makes none, as in the real one.
"""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from doubles.ctgov_builds import Build, Held, Record, hold

# As the site's Record History tab names them.
MODULE_LABELS = {
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
_SUBMITTED = ("protocolSection", "resultsSection", "documentSection")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveVersion:
    date: str
    """The day of submission."""
    held: Held
    labels: tuple[str, ...] | None = None
    """moduleLabels when a test sets them; otherwise they follow from the version before."""


class Archive:
    """Every study's versions, oldest first. Tests may rewrite a study's line (`replace`) or take it away."""

    def __init__(self) -> None:
        self._lines: dict[str, list[ArchiveVersion]] = {}

    def versions(self, nct_id: str) -> list[ArchiveVersion]:
        return self._lines.get(nct_id, [])

    def append(
        self, record: Record, *, date: str | None = None, labels: Iterable[str] | None = None
    ) -> ArchiveVersion:
        """One more version; its day is the record's lastUpdateSubmitDate unless said otherwise."""
        held = hold(record)
        version = ArchiveVersion(
            date=date or held.submitted, held=held, labels=tuple(labels) if labels is not None else None
        )
        self._lines.setdefault(held.nct_id, []).append(version)
        return version

    def replace(self, nct_id: str, versions: Iterable[tuple[str, Record]]) -> None:
        """The study's whole line: (day of submission, record), oldest first."""
        self._lines[nct_id] = [ArchiveVersion(date=date, held=hold(record)) for date, record in versions]

    def remove(self, nct_id: str) -> None:
        """The study has no history, as some real ones have none, until it changes again."""
        self._lines[nct_id] = []

    def follow(self, before: Build | None, now: Build) -> None:
        """A version for every record that was submitted anew between two builds."""
        for nct_id, held in now.held.items():
            old = before.held.get(nct_id) if before else None
            if old is held or (old is not None and old.same_content(held)):
                continue
            if old is None or _submission(old.record(now.day)) != _submission(held.record(now.day)):
                line = self._lines.setdefault(nct_id, [])
                line.append(ArchiveVersion(date=held.submitted or now.day, held=held))

    def changes(self, nct_id: str, day: str) -> list[dict[str, Any]]:
        """The `changes` of `/history`."""
        listed = []
        before: Record | None = None
        for number, version in enumerate(self.versions(nct_id)):
            record = version.held.record(day)
            protocol = record["protocolSection"]
            labels = version.labels if version.labels is not None else changed_modules(before, record)
            listed.append(
                {
                    "version": number,
                    "date": version.date,
                    "status": protocol.get("statusModule", {}).get("overallStatus", ""),
                    "studyType": protocol.get("designModule", {}).get("studyType", ""),
                    "moduleLabels": list(labels),
                }
            )
            before = record
        return listed

    def study(self, nct_id: str, number: int, day: str) -> dict[str, Any] | None:
        """The answer of `/history/{version}`, text as HTML."""
        versions = self.versions(nct_id)
        if not 0 <= number < len(versions):
            return None
        return {"studyVersion": number, "study": archived(versions[number].held.record(day))}


def _submission(record: Record) -> dict[str, Any]:
    """What the sponsor submitted: the record without what the registry changes by itself."""
    part = {name: record.get(name) for name in _SUBMITTED}
    protocol = dict(record["protocolSection"])
    status = dict(protocol.get("statusModule", {}))
    if status.get("overallStatus") == "UNKNOWN":
        status["overallStatus"] = status.get("lastKnownStatus")
    status.pop("lastKnownStatus", None)
    identification = dict(protocol["identificationModule"])
    identification.pop("nctIdAliases", None)
    part["protocolSection"] = {**protocol, "identificationModule": identification, "statusModule": status}
    return part


def changed_modules(before: Record | None, now: Record) -> list[str]:
    """moduleLabels of a version; the first has none."""
    if before is None:
        return []
    labels = []
    for section in _SUBMITTED:
        old, new = before.get(section, {}), now.get(section, {})
        for module in MODULE_LABELS:
            if old.get(module) != new.get(module):
                labels.append(MODULE_LABELS[module])
    return labels


def archived(record: Record) -> Record:
    """A record as the archive serves it: no browse modules or annotations, markdown turned into HTML."""
    misc = record.get("derivedSection", {}).get("miscInfoModule", {})
    study = {name: _as_html(record[name], name) for name in _SUBMITTED if name in record}
    study["derivedSection"] = {"miscInfoModule": {"versionHolder": misc.get("versionHolder", "")}}
    study["hasResults"] = bool(record.get("hasResults"))
    return study


# The names under which the registry keeps text with markup, wherever they stand in the record.
MARKDOWN_FIELDS = frozenset(
    [
        "briefSummary",
        "detailedDescription",
        "eligibilityCriteria",
        "studyPopulation",
        "description",
        "populationDescription",
        "interventionModelDescription",
        "maskingDescription",
        "preAssignmentDetails",
        "recruitmentDetails",
        "groupDescription",
        "statisticalComment",
        "nonInferiorityComment",
        "estimateComment",
        "pValueComment",
        "comment",
        "notes",
        "accessCriteria",
    ]
)


def _as_html(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return {key: _as_html(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_html(item, name) for item in value]
    if isinstance(value, str) and name in MARKDOWN_FIELDS:
        return markdown_to_html(value)
    return value


_ITEM = re.compile(r"( *)(\*|-|(\d+)\.) +(.*)\Z")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")  # any ASCII punctuation, as in CommonMark
_COMMENT = re.compile(r"^ *<!-- -->$", re.MULTILINE)


def markdown_to_html(text: str) -> str:
    """The archive's form of a text that v2 gives as markdown: lists, paragraphs, entities, no backslashes."""
    text = _COMMENT.sub("", text)
    pieces: list[str] = []
    lists: list[
        tuple[int, str]
    ] = []  # (indentation, ul | ol) of the lists that are open; each has an open <li>
    paragraph: list[str] = []

    def end_paragraph() -> None:
        if paragraph:
            pieces.append(f"<p>{inline(' '.join(paragraph))}</p>")
            paragraph.clear()

    def close_lists(indentation: int) -> None:
        while lists and lists[-1][0] >= indentation:
            pieces.append(f"</li></{lists.pop()[1]}>")

    for line in text.split("\n"):
        if not line.strip():
            end_paragraph()
            continue
        item = _ITEM.match(line)
        if item is None:
            if not paragraph:
                close_lists(len(line) - len(line.lstrip()))
            paragraph.append(line.strip())
            continue
        end_paragraph()
        indentation, kind = len(item[1]), "ol" if item[3] else "ul"
        close_lists(indentation + 1)
        if lists and lists[-1] == (indentation, kind):
            pieces.append("</li><li>")
        else:
            close_lists(indentation)
            start = f' start="{item[3]}"' if item[3] not in (None, "1") else ""
            pieces.append(f"<{kind}{start}><li>")
            lists.append((indentation, kind))
        pieces.append(inline(item[4]))
    end_paragraph()
    close_lists(0)
    return "".join(pieces)


def inline(text: str) -> str:
    """Backslash escapes resolved, then what HTML reserves written as entities."""
    return html.escape(_ESCAPE.sub(r"\1", text), quote=False)
