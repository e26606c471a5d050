"""Ways back, each as a plain comparison of two versions."""

from __future__ import annotations

from doubles.readings.edits import enrol, put, status, sub, unmoved
from doubles.readings.reading import case, told
from doubles.readings.record import KOBE, SENDAI, TAMPA
from doubles.readings.site_edits import PERSONS, cut, to
from doubles.readings.updates import CRITERIA

case(
    "enrolment put back",
    lambda old, new: enrol(old, 240),
    told(
        "enrollment changed major enrolment",
        ["240", "480", "100"],
        "Planned enrolment raised from 240 to 480 (+100 %)",
    ),
    "a change undone is a change of its own",
    headline_says=["240", "480"],
)
case(
    "site put back",
    lambda old, new: cut(TAMPA)(old),
    told(
        "locations added minor sites",
        ["Tampa", "United States"],
        "1 site added in the United States: Bayshore Rheumatology Research, Tampa, recruiting",
        item="Bayshore Rheumatology Research, Tampa, United States",
        never=PERSONS,
    ),
    "two versions know nothing of the day before",
    headline_says=["United States"],
)
case(
    "country closed, put back",
    lambda old, new: to((KOBE, "WITHDRAWN"), (SENDAI, "WITHDRAWN"))(old),
    [
        told(
            "locations edited major sites",
            ["Japan"],
            "Recruitment opened again in Japan: Kobe went from Withdrawn back to Recruiting",
            item="Minato General Hospital, Kobe, Japan",
        ),
        told(
            "locations edited major|minor sites",
            ["Japan"],
            "Recruitment opened again in Japan: Sendai went from Withdrawn back to Recruiting",
            item="Aoba University Hospital, Sendai, Japan",
        ),
    ],
    "a country opens when its first site recruits, by these two versions",
    headline="Recruitment opened again in Japan: both sites back from Withdrawn",
    headline_says=["Japan"],
)
case(
    "eligibility put back",
    lambda old, new: sub(old, CRITERIA, "\\>= 45 mL", "\\>= 30 mL"),
    told(
        "eligibility-criteria edited major eligibility",
        ["30", "45"],
        "Eligibility narrowed: eGFR of 45 or more, no longer 30",
    ),
    "the way back",
    headline_says=[],
)
case(
    "suspension undone in a day",
    lambda old, new: (status(old, "SUSPENDED", "Administrative hold"), unmoved(old, new)),
    [
        told(
            "overall-status changed critical status restarted !stopped",
            ["Suspended", "Recruiting"],
            "Suspended → Recruiting: recruitment resumed",
        ),
        told(
            "why-stopped removed minor|major|critical",
            [],
            "The reason (administrative hold) was taken out",
            optional=True,
        ),
    ],
    "the post date did not move: news all the same",
    headline_says=["Suspended", "Recruiting"],
)
case(
    "title put back",
    lambda old, new: put(
        old, "identificationModule.briefTitle", "Torvalimab for Lupus Nephritis: the TORNADE Study"
    ),
    told(
        "brief-title changed minor",
        [("Study of Torvalimab", "adults")],
        "Brief title: Study of Torvalimab in Adults With Active Lupus Nephritis",
    ),
    "minor row: the rest",
    headline_says=[],
)
