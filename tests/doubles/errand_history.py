"""A year of one trial, with what people ask about it: a criterion edited in March, an outcome dropped in May, another
site, noise, fewer people, suspended; a trial beside it, a watch of both, and deliveries in every state."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from doubles.outbox_history import told
from doubles.web_history import DAYS, OTHER, RECORD, TRIAL, History, versions

MARCH, MAY = "2026-03-09", "2026-05-04"
DROPPED = "Relapse rate per year"
HERE = {"facility": "Riverside Hospital", "status": "RECRUITING", "city": "Prague", "country": "Czechia"}


def year() -> list[tuple[str, dict[str, Any]]]:
    """Versions 1 to 8 with the day of each."""
    later = versions()
    for record in later:
        record["protocolSection"]["contactsLocationsModule"]["locations"].append(copy.deepcopy(HERE))
    may = copy.deepcopy(RECORD)
    march = copy.deepcopy(may)
    march["protocolSection"]["outcomesModule"]["primaryOutcomes"].append(
        {"measure": DROPPED, "timeFrame": "1 year"}
    )
    first = copy.deepcopy(march)
    criteria = first["protocolSection"]["eligibilityModule"]
    criteria["eligibilityCriteria"] = criteria["eligibilityCriteria"].replace("EDSS 3.0", "EDSS 2.0")
    made = [("2026-01-12", first), (MARCH, march), (MAY, may), *zip(DAYS, later, strict=True)]
    for day, record in made:
        record["derivedSection"]["miscInfoModule"] = {"versionHolder": day}
        status = record["protocolSection"]["statusModule"]
        status["lastUpdateSubmitDate"] = day
        status["lastUpdatePostDateStruct"] = {"date": day, "type": "ACTUAL"}
    return made


def errand_history(path: Path) -> History:
    history = History(path)
    for day, record in year():
        history.snapshot(record, day)
    history.beside().watch("MSC exosomes", [TRIAL, OTHER])
    return told(history.indexed())
