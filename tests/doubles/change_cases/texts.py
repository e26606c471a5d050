"""Long texts, as the registry lays them out, and the sentence that a careful reader would write beside each edit."""

from __future__ import annotations

from doubles.change_cases.case import Cases, told
from doubles.change_cases.record import arms, eligibility, outcomes, protocol

case = Cases()

CRITERIA = """Inclusion Criteria:

* Age 18 to 60 years, inclusive
* EDSS 3.0-6.5 at screening
* Body mass index (BMI) \\>= 18.5 kg/m\\^2
* Adequate bone marrow function:

  * Neutrophils ≥1.5×10\\^9/L
  * Platelets ≥80×10\\^9/L
* Written informed consent

Exclusion Criteria:

1. Prior stem-cell therapy
2. Major surgery within 4 weeks of the first dose
3. Pregnant or breastfeeding women
4. AST or ALT \\> 2.5 x ULN
5. White cells above 11,000 per microlitre
6. Any condition that, in the opinion of the investigator, would make the participant unsuitable for the study

Other protocol-defined criteria may apply."""

STORY = """This is a randomised study of zorvanib in migraine. Approximately 200 patients are expected to be enrolled.

Patients are seen at week 2, e.g. by telephone, and at week 12. Blood is drawn at each visit. The dose is 10 mg.

* Part A compares two doses
* Part B compares the better dose with placebo

An independent committee reviews safety. Results are shared with all participants."""


def criteria(name, *edits, says="", headline=None, text=CRITERIA, news=True):
    """edits: what stands in the text, and what is to stand there. news=False: nothing but noise."""
    kept = (told("eligibility-criteria", "major", says, ["eligibility"]),) if news else ()

    @case(f"criteria: {name}", *kept, headline=headline)
    def _(old, new):
        eligibility(old)["eligibilityCriteria"] = text
        eligibility(new)["eligibilityCriteria"] = edited(text, edits)


def story(name, *edits, says="", text=STORY, news=True):
    kept = (told("detailed-description", "minor", says),) if news else ()

    @case(f"description: {name}", *kept)
    def _(old, new):
        protocol(old)["descriptionModule"]["detailedDescription"] = text
        protocol(new)["descriptionModule"]["detailedDescription"] = edited(text, edits)


def edited(text, edits):
    for before, after in edits:
        assert before in text, before
        text = text.replace(before, after)
    return text


# Numbers, with what they are numbers of.
criteria("a score", ("3.0-6.5", "2.0-6.5"), says="Inclusion criterion changed: EDSS 3.0–6.5 → 2.0–6.5")
criteria(
    "an age",
    ("Age 18 to 60", "Age 18 to 75"),
    says="Inclusion criterion changed: Age 18 to 60 → 18 to 75 years",
)
criteria(
    "a threshold keeps its sign and its unit",
    ("\\> 2.5 x ULN", "\\> 3 x ULN"),
    says="Exclusion criterion changed: AST or ALT > 2.5 → > 3 × ULN",
)
criteria(
    "only the sign before a number",
    ("\\>= 18.5", "\\> 18.5"),
    says="Inclusion criterion changed: Body mass index (BMI) ≥ 18.5 → > 18.5 kg/m^2",
)
criteria(
    "an interval stays as it is stated",
    ("within 4 weeks", "within 28 days"),
    says="Exclusion criterion changed: Major surgery within 4 weeks → 28 days",
)
criteria(
    "a number of an item below another",
    ("≥80×10", "≥100×10"),
    says="Inclusion criterion changed: Platelets ≥ 80 → ≥ 100 × 10^9/L",
)
criteria(
    "an age in quite other words",
    ("Age 18 to 60 years, inclusive", "Adults at least 21 years old"),
    says="Inclusion criterion changed: “Age 18 to 60 years, inclusive” → “Adults at least 21 years old”",
)
criteria(
    "of two edits the numbers come first",
    ("Age 18 to 60 years, inclusive", "Age 18 to 60 years inclusive at consent"),
    ("3.0-6.5", "2.0-6.5"),
    says="Inclusion criteria changed: EDSS 3.0–6.5 → 2.0–6.5",
)
criteria(
    "the same value written otherwise is not called another",
    ("3.0-6.5", "3-6.5"),
    says="Inclusion criterion changed: “EDSS 3.0–6.5 at screening” → “EDSS 3–6.5 at screening”",
)
criteria(
    "an upper limit taken away",
    ("Age 18 to 60 years, inclusive", "Age 18 years or older"),
    says="“Age 18 to 60 years, inclusive” → “Age 18 years or older”",
)
criteria(
    "an upper limit taken away leaves no single number",
    ("18 to 60 years, inclusive", "18 years, inclusive"),
    says="“Age 18 to 60 years, inclusive” → “Age 18 years, inclusive”",
)
criteria(
    "where numbers came beside others, none is said to have become another",
    ("at week 5 and at week 10 of", "at week 5, week 10, week 26 and week 52 of"),
    says=("criterion changed: “", "week 52", "!10 → 52", "!5 → 52"),
    text="Inclusion Criteria:\n\n* Able to come to the clinic for the drawing of blood at week 5 and at week 10 of "
    "this period, and to be telephoned in between\n* Able to keep a diary",
)
# Came, went, moved.
criteria(
    "dropped, and the rest numbered anew",
    ("1. Prior stem-cell therapy\n2. M", "1. M"),
    ("3. P", "2. P"),
    ("4. A", "3. A"),
    ("5. W", "4. W"),
    ("6. A", "5. A"),
    says="Exclusion criterion dropped: “Prior stem-cell therapy”",
    headline="Exclusion criterion dropped: “Prior stem-cell therapy”",
)
criteria(
    "added in the middle",
    ("* EDSS", "* Relapsing disease\n* EDSS"),
    says="Inclusion criterion added: “Relapsing disease”",
)
criteria(
    "several added",
    ("* Written", "* Fluent in Polish\n* Owns a telephone\n* Lives nearby\n* Written"),
    says="3 inclusion criteria added: “Fluent in Polish”, “Owns a telephone” and “Lives nearby”",
)
criteria(
    "moved across",
    ("3. Pregnant or breastfeeding women\n4. AST", "3. AST"),
    ("* Written", "* Pregnant or breastfeeding women\n* Written"),
    says="Moved from exclusion to inclusion: “Pregnant or breastfeeding women”",
)
criteria(
    "one replaced by another",
    ("Prior stem-cell therapy", "Known allergy to zorvanib"),
    says=(
        "Exclusion criterion added: “Known allergy to zorvanib”",
        "xclusion criterion dropped: “Prior stem-cell therapy”",
    ),
)
criteria(
    "more than three are counted",
    ("18 to 60", "18 to 65"),
    ("3.0-6.5", "2.0-6.5"),
    ("18.5", "19"),
    ("Prior stem-cell", "Any stem-cell"),
    ("within 4 weeks", "within 6 weeks"),
    says=(
        "Inclusion criteria changed: Age 18 to 60 → 18 to 65 years; EDSS 3.0–6.5 → 2.0–6.5",
        "and 2 more criteria changed",
    ),
)
PARTED = (
    "2. Major surgery within 4 weeks of the first dose",
    "2. Major surgery\n3. within 4 weeks of the first dose",
)
criteria(
    "an item parted in two has lost nothing",
    PARTED,
    ("3.0-6.5", "2.0-6.5"),
    says=("EDSS 3.0–6.5 → 2.0–6.5", "!surgery", "!more"),
)
criteria("only parted in two: laid out anew", PARTED, news=False)
criteria(
    "dropped, though another one holds the same words",
    ("* Gout and asthma\n", ""),
    says="Exclusion criterion dropped: “Gout and asthma”",
    text=CRITERIA.replace("1. Prior", "* Gout and asthma\n* Kin with gout and asthma together\n1. Prior"),
)
criteria(
    "dropped, though another one, itself changed, held the same words before",
    ("* Bouts of gout\n", ""),
    ("Kin with bouts of gout", "Any kin with bouts of gout"),
    says="Exclusion criterion dropped: “Bouts of gout”",
    text="Exclusion Criteria:\n\n* Asthma\n* Bouts of gout\n* Kin with bouts of gout\n* Use of opioids",
)
# Words.
criteria(
    "a word put in",
    ("condition that, in", "medical condition that, in"),
    says="Exclusion criterion changed: “medical” added",
)
criteria(
    "a not put in",
    ("would make the participant unsuitable", "would not make the participant unsuitable"),
    says="Exclusion criterion changed: “not” added after “…of the investigator, would”",
)
criteria(
    "words replaced keep a few around them",
    ("unsuitable for the study", "unfit for treatment"),
    says=("“", "unsuitable for the study” → “", "unfit for treatment”"),
)
criteria(
    "punctuation alone",
    ("that, in the", "that in the"),
    says="Eligibility criteria changed in punctuation only",
)
criteria(
    "the closing note",
    ("Other protocol-defined", "Further protocol-defined"),
    says=("criterion", "“Further protocol"),
)
# Whole texts.
criteria(
    "rewritten",
    (CRITERIA, "Inclusion Criteria:\n\n* Relapsing disease\n* Able to walk\n\nExclusion Criteria:\n\n* None"),
    says="Eligibility criteria rewritten, 12 criteria → 3",
)
criteria(
    "rewritten, and a number that is surely the same thing's",
    (
        CRITERIA,
        "Inclusion Criteria:\n\n* Age 21 to 60 years\n* Able to walk\n* Relapsing disease\n* Lives nearby\n\n"
        "Exclusion Criteria:\n\n* Opioids\n* Gout\n* Any allergy\n* Asthma",
    ),
    says=("Eligibility criteria rewritten, 12 criteria → 8", "Age 18 to 60 → 21 to 60"),
)
criteria(
    "a heading lost moves nothing",
    ("Exclusion Criteria:\n\n", ""),
    says=("Heading “Exclusion Criteria” dropped", "!moved", "!added"),
)
criteria(
    "without headings",
    ("over 18", "over 21"),
    says="Eligibility criterion changed: Adults over 18 → 21 years",
    text="Adults over 18 years with migraine. No other headache. Able to keep a diary.",
)
criteria(
    "headings within a paragraph",
    ("No opioids", "No triptans"),
    says=("Exclusion criterion dropped: “No opioids”", "exclusion criterion added: “No triptans”"),
    text="Inclusion Criteria: Adults with migraine. Able to keep a diary. Exclusion Criteria: No opioids. No gout.",
)
criteria(
    "a heading at the end of an item",
    ("* Gout", "* Gout or arthritis"),
    says="Exclusion criterion changed: “Gout” → “Gout or arthritis”",
    text="Inclusion Criteria:\n\n* Adults\n* Able to keep a diary Exclusion Criteria:\n* Gout\n* Opioids",
)
criteria(
    "non-inclusion is exclusion",
    ("* Gout\n", ""),
    says="Exclusion criterion dropped: “Gout”",
    text="Inclusion criteria\n\n* Adults\n\nNon-inclusion criteria:\n\n* Gout\n* Opioids",
)
criteria(
    "parts of one study keep their own",
    ("TPS ≥ 1%", "TPS ≥ 50%"),
    says="Inclusion criterion changed: TPS ≥ 1% → ≥ 50%",
    text="Inclusion Criteria:\n\n* Adequate function\n\nInclusion Criteria for Sub Study 2:\n\n* TPS ≥ 1%\n"
    "* Adequate function\n\nExclusion Criteria:\n\n* Gout",
)
criteria(
    "an item below another one means another thing",
    (
        "  * Platelets ≥80×10\\^9/L\n* Written informed consent",
        "* Written informed consent\n\n  * Platelets ≥80×10\\^9/L",
    ),
    says="Eligibility criteria rearranged",
)
# Noise.
for what, edits in {
    "bullets for numbers": [("* ", "- "), ("1. P", "* P"), ("2. M", "* M"), ("3. P", "* 3. P")],
    "signs": [("\\>=", "≥"), ("\\> 2.5 x ULN", "&gt;2.5 × ULN"), ("≥80×", "≥ 80 x ")],
    "dashes": [("3.0-6.5", "3.0 – 6.5"), ("stem-cell", "stem‑cell")],
    "thousands": [("11,000", "11000")],
    "an item's full stop": [("consent\n", "consent.\n"), ("stem-cell therapy", "stem-cell therapy;")],
    "case": [("Inclusion Criteria:", "INCLUSION CRITERIA"), ("* Written", "* written")],
}.items():
    criteria(f"noise, {what}", *edits, news=False)
criteria(
    "noise, order within a part",
    (
        "* Age 18 to 60 years, inclusive\n* EDSS 3.0-6.5 at screening",
        "* EDSS 3.0-6.5 at screening\n* Age 18 to 60 years, inclusive",
    ),
    news=False,
)
criteria(
    "order counts where a criterion is named by its number",
    ("2. Gout\n3. Asthma", "2. Asthma\n3. Gout"),
    says="Eligibility criteria in another order, some named by number",
    text="Exclusion Criteria:\n\n1. Opioids, unless criterion 3 applies\n2. Gout\n3. Asthma",
)

# Descriptions: by sentence, then by word.
story("a number", ("200", "100"), says="Detailed description changed: Approximately 200 → 100 patients")
story(
    "a sentence added",
    ("An independent", "Diaries are kept. An independent"),
    says="Detailed description: a sentence added, “Diaries are kept.”",
)
story(
    "a sentence dropped",
    ("Blood is drawn at each visit. ", ""),
    says="Detailed description: a sentence dropped, “Blood is drawn at each visit.”",
)
story(
    "words of a sentence, whole",
    ("each visit", "every visit"),
    says="Detailed description reworded: “Blood is drawn at each visit” → “Blood is drawn at every visit”",
)
story(
    "several sentences, the number first",
    ("each visit", "every visit"),
    ("Results are", "All results are"),
    ("10 mg", "15 mg"),
    says="Detailed description changed in 3 of 9 sentences: dose is 10 → 15 mg",
)
story(
    "sentences in another order are the same sentences",
    (
        "An independent committee reviews safety. Results are shared with all participants.",
        "Results are shared with all participants. An independent committee reviews safety.",
    ),
    says="Detailed description: the same sentences in another order",
)
story(
    "punctuation alone",
    ("week 2, e.g.", "week 2 e.g."),
    says="Detailed description changed in punctuation only",
)
story("noise, laid out anew", ("* Part", "- Part"), (". Blood", ".\n\nBlood"), news=False)
story(
    "rewritten",
    (STORY, "Nobody knows yet what will be done. It will be told in time. Ask the sponsor about it."),
    says="Detailed description rewritten, 9 sentences → 3",
)


@case(
    "brief summary: a number",
    told("brief-summary", "minor", "Brief summary changed: Approximately 200 → 100 patients"),
)
def _(old, new):
    for record, many in ((old, 200), (new, 100)):
        protocol(record)["descriptionModule"]["briefSummary"] = (
            "This is a phase II, open-label study to assess the efficacy of zorvanib in terms of clearance. Clearance "
            f"is defined by detection in plasma. Approximately {many} patients are expected to be enrolled."
        )


@case(
    "an arm's new dose is said",
    told("arms", "minor", "description changed: 10 → 15 mg once daily", action="edited"),
)
def _(old, new):
    for record, dose in ((old, 10), (new, 15)):
        arms(record)["armGroups"][0]["description"] = f"{dose} mg once daily for 24 weeks."


@case(
    "what changed in an outcome's description",
    told("primary-outcomes", "major", ("description changed", "“0 is none” → “0 is none, 10 the worst”")),
)
def _(old, new):
    outcomes(new)["primaryOutcomes"][0]["description"] = "0 is none, 10 the worst."
