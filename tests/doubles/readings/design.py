"""Phase, allocation, model, masking, purpose."""

from __future__ import annotations

from doubles.readings.edits import get, put, stated
from doubles.readings.reading import case, told
from doubles.readings.record import BASE


def choice_case(name, path, a, b, head, says, sentence, why, *, extra=(), doubtful=None, **more):
    case(name, stated(path, a, b), [told(head, says, sentence, **more), *extra], why, doubtful=doubtful)


choice_case(
    "phase 2 becomes 3",
    "designModule.phases",
    ["PHASE2"],
    ["PHASE3"],
    "phase changed major design",
    ["Phase 2", "Phase 3"],
    "Phase changed: Phase 2 → Phase 3",
    "severity row: phase",
)
choice_case(
    "phase 2 becomes 2/3",
    "designModule.phases",
    ["PHASE2"],
    ["PHASE2", "PHASE3"],
    "phase changed major design",
    ["Phase 2", ("2/3", "Phase 2/Phase 3", "Phase 2, Phase 3", "Phase 2 and 3")],
    "Phase changed: Phase 2 → Phase 2/3",
    "severity row: phase; a list of two means 2/3",
    never=["PHASE2"],
)
choice_case(
    "phase 4 becomes not applicable",
    "designModule.phases",
    ["PHASE4"],
    ["NA"],
    "phase changed major design",
    ["Phase 4", ("not applicable", "N/A", "NA")],
    "Phase changed: Phase 4 → not applicable",
    "severity row: phase",
)
choice_case(
    "phase was not given",
    "designModule.phases",
    None,
    ["PHASE1"],
    "phase added major design",
    ["Phase 1"],
    "Phase is now given: Phase 1",
    "severity row: phase, added",
)
choice_case(
    "early phase 1",
    "designModule.phases",
    ["PHASE1"],
    ["EARLY_PHASE1"],
    "phase changed major design",
    ["Phase 1", "Early Phase 1"],
    "Phase changed: Phase 1 → Early Phase 1",
    "severity row: phase",
    never=["EARLY_PHASE1"],
)
choice_case(
    "randomisation given up",
    "designModule.designInfo.allocation",
    "RANDOMIZED",
    "NON_RANDOMIZED",
    "allocation changed major design",
    [
        ("Randomized", "randomised"),
        ("non-randomized", "non-randomised", "not randomised", "nonrandomized", "no longer randomised"),
    ],
    "Allocation changed: randomised → non-randomised",
    "severity row: allocation",
    never=["NON_RANDOMIZED"],
)
choice_case(
    "allocation appears",
    "designModule.designInfo.allocation",
    "NA",
    "RANDOMIZED",
    "allocation changed major design",
    [("randomized", "randomised")],
    "Allocation changed: not applicable → randomised",
    "severity row: allocation",
)
choice_case(
    "model changes to crossover",
    "designModule.designInfo.interventionModel",
    "PARALLEL",
    "CROSSOVER",
    "intervention-model changed major design",
    ["parallel", "cross"],
    "Intervention model changed: parallel → crossover",
    "severity row: model",
)
choice_case(
    "model changes to sequential",
    "designModule.designInfo.interventionModel",
    "SINGLE_GROUP",
    "SEQUENTIAL",
    "intervention-model changed major design",
    ["single", "sequential"],
    "Intervention model changed: single group → sequential",
    "severity row: model",
    never=["SINGLE_GROUP"],
)
choice_case(
    "blinding given up",
    "designModule.designInfo.maskingInfo",
    get(BASE, "designModule.designInfo.maskingInfo"),
    {"masking": "NONE"},
    "masking changed major design",
    ["quadruple", ("none", "open label", "open-label", "no masking")],
    "Masking changed: quadruple → none (open label)",
    "severity row: masking",
    extra=[
        told(
            "who-masked removed minor|major|noise design",
            [],
            "Nobody is masked any more",
            optional=True,
        )
    ],
)
choice_case(
    "fewer are blinded",
    "designModule.designInfo.maskingInfo",
    get(BASE, "designModule.designInfo.maskingInfo"),
    {"masking": "DOUBLE", "whoMasked": ["PARTICIPANT", "INVESTIGATOR"]},
    "masking changed major design",
    ["quadruple", "double"],
    "Masking changed: quadruple → double (participant, investigator)",
    "severity row: masking",
    extra=[
        told(
            "who-masked changed|removed minor|major design",
            [],
            "Care provider and outcomes assessor are no longer masked",
            optional=True,
        )
    ],
)
choice_case(
    "another is blinded, the grade stays",
    "designModule.designInfo.maskingInfo",
    {"masking": "DOUBLE", "whoMasked": ["PARTICIPANT", "INVESTIGATOR"]},
    {"masking": "DOUBLE", "whoMasked": ["PARTICIPANT", "OUTCOMES_ASSESSOR"]},
    "who-masked|masking changed|added|removed minor|major design",
    ["assessor", "investigator"],
    "Masked are now participant and outcomes assessor, no longer the investigator",
    "who is masked, the grade unchanged: part of masking, or the rest",
    doubtful="severity and number of changes when only whoMasked moves",
)
choice_case(
    "purpose changes",
    "designModule.designInfo.primaryPurpose",
    "TREATMENT",
    "PREVENTION",
    "primary-purpose changed minor|major design",
    ["treatment", "prevention"],
    "Primary purpose changed: treatment → prevention",
    "not in the table: the rest",
    doubtful="primary purpose is not in the table",
)
choice_case(
    "model described otherwise",
    "designModule.designInfo.interventionModelDescription",
    "Part 2 randomizes participants to three arms.",
    "Part 2 randomizes participants to four arms.",
    "intervention-model-description edited minor design",
    ["three", "four"],
    "The design text now says four arms in part 2, no longer three",
    "minor row: descriptions",
)
choice_case(
    "masking described for the first time",
    "designModule.designInfo.maskingInfo.maskingDescription",
    None,
    "The pharmacist who prepares the syringes is unblinded.",
    "masking-description added minor design",
    ["pharmacist"],
    "Masking is now described: the pharmacist who prepares the syringes is unblinded",
    "minor row: descriptions",
)


def _observational(old, new):
    for rec, model in ((old, "COHORT"), (new, "CASE_CONTROL")):
        put(
            rec,
            "designModule",
            {
                "studyType": "OBSERVATIONAL",
                "patientRegistry": False,
                "enrollmentInfo": {"count": 480, "type": "ESTIMATED"},
                "designInfo": {"observationalModel": model, "timePerspective": "PROSPECTIVE"},
            },
        )


case(
    "observational model changes",
    _observational,
    told(
        "observational-model changed major design",
        ["cohort", "case"],
        "Observational model changed: cohort → case-control",
    ),
    "severity row: model, the observational one too",
)
