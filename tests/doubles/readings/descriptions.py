"""Descriptions, titles, conditions and keywords."""

from __future__ import annotations

from doubles.readings.edits import drop, in_turn, put, sub
from doubles.readings.reading import case, told

DETAILED, SUMMARY = "descriptionModule.detailedDescription", "descriptionModule.briefSummary"


def text_case(name, head, path, a, b, says, sentence, why, *, never=()):
    case(name, lambda r: sub(r, path, a, b), told(head, says, sentence, never=never), why, headline_says=[])


text_case(
    "detailed description: one number",
    "detailed-description edited minor",
    DETAILED,
    "Screening lasts up to 6 weeks",
    "Screening lasts up to 4 weeks",
    ["6", "4"],
    "Description: screening lasts up to 4 weeks, no longer 6",
    "minor row: descriptions; compared by sentence, then by word",
    never=["open-label"],
)
text_case(
    "detailed description: ratio of randomisation",
    "detailed-description edited minor",
    DETAILED,
    "1:1:1",
    "2:2:1",
    ["1:1:1", "2:2:1"],
    "Description: randomised 2:2:1, no longer 1:1:1",
    "only prose changed: allocation is not told",
    never=["allocation"],
)
text_case(
    "detailed description: a sentence goes",
    "detailed-description edited minor",
    DETAILED,
    " A safety follow-up visit takes place 8 weeks after the last dose.",
    "",
    ["follow-up"],
    "Description: the safety follow-up visit 8 weeks after the last dose is no longer mentioned",
    "compared by sentence",
    never=["Screening"],
)
text_case(
    "brief summary reworded",
    "brief-summary edited minor",
    SUMMARY,
    "within one year",
    "within two years",
    ["two", "one"],
    "Summary: within two years, no longer one",
    "minor row: descriptions",
)
case(
    "detailed description appears",
    lambda old, new: drop(old, DETAILED),
    told("detailed-description added minor", ["description"], "A detailed description was added"),
    "minor row: descriptions",
    headline_says=[],
)
case.quiet(
    "descriptions with other markup",
    in_turn(lambda r: sub(r, DETAILED, "\n\n", "\n"), lambda r: sub(r, SUMMARY, "year.", "year.  ")),
    "noise: whitespace and line ends",
)
text_case(
    "brief title shortened",
    "brief-title edited minor",
    "identificationModule.briefTitle",
    "Study of Torvalimab",
    "A Phase 3 Study of Torvalimab",
    ["Phase 3"],
    "Brief title now says “A Phase 3 Study of …”; the phase itself is unchanged",
    "the title is no phase",
    never=["phase changed"],
)
text_case(
    "official title reworded",
    "official-title edited minor",
    "identificationModule.officialTitle",
    "Double-blind",
    "Open-label",
    ["double-blind", "open-label"],
    "Official title: Open-label, no longer Double-blind",
    "minor row: the rest; only the masking field is masking",
)
case.quiet(
    "title in sentence case",
    lambda r: put(
        r, "identificationModule.briefTitle", "Study of torvalimab in adults with active lupus nephritis"
    ),
    "noise: letters' case",
)
case(
    "acronym added",
    lambda old, new: drop(old, "identificationModule.acronym"),
    told("acronym added minor", ["TORNADE"], "Acronym added: TORNADE"),
    "minor row: the rest",
)
case(
    "condition added",
    lambda r: put(r, "conditionsModule.conditions", ["Lupus Nephritis", "Systemic Lupus Erythematosus"]),
    told(
        "conditions added|edited minor",
        ["Systemic Lupus Erythematosus"],
        "Condition added: Systemic Lupus Erythematosus",
        item="Systemic Lupus Erythematosus",
    ),
    "minor row: the rest",
)
case(
    "keyword dropped and one added",
    lambda r: put(r, "conditionsModule.keywords", ["Lupus", "Kidney", "Monoclonal antibody", "Biologic"]),
    [
        told(
            "keywords removed|edited minor",
            ["Proteinuria"],
            "Keyword dropped: Proteinuria",
            item="Proteinuria",
        ),
        told(
            "keywords added|edited minor",
            ["Biologic"],
            "Keyword added: Biologic",
            item="Biologic",
            optional=True,
        ),
    ],
    "minor row: keywords; one change or two",
    headline="Keywords: Biologic added, Proteinuria dropped",
    headline_says=[],
)
case.quiet(
    "keywords in another order and case",
    lambda r: put(r, "conditionsModule.keywords", ["monoclonal antibody", "Proteinuria", "Kidney", "lupus"]),
    "noise: order means nothing, letters' case",
)
