"""The results that an invented trial of the demo posts, and the documents that come with them."""

from __future__ import annotations

from typing import Any


def _groups(prefix: str) -> list[dict[str, str]]:
    return [
        {"id": f"{prefix}000", "title": "Tavorelin 2 %", "description": "Twice a day for 12 weeks."},
        {"id": f"{prefix}001", "title": "Vehicle", "description": "Twice a day for 12 weeks."},
    ]


def _counts(prefix: str, *values: str, key: str = "value") -> list[dict[str, str]]:
    return [{"groupId": f"{prefix}00{number}", key: value} for number, value in enumerate(values)]


def _milestone(kind: str, *values: str) -> dict[str, Any]:
    return {"type": kind, "achievements": _counts("FG", *values, key="numSubjects")}


def _measure(
    kind: str, title: str, frame: str, unit: str, first: dict[str, str], second: dict[str, str]
) -> dict[str, Any]:
    measurements = [{"groupId": "OG000", **first}, {"groupId": "OG001", **second}]
    return {
        "type": kind,
        "title": title,
        "populationDescription": "All who were randomized.",
        "reportingStatus": "POSTED",
        "paramType": "NUMBER" if kind == "PRIMARY" else "MEAN",
        "unitOfMeasure": unit,
        "timeFrame": frame,
        "groups": _groups("OG"),
        "denoms": [{"units": "Participants", "counts": _counts("OG", "93", "91")}],
        "classes": [{"categories": [{"measurements": measurements}]}],
    }


RESULTS: dict[str, Any] = {
    "participantFlowModule": {
        "recruitmentDetails": "Two sites took part.",
        "groups": _groups("FG"),
        "periods": [
            {
                "title": "12 weeks",
                "milestones": [
                    _milestone("STARTED", "93", "91"),
                    _milestone("COMPLETED", "86", "79"),
                    _milestone("NOT COMPLETED", "7", "12"),
                ],
            }
        ],
    },
    "baselineCharacteristicsModule": {
        "groups": _groups("BG"),
        "denoms": [{"units": "Participants", "counts": _counts("BG", "93", "91")}],
        "measures": [
            {
                "title": "Age, Continuous",
                "paramType": "MEAN",
                "dispersionType": "STANDARD_DEVIATION",
                "unitOfMeasure": "years",
                "classes": [
                    {
                        "categories": [
                            {
                                "measurements": [
                                    {"groupId": "BG000", "value": "38.4", "spread": "12.1"},
                                    {"groupId": "BG001", "value": "39.0", "spread": "11.7"},
                                ]
                            }
                        ]
                    }
                ],
            }
        ],
    },
    "outcomeMeasuresModule": {
        "outcomeMeasures": [
            _measure(
                "PRIMARY",
                "EASI-75 response at week 12",
                "Week 12",
                "Participants",
                {"value": "51"},
                {"value": "22"},
            ),
            _measure(
                "SECONDARY",
                "Change in itch score",
                "Baseline and week 12",
                "score on a scale",
                {"value": "-3.1", "spread": "1.9"},
                {"value": "-1.6", "spread": "2.0"},
            ),
        ]
    },
    "adverseEventsModule": {
        "frequencyThreshold": "5",
        "timeFrame": "From the first dose to week 16",
        "eventGroups": [
            {
                **group,
                "deathsNumAffected": 0,
                "deathsNumAtRisk": at_risk,
                "seriousNumAffected": serious,
                "seriousNumAtRisk": at_risk,
                "otherNumAffected": other,
                "otherNumAtRisk": at_risk,
            }
            for group, at_risk, serious, other in zip(_groups("EG"), (93, 91), (1, 2), (14, 9), strict=True)
        ],
    },
    "moreInfoModule": {"certainAgreement": {"piSponsorEmployee": False, "restrictiveAgreement": False}},
}

DOCUMENTS: dict[str, Any] = {
    "largeDocumentModule": {
        "largeDocs": [
            {
                "typeAbbrev": "Prot",
                "hasProtocol": True,
                "hasSap": False,
                "hasIcf": False,
                "label": "Study Protocol",
                "date": "2024-01-10",
                "uploadDate": "2026-10-26T08:14",
                "filename": "Prot_000.pdf",
                "size": 1482113,
            },
            {
                "typeAbbrev": "SAP",
                "hasProtocol": False,
                "hasSap": True,
                "hasIcf": False,
                "label": "Statistical Analysis Plan",
                "date": "2025-11-03",
                "uploadDate": "2026-10-26T08:15",
                "filename": "SAP_001.pdf",
                "size": 640207,
            },
        ]
    }
}
