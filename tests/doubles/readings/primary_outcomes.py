"""Primary outcomes: before the start, while recruiting, after primary completion, after results."""

from __future__ import annotations

from doubles.readings.edits import (
    bare_sites,
    date,
    drop,
    ended,
    get,
    in_turn,
    not_started,
    posted,
    put,
    status,
    sub,
)
from doubles.readings.reading import case, told

PRIMARY, SECONDARY, OTHER = (
    "outcomesModule.primaryOutcomes",
    "outcomesModule.secondaryOutcomes",
    "outcomesModule.otherOutcomes",
)
WHEN = (
    "while recruiting",
    "during recruitment",
    "after the study started",
    "after the start",
    "after start",
    "since the start",
)
CRR = "Proportion of participants with complete renal response"
UPCR = "Change from baseline in urine protein to creatinine ratio"
FLARE = "Time to first renal flare"
NEW = {
    "measure": "Mean change from baseline in serum albumin",
    "description": "Measured at the central laboratory.",
    "timeFrame": "Baseline, Week 52",
}


def before(rec):
    not_started(rec)


def after(rec):
    status(rec, "ACTIVE_NOT_RECRUITING")
    date(rec, "primaryCompletion", "2026-06-30", "ACTUAL")
    bare_sites(rec)


def with_results(rec):
    ended(rec)
    posted(rec)


def staged(stage, edit):
    """The same edit at another stage of the trial."""

    def run(old, new):
        stage(old)
        stage(new)
        edit(new)

    return run


def move(a, i, b, j=None):
    def edit(rec):
        x = get(rec, a).pop(i)
        rec["protocolSection"]["outcomesModule"].setdefault(b.split(".")[1], []).insert(
            99 if j is None else j, x
        )

    return edit


# Primary, while recruiting.
case(
    "primary outcome added while recruiting",
    lambda r: get(r, PRIMARY).append(dict(NEW)),
    told(
        "primary-outcomes added critical outcomes integrity",
        ["albumin", "added", WHEN],
        "Primary outcome added while recruiting: mean change in serum albumin (Week 52)",
        item=NEW["measure"],
    ),
    "critical row: a primary outcome added; when is part of the sentence",
    headline_says=["albumin"],
)
case(
    "primary outcome dropped while recruiting",
    lambda r: drop(r, PRIMARY + ".1"),
    told(
        "primary-outcomes removed critical outcomes integrity",
        [("protein to creatinine", "UPCR"), ("dropped", "removed"), WHEN],
        "Primary outcome dropped while recruiting: change in urine protein to creatinine ratio",
        item=UPCR,
    ),
    "critical row: a primary outcome dropped",
    headline_says=[("protein to creatinine", "UPCR")],
)
case(
    "primary outcome demoted to secondary",
    move(PRIMARY, 1, SECONDARY),
    told(
        "primary-outcomes moved critical outcomes integrity",
        [("protein to creatinine", "UPCR"), "secondary", WHEN],
        "Primary outcome moved to secondary while recruiting: change in urine protein to creatinine ratio",
        item=UPCR,
        never=["dropped", "removed"],
    ),
    "critical row: moved to secondary; one change, no removal and addition",
    headline_says=["secondary"],
)
case(
    "secondary outcome promoted to primary",
    move(SECONDARY, 0, PRIMARY, 0),
    told(
        "primary-outcomes|secondary-outcomes moved critical outcomes integrity",
        ["renal flare", "secondary", "primary", WHEN],
        "Secondary outcome made primary while recruiting: time to first renal flare",
        item=FLARE,
        never=["added"],
    ),
    "critical row: moved from secondary",
    headline_says=["renal flare", "primary"],
)


def _swap(rec):
    p, s = get(rec, PRIMARY).pop(1), get(rec, SECONDARY).pop(0)
    get(rec, PRIMARY).append(s)
    get(rec, SECONDARY).append(p)


case(
    "primary and secondary outcome swapped",
    _swap,
    [
        told(
            "primary-outcomes moved critical outcomes integrity",
            [("protein to creatinine", "UPCR"), "secondary"],
            "Primary outcome moved to secondary while recruiting: urine protein to creatinine ratio",
            item=UPCR,
        ),
        told(
            "primary-outcomes|secondary-outcomes moved critical outcomes integrity",
            ["renal flare", "primary"],
            "Secondary outcome made primary while recruiting: time to first renal flare",
            item=FLARE,
        ),
    ],
    "two moves",
    headline=(
        "Primary outcome switched while recruiting: time to first renal flare for urine protein to creatinine"
        " ratio"
    ),
    headline_says=["primary"],
)
case(
    "primary outcome replaced by another",
    lambda r: put(
        r,
        PRIMARY + ".1",
        {
            "measure": "Overall mortality",
            "description": "Deaths from any cause.",
            "timeFrame": "Up to Week 104",
        },
    ),
    [
        told(
            "primary-outcomes removed critical outcomes integrity",
            [("protein to creatinine", "UPCR"), ("dropped", "removed", "replaced")],
            "Primary outcome dropped while recruiting: urine protein to creatinine ratio",
            item=UPCR,
        ),
        told(
            "primary-outcomes added critical outcomes integrity",
            ["mortality"],
            "Primary outcome added while recruiting: overall mortality",
            item="Overall mortality",
        ),
    ],
    "two texts without likeness are a removal and an addition, not one edit",
    headline=(
        "Primary outcome replaced while recruiting: overall mortality for urine protein to creatinine ratio"
    ),
    headline_says=["mortality"],
)
case(
    "primary outcome reworded",
    lambda r: put(
        r, PRIMARY + ".0.measure", "Proportion of participants with complete or partial renal response"
    ),
    told(
        "primary-outcomes edited major outcomes integrity",
        ["partial", WHEN],
        "Primary outcome changed while recruiting: complete renal response → complete or partial renal"
        " response",
        item="Proportion of participants with complete or partial renal response",
        never=["added", "dropped", "removed"],
    ),
    "major row: reworded; one edit although the identity changed",
    headline_says=["partial"],
)
case(
    "primary outcome's description gets another limit",
    lambda r: sub(r, PRIMARY + ".0.description", "0.5 g/g", "0.7 g/g"),
    told(
        "primary-outcomes edited major outcomes integrity",
        ["0.5", "0.7", WHEN],
        "Primary outcome changed while recruiting: complete renal response now needs a UPCR of 0.7 g/g or"
        " less, no longer 0.5",
        item=CRR,
    ),
    "major row: a primary outcome reworded, its description too",
    headline_says=["0.5", "0.7"],
)
case(
    "primary outcome loses its description",
    lambda r: drop(r, PRIMARY + ".1.description"),
    told(
        "primary-outcomes edited major outcomes integrity",
        [("description", "24-hour")],
        "Primary outcome changed while recruiting: urine protein to creatinine ratio lost its description"
        " (24-hour collection)",
        item=UPCR,
    ),
    "reworded: a description that goes",
    headline_says=[],
)
case(
    "primary time frame halved",
    lambda r: put(r, PRIMARY + ".0.timeFrame", "Week 24"),
    told(
        "primary-outcomes edited major outcomes integrity",
        ["Week 52", "Week 24", WHEN],
        "Primary outcome changed while recruiting: complete renal response measured at Week 24, no longer"
        " Week 52",
        item=CRR,
    ),
    "major row: time frame changed",
    headline_says=["52", "24"],
)
case(
    "primary time frame moved by less than a tenth",
    lambda r: put(r, PRIMARY + ".2.timeFrame", "From first dose up to 62 weeks"),
    told(
        "primary-outcomes edited minor outcomes",
        ["60", "62"],
        "Adverse events are now counted up to 62 weeks, no longer 60",
        item="Number of participants with treatment-emergent adverse events",
    ),
    "by less than a tenth: minor (2 of 60 weeks)",
    headline_says=["60", "62"],
)
case(
    "primary time frame moved by exactly a tenth",
    lambda r: put(r, PRIMARY + ".2.timeFrame", "From first dose up to 66 weeks"),
    told(
        "primary-outcomes edited major outcomes integrity",
        ["60", "66", WHEN],
        "Primary outcome changed while recruiting: adverse events counted up to 66 weeks, no longer 60",
        item="Number of participants with treatment-emergent adverse events",
    ),
    "a tenth is not less than a tenth",
    headline_says=["60", "66"],
)
case(
    "primary time frame in another unit",
    lambda r: put(r, PRIMARY + ".0.timeFrame", "Month 52"),
    told(
        "primary-outcomes edited major outcomes integrity",
        ["Week", "Month"],
        "Primary outcome changed while recruiting: measured at Month 52, no longer Week 52",
        item=CRR,
    ),
    "the number stays, the unit does not: far more than a tenth",
    headline_says=["Month"],
)
case(
    "primary measure and time frame together",
    lambda r: get(r, PRIMARY)[1].update(
        measure="Percent change from baseline in urine protein to creatinine ratio",
        timeFrame="Baseline, Week 52",
    ),
    told(
        "primary-outcomes edited major outcomes integrity",
        ["percent", "Week 52", WHEN],
        "Primary outcome changed while recruiting: percent change in UPCR at Week 52, no longer the change at"
        " Week 24",
        item="Percent change from baseline in urine protein to creatinine ratio",
        never=["dropped", "added"],
    ),
    "two parts of one outcome are one edit",
    headline_says=["percent"],
)
case(
    "abbreviation put behind a primary measure",
    lambda r: put(r, PRIMARY + ".1.measure", UPCR + " (UPCR)"),
    told(
        "primary-outcomes edited major|minor outcomes integrity",
        ["UPCR"],
        "Primary outcome reworded while recruiting: the abbreviation UPCR was added",
        item=UPCR + " (UPCR)",
        never=["dropped", "removed"],
    ),
    "major row by the letter: reworded",
    headline_says=["UPCR"],
    doubtful="a mere abbreviation is major by the letter",
)
case.quiet(
    "primary measure in other capitals and spaces",
    in_turn(
        lambda r: put(
            r, PRIMARY + ".1.measure", "Change From Baseline in  Urine Protein to Creatinine Ratio "
        ),
        lambda r: sub(r, PRIMARY + ".0.description", "20%", "20\\%"),
    ),
    "letters' case, whitespace and markup are noise, also in an identity",
)
case.quiet(
    "primary outcomes in another order",
    in_turn(lambda r: get(r, PRIMARY).reverse(), lambda r: get(r, SECONDARY).reverse()),
    "order means nothing: identity by measure",
)
case(
    "not more than becomes not less than",
    lambda r: sub(r, PRIMARY + ".0.description", "0.5 g/g or less", "0.5 g/g or more"),
    told(
        "primary-outcomes edited major outcomes integrity",
        ["or more", "or less"],
        "Primary outcome changed while recruiting: a UPCR of 0.5 g/g or more, no longer or less",
        item=CRR,
    ),
    "one word turns the meaning",
    headline_says=["or more"],
)


# The other stages.
case(
    "primary outcome added before the start",
    staged(before, lambda r: get(r, PRIMARY).append(dict(NEW))),
    told(
        "primary-outcomes added critical outcomes",
        ["albumin", "before"],
        "Primary outcome added before the start: mean change in serum albumin",
        item=NEW["measure"],
        never=["while recruiting", "after the study started"],
    ),
    "when: before the start",
    headline_says=["albumin"],
)
case(
    "primary outcome reworded before the start",
    staged(before, lambda r: put(r, PRIMARY + ".0.timeFrame", "Week 76")),
    told(
        "primary-outcomes edited major outcomes",
        ["52", "76", "before"],
        "Primary outcome changed before the start: measured at Week 76, no longer Week 52",
        item=CRR,
        never=["after the study started", "while recruiting"],
    ),
    "when: before the start",
    headline_says=["76"],
)
case(
    "primary outcome reworded after primary completion",
    staged(
        after,
        lambda r: put(r, PRIMARY + ".0.measure", "Proportion of participants with overall renal response"),
    ),
    told(
        "primary-outcomes edited major outcomes integrity",
        ["overall", "after primary completion"],
        "Primary outcome changed after primary completion: complete → overall renal response",
        item="Proportion of participants with overall renal response",
    ),
    "when: after primary completion",
    headline_says=["overall"],
)
case(
    "primary outcome dropped after primary completion",
    staged(after, lambda r: drop(r, PRIMARY + ".1")),
    told(
        "primary-outcomes removed critical outcomes integrity",
        [("protein to creatinine", "UPCR"), "after primary completion"],
        "Primary outcome dropped after primary completion: urine protein to creatinine ratio",
        item=UPCR,
    ),
    "when: after primary completion",
    headline_says=[("protein to creatinine", "UPCR")],
)
case(
    "primary outcome demoted after results",
    staged(with_results, move(PRIMARY, 0, SECONDARY)),
    told(
        "primary-outcomes moved critical outcomes integrity",
        ["renal response", "secondary", ("after results", "after the results")],
        "Primary outcome moved to secondary after results were posted: complete renal response",
        item=CRR,
    ),
    "when: after results",
    headline_says=["secondary"],
)
case(
    "primary outcome reworded after results",
    staged(with_results, lambda r: sub(r, PRIMARY + ".0.description", "more than 20%", "more than 25%")),
    told(
        "primary-outcomes edited major outcomes integrity",
        ["20", "25", ("after results", "after the results")],
        "Primary outcome changed after results were posted: no decrease in eGFR of more than 25 %, no longer"
        " 20 %",
        item=CRR,
    ),
    "when: after results",
    headline_says=["20", "25"],
)
