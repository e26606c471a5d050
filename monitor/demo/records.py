"""The demo's three real trials, by their published facts and in the project's own words.

NCT07146087 begins as RECRUITING so that the scripted days can suspend it. Of its two relatives there is only
what the demo shows. `SEEDS` is every record of the first day, the invented ones included.
"""

from __future__ import annotations

from monitor.demo.archive import Earlier, Seed
from monitor.demo.compose import NOTE, arm, criteria, intervention, mesh, outcome, site, study
from monitor.demo.invented import INVENTED
from monitor.demo.invented import NEWCOMER as NEWCOMER
from monitor.demo.taken_over import TAKEN_OVER

EXOSOMES = Seed(
    record=study(
        "NCT07146087",
        study_id="Bio120002",
        title="Allogeneic Mesenchymal Stem Cell-Derived Exosome Therapy for Progressive Multiple Sclerosis",
        official=(
            "Randomized, Placebo-Controlled, Triple-Masked Study of Allogeneic Mesenchymal Stem Cell-Derived "
            "Exosomes Given by Vein to Adults With Progressive Multiple Sclerosis"
        ),
        sponsor="Biocells Medical",
        sponsor_class="INDUSTRY",
        responsible={
            "type": "PRINCIPAL_INVESTIGATOR",
            "investigatorFullName": "Andrei Peskau",
            "investigatorTitle": "Specialist in regenerative medicine",
            "investigatorAffiliation": "Biocells Medical",
        },
        status="RECRUITING",
        start=("2020-07-01", "ACTUAL"),
        completion=("2027-12-31", "ESTIMATED"),
        first_submitted="2025-08-11",
        first_posted="2025-08-14",
        submitted="2025-08-26",
        posted="2025-08-28",
        oversight={"oversightHasDmc": False, "isFdaRegulatedDrug": False, "isFdaRegulatedDevice": False},
        summary=(
            "Adults whose multiple sclerosis is progressing receive either exosomes made from donated"
            " mesenchymal stem cells or salt water, by vein, every 12 weeks for 48 weeks. Neither they nor"
            " their doctors know which."
        ),
        detail=(
            f"Four infusions are given to each participant, and disability is followed throughout.\n\n{NOTE}"
        ),
        conditions=["Multiple Sclerosis"],
        keywords=["exosomes", "mesenchymal stem cells", "progressive disease"],
        phases=["EARLY_PHASE1"],
        design={
            "allocation": "RANDOMIZED",
            "interventionModel": "SINGLE_GROUP",
            "primaryPurpose": "OTHER",
            "maskingInfo": {
                "masking": "TRIPLE",
                "whoMasked": ["PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR"],
            },
        },
        enrollment=(20, "ESTIMATED"),
        arms=[
            arm(
                "MSC-Derived Exosomes",
                "EXPERIMENTAL",
                "Exosomes by vein every 12 weeks for 48 weeks, four infusions in all.",
                "Biological: MSC-Derived Exosomes",
            ),
            arm(
                "Normal Saline",
                "PLACEBO_COMPARATOR",
                "0.9 % saline, matched in volume and timing.",
                "Biological: Placebo (Normal Saline)",
            ),
        ],
        interventions=[
            intervention(
                "BIOLOGICAL",
                "MSC-Derived Exosomes",
                "Vesicles purified from the medium of donated mesenchymal stem cells.",
                "MSC-Derived Exosomes",
            ),
            intervention(
                "BIOLOGICAL", "Placebo (Normal Saline)", "0.9 % saline of equal volume.", "Normal Saline"
            ),
        ],
        primary_outcomes=[
            outcome(
                "Participants with adverse events",
                "48 weeks",
                "Every unwanted event, whether or not the infusion is thought to have caused it.",
            )
        ],
        secondary_outcomes=[
            outcome(
                "Change in EDSS score", "Baseline and week 48", "Expanded Disability Status Scale, 0 to 10."
            ),
            outcome("Change in timed 25-foot walk", "Baseline and week 48", "Seconds, mean of two walks."),
        ],
        eligibility=criteria(
            [
                "Age 18 to 65 years",
                "Multiple sclerosis whose progression is confirmed by a neurologist",
                "EDSS from 3.0 to 6.5 at screening (\\>= 3.0)",
            ],
            [
                "A relapse within 3 months before screening",
                "Corticosteroids within 3 months before screening",
            ],
        ),
        ages=("18 Years", "65 Years"),
        sites=[
            site(
                "Biocells Medical",
                "Warsaw",
                "Poland",
                (52.22977, 21.01178),
                status="RECRUITING",
                code="02-001",
            )
        ],
        derived={"conditionBrowseModule": mesh(("D009103", "Multiple Sclerosis"), ("D012598", "Sclerosis"))},
    ),
    earlier=(
        Earlier(
            submitted="2025-08-11",
            posted="2025-08-14",
            put={
                "statusModule.completionDateStruct": {"date": "2026-12-31", "type": "ESTIMATED"},
                "designModule.enrollmentInfo": {"count": 10, "type": "ESTIMATED"},
            },
        ),
    ),
)

KAROLINSKA = Seed(
    record=study(
        "NCT01730547",
        study_id="MESEMS-S",
        title="Mesenchymal Stem Cells for Multiple Sclerosis",
        official=(
            "Autologous Mesenchymal Stromal Cells as a Treatment for Multiple Sclerosis, Crossover Study"
        ),
        sponsor="Karolinska Institutet",
        sponsor_class="OTHER",
        status="COMPLETED",
        start=("2013", "ACTUAL"),
        completion=("2019", "ACTUAL"),
        first_submitted="2012-11-15",
        first_posted="2012-11-21",
        submitted="2019-12-10",
        posted="2019-12-12",
        summary=(
            "The participants' own bone-marrow cells are given by vein, before or after a placebo, to see"
            " whether this is safe and whether fewer active lesions are seen."
        ),
        conditions=["Multiple Sclerosis"],
        phases=["PHASE1", "PHASE2"],
        design={"allocation": "RANDOMIZED", "interventionModel": "CROSSOVER", "primaryPurpose": "TREATMENT"},
        enrollment=(2, "ACTUAL"),
        interventions=[
            intervention("BIOLOGICAL", "Autologous mesenchymal stem cells", "One infusion by vein.")
        ],
        primary_outcomes=[outcome("Adverse events", "48 weeks", "Number and severity.")],
        eligibility=criteria(["Multiple sclerosis with active disease"], ["Malignancy"]),
        ages=("18 Years", "50 Years"),
        sites=[site("Karolinska University Hospital", "Stockholm", "Sweden", (59.33258, 18.0649))],
        derived={"conditionBrowseModule": mesh(("D009103", "Multiple Sclerosis"))},
    )
)

TOULOUSE = Seed(
    record=study(
        "NCT02403947",
        study_id="MESEMS-T",
        title="Mesenchymal Stem Cells for Multiple Sclerosis, Toulouse",
        official="Treatment of Multiple Sclerosis With the Patient's Own Mesenchymal Stem Cells",
        acronym="MESEMS",
        sponsor="University Hospital, Toulouse",
        sponsor_class="OTHER",
        status="TERMINATED",
        start=("2015-02", "ACTUAL"),
        completion=("2017-12", "ACTUAL"),
        first_submitted="2015-03-09",
        first_posted="2015-03-31",
        submitted="2018-01-15",
        posted="2018-01-17",
        summary=(
            "A crossover study of one infusion of the participants' own mesenchymal stem cells against"
            " placebo."
        ),
        conditions=["Multiple Sclerosis"],
        phases=["PHASE1", "PHASE2"],
        design={
            "allocation": "RANDOMIZED",
            "interventionModel": "CROSSOVER",
            "primaryPurpose": "TREATMENT",
            "maskingInfo": {"masking": "QUADRUPLE"},
        },
        enrollment=(1, "ACTUAL"),
        interventions=[intervention("BIOLOGICAL", "Mesenchymal stem cells", "One infusion by vein.")],
        primary_outcomes=[outcome("Adverse events", "24 weeks", "Number and severity.")],
        eligibility=criteria(["Multiple sclerosis for 2 to 10 years"], ["Malignancy"]),
        ages=("18 Years", "50 Years"),
        sites=[site("Purpan Hospital", "Toulouse", "France", (43.60426, 1.44367))],
        derived={"conditionBrowseModule": mesh(("D009103", "Multiple Sclerosis"))},
    )
)

PUBLISHED = (EXOSOMES, KAROLINSKA, TOULOUSE)
SEEDS = (*PUBLISHED, *INVENTED, *TAKEN_OVER)
