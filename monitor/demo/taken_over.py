"""Seven invented trials of one sponsor, and the day on which another takes it over: more news than a channel wants.

Ids from NCT99000801 on; small records, each of which says that it is invented.
"""

from __future__ import annotations

from typing import Any

from monitor.demo.archive import Edit, Seed
from monitor.demo.compose import criteria, intervention, mesh, outcome, site, study
from monitor.demo.invented import INVENTED_NOTE

OLD, NEW = "Lundmark Biosciences", "Astrel Pharma"
SUBMITTED = "2026-11-23"

_STUDIES = (
    ("NCT99000801", "LND-11 Cream in Moderate Plaque Psoriasis", "Plaque Psoriasis", "LND-11", 180),
    ("NCT99000802", "LND-11 Foam in Psoriasis of the Scalp", "Scalp Psoriasis", "LND-11", 96),
    ("NCT99000803", "Odrelin Patches for Chronic Low Back Pain", "Low Back Pain", "Odrelin", 240),
    ("NCT99000804", "Odrelin Patches in Osteoarthritis of the Knee", "Knee Osteoarthritis", "Odrelin", 310),
    ("NCT99000805", "Quellomab in Eosinophilic Asthma", "Eosinophilic Asthma", "Quellomab", 420),
    ("NCT99000806", "Quellomab in Nasal Polyps", "Nasal Polyps", "Quellomab", 150),
    ("NCT99000807", "Quellomab in Severe Asthma of Adolescents", "Severe Asthma", "Quellomab", 88),
)


def _seed(trial: str, title: str, condition: str, drug: str, enrolment: int) -> Seed:
    return Seed(
        record=study(
            trial,
            study_id=f"LB-{trial[-3:]}",
            title=title,
            official=f"Phase 2, Randomized Study of {title}",
            sponsor=OLD,
            sponsor_class="INDUSTRY",
            status="RECRUITING",
            start=("2026-02-02", "ACTUAL"),
            primary_completion=("2028-02-28", "ESTIMATED"),
            completion=("2028-08-31", "ESTIMATED"),
            first_submitted="2026-01-12",
            first_posted="2026-01-15",
            submitted="2026-05-18",
            posted="2026-05-20",
            oversight={
                "oversightHasDmc": True,
                "isFdaRegulatedDrug": False,
                "isFdaRegulatedDevice": False,
            },
            summary=f"{drug} or placebo is given for half a year.",
            detail=INVENTED_NOTE,
            conditions=[condition],
            phases=["PHASE2"],
            enrollment=(enrolment, "ESTIMATED"),
            interventions=[
                intervention("DRUG", drug, "As the protocol says."),
                intervention("DRUG", "Placebo", "Without the active substance."),
            ],
            primary_outcomes=[outcome("Change in symptoms", "Baseline and week 24", "By a daily diary.")],
            eligibility=criteria([condition], ["Pregnancy"]),
            sites=[site("Kliniken Aspen", "Lund", "Sweden", (55.70584, 13.19321), status="RECRUITING")],
            derived={"conditionBrowseModule": mesh(("D003000", condition))},
        )
    )


def _edit(trial: str, enrolment: int) -> Edit:
    """Two keep their sponsor, with the other at its side."""
    if trial in ("NCT99000802", "NCT99000806"):
        collaborators = [{"name": NEW, "class": "INDUSTRY"}]
        return Edit(
            trial=trial,
            submitted=SUBMITTED,
            put={"sponsorCollaboratorsModule.collaborators": collaborators},
        )
    put: dict[str, Any] = {"sponsorCollaboratorsModule.leadSponsor": {"name": NEW, "class": "INDUSTRY"}}
    if trial == "NCT99000805":
        put["designModule.enrollmentInfo"] = {"count": enrolment // 2, "type": "ESTIMATED"}
    if trial == "NCT99000807":
        put["statusModule.primaryCompletionDateStruct"] = {"date": "2028-11-30", "type": "ESTIMATED"}
    return Edit(trial=trial, submitted=SUBMITTED, put=put)


TAKEN_OVER = tuple(_seed(*one) for one in _STUDIES)
TAKE_OVER = tuple(_edit(trial, enrolment) for trial, *_, enrolment in _STUDIES)
