"""One line made of many changes: what leads, what is gathered, what is left out, and that nothing is cut in two."""

from __future__ import annotations

import copy

from doubles.change_cases.case import Cases, told
from doubles.change_cases.record import (
    COMPLETION,
    PERSON,
    PRIMARY,
    START,
    arms,
    dates,
    design,
    drop,
    eligibility,
    enrol,
    outcomes,
    protocol,
    put,
    site,
    sites,
    turn,
)
from doubles.change_cases.results import post_results

case = Cases()
LONG_REASON = (
    "The landscape of treatment changed. The study faced great challenges in recruitment. As nobody was enrolled, the"
    " sponsor asked for its closure"
)
FAR = "A very long endpoint of the invented kind, measured by an adjudication committee, "


def new_arm(record, label, **more):
    arms(record)["armGroups"].append({"label": label, "type": "EXPERIMENTAL", **more})


@case(
    "a critical change does not silence the major ones",
    told("has-results", "critical"),
    told("overall-status", "major"),
    told("primary-completion-date", "major", "corrected to about 4 years earlier (2026-12 → 2022-12-12)"),
    only=False,
    headline=(
        "Results posted",
        "; Active, not recruiting → Completed; actual primary completion corrected to about 4 years earlier",
        "intervention model: Parallel → Crossover",
    ),
)
def _(old, new):
    post_results(old, new)
    turn(old, new, "ACTIVE_NOT_RECRUITING", "COMPLETED")
    dates(old, new, PRIMARY, "2026-12 A", "2022-12-12 A")
    design(new)["designInfo"]["maskingInfo"]["masking"] = "DOUBLE"
    design(new)["designInfo"]["interventionModel"] = "CROSSOVER"


@case(
    "a stop: its reason, how many, and how much earlier",
    told("overall-status", "critical"),
    told("why-stopped", "critical"),
    told("enrollment", "major"),
    told(
        "primary-completion-date", "major", "ended about 2 months earlier than planned (2027-03 → 2027-01-17)"
    ),
    told("completion-date", "major"),
    headline=(
        "Terminated: Partner left; enrolment cut from 300 to 33 (−89 %), now actual; primary completion ended about 2"
        " months earlier than planned (2027-03 → 2027-01-17), study completion about 14 months (2028-03 → 2027-01-17)",
        "!other change",
    ),
)
def _(old, new):
    turn(old, new, "RECRUITING", "TERMINATED", "Partner left")
    enrol(old, new, (300, "ESTIMATED"), (33, "ACTUAL"))
    dates(old, new, PRIMARY, "2027-03 E", "2027-01-17 A")
    dates(old, new, COMPLETION, "2028-03 E", "2027-01-17 A")


@case(
    "a long reason is cut at a sentence's end",
    told("overall-status", "critical", "closure"),
    told("why-stopped", "critical"),
    told("enrollment", "major"),
    headline="Withdrawn: The landscape of treatment changed. The study faced great challenges in recruitment; enrol",
)
def _(old, new):
    turn(old, new, "RECRUITING", "WITHDRAWN", LONG_REASON)
    enrol(old, new, (300, "ESTIMATED"), (0, "ACTUAL"))


@case(
    "a point after an abbreviation ends no sentence",
    told("overall-status", "critical"),
    told("why-stopped", "critical"),
    headline=("Fictive Pharma Inc. and", "of the coming year at any of their many sites", "!The programme"),
)
def _(old, new):
    why = (
        "Fictive Pharma Inc. and its partner Invented Corp. no longer agree on the plan of the coming year at any of"
        " their many sites. The programme is closed"
    )
    turn(old, new, "RECRUITING", "TERMINATED", why)


@case(
    "a single site added takes no major change's place",
    told("enrollment", "major"),
    told("primary-completion-date", "major"),
    told("completion-date", "major"),
    told("eligibility-criteria", "major"),
    told("locations", "minor"),
    headline=("Enrolment cut from 300 to 200", "slipped", "exclusion criterion changed", "!Lille"),
)
def _(old, new):
    enrol(old, new, (300, "ESTIMATED"), (200, "ESTIMATED"))
    dates(old, new, PRIMARY, "2027-03-31 E", "2032-10-30 E")
    dates(old, new, COMPLETION, "2027-09-30 E", "2033-01-30 E")
    criteria = eligibility(new)["eligibilityCriteria"]
    eligibility(new)["eligibilityCriteria"] = criteria.replace("opioids", "strong opioids")
    sites(new).append(site("CHU Fictif", "Lille", "59000", "France"))


@case(
    "a site's contacts stand in no line with other news",
    told("enrollment", "major"),
    told("locations", "minor", "Contacts changed"),
    headline=("; 1 other change", "!contacts", "!Krakow"),
)
def _(old, new):
    enrol(old, new, (300, "ESTIMATED"), (200, "ESTIMATED"))
    sites(new)[2]["contacts"] = [{**PERSON, "name": "Eve Newton"}]


@case(
    "a lost site does not vanish behind what weighs more",
    told("primary-outcomes", "critical", count=2),
    told("enrollment", "major"),
    told("primary-completion-date", "major"),
    told("locations", "minor", "withdrawn"),
    only=False,
    headline=("replaced", "enrolment cut", "1 site withdrawn"),
)
def _(old, new):
    outcomes(old)["primaryOutcomes"] = [{"measure": "Overall survival", "timeFrame": "5 years"}]
    outcomes(new)["primaryOutcomes"] = [{"measure": "Ferritin in serum", "timeFrame": "2 weeks"}]
    enrol(old, new, (300, "ESTIMATED"), (200, "ESTIMATED"))
    dates(old, new, PRIMARY, "2027-03-31 E", "2028-10-30 E")
    sites(new)[0]["status"] = "WITHDRAWN"
    design(new)["phases"] = ["PHASE3"]
    design(new)["designInfo"]["interventionModel"] = "CROSSOVER"
    for number in range(4):
        arms(new)["armGroups"].append({"label": f"Another arm of the study, the {number}th", "type": "OTHER"})
        name = f"Another drug of the study, the {number}th"
        arms(new)["interventions"].append({"type": "DRUG", "name": name})


@case(
    "what only follows the status is neither told nor counted",
    told("overall-status", "major"),
    told("locations", "minor", "vanished with the end of recruitment"),
    headline=("Recruiting → Active, not recruiting", "!vanished", "!other change"),
)
def _(old, new):
    turn(old, new, "RECRUITING", "ACTIVE_NOT_RECRUITING")
    for one in sites(new):
        one.pop("status")
        one.pop("contacts", None)


@case(
    "a new lead sponsor stands before a field filled in for the first time",
    told("lead-sponsor", "major"),
    told("intervention-model", "major", "stated"),
    told("masking", "major"),
    headline="Lead sponsor changed: Northfield University → Southfield University; ",
    only=False,
)
def _(old, new):
    for key in ("interventionModel", "maskingInfo"):
        drop(old, "protocolSection", "designModule", "designInfo", key)
    put(new, "protocolSection", "sponsorCollaboratorsModule", "leadSponsor", "name", "Southfield University")


@case(
    "a phase that is stated for the first time stands after enrolment",
    told("phase", "major"),
    told("enrollment", "major"),
    headline="Enrolment cut from 300 to 200 (−33 %); phase",
)
def _(old, new):
    drop(old, "protocolSection", "designModule", "phases")
    enrol(old, new, (300, "ESTIMATED"), (200, "ESTIMATED"))


@case(
    "an arm's type stands after enrolment and dates, and its label keeps its capital",
    told("arms", "major", "Arm 4: Placebo comparator → Other"),
    told("enrollment", "major"),
    told("start-date", "major"),
    headline=("Enrolment raised", "; Arm 4: Placebo comparator → Other"),
)
def _(old, new):
    for record in (old, new):
        arms(record)["armGroups"][1]["label"] = "Arm 4"
        arms(record)["interventions"][1]["armGroupLabels"] = ["Arm 4"]
    arms(new)["armGroups"][1]["type"] = "OTHER"
    enrol(old, new, (300, "ESTIMATED"), (450, "ESTIMATED"))
    dates(old, new, START, "2026-12-01 E", "2027-06-01 E")


@case(
    "arms added are counted once, and named without their numbers",
    told("arms", "major", "Arm added", action="added", count=3),
    headline="3 arms added (Lung cancer, Melanoma, Breast cancer)",
)
def _(old, new):
    for label in ("Arm 10_Lung cancer", "Arm 11_Melanoma", "Arm 12_Breast cancer"):
        new_arm(new, label)


@case(
    "arms that are called by a number read as no count",
    told("arms", "major", action="added", count=2),
    headline="2 arms added (“1”, “2”)",
)
def _(old, new):
    new_arm(new, "1")
    new_arm(new, "2")


@case(
    "interventions dropped are counted once",
    told("interventions", "major", action="removed", count=2),
    headline="2 interventions dropped (Ketamib, Lorazimab)",
)
def _(old, new):
    for name in ("Ketamib", "Lorazimab"):
        arms(old)["interventions"].append({"type": "DRUG", "name": name, "armGroupLabels": ["Placebo"]})


@case(
    "one primary outcome dropped and one added: replaced, in the line alone",
    told("primary-outcomes", "critical", "dropped", action="removed"),
    told("primary-outcomes", "critical", "added", action="added"),
    headline="Primary outcome replaced while recruiting: Overall survival → Ferritin in serum",
)
def _(old, new):
    outcomes(old)["primaryOutcomes"] = [{"measure": "Overall survival", "timeFrame": "5 years"}]
    outcomes(new)["primaryOutcomes"] = [{"measure": "Ferritin in serum", "timeFrame": "2 weeks"}]


@case(
    "a primary outcome dropped stands before those added",
    told("primary-outcomes", "critical", action="removed"),
    told("primary-outcomes", "critical", action="added", count=2),
    headline=(
        "Primary outcome dropped while recruiting: Overall survival; 2 primary outcomes added while recruiting"
        " (Ferritin in serum, Walking distance)"
    ),
)
def _(old, new):
    outcomes(old)["primaryOutcomes"] = [{"measure": "Overall survival", "timeFrame": "5 years"}]
    outcomes(new)["primaryOutcomes"] = [
        {"measure": "Ferritin in serum", "timeFrame": "2 weeks"},
        {"measure": "Walking distance", "timeFrame": "6 minutes"},
    ]


@case(
    "the same edit of two primary outcomes is said once",
    told("primary-outcomes", "major", count=2),
    headline="Descriptions of 2 primary outcomes changed while recruiting (",
)
def _(old, new):
    other = {"measure": "Walking distance", "description": "On the flat.", "timeFrame": "6 minutes"}
    for record in (old, new):
        outcomes(record)["primaryOutcomes"].append(copy.deepcopy(other))
    for one in outcomes(new)["primaryOutcomes"]:
        one["description"] = "As the manual of the invented laboratory says."


@case(
    "a second date is dropped whole, not cut in its bracket",
    told("enrollment", "major"),
    told("primary-completion-date", "major", "slipped about 9 years (2027-12 → 2036-12-31)"),
    told("completion-date", "major", "slipped about 5 years (2031-12 → 2036-12-31)"),
    told("lead-sponsor", "major"),
    headline=(
        "primary completion slipped about 9 years (2027-12 → 2036-12-31), study completion about 5 years",
        "!(2031",
        "!…",
    ),
)
def _(old, new):
    enrol(old, new, (1400, "ESTIMATED"), (500, "ACTUAL"))
    dates(old, new, PRIMARY, "2027-12 E", "2036-12-31 E")
    dates(old, new, COMPLETION, "2031-12 E", "2036-12-31 E")
    sponsor = "Southfield University of Applied Sciences"
    put(new, "protocolSection", "sponsorCollaboratorsModule", "leadSponsor", "name", sponsor)


@case(
    "days and months in one sentence are told in months",
    told("primary-completion-date", "major", "slipped 183 days"),
    told("completion-date", "major", "slipped about 8 months"),
    headline="Primary completion slipped about 6 months (2027-03-31 → 2027-09-30), study completion about 8 months (",
)
def _(old, new):
    dates(old, new, PRIMARY, "2027-03-31 E", "2027-09-30 E")
    dates(old, new, COMPLETION, "2027-11 E", "2028-07 E")


@case(
    "years are told in halves from three years on",
    told("primary-completion-date", "major", "slipped about 4½ years (2027-01-31 → 2031-06-30)"),
    told("completion-date", "major", "slipped 3 years (2028-09-01 → 2031-09-01)"),
    headline="Primary completion slipped about 4½ years (2027-01-31 → 2031-06-30), study completion 3 years (2028",
)
def _(old, new):
    dates(old, new, PRIMARY, "2027-01-31 E", "2031-06-30 E")
    dates(old, new, COMPLETION, "2028-09-01 E", "2031-09-01 E")


@case(
    "both completions corrected alike are one sentence",
    told("primary-completion-date", "major"),
    told("completion-date", "major"),
    headline="Actual primary and study completion corrected to about 9 months earlier (2026-04 → 2025-07)",
)
def _(old, new):
    for key in (PRIMARY, COMPLETION):
        dates(old, new, key, "2026-04 A", "2025-07 A")


@case(
    "two texts that would look alike are named once",
    told("primary-outcomes", "major"),
    told("enrollment", "major"),
    only=False,
    headline=("Primary outcome changed while recruiting (A very long endpoint", "!→ A very", "enrolment cut"),
)
def _(old, new):
    outcomes(old)["primaryOutcomes"][0]["measure"] = f"{FAR * 2}first visit of all the visits"
    outcomes(new)["primaryOutcomes"][0]["measure"] = f"{FAR * 2}second visit of all the visits"
    enrol(old, new, (300, "ESTIMATED"), (200, "ESTIMATED"))


@case(
    "minor news of wording fills no room while a figure waits",
    told("phase", "major"),
    told("enrollment", "minor", "300 to 310"),
    told("keywords", "minor"),
    told("detailed-description", "minor"),
    headline=("Phase changed", "; enrolment raised from 300 to 310 (+3 %); 2 other changes"),
)
def _(old, new):
    design(new)["phases"] = ["PHASE3"]
    enrol(old, new, (300, "ESTIMATED"), (310, "ESTIMATED"))
    protocol(new)["conditionsModule"]["keywords"].append("nerve")
    protocol(new)["descriptionModule"]["detailedDescription"] += " Part three is a long follow-up."


@case(
    "what happened to many sites is told by kinds, losses among them",
    told("locations", "minor", None, count=None),
    headline=("withdrawn or suspended", "began or resumed recruiting", "removed", "!otherwise"),
)
def _(old, new):
    for at, status in ((0, "WITHDRAWN"), (1, "RECRUITING"), (4, "SUSPENDED")):
        sites(new)[at]["status"] = status
    for number, (before, after) in enumerate(
        [
            ("COMPLETED", "RECRUITING"),
            ("RECRUITING", "COMPLETED"),
            ("RECRUITING", "ACTIVE_NOT_RECRUITING"),
            ("RECRUITING", None),
        ]
    ):
        sites(old).append(site(f"Clinique {number}", f"Ville {number}", f"3100{number}", "France", before))
        if after:
            sites(new).append(site(f"Clinique {number}", f"Ville {number}", f"3100{number}", "France", after))
    sites(new).append(site("CHU Fictif", "Lille", "59000", "France"))
