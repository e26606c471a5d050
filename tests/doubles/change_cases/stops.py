"""Stops, restarts, and statuses that move any way."""

from __future__ import annotations

from doubles.change_cases.case import Cases, told
from doubles.change_cases.record import COMPLETION, PRIMARY, dates, design, sites, statuses, turn

case = Cases()


@case(
    "stop: suspended with a reason",
    told(
        "overall-status",
        "critical",
        ("Recruiting → Suspended", "Drug supply interrupted"),
        ["status", "stopped"],
    ),
    told("why-stopped", "critical", None, ["stopped"]),
    headline=("Recruiting → Suspended", "Drug supply interrupted", "!Reason for stopping"),
)
def _(old, new):
    turn(old, new, "RECRUITING", "SUSPENDED", "Drug supply interrupted")


@case(
    "stop: suspended without a word",
    told("overall-status", "critical", "Recruiting → Suspended", ["status", "stopped"]),
)
def _(old, new):
    turn(old, new, "RECRUITING", "SUSPENDED")


@case(
    "stop: terminated, planned ends become actual",
    told("overall-status", "critical", "Recruiting → Terminated", ["status", "stopped"]),
    told("why-stopped", "critical"),
    told("primary-completion-date", "major", ("earlier than planned", "!brought forward"), ["timeline"]),
)
def _(old, new):
    turn(old, new, "RECRUITING", "TERMINATED", "Slow accrual.")
    dates(old, new, PRIMARY, "2027-03-31 E", "2026-10-31 A")


@case(
    "stop: terminated, the end still estimated but earlier",
    told("overall-status", "critical"),
    told("why-stopped", "critical"),
    told("completion-date", "major", ("earlier than planned", "!brought forward"), ["timeline"]),
)
def _(old, new):
    """After a stop: ended n days earlier than planned"""
    turn(old, new, "RECRUITING", "TERMINATED", "Slow accrual.")
    dates(old, new, COMPLETION, "2027-09-30 E", "2026-12-31 E")


@case(
    "stop: withdrawn",
    told("overall-status", "critical", "Not yet recruiting → Withdrawn", ["status", "stopped"]),
    told("why-stopped", "critical"),
    told("enrollment", "major", "300 to 0", ["enrolment"]),
)
def _(old, new):
    turn(old, new, "NOT_YET_RECRUITING", "WITHDRAWN", "No funding")
    design(new)["enrollmentInfo"]["count"] = 0
    design(new)["enrollmentInfo"]["type"] = "ACTUAL"


@case(
    "stop: suspended, then terminated",
    told("overall-status", "critical", "Suspended → Terminated", ["stopped"]),
    told("why-stopped", "critical"),
)
def _(old, new):
    turn(old, new, "SUSPENDED", "TERMINATED")
    statuses(old)["whyStopped"] = "Interim analysis"
    statuses(new)["whyStopped"] = "Futility"


@case(
    "stop: suspended, its sites suspended with it",
    told("overall-status", "critical"),
    told("why-stopped", "critical"),
    told("locations", "minor", None, None, count=1),
    headline=("Recruiting → Suspended", "!closed"),
)
def _(old, new):
    """a stop of the whole study is no loss of single sites"""
    turn(old, new, "RECRUITING", "SUSPENDED", "Drug supply")
    for s in sites(new):
        if s["status"] == "RECRUITING":
            s["status"] = "SUSPENDED"


@case("whyStopped appears later", told("why-stopped", "critical", "Sponsor's decision", ["stopped"]))
def _(old, new):
    turn(old, new, "TERMINATED", "TERMINATED", "Sponsor's decision")


@case(
    "whyStopped changes meaning",
    told("why-stopped", "critical", ("Slow accrual", "Safety concerns"), ["stopped"]),
)
def _(old, new):
    turn(old, new, "TERMINATED", "TERMINATED", "Safety concerns")
    statuses(old)["whyStopped"] = "Slow accrual"


@case("whyStopped gains a full stop", told("why-stopped", "noise"))
def _(old, new):
    """appears or changes MEANING: critical"""
    turn(old, new, "TERMINATED", "TERMINATED", "Slow accrual.")
    statuses(old)["whyStopped"] = "Slow accrual"


@case(
    "restart: suspended → recruiting",
    told("overall-status", "critical", "Suspended → Recruiting", ["status", "restarted", "!stopped"]),
    told("why-stopped", "minor"),
)
def _(old, new):
    """from SUSPENDED back to recruiting critical; restarted (any return to recruiting)"""
    turn(old, new, "SUSPENDED", "RECRUITING")
    statuses(old)["whyStopped"] = "Drug supply"


@case(
    "restart: the sites of a resumed study only follow",
    told("overall-status", "critical", None, ["restarted"]),
    told("locations", "minor", "!opened", None, count=1),
)
def _(old, new):
    turn(old, new, "SUSPENDED", "RECRUITING")
    for s in sites(old):
        s["status"] = "SUSPENDED"
    for s in sites(new):
        s["status"] = "RECRUITING"


@case(
    "backwards: completed → recruiting",
    told("overall-status", "major", ("Completed → Recruiting", "backwards"), ["status", "restarted"]),
)
def _(old, new):
    """named for what it is"""
    turn(old, new, "COMPLETED", "RECRUITING")


@case(
    "backwards: terminated → active, not recruiting", told("overall-status", "major", "backwards", ["status"])
)
def _(old, new):
    """Statuses also move backwards: named for what it is"""
    turn(old, new, "TERMINATED", "ACTIVE_NOT_RECRUITING")


@case("backwards: withdrawn → not yet recruiting", told("overall-status", "major", "backwards", ["status"]))
def _(old, new):
    """named for what it is"""
    turn(old, new, "WITHDRAWN", "NOT_YET_RECRUITING")


@case("no direction: by invitation → recruiting", told("overall-status", "major", "!backwards", ["status"]))
def _(old, new):
    """named for what it is: both recruit"""
    turn(old, new, "ENROLLING_BY_INVITATION", "RECRUITING")


@case("unknown → recruiting is a return", told("overall-status", "major", None, ["status", "restarted"]))
def _(old, new):
    turn(old, new, "UNKNOWN", "RECRUITING")
    statuses(old)["lastKnownStatus"] = "RECRUITING"


@case(
    "terminated → completed is no planned end",
    told("overall-status", "major", None, ["status"], reason="!as planned"),
)
def _(old, new):
    """named for what it is"""
    turn(old, new, "TERMINATED", "COMPLETED")


@case(
    "stop: an ended study suspended",
    told(
        "overall-status",
        "critical",
        ("Completed → Suspended (backwards)", "Safety review"),
        ["status", "stopped"],
    ),
    told("why-stopped", "critical"),
)
def _(old, new):
    turn(old, new, "COMPLETED", "SUSPENDED", "Safety review")


@case(
    "expanded access: available again",
    told("overall-status", "major", "No longer available → Available (backwards)", ["status"]),
    only=False,
)
def _(old, new):
    turn(old, new, "NO_LONGER_AVAILABLE", "AVAILABLE")
