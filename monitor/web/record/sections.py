"""A ClinicalTrials.gov record laid out in the registry's own sections, as blocks.

Everything of the record is shown: what no section names ends up under “Other fields”. Study staff are shown where
the configuration says so; else the page says that there are contacts, never who (`people`). Posted results have a
module of their own (`results`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from monitor.web.drawing.blocks import Block, Cell, Section, Table, cell, linked, number
from monitor.web.drawing.terms import label_of, said
from monitor.web.record.laying import Columns, date_of, facts, listing, maybe, name, prose, table, words
from monitor.web.record.people import counted, named_facts, of_sites, people_table
from monitor.web.record.remainder import Remainder, without_staff
from monitor.web.record.results import results
from monitor.web.record.site_tables import SITE_KEYS, sites_by_country

MAX_LEFT = 200  # fields that no section names


def sections(record: dict[str, Any], *, staff: bool = False) -> tuple[Section, ...]:
    """The record's sections, empty ones left out. staff: with the names of study staff."""
    rest = Remainder(record)
    rest.take("hasResults")
    made = []
    for slug, title, build in _SECTIONS:
        if blocks := tuple(build(rest, staff)):
            made.append(Section(slug=slug, title=title, blocks=blocks))
    left = tuple(rest.left())
    published = [(path, value) for path, value in left if not path.startswith("derivedSection.")]
    derived = [(path, value) for path, value in left if path.startswith("derivedSection.")]
    if published:
        made.append(
            Section(slug="other", title="Other fields", blocks=(_left_table("Other fields", published),))
        )
    if derived:
        extra = _left_table("Derived fields", derived)
        made.append(Section(slug="derived", title="Added by the registry", blocks=(extra,), folded=True))
    return tuple(made)


def _left_table(caption: str, left: list[tuple[str, Any]]) -> Table:
    rows = tuple((Cell(path), cell(value)) for path, value in islice(left, MAX_LEFT))
    return Table(
        caption=caption, columns=("Field", "Value"), rows=rows, left_out=max(0, len(left) - MAX_LEFT)
    )


P = "protocolSection."


def _basic(rest: Remainder, staff: bool) -> Iterable[Block]:
    at = P + "identificationModule."
    yield from facts(
        [
            ("Registry number", maybe(rest.take(at + "nctId"), name)),
            ("Brief title", maybe(rest.take(at + "briefTitle"), name)),
            ("Official title", maybe(rest.take(at + "officialTitle"), name)),
            ("Acronym", maybe(rest.take(at + "acronym"), name)),
            ("Organisation", maybe(rest.take(at + "organization.fullName"), name)),
            ("Class of organisation", maybe(rest.take(at + "organization.class"))),
        ]
    )


def _identifiers(rest: Remainder, staff: bool) -> Iterable[Block]:
    at = P + "identificationModule."
    yield from facts(
        [
            ("Former numbers", maybe(rest.take(at + "nctIdAliases"), name)),
            ("Organisation's study id", maybe(rest.take(at + "orgStudyIdInfo.id"), name)),
            ("Type of study id", maybe(rest.take(at + "orgStudyIdInfo.type"))),
            ("Link of study id", maybe(rest.take(at + "orgStudyIdInfo.link"), linked)),
        ]
    )
    yield from table(
        rest,
        at + "secondaryIdInfos",
        "Secondary ids",
        (("id", "Id", name), ("type", "Type", cell), ("domain", "Given by", name), ("link", "Link", linked)),
    )


def _status(rest: Remainder, staff: bool) -> Iterable[Block]:
    at = P + "statusModule."
    rows: list[tuple[str, Cell | None]] = [
        ("Recruitment status", maybe(rest.take(at + "overallStatus"))),
        ("Why stopped", maybe(rest.take(at + "whyStopped"), name)),
        ("Last known status", maybe(rest.take(at + "lastKnownStatus"))),
        ("Verified", maybe(rest.take(at + "statusVerifiedDate"))),
        ("Start", date_of(rest, at + "startDateStruct")),
        ("Primary completion", date_of(rest, at + "primaryCompletionDateStruct")),
        ("Completion", date_of(rest, at + "completionDateStruct")),
        ("First submitted", maybe(rest.take(at + "studyFirstSubmitDate"))),
        ("First submitted, met quality control", maybe(rest.take(at + "studyFirstSubmitQcDate"))),
        ("First posted", date_of(rest, at + "studyFirstPostDateStruct")),
        ("Results first submitted", maybe(rest.take(at + "resultsFirstSubmitDate"))),
        ("Results first submitted, met quality control", maybe(rest.take(at + "resultsFirstSubmitQcDate"))),
        ("Results first posted", date_of(rest, at + "resultsFirstPostDateStruct")),
        ("Certificate of delay submitted", maybe(rest.take(at + "dispFirstSubmitDate"))),
        ("Certificate of delay, met quality control", maybe(rest.take(at + "dispFirstSubmitQcDate"))),
        ("Certificate of delay posted", date_of(rest, at + "dispFirstPostDateStruct")),
        ("Last update submitted", maybe(rest.take(at + "lastUpdateSubmitDate"))),
        ("Last update posted", date_of(rest, at + "lastUpdatePostDateStruct")),
        ("Delayed posting", maybe(rest.take(at + "delayedPosting"))),
        ("Expanded access", maybe(rest.take(at + "expandedAccessInfo.hasExpandedAccess"))),
        ("Expanded access record", maybe(rest.take(at + "expandedAccessInfo.nctId"), name)),
    ]
    yield from facts(rows)


def _sponsors(rest: Remainder, staff: bool) -> Iterable[Block]:
    at = P + "sponsorCollaboratorsModule."
    yield from facts(
        [
            ("Lead sponsor", maybe(rest.take(at + "leadSponsor.name"), name)),
            ("Class", maybe(rest.take(at + "leadSponsor.class"))),
        ]
    )
    yield from table(
        rest, at + "collaborators", "Collaborators", (("name", "Name", name), ("class", "Class", cell))
    )


_PARTY_NAMES = (
    ("investigatorFullName", "Name"),
    ("investigatorTitle", "Title"),
    ("oldNameTitle", "Name and title"),
)


def _responsible(rest: Remainder, staff: bool) -> Iterable[Block]:
    at = P + "sponsorCollaboratorsModule.responsibleParty"
    party = rest.take(at)
    party = party if isinstance(party, dict) else {}
    yield from facts(
        [
            ("Responsible party", maybe(party.get("type"))),
            ("Affiliation", maybe(party.get("investigatorAffiliation"), name)),
            ("Responsible organisation", maybe(party.get("oldOrganization"), name)),
        ]
    )
    yield from named_facts(party, _PARTY_NAMES, staff=staff)
    known = {"type", "investigatorAffiliation", "oldOrganization"}
    rest.put_back(at, [{key: value for key, value in party.items() if key not in known}])


def _oversight(rest: Remainder, staff: bool) -> Iterable[Block]:
    at = P + "oversightModule."
    yield from facts(
        [
            ("Data monitoring committee", maybe(rest.take(at + "oversightHasDmc"))),
            ("U.S. FDA-regulated drug", maybe(rest.take(at + "isFdaRegulatedDrug"))),
            ("U.S. FDA-regulated device", maybe(rest.take(at + "isFdaRegulatedDevice"))),
            ("Device not approved", maybe(rest.take(at + "isUnapprovedDevice"))),
            ("Paediatric postmarket surveillance", maybe(rest.take(at + "isPpsd"))),
            ("Exported from the U.S.", maybe(rest.take(at + "isUsExport"))),
            ("FDAAA 801 violation", maybe(rest.take(at + "fdaaa801Violation"))),
        ]
    )


def _description(rest: Remainder, staff: bool) -> Iterable[Block]:
    yield from prose("Brief summary", rest.take(P + "descriptionModule.briefSummary"))
    yield from prose("Detailed description", rest.take(P + "descriptionModule.detailedDescription"))


def _conditions(rest: Remainder, staff: bool) -> Iterable[Block]:
    yield from listing("Conditions", rest.take(P + "conditionsModule.conditions"))
    yield from listing("Keywords", rest.take(P + "conditionsModule.keywords"))


def _design(rest: Remainder, staff: bool) -> Iterable[Block]:
    at = P + "designModule."
    info = at + "designInfo."
    yield from facts(
        [
            ("Study type", maybe(rest.take(at + "studyType"))),
            ("Phase", maybe(rest.take(at + "phases"))),
            (
                "Enrolment",
                _enrolment(rest.take(at + "enrollmentInfo.count"), rest.take(at + "enrollmentInfo.type")),
            ),
            ("Allocation", maybe(rest.take(info + "allocation"))),
            ("Interventional model", maybe(rest.take(info + "interventionModel"))),
            ("About the model", maybe(rest.take(info + "interventionModelDescription"), words)),
            ("Observational model", maybe(rest.take(info + "observationalModel"))),
            ("Time perspective", maybe(rest.take(info + "timePerspective"))),
            ("Primary purpose", maybe(rest.take(info + "primaryPurpose"))),
            ("Masking", maybe(rest.take(info + "maskingInfo.masking"))),
            ("Who is masked", maybe(rest.take(info + "maskingInfo.whoMasked"))),
            ("About the masking", maybe(rest.take(info + "maskingInfo.maskingDescription"), words)),
            ("Patient registry", maybe(rest.take(at + "patientRegistry"))),
            ("Target follow-up", maybe(rest.take(at + "targetDuration"))),
            ("Biospecimens", maybe(rest.take(at + "bioSpec.retention"))),
            ("About the biospecimens", maybe(rest.take(at + "bioSpec.description"), words)),
        ]
    )


def _enrolment(count: Any, kind: Any) -> Cell | None:
    if count is None:
        return maybe(kind)
    return Cell(cell(count).text + (f" ({said(kind).lower()})" if isinstance(kind, str) else ""))


def _arms(rest: Remainder, staff: bool) -> Iterable[Block]:
    yield from table(
        rest,
        P + "armsInterventionsModule.armGroups",
        "Arms and groups",
        (
            ("label", "Arm", name),
            ("type", "Type", cell),
            ("description", "Description", words),
            ("interventionNames", "Interventions", name),
        ),
    )


def _interventions(rest: Remainder, staff: bool) -> Iterable[Block]:
    yield from table(
        rest,
        P + "armsInterventionsModule.interventions",
        "Interventions",
        (
            ("name", "Intervention", name),
            ("type", "Type", cell),
            ("description", "Description", words),
            ("otherNames", "Other names", name),
            ("armGroupLabels", "Arms", name),
        ),
    )


def _outcomes(rest: Remainder, staff: bool) -> Iterable[Block]:
    columns: Columns = (
        ("measure", "Measure", name),
        ("timeFrame", "Time frame", name),
        ("description", "Description", words),
    )
    at = P + "outcomesModule."
    yield from table(rest, at + "primaryOutcomes", "Primary outcomes", columns)
    yield from table(rest, at + "secondaryOutcomes", "Secondary outcomes", columns)
    yield from table(rest, at + "otherOutcomes", "Other outcomes", columns)


def _eligibility(rest: Remainder, staff: bool) -> Iterable[Block]:
    at = P + "eligibilityModule."
    least, most = rest.take(at + "minimumAge"), rest.take(at + "maximumAge")
    yield from facts(
        [
            ("Minimum age", maybe(least, name)),
            ("Maximum age", maybe(most, name) if most or not least else Cell("no limit", muted=True)),
            ("Age groups", maybe(rest.take(at + "stdAges"))),
            ("Sex", maybe(rest.take(at + "sex"))),
            ("Based on gender", maybe(rest.take(at + "genderBased"))),
            ("About gender", maybe(rest.take(at + "genderDescription"), words)),
            ("Healthy volunteers", maybe(rest.take(at + "healthyVolunteers"))),
            ("Sampling method", maybe(rest.take(at + "samplingMethod"))),
        ]
    )
    yield from prose("Study population", rest.take(at + "studyPopulation"))
    yield from prose("Criteria", rest.take(at + "eligibilityCriteria"))


def _locations(rest: Remainder, staff: bool) -> Iterable[Block]:
    at = P + "contactsLocationsModule."
    central = rest.take(at + "centralContacts")
    officials = rest.take_members(at + "overallOfficials")
    sites = rest.take_members(at + "locations")
    staffed = sum(1 for site in sites if site.get("contacts"))
    yield from sites_by_country(
        [{key: without_staff(site[key]) for key in site if key in SITE_KEYS} for site in sites]
    )
    if staff:
        central = [one for one in central if isinstance(one, dict)] if isinstance(central, list) else []
        yield from people_table("Central contacts", central)
        yield from people_table("Overall officials", officials)
        yield from people_table("Contacts of sites", of_sites(sites), where="Site")
    else:
        yield from facts(
            [
                ("Central contacts", counted(central)),
                ("Overall officials", counted(officials)),
                ("Sites with contacts", Cell(f"{staffed} of {len(sites)}", muted=True) if staffed else None),
            ]
        )
        yield from _officials(rest, officials)
    # The position is the registry's, computed from the city.
    shown = SITE_KEYS | {"geoPoint"}
    left = [{key: site[key] for key in site if key not in shown} for site in sites]
    rest.put_back(at + "locations", left)


def _officials(rest: Remainder, officials: list[dict[str, Any]]) -> Iterable[Block]:
    """Their roles and where they work, without their names."""
    holder = Remainder({"officials": [{k: v for k, v in one.items() if k != "name"} for one in officials]})
    yield from table(
        holder,
        "officials",
        "Officials, by role",
        (("role", "Role", cell), ("affiliation", "Affiliation", name)),
    )
    rest.put_back(P + "contactsLocationsModule.overallOfficials", holder.take_members("officials"))


def _sharing(rest: Remainder, staff: bool) -> Iterable[Block]:
    at = P + "ipdSharingStatementModule."
    yield from facts(
        [
            ("Plan to share individual data", maybe(rest.take(at + "ipdSharing"))),
            ("What is shared", maybe(rest.take(at + "infoTypes"))),
            ("When", maybe(rest.take(at + "timeFrame"), words)),
            ("Access", maybe(rest.take(at + "accessCriteria"), words)),
            ("Address", maybe(rest.take(at + "url"), linked)),
        ]
    )
    yield from prose("About sharing", rest.take(at + "description"))


def _references(rest: Remainder, staff: bool) -> Iterable[Block]:
    at = P + "referencesModule."
    yield from table(
        rest,
        at + "references",
        "Publications",
        (
            ("citation", "Citation", name),
            ("type", "Type", cell),
            ("pmid", "PubMed", _pubmed),
            ("retractions", "Retractions", cell),
        ),
    )
    yield from table(
        rest, at + "seeAlsoLinks", "Links", (("label", "Label", name), ("url", "Address", linked))
    )
    yield from table(
        rest,
        at + "availIpds",
        "Individual data",
        (
            ("id", "Id", name),
            ("type", "Type", name),
            ("url", "Address", linked),
            ("comment", "Comment", words),
        ),
    )


def _pubmed(value: Any) -> Cell:
    made = number(value)
    known = made.text.isascii() and made.text.isdigit() and len(made.text) < 12
    return Cell(made.text, href=f"https://pubmed.ncbi.nlm.nih.gov/{made.text}/" if known else None)


def _documents(rest: Remainder, staff: bool) -> Iterable[Block]:
    yield from table(
        rest,
        "documentSection.largeDocumentModule.largeDocs",
        "Documents",
        (
            ("label", "Document", name),
            ("hasProtocol", "Protocol", cell),
            ("hasSap", "Analysis plan", cell),
            ("hasIcf", "Consent form", cell),
            ("date", "Date", name),
            ("uploadDate", "Uploaded", name),
            ("filename", "File", name),
            ("typeAbbrev", "Kind", name),
            ("size", "Bytes", cell),
        ),
    )
    yield from facts([("No analysis plan", maybe(rest.take("documentSection.largeDocumentModule.noSap")))])


def _annotations(rest: Remainder, staff: bool) -> Iterable[Block]:
    at = "annotationSection.annotationModule."
    yield from table(
        rest,
        at + "unpostedAnnotation.unpostedEvents",
        "Results submitted, not posted yet",
        (("type", "What", cell), ("date", "Date", name), ("dateUnknown", "Date unknown", cell)),
    )
    party = rest.take(at + "unpostedAnnotation.unpostedResponsibleParty")
    yield from named_facts({"party": party}, (("party", "Responsible party"),), staff=staff)
    yield from table(
        rest,
        at + "violationAnnotation.violationEvents",
        "FDAAA 801 violations",
        tuple(
            (key, label_of(key), words)
            for key in ("type", "description", "creationDate", "issuedDate", "releaseDate", "postedDate")
        ),
    )


_SECTIONS: tuple[tuple[str, str, Callable[[Remainder, bool], Iterable[Block]]], ...] = (
    ("basic", "Basic information", _basic),
    ("status", "Status and dates", _status),
    ("description", "Description", _description),
    ("conditions", "Conditions", _conditions),
    ("design", "Study design", _design),
    ("arms", "Groups and arms", _arms),
    ("interventions", "Interventions", _interventions),
    ("outcomes", "Outcomes", _outcomes),
    ("eligibility", "Eligibility", _eligibility),
    ("sponsor", "Sponsors and collaborators", _sponsors),
    ("responsible", "Responsible party", _responsible),
    ("oversight", "Oversight", _oversight),
    ("locations", "Locations and contacts", _locations),
    ("results", "Results", results),
    ("identification", "Identifiers", _identifiers),
    ("sharing", "Sharing of individual data", _sharing),
    ("references", "References", _references),
    ("documents", "Documents", _documents),
    ("annotations", "Annotations", _annotations),
)
