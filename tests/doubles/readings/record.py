"""The record that the readings edit: a study of lupus nephritis that recruits at ten sites in four countries."""

from __future__ import annotations


def site(facility, status, city, state, zip_, country, lat, lon, person=None):
    out = {"facility": facility}
    if status:
        out["status"] = status
    out["city"] = city
    if state:
        out["state"] = state
    if zip_:
        out["zip"] = zip_
    out["country"] = country
    if person:
        out["contacts"] = [
            {"name": person, "role": "CONTACT", "phone": "555-0100", "email": "site@example.org"}
        ]
    out["geoPoint"] = {"lat": lat, "lon": lon}
    return out


CRITERIA = """Inclusion Criteria:

* Age 18 to 75 years at screening.
* Diagnosis of systemic lupus erythematosus according to the 2019 EULAR/ACR criteria.
* Active class III or IV lupus nephritis, with or without class V, shown by kidney \
biopsy within 6 months before screening.
* Urine protein to creatinine ratio (UPCR) \\>= 1.0 g/g at screening.
* Estimated glomerular filtration rate (eGFR) \\>= 45 mL/min/1.73 m\\^2.
* Stable background therapy with hydroxychloroquine for at least 12 weeks, unless contraindicated.
* Use of highly effective contraception until 6 months after the last dose.

Exclusion Criteria:

* Dialysis within 12 months before screening, or expected need for it.
* Previous kidney transplant.
* Treatment with rituximab within 6 months or belimumab within 3 months before randomization.
* Active tuberculosis, hepatitis B, hepatitis C or HIV infection.
* Alanine aminotransferase \\> 2.5 x upper limit of normal.
* Malignancy within the past 5 years, except adequately treated basal cell carcinoma of the skin."""

BASE = {
    "protocolSection": {
        "identificationModule": {
            "nctId": "NCT09990001",
            "orgStudyIdInfo": {"id": "NLT-204-301"},
            "secondaryIdInfos": [{"id": "2024-519999-21-00", "type": "CTIS"}],
            "organization": {"fullName": "Norlake Therapeutics", "class": "INDUSTRY"},
            "briefTitle": "Study of Torvalimab in Adults With Active Lupus Nephritis",
            "officialTitle": (
                "A Phase 3, Randomized, Double-blind, Placebo-controlled Study to Evaluate the Efficacy and "
                "Safety of Torvalimab Added to Standard of Care in Adults With Active Lupus Nephritis"
            ),
            "acronym": "TORNADE",
        },
        "statusModule": {
            "statusVerifiedDate": "2026-08",
            "overallStatus": "RECRUITING",
            "expandedAccessInfo": {"hasExpandedAccess": False},
            "startDateStruct": {"date": "2025-03-10", "type": "ACTUAL"},
            "primaryCompletionDateStruct": {"date": "2027-06-30", "type": "ESTIMATED"},
            "completionDateStruct": {"date": "2028-03-31", "type": "ESTIMATED"},
            "studyFirstSubmitDate": "2025-01-20",
            "studyFirstSubmitQcDate": "2025-01-27",
            "studyFirstPostDateStruct": {"date": "2025-01-30", "type": "ACTUAL"},
            "lastUpdateSubmitDate": "2026-08-18",
            "lastUpdatePostDateStruct": {"date": "2026-08-20", "type": "ACTUAL"},
        },
        "sponsorCollaboratorsModule": {
            "responsibleParty": {"type": "SPONSOR"},
            "leadSponsor": {"name": "Norlake Therapeutics", "class": "INDUSTRY"},
            "collaborators": [{"name": "Lupus Kidney Network", "class": "NETWORK"}],
        },
        "oversightModule": {
            "oversightHasDmc": True,
            "isFdaRegulatedDrug": True,
            "isFdaRegulatedDevice": False,
        },
        "descriptionModule": {
            "briefSummary": (
                "The purpose of this study is to learn whether torvalimab, added to mycophenolate mofetil,"
                " helps adults with active lupus nephritis to reach a complete renal response within one"
                " year."
            ),
            "detailedDescription": (
                "Participants will be randomized 1:1:1 to torvalimab 300 mg, torvalimab 150 mg or placebo, "
                "each given every 4 weeks. Screening lasts up to 6 weeks. The double-blind treatment period "
                "lasts 52 weeks.\n\nParticipants who complete Week 52 may enter an open-label extension of "
                "another 52 weeks. A safety follow-up visit takes place 8 weeks after the last dose."
            ),
        },
        "conditionsModule": {
            "conditions": ["Lupus Nephritis"],
            "keywords": ["Lupus", "Kidney", "Proteinuria", "Monoclonal antibody"],
        },
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE3"],
            "designInfo": {
                "allocation": "RANDOMIZED",
                "interventionModel": "PARALLEL",
                "primaryPurpose": "TREATMENT",
                "maskingInfo": {
                    "masking": "QUADRUPLE",
                    "whoMasked": ["PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR", "OUTCOMES_ASSESSOR"],
                },
            },
            "enrollmentInfo": {"count": 480, "type": "ESTIMATED"},
        },
        "armsInterventionsModule": {
            "armGroups": [
                {
                    "label": "Torvalimab 300 mg",
                    "type": "EXPERIMENTAL",
                    "description": (
                        "Torvalimab 300 mg subcutaneously every 4 weeks plus mycophenolate mofetil."
                    ),
                    "interventionNames": ["Biological: Torvalimab", "Drug: Mycophenolate mofetil"],
                },
                {
                    "label": "Torvalimab 150 mg",
                    "type": "EXPERIMENTAL",
                    "description": (
                        "Torvalimab 150 mg subcutaneously every 4 weeks plus mycophenolate mofetil."
                    ),
                    "interventionNames": ["Biological: Torvalimab", "Drug: Mycophenolate mofetil"],
                },
                {
                    "label": "Placebo",
                    "type": "PLACEBO_COMPARATOR",
                    "description": (
                        "Matching placebo subcutaneously every 4 weeks plus mycophenolate mofetil."
                    ),
                    "interventionNames": ["Drug: Placebo", "Drug: Mycophenolate mofetil"],
                },
            ],
            "interventions": [
                {
                    "type": "BIOLOGICAL",
                    "name": "Torvalimab",
                    "description": "Solution for injection in a prefilled syringe.",
                    "armGroupLabels": ["Torvalimab 150 mg", "Torvalimab 300 mg"],
                    "otherNames": ["NLT-204"],
                },
                {
                    "type": "DRUG",
                    "name": "Placebo",
                    "description": "Solution without active substance.",
                    "armGroupLabels": ["Placebo"],
                },
                {
                    "type": "DRUG",
                    "name": "Mycophenolate mofetil",
                    "description": "2 g per day by mouth, in two doses.",
                    "armGroupLabels": ["Placebo", "Torvalimab 150 mg", "Torvalimab 300 mg"],
                    "otherNames": ["MMF"],
                },
            ],
        },
        "outcomesModule": {
            "primaryOutcomes": [
                {
                    "measure": "Proportion of participants with complete renal response",
                    "description": (
                        "Complete renal response is defined as UPCR of 0.5 g/g or less, no decrease in eGFR"
                        " of more than 20% from baseline, and no rescue therapy."
                    ),
                    "timeFrame": "Week 52",
                },
                {
                    "measure": "Change from baseline in urine protein to creatinine ratio",
                    "description": "UPCR is measured in a 24-hour urine collection.",
                    "timeFrame": "Baseline, Week 24",
                },
                {
                    "measure": "Number of participants with treatment-emergent adverse events",
                    "description": "Adverse events are graded by CTCAE version 5.0.",
                    "timeFrame": "From first dose up to 60 weeks",
                },
            ],
            "secondaryOutcomes": [
                {
                    "measure": "Time to first renal flare",
                    "description": "A flare is a doubling of UPCR to more than 1.0 g/g.",
                    "timeFrame": "Up to Week 104",
                },
                {
                    "measure": "Annualized slope of estimated glomerular filtration rate",
                    "description": "Calculated with the CKD-EPI 2021 equation.",
                    "timeFrame": "Baseline to Week 104",
                },
                {
                    "measure": "Proportion of participants on a prednisone dose of 5 mg/day or less",
                    "description": "Dose in the four weeks before the visit.",
                    "timeFrame": "Week 52",
                },
                {
                    "measure": "Mean change in SLEDAI-2K score",
                    "description": "Scores range from 0 to 105; higher scores mean more disease activity.",
                    "timeFrame": "Baseline, Week 52",
                },
                {
                    "measure": "Mean change in FACIT-Fatigue score",
                    "description": "Scores range from 0 to 52; higher scores mean less fatigue.",
                    "timeFrame": "Baseline, Week 52",
                },
                {
                    "measure": "Serum trough concentration of torvalimab",
                    "description": "Measured by a validated immunoassay.",
                    "timeFrame": "Weeks 4, 12, 24 and 52",
                },
            ],
        },
        "eligibilityModule": {
            "eligibilityCriteria": CRITERIA,
            "healthyVolunteers": False,
            "sex": "ALL",
            "minimumAge": "18 Years",
            "maximumAge": "75 Years",
            "stdAges": ["ADULT", "OLDER_ADULT"],
        },
        "contactsLocationsModule": {
            "centralContacts": [
                {
                    "name": "Norlake Trial Information",
                    "role": "CONTACT",
                    "phone": "+1-555-0142",
                    "email": "trials@norlake.example",
                }
            ],
            "overallOfficials": [
                {"name": "Miriam Okonjo, MD", "affiliation": "Norlake Therapeutics", "role": "STUDY_DIRECTOR"}
            ],
            "locations": [
                site(
                    "Cedar Valley Kidney Institute",
                    "RECRUITING",
                    "Tulsa",
                    "Oklahoma",
                    "74104",
                    "United States",
                    36.15398,
                    -95.99277,
                    "Dana Whitfield",
                ),
                site(
                    "Bayshore Rheumatology Research",
                    "RECRUITING",
                    "Tampa",
                    "Florida",
                    "33606",
                    "United States",
                    27.94752,
                    -82.45843,
                    "Luis Carrow",
                ),
                site(
                    "Northgate Medical Center",
                    "NOT_YET_RECRUITING",
                    "Seattle",
                    "Washington",
                    "98133",
                    "United States",
                    47.60621,
                    -122.33207,
                ),
                site(
                    "Wojewodzki Szpital Specjalistyczny",
                    "RECRUITING",
                    "Lublin",
                    None,
                    "20-718",
                    "Poland",
                    51.25,
                    22.56667,
                    "Ewa Brzostek",
                ),
                site(
                    "Klinika Nefrologii Nova",
                    "RECRUITING",
                    "Krakow",
                    None,
                    "31-501",
                    "Poland",
                    50.06143,
                    19.93658,
                    "Adam Wilczek",
                ),
                site(
                    "Centrum Medyczne Warta",
                    "NOT_YET_RECRUITING",
                    "Poznan",
                    None,
                    "61-485",
                    "Poland",
                    52.40692,
                    16.92993,
                ),
                site(
                    "Hospital Universitario del Turia",
                    "NOT_YET_RECRUITING",
                    "Valencia",
                    None,
                    "46014",
                    "Spain",
                    39.46975,
                    -0.37739,
                ),
                site(
                    "Hospital San Telmo",
                    "NOT_YET_RECRUITING",
                    "Sevilla",
                    None,
                    "41013",
                    "Spain",
                    37.38283,
                    -5.97317,
                ),
                site(
                    "Minato General Hospital",
                    "RECRUITING",
                    "Kobe",
                    "Hyogo",
                    "650-0047",
                    "Japan",
                    34.6913,
                    135.183,
                    "Kenji Arakawa",
                ),
                site(
                    "Aoba University Hospital",
                    "RECRUITING",
                    "Sendai",
                    "Miyagi",
                    "980-8574",
                    "Japan",
                    38.26667,
                    140.86667,
                    "Yui Takeda",
                ),
            ],
        },
        "referencesModule": {
            "references": [
                {
                    "pmid": "99100001",
                    "type": "BACKGROUND",
                    "citation": (
                        "Okonjo M, Hale P. B-cell depletion in lupus nephritis. J Ren Med. 2022"
                        " May;14(5):301-12."
                    ),
                },
                {
                    "type": "BACKGROUND",
                    "citation": "Norlake Therapeutics. Torvalimab investigator's brochure, edition 4.",
                },
            ],
            "seeAlsoLinks": [{"label": "Study website", "url": "https://tornade.example/"}],
        },
        "ipdSharingStatementModule": {"ipdSharing": "NO"},
    },
    "derivedSection": {
        "miscInfoModule": {"versionHolder": "2026-08-21"},
        "conditionBrowseModule": {
            "meshes": [{"id": "D008181", "term": "Lupus Nephritis"}],
            "ancestors": [
                {"id": "D005921", "term": "Glomerulonephritis"},
                {"id": "D009393", "term": "Nephritis"},
            ],
        },
        "interventionBrowseModule": {
            "meshes": [{"id": "D009173", "term": "Mycophenolic Acid"}],
            "ancestors": [{"id": "D002208", "term": "Caproates"}],
        },
    },
    "hasResults": False,
}

TULSA, TAMPA, SEATTLE, LUBLIN, KRAKOW, POZNAN, VALENCIA, SEVILLA, KOBE, SENDAI = range(10)

RESULTS = {
    "participantFlowModule": {
        "groups": [{"id": "FG000", "title": "Torvalimab 300 mg"}, {"id": "FG001", "title": "Placebo"}]
    },
    "baselineCharacteristicsModule": {"populationDescription": "Intention-to-treat population"},
    "outcomeMeasuresModule": {
        "outcomeMeasures": [
            {
                "type": "PRIMARY",
                "title": "Proportion of participants with complete renal response",
                "timeFrame": "Week 52",
                "classes": [
                    {
                        "categories": [
                            {
                                "measurements": [
                                    {"groupId": "OG000", "value": "41.7"},
                                    {"groupId": "OG001", "value": "28.9"},
                                ]
                            }
                        ]
                    }
                ],
            }
        ]
    },
    "adverseEventsModule": {"frequencyThreshold": "5"},
    "moreInfoModule": {"certainAgreement": {"piSponsorEmployee": False}},
}
