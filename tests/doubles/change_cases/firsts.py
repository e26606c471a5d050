"""What is stated for the first time: old records lack fields that did not exist when they were registered."""

from __future__ import annotations

from doubles.change_cases.case import Cases, told
from doubles.change_cases.record import (
    COMPLETION,
    PRIMARY,
    START,
    arms,
    dates,
    design,
    drop,
    enrol,
    outcomes,
    protocol,
    put,
    statuses,
)

case = Cases()


def primary(record):
    return outcomes(record)["primaryOutcomes"][0]


@case(
    "a primary outcome's first time frame",
    told(
        "primary-outcomes",
        "minor",
        ("Primary outcome's time frame stated while recruiting: 12 weeks", "!none", "!changed"),
        ["outcomes", "!integrity"],
    ),
)
def _(old, new):
    del primary(old)["timeFrame"]


@case(
    "a primary outcome's first description",
    told(
        "primary-outcomes",
        "minor",
        ("Primary outcome's description stated while recruiting: Pain", "!changed"),
        ["!integrity"],
    ),
)
def _(old, new):
    primary(old)["description"] = ""


@case(
    "a primary outcome's first time frame and description",
    told("primary-outcomes", "minor", "time frame and description stated while recruiting: 12 weeks (Pain"),
)
def _(old, new):
    del primary(old)["timeFrame"], primary(old)["description"]


@case(
    "a time frame that is taken out is no first statement",
    told("primary-outcomes", "major", "time frame changed while recruiting: 12 weeks → none", ["integrity"]),
)
def _(old, new):
    del primary(new)["timeFrame"]


@case(
    "a primary outcome's time frame is first stated and its measure reworded",
    told(
        "primary-outcomes",
        "major",
        ("changed while recruiting: Pain intensity", "; time frame stated: 12 weeks", "!none"),
        ["integrity"],
    ),
)
def _(old, new):
    del primary(old)["timeFrame"]
    primary(new)["measure"] += ", worst of the day"


@case(
    "a primary outcome's time frame changed, its description first stated",
    told("primary-outcomes", "major", ("time frame changed", "12 weeks → 52 weeks", "; description stated")),
)
def _(old, new):
    del primary(old)["description"]
    primary(new)["timeFrame"] = "52 weeks"


@case(
    "a primary outcome's description and time frame both changed",
    told("primary-outcomes", "major", ("description changed", "; time frame 12 weeks → 52 weeks")),
)
def _(old, new):
    primary(new).update(description="10 is the worst pain.", timeFrame="52 weeks")


@case(
    "first time frames of many outcomes",
    told(
        "secondary-outcomes",
        "minor",
        ("Time frame of 3 secondary outcomes stated while recruiting: up to 52 weeks", "!nothing", "!none"),
    ),
)
def _(old, new):
    for one in outcomes(old)["secondaryOutcomes"][2:]:
        del one["timeFrame"]


@case("phase: first stated", told("phase", "major", ("Phase stated: Phase 2", "!none"), ["design"]))
def _(old, new):
    drop(old, "protocolSection", "designModule", "phases")


@case("phase: no longer stated", told("phase", "major", ("Phase no longer stated (was Phase 2", "!none")))
def _(old, new):
    drop(new, "protocolSection", "designModule", "phases")


@case(
    "an arm's first type",
    told("arms", "minor", ("Arm Placebo: type stated, placebo comparator", "!none"), ["design"]),
)
def _(old, new):
    del arms(old)["armGroups"][1]["type"]


@case("an arm's type changed", told("arms", "major", "Arm Placebo: Placebo comparator → Sham comparator"))
def _(old, new):
    arms(new)["armGroups"][1]["type"] = "SHAM_COMPARATOR"


@case(
    "a start of years ago without a type",
    told("start-date", "minor", ("Start (2025-02) now stated as actual", "!planned"), ["timeline"]),
)
def _(old, new):
    dates(old, new, START, "2025-02", "2025-02 A")


@case(
    "a start of years ago without a type, corrected",
    told(
        "start-date",
        "major",
        ("Start now stated as actual, about a month earlier (2025-03 → 2025-02-03", "!planned"),
    ),
)
def _(old, new):
    dates(old, new, START, "2025-03", "2025-02-03 A")


@case(
    "a start to come, without a type, was a plan",
    told("start-date", "major", "Start now actual, on the planned date (2026-11)", ["timeline"]),
)
def _(old, new):
    dates(old, new, START, "2026-11", "2026-11 A")


@case(
    "a primary completion of long ago without a type",
    told(
        "primary-completion-date", "major", ("Primary completion (2026-05) now stated as actual", "!planned")
    ),
)
def _(old, new):
    """become ACTUAL: major"""
    dates(old, new, PRIMARY, "2026-05", "2026-05 A")


@case("a completion first given", told("completion-date", "minor", "Study completion given: 2027-09"))
def _(old, new):
    dates(old, new, COMPLETION, "", "2027-09 E")


@case(
    "an enrolment without a type, as counted",
    told("enrollment", "minor", ("Enrolment of 40 now stated as actual", "!planned"), ["enrolment"]),
)
def _(old, new):
    enrol(old, new, (40, None), (40, "ACTUAL"))


@case(
    "an enrolment as planned",
    told("enrollment", "major", "Enrolment of 40 now actual, as planned", ["enrolment"]),
)
def _(old, new):
    enrol(old, new, (40, "ESTIMATED"), (40, "ACTUAL"))


@case("an enrolment first given", told("enrollment", "major", ("Enrolment stated: 27, actual", "!unknown")))
def _(old, new):
    enrol(old, new, (27, None), (27, "ACTUAL"))
    del design(old)["enrollmentInfo"]


@case("a responsible party first stated", told("responsible-party", "minor", "Responsible party stated"))
def _(old, new):
    del protocol(old)["sponsorCollaboratorsModule"]["responsibleParty"]


@case("a plan to share data without a description", told("ipd-sharing", "minor", ("added: undecided", "!,")))
def _(old, new):
    del protocol(old)["ipdSharingStatementModule"]
    put(new, "protocolSection", "ipdSharingStatementModule", {"ipdSharing": "UNDECIDED"})


@case(
    "whether data are shared, first stated beside a description",
    told("ipd-sharing", "minor", ("Sharing of participants' data stated: no", "!none")),
)
def _(old, new):
    put(old, "protocolSection", "ipdSharingStatementModule", {"description": "On request."})
    put(
        new,
        "protocolSection",
        "ipdSharingStatementModule",
        {"description": "On request.", "ipdSharing": "NO"},
    )


@case(
    "the day on which a certificate was posted",
    told("certificate-of-delay-posted", "minor", ("Certificate of delay posted on 2026-05-14", "!type")),
    told("certificate-of-delay-qc", "minor", "Certificate of delay passed quality control on 2026-05-12"),
)
def _(old, new):
    statuses(new).update(
        dispFirstSubmitQcDate="2026-05-12", dispFirstPostDateStruct={"date": "2026-05-14", "type": "ACTUAL"}
    )


@case(
    "days of results that came later than the results",
    told("results-first-submitted", "minor", "Results first submitted on 2021-03-29"),
    told("results-first-submitted-qc", "minor", "Results first passed quality control on 2021-05-07"),
)
def _(old, new):
    for record in (old, new):
        record["hasResults"] = True
        statuses(record)["resultsFirstPostDateStruct"] = {"date": "2021-06-02", "type": "ACTUAL"}
    statuses(new).update(resultsFirstSubmitDate="2021-03-29", resultsFirstSubmitQcDate="2021-05-07")


@case(
    "a certificate's day moved, and went",
    told("certificate-of-delay-posted", "minor", "posted on 2026-05-15, no longer 2026-05-14"),
    told("certificate-of-delay-qc", "minor", "passed quality control: day no longer stated (was 2026-05-12)"),
)
def _(old, new):
    statuses(old).update(
        dispFirstSubmitQcDate="2026-05-12", dispFirstPostDateStruct={"date": "2026-05-14", "type": "ACTUAL"}
    )
    statuses(new)["dispFirstPostDateStruct"] = {"date": "2026-05-15", "type": "ACTUAL"}


@case(
    "expanded access becomes available",
    told("expanded-access", "minor", ("Expanded access available: NCT09000001", "!yes")),
)
def _(old, new):
    statuses(new)["expandedAccessInfo"] = {
        "hasExpandedAccess": True,
        "nctId": "NCT09000001",
        "statusForNctId": "AVAILABLE",
    }


@case(
    "expanded access ends",
    told("expanded-access", "minor", "Expanded access no longer available: NCT09000001"),
)
def _(old, new):
    statuses(old)["expandedAccessInfo"] = {"hasExpandedAccess": True, "nctId": "NCT09000001"}


@case(
    "expanded access has another status",
    told("expanded-access", "minor", "Expanded access (NCT09000001): Available → No longer available"),
)
def _(old, new):
    for record, status in ((old, "AVAILABLE"), (new, "NO_LONGER_AVAILABLE")):
        statuses(record)["expandedAccessInfo"] = {
            "hasExpandedAccess": True,
            "nctId": "NCT09000001",
            "statusForNctId": status,
        }


@case(
    "the sponsor's class in words",
    told("lead-sponsor", "minor", "Class of the lead sponsor changed: Other → Other government"),
)
def _(old, new):
    protocol(new)["sponsorCollaboratorsModule"]["leadSponsor"]["class"] = "OTHER_GOV"


@case(
    "the organisation's name and class in words",
    told(
        "organization", "minor", ("Class of the organisation changed: US federal → Individual (N)", "!INDIV ")
    ),
)
def _(old, new):
    for record, kind in ((old, "FED"), (new, "INDIV")):
        put(
            record,
            "protocolSection",
            "identificationModule",
            "organization",
            {"fullName": "N", "class": kind},
        )


@case("an arm called FED is no agency", told("arms", "major", ("FED", "!US federal")), only=False)
def _(old, new):
    arms(old)["armGroups"][1]["label"] = "FED"
    arms(new)["armGroups"][1]["label"] = "FED state"


@case("a hyphen set otherwise is no news")
def _(old, new):
    for record, title, measure in (
        (old, "An Open -Label Study of post treatment pain", "Pain intensity on the numeric-rating scale"),
        (new, "An Open-label study of post-treatment pain", "Pain intensity on the numeric rating scale"),
    ):
        put(record, "protocolSection", "identificationModule", "officialTitle", title)
        primary(record)["measure"] = measure


@case("a sign is no hyphen", told("eligibility-criteria", "major"), told("official-title", "minor"))
def _(old, new):
    for record, sign in ((old, "ER- tumours"), (new, "ER tumours")):
        put(record, "protocolSection", "eligibilityModule", "eligibilityCriteria", f"Women with {sign}")
    for record, change in ((old, "Change of -5"), (new, "Change of 5")):
        put(record, "protocolSection", "identificationModule", "officialTitle", change)
