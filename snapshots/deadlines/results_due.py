"""Results due, and overdue: FDAAA 801 as a record lets one tell. It never accuses: results *appear* overdue.

42 CFR 11.22(b) says which trials are applicable, 11.44(a) that results are due one year after primary completion,
11.44(b) and (c) that a certificate gives two years more at most: three from completion when it came in time. Another
thirty days are left for what is under way.
https://www.ecfr.gov/current/title-42/chapter-I/subchapter-A/part-11 (2026-11)
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from snapshots.countries import country_key
from snapshots.deadlines.days import Dated, dated_struct, in_words, later
from snapshots.deadlines.states import State, StateKind
from snapshots.reaching import below, members, struct, text
from snapshots.submissions import submissions
from snapshots.terms import said

EFFECTIVE = date(2017, 1, 18)  # of the final rule
GRACE = timedelta(days=30)
WARNING = timedelta(days=30)
_PHASES = {
    "PHASE2",
    "PHASE3",
    "PHASE4",
    "NA",
}  # phase 1/2 has two; early phase 1 and phase 1 alone do not apply
# Of the products that the FDA regulates, for a record that does not say whether it does.
_INTERVENTIONS = {
    *("DRUG", "BIOLOGICAL", "DEVICE", "GENETIC", "RADIATION", "COMBINATION_PRODUCT", "DIAGNOSTIC_TEST"),
}
# The United States and its territories, as the registry writes them and wrote them before; folded (`country_key`).
_UNITED_STATES = {
    *("unitedstates", "puertorico", "guam", "americansamoa", "northernmarianaislands", "usvirginislands"),
    *("virginislandsus", "unitedstatesminoroutlyingislands"),
}
_OPEN = {
    *("RECRUITING", "NOT_YET_RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING", "SUSPENDED"),
}


def results_due(record: dict[str, Any]) -> list[State]:
    """`results-due-soon` and `results-overdue`; nothing where the trial is not applicable or has reported."""
    protocol = struct(record.get("protocolSection"))
    status = struct(protocol.get("statusModule"))
    start = dated_struct(status.get("startDateStruct"))
    primary = dated_struct(status.get("primaryCompletionDateStruct"))
    completion = primary or dated_struct(status.get("completionDateStruct"))
    if start is None or completion is None or not _applicable(protocol, start, completion):
        return []
    if status.get("resultsWaived") is True or _reported(record):  # waived: 42 CFR 11.54
        return []
    certified = bool(status.get("dispFirstSubmitDate"))
    due = later(completion.day, months=36 if certified else 12)
    overdue = due + GRACE + timedelta(days=1)
    span = "three years" if certified else "a year"
    was = "was to be" if completion.estimated else "was"
    name = "primary completion" if primary else "completion"
    # Its last possible day makes it a trial of the rule's own days, when its first would not.
    crossing = start.first < EFFECTIVE <= start.day
    assumed = completion.assumed or crossing
    notes = "".join(f"; {note}" for note in _notes(record, protocol, start if crossing else None, certified))
    return [
        State(
            state=StateKind.RESULTS_DUE_SOON,
            since=due - WARNING,
            until=due,
            due=due,
            assumed=assumed,
            reason=f"Results appear due on {in_words(due)}, {span} after {name}: {completion}{notes}",
        ),
        State(
            state=StateKind.RESULTS_OVERDUE,
            since=overdue,
            due=due,
            assumed=assumed,
            reason=f"Results appear overdue since {in_words(overdue)}: {name} {was} {completion}, they were due"
            f" {span} later, on {in_words(due)}, and {GRACE.days} days of grace have passed{notes}",
            ahead=f"Results will appear overdue: {name} {completion}, due {span} later, on {in_words(due)}, and"
            f" {GRACE.days} days of grace{notes}",
        ),
    ]


def _applicable(protocol: dict[str, Any], start: Dated, completion: Dated) -> bool:
    design = struct(protocol.get("designModule"))
    if design.get("studyType") != "INTERVENTIONAL":
        return False
    if not any(phase in _PHASES for phase in members(design.get("phases")) if isinstance(phase, str)):
        return False
    if below(design, "designInfo", "primaryPurpose") == "DEVICE_FEASIBILITY":
        return False
    if below(protocol, "statusModule", "overallStatus") == "WITHDRAWN":
        return False
    flags = _flags(protocol)
    if start.day >= EFFECTIVE:
        return True in flags
    if completion.day < EFFECTIVE:
        return False
    return True in flags or (not flags and _seems_regulated(protocol))


def _flags(protocol: dict[str, Any]) -> list[Any]:
    """Whether the FDA regulates the drug and the device, as far as the record says."""
    oversight = struct(protocol.get("oversightModule"))
    keys = ("isFdaRegulatedDrug", "isFdaRegulatedDevice")
    return [oversight[key] for key in keys if isinstance(oversight.get(key), bool)]


def _seems_regulated(protocol: dict[str, Any]) -> bool:
    """For trials begun before there were such flags."""
    given = members(below(protocol, "armsInterventionsModule", "interventions"))
    sites = members(below(protocol, "contactsLocationsModule", "locations"))
    return any(text(struct(one).get("type")) in _INTERVENTIONS for one in given) and any(
        country_key(struct(one).get("country")) in _UNITED_STATES for one in sites
    )


def _reported(record: dict[str, Any]) -> bool:
    """Results are posted, or the last submission is with the registry: returned ones were submitted too."""
    if record.get("hasResults") is True:
        return True
    fates = list(submissions(record).values())
    return bool(fates) and not fates[-1].startswith("withdrawn")


def _notes(
    record: dict[str, Any], protocol: dict[str, Any], crossing: Dated | None, certified: bool
) -> Iterator[str]:
    """What one must know before one believes it."""
    if certified:
        yield "there is a certificate of delay"
    if any(fate.startswith("withdrawn") for fate in submissions(record).values()):
        yield "results were submitted, and withdrawn before they were public"
    status = text(below(protocol, "statusModule", "overallStatus"))
    if status in _OPEN:
        yield f"the status is still “{said(status)}”"
    elif status == "UNKNOWN":
        yield "the status is “Unknown”"
    if crossing is not None:
        yield f"the start, {crossing}, brings it under the rule"
    if not _flags(protocol):
        yield "judged by interventions and sites, for the record does not say whether the FDA regulates them"
