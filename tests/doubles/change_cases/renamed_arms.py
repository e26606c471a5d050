"""Arms and interventions under another name: one renamed, or another in its place."""

from __future__ import annotations

from doubles.change_cases.case import Cases, told
from doubles.change_cases.record import arms

case = Cases()

CYCLE = "Given into a vein on day 1 of each cycle of 21 days."
SESSIONS = "Eight sessions of one hour each, led by a psychologist."


def drug(name, description=None, *, kind="DRUG", others=(), given=("Zorvanib 10 mg",)):
    found = {"type": kind, "name": name, "armGroupLabels": list(given)}
    if others:
        found["otherNames"] = list(others)
    return {**found, **({"description": description} if description else {})}


def arm(label, given, description=None, kind="EXPERIMENTAL"):
    found = {"label": label, "type": kind, "interventionNames": list(given)}
    return {**found, **({"description": description} if description else {})}


def members(key, before, after):
    def edit(old, new):
        for record, one in ((old, before), (new, after)):
            arms(record)[key][0] = one

    return edit


def renamed(name, before, after, *says, key="interventions"):
    field = "arms" if key == "armGroups" else key
    change = told(field, "major", ("renamed", *says), ["design"], action="edited")
    case(f"renamed: {name}", change)(members(key, before, after))


def replaced(name, before, after, *, key="interventions"):
    field = "arms" if key == "armGroups" else key
    case(
        f"replaced: {name}",
        told(field, "major", "dropped", ["design"], action="removed"),
        told(field, "major", "added", ["design"], action="added"),
    )(members(key, before, after))


renamed("a code got its name", drug("ZW25"), drug("ZW25 (Zanidatamab)"), "ZW25 → ZW25 (Zanidatamab)")
renamed(
    "a name that grew after a dash, given to other arms",
    drug("Chemovax", others=["P10s with chemotherapy"]),
    drug("Chemovax - P10s-PADRE/ MONTANIDE", others=["P10s-PADRE"], given=["Placebo"]),
    "Chemovax →",
)
renamed(
    "a name that moved into brackets behind a code",
    drug("Larotrectinib LOXO-101"),
    drug("BAY2757556 (Larotrectinib, Vitrakvi)"),
    "→ BAY2757556",
)
renamed("a brand for its other name", drug("Tocilizumab"), drug("Actemra", others=["tocilizumab"]))
renamed("a code among the other names", drug("MK-3475"), drug("Pembrolizumab", others=["MK-3475"]))
renamed("a code with the same description", drug("VLR-1234", CYCLE), drug("Velorimab", CYCLE))
renamed("another dose and form", drug("Rosuvastatin 20 mg"), drug("Rosuvastatin 10 mg tablets"))
renamed("a slip of the pen", drug("Losartn"), drug("Losartan"))
renamed(
    "the last one of its kind, its other name within the new",
    drug("radiation therapy", kind="RADIATION", others=["irradiation"]),
    drug("whole breast irradiation", kind="RADIATION"),
)
renamed(
    "the last one of its kind, described the same",
    drug("Cognitive training", SESSIONS, kind="BEHAVIORAL"),
    drug("MindWell programme", SESSIONS, kind="BEHAVIORAL"),
)

replaced("a drug by another, given alike", drug("Paclitaxel", CYCLE), drug("Docetaxel", CYCLE))
replaced("a drug by its conjugate", drug("Trastuzumab"), drug("Trastuzumab deruxtecan"))
replaced("a drug by one that sounds alike", drug("Prednisone"), drug("Prednisolone"))
replaced("a drug by its class's next", drug("Losartan"), drug("Valsartan"))
replaced("a drug by its placebo", drug("Rosuvastatin 20 mg"), drug("Placebo for rosuvastatin 20 mg"))
replaced("a vaccine by one of more types", drug("PCV 13"), drug("PCV 20"))
replaced("a candidate by the next", drug("Vaccine V114"), drug("Vaccine V116"))
replaced("a vaccine by that of another virus", drug("Hepatitis A vaccine"), drug("Hepatitis B vaccine"))
replaced("what stands in brackets exchanged", drug("Insulin (glargine)"), drug("Insulin (detemir)"))
replaced("the same word in brackets", drug("Paclitaxel (weekly)"), drug("Docetaxel (weekly)"))
replaced("the last of its kind", drug("Yoga", kind="BEHAVIORAL"), drug("Walking", kind="BEHAVIORAL"))

ZORVANIB, OTHER = ["Drug: Zorvanib"], ["Drug: Metformin"]
renamed(
    "a label that grew in brackets",
    arm("Arm I", ZORVANIB),
    arm("Arm I (standard dose)", ZORVANIB),
    key="armGroups",
)
renamed(
    "a label that got a number, its words an abbreviation",
    arm("Non Small Cell Lung Cancer", ZORVANIB),
    arm("Cohort 1_NSCLC", ZORVANIB),
    key="armGroups",
)
renamed(
    "a number that got a name",
    arm("I", ["Drug: Glucosamine Chondroitin"], "Glucosamine Chondroitin"),
    arm("chondroitin and glucosamine", ["Drug: Chondroitin", "Drug: Glucosamine"], "Women with joint pain."),
    key="armGroups",
)
renamed(
    "the same treatment, described alike",
    arm("Experimental", ["Device: VR goggles"], "Virtual reality while the dressing is changed."),
    arm("Virtual reality", ["Device: VR goggles"], "Virtual reality while dressings are changed."),
    key="armGroups",
)
replaced("a counted arm", arm("Arm B", ZORVANIB), arm("Arm C", OTHER), key="armGroups")
replaced(
    "a counted arm on the same background",
    arm("Group 1", [*ZORVANIB, "Drug: Heparin"], "Zorvanib by mouth once a day."),
    arm("Group 3", [*OTHER, "Drug: Heparin"], "Metformin twice a day, with food."),
    key="armGroups",
)
replaced(
    "an arm that grew in brackets and lost its treatment",
    arm("Control", ZORVANIB),
    arm("Control (usual care)", ["Behavioral: Diet"]),
    key="armGroups",
)
replaced("other people", arm("Adults", ZORVANIB), arm("Children", ZORVANIB), key="armGroups")
replaced("another eye", arm("Left eye", ZORVANIB), arm("Right eye", ZORVANIB), key="armGroups")
replaced(
    "another drug in an equal dose",
    arm("Losartan 500 mg", ["Drug: Losartan"]),
    arm("Valsartan 500 mg", ["Drug: Valsartan"]),
    key="armGroups",
)


@case(
    "a regimen taken apart is none of its parts",
    told("interventions", "major", "FOLFOX", action="removed"),
    told("interventions", "major", None, action="added", count=2),
)
def _(old, new):
    arms(old)["interventions"] = [drug("FOLFOX", others=["oxaliplatin", "leucovorin"])]
    arms(new)["interventions"] = [drug("Oxaliplatin"), drug("Leucovorin")]


@case(
    "all cohorts renumbered, described as before: as many renamed, and one added",
    told("arms", "major", "→ Part 1 Cohort", ["design"], action="edited", count=4),
    told("arms", "major", "Part 2 Cohort A", ["design"], action="added"),
)
def _(old, new):
    named = ("Endometrial cancer", "Ovarian cancer", "Pancreatic cancer", "Rare tumours")
    arms(old)["armGroups"] = [
        arm(f"Arm {n}", ZORVANIB, f"Cohort {n}: {who}") for n, who in enumerate(named, 1)
    ]
    arms(new)["armGroups"] = [
        *(arm(f"Part 1 Cohort {n}", ZORVANIB, who) for n, who in enumerate(named, 1)),
        arm("Part 2 Cohort A", ["Drug: Trastuzumab deruxtecan"], "Any tumour with HER2"),
    ]
