"""Trials with a past: the record history that a loopback registry is given, and what a backfill makes of it."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from typing import Any

from doubles.ctgov import LoopbackRegistry
from doubles.plain_edits import nct, recruiting, with_status

Record = dict[str, Any]
TURNS = ("RECRUITING", "SUSPENDED")


def on(record: Record, day: date, **enrollment: Any) -> Record:
    """Submitted on that day, and posted two days later."""
    new = copy.deepcopy(record)
    status = new["protocolSection"]["statusModule"]
    status["lastUpdateSubmitDate"] = day.isoformat()
    status["lastUpdatePostDateStruct"] = {"date": (day + timedelta(days=2)).isoformat(), "type": "ACTUAL"}
    if enrollment:
        new["protocolSection"]["designModule"]["enrollmentInfo"] = {"type": "ESTIMATED", **enrollment}
    return new


def line(number: int, versions: int, *, first: date = date(2025, 1, 1)) -> list[Record]:
    """Versions of one trial, a month apart, that turn from recruiting to suspended and back, oldest first."""
    record = recruiting(number)
    return [
        on(
            with_status(record, TURNS[place % 2]),
            first + timedelta(days=30 * place),
            count=100 + place,
        )
        for place in range(versions)
    ]


def submitted(record: Record) -> str:
    day: str = record["protocolSection"]["statusModule"]["lastUpdateSubmitDate"]
    return day


def with_pasts(registry: LoopbackRegistry, *lines: list[Record]) -> list[str]:
    """Gives each trial its history. Returns their ids."""
    for versions in lines:
        registry.archive.replace(nct(versions[-1]), [(submitted(one), one) for one in versions])
    return [nct(versions[-1]) for versions in lines]
