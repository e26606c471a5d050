"""Design, arms, outcomes and eligibility of a ClinicalTrials.gov record."""

from __future__ import annotations

from snapshots.changeset import Kind, Severity
from snapshots.fields import Field, Identity
from snapshots.fields.notation import Section

MAJOR = Severity.MAJOR
TEXT, CHOICE, COUNT, LIST = Kind.TEXT, Kind.CHOICE, Kind.COUNT, Kind.LIST

_design = Section("Design", "protocolSection.designModule", ("design",))
_info = Section("Design", "protocolSection.designModule.designInfo", ("design",))
_arms = Section("Arms and interventions", "protocolSection.armsInterventionsModule", ("design",))
_outcomes = Section("Outcomes", "protocolSection.outcomesModule", ("outcomes",))
_eligibility = Section("Eligibility", "protocolSection.eligibilityModule", ("eligibility",))


def _outcome(slug: str, label: str, key: str, rule: str) -> Field:
    pieces = "measure, description, timeFrame"
    return _outcomes(slug, label, key, LIST, identity=Identity.MEASURE, pieces=pieces, rule=rule)


def _who(slug: str, label: str, key: str, kind: Kind, rule: str = "") -> Field:
    """Part of who may take part."""
    reason = "who may take part changed"
    return _eligibility(slug, label, key, kind, severity=MAJOR, reason=reason, rule=rule)


DESIGN = (
    _design(
        "study-type",
        "Study type",
        "studyType",
        CHOICE,
        severity=MAJOR,
        reason="another type of study",
        rule="study-type",
    ),
    _design("phase", "Phase", "phases", CHOICE, severity=MAJOR, reason="the phase changed", rule="phase"),
    _info("allocation", "Allocation", "allocation", CHOICE, severity=MAJOR, reason="allocation changed"),
    _info(
        "intervention-model",
        "Intervention model",
        "interventionModel",
        CHOICE,
        severity=MAJOR,
        reason="the model changed",
    ),
    _info(
        "intervention-model-description",
        "Intervention model description",
        "interventionModelDescription",
        TEXT,
    ),
    _info("primary-purpose", "Primary purpose", "primaryPurpose", CHOICE),
    _info(
        "observational-model",
        "Observational model",
        "observationalModel",
        CHOICE,
        severity=MAJOR,
        reason="the model changed",
    ),
    _info("time-perspective", "Time perspective", "timePerspective", CHOICE),
    _info("masking", "Masking", "maskingInfo.masking", CHOICE, severity=MAJOR, reason="masking changed"),
    _info(
        "who-masked",
        "Who is masked",
        "maskingInfo.whoMasked",
        CHOICE,
        severity=MAJOR,
        reason="masking changed",
    ),
    _info("masking-description", "Masking description", "maskingInfo.maskingDescription", TEXT),
    _design(
        "enrollment",
        "Enrolment",
        "enrollmentInfo",
        COUNT,
        tags=("enrolment",),
        pieces="count, type",
        rule="enrollment",
    ),
    _design("biospecimens", "Biospecimens", "bioSpec", TEXT, pieces="retention, description"),
    _design(
        "expanded-access-types",
        "Types of expanded access",
        "expandedAccessTypes",
        CHOICE,
        pieces="""
            individual = individual patients, intermediate = intermediate-size population
            treatment = treatment protocol
        """,
    ),
    _design(
        "expanded-access-references",
        "Studies that refer to this expanded access",
        "nPtrsToThisExpAccNctId",
        COUNT,
    ),
    _design("patient-registry", "Patient registry", "patientRegistry", CHOICE),
    _design("target-duration", "Target duration", "targetDuration", TEXT),
    _design("design-details", "Design details", "", TEXT),
)

ARMS = (
    _arms(
        "arms",
        "Arms",
        "armGroups",
        LIST,
        identity=Identity.LABEL,
        pieces="label, type, description, interventionNames = interventions",
        rule="arm",
    ),
    _arms(
        "interventions",
        "Interventions",
        "interventions",
        LIST,
        identity=Identity.TYPE_NAME,
        # Mapped names: always empty, in builds of June and July 2023 alone.
        pieces="""
            type, name, description, armGroupLabels = arms, otherNames
            interventionMappedName = mapped names
        """,
        rule="intervention",
    ),
    _arms("arm-details", "Arms and interventions", "", TEXT),
)

OUTCOMES = (
    _outcome("primary-outcomes", "Primary outcomes", "primaryOutcomes", "primary-outcome"),
    _outcome("secondary-outcomes", "Secondary outcomes", "secondaryOutcomes", "outcome"),
    _outcome("other-outcomes", "Other outcomes", "otherOutcomes", "outcome"),
    _outcomes("outcome-details", "Outcomes", "", TEXT),
)

ELIGIBILITY = (
    _who("eligibility-criteria", "Eligibility criteria", "eligibilityCriteria", TEXT, rule="criteria"),
    _eligibility("healthy-volunteers", "Healthy volunteers", "healthyVolunteers", CHOICE),
    _who("sex", "Sex", "sex", CHOICE),
    _eligibility("gender-based", "Gender-based", "genderBased", CHOICE),
    _eligibility("gender-description", "Gender description", "genderDescription", TEXT),
    _who("minimum-age", "Minimum age", "minimumAge", CHOICE),
    _who("maximum-age", "Maximum age", "maximumAge", CHOICE),
    _eligibility(
        "age-groups",
        "Age groups",
        "stdAges",
        CHOICE,
        noise=True,
        tags=(),
        reason="computed from the ages",
    ),
    _who("study-population", "Study population", "studyPopulation", TEXT),
    _eligibility("sampling-method", "Sampling method", "samplingMethod", CHOICE),
    _eligibility("eligibility", "Eligibility", "", TEXT),
)
