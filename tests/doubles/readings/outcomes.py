"""Secondary and other outcomes, doubled ones, and one edit in all of them."""

from __future__ import annotations

from doubles.readings.edits import drop, get, put, sub
from doubles.readings.primary_outcomes import CRR, FLARE, NEW, OTHER, PRIMARY, SECONDARY, move
from doubles.readings.reading import case, told

case(
    "secondary outcome added",
    lambda r: get(r, SECONDARY).append(dict(NEW)),
    told(
        "secondary-outcomes added minor outcomes",
        ["albumin", "added"],
        "Secondary outcome added: mean change in serum albumin",
        item=NEW["measure"],
    ),
    "minor row: the rest",
    headline_says=["albumin"],
)
case(
    "secondary outcome dropped",
    lambda r: drop(r, SECONDARY + ".4"),
    told(
        "secondary-outcomes removed minor outcomes",
        ["FACIT-Fatigue", ("dropped", "removed")],
        "Secondary outcome dropped: change in FACIT-Fatigue score",
        item="Mean change in FACIT-Fatigue score",
    ),
    "minor row: the rest",
)
case(
    "secondary outcome reworded",
    lambda r: sub(r, SECONDARY + ".2.measure", "5 mg/day", "7.5 mg/day"),
    told(
        "secondary-outcomes edited minor outcomes",
        ["5 mg", "7.5 mg"],
        "Secondary outcome changed: prednisone dose of 7.5 mg/day or less, no longer 5",
        item="Proportion of participants on a prednisone dose of 7.5 mg/day or less",
        never=["added", "dropped"],
    ),
    "minor row: secondary outcomes reworded; one edit",
)
case(
    "secondary time frame",
    lambda r: put(r, SECONDARY + ".0.timeFrame", "Up to Week 156"),
    told(
        "secondary-outcomes edited minor outcomes",
        ["104", "156"],
        "Time to first renal flare: up to Week 156, no longer Week 104",
        item=FLARE,
    ),
    "minor row",
)
case(
    "secondary outcome becomes an other outcome",
    move(SECONDARY, 5, OTHER),
    told(
        "secondary-outcomes|other-outcomes moved minor outcomes",
        ["trough", "other"],
        "Secondary outcome moved to the other outcomes: serum trough concentration",
        item="Serum trough concentration of torvalimab",
        never=["dropped"],
    ),
    "a move between lists is one change; only primary ones are critical",
)
case(
    "other outcome added",
    lambda r: put(r, OTHER, [dict(NEW)]),
    told(
        "other-outcomes added minor outcomes",
        ["albumin"],
        "Other outcome added: mean change in serum albumin",
        item=NEW["measure"],
    ),
    "minor row: the rest; a new list with one member is one addition",
)


def _twins(rec):
    get(rec, SECONDARY).append(
        {"measure": FLARE, "description": "Flares confirmed by biopsy only.", "timeFrame": "Up to Week 52"}
    )


case(
    "same measure twice, one copy's time frame changes",
    lambda old, new: (_twins(old), _twins(new), put(new, SECONDARY + ".6.timeFrame", "Up to Week 76")),
    told(
        "secondary-outcomes edited minor outcomes",
        ["52", "76"],
        "Time to first renal flare (confirmed by biopsy): up to Week 76, no longer Week 52",
        item=FLARE,
        never=["104", "dropped"],
    ),
    "duplicated identities: the right copy is told",
)
case(
    "same measure twice, the first copy goes",
    lambda old, new: (_twins(old), _twins(new), drop(new, SECONDARY + ".0")),
    told(
        "secondary-outcomes removed minor outcomes",
        ["renal flare"],
        "One of two secondary outcomes “Time to first renal flare” dropped (up to Week 104)",
        item=FLARE,
    ),
    "exact members first: the copy that stays is unchanged, none is lost",
)


def _everywhere(old, new):
    for rec, m in ((old, "59"), (new, "58")):
        for path in (PRIMARY, SECONDARY):
            for o in get(rec, path):
                o["timeFrame"] = f"Up to approximately {m} months"


case(
    "the same month less in all nine outcomes",
    _everywhere,
    [
        told(
            "primary-outcomes edited minor outcomes",
            ["59", "58"],
            "Follow-up of all 3 primary outcomes shortened from about 59 to 58 months",
        ),
        told(
            "secondary-outcomes edited minor outcomes",
            ["59", "58"],
            "Follow-up of all 6 secondary outcomes shortened from about 59 to 58 months",
            optional=True,
        ),
    ],
    "the same edit in most outcomes is one change; less than a tenth is minor",
    headline="Follow-up of all 9 outcomes shortened from about 59 to 58 months",
    headline_says=["59", "58"],
    headline_never=["switch"],
    doubtful="one change over both lists, or one a list",
)


def _everywhere_far(old, new):
    for rec, m in ((old, "24"), (new, "36")):
        for path in (PRIMARY, SECONDARY):
            for o in get(rec, path):
                o["timeFrame"] = f"From randomization up to {m} months"


case(
    "a year more in all nine outcomes",
    _everywhere_far,
    [
        told(
            "primary-outcomes edited major outcomes integrity",
            ["24", "36"],
            "Follow-up of all 3 primary outcomes lengthened from 24 to 36 months, while recruiting",
        ),
        told(
            "secondary-outcomes edited minor outcomes",
            ["24", "36"],
            "Follow-up of all 6 secondary outcomes lengthened from 24 to 36 months",
            optional=True,
        ),
    ],
    "one change, yet by half: major",
    headline="Follow-up of all 9 outcomes lengthened from 24 to 36 months while recruiting",
    headline_says=["24", "36"],
)
case(
    "primary outcome put back as it was",
    lambda old, new: put(old, PRIMARY + ".0.timeFrame", "Week 24"),
    told(
        "primary-outcomes edited major outcomes integrity",
        ["24", "52"],
        "Primary outcome changed while recruiting: measured at Week 52, no longer Week 24",
        item=CRR,
    ),
    "A → B → A is two changes: the way back by itself",
    headline_says=["24", "52"],
)


def _most(old, new):
    _everywhere(old, new)
    put(old, SECONDARY + ".5.timeFrame", "Weeks 4, 12, 24 and 52")
    put(new, SECONDARY + ".5.timeFrame", "Weeks 4, 12, 24 and 76")


case(
    "the same month less in eight of nine outcomes, another edit in the ninth",
    _most,
    [
        told(
            "primary-outcomes edited minor outcomes",
            ["59", "58"],
            "Follow-up of all 3 primary outcomes shortened from about 59 to 58 months",
        ),
        told(
            "secondary-outcomes edited minor outcomes",
            ["trough", "52", "76"],
            "Serum trough concentration: at weeks 4, 12, 24 and 76, no longer 52",
            item="Serum trough concentration of torvalimab",
        ),
        told(
            "secondary-outcomes edited minor outcomes",
            ["59", "58"],
            "Follow-up of 5 of 6 secondary outcomes shortened from about 59 to 58 months",
            optional=True,
        ),
    ],
    "the same edit in most outcomes is one change; the other one stands by itself",
    headline="Follow-up of 8 outcomes shortened from about 59 to 58 months; serum trough concentration to week 76",
    headline_says=["59", "58"],
)
