"""Slips of start, primary completion and completion, and dates of a month or a year."""

from __future__ import annotations

from doubles.readings.edits import bare_sites, date, not_started, status
from doubles.readings.reading import case, told

SLIP = ("slipped", "later", "delayed", "postponed", "pushed")
EARLY = ("brought forward", "earlier")
ABOUT = (
    "about",
    "approx",
    "roughly",
    "~",
    "≈",
    "±",
    "between",
    "some ",
    " to ",
    "around",
    "circa",
    "–",
    "at least",
    "up to",
)
FIELD = {
    "start": "start-date",
    "primaryCompletion": "primary-completion-date",
    "completion": "completion-date",
}


def shift(which, a, b, ta="ESTIMATED", tb="ESTIMATED", *, before=None):
    def edit(old, new):
        if before:
            before(old)
            before(new)
        date(old, which, a, ta)
        date(new, which, b, tb)

    return edit


def running(rec):
    """Closed to accrual; the primary completion may lie in the past."""
    status(rec, "ACTIVE_NOT_RECRUITING")
    bare_sites(rec)


def date_case(
    name,
    which,
    a,
    b,
    head,
    says,
    sentence,
    why,
    *,
    ta="ESTIMATED",
    tb="ESTIMATED",
    before=None,
    headline_says=None,
    doubtful=None,
    never=(),
):
    case(
        name,
        shift(which, a, b, ta, tb, before=before),
        told(f"{FIELD[which]} {head}", says, sentence, never=never),
        why,
        headline_says=headline_says,
        doubtful=doubtful,
    )


date_case(
    "primary completion slips 214 days",
    "primaryCompletion",
    "2027-06-30",
    "2028-01-30",
    "changed major timeline !integrity",
    ["214 days", SLIP, "2027-06", "2028-01"],
    "Primary completion slipped 214 days (2027-06-30 → 2028-01-30)",
    "major row: moved 30 days or more",
    never=["actual"],
)
date_case(
    "primary completion brought forward 90 days",
    "primaryCompletion",
    "2027-06-30",
    "2027-04-01",
    "changed major timeline !integrity",
    ["90 days", EARLY, "2027-04"],
    "Primary completion brought forward 90 days (2027-06-30 → 2027-04-01)",
    "major row: moved 30 days or more, either way",
    never=["slipped", "corrected"],
)
date_case(
    "primary completion moves exactly 30 days",
    "primaryCompletion",
    "2027-06-30",
    "2027-07-30",
    "changed major timeline",
    ["30 days", SLIP],
    "Primary completion slipped 30 days (2027-06-30 → 2027-07-30)",
    "the bound itself is major",
)
date_case(
    "primary completion moves 29 days",
    "primaryCompletion",
    "2027-06-30",
    "2027-07-29",
    "changed minor timeline",
    ["29 days", (*SLIP, "moved")],
    "Primary completion slipped 29 days (2027-06-30 → 2027-07-29)",
    "below the bound: minor; full dates in two months are compared by days",
)
date_case(
    "completion moves 12 days",
    "completion",
    "2028-03-31",
    "2028-04-12",
    "changed minor timeline",
    ["12 days", (*SLIP, "moved")],
    "Study completion slipped 12 days (2028-03-31 → 2028-04-12)",
    "below 30 days: minor, yet never noise",
)
date_case(
    "completion brought forward a year and more",
    "completion",
    "2028-03-31",
    "2027-01-31",
    "changed major timeline",
    ["425 days", EARLY],
    "Study completion brought forward 425 days (2028-03-31 → 2027-01-31)",
    "major row",
)


def _both_slip(old, new):
    date(new, "primaryCompletion", "2028-01-30")
    date(new, "completion", "2028-10-31")


case(
    "both completions slip by the same 214 days",
    _both_slip,
    [
        told(
            "primary-completion-date changed major timeline",
            ["214 days", SLIP],
            "Primary completion slipped 214 days (2027-06-30 → 2028-01-30)",
        ),
        told(
            "completion-date changed major timeline",
            ["214 days", SLIP],
            "Study completion slipped 214 days (2028-03-31 → 2028-10-31)",
        ),
    ],
    "two fields, two changes; one line tells both",
    headline="Primary completion and study completion slipped 214 days, to 2028-01-30 and 2028-10-31",
    headline_says=["214 days"],
)


def _all_slip(old, new):
    not_started(old)
    not_started(new)
    date(new, "start", "2027-02-15")
    date(new, "primaryCompletion", "2027-12-31")
    date(new, "completion", "2028-10-01")


case(
    "start slips before the study began and all follows",
    _all_slip,
    [
        told(
            "start-date changed major timeline",
            ["76 days", SLIP],
            "Start slipped 76 days (2026-12-01 → 2027-02-15)",
        ),
        told(
            "primary-completion-date changed major timeline",
            ["184 days", SLIP],
            "Primary completion slipped 184 days (2027-06-30 → 2027-12-31)",
        ),
        told(
            "completion-date changed major timeline",
            ["184 days", SLIP],
            "Study completion slipped 184 days (2028-03-31 → 2028-10-01)",
        ),
    ],
    "three fields of one severity",
    headline="Start slipped 76 days to 2027-02-15; primary completion slipped 184 days",
    headline_says=[("76 days", "184 days")],
)


# Partial dates.
date_case(
    "month to the next month",
    "primaryCompletion",
    "2027-06",
    "2027-07",
    "changed major timeline",
    [SLIP, ABOUT, "2027-06", "2027-07"],
    "Primary completion slipped about a month (2027-06 → 2027-07)",
    "another month counts as at least 30 days; the shift names its uncertainty",
    never=["by 30 days exactly"],
)
date_case(
    "month to a month two years on",
    "completion",
    "2027-12",
    "2029-12",
    "changed major timeline",
    [SLIP, ABOUT, "2029-12"],
    "Study completion slipped about two years (2027-12 → 2029-12)",
    "the shift names its uncertainty when the precision is a month",
)
date_case(
    "month back to an earlier month",
    "completion",
    "2028-03",
    "2027-11",
    "changed major timeline",
    [EARLY, ABOUT, "2027-11"],
    "Study completion brought forward about 4 months (2028-03 → 2027-11)",
    "partial dates, the other way",
)
date_case(
    "month to a day of another month",
    "primaryCompletion",
    "2027-06",
    "2027-08-15",
    "changed major timeline",
    [SLIP, ABOUT, "2027-08-15"],
    "Primary completion slipped about two months (2027-06 → 2027-08-15)",
    "compared at the coarser precision",
)
date_case(
    "day to the following month",
    "primaryCompletion",
    "2027-06-30",
    "2027-07",
    "changed major timeline",
    [SLIP, ABOUT, "2027-07"],
    "Primary completion slipped about a month (2027-06-30 → 2027-07)",
    "at the coarser precision it is another month: 30 days at least",
)
date_case(
    "year to the next year",
    "completion",
    "2028",
    "2029",
    "changed major timeline",
    [SLIP, ABOUT, "2029"],
    "Study completion slipped about a year (2028 → 2029)",
    "the shift names its uncertainty when the precision is a year",
)
date_case(
    "month becomes an actual day of that month",
    "primaryCompletion",
    "2026-06",
    "2026-06-18",
    "changed major timeline",
    ["actual", "2026-06-18"],
    "Primary completion is now actual: 2026-06-18, in the planned month",
    "become ACTUAL; within the month nothing slipped",
    tb="ACTUAL",
    before=running,
    never=["slipped", "brought forward"],
)
for name, a, b in (
    ("month filled in to a day", "2027-06", "2027-06-30"),
    ("day reduced to its month", "2027-06-30", "2027-06"),
    ("year filled in to a month", "2027", "2027-06"),
):
    case.quiet(
        name,
        shift("primaryCompletion", a, b),
        "noise: a date made more or less precise without moving, its type unchanged",
    )
case.quiet(
    "actual start made precise",
    shift("start", "2025-03", "2025-03-10", "ACTUAL", "ACTUAL"),
    "noise: precision alone, also for an ACTUAL date",
)


# A → B and B → A, each as a plain comparison.
date_case(
    "slip undone",
    "primaryCompletion",
    "2028-01-30",
    "2027-06-30",
    "changed major timeline",
    ["214 days", EARLY],
    "Primary completion brought forward 214 days (2028-01-30 → 2027-06-30)",
    "the way back is a change of its own",
    never=["slipped"],
)
date_case(
    "completion past the day is moved on",
    "completion",
    "2026-08-31",
    "2027-08-31",
    "changed major timeline",
    ["365 days", SLIP],
    "Study completion slipped 365 days (2026-08-31 → 2027-08-31)",
    "an overdue estimate that is moved slipped as any other",
    before=running,
)
