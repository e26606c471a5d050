"""Into a stop and out of it, and why."""

from __future__ import annotations

from doubles.readings.edits import bare_sites, date, enrol, locs, not_started, status
from doubles.readings.reading import case, told


def from_to(a, b, why_a=None, why_b=None):
    def edit(old, new):
        status(old, a, why_a)
        status(new, b, why_b)

    return edit


STILL = ("restart", "resum", "again", "reopen", "back")


# Into a stop.
case(
    "recruiting to suspended with a reason",
    from_to(
        "RECRUITING",
        "SUSPENDED",
        None,
        "Clinical hold after two cases of liver toxicity; enrollment paused pending review",
    ),
    [
        told(
            "overall-status changed critical status stopped",
            ["Recruiting", "Suspended", "liver toxicity"],
            "Recruiting → Suspended: clinical hold after two cases of liver toxicity, enrolment paused"
            " pending review",
        ),
        told(
            "why-stopped added critical",
            ["liver toxicity"],
            "Reason given: clinical hold after two cases of liver toxicity",
        ),
    ],
    "critical row: SUSPENDED, whyStopped appears; the reason stands in the status sentence",
    headline=(
        "Recruiting → Suspended: clinical hold after two cases of liver toxicity, enrolment paused pending"
        " review"
    ),
    headline_says=["Recruiting", "Suspended", "liver toxicity"],
)

case(
    "recruiting to suspended without a reason",
    from_to("RECRUITING", "SUSPENDED"),
    told(
        "overall-status changed critical status stopped",
        ["Recruiting", "Suspended"],
        "Recruiting → Suspended, no reason given",
    ),
    "critical row: SUSPENDED; no why-stopped change is invented",
)


def _terminated(old, new):
    status(new, "TERMINATED", "Sponsor decision, based on futility at the planned interim analysis")
    enrol(new, 112, "ACTUAL")
    date(new, "primaryCompletion", "2026-09-15", "ACTUAL")
    date(new, "completion", "2026-09-15", "ACTUAL")
    bare_sites(new)


case(
    "terminated early for futility, all ends with it",
    _terminated,
    [
        told(
            "overall-status changed critical status stopped",
            ["Recruiting", "Terminated", "futility"],
            "Recruiting → Terminated: sponsor decision, futility at the interim analysis",
        ),
        told(
            "why-stopped added critical",
            ["futility"],
            "Reason given: sponsor decision, futility at the interim analysis",
        ),
        told(
            "enrollment changed major enrolment",
            ["480", "112", "77", "actual"],
            "Enrolment cut from 480 to 112 (−77 %), now actual",
        ),
        told(
            "primary-completion-date changed major timeline",
            ["288 days", "earlier", "2026-09-15"],
            "Primary completion ended 288 days earlier than planned (2027-06-30 → 2026-09-15), now actual",
            never=["brought forward", "slipped"],
        ),
        told(
            "completion-date changed major timeline",
            ["563 days", "earlier", "2026-09-15"],
            "Study completion ended 563 days earlier than planned (2028-03-31 → 2026-09-15), now actual",
            never=["brought forward", "slipped"],
        ),
    ],
    "critical row; after a stop: ended n days earlier than planned; site statuses that vanish because the"
    " study ended are noise",
    headline=(
        "Recruiting → Terminated: sponsor decision, futility at the interim analysis; 112 of 480 enrolled"
    ),
    headline_says=["Recruiting", "Terminated", "futility"],
    headline_never=["closed", "brought forward"],
)


def _withdrawn(old, new):
    not_started(old)
    not_started(new)
    status(new, "WITHDRAWN", "Funding not available")
    enrol(new, 0, "ACTUAL")
    for loc in locs(new):
        del loc["status"]
    new["protocolSection"]["contactsLocationsModule"].pop("centralContacts")


case(
    "withdrawn before the first participant",
    _withdrawn,
    [
        told(
            "overall-status changed critical status stopped",
            ["Not yet recruiting", "Withdrawn", "funding"],
            "Not yet recruiting → Withdrawn: funding not available",
        ),
        told("why-stopped added critical", ["funding"], "Reason given: funding not available"),
        told(
            "enrollment changed major enrolment",
            ["480", "0", "actual"],
            "Enrolment cut from 480 to 0 (−100 %), now actual",
        ),
    ],
    "critical row: WITHDRAWN",
    headline="Not yet recruiting → Withdrawn: funding not available",
    headline_says=["Withdrawn", "funding"],
)

case(
    "suspended to terminated with another reason",
    from_to(
        "SUSPENDED",
        "TERMINATED",
        "Manufacturing issue",
        "Sponsor terminated the program after strategic portfolio review",
    ),
    [
        told(
            "overall-status changed critical status stopped",
            ["Suspended", "Terminated", "portfolio"],
            "Suspended → Terminated: strategic portfolio review",
        ),
        told(
            "why-stopped edited critical",
            ["manufacturing", "portfolio"],
            "The reason for stopping changed from a manufacturing issue to a strategic portfolio review",
        ),
    ],
    "critical rows: TERMINATED; whyStopped changes meaning",
    headline_says=["Suspended", "Terminated", "portfolio"],
)

case(
    "terminated, said not to be for safety",
    from_to(
        "ACTIVE_NOT_RECRUITING",
        "TERMINATED",
        None,
        "Business decision; not related to any safety or efficacy concern",
    ),
    [
        told(
            "overall-status changed critical status stopped",
            ["Active, not recruiting", "Terminated", "business decision", "not related"],
            "Active, not recruiting → Terminated: business decision, not related to safety or efficacy",
            never=["safety stop", "for safety", "safety reasons"],
        ),
        told(
            "why-stopped added critical",
            ["business decision", "not related"],
            "Reason given: business decision, not related to safety",
        ),
    ],
    "a negated safety word makes no safety stop",
    headline_says=["Terminated", "business decision"],
)

case(
    "enrolling by invitation to suspended",
    from_to("ENROLLING_BY_INVITATION", "SUSPENDED", None, "Drug supply interrupted"),
    [
        told(
            "overall-status changed critical status stopped",
            ["by invitation", "Suspended", "supply"],
            "Enrolling by invitation → Suspended: drug supply interrupted",
        ),
        told("why-stopped added critical", ["supply"], "Reason given: drug supply interrupted"),
    ],
    "critical row, from any status",
    headline_says=["Suspended", "supply"],
)

case(
    "recruiting to withdrawn although it recruited",
    from_to("RECRUITING", "WITHDRAWN", None, "No participants enrolled"),
    [
        told(
            "overall-status changed critical status stopped",
            ["Recruiting", "Withdrawn", "no participants"],
            "Recruiting → Withdrawn: no participants enrolled",
        ),
        told("why-stopped added critical", ["no participants"], "Reason given: no participants enrolled"),
    ],
    "critical row: WITHDRAWN",
    headline_says=["Withdrawn", "no participants"],
)


def _all_suspended(old, new):
    status(new, "SUSPENDED", "Temporary pause for a protocol amendment")
    for loc in locs(new):
        loc["status"] = "SUSPENDED"


case(
    "suspended with all of its sites",
    _all_suspended,
    [
        told(
            "overall-status changed critical status stopped",
            ["Recruiting", "Suspended", "amendment"],
            "Recruiting → Suspended: temporary pause for an amendment",
        ),
        told(
            "why-stopped added critical",
            ["amendment"],
            "Reason given: temporary pause for a protocol amendment",
        ),
        told(
            "locations edited minor sites",
            [],
            "All 10 sites are suspended with the study",
            optional=True,
            never=["closed"],
        ),
    ],
    "a country closes only while the study goes on; sites that follow the study's stop are no news of their"
    " own, at most one minor line",
    headline_says=["Recruiting", "Suspended", "amendment"],
    headline_never=["Japan", "Poland"],
    doubtful="sites that change with a suspended study: one minor line or nothing",
)


# Out of a stop, and backwards.
case(
    "suspended back to recruiting",
    from_to("SUSPENDED", "RECRUITING", "Partial clinical hold"),
    [
        told(
            "overall-status changed critical status restarted !stopped",
            ["Suspended", "Recruiting"],
            "Suspended → Recruiting: recruitment resumed",
        ),
        told(
            "why-stopped removed minor|major|critical",
            [],
            "The reason for the stop (partial clinical hold) was taken out",
            optional=True,
        ),
    ],
    "critical row: SUSPENDED back to recruiting; tag restarted",
    headline_says=["Suspended", "Recruiting"],
    doubtful="severity of a whyStopped that goes",
)

case(
    "suspended to active, not recruiting",
    from_to("SUSPENDED", "ACTIVE_NOT_RECRUITING", "Slow enrollment"),
    [
        told(
            "overall-status changed major status !restarted !stopped",
            ["Suspended", "Active, not recruiting"],
            "Suspended → Active, not recruiting: treatment goes on without new participants",
        ),
        told(
            "why-stopped removed minor|major|critical",
            [],
            "The reason for the stop was taken out",
            optional=True,
        ),
    ],
    "major row: every other status change; it does not recruit, so not restarted",
    headline_says=["Suspended", "Active"],
)

case(
    "suspended to completed",
    from_to("SUSPENDED", "COMPLETED"),
    told(
        "overall-status changed major status !restarted !stopped",
        ["Suspended", "Completed"],
        "Suspended → Completed",
    ),
    "major row: every other status change",
)

case(
    "terminated back to recruiting",
    from_to("TERMINATED", "RECRUITING", "Sponsor decision"),
    [
        told(
            "overall-status changed major status restarted !stopped",
            ["Terminated", "Recruiting", STILL],
            "Terminated → back to Recruiting: a terminated study recruits again",
        ),
        told(
            "why-stopped removed minor|major|critical",
            [],
            "The reason for the stop was taken out",
            optional=True,
        ),
    ],
    "statuses move backwards too; restarted is any return to recruiting; critical only from SUSPENDED",
    headline_says=["Terminated", "Recruiting"],
)

case(
    "completed back to recruiting",
    from_to("COMPLETED", "RECRUITING"),
    told(
        "overall-status changed major status restarted",
        ["Completed", "Recruiting", STILL],
        "Completed → back to Recruiting: the study recruits again",
    ),
    "backwards, named for what it is",
    headline_says=["Completed", "Recruiting"],
)

case(
    "active back to recruiting",
    from_to("ACTIVE_NOT_RECRUITING", "RECRUITING"),
    told(
        "overall-status changed major status restarted",
        ["Active, not recruiting", "Recruiting"],
        "Active, not recruiting → Recruiting again",
    ),
    "restarted is any return to recruiting",
)

case(
    "recruiting back to not yet recruiting",
    from_to("RECRUITING", "NOT_YET_RECRUITING"),
    told(
        "overall-status changed major status !restarted !stopped",
        ["Recruiting", "Not yet recruiting", (*STILL, "never", "set", "revert")],
        "Recruiting → back to Not yet recruiting",
    ),
    "backwards, named for what it is; not a return to recruiting",
    headline_says=["Not yet recruiting"],
)

case(
    "completed back to active, not recruiting",
    from_to("COMPLETED", "ACTIVE_NOT_RECRUITING"),
    told(
        "overall-status changed major status !restarted",
        ["Completed", "Active, not recruiting", (*STILL, "revert", "not completed", "no longer")],
        "Completed → back to Active, not recruiting",
    ),
    "backwards",
    headline_says=["Completed", "Active"],
)

case(
    "withdrawn revived",
    from_to("WITHDRAWN", "NOT_YET_RECRUITING", "No funding"),
    [
        told(
            "overall-status changed major status !stopped",
            ["Withdrawn", "Not yet recruiting"],
            "Withdrawn → Not yet recruiting: the study is planned again",
        ),
        told(
            "why-stopped removed minor|major|critical",
            [],
            "The reason for the withdrawal was taken out",
            optional=True,
        ),
    ],
    "every other status change, backwards",
    headline_says=["Withdrawn", "Not yet recruiting"],
)


# Why stopped alone.
case(
    "reason for stopping appears later",
    from_to("TERMINATED", "TERMINATED", None, "Lack of efficacy"),
    told(
        "why-stopped added critical",
        ["lack of efficacy"],
        "A reason for the termination was given: lack of efficacy",
    ),
    "critical row: whyStopped appears",
)

case(
    "reason for stopping changes its meaning",
    from_to(
        "TERMINATED",
        "TERMINATED",
        "Slow accrual",
        "Unfavorable benefit-risk balance found by the data monitoring committee",
    ),
    told(
        "why-stopped edited critical",
        ["slow accrual", "benefit-risk"],
        "The reason for stopping changed: from slow accrual to an unfavourable benefit-risk balance",
    ),
    "critical row: whyStopped changes meaning",
)

case.quiet(
    "reason for stopping only in other capitals",
    from_to("TERMINATED", "TERMINATED", "slow accrual ", "Slow Accrual"),
    "letters' case and whitespace are noise",
)

case(
    "reason for stopping turned around by one word",
    from_to(
        "TERMINATED",
        "TERMINATED",
        "Sponsor decision, related to safety",
        "Sponsor decision, not related to safety",
    ),
    told(
        "why-stopped edited critical",
        ["not related"],
        "The reason for stopping now says: not related to safety",
    ),
    "one word changes the meaning",
)
