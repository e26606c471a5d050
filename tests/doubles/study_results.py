"""The results section of an invented study record, with documents and annotations: the heavy, nested part."""

from datetime import date, timedelta
from random import Random
from typing import Any

from doubles.study_words import EVENT_TERMS, FIRST_NAMES, LAST_NAMES, SENTENCES, TIME_FRAMES

Json = dict[str, Any]


def results_section(protocol: Json, rng: Random, *, weight: float = 1.0) -> Json:
    """Results that fit the record's arms and outcomes; `weight` scales the number of outcomes and events."""
    arms = [arm["label"] for arm in protocol.get("armsInterventionsModule", {}).get("armGroups", [])][:5]
    arms = arms or ["All Participants"]
    counts = [rng.randint(8, 240) for _ in arms]

    def groups(prefix: str) -> list[Json]:
        return [
            {"id": f"{prefix}{at:03d}", "title": arm, "description": f"{arm}, as assigned. {SENTENCES[4]}"}
            for at, arm in enumerate(arms)
        ]

    def denoms(prefix: str) -> list[Json]:
        values = [{"groupId": f"{prefix}{at:03d}", "value": str(n)} for at, n in enumerate(counts)]
        return [{"units": "Participants", "counts": values}]

    def measurements(prefix: str) -> list[Json]:
        return [
            {
                "groupId": f"{prefix}{at:03d}",
                "value": f"{rng.random() * 90:.1f}",
                "spread": f"{rng.random() * 20:.2f}",
            }
            for at in range(len(arms))
        ]

    def achievements(share: float) -> list[Json]:
        return [{"groupId": f"FG{at:03d}", "numSubjects": str(int(n * share))} for at, n in enumerate(counts)]

    outcomes = protocol.get("outcomesModule", {})
    asked = [("PRIMARY", item) for item in outcomes.get("primaryOutcomes", [])]
    asked += [("SECONDARY", item) for item in outcomes.get("secondaryOutcomes", [])]
    reported = []
    for kind, outcome in asked[: max(1, int(12 * weight))]:
        classes = [
            {"title": frame, "categories": [{"measurements": measurements("OG")}]}
            for frame in TIME_FRAMES[: rng.randint(1, max(1, min(8, int(4 * weight))))]
        ]
        reported.append(
            {
                "type": kind,
                "title": outcome["measure"],
                "description": outcome.get("description", SENTENCES[3]),
                "populationDescription": "All with a value at baseline and at least one after it.",
                "reportingStatus": "POSTED",
                "paramType": "MEAN",
                "dispersionType": "Standard Deviation",
                "unitOfMeasure": "score on a scale",
                "timeFrame": outcome.get("timeFrame", TIME_FRAMES[0]),
                "groups": groups("OG"),
                "denoms": denoms("OG"),
                "classes": classes,
            }
        )
        if rng.random() < 0.3:
            reported[-1]["analyses"] = [
                {
                    "groupIds": [f"OG{at:03d}" for at in range(len(arms))],
                    "nonInferiorityType": "SUPERIORITY",
                    "pValue": rng.choice(["<0.001", "0.04", "0.31", ">0.99"]),
                    "statisticalMethod": "ANCOVA",
                }
            ]
    return {
        "participantFlowModule": {
            "recruitmentDetails": "Participants came from the outpatient clinics of the sites.",
            "groups": groups("FG"),
            "periods": [
                {
                    "title": "Overall Study",
                    "milestones": [
                        {"type": "STARTED", "achievements": achievements(1)},
                        {"type": "COMPLETED", "achievements": achievements(0.9)},
                        {"type": "NOT COMPLETED", "achievements": achievements(0.1)},
                    ],
                }
            ],
        },
        "baselineCharacteristicsModule": {
            "groups": groups("BG"),
            "denoms": denoms("BG"),
            "measures": [
                {
                    "title": "Age, Continuous",
                    "paramType": "MEAN",
                    "dispersionType": "STANDARD_DEVIATION",
                    "unitOfMeasure": "years",
                    "classes": [{"categories": [{"measurements": measurements("BG")}]}],
                },
                {
                    "title": "Sex: Female, Male",
                    "paramType": "COUNT_OF_PARTICIPANTS",
                    "unitOfMeasure": "Participants",
                    "classes": [
                        {
                            "categories": [
                                {"title": t, "measurements": measurements("BG")} for t in ("Female", "Male")
                            ]
                        }
                    ],
                },
            ],
        },
        "outcomeMeasuresModule": {"outcomeMeasures": reported},
        "adverseEventsModule": {
            "frequencyThreshold": "5",
            "timeFrame": TIME_FRAMES[6],
            "eventGroups": [
                {
                    **group,
                    "deathsNumAffected": 0,
                    "deathsNumAtRisk": n,
                    "seriousNumAffected": n // 20,
                    "seriousNumAtRisk": n,
                    "otherNumAffected": n // 3,
                    "otherNumAtRisk": n,
                }
                for group, n in zip(groups("EG"), counts, strict=True)
            ],
            "seriousEvents": _events(rng, counts, int(6 * weight)),
            "otherEvents": _events(rng, counts, int(20 * weight)),
        },
        "moreInfoModule": {
            "certainAgreement": {"piSponsorEmployee": False, "restrictiveAgreement": False},
            "pointOfContact": {
                "title": f"Dr. {rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}",
                "organization": "Office for Study Results",
                "email": "results@sponsor.example",
                "phone": "+00 000 0000",
            },
        },
    }


def _events(rng: Random, counts: list[int], number: int) -> list[Json]:
    events = []
    for at in range(number):
        term, system = EVENT_TERMS[at % len(EVENT_TERMS)]
        turn = at // len(EVENT_TERMS)
        stats = [
            {"groupId": f"EG{at:03d}", "numEvents": hit + 1, "numAffected": hit, "numAtRisk": n}
            for at, (n, hit) in enumerate((n, int(rng.random() * n / 6)) for n in counts)
        ]
        events.append(
            {
                "term": f"{term}, type {turn}" if turn else term,
                "organSystem": system,
                "sourceVocabulary": "MedDRA 26.0",
                "assessmentType": "SYSTEMATIC_ASSESSMENT",
                "stats": stats,
            }
        )
    return events


def document_section(nct_id: str, day: date) -> Json:
    document = {
        "typeAbbrev": "Prot_SAP",
        "hasProtocol": True,
        "hasSap": True,
        "hasIcf": False,
        "label": "Study Protocol and Statistical Analysis Plan",
        "date": day.isoformat(),
        "uploadDate": f"{(day + timedelta(days=40)).isoformat()}T09:30",
        "filename": "Prot_SAP_000.pdf",
        "size": 400_000 + int(nct_id[3:]) % 3_000_000,
    }
    return {"largeDocumentModule": {"largeDocs": [document]}}


def annotation_section(party: str, submitted: date, *, returned: date | None) -> Json:
    """Results submitted and waiting for quality control, or returned by it."""
    events = [{"type": "RELEASE", "date": submitted.isoformat()}]
    if returned is not None:
        events.append({"type": "RESET", "date": returned.isoformat()})
    unposted = {"unpostedResponsibleParty": party, "unpostedEvents": events}
    return {"annotationModule": {"unpostedAnnotation": unposted}}
