"""A small results section with facts that a case can name, and ways to reach into it."""

from __future__ import annotations


def groups(prefix):
    return [
        {"id": f"{prefix}000", "title": "Zorvanib 10 mg", "description": "Once a day."},
        {"id": f"{prefix}001", "title": "Placebo", "description": "Looks the same."},
    ]


def numbers(prefix, first, second, key="value"):
    return [{"groupId": f"{prefix}000", key: first}, {"groupId": f"{prefix}001", key: second}]


def measure(title, kind="SECONDARY", values=("12.3", "9.1"), p=None, **more):
    found = {
        "type": kind,
        "title": title,
        "description": f"{title}, by a diary.",
        "populationDescription": "All who took a dose.",
        "reportingStatus": "POSTED",
        "paramType": "MEDIAN",
        "dispersionType": "95% Confidence Interval",
        "unitOfMeasure": "months",
        "timeFrame": "24 weeks",
        "groups": groups("OG"),
        "denoms": [{"units": "Participants", "counts": numbers("OG", "150", "148")}],
        "classes": [{"categories": [{"measurements": numbers("OG", *values)}]}],
        **more,
    }
    if p is not None:
        found["analyses"] = [
            {
                "groupIds": ["OG000", "OG001"],
                "pValue": p,
                "statisticalMethod": "Log Rank",
                "nonInferiorityType": "SUPERIORITY",
                "paramType": "Hazard Ratio (HR)",
                "paramValue": "0.78",
                "ciLowerLimit": "0.61",
            }
        ]
    return found


def unposted(title, kind):
    keys = ("type", "title", "timeFrame", "description")
    return {**{key: measure(title, kind)[key] for key in keys}, "reportingStatus": "NOT_POSTED"}


def event(term, first, second):
    stats = [
        {"groupId": "EG000", "numAffected": first, "numAtRisk": 150},
        {"groupId": "EG001", "numAffected": second, "numAtRisk": 148},
    ]
    return {"term": term, "organSystem": "Nervous system disorders", "stats": stats}


def section():
    flow = [("STARTED", "150", "148"), ("COMPLETED", "140", "130"), ("NOT COMPLETED", "10", "18")]
    return {
        "participantFlowModule": {
            "groups": groups("FG"),
            "periods": [
                {
                    "title": "Overall Study",
                    "milestones": [
                        {"type": kind, "achievements": numbers("FG", a, b, "numSubjects")} for kind, a, b in flow
                    ],
                }
            ],
        },
        "baselineCharacteristicsModule": {
            "groups": groups("BG"),
            "denoms": [{"units": "Participants", "counts": numbers("BG", "150", "148")}],
            "measures": [
                {
                    "title": "Age, Continuous",
                    "paramType": "MEAN",
                    "classes": [{"categories": [{"measurements": numbers("BG", "44.1", "45.0")}]}],
                }
            ],
        },
        "outcomeMeasuresModule": {
            "outcomeMeasures": [
                measure("Overall survival", "PRIMARY", ("14.2", "11.9"), "0.06"),
                measure("Days with rescue medication", p="0.31"),
                measure("Quality of life by SF-36"),
            ]
        },
        "adverseEventsModule": {
            "frequencyThreshold": "5",
            "timeFrame": "52 weeks",
            "eventGroups": [
                {**group, "deathsNumAffected": deaths, "deathsNumAtRisk": n, "seriousNumAffected": serious,
                 "seriousNumAtRisk": n, "otherNumAffected": 40, "otherNumAtRisk": n}
                for group, deaths, serious, n in zip(groups("EG"), (2, 1), (12, 8), (150, 148), strict=True)
            ],
            "seriousEvents": [event("Stroke", 3, 1), event("Sepsis", 2, 2)],
            "otherEvents": [event("Dizziness", 20, 11), event("Tinnitus", 10, 9)],
        },
        "moreInfoModule": {
            "certainAgreement": {"piSponsorEmployee": False, "restrictiveAgreement": False},
            "pointOfContact": {
                "title": "Ada Fictive, MD",
                "organization": "Northfield University",
                "email": "ada@site.example",
                "phone": "+00 000 4711",
            },
        },
    }  # fmt: skip


def post(*records):
    for record in records:
        record["hasResults"] = True
        record["resultsSection"] = section()
        status = record["protocolSection"]["statusModule"]
        status["resultsFirstPostDateStruct"] = {"date": "2026-09-20", "type": "ACTUAL"}


def measures(record):
    return record["resultsSection"]["outcomeMeasuresModule"]["outcomeMeasures"]


def values(measure):
    return measure["classes"][0]["categories"][0]["measurements"]


def harms(record):
    return record["resultsSection"]["adverseEventsModule"]


def renumbered(value):
    if isinstance(value, dict):
        return {key: renumbered(one) for key, one in value.items()}
    if isinstance(value, list):
        return [renumbered(one) for one in value]
    swapped = {"000": "001", "001": "000"}
    if isinstance(value, str) and value[:2] in ("OG", "FG", "BG", "EG") and value[2:] in swapped:
        return value[:2] + swapped[value[2:]]
    return value
