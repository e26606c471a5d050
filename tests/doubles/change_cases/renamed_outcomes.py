"""Outcomes under another name: one endpoint said otherwise, or two that look alike."""

from __future__ import annotations

from doubles.change_cases.case import Cases, told
from doubles.change_cases.record import outcomes

case = Cases()

ROUNDS = "Counted by a nurse who knows no allocation, on three days of each month of the study."


def outcome(measure, frame="1 year", description=None):
    return {"measure": measure, "timeFrame": frame, **({"description": description} if description else {})}


def primary(before, after):
    def edit(old, new):
        for record, one in ((old, before), (new, after)):
            outcomes(record)["primaryOutcomes"] = [one if isinstance(one, dict) else outcome(one)]

    return edit


def one(name, before, after, *says):
    change = told("primary-outcomes", "major", says, ["outcomes", "integrity"], action="edited")
    case(f"one endpoint: {name}", change)(primary(before, after))


def two(name, before, after):
    case(
        f"two endpoints: {name}",
        told("primary-outcomes", "critical", "dropped", ["outcomes", "integrity"], action="removed"),
        told("primary-outcomes", "critical", "added", ["outcomes", "integrity"], action="added"),
    )(primary(before, after))


one(
    "its abbreviation spelt out",
    "5 years DFS",
    "5 years Disease free survival(DFS)",
    "5 years DFS → 5 years Disease free survival(DFS)",
)
one(
    "spelt out, and its time frame moved",
    outcome("PFS", "up to 4 years"),
    outcome("Progression free survival (PFS)", "up to 7 years"),
    "PFS → Progression free survival (PFS)",
    "up to 4 years → up to 7 years",
)
one("spelt out with words between", "HRQoL", "Health-related quality of life", "HRQoL → Health-related")
one("a walk test", "6MWD", "6-minute walk distance", "6MWD → 6-minute walk distance")
one("a plural", "Number of participants with SAEs", "Serious adverse events", "SAEs")
one(
    "the words of counting taken away",
    "COPD exacerbations",
    "Rate of chronic obstructive pulmonary disease exacerbations",
    "→ Rate of chronic",
)
one(
    "its explanation taken away",
    "Disease-free survival will be analysed after 1388 events, using a two-sided stratified log-rank test.",
    "Disease-free survival",
    "→ Disease-free survival",
)
one(
    "a definition added",
    "Caries increment",
    "Caries increment, assessed by two calibrated dentists",
    "Caries increment →",
)
one(
    "explained otherwise, in the same words",
    "Best overall response rate by IRC",
    "Overall Response Rate as determined by an independent radiology review committee",
    "by IRC →",
)
one(
    "a vague name over the same description",
    outcome("Treatment success", description=f"Cure of the ulcer. {ROUNDS}"),
    outcome("Cure of the ulcer", description=f"Cure of the ulcer. {ROUNDS}"),
    "Treatment success → Cure",
)

two("progression and death", "PFS", "Overall survival (OS)")
two("progression and death in the same patients", "OS in PD-L1 high tumours", "PFS in PD-L1 high tumours")
two("a distant disease", "DFS", "Distant disease-free survival (DDFS)")
two("durations of two things", "Duration of Response (DOR)", "Duration of Adverse Events")
two("a response and a survival", "Overall survival", "Overall response rate")
two("some of the participants", "Overall survival", "Overall survival in patients with brain metastases")
two("a part of the body named", "Pain", "Pain (hip)")
two("another joint", "Change from baseline in knee pain", "Change from baseline in hip pain")
two("another bone", "Bone mineral density of the lumbar spine", "Bone mineral density of the total hip")
two("another pressure", "Change in systolic blood pressure", "Change in diastolic blood pressure")
two("another blood value", "Change in serum creatinine", "Change in serum potassium")
two("another share of responders", "ACR20 response at week 24", "ACR50 response at week 24")
two("another sense", "Visual acuity", "Visual field")
two("another mood", "Change in depression score", "Change in anxiety score")
two("other people", "Cure rate in adults", "Cure rate in children")
two("its negation", "Number of participants with relapse", "Number of participants without relapse")
two("free of it", "Seizure frequency", "Seizure-free days")
two("more than its name", "Pain", "Pain medication use")
two(
    "two letters that stand for two things",
    outcome("RR", description="Response rate by RECIST"),
    outcome("Respiratory rate (RR)", description="Breaths a minute"),
)
two("two letters nobody spells, at another time", outcome("OS"), outcome("Ocular symptoms", "3 years"))
two(
    "the same description, which speaks of neither",
    outcome("Nightly awakenings", description=ROUNDS),
    outcome("Serum ferritin", description=ROUNDS),
)


@case(
    "one of several that were listed in one outcome is not that outcome",
    told("primary-outcomes", "critical", None, ["outcomes"], action="removed"),
    told("primary-outcomes", "critical", None, ["outcomes"], action="added"),
)
def _(old, new):
    primary("Mortality; stroke; limb loss; days at home", "Stroke, or brain death")(old, new)


@case(
    "abbreviations are spelt out one by one",
    told("secondary-outcomes", "minor", None, ["outcomes"], action="edited", count=2),
)
def _(old, new):
    for record, names in (
        (old, ("LVEF", "MACE")),
        (new, ("Major adverse cardiac events (MACE)", "Left ventricular ejection fraction")),
    ):
        outcomes(record)["secondaryOutcomes"] = [outcome(name) for name in names]
