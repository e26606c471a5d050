"""The ordinary course of recruitment, UNKNOWN, and expanded access."""

from __future__ import annotations

from copy import deepcopy

from doubles.readings.edits import bare_sites, date, drop, enrol, get, locs, not_started, put, status
from doubles.readings.reading import case, told
from doubles.readings.stops import from_to

# The ordinary course.
case(
    "recruiting to active, not recruiting",
    from_to("RECRUITING", "ACTIVE_NOT_RECRUITING"),
    told(
        "overall-status changed major status !stopped !restarted",
        ["Recruiting", "Active, not recruiting"],
        "Recruiting → Active, not recruiting",
    ),
    "major row: every other status change",
)


def _closed_to_accrual(old, new):
    status(new, "ACTIVE_NOT_RECRUITING")
    bare_sites(new)


case(
    "enrolment complete, site statuses and contacts vanish",
    _closed_to_accrual,
    [
        told(
            "overall-status changed major status",
            ["Recruiting", "Active, not recruiting"],
            "Recruiting → Active, not recruiting",
        ),
        told(
            "locations edited|removed minor sites",
            [],
            "Site statuses and contacts are no longer shown, as recruitment closed",
            never=["closed in", "removed in", "Japan closed", "Whitfield", "Takeda"],
        ),
        told(
            "central-contacts removed minor|noise",
            [],
            "The study's contacts went with recruitment",
            optional=True,
            never=["555", "norlake.example"],
        ),
    ],
    "when recruitment closes before the study ends, statuses and contacts that vanish are one minor line; no"
    " country closes",
    headline_says=["Recruiting", "Active, not recruiting"],
    headline_never=["Japan", "Poland", "Spain"],
)


def _opens(old, new):
    not_started(old)
    for loc in locs(old):
        del loc["status"]
        loc.pop("contacts", None)
    old["protocolSection"]["contactsLocationsModule"].pop("centralContacts")
    date(old, "start", "2026-09-01")
    date(new, "start", "2026-09-16", "ACTUAL")


case(
    "recruitment opens and the statuses appear",
    _opens,
    [
        told(
            "overall-status changed major status !restarted",
            ["Not yet recruiting", "Recruiting"],
            "Not yet recruiting → Recruiting",
        ),
        told(
            "start-date changed major timeline",
            ["15 days", "2026-09-16"],
            "Started 2026-09-16, 15 days later than planned, now actual",
        ),
        told(
            "locations edited|added minor sites",
            [],
            "Site statuses and contacts appear with the opening: 6 of 10 sites recruit",
            never=["added in", "country opened", "Japan opened"],
        ),
        told(
            "central-contacts added minor",
            [],
            "A contact point for the study was added",
            optional=True,
            never=["555", "norlake.example"],
        ),
    ],
    "what appears with the opening is one minor line; no site already listed, nor its country, is said to"
    " open",
    headline="Not yet recruiting → Recruiting: started 2026-09-16; 6 of 10 sites recruit",
    headline_says=["Recruiting", "2026-09-16"],
    headline_never=["Japan opened", "sites added"],
)

case(
    "not yet recruiting to recruiting alone",
    from_to("NOT_YET_RECRUITING", "RECRUITING"),
    told(
        "overall-status changed major status !restarted",
        ["Not yet recruiting", "Recruiting"],
        "Not yet recruiting → Recruiting",
    ),
    "a first opening is no restart",
)

case(
    "recruiting to enrolling by invitation",
    from_to("RECRUITING", "ENROLLING_BY_INVITATION"),
    told(
        "overall-status changed major status",
        ["Recruiting", "by invitation"],
        "Recruiting → Enrolling by invitation",
    ),
    "every other status change",
)


def _completed(old, new):
    status(old, "ACTIVE_NOT_RECRUITING")
    date(old, "primaryCompletion", "2026-06-30", "ACTUAL")
    date(new, "primaryCompletion", "2026-06-30", "ACTUAL")
    date(old, "completion", "2026-09-30")
    date(new, "completion", "2026-09-24", "ACTUAL")
    enrol(old, 478, "ACTUAL")
    enrol(new, 478, "ACTUAL")
    bare_sites(old)
    bare_sites(new)
    status(new, "COMPLETED")


case(
    "active to completed",
    _completed,
    [
        told(
            "overall-status changed major status !stopped",
            ["Active, not recruiting", "Completed"],
            "Active, not recruiting → Completed",
        ),
        told(
            "completion-date changed major timeline",
            ["6 days", "2026-09-24", "actual"],
            "Study completed on 2026-09-24, 6 days earlier than planned, now actual",
            never=["slipped"],
        ),
    ],
    "every other status change; a date that becomes ACTUAL is major whatever the shift",
    headline="Active, not recruiting → Completed, on 2026-09-24",
    headline_says=["Completed"],
)


def _completed_from_recruiting(old, new):
    status(new, "COMPLETED")
    date(new, "primaryCompletion", "2026-08-31", "ACTUAL")
    date(new, "completion", "2026-09-20", "ACTUAL")
    enrol(new, 480, "ACTUAL")
    bare_sites(new)


case(
    "recruiting to completed with the planned number",
    _completed_from_recruiting,
    [
        told(
            "overall-status changed major status !stopped",
            ["Recruiting", "Completed"],
            "Recruiting → Completed",
        ),
        told(
            "enrollment changed major enrolment",
            ["480", "actual"],
            "Enrolment of 480 is now actual, exactly as planned",
            never=["cut", "raised", "%"],
        ),
        told(
            "primary-completion-date changed major timeline",
            ["303 days", "earlier", "2026-08-31"],
            "Primary completion came 303 days earlier than planned (2027-06-30 → 2026-08-31), now actual",
        ),
        told(
            "completion-date changed major timeline",
            ["558 days", "earlier", "2026-09-20"],
            "Study completion came 558 days earlier than planned (2028-03-31 → 2026-09-20), now actual",
        ),
    ],
    "site statuses and contacts that vanish because the study ended are noise; no country closes",
    headline="Recruiting → Completed, with 480 enrolled as planned",
    headline_says=["Recruiting", "Completed"],
    headline_never=["sites", "closed"],
)


# UNKNOWN.
def _overdue(rec):
    for which, d in (
        ("start", "2021-03-10"),
        ("primaryCompletion", "2023-06-30"),
        ("completion", "2024-01-31"),
    ):
        date(rec, which, d, "ACTUAL" if which == "start" else "ESTIMATED")
    put(rec, "statusModule.statusVerifiedDate", "2024-09")
    put(rec, "statusModule.lastUpdateSubmitDate", "2024-09-12")
    put(rec, "statusModule.lastUpdatePostDateStruct", {"date": "2024-09-16", "type": "ACTUAL"})


def _unknown(old, new):
    _overdue(old)
    _overdue(new)
    status(new, "UNKNOWN")
    put(new, "statusModule.lastKnownStatus", "RECRUITING")
    for rec in (old, new):
        bare_sites(rec)


case(
    "recruiting turns unknown",
    _unknown,
    [
        told(
            "overall-status changed major status !stopped",
            ["Recruiting", "Unknown", ("verified", "verification", "confirmed", "registry", "2024-09")],
            "Recruiting → Unknown: not verified since September 2024",
            never=["stopped", "terminated"],
        ),
        told("last-known-status added noise", [], "", optional=True),
    ],
    "every other status change; lastKnownStatus is noise, the status change tells it; no post date moves",
    headline_says=["Recruiting", "Unknown"],
)


def _verified_again(old, new):
    _overdue(old)
    status(old, "UNKNOWN")
    put(old, "statusModule.lastKnownStatus", "RECRUITING")
    for w in ("start", "primaryCompletion", "completion"):
        put(new, f"statusModule.{w}DateStruct", deepcopy(get(old, f"statusModule.{w}DateStruct")))


case(
    "unknown, then verified as recruiting again",
    _verified_again,
    [
        told(
            "overall-status changed major status restarted !stopped",
            ["Unknown", "Recruiting"],
            "Unknown → Recruiting: the sponsor verified the record again",
        ),
        told("last-known-status removed noise", [], "", optional=True),
    ],
    "any return to recruiting is restarted; lastKnownStatus is noise",
    doubtful="whether UNKNOWN → RECRUITING is a return to recruiting (tag restarted)",
)


def _unknown_completed(old, new):
    _overdue(old)
    status(old, "UNKNOWN")
    put(old, "statusModule.lastKnownStatus", "ACTIVE_NOT_RECRUITING")
    put(new, "statusModule.startDateStruct", deepcopy(get(old, "statusModule.startDateStruct")))
    date(new, "primaryCompletion", "2023-06-30", "ACTUAL")
    date(new, "completion", "2024-02-12", "ACTUAL")
    status(new, "COMPLETED")
    bare_sites(old)
    bare_sites(new)


case(
    "unknown to completed years later",
    _unknown_completed,
    [
        told(
            "overall-status changed major status !stopped !restarted",
            ["Unknown", "Completed"],
            "Unknown → Completed",
        ),
        told(
            "primary-completion-date changed major timeline",
            ["2023-06-30", "actual"],
            "Primary completion is now given as actual, on the planned day (2023-06-30)",
            never=["slipped"],
        ),
        told(
            "completion-date changed major timeline",
            ["12 days", "2024-02-12", "actual"],
            "Study completion is now actual, 12 days later than planned (2024-01-31 → 2024-02-12)",
        ),
    ],
    "every other status change",
    headline="Unknown → Completed, on 2024-02-12",
    headline_says=["Unknown", "Completed"],
)


# Expanded access.
def _ea(a, b):
    def edit(old, new):
        for rec, word in ((old, a), (new, b)):
            put(
                rec,
                "designModule",
                {"studyType": "EXPANDED_ACCESS", "expandedAccessTypes": {"intermediate": True}},
            )
            drop(rec, "outcomesModule")
            for w in ("start", "primaryCompletion", "completion"):
                drop(rec, f"statusModule.{w}DateStruct")
            for loc in locs(rec):
                del loc["status"]
            status(rec, word)

    return edit


case(
    "expanded access no longer available",
    _ea("AVAILABLE", "NO_LONGER_AVAILABLE"),
    told(
        "overall-status changed major status",
        ["Available", "No longer available"],
        "Available → No longer available",
    ),
    "every other status change",
)
case(
    "expanded access ends with the approval",
    _ea("AVAILABLE", "APPROVED_FOR_MARKETING"),
    told(
        "overall-status changed major status",
        ["Available", "Approved for marketing"],
        "Available → Approved for marketing",
    ),
    "every other status change",
)
case(
    "expanded access paused",
    _ea("AVAILABLE", "TEMPORARILY_NOT_AVAILABLE"),
    told(
        "overall-status changed major status",
        ["Available", "Temporarily not available"],
        "Available → Temporarily not available",
    ),
    "every other status change",
)
case(
    "expanded access back",
    _ea("TEMPORARILY_NOT_AVAILABLE", "AVAILABLE"),
    told(
        "overall-status changed major status",
        ["Temporarily not available", "Available"],
        "Temporarily not available → Available again",
    ),
    "every other status change, backwards",
)


def _has_ea(old, new):
    put(
        new,
        "statusModule.expandedAccessInfo",
        {"hasExpandedAccess": True, "nctId": "NCT09990077", "statusForNctId": "AVAILABLE"},
    )


case(
    "expanded access programme announced",
    _has_ea,
    told(
        "expanded-access changed|added minor",
        [("expanded access",), "NCT09990077"],
        "Expanded access is now available (NCT09990077)",
    ),
    "minor row: the rest; three keys are one change",
)
