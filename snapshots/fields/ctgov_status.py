"""Identification, status, sponsor, oversight and description of a ClinicalTrials.gov record."""

from __future__ import annotations

from snapshots.changeset import Kind, Severity
from snapshots.fields import Field, Identity
from snapshots.fields.notation import DATED, Section

CRITICAL, MAJOR = Severity.CRITICAL, Severity.MAJOR
TEXT, CHOICE, DATE, LIST = Kind.TEXT, Kind.CHOICE, Kind.DATE, Kind.LIST
_REPORTING = ("results", "compliance")

_id = Section("Identification", "protocolSection.identificationModule")
_status = Section("Status", "protocolSection.statusModule")
_sponsor = Section("Sponsor", "protocolSection.sponsorCollaboratorsModule", ("sponsor",))
_oversight = Section("Oversight", "protocolSection.oversightModule")
_description = Section("Description", "protocolSection.descriptionModule")
_conditions = Section("Conditions", "protocolSection.conditionsModule")


def _milestone(slug: str, label: str, key: str) -> Field:
    return _status(slug, label, key, DATE, pieces=DATED, tags=("timeline",), rule="milestone")


def _bookkeeping(slug: str, label: str, key: str) -> Field:
    pieces = DATED if key.endswith("Struct") else ""
    return _status(slug, label, key, DATE, pieces=pieces, noise=True, reason="bookkeeping date")


IDENTIFICATION = (
    _id("nct-id", "Registry number", "nctId", TEXT),
    _id("aliases", "Former registry numbers", "nctIdAliases", LIST, identity=Identity.WHOLE),
    _id("study-id", "Organisation's study id", "orgStudyIdInfo", TEXT, pieces="id, type, link"),
    _id(
        "secondary-ids",
        "Secondary ids",
        "secondaryIdInfos",
        LIST,
        identity=Identity.ID,
        pieces="id, type, domain, link",
    ),
    _id(
        "organization",
        "Organisation",
        "organization",
        TEXT,
        tags=("sponsor",),
        pieces="fullName = name, class",
        rule="organization",
    ),
    _id("brief-title", "Brief title", "briefTitle", TEXT),
    _id("official-title", "Official title", "officialTitle", TEXT),
    _id("acronym", "Acronym", "acronym", TEXT),
    _id("identification", "Identification", "", TEXT),
)

STATUS = (
    _status(
        "overall-status",
        "Recruitment status",
        "overallStatus",
        Kind.STATUS,
        severity=MAJOR,
        tags=("status",),
        rule="status",
    ),
    _status(
        "last-known-status",
        "Last known status",
        "lastKnownStatus",
        CHOICE,
        noise=True,
        reason="the status change tells it",
    ),
    _status(
        "why-stopped",
        "Why stopped",
        "whyStopped",
        TEXT,
        severity=CRITICAL,
        tags=("stopped",),
        rule="why-stopped",
    ),
    _milestone("start-date", "Start", "startDateStruct"),
    _milestone("primary-completion-date", "Primary completion", "primaryCompletionDateStruct"),
    _milestone("completion-date", "Study completion", "completionDateStruct"),
    _status(
        "expanded-access",
        "Expanded access",
        "expandedAccessInfo",
        CHOICE,
        pieces="hasExpandedAccess = offered, nctId = its record, statusForNctId = its status",
        rule="expanded-access",
    ),
    _status("delayed-posting", "Delayed posting", "delayedPosting", CHOICE),
    _bookkeeping("verified-date", "Last verified", "statusVerifiedDate"),
    _bookkeeping("first-submitted", "First submitted", "studyFirstSubmitDate"),
    _bookkeeping("first-submitted-qc", "First submitted, quality control", "studyFirstSubmitQcDate"),
    _bookkeeping("first-posted", "First posted", "studyFirstPostDateStruct"),
    _bookkeeping("last-update-submitted", "Last update submitted", "lastUpdateSubmitDate"),
    _bookkeeping("last-update-posted", "Last update posted", "lastUpdatePostDateStruct"),
    _status(
        "results-waived",
        "Results waived",
        "resultsWaived",
        CHOICE,
        severity=MAJOR,
        tags=_REPORTING,
        reason="reporting of results",
    ),
    _status(
        "results-first-submitted",
        "Results first submitted",
        "resultsFirstSubmitDate",
        DATE,
        tags=("results",),
        rule="registry-day",
    ),
    _status(
        "results-first-submitted-qc",
        "Results first passed quality control",
        "resultsFirstSubmitQcDate",
        DATE,
        tags=("results",),
        rule="registry-day",
    ),
    _status(
        "results-first-posted",
        "Results first posted",
        "resultsFirstPostDateStruct",
        DATE,
        pieces=DATED,
        tags=("results",),
        rule="post-date",
    ),
    _status(
        "certificate-of-delay",
        "Certificate of delay",
        "dispFirstSubmitDate",
        DATE,
        severity=MAJOR,
        tags=_REPORTING,
        rule="certificate",
        reason="results may be reported later",
    ),
    _status(
        "certificate-of-delay-qc",
        "Certificate of delay, quality control",
        "dispFirstSubmitQcDate",
        DATE,
        tags=_REPORTING,
        rule="registry-day",
    ),
    _status(
        "certificate-of-delay-posted",
        "Certificate of delay posted",
        "dispFirstPostDateStruct",
        DATE,
        pieces=DATED,
        tags=_REPORTING,
        rule="post-date",
    ),
    _status("status-module", "Status", "", TEXT),
)

SPONSOR = (
    _sponsor(
        "lead-sponsor",
        "Lead sponsor",
        "leadSponsor",
        TEXT,
        pieces="name, class",
        severity=MAJOR,
        rule="sponsor",
        reason="another sponsor answers for the trial",
    ),
    _sponsor(
        "collaborators", "Collaborators", "collaborators", LIST, identity=Identity.NAME, pieces="name, class"
    ),
    _sponsor(
        "responsible-party",
        "Responsible party",
        "responsibleParty",
        TEXT,
        pieces="""
            type, investigatorFullName = investigator, investigatorTitle, investigatorAffiliation
            oldNameTitle = former name and title, oldOrganization = former organisation
        """,
        rule="people",
    ),
    _sponsor("sponsor-module", "Sponsor and collaborators", "", TEXT, rule="people"),
)

OVERSIGHT = (
    _oversight("has-dmc", "Data monitoring committee", "oversightHasDmc", CHOICE),
    _oversight(
        "fda-regulated-drug", "FDA-regulated drug", "isFdaRegulatedDrug", CHOICE, tags=("compliance",)
    ),
    _oversight(
        "fda-regulated-device", "FDA-regulated device", "isFdaRegulatedDevice", CHOICE, tags=("compliance",)
    ),
    _oversight("unapproved-device", "Unapproved device", "isUnapprovedDevice", CHOICE),
    _oversight("ppsd", "Paediatric post-market surveillance", "isPpsd", CHOICE),
    _oversight("us-export", "Export from the United States", "isUsExport", CHOICE),
    _oversight(
        "fdaaa801-violation",
        "FDAAA 801 violation",
        "fdaaa801Violation",
        CHOICE,
        severity=CRITICAL,
        tags=("compliance", "integrity"),
        reason="FDAAA 801 violation",
    ),
    _oversight("oversight", "Oversight", "", TEXT),
)

DESCRIPTION = (
    _description("brief-summary", "Brief summary", "briefSummary", TEXT),
    _description("detailed-description", "Detailed description", "detailedDescription", TEXT),
    _description("description", "Description", "", TEXT),
    _conditions("conditions", "Conditions", "conditions", LIST, identity=Identity.WHOLE),
    _conditions("keywords", "Keywords", "keywords", LIST, identity=Identity.WHOLE),
    _conditions("condition-details", "Conditions and keywords", "", TEXT),
)
