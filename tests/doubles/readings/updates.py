"""Whole updates as sponsors send them, and their headlines."""

from __future__ import annotations

from copy import deepcopy

from doubles.readings.arms import arm_added, relabel
from doubles.readings.edits import bare_sites, date, enrol, get, not_started, put, status, sub
from doubles.readings.reading import case, told
from doubles.readings.record import POZNAN
from doubles.readings.site_edits import LYON, OSAKA, PERSONS, many, put_in, to

CRITERIA = "eligibilityModule.eligibilityCriteria"
PRIMARY, SECONDARY = "outcomesModule.primaryOutcomes", "outcomesModule.secondaryOutcomes"


def _amend(old, new):
    enrol(new, 640)
    date(new, "primaryCompletion", "2028-01-30")
    date(new, "completion", "2028-10-31")
    sub(new, CRITERIA, "\\>= 45 mL", "\\>= 30 mL")
    arm_added(new)
    get(new, SECONDARY).append(
        {"measure": "Proportion of participants with partial renal response", "timeFrame": "Week 52"}
    )


case(
    "protocol amendment while recruiting",
    _amend,
    [
        told("arms added major design", ["600 mg"], "Arm added: Torvalimab 600 mg", item="Torvalimab 600 mg"),
        told(
            "enrollment changed major enrolment",
            ["480", "640", "33"],
            "Planned enrolment raised from 480 to 640 (+33 %)",
        ),
        told(
            "primary-completion-date changed major timeline",
            ["214 days"],
            "Primary completion slipped 214 days (2027-06-30 → 2028-01-30)",
        ),
        told(
            "completion-date changed major timeline",
            ["214 days"],
            "Study completion slipped 214 days (2028-03-31 → 2028-10-31)",
        ),
        told(
            "eligibility-criteria edited major eligibility",
            ["45", "30"],
            "Eligibility widened: eGFR of 30 or more, no longer 45",
        ),
        told(
            "secondary-outcomes added minor outcomes",
            ["partial renal response"],
            "Secondary outcome added: partial renal response",
            item="Proportion of participants with partial renal response",
        ),
    ],
    "several fields, one line: the major ones lead, the minor ones do not crowd them out",
    headline=(
        "Arm added (torvalimab 600 mg); enrolment raised from 480 to 640 (+33 %); primary completion slipped"
        " 214 days; eligibility widened"
    ),
    headline_says=[("640", "600 mg", "214 days")],
    headline_never=["integrity"],
)


def _full(old, new):
    status(new, "ACTIVE_NOT_RECRUITING")
    enrol(new, 486, "ACTUAL")
    bare_sites(new)


case(
    "recruitment completed",
    _full,
    [
        told(
            "overall-status changed major status !stopped",
            ["Recruiting", "Active, not recruiting"],
            "Recruiting → Active, not recruiting",
        ),
        told(
            "enrollment changed major enrolment",
            ["480", "486", "actual"],
            "Enrolment 486, 6 more than planned (480), now actual",
        ),
        told(
            "locations edited|removed minor sites",
            [],
            "Site statuses and contacts are no longer shown, as recruitment closed",
            never=[*PERSONS, "Japan"],
        ),
        told("central-contacts removed minor|noise", [], "The contacts went with recruitment", optional=True),
    ],
    "closing before the end: one minor line for the sites",
    headline="Recruiting → Active, not recruiting, with 486 enrolled (480 planned)",
    headline_says=["Recruiting", "Active, not recruiting"],
    headline_never=["closed in", "Japan"],
)


def _hold(old, new):
    status(new, "SUSPENDED", "Data monitoring committee asked for a pause")
    date(new, "primaryCompletion", "2028-01-30")
    sub(new, CRITERIA, "\\> 2.5 x upper", "\\> 1.5 x upper")
    to((POZNAN, "WITHDRAWN"))(new)


case(
    "suspension with other edits beside it",
    _hold,
    [
        told(
            "overall-status changed critical status stopped",
            ["Recruiting", "Suspended", "pause"],
            "Recruiting → Suspended: the data monitoring committee asked for a pause",
        ),
        told(
            "why-stopped added critical",
            ["pause"],
            "Reason given: the data monitoring committee asked for a pause",
        ),
        told(
            "primary-completion-date changed major timeline",
            ["214 days"],
            "Primary completion slipped 214 days (2027-06-30 → 2028-01-30)",
            never=["ended"],
        ),
        told(
            "eligibility-criteria edited major eligibility",
            ["2.5", "1.5"],
            "Exclusion widened: alanine aminotransferase above 1.5 × upper limit of normal, no longer 2.5",
        ),
        told(
            "locations edited minor sites",
            ["Poznan", "withdrawn"],
            "The Poznan site was withdrawn before it opened",
            item="Centrum Medyczne Warta, Poznan, Poland",
        ),
    ],
    "the critical change leads the headline; a slip during a suspension is a slip, nothing ended",
    headline=(
        "Recruiting → Suspended: the data monitoring committee asked for a pause; primary completion slipped"
        " 214 days"
    ),
    headline_says=["Suspended", "pause"],
)


def _first_sites(old, new):
    not_started(old)
    get(old, "contactsLocationsModule").pop("locations")
    date(old, "start", "2026-08")
    date(new, "start", "2026-09-16", "ACTUAL")
    put(new, "contactsLocationsModule.locations", [LYON, OSAKA])
    put(new, "contactsLocationsModule.locations", deepcopy(get(new, "contactsLocationsModule.locations")))


case(
    "study starts and lists its first sites",
    _first_sites,
    [
        told(
            "overall-status changed major status !restarted",
            ["Not yet recruiting", "Recruiting"],
            "Not yet recruiting → Recruiting",
        ),
        told(
            "start-date changed major timeline",
            ["2026-09-16", "2026-08"],
            "Started 2026-09-16, about a month later than planned (2026-08), now actual",
        ),
        told(
            "locations added major sites",
            ["France"],
            "France opened: Lyon is among the first two sites listed, recruiting",
            item="Hopital des Tisserands, Lyon, France",
            never=["Aubin"],
        ),
        told(
            "locations added major sites",
            ["Japan"],
            "Japan opened: Osaka is among the first two sites listed, recruiting",
            item="Namba Medical Center, Osaka, Japan",
            never=["Nakahara"],
        ),
    ],
    "sites that were not listed before open their countries, also on the day of the opening; the key itself"
    " is no added section",
    headline="Not yet recruiting → Recruiting: started 2026-09-16; first 2 sites listed, in France and Japan",
    headline_says=["Recruiting"],
    headline_never=["Aubin", "Nakahara"],
)


def _dose(old, new):
    relabel("Torvalimab 150 mg", "Torvalimab 200 mg")(new)
    sub(new, "armsInterventionsModule.armGroups.1.description", "150 mg", "200 mg")
    sub(new, "descriptionModule.detailedDescription", "torvalimab 150 mg", "torvalimab 200 mg")


case(
    "a dose changes through the record",
    _dose,
    [
        told(
            "arms edited major design",
            ["150 mg", "200 mg"],
            "Arm relabelled: Torvalimab 150 mg → Torvalimab 200 mg, its dose with it",
            item="Torvalimab 200 mg",
            never=["dropped", "added"],
        ),
        told(
            "detailed-description edited minor",
            ["150", "200"],
            "Description: torvalimab 200 mg, no longer 150 mg",
        ),
    ],
    "label and description of one arm are one edit, not confused with the 300 mg arm; armGroupLabels follow",
    headline="Arm relabelled: torvalimab 150 mg → 200 mg",
    headline_says=["150 mg", "200 mg"],
)


def _small(old, new):
    get(new, "conditionsModule.keywords").append("Biologic")
    put(new, "contactsLocationsModule.centralContacts.0.phone", "+1-555-0199")
    date(new, "completion", "2028-04-12")


case(
    "three small edits",
    _small,
    [
        told(
            "completion-date changed minor timeline",
            ["12 days"],
            "Study completion slipped 12 days (2028-03-31 → 2028-04-12)",
        ),
        told("keywords added|edited minor", ["Biologic"], "Keyword added: Biologic", item="Biologic"),
        told(
            "central-contacts edited minor", ["contact"], "The study's contact details changed", never=["555"]
        ),
    ],
    "severity of the set is the highest: minor",
    headline="Study completion slipped 12 days; keywords and contact details changed",
    headline_says=["12 days"],
    headline_never=["555"],
)


def _takeover(old, new):
    put(new, "sponsorCollaboratorsModule.leadSponsor.name", "Harrow Biologics")
    put(
        new,
        "sponsorCollaboratorsModule.collaborators",
        [
            {"name": "Norlake Therapeutics", "class": "INDUSTRY"},
            {"name": "Lupus Kidney Network", "class": "NETWORK"},
        ],
    )
    put(new, "identificationModule.organization.fullName", "Harrow Biologics")
    put(new, "identificationModule.briefTitle", "Study of HBX-204 in Adults With Active Lupus Nephritis")


case(
    "sponsor taken over",
    _takeover,
    [
        told(
            "lead-sponsor changed major sponsor",
            ["Norlake", "Harrow"],
            "Lead sponsor changed: Norlake Therapeutics → Harrow Biologics",
        ),
        told(
            "collaborators added minor sponsor",
            ["Norlake"],
            "Norlake Therapeutics stays as collaborator",
            item="Norlake Therapeutics",
        ),
        told(
            "organization changed minor",
            [],
            "The registering organisation is Harrow Biologics",
            optional=True,
        ),
        told("brief-title changed minor", ["HBX-204"], "Brief title: the study is now of HBX-204"),
    ],
    "the old sponsor in front of the collaborators' list is one addition",
    headline="Lead sponsor changed: Norlake Therapeutics → Harrow Biologics",
    headline_says=["Norlake", "Harrow"],
)


def _merge_phases(old, new):
    put(old, "designModule.phases", ["PHASE2", "PHASE3"])
    enrol(old, 200)
    put(old, "designModule.designInfo.maskingInfo", {"masking": "NONE"})
    put(
        new,
        "designModule.designInfo.maskingInfo",
        {"masking": "DOUBLE", "whoMasked": ["PARTICIPANT", "INVESTIGATOR"]},
    )


case(
    "seamless study becomes phase 3, blinded and larger",
    _merge_phases,
    [
        told(
            "phase changed major design",
            ["Phase 3", ("2/3", "Phase 2")],
            "Phase changed: Phase 2/3 → Phase 3",
        ),
        told(
            "masking changed major design",
            [("none", "open"), "double"],
            "Masking changed: none (open label) → double",
        ),
        told(
            "who-masked added minor|major design",
            [],
            "Participant and investigator are masked",
            optional=True,
        ),
        told(
            "enrollment changed major enrolment",
            ["200", "480", "140"],
            "Planned enrolment raised from 200 to 480 (+140 %)",
        ),
    ],
    "three major rows",
    headline="Phase 2/3 → Phase 3; enrolment raised from 200 to 480 (+140 %); now double-masked",
    headline_says=[("Phase 3", "480")],
)


def _switch(old, new):
    x = get(new, PRIMARY).pop(0)
    get(new, SECONDARY).insert(0, x)
    put(new, PRIMARY + ".0.timeFrame", "Baseline, Week 12")
    enrol(new, 300)


case(
    "outcome switching with a cut in numbers",
    _switch,
    [
        told(
            "primary-outcomes moved critical outcomes integrity",
            ["complete renal response", "secondary"],
            "Primary outcome moved to secondary while recruiting: complete renal response",
            item="Proportion of participants with complete renal response",
        ),
        told(
            "primary-outcomes edited major outcomes integrity",
            ["24", "12"],
            "Primary outcome changed while recruiting: urine protein to creatinine ratio at Week 12, no"
            " longer Week 24",
            item="Change from baseline in urine protein to creatinine ratio",
        ),
        told(
            "enrollment changed major enrolment",
            ["480", "300", "38"],
            "Planned enrolment cut from 480 to 300 (−38 %)",
        ),
    ],
    "the critical move leads; it is not paired by index with the next outcome",
    headline=(
        "Primary outcome moved to secondary while recruiting: complete renal response; enrolment cut from 480"
        " to 300 (−38 %)"
    ),
    headline_says=["primary outcome"],
)


def _world(old, new):
    enrol(new, 720)
    put_in(*many("Germany", 6), at=2)(new)
    put_in(*many("Chile", 4, first=2), at=0)(new)
    put_in(*many("Poland", 5, first=3), at=12)(new)
    to()(new)


case(
    "enrolment raised and countries opened",
    _world,
    [
        told(
            "enrollment changed major enrolment",
            ["480", "720", "50"],
            "Planned enrolment raised from 480 to 720 (+50 %)",
        ),
        told(
            "locations added major sites",
            ["Germany", "6"],
            "Germany opened: 6 recruiting sites added",
            item="Germany",
            never=["Zenobia"],
        ),
        told(
            "locations added major sites",
            ["Chile", "4"],
            "Chile opened: 4 recruiting sites added",
            item="Chile",
            never=["Zenobia"],
        ),
        told(
            "locations added minor sites",
            ["Poland", "5"],
            "5 sites added in Poland (3 → 8)",
            item="Poland",
            never=["Zenobia"],
        ),
    ],
    "15 sites: one change a country",
    headline=(
        "Enrolment raised from 480 to 720 (+50 %); Germany and Chile opened; 15 sites added in 3 countries"
    ),
    headline_says=["720", "Germany"],
)
