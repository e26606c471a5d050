"""Dates that become actual, are corrected, come and go, or end with the study."""

from __future__ import annotations

from doubles.readings.dates import EARLY, SLIP, date_case, running
from doubles.readings.edits import bare_sites, date, drop, ended, enrol, not_started, status
from doubles.readings.reading import case, told

# Becoming actual.
date_case(
    "primary completion actual on the planned day",
    "primaryCompletion",
    "2026-09-30",
    "2026-09-30",
    "changed major timeline",
    ["actual", "2026-09-30"],
    "Primary completion is now actual, on the planned day (2026-09-30)",
    "become ACTUAL: major without a shift",
    tb="ACTUAL",
    before=running,
    never=["slipped", "brought forward", "0 days earlier", "0 days later"],
)
date_case(
    "primary completion actual, 20 days late",
    "primaryCompletion",
    "2026-09-01",
    "2026-09-21",
    "changed major timeline",
    ["20 days", SLIP, "actual"],
    "Primary completion came 20 days later than planned (2026-09-01 → 2026-09-21), now actual",
    "become ACTUAL: major below 30 days",
    tb="ACTUAL",
    before=running,
)
date_case(
    "primary completion actual, 80 days early, no stop",
    "primaryCompletion",
    "2026-12-20",
    "2026-10-01",
    "changed major timeline",
    ["80 days", EARLY, "actual"],
    "Primary completion came 80 days earlier than planned (2026-12-20 → 2026-10-01), now actual",
    "become ACTUAL",
    tb="ACTUAL",
    before=running,
)
date_case(
    "start actual, 9 days before the plan",
    "start",
    "2026-09-30",
    "2026-09-21",
    "changed major timeline",
    ["9 days", ("actual", "started"), EARLY],
    "Started 2026-09-21, 9 days earlier than planned (2026-09-30), now actual",
    "become ACTUAL: start too; “started” says that it is actual",
    tb="ACTUAL",
)
date_case(
    "start without a type becomes actual",
    "start",
    "2010-05",
    "2010-05",
    "changed minor timeline !integrity",
    ["actual", "2010-05", "stated"],
    "Start (2010-05) is now stated as actual",
    "a date may lack its type; of one long past no plan was stated, so nothing became of it",
    ta=None,
    tb="ACTUAL",
    before=ended,
    never=["slipped"],
)


# Corrections of actual dates.
date_case(
    "actual primary completion corrected backwards",
    "primaryCompletion",
    "2026-06-30",
    "2025-07-09",
    "changed major timeline integrity",
    ["corrected", "356 days", "2025-07-09"],
    "Actual primary completion corrected to 356 days earlier (2026-06-30 → 2025-07-09)",
    "an ACTUAL date that moves was corrected",
    ta="ACTUAL",
    tb="ACTUAL",
    before=running,
    never=["brought forward", "slipped"],
)
date_case(
    "actual start corrected by 23 days",
    "start",
    "2025-03-10",
    "2025-04-02",
    "changed major timeline integrity",
    ["corrected", "23 days"],
    "Actual start corrected to 23 days later (2025-03-10 → 2025-04-02)",
    "an ACTUAL one corrected: major below 30 days",
    ta="ACTUAL",
    tb="ACTUAL",
    never=["slipped", "delayed", "postponed"],
)
date_case(
    "actual completion corrected by one day",
    "completion",
    "2026-07-15",
    "2026-07-16",
    "changed major timeline integrity",
    ["corrected", "1 day"],
    "Actual study completion corrected by 1 day (2026-07-15 → 2026-07-16)",
    "an ACTUAL one corrected, by a day: major",
    ta="ACTUAL",
    tb="ACTUAL",
    before=ended,
    never=["slipped", "1 days"],
)
date_case(
    "actual month corrected to another month",
    "start",
    "2025-03",
    "2025-04",
    "changed major timeline integrity",
    ["corrected", "2025-04"],
    "Actual start corrected to about a month later (2025-03 → 2025-04)",
    "partial ACTUAL date that moves",
    ta="ACTUAL",
    tb="ACTUAL",
    never=["slipped", "delayed"],
)
date_case(
    "actual primary completion taken back to an estimate",
    "primaryCompletion",
    "2026-05-29",
    "2026-12-18",
    "changed major timeline integrity",
    ["estimate", "2026-12-18", "203 days"],
    "Primary completion, given as actual before, is an estimate again: 203 days later (2026-05-29 →"
    " 2026-12-18)",
    "an ACTUAL date moved: corrected, and no longer actual",
    ta="ACTUAL",
    tb="ESTIMATED",
    before=running,
    never=["brought forward"],
)
date_case(
    "actual date turned into an estimate on the same day",
    "primaryCompletion",
    "2026-12-18",
    "2026-12-18",
    "changed major|minor timeline",
    ["estimate"],
    "Primary completion (2026-12-18) is an estimate again; before, it was given as actual",
    "ACTUAL → ESTIMATED without a shift: nothing says so; a reader wants it",
    ta="ACTUAL",
    before=running,
    never=["slipped", "brought forward"],
    doubtful="severity of ACTUAL → ESTIMATED on the same day",
)


# Dates that come and go.
def _comes(old, new):
    drop(old, "statusModule.primaryCompletionDateStruct")


def _goes(old, new):
    drop(new, "statusModule.primaryCompletionDateStruct")


case(
    "primary completion given for the first time",
    _comes,
    told(
        "primary-completion-date added major|minor timeline",
        ["2027-06-30"],
        "Primary completion given for the first time: 2027-06-30 (estimated)",
        never=["slipped"],
    ),
    "not in the table: a date that appears",
    doubtful="severity of a date that appears or goes",
)
case(
    "primary completion taken out",
    _goes,
    told(
        "primary-completion-date removed major|minor timeline",
        ["2027-06-30", ("removed", "taken out", "no longer", "dropped", "gone", "withdrawn")],
        "The primary completion date (2027-06-30) was taken out",
    ),
    "not in the table: a date that goes",
    doubtful="severity of a date that appears or goes",
)


# After a stop.
def _stopped_later(old, new):
    for rec in (old, new):
        status(rec, "TERMINATED", "Slow accrual")
        date(rec, "primaryCompletion", "2026-06-12", "ACTUAL")
        bare_sites(rec)
    date(new, "completion", "2026-09-16", "ACTUAL")


case(
    "dates filled in after the termination",
    _stopped_later,
    told(
        "completion-date changed major timeline",
        ["562 days", "earlier", "planned", "2026-09-16"],
        "Study completion ended 562 days earlier than planned (2028-03-31 → 2026-09-16), now actual",
        never=["brought forward", "slipped"],
    ),
    "after a stop: ended n days earlier than planned, also when the stop itself is older",
)


def _withdrawn_dates(old, new):
    not_started(old)
    not_started(new)
    status(new, "WITHDRAWN", "Study never started")
    enrol(new, 0, "ACTUAL")
    date(new, "start", "2026-09-30")
    date(new, "primaryCompletion", "2026-09-30")
    date(new, "completion", "2026-09-30")


case(
    "withdrawn with its dates pulled to the day",
    _withdrawn_dates,
    [
        told(
            "overall-status changed critical status stopped",
            ["Withdrawn", "never started"],
            "Not yet recruiting → Withdrawn: study never started",
        ),
        told("why-stopped added critical", ["never started"], "Reason given: study never started"),
        told(
            "enrollment changed major enrolment",
            ["480", "0"],
            "Enrolment cut from 480 to 0 (−100 %), now actual",
        ),
        told(
            "start-date changed major timeline",
            ["2026-09-30"],
            "Start date moved to 2026-09-30, though the study never started",
            never=["brought forward"],
        ),
        told(
            "primary-completion-date changed major timeline",
            ["273 days", "2026-09-30"],
            "Primary completion ended 273 days earlier than planned (2027-06-30 → 2026-09-30)",
            never=["brought forward"],
        ),
        told(
            "completion-date changed major timeline",
            ["548 days", "2026-09-30"],
            "Study completion ended 548 days earlier than planned (2028-03-31 → 2026-09-30)",
            never=["brought forward"],
        ),
    ],
    "after a stop nothing is “brought forward”, that would sound like good news",
    headline="Not yet recruiting → Withdrawn: study never started",
    headline_says=["Withdrawn", "never started"],
    headline_never=["brought forward"],
)
