"""How many take part: planned, actual, unknown."""

from __future__ import annotations

from doubles.readings.edits import drop, ended, enrol
from doubles.readings.reading import case, told


def count(a, b, ta="ESTIMATED", tb="ESTIMATED", before=None):
    def edit(old, new):
        if before:
            before(old)
            before(new)
        enrol(old, a, ta)
        enrol(new, b, tb)

    return edit


def count_case(name, edit, head, says, sentence, why, *, never=(), doubtful=None):
    case(
        name,
        edit,
        told(f"enrollment {head} enrolment", says, sentence, never=never),
        why,
        headline_says=says[:2],
        doubtful=doubtful,
    )


count_case(
    "enrolment raised by a quarter",
    count(480, 600),
    "changed major",
    ["480", "600", "25"],
    "Planned enrolment raised from 480 to 600 (+25 %)",
    "major row: 20 % or more",
    never=["actual", "cut"],
)
count_case(
    "enrolment raised by exactly a fifth",
    count(480, 576),
    "changed major",
    ["480", "576", "20"],
    "Planned enrolment raised from 480 to 576 (+20 %)",
    "the bound itself is major",
)
count_case(
    "enrolment raised by a little less than a fifth",
    count(480, 575),
    "changed minor",
    ["480", "575"],
    "Planned enrolment raised from 480 to 575 (+19.8 %)",
    "below 20 %: minor, whatever the rounding shows",
)
count_case(
    "enrolment raised by 4 %",
    count(480, 500),
    "changed minor",
    ["480", "500"],
    "Planned enrolment raised from 480 to 500 (+4 %)",
    "below 20 %",
)
count_case(
    "enrolment cut by half",
    count(480, 240),
    "changed major",
    ["480", "240", "50", ("cut", "reduced", "lowered", "down", "fell", "−", "-")],
    "Planned enrolment cut from 480 to 240 (−50 %)",
    "major row, downwards",
    never=["raised", "actual"],
)
count_case(
    "enrolment cut to 42 and actual",
    count(480, 42, tb="ACTUAL"),
    "changed major",
    ["480", "42", "91", "actual"],
    "Enrolment cut from 480 to 42 (−91 %), now actual",
    "the specification's own sentence",
)
count_case(
    "enrolment actual with the planned number",
    count(480, 480, tb="ACTUAL"),
    "changed major",
    ["480", "actual"],
    "Enrolment of 480 is now actual, exactly as planned",
    "ESTIMATED → ACTUAL is major with the same count",
    never=["0 %", "cut", "raised"],
)
count_case(
    "enrolment actual, three below the plan",
    count(480, 477, tb="ACTUAL"),
    "changed major",
    ["480", "477", "actual"],
    "Enrolment 477 of 480 planned, now actual",
    "ESTIMATED → ACTUAL is major below 20 %",
)
count_case(
    "actual enrolment corrected by three",
    count(478, 481, "ACTUAL", "ACTUAL", before=ended),
    "changed minor",
    ["478", "481"],
    "Actual enrolment corrected from 478 to 481",
    "neither 20 % nor a new type: minor",
    never=["now actual", "planned"],
)
count_case(
    "actual enrolment becomes an estimate again",
    count(118, 240, "ACTUAL", "ESTIMATED"),
    "changed major",
    ["118", "240", ("estimate", "planned")],
    "Enrolment raised from 118 (actual) to 240, an estimate again",
    "20 % or more, and the type goes back",
)
count_case(
    "enrolment from unknown to a number",
    count(99999999, 300),
    "changed|added major|minor",
    ["300"],
    "Planned enrolment is now given: 300; before, it was unknown",
    "99999999 means unknown: it is never shown, nor reckoned with",
    never=["99999999", "99,999,999", "%"],
    doubtful="severity of a count that was unknown",
)
count_case(
    "enrolment from zero",
    count(0, 60, "ACTUAL", "ESTIMATED"),
    "changed major",
    ["0", "60"],
    "Enrolment raised from 0 to 60, an estimate again",
    "no share can be reckoned from zero",
    never=["inf", "nan"],
)


def _no_enrol(old, new):
    drop(new, "designModule.enrollmentInfo")


count_case(
    "enrolment taken out",
    _no_enrol,
    "removed major|minor",
    ["480"],
    "The enrolment (480) was taken out of the record",
    "not in the table: a count that goes",
    never=["100 %"],
    doubtful="severity of a count that goes",
)
