"""Arms and interventions: added, dropped, relabelled, described otherwise."""

from __future__ import annotations

from copy import deepcopy

from doubles.readings.edits import drop, get, in_turn, put, sub
from doubles.readings.reading import case, told

# Arms.
ARMS = "armsInterventionsModule.armGroups"
INTERVENTIONS = "armsInterventionsModule.interventions"


def arm_added(rec):
    get(rec, ARMS).append(
        {
            "label": "Torvalimab 600 mg",
            "type": "EXPERIMENTAL",
            "description": "Torvalimab 600 mg subcutaneously every 4 weeks plus mycophenolate mofetil.",
            "interventionNames": ["Biological: Torvalimab", "Drug: Mycophenolate mofetil"],
        }
    )
    get(rec, INTERVENTIONS + ".0.armGroupLabels").append("Torvalimab 600 mg")
    get(rec, INTERVENTIONS + ".2.armGroupLabels").append("Torvalimab 600 mg")


def arm_dropped(rec):
    drop(rec, ARMS + ".1")
    for i in (0, 2):
        get(rec, f"{INTERVENTIONS}.{i}.armGroupLabels").remove("Torvalimab 150 mg")


def relabel(a, b):
    def edit(rec):
        for arm in get(rec, ARMS):
            if arm["label"] == a:
                arm["label"] = b
        for x in get(rec, INTERVENTIONS):
            x["armGroupLabels"] = sorted(b if y == a else y for y in x["armGroupLabels"])

    return edit


case(
    "arm added",
    arm_added,
    told(
        "arms added major design",
        ["600 mg", "added"],
        "Arm added: Torvalimab 600 mg",
        item="Torvalimab 600 mg",
    ),
    "major row: arms added; armGroupLabels of the interventions only follow",
)
case(
    "arm dropped",
    arm_dropped,
    told(
        "arms removed major design",
        ["150 mg", ("dropped", "removed")],
        "Arm dropped: Torvalimab 150 mg",
        item="Torvalimab 150 mg",
    ),
    "major row: arms dropped; armGroupLabels only follow",
)
case(
    "arm relabelled",
    relabel("Torvalimab 300 mg", "Arm A: Torvalimab 300 mg Q4W"),
    told(
        "arms edited major design",
        ["Torvalimab 300 mg", "Arm A", "Q4W"],
        "Arm relabelled: Torvalimab 300 mg → Arm A: Torvalimab 300 mg Q4W",
        item="Arm A: Torvalimab 300 mg Q4W",
        never=["dropped", "added"],
    ),
    "an identity that changed is one edit; a changed arm label is major; labels inside interventions follow",
)
case(
    "all arms relabelled by the same prefix",
    in_turn(
        relabel("Torvalimab 300 mg", "Cohort 1: Torvalimab 300 mg"),
        relabel("Torvalimab 150 mg", "Cohort 1: Torvalimab 150 mg"),
        relabel("Placebo", "Cohort 1: Placebo"),
    ),
    [
        told(
            "arms edited major design",
            ["Cohort 1"],
            "All 3 arms relabelled: “Cohort 1:” put before each label",
            item="Cohort 1: Torvalimab 300 mg",
            never=["dropped", "removed"],
        ),
        told(
            "arms edited major design",
            ["Cohort 1"],
            "Arm relabelled: Cohort 1: Torvalimab 150 mg",
            item="Cohort 1: Torvalimab 150 mg",
            optional=True,
        ),
        told(
            "arms edited major design",
            ["Cohort 1"],
            "Arm relabelled: Cohort 1: Placebo",
            item="Cohort 1: Placebo",
            optional=True,
        ),
    ],
    "three edits or one common line; no removal, no addition",
    headline_says=["Cohort 1"],
)
case(
    "arm described otherwise",
    lambda r: sub(r, ARMS + ".0.description", "every 4 weeks", "every 2 weeks"),
    told(
        "arms edited minor design",
        ["300 mg", ("4 weeks", "every 4"), "2 weeks"],
        "Arm Torvalimab 300 mg: now every 2 weeks, no longer every 4 weeks",
        item="Torvalimab 300 mg",
    ),
    "its description is minor",
)
case(
    "arm's role changes",
    lambda r: put(r, ARMS + ".2.type", "ACTIVE_COMPARATOR"),
    told(
        "arms edited minor|major design",
        ["Placebo", "active comparator"],
        "Arm Placebo: placebo comparator → active comparator",
        item="Placebo",
    ),
    "neither label nor description",
    doubtful="severity of an arm's type",
)
case(
    "control dropped, the other relabelled",
    in_turn(
        lambda r: drop(r, ARMS + ".2"),
        lambda r: put(r, INTERVENTIONS + ".1.armGroupLabels", []),
        lambda r: drop(r, INTERVENTIONS + ".1"),
        lambda r: get(r, INTERVENTIONS + ".1.armGroupLabels").remove("Placebo"),
        relabel("Torvalimab 300 mg", "Torvalimab 300 mg, open label"),
    ),
    [
        told(
            "arms removed major design",
            ["Placebo", ("dropped", "removed")],
            "Arm dropped: Placebo",
            item="Placebo",
        ),
        told(
            "interventions removed major design",
            ["Placebo", ("dropped", "removed")],
            "Intervention dropped: Placebo",
            item="Placebo",
        ),
        told(
            "arms edited major design",
            ["open label", "300 mg"],
            "Arm relabelled: Torvalimab 300 mg → Torvalimab 300 mg, open label",
            item="Torvalimab 300 mg, open label",
        ),
    ],
    "leftovers are paired by likeness; allocation still says RANDOMIZED and is not told",
    headline="Placebo arm dropped; the 300 mg arm relabelled “open label”",
    headline_says=["Placebo"],
)
case.quiet(
    "arms in another order",
    in_turn(
        lambda r: get(r, ARMS).reverse(),
        lambda r: get(r, INTERVENTIONS).reverse(),
        lambda r: get(r, ARMS + ".0.interventionNames").reverse(),
    ),
    "order means nothing",
)
case.quiet(
    "arm label in capitals", relabel("Placebo", "PLACEBO"), "letters' case is noise, in an identity too"
)
case(
    "only the arm labels inside an intervention change",
    in_turn(
        lambda r: put(r, INTERVENTIONS + ".2.armGroupLabels", ["Torvalimab 150 mg", "Torvalimab 300 mg"]),
        lambda r: put(r, ARMS + ".2.interventionNames", ["Drug: Placebo"]),
    ),
    told(
        "interventions|arms edited minor|major design",
        [],
        "Mycophenolate mofetil is no longer given in the placebo arm",
        item="Mycophenolate mofetil",
        optional=True,
    ),
    "armGroupLabels and interventionNames are no change of their own",
    doubtful="a real crossing of arms and interventions is told nowhere when neither list changes otherwise",
)


# Interventions.
def belimumab(rec):
    get(rec, INTERVENTIONS).append(
        {
            "type": "BIOLOGICAL",
            "name": "Belimumab",
            "description": "200 mg subcutaneously once a week.",
            "armGroupLabels": ["Placebo"],
        }
    )
    get(rec, ARMS + ".2.interventionNames").append("Biological: Belimumab")


def renamed(rec):
    put(rec, INTERVENTIONS + ".0.name", "Torvalimab prefilled pen")
    for a in get(rec, ARMS):
        a["interventionNames"] = [
            x.replace("Biological: Torvalimab", "Biological: Torvalimab prefilled pen")
            for x in a["interventionNames"]
        ]


def retyped(rec):
    put(rec, INTERVENTIONS + ".0.type", "COMBINATION_PRODUCT")
    for a in get(rec, ARMS):
        a["interventionNames"] = [
            x.replace("Biological: Torvalimab", "Combination Product: Torvalimab")
            for x in a["interventionNames"]
        ]


case(
    "intervention added",
    belimumab,
    told(
        "interventions added major design",
        ["Belimumab", "added"],
        "Intervention added: Belimumab (biological)",
        item="Belimumab",
    ),
    "major row: interventions added; interventionNames follow",
)
case(
    "intervention dropped",
    lambda old, new: belimumab(old),
    told(
        "interventions removed major design",
        ["Belimumab", ("dropped", "removed")],
        "Intervention dropped: Belimumab",
        item="Belimumab",
    ),
    "major row: interventions dropped",
)
case(
    "intervention renamed",
    renamed,
    told(
        "interventions edited minor|major design",
        ["Torvalimab", "prefilled pen"],
        "Intervention renamed: Torvalimab → Torvalimab prefilled pen",
        item="Torvalimab prefilled pen",
        never=["dropped", "added"],
    ),
    "an identity that changed is one edit; interventionNames follow",
    doubtful="severity of a renamed intervention",
)
case(
    "intervention of another type",
    retyped,
    told(
        "interventions edited minor|major design",
        ["Torvalimab", "combination"],
        "Torvalimab: biological → combination product",
        item="Torvalimab",
        never=["dropped", "removed"],
    ),
    "the type is part of the identity: one edit",
    doubtful="severity of an intervention's type",
)
case(
    "dose in an intervention's description",
    lambda r: sub(r, INTERVENTIONS + ".2.description", "2 g per day", "3 g per day"),
    told(
        "interventions edited minor design",
        ["Mycophenolate", ("2 g", "2 → 3 g"), "3 g"],
        "Mycophenolate mofetil: 3 g per day, no longer 2 g",
        item="Mycophenolate mofetil",
    ),
    "minor row: descriptions",
)
case(
    "intervention gets another name beside its own",
    lambda r: put(r, INTERVENTIONS + ".0.otherNames", ["NLT-204", "Torvekta"]),
    told(
        "interventions edited minor design",
        ["Torvekta"],
        "Torvalimab is now also called Torvekta",
        item="Torvalimab",
    ),
    "minor row: the rest",
)


def _twice(old, new):
    for rec in (old, new):
        get(rec, INTERVENTIONS).append(deepcopy(get(rec, INTERVENTIONS)[2]))
    put(new, INTERVENTIONS + ".3.description", "Dose may be lowered to 1 g per day by mouth.")


case(
    "the same intervention twice, one copy edited",
    _twice,
    told(
        "interventions edited minor design",
        ["Mycophenolate", "1 g"],
        "Mycophenolate mofetil (second entry): the dose may be lowered to 1 g per day",
        item="Mycophenolate mofetil",
        never=["added", "dropped"],
    ),
    "duplicated identities are paired in order, none is lost",
)
case(
    "the same intervention twice, one copy goes",
    lambda old, new: get(old, INTERVENTIONS).append(deepcopy(get(old, INTERVENTIONS)[2])),
    told(
        "interventions removed major|minor design",
        ["Mycophenolate"],
        "One of two entries of mycophenolate mofetil was taken out",
        item="Mycophenolate mofetil",
    ),
    "a duplicate that goes is not lost; the intervention itself stays",
    doubtful="severity of a duplicate that goes",
)
