"""Results: submitted, posted, taken down; certificates and notices."""

from __future__ import annotations

import copy

from doubles.change_cases.case import Cases, told
from doubles.change_cases.record import put, statuses

case = Cases()


RELEASE = {
    "unpostedResponsibleParty": "Bert Invented",
    "unpostedEvents": [{"type": "RELEASE", "date": "2026-11-10"}],
}


TRACK = {"submissionInfos": [{"releaseDate": "2026-11-10"}]}


@case(
    "results submitted, shown by derivedSection first",
    told("results-submission", "major", ("2026-11-10", "!Invented"), ["results"]),
)
def _(old, new):
    put(new, "derivedSection", "miscInfoModule", "submissionTracking", copy.deepcopy(TRACK))


@case("results submitted: annotationSection catches up")
def _(old, new):
    for r in (old, new):
        r["derivedSection"]["miscInfoModule"]["submissionTracking"] = copy.deepcopy(TRACK)
    new["annotationSection"] = {"annotationModule": {"unpostedAnnotation": copy.deepcopy(RELEASE)}}


@case("results returned", told("results-submission", "major", ("returned", "2026-11-18"), ["results"]))
def _(old, new):
    for r, more in ((old, []), (new, [{"type": "RESET", "date": "2026-11-18"}])):
        r["annotationSection"] = {
            "annotationModule": {"unpostedAnnotation": {"unpostedEvents": RELEASE["unpostedEvents"] + more}}
        }


@case("results withdrawn before posting", told("results-submission", "major", "withdrawn", ["results"]))
def _(old, new):
    for r, more in ((old, []), (new, [{"type": "UNRELEASE", "date": "2026-11-18"}])):
        r["annotationSection"] = {
            "annotationModule": {"unpostedAnnotation": {"unpostedEvents": RELEASE["unpostedEvents"] + more}}
        }


@case("results withdrawn on an unknown day", told("results-submission", "major", "withdrawn", ["results"]))
def _(old, new):
    for r, more in ((old, []), (new, [{"type": "UNRELEASE", "dateUnknown": True}])):
        r["annotationSection"] = {
            "annotationModule": {"unpostedAnnotation": {"unpostedEvents": RELEASE["unpostedEvents"] + more}}
        }


@case(
    "a returned submission is under review again",
    told("results-submission", "major", "2026-09-10", ["results"]),
)
def _(old, new):
    """every change has a sentence"""
    for r, more in ((old, {"resetDate": "2026-10-01"}), (new, {})):
        r["derivedSection"]["miscInfoModule"]["submissionTracking"] = {
            "submissionInfos": [{"releaseDate": "2026-09-10", **more}]
        }


@case("the last submission vanishes while earlier ones stay listed", told("results-submission", "minor"))
def _(old, new):
    """a submission that is gone is not the same submissions"""
    for r, more in ((old, [{"releaseDate": "2026-09-10"}]), (new, [])):
        r["derivedSection"]["miscInfoModule"]["submissionTracking"] = {
            "submissionInfos": [{"releaseDate": "2026-01-10", "resetDate": "2026-02-01"}, *more]
        }


def post_results(old, new):
    new["hasResults"] = True
    new["resultsSection"] = {
        "participantFlowModule": {"groups": []},
        "outcomeMeasuresModule": {"outcomeMeasures": [{"type": "PRIMARY", "title": "Pain"}]},
        "moreInfoModule": {
            "pointOfContact": {
                "title": "Dr",
                "organization": "N",
                "email": "ada@site.example",
                "phone": "555-4711",
            }
        },
    }
    statuses(new).update(
        resultsFirstSubmitDate="2026-10-20",
        resultsFirstSubmitQcDate="2026-11-18",
        resultsFirstPostDateStruct={"date": "2026-11-22", "type": "ACTUAL"},
    )


@case(
    "results posted",
    told("has-results", "critical", "posted", ["results"]),
    told("results", "major", None, ["results"]),
    headline=("Results posted", "!@", "!4711"),
    only=False,
)
def _(old, new):
    post_results(old, new)


@case(
    "results taken down", told("has-results", "critical", "taken down", ["results", "integrity"]), only=False
)
def _(old, new):
    post_results(new, old)


@case(
    "results appear in records that lack the flag", told("results", "critical", None, ["results"]), only=False
)
def _(old, new):
    """results posted: critical"""
    post_results(old, new)
    old.pop("hasResults")
    new.pop("hasResults")


@case("posted results edited", told("results", "major", "Pain → Pain at week 12", ["results", "integrity"]))
def _(old, new):
    post_results(new, old)
    post_results(old, new)
    new["resultsSection"]["outcomeMeasuresModule"]["outcomeMeasures"][0]["title"] = "Pain at week 12"


@case("certificate of delay", told("certificate-of-delay", "major", None, ["results"]))
def _(old, new):
    statuses(new)["dispFirstSubmitDate"] = "2026-11-01"


@case(
    "FDAAA violation notice",
    told("violations", "critical", ("!VIOLATION_IDENTIFIED",), ["compliance", "integrity"]),
)
def _(old, new):
    """a line a person would write"""
    put(
        new,
        "annotationSection",
        "annotationModule",
        "violationAnnotation",
        {
            "violationEvents": [
                {
                    "type": "VIOLATION_IDENTIFIED",
                    "description": "Failure to submit results.",
                    "issuedDate": "2026-11-01",
                    "postedDate": "2026-11-15",
                }
            ]
        },
    )


@case(
    "a second FDAAA notice of the same kind",
    told("violations", "critical", ("!VIOLATION_IDENTIFIED",), ["compliance"], action="added"),
)
def _(old, new):
    for r, days in ((old, ["2026-01-15"]), (new, ["2026-11-15", "2026-01-15"])):
        r["annotationSection"] = {
            "annotationModule": {
                "violationAnnotation": {
                    "violationEvents": [
                        {
                            "type": "VIOLATION_IDENTIFIED",
                            "description": "Failure to submit results.",
                            "postedDate": d,
                        }
                        for d in days
                    ]
                }
            }
        }


@case(
    "the correction of a violation is confirmed",
    told("violations", "critical", ("correction", "confirmed on 2026-11-12"), ["compliance"], action="added"),
)
def _(old, new):
    notices = [{"type": "VIOLATION_IDENTIFIED", "issuedDate": "2026-01-15"}]
    for record, more in ((old, []), (new, [{"type": "CORRECTION_CONFIRMED", "creationDate": "2026-11-12"}])):
        put(
            record,
            "annotationSection",
            "annotationModule",
            "violationAnnotation",
            {"violationEvents": notices + more},
        )
