"""Results that were edited after they were posted."""

from __future__ import annotations

from doubles.change_cases.case import Cases, told
from doubles.change_cases.record import drop
from doubles.posted_results import (
    event,
    harms,
    measure,
    measures,
    post,
    renumbered,
    unposted,
    values,
)

case = Cases()
MAJOR = ["results", "integrity"]


def edited(name, *changes, **more):
    """Both records with posted results; the case edits the newer one's section."""

    def keep(edit):
        def both(old, new):
            post(old, new)
            edit(new)

        case(name, *changes, **more)(both)

    return keep


def major(*sentence, **more):
    return told("results", "major", sentence, MAJOR, **more)


def minor(*sentence, **more):
    return told("results", "minor", sentence, ["results", "!integrity"], **more)


@edited(
    "p-value of a primary result changed",
    major("p-value of Overall survival 0.06 → 0.04", reason="p-value", item="Overall survival", differs=True),
    headline="p-value of Overall survival 0.06 → 0.04",
)
def _(new):
    measures(new)[0]["analyses"][0]["pValue"] = "0.04"


@edited("p-value written otherwise")
def _(new):
    measures(new)[0]["analyses"][0]["pValue"] = "0.060"


@edited("a bound of a p-value became the value", major("0.06 → <0.06", count=1))
def _(new):
    measures(new)[0]["analyses"][0]["pValue"] = "<0.06"


@edited("p-value of a secondary result changed", minor("Days with rescue medication (secondary) 0.31 → 0.03"))
def _(new):
    measures(new)[1]["analyses"][0]["pValue"] = "0.03"


@edited("an analysis added", minor("p-value of Quality of life by SF-36 (secondary) given: 0.5"))
def _(new):
    measures(new)[2]["analyses"] = [{"groupIds": ["OG000", "OG001"], "pValue": "0.5"}]


@edited("an analysis removed", major("p-value of Overall survival no longer given (was 0.06)"))
def _(new):
    del measures(new)[0]["analyses"]


@edited("the estimate of a primary result changed", major("Overall survival, Hazard Ratio (HR) 0.78 → 0.97"))
def _(new):
    measures(new)[0]["analyses"][0]["paramValue"] = "0.97"


@edited("how a primary result was tested changed", minor("method, Log Rank → Cox"))
def _(new):
    measures(new)[0]["analyses"][0]["statisticalMethod"] = "Cox"


@edited(
    "a primary value corrected",
    major("Primary result changed: Overall survival, Zorvanib 10 mg 14.2 → 13.1 months", differs=True),
)
def _(new):
    values(measures(new)[0])[0]["value"] = "13.1"


@edited(
    "value and p-value of a primary result changed", major("14.2 → 15"), major("p-value"), headline="p-value"
)
def _(new):
    values(measures(new)[0])[0]["value"] = "15"
    measures(new)[0]["analyses"][0]["pValue"] = "0.01"


@edited("a value without its last nought")
def _(new):
    values(measures(new)[0])[0]["value"] = "14.20"
    values(measures(new)[1])[0]["value"] = " 12.3"
    harms(new)["frequencyThreshold"] = "5.0"


@edited("a value turned negative", minor("Quality of life by SF-36, Placebo 9.1 → −9.1 months"))
def _(new):
    values(measures(new)[2])[1]["value"] = "-9.1"


@edited("a value turned negative, set apart", minor("Placebo 9.1 → - 9.1 months"))
def _(new):
    values(measures(new)[2])[1]["value"] = "- 9.1"


@case("two tests of one comparison exchanged while the ids of groups are numbered anew")
def _(old, new):
    post(old, new)
    for record in (old, new):
        one = measures(record)[0]["analyses"][0]
        measures(record)[0]["analyses"] = [one, {**one, "pValue": "0.5"}]
    measures(new)[0]["analyses"].reverse()
    new["resultsSection"] = renumbered(new["resultsSection"])


@edited("the value of a group gone", minor("Placebo 9.1 no longer given"))
def _(new):
    values(measures(new)[2]).pop()


@edited(
    "the unit of a primary result changed",
    major("Unit of primary result changed: months → weeks", differs=True),
)
def _(new):
    measures(new)[0]["unitOfMeasure"] = "weeks"


@edited("a mean became a median", minor("Quality of life by SF-36", "median → mean", differs=True))
def _(new):
    measures(new)[2]["paramType"] = "MEAN"


@edited("the time frame of a primary result changed", major("24 weeks → 48 weeks (Overall survival)"))
def _(new):
    measures(new)[0]["timeFrame"] = "48 weeks"


@edited("a primary result retitled", major("retitled: Overall survival → Survival after five years", count=1))
def _(new):
    measures(new)[0]["title"] = "Survival after five years"


@edited("a primary result made secondary", major("moved from primary to secondary: Overall survival"))
def _(new):
    measures(new)[0]["type"] = "SECONDARY"


@edited(
    "a primary result removed", major("Primary result removed: Overall survival", "14.2", action="removed")
)
def _(new):
    measures(new).pop(0)


@edited(
    "all outcome measures removed", major("Overall survival"), minor("Days with"), minor("Quality of life")
)
def _(new):
    drop(new, "resultsSection", "outcomeMeasuresModule")


@edited(
    "a measure added",
    minor(
        "Secondary result added: Return to work, median Zorvanib 10 mg 12.3, Placebo 9.1 months",
        action="added",
    ),
)
def _(new):
    measures(new).insert(0, measure("Return to work"))


@case(
    "a primary result now reported",
    told(
        "results",
        "major",
        "now reported: Pain, median Zorvanib 10 mg 3, Placebo 4 months",
        ["results", "!integrity"],
    ),
)
def _(old, new):
    post(old, new)
    measures(old).append(unposted("Pain", "PRIMARY"))
    measures(new).append(measure("Pain", "PRIMARY", ("3", "4")))


@case("a secondary result now reported", minor("Secondary result now reported: Return to work"))
def _(old, new):
    post(old, new)
    measures(old).append(unposted("Return to work", "SECONDARY"))
    measures(new).append(measure("Return to work"))


@case("a primary result no longer reported", major("no longer reported: Pain"))
def _(old, new):
    post(old, new)
    measures(old).append(measure("Pain", "PRIMARY"))
    measures(new).append(unposted("Pain", "PRIMARY"))


@edited("participants analysed changed", minor("analysed for Overall survival: Zorvanib 10 mg 150 → 140"))
def _(new):
    measures(new)[0]["denoms"][0]["counts"][0]["value"] = "140"


@edited(
    "participants who started and completed changed",
    minor("started: Placebo 148 → 149", "completed: Zorvanib 10 mg 140 → 139", "!not completed", count=1),
)
def _(new):
    milestones = new["resultsSection"]["participantFlowModule"]["periods"][0]["milestones"]
    milestones[0]["achievements"][1]["numSubjects"] = "149"
    milestones[1]["achievements"][0]["numSubjects"] = "139"
    milestones[2]["achievements"][0]["numSubjects"] = "11"
    milestones[2]["achievements"][1]["numSubjects"] = "19"


@edited(
    "baseline changed", minor("Baseline changed: participants Placebo 148 → 149; Age, Continuous", count=1)
)
def _(new):
    baseline = new["resultsSection"]["baselineCharacteristicsModule"]
    baseline["denoms"][0]["counts"][1]["value"] = "149"
    values(baseline["measures"][0])[0]["value"] = "44.2"


@edited(
    "a death added",
    major("Deaths changed: Placebo 1 → 2 of 148", differs=True),
    headline="Placebo 1 → 2 of 148",
)
def _(new):
    harms(new)["eventGroups"][1]["deathsNumAffected"] = 2


@case(
    "deaths stated for the first time", major("Deaths now stated: Zorvanib 10 mg 2 of 150, Placebo 1 of 148")
)
def _(old, new):
    post(old, new)
    for group in harms(old)["eventGroups"]:
        del group["deathsNumAffected"], group["deathsNumAtRisk"]


@case("that nobody died is stated for the first time", minor("Deaths now stated: none"))
def _(old, new):
    post(old, new)
    for group in harms(old)["eventGroups"]:
        del group["deathsNumAffected"], group["deathsNumAtRisk"]
    for group in harms(new)["eventGroups"]:
        group["deathsNumAffected"] = 0


@edited("participants with serious events changed", major("Zorvanib 10 mg 12 → 15 of 150"))
def _(new):
    harms(new)["eventGroups"][0]["seriousNumAffected"] = 15


@edited("participants at risk of serious events changed", major("Zorvanib 10 mg 12 of 150 → 12 of 149"))
def _(new):
    harms(new)["eventGroups"][0]["seriousNumAtRisk"] = 149


@edited("a serious event added", major("Serious event: Seizure added", action="added"))
def _(new):
    harms(new)["seriousEvents"].insert(0, event("Seizure", 1, 0))


@edited("counts of a serious event changed", major("Serious event: Stroke, Zorvanib 10 mg 3 → 4"))
def _(new):
    harms(new)["seriousEvents"][0]["stats"][0]["numAffected"] = 4


@edited("the term of a serious event refined", major("Serious event renamed: Stroke → Ischaemic stroke"))
def _(new):
    harms(new)["seriousEvents"][0]["term"] = "Ischaemic stroke"


@edited("the organ system of a serious event changed", minor("described changed: Stroke"))
def _(new):
    harms(new)["seriousEvents"][0]["organSystem"] = "Vascular disorders"


@edited("serious events removed altogether", major("Stroke and Sepsis removed", action="removed"))
def _(new):
    harms(new)["seriousEvents"] = []


@edited(
    "adverse events taken out of the results",
    major("Adverse events removed in the results", action="removed"),
)
def _(new):
    drop(new, "resultsSection", "adverseEventsModule")


@edited("other adverse events changed", minor("Other adverse events changed: Dizziness", count=1))
def _(new):
    harms(new)["otherEvents"][0]["stats"][0]["numAffected"] = 21


@edited("the threshold of other events changed", minor("frequency threshold, 5 → 0 %"))
def _(new):
    harms(new)["frequencyThreshold"] = "0"


@edited(
    "a group renamed everywhere", minor("Group renamed in the results: Placebo → Matching placebo", count=1)
)
def _(new):
    found = new["resultsSection"]
    listed = [found[name]["groups"] for name in ("participantFlowModule", "baselineCharacteristicsModule")]
    for each in (*listed, harms(new)["eventGroups"], *(one["groups"] for one in measures(new))):
        each[1]["title"] = "Matching placebo"


@edited(
    "titles of two groups exchanged",
    major("Zorvanib 10 mg 14.2 → 11.9 months", "Placebo 11.9 → 14.2 months"),
    minor("analysed for Overall survival: Placebo 148 → 150"),
)
def _(new):
    first, second = measures(new)[0]["groups"]
    first["title"], second["title"] = second["title"], first["title"]
    first["description"], second["description"] = second["description"], first["description"]


@edited("only the order of groups and measures")
def _(new):
    for one in measures(new):
        one["groups"].reverse()
        values(one).reverse()
    measures(new).reverse()
    harms(new)["eventGroups"].reverse()
    harms(new)["seriousEvents"].reverse()


@edited("ids of groups numbered anew, everything following")
def _(new):
    new["resultsSection"] = renumbered(new["resultsSection"])


@edited("ids of groups numbered anew, and a value corrected", major("Placebo 11.9 → 12.9 months", count=1))
def _(new):
    new["resultsSection"] = renumbered(new["resultsSection"])
    values(measures(new)[0])[1]["value"] = "12.9"


@edited("a slip of the pen in a description", minor("description reworded: Overall survival", count=1))
def _(new):
    measures(new)[0]["description"] = "Overall survival, by a dairy."


@edited("a description set differently")
def _(new):
    measures(new)[0]["description"] = "Overall  survival, by a DIARY."


@edited(
    "limitations added", minor("Limitations and caveats of the results added: Few finished", action="added")
)
def _(new):
    new["resultsSection"]["moreInfoModule"]["limitationsAndCaveats"] = {"description": "Few finished."}


@edited("the contact for results changed", minor("Contact for the results changed", "!Newton"))
def _(new):
    new["resultsSection"]["moreInfoModule"]["pointOfContact"].update(title="Eve Newton", phone="+00 000 4712")


@case(
    "forty secondary results changed alike",
    minor("Secondary results changed in 40 measures", "and 38 more", count=1),
)
def _(old, new):
    post(old, new)
    for record, first in ((old, "1"), (new, "2")):
        measures(record)[1:] = [
            measure(f"Score {'ABCDEFGH'[at % 8]} of visit {at}", values=(first, "5")) for at in range(40)
        ]


@edited("everything changed at once", major(count=5), minor(count=5))
def _(new):
    found = new["resultsSection"]
    for one in measures(new):
        values(one)[0]["value"], one["unitOfMeasure"], one["description"] = "99", "days", "Other words."
    measures(new)[0]["analyses"][0]["pValue"] = "0.9"
    for group in harms(new)["eventGroups"]:
        group.update(deathsNumAffected=9, seriousNumAffected=90, otherNumAffected=99)
    harms(new)["timeFrame"] = "a year"
    found["moreInfoModule"]["certainAgreement"]["restrictiveAgreement"] = True
    found["participantFlowModule"]["recruitmentDetails"] = "At three sites."
    found["baselineCharacteristicsModule"]["measures"] = []


@edited(
    "event groups renamed and in another order are known by those at risk",
    major("Deaths changed: Any dose 2 → 3 of 150", "!now given", count=1),
    minor("Group renamed", "Zorvanib 10 mg → Any dose"),
    minor("Group renamed", "Placebo → Control arm"),
)
def _(new):
    first, second = harms(new)["eventGroups"]
    first.update(title="Any dose", deathsNumAffected=3)
    second.update(title="Control arm")
    new["resultsSection"]["adverseEventsModule"] = renumbered(harms(new))
    harms(new)["eventGroups"].reverse()


@case(
    "event groups of one size are not known by it",
    major("Adverse events now given for Any dose", "now given for Control arm", "and 2 more"),
    only=False,
)
def _(old, new):
    post(old, new)
    for record in (old, new):
        for group in harms(record)["eventGroups"]:
            group.update(deathsNumAtRisk=150, seriousNumAtRisk=150, otherNumAtRisk=150)
    for group, name in zip(harms(new)["eventGroups"], ("Any dose", "Control arm"), strict=True):
        group.update(id=f"{name[0]}G", title=name)


@edited(
    "many edits of outcome measures, by what they are",
    minor(
        "8 edits of outcome measures: ",
        "time frames of secondary results changed in 2 measures",
        "!ways",
        "!in 1 ",
    ),
    only=False,
)
def _(new):
    for one in measures(new)[1:]:
        one.update(timeFrame="52 weeks", populationDescription="All.", title=f"{one['title']}, mean")
        values(one)[0]["value"] = "77"
    harms(new)["frequencyThreshold"] = "3"
    further = new["resultsSection"]["moreInfoModule"]
    further["certainAgreement"]["restrictiveAgreement"] = True
