"""Enrolment and dates."""

from __future__ import annotations

from doubles.change_cases.case import Cases, told
from doubles.change_cases.record import COMPLETION, PRIMARY, START, dates, enrol, turn

case = Cases()


@case(
    "enrolment cut and actual: the page's own sentence",
    told("enrollment", "major", "Enrolment cut from 300 to 42 (−86 %), now actual", ["enrolment"]),
)
def _(old, new):
    enrol(old, new, (300, "ESTIMATED"), (42, "ACTUAL"))


@case(
    "enrolment changed by exactly 20 %",
    told("enrollment", "major", "raised from 35 to 42 (+20 %)", ["enrolment"]),
)
def _(old, new):
    enrol(old, new, (35, "ESTIMATED"), (42, "ESTIMATED"))


@case("enrolment changed by 19 %", told("enrollment", "minor", "cut from 300 to 243", ["enrolment"]))
def _(old, new):
    enrol(old, new, (300, "ESTIMATED"), (243, "ESTIMATED"))


@case("enrolment given a type: nothing went back", told("enrollment", "minor", "!back to", None))
def _(old, new):
    """a line that is true: it never was actual"""
    enrol(old, new, (300, None), (300, "ESTIMATED"))


@case(
    "date: the page's own sentence",
    told(
        "primary-completion-date",
        "major",
        ("Primary completion slipped", "about 7 months", "(2026-12 → 2027-07)"),
        ["timeline"],
    ),
)
def _(old, new):
    """the shift names its uncertainty"""
    dates(old, new, PRIMARY, "2026-12 E", "2027-07 E")


@case("date: slipped 30 days", told("completion-date", "major", "slipped 30 days", ["timeline"]))
def _(old, new):
    dates(old, new, COMPLETION, "2027-09-01 E", "2027-10-01 E")


@case("date: slipped 29 days", told("completion-date", "minor", "slipped 29 days", ["timeline"]))
def _(old, new):
    dates(old, new, COMPLETION, "2027-09-01 E", "2027-09-30 E")


@case(
    "date: to the next month, partly known",
    told("primary-completion-date", "major", ("slipped", "about"), ["timeline"]),
)
def _(old, new):
    """a move to another month counts as at least 30 days"""
    dates(old, new, PRIMARY, "2027-03-31 E", "2027-04 E")


@case(
    "date: brought forward",
    told("primary-completion-date", "major", "brought forward 90 days", ["timeline", "!integrity"]),
)
def _(old, new):
    dates(old, new, PRIMARY, "2027-03-31 E", "2026-12-31 E")


@case(
    "date: an actual one moves",
    told("primary-completion-date", "major", ("corrected", "!brought forward"), ["timeline", "integrity"]),
)
def _(old, new):
    dates(old, new, PRIMARY, "2026-05-20 A", "2026-05-10 A")


@case("date: an actual start is removed", told("start-date", "major", None, ["timeline", "integrity"]))
def _(old, new):
    """an ACTUAL one corrected: major (what is taken back is the strongest correction)"""
    dates(old, new, START, "2025-02-03 A", "")


@case("date: only the type appears", told("completion-date", "minor", "!precisely", None))
def _(old, new):
    """a line that is true"""
    dates(old, new, COMPLETION, "2027-09-30", "2027-09-30 E")


@case(
    "date: start becomes actual",
    told("start-date", "major", ("2026-11-16", "15 days later than planned"), ["timeline"]),
)
def _(old, new):
    dates(old, new, START, "2026-11-01 E", "2026-11-16 A")


@case(
    "a date that is no longer a fact says how far it went",
    told(
        "primary-completion-date",
        "major",
        ("no longer actual, 203 days later", "an estimate again", "!brought forward"),
        ["timeline", "integrity"],
    ),
)
def _(old, new):
    dates(old, new, PRIMARY, "2026-05-29 A", "2026-12-18 E")


@case(
    "the start of a study that was withdrawn never happened",
    told("start-date", "major", ("2026-09-30", "never started", "!brought forward")),
    only=False,
)
def _(old, new):
    turn(old, new, "NOT_YET_RECRUITING", "WITHDRAWN", "No funding")
    dates(old, new, "startDateStruct", "2026-12-01 E", "2026-09-30 E")


@case(
    "enrolment that is a plan again",
    told("enrollment", "major", ("from 118 to 240", "an estimate again")),
)
def _(old, new):
    enrol(old, new, (118, "ACTUAL"), (240, "ESTIMATED"))
