"""A trial whose versions are 1 MB and more: many outcomes and sites, a long text; some of each edited, then a tenth."""

from __future__ import annotations

import copy
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.asked_pages import BIG
from doubles.study_records import study_record

from monitor.database import open_for_writing
from snapshots.changes import compare
from snapshots.changeset import VersionRef
from snapshots.database import immediate
from snapshots.event import changed_event
from snapshots.store import Store

OUTCOMES, SITES, CRITERIA = 1_200, 2_000, 300
_WORDS = " ".join(f"word{number % 977}" for number in range(60))


def store(path: Path) -> None:
    """As polls do: three versions, two events."""
    first = _first()
    second = copy.deepcopy(first)
    for number in range(0, OUTCOMES, 60):
        _outcomes(second)[number]["description"] += " and more"
    for number in range(0, SITES, 100):
        _sites(second)[number]["status"] = "COMPLETED"
    text = second["protocolSection"]["eligibilityModule"]
    text["eligibilityCriteria"] = (
        text["eligibilityCriteria"].replace("* 7 ", "* not 7 ").replace("* 250 ", "* 251 ")
    )
    third = copy.deepcopy(second)
    for number in range(5, OUTCOMES, 10):
        _outcomes(third)[number]["description"] += " and more still"
    for number in range(5, SITES, 10):
        _sites(third)[number]["status"] = "WITHDRAWN"
    lines = third["protocolSection"]["eligibilityModule"]["eligibilityCriteria"].split("\n")
    edited = [f"{one} edited" if number % 10 == 5 else one for number, one in enumerate(lines)]
    third["protocolSection"]["eligibilityModule"]["eligibilityCriteria"] = "\n".join(edited)
    before: tuple[dict[str, Any], VersionRef] | None = None
    with closing(open_for_writing(path)) as db:
        for day, record in (("2026-11-20", first), ("2026-11-23", second), ("2026-11-24", third)):
            seen_at = datetime.fromisoformat(f"{day}T09:00:00+00:00")
            with immediate(db):
                added = Store(db).add_snapshot("ctgov", record, seen_at=seen_at, build=day, fingerprint=None)
                if before is not None:
                    changes = compare(before[0], record, from_=before[1], to=added.ref)
                    Store(db).add_event(changed_event(changes, at=seen_at, url=None, watches=("all",)))
            before = record, added.ref


def _first() -> dict[str, Any]:
    record = study_record(1)
    protocol = record["protocolSection"]
    protocol["identificationModule"]["nctId"] = BIG
    protocol["outcomesModule"] = {
        "secondaryOutcomes": [
            {"measure": f"Measure {number}", "timeFrame": "48 weeks", "description": f"{number} {_WORDS}"}
            for number in range(OUTCOMES)
        ]
    }
    protocol.setdefault("contactsLocationsModule", {})["locations"] = [
        {
            "facility": f"Hospital {number}",
            "status": "RECRUITING",
            "city": f"Town {number}",
            "country": "Poland",
        }
        for number in range(SITES)
    ]
    protocol["eligibilityModule"] = {
        "eligibilityCriteria": "Inclusion Criteria:\n\n"
        + "\n".join(f"* {number} {_WORDS}" for number in range(CRITERIA))
    }
    return record


def _outcomes(record: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = record["protocolSection"]["outcomesModule"]["secondaryOutcomes"]
    return found


def _sites(record: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = record["protocolSection"]["contactsLocationsModule"]["locations"]
    return found
