"""Design, arms, outcomes and eligibility of a ClinicalTrials.gov record."""

from __future__ import annotations

from snapshots.changeset import Kind, Severity
from snapshots.fields import Field, Identity

_P = "protocolSection."
_DS = _P + "designModule."
_INFO = _DS + "designInfo."
_AR = _P + "armsInterventionsModule."
_OU = _P + "outcomesModule."
_EL = _P + "eligibilityModule."
TEXT, CHOICE, LIST = Kind.TEXT, Kind.CHOICE, Kind.LIST


def _design(
    slug: str, label: str, path: str, *, major: bool = False, kind: Kind = CHOICE, reason: str = ""
) -> Field:
    return Field(
        slug=slug,
        label=label,
        section="Design",
        path=path,
        kind=kind,
        tags=("design",),
        severity=Severity.MAJOR if major else Severity.MINOR,
        reason=reason,
    )


def _eligibility(
    slug: str, label: str, path: str, *, major: bool = True, kind: Kind = CHOICE, rule: str = ""
) -> Field:
    return Field(
        slug=slug,
        label=label,
        section="Eligibility",
        path=path,
        kind=kind,
        tags=("eligibility",),
        severity=Severity.MAJOR if major else Severity.MINOR,
        reason="who may take part changed" if major else "",
        rule=rule,
    )


DESIGN: tuple[Field, ...] = (
    _design("study-type", "Study type", _DS + "studyType", major=True, reason="another type of study"),
    Field(
        slug="phase",
        label="Phase",
        section="Design",
        path=_DS + "phases",
        kind=CHOICE,
        tags=("design",),
        severity=Severity.MAJOR,
        reason="the phase changed",
        rule="phase",
    ),
    _design("allocation", "Allocation", _INFO + "allocation", major=True, reason="allocation changed"),
    _design(
        "intervention-model",
        "Intervention model",
        _INFO + "interventionModel",
        major=True,
        reason="the model changed",
    ),
    _design(
        "intervention-model-description",
        "Intervention model description",
        _INFO + "interventionModelDescription",
        kind=TEXT,
    ),
    _design("primary-purpose", "Primary purpose", _INFO + "primaryPurpose"),
    _design(
        "observational-model",
        "Observational model",
        _INFO + "observationalModel",
        major=True,
        reason="the model changed",
    ),
    _design("time-perspective", "Time perspective", _INFO + "timePerspective"),
    _design("masking", "Masking", _INFO + "maskingInfo.masking", major=True, reason="masking changed"),
    _design(
        "who-masked",
        "Who is masked",
        _INFO + "maskingInfo.whoMasked",
        major=True,
        reason="masking changed",
        kind=CHOICE,
    ),
    _design(
        "masking-description", "Masking description", _INFO + "maskingInfo.maskingDescription", kind=TEXT
    ),
    Field(
        slug="enrollment",
        label="Enrolment",
        section="Design",
        path=_DS + "enrollmentInfo",
        kind=Kind.COUNT,
        tags=("enrolment",),
        rule="enrollment",
    ),
    _design("biospecimens", "Biospecimens", _DS + "bioSpec", kind=TEXT),
    _design("expanded-access-types", "Types of expanded access", _DS + "expandedAccessTypes"),
    _design("patient-registry", "Patient registry", _DS + "patientRegistry"),
    _design("target-duration", "Target duration", _DS + "targetDuration", kind=TEXT),
    _design("design-details", "Design details", _P + "designModule", kind=TEXT),
    Field(
        slug="arms",
        label="Arms",
        section="Arms and interventions",
        path=_AR + "armGroups",
        kind=LIST,
        identity=Identity.LABEL,
        tags=("design",),
        rule="arm",
    ),
    Field(
        slug="interventions",
        label="Interventions",
        section="Arms and interventions",
        path=_AR + "interventions",
        kind=LIST,
        identity=Identity.TYPE_NAME,
        tags=("design",),
        rule="intervention",
    ),
    Field(
        slug="primary-outcomes",
        label="Primary outcomes",
        section="Outcomes",
        path=_OU + "primaryOutcomes",
        kind=LIST,
        identity=Identity.MEASURE,
        tags=("outcomes",),
        rule="primary-outcome",
    ),
    Field(
        slug="secondary-outcomes",
        label="Secondary outcomes",
        section="Outcomes",
        path=_OU + "secondaryOutcomes",
        kind=LIST,
        identity=Identity.MEASURE,
        tags=("outcomes",),
        rule="outcome",
    ),
    Field(
        slug="other-outcomes",
        label="Other outcomes",
        section="Outcomes",
        path=_OU + "otherOutcomes",
        kind=LIST,
        identity=Identity.MEASURE,
        tags=("outcomes",),
        rule="outcome",
    ),
    _eligibility(
        "eligibility-criteria",
        "Eligibility criteria",
        _EL + "eligibilityCriteria",
        kind=TEXT,
        rule="criteria",
    ),
    _eligibility("healthy-volunteers", "Healthy volunteers", _EL + "healthyVolunteers", major=False),
    _eligibility("sex", "Sex", _EL + "sex"),
    _eligibility("gender-based", "Gender-based", _EL + "genderBased", major=False),
    _eligibility(
        "gender-description", "Gender description", _EL + "genderDescription", major=False, kind=TEXT
    ),
    _eligibility("minimum-age", "Minimum age", _EL + "minimumAge"),
    _eligibility("maximum-age", "Maximum age", _EL + "maximumAge"),
    Field(
        slug="age-groups",
        label="Age groups",
        section="Eligibility",
        path=_EL + "stdAges",
        kind=CHOICE,
        noise=True,
        reason="computed from the ages",
    ),
    _eligibility("study-population", "Study population", _EL + "studyPopulation", kind=TEXT),
    _eligibility("sampling-method", "Sampling method", _EL + "samplingMethod", major=False),
    _eligibility("eligibility", "Eligibility", _P + "eligibilityModule", major=False, kind=TEXT),
)
