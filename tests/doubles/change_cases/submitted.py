"""Results as the registry's history has them: there from their submission on, posted once they have the day."""

from __future__ import annotations

from doubles.change_cases.case import Cases, told
from doubles.change_cases.record import outcomes, put, statuses
from doubles.posted_results import measures, section, values

case = Cases(archived=True)
COMMENT = {"resetReasons": ["The Time Frame does not appear specific or in the correct format."]}
FIGURES = ("!14.2", "!11.9", "!Overall survival", "!posted:")


def submit(record, day="2026-10-20"):
    record["hasResults"] = True
    record["resultsSection"] = section()
    statuses(record)["resultsFirstSubmitDate"] = day


def post(record, day="2026-11-22"):
    submit(record)
    statuses(record)["resultsFirstSubmitQcDate"] = "2026-11-18"
    statuses(record)["resultsFirstPostDateStruct"] = {"date": day, "type": "ACTUAL"}


def events(record, *pairs):
    listed = [{"type": kind, "date": day} for kind, day in pairs]
    annotation = {"unpostedResponsibleParty": "Bert Invented", "unpostedEvents": listed}
    put(record, "annotationSection", "annotationModule", "unpostedAnnotation", annotation)


@case(
    "submitted results are not posted ones",
    told("has-results", "major", ("Results submitted on 2026-10-20, not posted yet", *FIGURES), "results"),
    headline=("Results submitted on 2026-10-20, not posted yet", *FIGURES),
)
def _(old, new):
    submit(new)


@case(
    "results submitted and returned, of which only the return is listed",
    told(
        "results-submission",
        "major",
        "Results submitted to the registry on 2026-10-20, returned by its quality control on 2026-11-18",
        "results",
    ),
    headline=("submitted to the registry on 2026-10-20, returned", *FIGURES),
)
def _(old, new):
    statuses(new)["lastUpdateSubmitDate"] = "2026-10-20"
    submit(new)
    events(new, ("RESET", "2026-11-18"))


@case(
    "results submitted again, and returned again",
    told(
        "results-submission",
        "major",
        "Results submitted again on 2026-11-04, returned by the registry's quality control on 2026-11-18,"
        " for the second time",
    ),
)
def _(old, new):
    for record, submitted, posted, returned in (
        (old, "2026-10-02", "2026-10-25", "2026-10-22"),
        (new, "2026-11-04", "2026-11-20", "2026-11-18"),
    ):
        submit(record, "2026-10-02")
        statuses(record)["lastUpdateSubmitDate"] = submitted
        statuses(record)["lastUpdatePostDateStruct"] = {"date": posted, "type": "ACTUAL"}
        events(record, ("RESET", returned))
    values(measures(new)[0])[0]["value"] = "15.0"


@case(
    "results submitted anew, nobody says what became of them",
    told("results", "major", ("Results submitted anew on 2026-11-20, not posted yet", *FIGURES, "!15.0")),
)
def _(old, new):
    submit(old)
    submit(new)
    values(measures(new)[0])[0]["value"] = "15.0"


@case("submitted results set differently")
def _(old, new):
    submit(old)
    submit(new)
    measures(new)[0]["title"] += " "


@case(
    "submitted results are taken back",
    told("has-results", "major", ("no longer in the record", "never posted", "!taken down"), "!integrity"),
)
def _(old, new):
    submit(old)


@case(
    "the day of posting appears, and results were there before",
    told(
        "has-results", "critical", "Results posted: Overall survival, median 14.2 vs 11.9 months", "results"
    ),
    headline="Results posted: Overall survival, median 14.2 vs 11.9 months",
)
def _(old, new):
    submit(old)
    events(old, ("RESET", "2026-10-30"))
    post(new)


@case(
    "results are posted that were put right since their submission",
    told("has-results", "critical", "Results posted: Overall survival, median 15.0 vs 11.9 months"),
    told("results", "major", ("Posted results: ", "300 participants", "!→", "!changed"), "!integrity"),
    only=False,
)
def _(old, new):
    submit(old)
    post(new)
    values(measures(new)[0])[0]["value"] = "15.0"
    new["resultsSection"]["participantFlowModule"]["periods"][0]["milestones"][0]["achievements"][0] = {
        "groupId": "FG000",
        "numSubjects": "152",
    }


@case(
    "the day of posting vanishes, and results are still there",
    told("has-results", "critical", "Results taken down", ["results", "integrity"]),
)
def _(old, new):
    post(old)
    submit(new)


@case(
    "an outcome changed after its results were submitted, not posted",
    told("primary-outcomes", "major", ("!after results",)),
)
def _(old, new):
    for record in (old, new):
        submit(record)
    outcomes(new)["primaryOutcomes"][0]["timeFrame"] = "26 weeks"


@case("what came after a version is no news of it")
def _(old, new):
    later = ("RELEASE", "2027-02-25"), ("RESET", "2027-03-12"), ("RELEASE", "2027-05-05")
    events(new, *later)


@case(
    "of a submission that was returned after the version, the version tells the submission",
    told(
        "results-submission",
        "major",
        ("submitted to the registry on 2026-11-20, not public yet", "!returned"),
    ),
)
def _(old, new):
    events(new, ("RELEASE", "2026-11-20"), ("RESET", "2026-12-12"))


@case(
    "what had come later is told of the version that it came before",
    told(
        "results-submission", "major", "Results submitted twice (2026-10-10, 2026-11-05), returned both times"
    ),
    headline="Results submitted twice (2026-10-10, 2026-11-05), returned both times",
)
def _(old, new):
    earlier = ("RELEASE", "2026-10-10"), ("RESET", "2026-11-01")
    events(old, *earlier)
    events(new, *earlier, ("RELEASE", "2026-11-05"), ("RESET", "2026-11-21"))
    statuses(old)["lastUpdatePostDateStruct"] = {"date": "2026-10-03", "type": "ACTUAL"}


@case("comments of quality control, at the root and in modules")
def _(old, new):
    new["reviewUnit"] = COMMENT
    new["protocolSection"]["eligibilityModule"]["reviewUnit"] = COMMENT
    new["documentSection"] = {"largeDocumentModule": {"reviewUnit": COMMENT}}
    old["protocolSection"]["designModule"]["reviewUnit"] = COMMENT


@case("comments of quality control on outcomes, arms, sites and people")
def _(old, new):
    protocol = new["protocolSection"]
    for module, key in (
        ("outcomesModule", "primaryOutcomes"),
        ("outcomesModule", "secondaryOutcomes"),
        ("armsInterventionsModule", "armGroups"),
        ("armsInterventionsModule", "interventions"),
        ("contactsLocationsModule", "locations"),
        ("contactsLocationsModule", "overallOfficials"),
        ("referencesModule", "references"),
    ):
        for number, one in enumerate(protocol[module][key]):
            if number % 2 == 0:
                one["reviewUnit"] = COMMENT


@case(
    "an outcome's time frame put right after a comment on it",
    told("primary-outcomes", "major", ("time frame changed", "12 weeks → 26 weeks", "!details")),
)
def _(old, new):
    outcomes(old)["primaryOutcomes"][0]["reviewUnit"] = COMMENT
    outcomes(new)["primaryOutcomes"][0]["timeFrame"] = "26 weeks"


@case("comments of quality control on posted results")
def _(old, new):
    for record in (old, new):
        post(record, "2026-09-20")
    for number, key in enumerate(("reviewUnit", "measureCategoriesReviewUnit", "reviewUnit")):
        measures(old)[number][key] = COMMENT
    new["resultsSection"]["adverseEventsModule"]["armsReviewUnit"] = COMMENT


@case(
    "a posted value put right after a comment on it",
    told("results", "major", ("14.2 → 15.0", "!review", "!Text")),
)
def _(old, new):
    for record in (old, new):
        post(record, "2026-09-20")
    measures(old)[0]["measureCategoriesReviewUnit"] = COMMENT
    values(measures(new)[0])[0]["value"] = "15.0"
