"""Outcomes, and when they changed."""

from __future__ import annotations

from doubles.change_cases.case import Cases, told
from doubles.change_cases.record import PRIMARY, START, dates, outcomes, turn
from doubles.change_cases.results import post_results

case = Cases()


@case(
    "primary outcome added",
    told(
        "primary-outcomes",
        "critical",
        ("Mortality", "while recruiting"),
        ["outcomes", "integrity"],
        action="added",
    ),
)
def _(old, new):
    outcomes(new)["primaryOutcomes"].append({"measure": "Mortality", "timeFrame": "1 year"})


@case(
    "primary outcome dropped",
    told(
        "primary-outcomes",
        "critical",
        ("Mortality", "while recruiting"),
        ["outcomes", "integrity"],
        action="removed",
    ),
)
def _(old, new):
    for r in (old,):
        outcomes(r)["primaryOutcomes"].append({"measure": "Mortality", "timeFrame": "1 year"})


@case(
    "primary outcome becomes secondary",
    told("primary-outcomes", "critical", "primary to secondary", ["outcomes", "integrity"], action="moved"),
)
def _(old, new):
    outcomes(old)["primaryOutcomes"].append({"measure": "Mortality", "timeFrame": "1 year"})
    outcomes(new)["secondaryOutcomes"].insert(0, {"measure": "Mortality", "timeFrame": "1 year"})


SWAP = [
    {"measure": "Progression-free survival at 12 months", "timeFrame": "12 months"},
    {"measure": "Overall survival at 12 months", "timeFrame": "12 months"},
]


@case(
    "primary and secondary outcome change places",
    told("primary-outcomes", "critical", None, ["outcomes", "integrity"], action="moved", count=2),
)
def _(old, new):
    """a primary outcome … moved to or from secondary: critical"""
    for r, i in ((old, 0), (new, 1)):
        outcomes(r)["primaryOutcomes"] = [SWAP[i]]
        outcomes(r)["secondaryOutcomes"] = [SWAP[1 - i]]


@case(
    "primary outcome replaced by another of like words",
    told("primary-outcomes", "critical", None, ["outcomes", "integrity"], count=None),
)
def _(old, new):
    """a primary outcome added, dropped: critical (another endpoint is no rewording)"""
    for r, x in ((old, "HbA1c"), (new, "Body Weight")):
        outcomes(r)["primaryOutcomes"] = [
            {"measure": f"Change from Baseline in {x} at Week 24", "timeFrame": "24 weeks"}
        ]


@case(
    "primary outcome reworded",
    told(
        "primary-outcomes",
        "major",
        ("numeric rating", "visual analogue", "while recruiting"),
        ["outcomes", "integrity"],
        action="edited",
    ),
)
def _(old, new):
    outcomes(new)["primaryOutcomes"][0]["measure"] = "Pain intensity on the visual analogue scale"


@case(
    "primary outcome's time frame changed",
    told("primary-outcomes", "major", ("12 weeks", "24 weeks"), ["outcomes", "integrity"]),
)
def _(old, new):
    outcomes(new)["primaryOutcomes"][0]["timeFrame"] = "24 weeks"


@case(
    "primary time frame moved by less than a tenth",
    told("primary-outcomes", "minor", None, ["outcomes", "!integrity"]),
)
def _(old, new):
    for r, x in ((old, 59), (new, 58)):
        outcomes(r)["primaryOutcomes"][0]["timeFrame"] = f"up to {x} months"


@case("time frame with a number in an entity", told("primary-outcomes", "major", None, ["outcomes"]))
def _(old, new):
    """must not fail"""
    for r, x in ((old, "&#8805; 24 weeks"), (new, "≥ 48 weeks")):
        outcomes(r)["primaryOutcomes"][0]["timeFrame"] = x


@case(
    "time frame with a numbered entity behind a small move",
    told("primary-outcomes", "minor", None, ["outcomes"]),
)
def _(old, new):
    """must not fail; HTML entities are noise; less than a tenth: minor"""
    for r, x in ((old, "up to 24 months&#160;"), (new, "up to 25 months")):
        outcomes(r)["primaryOutcomes"][0]["timeFrame"] = x


@case("time frame that loses its list number", told("primary-outcomes", "minor", None, ["outcomes"]))
def _(old, new):
    """must not fail; less than a tenth: minor"""
    for r, x in ((old, "1. week 24, week 48"), (new, "week 24, week 49")):
        outcomes(r)["primaryOutcomes"][0]["timeFrame"] = x


@case("the same edit in most outcomes", told("secondary-outcomes", "minor", "3", ["outcomes"], count=1))
def _(old, new):
    for s in outcomes(new)["secondaryOutcomes"][2:]:
        s["timeFrame"] = "up to 104 weeks"


@case("secondary outcome reworded", told("secondary-outcomes", "minor", None, ["outcomes"], action="edited"))
def _(old, new):
    outcomes(new)["secondaryOutcomes"][0]["measure"] = "Quality of life by SF-12"


@case(
    "a measure listed twice loses one",
    told("secondary-outcomes", "minor", None, ["outcomes"], action="removed", count=1),
)
def _(old, new):
    outcomes(old)["secondaryOutcomes"].append(dict(outcomes(old)["secondaryOutcomes"][0]))


def other_primary(record):
    outcomes(record)["primaryOutcomes"][0]["measure"] = "Something else altogether: ferritin"


@case(
    "when: recruiting, start known to the month only",
    told("primary-outcomes", "critical", ("while recruiting", "!before"), ["integrity"], count=2),
)
def _(old, new):
    """Whether the change fell before the start, while recruiting, … is part of the sentence (it IS recruiting)"""
    dates(old, new, START, "2026-11 A", "2026-11 A")
    other_primary(new)


@case(
    "when: the start is reported in the same update",
    told("primary-outcomes", "critical", "!before", ["integrity"], count=2),
    only=False,
)
def _(old, new):
    """the change fell after the (actual) start"""
    turn(old, new, "NOT_YET_RECRUITING", "RECRUITING")
    dates(old, new, START, "2026-12-15 E", "2026-10-20 A")
    other_primary(new)


@case(
    "when: not yet recruiting, the planned start has passed",
    told("primary-outcomes", "critical", "before", ["!integrity"], count=2),
)
def _(old, new):
    """before the start"""
    turn(old, new, "NOT_YET_RECRUITING", "NOT_YET_RECRUITING")
    dates(old, new, START, "2026-01-15 E", "2026-01-15 E")
    other_primary(new)


@case(
    "when: still recruiting, the planned primary completion has passed",
    told(
        "primary-outcomes",
        "critical",
        ("while recruiting", "!after primary completion"),
        ["integrity"],
        count=2,
    ),
)
def _(old, new):
    """while recruiting: an estimate that passed is no completion"""
    dates(old, new, PRIMARY, "2026-06-30 E", "2026-06-30 E")
    other_primary(new)


@case(
    "when: after primary completion",
    told("primary-outcomes", "critical", "after primary completion", ["integrity"], count=2),
)
def _(old, new):
    turn(old, new, "ACTIVE_NOT_RECRUITING", "ACTIVE_NOT_RECRUITING")
    dates(old, new, PRIMARY, "2026-06-30 A", "2026-06-30 A")
    other_primary(new)


@case("when: after results", told("primary-outcomes", "critical", "after results", ["integrity"], count=2))
def _(old, new):
    post_results(new, old)
    post_results(old, new)
    other_primary(new)


@case(
    "the same endpoint under another name: its description says so",
    told("primary-outcomes", "major", ("HbA1c", "glycated haemoglobin"), ["outcomes"], action="edited"),
)
def _(old, new):
    for record, name in ((old, "HbA1c"), (new, "glycated haemoglobin")):
        outcomes(record)["primaryOutcomes"] = [
            {
                "measure": f"Change from Baseline in {name} at Week 24",
                "description": "The blood's sugar over months, measured in a central laboratory.",
                "timeFrame": "24 weeks",
            }
        ]


@case(
    "an abbreviation written out is a rewording",
    told("primary-outcomes", "major", ("ORR", "Objective"), ["outcomes"], action="edited"),
)
def _(old, new):
    for record, name in (
        (old, "Overall Response Rate by IRC"),
        (new, "Objective Response Rate (ORR) by IRC"),
    ):
        outcomes(record)["primaryOutcomes"] = [{"measure": name, "timeFrame": "24 weeks"}]


@case(
    "one survival for another is no rewording",
    told("primary-outcomes", "critical", "Overall Survival", ["outcomes"], action="removed"),
    told("primary-outcomes", "critical", "Progression-Free Survival", ["outcomes"], action="added"),
)
def _(old, new):
    for record, name in ((old, "Overall Survival"), (new, "Progression-Free Survival")):
        outcomes(record)["primaryOutcomes"] = [{"measure": name, "timeFrame": "24 weeks"}]


@case(
    "reworded where it stands, while a like one is added elsewhere: no move",
    told("primary-outcomes", "major", "central review", ["outcomes"], action="edited"),
    told("secondary-outcomes", "minor", None, ["outcomes"], action="added"),
)
def _(old, new):
    outcomes(old)["primaryOutcomes"] = [
        {"measure": "Tumour shrinkage by local review", "timeFrame": "1 year"}
    ]
    outcomes(new)["primaryOutcomes"] = [
        {"measure": "Tumour shrinkage by central review", "timeFrame": "1 year"}
    ]
    outcomes(new)["secondaryOutcomes"].append(
        {"measure": "Shrinkage of tumour by a local reviewer", "timeFrame": "1 year"}
    )
