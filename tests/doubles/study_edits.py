"""Realistic edits of a study record: one named kind of change, dates moved as the registry would move them.

The sponsor's edits move lastUpdateSubmitDate, lastUpdatePostDateStruct and statusVerifiedDate; what the
registry does by itself (UNKNOWN, annotations, derived and geographical data) leaves them alone.
"""

from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from random import Random
from typing import Any

from doubles.study_results import annotation_section, document_section, results_section
from doubles.study_words import CITIES, FACILITIES, INCLUSIONS, REASONS, SENTENCES

Record = dict[str, Any]


class Edit(StrEnum):
    """What may happen to a record. The first block is the sponsor's, the second the registry's own."""

    START = "start"
    SUSPEND = "suspend"
    SUSPEND_SILENTLY = "suspend-silently"
    RESUME = "resume"
    CLOSE = "close"
    TERMINATE = "terminate"
    WITHDRAW = "withdraw"
    COMPLETE = "complete"
    POST_RESULTS = "post-results"
    TAKE_RESULTS_DOWN = "take-results-down"
    SLIP_COMPLETION = "slip-completion"
    ACTUAL_COMPLETION = "actual-completion"
    CUT_ENROLLMENT = "cut-enrollment"
    REWORD_OUTCOME = "reword-outcome"
    ADD_OUTCOME = "add-outcome"
    REMOVE_OUTCOME = "remove-outcome"
    DEMOTE_OUTCOME = "demote-outcome"
    ADD_SITE = "add-site"
    REMOVE_SITE = "remove-site"
    OPEN_SITE = "open-site"
    REORDER_SITES = "reorder-sites"
    RELABEL_ARM = "relabel-arm"
    CHANGE_ELIGIBILITY = "change-eligibility"
    RAISE_AGE = "raise-age"
    CHANGE_CONTACT = "change-contact"
    RENAME = "rename"
    ADD_DOCUMENT = "add-document"
    VERIFY = "verify"
    """Noise: the sponsor confirms that all is as it was; only dates move."""

    UNKNOWN = "unknown"
    SUBMIT_RESULTS = "submit-results"
    RETURN_RESULTS = "return-results"
    MOVE_GEO_POINT = "move-geo-point"
    """Noise: the registry locates a site anew."""
    REDERIVE_BROWSE = "rederive-browse"
    """Noise: the registry derives its browse terms anew."""


OF_THE_REGISTRY = frozenset(
    {Edit.UNKNOWN, Edit.SUBMIT_RESULTS, Edit.RETURN_RESULTS, Edit.MOVE_GEO_POINT, Edit.REDERIVE_BROWSE}
)


def edited(record: Record, kind: Edit | str, rng: Random, *, day: str | None = None) -> Record:
    """A new record with one change of that kind; `record` stays as it is.

    `day` is the day of posting (ISO); without it, 20 to 90 days after the last. Raises ValueError when the
    record cannot change so (no site to remove): `possible_edits` says which edits it can have.
    """
    kind = Edit(kind)
    if not _POSSIBLE[kind](record):
        nct_id = record["protocolSection"]["identificationModule"]["nctId"]
        raise ValueError(f"{nct_id} cannot have the edit `{kind}`")
    new: Record = _copied(record)
    last = new["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"]
    posted = (
        date.fromisoformat(day)
        if day
        else _working_day(date.fromisoformat(last) + timedelta(rng.randint(20, 90)))
    )
    _EDITS[kind](new, rng, posted)
    if kind not in OF_THE_REGISTRY:
        _touch(new, posted, rng)
    return _ordered(new)


def possible_edits(record: Record) -> list[Edit]:
    """The edits that this record can have, in the order of their definition."""
    return [kind for kind in Edit if _POSSIBLE[kind](record)]


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def _working_day(day: date) -> date:
    return day + timedelta(days=8 - day.isoweekday()) if day.isoweekday() > 5 else day


def _touch(record: Record, posted: date, rng: Random) -> None:
    submitted = posted - timedelta(days=rng.choice((1, 2)))
    while submitted.isoweekday() > 5:
        submitted -= timedelta(days=1)
    module = record["protocolSection"]["statusModule"]
    module["statusVerifiedDate"] = submitted.isoformat()[:7]
    module["lastUpdateSubmitDate"] = submitted.isoformat()
    module["lastUpdatePostDateStruct"] = {"date": posted.isoformat(), "type": "ACTUAL"}


# The order in which the registry publishes what an edit may add.
_TOP = (
    "protocolSection",
    "resultsSection",
    "annotationSection",
    "documentSection",
    "derivedSection",
    "hasResults",
)
_OUTCOMES = ("primaryOutcomes", "secondaryOutcomes", "otherOutcomes")
_STATUS = (
    "statusVerifiedDate",
    "overallStatus",
    "lastKnownStatus",
    "delayedPosting",
    "whyStopped",
    "expandedAccessInfo",
    "startDateStruct",
    "primaryCompletionDateStruct",
    "completionDateStruct",
    "studyFirstSubmitDate",
    "studyFirstSubmitQcDate",
    "studyFirstPostDateStruct",
    "resultsWaived",
    "resultsFirstSubmitDate",
    "resultsFirstSubmitQcDate",
    "resultsFirstPostDateStruct",
    "dispFirstSubmitDate",
    "dispFirstSubmitQcDate",
    "dispFirstPostDateStruct",
    "lastUpdateSubmitDate",
    "lastUpdatePostDateStruct",
)


def _sorted_as(value: Record, order: tuple[str, ...]) -> Record:
    known = {key: value[key] for key in order if key in value}
    return known | value


def _ordered(record: Record) -> Record:
    protocol = record["protocolSection"]
    protocol["statusModule"] = _sorted_as(protocol["statusModule"], _STATUS)
    if "outcomesModule" in protocol:
        protocol["outcomesModule"] = _sorted_as(protocol["outcomesModule"], _OUTCOMES)
    return _sorted_as(record, _TOP)


# Looking at a record


def _module(record: Record, name: str) -> Record:
    module: Record = record["protocolSection"].get(name, {})
    return module


def _status(record: Record) -> str:
    return str(_module(record, "statusModule").get("overallStatus"))


def _has_status(*statuses: str) -> Callable[[Record], bool]:
    return lambda record: _status(record) in statuses


def _sites(record: Record) -> list[Record]:
    sites: list[Record] = _module(record, "contactsLocationsModule").get("locations", [])
    return sites


def _outcomes(record: Record) -> list[Record]:
    outcomes: list[Record] = _module(record, "outcomesModule").get("primaryOutcomes", [])
    return outcomes


def _estimated(record: Record, name: str) -> bool:
    return bool(_module(record, "statusModule").get(name, {}).get("type") == "ESTIMATED")


def _later(text: str, days: int) -> str:
    """A date moved, as exact as it was."""
    full = date.fromisoformat((text + "-01-01")[:10]) + timedelta(days=days)
    return full.isoformat()[: len(text)]


# The edits. Each changes the copy that it is given.


def _becomes(status: str, *, reason: bool = False) -> Callable[[Record, Random, date], None]:
    def change(record: Record, rng: Random, posted: date) -> None:
        module = record["protocolSection"]["statusModule"]
        module["overallStatus"] = status
        module.pop("whyStopped", None)
        module.pop("lastKnownStatus", None)
        if reason:
            module["whyStopped"] = rng.choice(REASONS)
        for site in _sites(record):
            if "status" in site:
                site["status"] = status
        if status == "RECRUITING" and "startDateStruct" in module:
            module["startDateStruct"]["type"] = "ACTUAL"
        if status in ("TERMINATED", "COMPLETED", "WITHDRAWN"):
            for name in ("primaryCompletionDateStruct", "completionDateStruct"):
                if _estimated(record, name):
                    module[name] = {"date": (posted - timedelta(days=20)).isoformat(), "type": "ACTUAL"}
            if "enrollmentInfo" in (design := _module(record, "designModule")):
                count = 0 if status == "WITHDRAWN" else max(1, design["enrollmentInfo"]["count"] * 3 // 5)
                design["enrollmentInfo"] = {"count": count, "type": "ACTUAL"}

    return change


def _post_results(record: Record, rng: Random, posted: date) -> None:
    record.pop("annotationSection", None)
    record["resultsSection"] = results_section(record["protocolSection"], rng)
    record["hasResults"] = True
    module = record["protocolSection"]["statusModule"]
    module["resultsFirstSubmitDate"] = (posted - timedelta(days=40)).isoformat()
    module["resultsFirstSubmitQcDate"] = (posted - timedelta(days=3)).isoformat()
    module["resultsFirstPostDateStruct"] = {"date": posted.isoformat(), "type": "ACTUAL"}


def _take_results_down(record: Record, rng: Random, posted: date) -> None:
    del record["resultsSection"]
    record["hasResults"] = False
    for name in ("resultsFirstSubmitDate", "resultsFirstSubmitQcDate", "resultsFirstPostDateStruct"):
        record["protocolSection"]["statusModule"].pop(name, None)


def _slip_completion(record: Record, rng: Random, posted: date) -> None:
    days = rng.choice((92, 184, 365, 730))
    for name in ("primaryCompletionDateStruct", "completionDateStruct"):
        if _estimated(record, name):
            struct = record["protocolSection"]["statusModule"][name]
            struct["date"] = _later(struct["date"], days)


def _actual_completion(record: Record, rng: Random, posted: date) -> None:
    record["protocolSection"]["statusModule"]["primaryCompletionDateStruct"]["type"] = "ACTUAL"


def _cut_enrollment(record: Record, rng: Random, posted: date) -> None:
    info = record["protocolSection"]["designModule"]["enrollmentInfo"]
    info["count"] = max(1, info["count"] // rng.choice((2, 3, 4)))


def _reword_outcome(record: Record, rng: Random, posted: date) -> None:
    outcome = rng.choice(_outcomes(record))
    outcome["measure"] = f"{outcome['measure']} (Intention-to-treat Population)"


def _add_outcome(record: Record, rng: Random, posted: date) -> None:
    measure = f"Participants With a Response by {posted.isoformat()}"
    secondary = record["protocolSection"]["outcomesModule"].setdefault("secondaryOutcomes", [])
    secondary.insert(
        len(secondary) // 2, {"measure": measure, "description": SENTENCES[7], "timeFrame": "24 weeks"}
    )


def _remove_outcome(record: Record, rng: Random, posted: date) -> None:
    secondary = record["protocolSection"]["outcomesModule"]["secondaryOutcomes"]
    secondary.pop(rng.randrange(len(secondary)))


def _demote_outcome(record: Record, rng: Random, posted: date) -> None:
    module = record["protocolSection"]["outcomesModule"]
    module.setdefault("secondaryOutcomes", []).insert(0, module["primaryOutcomes"].pop())


def _add_site(record: Record, rng: Random, posted: date) -> None:
    name, state, code, country, lat, lon = rng.choice(CITIES)
    site: Record = {"facility": f"{rng.choice(FACILITIES)} {posted.isoformat()}"}
    if _status(record) == "RECRUITING":
        site["status"] = "RECRUITING"
    site |= {"city": name, **({"state": state} if state else {}), "zip": code, "country": country}
    site["geoPoint"] = {"lat": lat, "lon": lon}
    sites = record["protocolSection"]["contactsLocationsModule"].setdefault("locations", [])
    # into its place among the countries: a new site moves every index behind it
    sites.insert(next((at for at, other in enumerate(sites) if other["country"] > country), len(sites)), site)


def _remove_site(record: Record, rng: Random, posted: date) -> None:
    sites = _sites(record)
    sites.pop(rng.randrange(len(sites)))


def _waiting(record: Record) -> list[Record]:
    return [site for site in _sites(record) if site.get("status") == "NOT_YET_RECRUITING"]


def _open_site(record: Record, rng: Random, posted: date) -> None:
    rng.choice(_waiting(record))["status"] = "RECRUITING"


def _reorder_sites(record: Record, rng: Random, posted: date) -> None:
    _sites(record).reverse()


def _relabel_arm(record: Record, rng: Random, posted: date) -> None:
    module = record["protocolSection"]["armsInterventionsModule"]
    arm = rng.choice(module["armGroups"])
    old, arm["label"] = arm["label"], f"{arm['label']} (Cohort B)"
    for intervention in module.get("interventions", []):
        labels = intervention.get("armGroupLabels", [])
        intervention["armGroupLabels"] = [arm["label"] if label == old else label for label in labels]


def _change_eligibility(record: Record, rng: Random, posted: date) -> None:
    module = record["protocolSection"]["eligibilityModule"]
    lines = module["eligibilityCriteria"].split("\n")
    items = [at for at, line in enumerate(lines) if line.startswith("* ") or line[:1].isdigit()]
    new = rng.choice(INCLUSIONS).replace("{condition}", "the disease")
    at = rng.choice(items) if items else len(lines) - 1
    mark = lines[at].split(" ", 1)[0] if items else "*"
    lines[at] = f"{mark} {new}, as of {posted.isoformat()}"
    module["eligibilityCriteria"] = "\n".join(lines)


def _raise_age(record: Record, rng: Random, posted: date) -> None:
    module = record["protocolSection"]["eligibilityModule"]
    module["maximumAge"] = "85 Years" if module.get("maximumAge") != "85 Years" else "90 Years"
    record["protocolSection"]["eligibilityModule"] = _sorted_as(
        module,
        (
            "eligibilityCriteria",
            "healthyVolunteers",
            "sex",
            "genderBased",
            "genderDescription",
            "minimumAge",
            "maximumAge",
            "stdAges",
        ),
    )


def _change_contact(record: Record, rng: Random, posted: date) -> None:
    contact = record["protocolSection"]["contactsLocationsModule"]["centralContacts"][0]
    contact["phone"] = f"+00 000 {rng.randint(1000, 9999)}"
    contact["email"] = f"study{rng.randint(10, 99)}@site.example"


def _rename(record: Record, rng: Random, posted: date) -> None:
    record["protocolSection"]["identificationModule"]["briefTitle"] += " (Amended)"


def _add_document(record: Record, rng: Random, posted: date) -> None:
    nct_id = record["protocolSection"]["identificationModule"]["nctId"]
    added = document_section(nct_id, posted - timedelta(days=200))["largeDocumentModule"]["largeDocs"][0]
    section = record.setdefault("documentSection", {"largeDocumentModule": {"largeDocs": []}})
    documents = section["largeDocumentModule"].setdefault("largeDocs", [])
    documents.append({**added, "filename": f"Prot_SAP_{len(documents):03d}.pdf"})


def _verify(record: Record, rng: Random, posted: date) -> None:
    return


def _become_unknown(record: Record, rng: Random, posted: date) -> None:
    module = record["protocolSection"]["statusModule"]
    module["lastKnownStatus"], module["overallStatus"] = module["overallStatus"], "UNKNOWN"


def _submit_results(record: Record, rng: Random, posted: date) -> None:
    party = record["protocolSection"]["sponsorCollaboratorsModule"]["leadSponsor"]["name"]
    record["annotationSection"] = annotation_section(party, posted - timedelta(days=1), returned=None)


def _unposted(record: Record) -> list[Record]:
    module = record.get("annotationSection", {}).get("annotationModule", {})
    events: list[Record] = module.get("unpostedAnnotation", {}).get("unpostedEvents", [])
    return events


def _return_results(record: Record, rng: Random, posted: date) -> None:
    _unposted(record).append({"type": "RESET", "date": (posted - timedelta(days=1)).isoformat()})


def _move_geo_point(record: Record, rng: Random, posted: date) -> None:
    point = rng.choice([site for site in _sites(record) if "geoPoint" in site])["geoPoint"]
    point["lat"] = round(point["lat"] + 0.00107, 5)


def _rederive_browse(record: Record, rng: Random, posted: date) -> None:
    module = record["derivedSection"]["conditionBrowseModule"]
    module.pop("browseLeaves", None)
    module.pop("browseBranches", None)
    module.setdefault("ancestors", []).append({"id": "D099999", "term": f"Terms of {posted.year}"})


_UNDER_WAY = ("RECRUITING", "NOT_YET_RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING")
_ENDS = ("primaryCompletionDateStruct", "completionDateStruct")


def _always(record: Record) -> bool:
    return _status(record) != "WITHHELD"


def _ended_without_results(record: Record) -> bool:
    return _status(record) in ("COMPLETED", "TERMINATED") and not record.get("hasResults")


Change = Callable[[Record, Random, date], None]
_TABLE: dict[Edit, tuple[Change, Callable[[Record], bool]]] = {
    Edit.START: (_becomes("RECRUITING"), _has_status("NOT_YET_RECRUITING")),
    Edit.SUSPEND: (_becomes("SUSPENDED", reason=True), _has_status(*_UNDER_WAY)),
    Edit.SUSPEND_SILENTLY: (_becomes("SUSPENDED"), _has_status(*_UNDER_WAY)),
    Edit.RESUME: (_becomes("RECRUITING"), _has_status("SUSPENDED")),
    Edit.CLOSE: (_becomes("ACTIVE_NOT_RECRUITING"), _has_status("RECRUITING")),
    Edit.TERMINATE: (_becomes("TERMINATED", reason=True), _has_status(*_UNDER_WAY, "SUSPENDED")),
    Edit.WITHDRAW: (_becomes("WITHDRAWN", reason=True), _has_status("NOT_YET_RECRUITING")),
    Edit.COMPLETE: (_becomes("COMPLETED"), _has_status("RECRUITING", "ACTIVE_NOT_RECRUITING")),
    Edit.POST_RESULTS: (_post_results, _ended_without_results),
    Edit.TAKE_RESULTS_DOWN: (_take_results_down, lambda r: "resultsSection" in r),
    Edit.SLIP_COMPLETION: (_slip_completion, lambda r: any(_estimated(r, name) for name in _ENDS)),
    Edit.ACTUAL_COMPLETION: (_actual_completion, lambda r: _estimated(r, _ENDS[0])),
    Edit.CUT_ENROLLMENT: (
        _cut_enrollment,
        lambda r: _module(r, "designModule").get("enrollmentInfo", {}).get("count", 0) > 1,
    ),
    Edit.REWORD_OUTCOME: (_reword_outcome, lambda r: bool(_outcomes(r))),
    Edit.ADD_OUTCOME: (_add_outcome, lambda r: bool(_outcomes(r))),
    Edit.REMOVE_OUTCOME: (
        _remove_outcome,
        lambda r: len(_module(r, "outcomesModule").get("secondaryOutcomes", [])) > 1,
    ),
    Edit.DEMOTE_OUTCOME: (_demote_outcome, lambda r: len(_outcomes(r)) > 1),
    Edit.ADD_SITE: (_add_site, lambda r: "contactsLocationsModule" in r["protocolSection"]),
    Edit.REMOVE_SITE: (_remove_site, lambda r: len(_sites(r)) > 1),
    Edit.OPEN_SITE: (_open_site, lambda r: bool(_waiting(r))),
    Edit.REORDER_SITES: (_reorder_sites, lambda r: _sites(r) != _sites(r)[::-1]),
    Edit.RELABEL_ARM: (_relabel_arm, lambda r: bool(_module(r, "armsInterventionsModule").get("armGroups"))),
    Edit.CHANGE_ELIGIBILITY: (
        _change_eligibility,
        lambda r: "eligibilityCriteria" in _module(r, "eligibilityModule"),
    ),
    Edit.RAISE_AGE: (_raise_age, lambda r: "eligibilityModule" in r["protocolSection"]),
    Edit.CHANGE_CONTACT: (
        _change_contact,
        lambda r: bool(_module(r, "contactsLocationsModule").get("centralContacts")),
    ),
    Edit.RENAME: (_rename, _always),
    Edit.ADD_DOCUMENT: (_add_document, _always),
    Edit.VERIFY: (_verify, _always),
    Edit.UNKNOWN: (_become_unknown, _has_status(*_UNDER_WAY)),
    Edit.SUBMIT_RESULTS: (_submit_results, lambda r: _ended_without_results(r) and not _unposted(r)),
    Edit.RETURN_RESULTS: (
        _return_results,
        lambda r: bool(_unposted(r)) and _unposted(r)[-1]["type"] == "RELEASE",
    ),
    Edit.MOVE_GEO_POINT: (_move_geo_point, lambda r: any("geoPoint" in site for site in _sites(r))),
    Edit.REDERIVE_BROWSE: (
        _rederive_browse,
        lambda r: "conditionBrowseModule" in r.get("derivedSection", {}),
    ),
}
_EDITS = {kind: change for kind, (change, _) in _TABLE.items()}
_POSSIBLE = {kind: possible for kind, (_, possible) in _TABLE.items()}
