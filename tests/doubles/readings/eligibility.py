"""Criteria by number, sign and word; ages, sex, healthy volunteers."""

from __future__ import annotations

from doubles.readings.edits import get, in_turn, put, stated, sub
from doubles.readings.reading import case, told

CRITERIA = "eligibilityModule.eligibilityCriteria"


def criterion_case(name, a, b, says, sentence, why, *, never=()):
    case(
        name,
        lambda r: sub(r, CRITERIA, a, b),
        told("eligibility-criteria edited major eligibility", says, sentence, never=never),
        why,
        headline_says=[],
    )


def same_criteria(name, f, why):
    case.quiet(name, lambda r: put(r, CRITERIA, f(get(r, CRITERIA))), why)


UNTOUCHED = ["tuberculosis", "transplant", "belimumab"]
criterion_case(
    "kidney function limit lowered",
    "\\>= 45 mL",
    "\\>= 30 mL",
    ["45", "30", ("eGFR", "filtration")],
    "Eligibility widened: eGFR of 30 mL/min or more, no longer 45",
    "major row: eligibility criteria; the numbers are told",
    never=UNTOUCHED,
)
criterion_case(
    "proteinuria limit loses its decimal point",
    "\\>= 1.0 g/g",
    "\\>= 10 g/g",
    [("1.0 ", "1.0"), "10"],
    "Eligibility changed: UPCR of 10 g/g or more, no longer 1.0",
    "a point between digits is no punctuation to be dropped",
    never=UNTOUCHED,
)
criterion_case(
    "the sign of a limit turns",
    "\\> 2.5 x upper",
    "\\< 2.5 x upper",
    [("<", "less", "below", "under", "&lt;")],
    "Exclusion changed: alanine aminotransferase < 2.5 × upper limit of normal, no longer > 2.5",
    "a comparison sign is no markup",
    never=UNTOUCHED,
)
criterion_case(
    "at least becomes more than",
    "\\>= 45 mL",
    "\\> 45 mL",
    ["45"],
    "Eligibility changed: eGFR must be more than 45, no longer at least 45",
    "≥ is not >",
    never=UNTOUCHED,
)
criterion_case(
    "weeks become months",
    "at least 12 weeks",
    "at least 12 months",
    ["weeks", "months"],
    "Eligibility narrowed: hydroxychloroquine stable for 12 months, no longer 12 weeks",
    "the number stays, the unit does not",
    never=UNTOUCHED,
)
criterion_case(
    "criterion added",
    "* Previous kidney transplant.",
    "* Previous kidney transplant.\n* Pregnancy or breastfeeding.",
    ["pregnancy", "breastfeeding", ("added", "new", "now")],
    "Exclusion added: pregnancy or breastfeeding",
    "compared by list item",
    never=["tuberculosis"],
)
criterion_case(
    "criterion dropped",
    "* Active tuberculosis, hepatitis B, hepatitis C or HIV infection.\n",
    "",
    ["tuberculosis", ("dropped", "removed", "no longer", "deleted", "taken out")],
    "Exclusion dropped: active tuberculosis, hepatitis B, hepatitis C or HIV",
    "compared by list item",
    never=["transplant"],
)
criterion_case(
    "exclusion widened",
    "with rituximab within 6 months or belimumab within 3 months before",
    "with rituximab or belimumab at any time before",
    ["rituximab", "any time"],
    "Exclusion widened: rituximab or belimumab at any time, no longer within 6 and 3 months",
    "compared by word inside the item",
    never=["tuberculosis"],
)
criterion_case(
    "and becomes or",
    "with or without class V",
    "and class V",
    ["class V"],
    "Eligibility narrowed: class V is now required, no longer optional",
    "single words carry meaning",
    never=["tuberculosis"],
)
criterion_case(
    "an exception is negated",
    "except adequately treated basal cell",
    "including adequately treated basal cell",
    ["including", ("basal cell", "adequately treated")],
    "Exclusion widened: malignancy including treated basal cell carcinoma, no longer except",
    "one word turns the meaning",
    never=["tuberculosis"],
)
criterion_case(
    "criterion moved from inclusion to exclusion",
    "* Use of highly effective contraception until 6 months after the last dose.\n\nExclusion Criteria:\n",
    "\nExclusion Criteria:\n\n* Use of highly effective contraception until 6 months after the last dose.",
    ["contraception"],
    "Eligibility changed: contraception stands among the exclusions now",
    "the same item under another heading means the contrary",
)
case(
    "spelling repaired in a criterion",
    lambda old, new: sub(old, CRITERIA, "hydroxychloroquine", "hydroxychlorochine"),
    told(
        "eligibility-criteria edited major|minor eligibility",
        ["hydroxychloroquine"],
        "Eligibility: the spelling of hydroxychloroquine was repaired",
    ),
    "by the letter a change of the criteria",
    headline_says=[],
    doubtful="a misspelling repaired is major by the letter",
)
case(
    "short criteria replaced by the full list",
    lambda old, new: put(
        old,
        CRITERIA,
        "Inclusion Criteria:\n\n* Adults with active lupus nephritis\n\nExclusion Criteria:\n\n* Dialysis",
    ),
    told(
        "eligibility-criteria edited major eligibility",
        [],
        "Eligibility rewritten: 2 criteria became 13, among them a UPCR of 1.0 g/g or more and an eGFR of 45"
        " or more",
    ),
    "long texts: still one line",
    headline_says=[],
)
case(
    "two criteria change at once",
    in_turn(
        lambda r: sub(r, CRITERIA, "\\>= 45 mL", "\\>= 30 mL"),
        lambda r: sub(r, CRITERIA, "past 5 years", "past 2 years"),
    ),
    told(
        "eligibility-criteria edited major eligibility",
        [("45", "5 years"), ("30", "2 years")],
        "Eligibility changed: eGFR of 30 or more, no longer 45; malignancy within 2 years, no longer 5",
    ),
    "one change a text",
    headline_says=[],
)
same_criteria(
    "criteria with other escapes",
    lambda t: t.replace("\\>", ">").replace("\\^", "^"),
    "noise: markup, `\\>` against `>`",
)
same_criteria(
    "criteria with entities",
    lambda t: t.replace("\\>= 45", "&gt;= 45").replace("m\\^2", "m^2"),
    "noise: HTML entities",
)
same_criteria(
    "criteria with other line ends and spaces",
    lambda t: t.replace("\n", "\r\n").replace(" at screening.", "  at screening. "),
    "noise: line ends and whitespace",
)
same_criteria(
    "criteria headings in capitals",
    lambda t: t.replace("Inclusion Criteria", "INCLUSION CRITERIA"),
    "noise: letters' case",
)
same_criteria("criteria with another bullet", lambda t: t.replace("\n* ", "\n- "), "noise: markup of a list")


def value_case(name, path, a, b, head, says, sentence, why, *, doubtful=None, **more):
    case(name, stated(path, a, b), told(head, says, sentence, **more), why, doubtful=doubtful)


AGE_GROUPS = told("std-ages changed|added|removed minor|major|noise", [], "Age groups follow", optional=True)


def _teens(old, new):
    put(new, "eligibilityModule.minimumAge", "12 Years")
    put(new, "eligibilityModule.stdAges", ["CHILD", "ADULT", "OLDER_ADULT"])


case(
    "minimum age lowered to twelve",
    _teens,
    [
        told(
            "minimum-age changed major eligibility",
            ["18 years", "12 years"],
            "Minimum age lowered from 18 years to 12 years",
        ),
        AGE_GROUPS,
    ],
    "major row: ages",
)
value_case(
    "maximum age taken out",
    "eligibilityModule.maximumAge",
    "75 Years",
    None,
    "maximum-age removed major eligibility",
    ["75 years"],
    "Maximum age (75 years) taken out: no upper limit any more",
    "major row: ages",
)
value_case(
    "maximum age set",
    "eligibilityModule.maximumAge",
    None,
    "65 Years",
    "maximum-age added major eligibility",
    ["65 years"],
    "Maximum age set: 65 years; before, there was none",
    "major row: ages",
)
value_case(
    "minimum age in months",
    "eligibilityModule.minimumAge",
    "18 Months",
    "18 Years",
    "minimum-age changed major eligibility",
    ["18 months", "18 years"],
    "Minimum age raised from 18 months to 18 years",
    "the unit counts",
)
value_case(
    "sex narrowed",
    "eligibilityModule.sex",
    "ALL",
    "FEMALE",
    "sex changed major eligibility",
    [("female", "women")],
    "Eligible sex changed: all → female",
    "major row: sex",
)
value_case(
    "healthy volunteers allowed",
    "eligibilityModule.healthyVolunteers",
    False,
    True,
    "healthy-volunteers changed minor|major eligibility",
    ["healthy volunteers"],
    "Healthy volunteers are now accepted",
    "not in the table by name",
    doubtful="healthy volunteers: eligibility (major) or the rest (minor)",
)
value_case(
    "healthy volunteers stated as no",
    "eligibilityModule.healthyVolunteers",
    None,
    False,
    "healthy-volunteers added minor eligibility",
    ["healthy volunteers", ("no", "not")],
    "The record now says that healthy volunteers are not accepted; before, it said nothing",
    "minor row: a flag stated as false where it was absent",
)
value_case(
    "study population described otherwise",
    "eligibilityModule.studyPopulation",
    "Adults seen at four nephrology clinics in Poland",
    "Adults seen at six nephrology clinics in Poland",
    "study-population edited minor|major",
    ["four", "six"],
    "Study population: six nephrology clinics, no longer four",
    "the rest",
    doubtful="study population: eligibility or the rest",
)
