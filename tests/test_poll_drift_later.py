"""Drift that some records come to in a later build than most: told as minor, unless it may be somebody's own doing."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.plain_edits import nct, with_results, with_status
from doubles.study_records import study_record
from doubles.watching import Watching, ids_watch

MOST, LATE = 14, 20


def of_sex(record: dict[str, Any], sex: str) -> dict[str, Any]:
    new = copy.deepcopy(record)
    new["protocolSection"]["eligibilityModule"]["sex"] = sex
    return new


def sent_in(record: dict[str, Any], day: str) -> dict[str, Any]:
    new = copy.deepcopy(record)
    new["protocolSection"]["statusModule"]["lastUpdateSubmitDate"] = day
    return new


RECORDS = [
    of_sex(study_record(number, status="RECRUITING", sponsor=f"Hospital No. {number}"), "ALL")
    for number in range(1, LATE + 1)
]
DRIFTED = [of_sex(record, "MALE") for record in RECORDS]


@pytest.fixture
def registry():
    with LoopbackRegistry(RECORDS, day="2026-11-20") as running:
        yield running


@pytest.fixture
def watching(tmp_path, registry, ticking):
    """Most records have drifted already, in the build of 2026-11-23."""
    made = Watching(tmp_path, registry, ids_watch("all", *map(nct, RECORDS)), clock=ticking)
    made.poll()
    registry.publish("2026-11-23", DRIFTED[:MOST])
    (notice,) = made.poll().notices
    assert notice.startswith(f"the same change in {MOST} of {LATE} records of the build of 2026-11-23 (Sex:")
    made.rung()
    yield made
    made.close()


def told(watching: Watching) -> list[tuple[str, str]]:
    """The weight of each event, and of what it says of the sex."""
    watching.poll()
    return [
        (alert["severity"], next(one["severity"] for one in alert["changes"] if one["field"] == "sex"))
        for alert in watching.rung()
        if alert["event"] == "changed"
    ]


def test_who_comes_to_it_in_the_next_build_is_told_as_minor_too(watching, registry):
    registry.publish("2026-11-24", DRIFTED[MOST:])
    assert told(watching) == [("minor", "minor")] * (LATE - MOST)


def test_after_a_week_it_is_each_one_s_own(watching, registry):
    registry.publish("2026-11-30", DRIFTED[MOST : MOST + 1])
    registry.publish("2026-12-01", DRIFTED[MOST + 1 :])
    assert told(watching) == [("major", "major")] * (LATE - MOST)


def test_what_a_sponsor_sent_in_is_its_own(watching, registry):
    registry.publish("2026-11-24", [sent_in(DRIFTED[MOST], "2026-11-22"), DRIFTED[MOST + 1]])
    assert told(watching) == [("major", "major"), ("minor", "minor")]


def test_who_had_drifted_and_does_it_again_is_no_latecomer(watching, registry):
    registry.publish("2026-11-24", [RECORDS[0]])
    assert told(watching) == [("major", "major")]
    registry.publish("2026-11-25", [DRIFTED[0]])
    assert told(watching) == [("major", "major")]


def test_a_stop_and_results_of_a_latecomer_weigh_what_they_weigh(watching, registry):
    registry.publish("2026-11-24", [with_status(DRIFTED[MOST], "SUSPENDED"), with_results(DRIFTED[MOST + 1])])
    assert told(watching) == [("critical", "minor"), ("critical", "minor")]
