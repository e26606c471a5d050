"""The invented records of the demo, each of which says in its description that it is invented.

Ids from NCT99000000 on were never issued by the registry. No person is named in any of these records.
"""

from __future__ import annotations

from monitor.demo.archive import Earlier, Seed
from monitor.demo.compose import arm, criteria, intervention, mesh, outcome, site, study

INVENTED_NOTE = (
    "This record is invented: it was written for the demo of trialbell and describes no real study."
)

_MASKED = {
    "allocation": "RANDOMIZED",
    "interventionModel": "PARALLEL",
    "primaryPurpose": "TREATMENT",
    "maskingInfo": {
        "masking": "QUADRUPLE",
        "whoMasked": ["PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR", "OUTCOMES_ASSESSOR"],
    },
}
_FDA_DRUG = {"oversightHasDmc": True, "isFdaRegulatedDrug": True, "isFdaRegulatedDevice": False}
_NO_FDA = {"oversightHasDmc": True, "isFdaRegulatedDrug": False, "isFdaRegulatedDevice": False}

LARKOVIMAB = Seed(
    record=study(
        "NCT99000101",
        study_id="LKV-301",
        title="Larkovimab in Primary Progressive Multiple Sclerosis",
        official=(
            "Phase 3, Randomized, Double-Blind Study of Larkovimab Against Placebo in Adults With Primary "
            "Progressive Multiple Sclerosis"
        ),
        acronym="LARK-PP",
        sponsor="Norrhavn Therapeutics",
        sponsor_class="INDUSTRY",
        status="RECRUITING",
        start=("2024-03-11", "ACTUAL"),
        primary_completion=("2028-06-30", "ESTIMATED"),
        completion=("2029-01-31", "ESTIMATED"),
        first_submitted="2024-01-22",
        first_posted="2024-01-25",
        submitted="2026-08-18",
        posted="2026-08-20",
        oversight=_FDA_DRUG,
        summary=(
            "Monthly injections of larkovimab or placebo are given for 120 weeks, to see whether disability "
            "progresses more slowly."
        ),
        detail=INVENTED_NOTE,
        conditions=["Progressive Multiple Sclerosis", "Multiple Sclerosis, Primary Progressive"],
        keywords=["larkovimab"],
        phases=["PHASE3"],
        design=_MASKED,
        enrollment=(720, "ESTIMATED"),
        arms=[
            arm("Larkovimab 210 mg", "EXPERIMENTAL", "Once a month under the skin.", "Drug: Larkovimab"),
            arm("Placebo", "PLACEBO_COMPARATOR", "Once a month under the skin.", "Drug: Placebo"),
        ],
        interventions=[
            intervention(
                "DRUG", "Larkovimab", "210 mg by prefilled syringe.", "Larkovimab 210 mg", others=("LKV-114",)
            ),
            intervention("DRUG", "Placebo", "Solution without the active substance.", "Placebo"),
        ],
        primary_outcomes=[
            outcome(
                "Time to 12-week confirmed disability progression on the EDSS",
                "Up to 120 weeks",
                "Days from the first dose to an increase of the EDSS score that is confirmed 12 weeks later.",
            )
        ],
        secondary_outcomes=[
            outcome("Change in brain volume", "Baseline to week 96", "Per cent change by MRI."),
            outcome("Participants with serious adverse events", "Up to 144 weeks", "Number of participants."),
        ],
        eligibility=criteria(
            [
                "Primary progressive multiple sclerosis by the 2017 McDonald criteria",
                "EDSS from 3.0 to 6.5 at screening (\\>= 3.0)",
                "Disease duration of less than 15 years",
            ],
            [
                "A relapse at any time since diagnosis",
                "Treatment with an anti-CD20 antibody within 24 weeks",
                "Hepatitis B or C, or HIV infection",
            ],
        ),
        ages=("18 Years", "60 Years"),
        contact="Study desk",
        sites=[
            site("Nordlund Neurology Centre", "Aarhus", "Denmark", (56.15674, 10.21076), status="RECRUITING"),
            site("Westmere Hospital", "Leeds", "United Kingdom", (53.79648, -1.54785), status="RECRUITING"),
            site(
                "Lakeside MS Clinic",
                "Madison",
                "United States",
                (43.07305, -89.40123),
                status="RECRUITING",
                code="53703",
                state="Wisconsin",
            ),
            site("Ospedale San Valerio", "Turin", "Italy", (45.07049, 7.68682), status="NOT_YET_RECRUITING"),
        ],
        derived={
            "conditionBrowseModule": mesh(
                ("D009103", "Multiple Sclerosis"), ("D020528", "Multiple Sclerosis, Chronic Progressive")
            )
        },
    ),
    earlier=(
        Earlier(
            submitted="2024-01-22",
            posted="2024-01-25",
            put={
                "statusModule.overallStatus": "NOT_YET_RECRUITING",
                "statusModule.startDateStruct": {"date": "2024-03", "type": "ESTIMATED"},
                "designModule.enrollmentInfo": {"count": 640, "type": "ESTIMATED"},
            },
        ),
        Earlier(
            submitted="2024-03-14",
            posted="2024-03-18",
            put={"designModule.enrollmentInfo": {"count": 640, "type": "ESTIMATED"}},
        ),
    ),
)

TAVORELIN = Seed(
    record=study(
        "NCT99000215",
        study_id="TVR-202",
        title="Tavorelin Cream for Moderate Atopic Dermatitis in Adults",
        official=(
            "Phase 2, Randomized, Vehicle-Controlled Study of Tavorelin Cream in Adults With Moderate Atopic "
            "Dermatitis"
        ),
        sponsor="Halden Dermatologics",
        sponsor_class="INDUSTRY",
        status="COMPLETED",
        start=("2024-02-05", "ACTUAL"),
        primary_completion=("2025-12-05", "ACTUAL"),
        completion=("2026-01-16", "ACTUAL"),
        first_submitted="2023-12-18",
        first_posted="2023-12-21",
        submitted="2026-02-10",
        posted="2026-02-12",
        oversight=_FDA_DRUG,
        summary="Tavorelin cream is compared with the cream's base alone over 12 weeks.",
        detail=INVENTED_NOTE,
        conditions=["Atopic Dermatitis"],
        phases=["PHASE2"],
        design=_MASKED,
        enrollment=(184, "ACTUAL"),
        arms=[
            arm("Tavorelin 2 %", "EXPERIMENTAL", "Twice a day for 12 weeks.", "Drug: Tavorelin"),
            arm("Vehicle", "PLACEBO_COMPARATOR", "Twice a day for 12 weeks.", "Drug: Vehicle"),
        ],
        interventions=[
            intervention("DRUG", "Tavorelin", "Cream with 2 % of tavorelin.", "Tavorelin 2 %"),
            intervention("DRUG", "Vehicle", "The cream's base.", "Vehicle"),
        ],
        primary_outcomes=[
            outcome(
                "EASI-75 response at week 12", "Week 12", "EASI score lower by 75 % or more than at baseline."
            )
        ],
        secondary_outcomes=[outcome("Change in itch score", "Baseline and week 12", "Scale from 0 to 10.")],
        eligibility=criteria(
            ["Atopic dermatitis for at least one year", "EASI score from 7 to 21"],
            ["Systemic immunosuppression within 4 weeks"],
        ),
        sites=[
            site(
                "Orchard Skin Research", "Portland", "United States", (45.52345, -122.67621), state="Oregon"
            ),
            site("Dermatology Rotterhaven", "Utrecht", "Netherlands", (52.09083, 5.12222)),
        ],
        derived={"conditionBrowseModule": mesh(("D003876", "Dermatitis, Atopic"))},
    )
)

VELUMAB = Seed(
    record=study(
        "NCT99000328",
        aliases=["NCT99000327"],
        study_id="VLM-017",
        title="Velumab With Chemotherapy in Metastatic Pancreatic Cancer",
        official=(
            "Phase 2 Study of Velumab Added to Chemotherapy as First Treatment of Metastatic Pancreatic"
            " Cancer"
        ),
        acronym="VELA-2",
        sponsor="Calder Oncology",
        sponsor_class="INDUSTRY",
        collaborators=[("Institute for Digestive Tumours", "OTHER")],
        status="ACTIVE_NOT_RECRUITING",
        start=("2024-09-16", "ACTUAL"),
        primary_completion=("2027-03-31", "ESTIMATED"),
        completion=("2027-09-30", "ESTIMATED"),
        first_submitted="2024-07-29",
        first_posted="2024-08-01",
        submitted="2026-05-12",
        posted="2026-05-14",
        oversight=_FDA_DRUG,
        summary="Velumab is given with standard chemotherapy, to see how long the cancer is held.",
        detail=INVENTED_NOTE,
        conditions=["Pancreatic Ductal Adenocarcinoma", "Metastatic Pancreatic Cancer"],
        phases=["PHASE2"],
        design={**_MASKED, "maskingInfo": {"masking": "NONE"}},
        enrollment=(240, "ESTIMATED"),
        arms=[
            arm("Velumab and chemotherapy", "EXPERIMENTAL", "Until progression.", "Drug: Velumab"),
            arm("Chemotherapy", "ACTIVE_COMPARATOR", "Until progression."),
        ],
        interventions=[
            intervention("DRUG", "Velumab", "10 mg/kg every 2 weeks.", "Velumab and chemotherapy")
        ],
        primary_outcomes=[
            outcome(
                "Progression-free survival", "Up to 24 months", "From randomization to progression or death."
            )
        ],
        secondary_outcomes=[outcome("Overall survival", "Up to 36 months", "From randomization to death.")],
        eligibility=criteria(
            ["Metastatic pancreatic adenocarcinoma", "No earlier systemic treatment", "ECOG status 0 or 1"],
            ["Brain metastases", "Another malignancy within 3 years"],
        ),
        sites=[
            site("Calder Cancer Centre", "Glasgow", "United Kingdom", (55.86515, -4.25763)),
            site("Institut Valmy", "Lyon", "France", (45.74846, 4.84671)),
            site("Riverbend Oncology", "St. Louis", "United States", (38.62727, -90.19789), state="Missouri"),
        ],
        derived={"conditionBrowseModule": mesh(("D021441", "Carcinoma, Pancreatic Ductal"))},
    ),
    earlier=(
        Earlier(
            submitted="2024-07-29",
            posted="2024-08-01",
            put={
                "statusModule.overallStatus": "NOT_YET_RECRUITING",
                "statusModule.startDateStruct": {"date": "2024-09", "type": "ESTIMATED"},
                "statusModule.primaryCompletionDateStruct": {"date": "2026-12-31", "type": "ESTIMATED"},
            },
        ),
    ),
)

HEART_REGISTER = Seed(
    record=study(
        "NCT99000434",
        study_id="COR-REG",
        title="Register of Adults With Inherited Cardiomyopathy",
        official="Prospective Register of Adults With Inherited Cardiomyopathy in Southern Europe",
        sponsor="Mediterranean Heart Network",
        sponsor_class="NETWORK",
        status="RECRUITING",
        start=("2022-01", "ACTUAL"),
        primary_completion=("2029-12", "ESTIMATED"),
        completion=("2030-06", "ESTIMATED"),
        first_submitted="2021-11-08",
        first_posted="2021-11-11",
        submitted="2026-06-09",
        posted="2026-06-11",
        summary="Adults with inherited disease of the heart muscle are followed once a year for ten years.",
        detail=INVENTED_NOTE,
        conditions=["Cardiomyopathy, Familial"],
        study_type="OBSERVATIONAL",
        design={"observationalModel": "COHORT", "timePerspective": "PROSPECTIVE"},
        enrollment=(3000, "ESTIMATED"),
        primary_outcomes=[
            outcome("Hospital stay for heart failure", "10 years", "First stay of a night or more.")
        ],
        eligibility=criteria(["A disease-causing variant or a diagnosis by imaging"], ["Heart transplant"]),
        sites=[
            site("Hospital Sant Aurelia", "Malaga", "Spain", (36.72016, -4.42034), status="RECRUITING"),
            site("Clinica del Golfo", "Naples", "Italy", (40.85216, 14.26811), status="RECRUITING"),
        ],
        derived={
            "conditionBrowseModule": {
                **mesh(("D009202", "Cardiomyopathies")),
                "ancestors": [{"id": "D006331", "term": "Heart Diseases"}],
            }
        },
    )
)

VACCINE = Seed(
    record=study(
        "NCT99000547",
        study_id="RSV-K3",
        title="Respirava Vaccine in Children Aged 6 Months to 5 Years",
        official="Phase 3, Randomized, Observer-Blind Study of the Respirava RSV Vaccine in Young Children",
        sponsor="Tessel Vaccines",
        sponsor_class="INDUSTRY",
        status="RECRUITING",
        start=("2026-09-07", "ACTUAL"),
        primary_completion=("2028-11", "ESTIMATED"),
        completion=("2029-05", "ESTIMATED"),
        first_submitted="2026-06-15",
        first_posted="2026-06-18",
        submitted="2026-10-06",
        posted="2026-10-08",
        oversight=_NO_FDA,
        summary="Two doses of an RSV vaccine are compared with placebo over two winters.",
        detail=INVENTED_NOTE,
        conditions=["Respiratory Syncytial Virus Infections"],
        phases=["PHASE3"],
        design={**_MASKED, "primaryPurpose": "PREVENTION"},
        enrollment=(5200, "ESTIMATED"),
        arms=[
            arm("Respirava", "EXPERIMENTAL", "Two doses, 8 weeks apart.", "Biological: Respirava"),
            arm("Placebo", "PLACEBO_COMPARATOR", "Two doses, 8 weeks apart.", "Biological: Saline"),
        ],
        interventions=[
            intervention("BIOLOGICAL", "Respirava", "0.5 ml into the thigh.", "Respirava"),
            intervention("BIOLOGICAL", "Saline", "0.5 ml into the thigh.", "Placebo"),
        ],
        primary_outcomes=[
            outcome(
                "RSV illness that needs a doctor",
                "From 14 days after dose 2 to 24 months",
                "Confirmed by PCR.",
            )
        ],
        eligibility=criteria(["Born at 34 weeks or later", "In good health"], ["Immune deficiency", "Fever"]),
        ages=("6 Months", "5 Years"),
        healthy=True,
        sites=[
            site("Przychodnia Jutrzenka", "Gdansk", "Poland", (54.35227, 18.64912), status="RECRUITING"),
            site(
                "Centrum Zdrowia Zorza", "Lublin", "Poland", (51.24998, 22.57016), status="NOT_YET_RECRUITING"
            ),
            site("Kinderarztpraxis Lindenhof", "Bremen", "Germany", (53.07516, 8.80777), status="RECRUITING"),
            site("Centro Infantil Miralba", "Seville", "Spain", (37.38283, -5.97317), status="RECRUITING"),
        ],
        derived={"conditionBrowseModule": mesh(("D018357", "Respiratory Syncytial Virus Infections"))},
    )
)

SOMNIVER = Seed(
    record=study(
        "NCT99000653",
        study_id="SMN-204",
        title="Somniver for Chronic Insomnia",
        official="Phase 2, Randomized, Dose-Finding Study of Somniver in Adults With Chronic Insomnia",
        sponsor="Brightwell Pharma",
        sponsor_class="INDUSTRY",
        status="COMPLETED",
        start=("2023-05-15", "ACTUAL"),
        primary_completion=("2025-10-20", "ACTUAL"),
        completion=("2025-11-28", "ACTUAL"),
        first_submitted="2023-04-03",
        first_posted="2023-04-06",
        submitted="2026-01-13",
        posted="2026-01-15",
        oversight=_FDA_DRUG,
        summary="Three doses of somniver are compared with placebo over 8 weeks.",
        detail=INVENTED_NOTE,
        conditions=["Insomnia Chronic"],
        phases=["PHASE2"],
        design=_MASKED,
        enrollment=(312, "ACTUAL"),
        interventions=[
            intervention("DRUG", "Somniver", "5, 10 or 20 mg in the evening."),
            intervention("DRUG", "Placebo", "Tablet without the active substance."),
        ],
        primary_outcomes=[
            outcome("Change in time to fall asleep", "Baseline and week 8", "Minutes, by diary.")
        ],
        eligibility=criteria(["Insomnia for 3 months or longer"], ["Sleep apnoea", "Shift work"]),
        sites=[
            site("Hollis Sleep Institute", "Tucson", "United States", (32.22174, -110.92648), state="Arizona")
        ],
        derived={"conditionBrowseModule": mesh(("D007319", "Sleep Initiation and Maintenance Disorders"))},
    )
)

NEWCOMER = Seed(
    record=study(
        "NCT99000769",
        study_id="RMY-3",
        title="Remyeline as Add-On in Secondary Progressive Multiple Sclerosis",
        official=(
            "Phase 3, Randomized Study of Remyeline Added to Standard Care in Secondary Progressive Multiple "
            "Sclerosis"
        ),
        sponsor="University of Elmstad",
        sponsor_class="OTHER",
        status="NOT_YET_RECRUITING",
        start=("2027-01-18", "ESTIMATED"),
        primary_completion=("2030-03", "ESTIMATED"),
        completion=("2030-09", "ESTIMATED"),
        first_submitted="2026-11-16",
        first_posted="2026-11-23",
        submitted="2026-11-18",
        posted="2026-11-23",
        oversight=_NO_FDA,
        summary="Remyeline tablets or placebo are added to standard care for two years.",
        detail=INVENTED_NOTE,
        conditions=["Secondary Progressive Multiple Sclerosis"],
        phases=["PHASE3"],
        design=_MASKED,
        enrollment=(410, "ESTIMATED"),
        interventions=[
            intervention("DRUG", "Remyeline", "40 mg twice a day."),
            intervention("DRUG", "Placebo", "Tablet without the active substance."),
        ],
        primary_outcomes=[outcome("Walking speed", "24 months", "Timed 25-foot walk.")],
        eligibility=criteria(["Secondary progressive multiple sclerosis"], ["Pregnancy"]),
        ages=("25 Years", "65 Years"),
        sites=[site("Elmstad University Hospital", "Elmstad", "Sweden", (57.10557, 12.25078))],
        derived={"conditionBrowseModule": mesh(("D020528", "Multiple Sclerosis, Chronic Progressive"))},
    )
)

INVENTED = (LARKOVIMAB, TAVORELIN, VELUMAB, HEART_REGISTER, VACCINE, SOMNIVER)
