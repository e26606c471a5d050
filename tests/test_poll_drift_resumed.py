"""Drift in a sweep that was made in parts: what the first found was told in full, the rest is judged with it."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.plain_edits import nct, with_status
from doubles.small_records import small_record
from doubles.watching import Watching, ids_watch, query_watch

STUDIES = "/api/v2/studies"
COUNT, PAGE = 40, 5
RECORDS = [with_status(small_record(f"NCT{number:08}"), "RECRUITING") for number in range(1, COUNT + 1)]
for _number, _record in enumerate(RECORDS):
    _record["protocolSection"]["sponsorCollaboratorsModule"]["leadSponsor"]["name"] = f"Hospital {_number}"
TABLES = {"everything": query_watch("q"), "ids": ids_watch("all", *map(nct, RECORDS))}


def of_phase_4(record: dict[str, Any]) -> dict[str, Any]:
    """A change that would be major by itself."""
    new = copy.deepcopy(record)
    new["protocolSection"]["designModule"]["phases"] = ["PHASE4"]
    return new


@pytest.fixture
def registry():
    with LoopbackRegistry(RECORDS, day="2026-11-20", tokens_survive=True) as running:
        yield running


@pytest.fixture(params=TABLES)
def watching(tmp_path, registry, ticking, request):
    sizes = {"page_size": PAGE, "ids_per_request": PAGE}
    made = Watching(tmp_path, registry, TABLES[request.param], clock=ticking, pages=sizes)
    made.poll()
    made.rung()
    yield made
    made.close()


def cut_off(watching: Watching, registry: LoopbackRegistry, page: int) -> list[dict[str, Any]]:
    """What is told by a poll that comes this far."""
    registry.misbehave(Fault.reset(), times=None, path=STUDIES, skip=page)
    assert watching.poll().outcome == "incomplete"
    registry.behave()
    return watching.rung()


def weights(alerts: list[dict[str, Any]]) -> dict[str, str]:
    return {alert["trial"]: alert["severity"] for alert in alerts if alert["event"] == "changed"}


def test_what_most_of_all_parts_share_is_drift_and_a_stop_in_the_last_is_told_as_one(watching, registry):
    stopped = set(map(nct, RECORDS[::8]))
    changed = [of_phase_4(record) for record in RECORDS]
    changed = [with_status(record, "TERMINATED") if nct(record) in stopped else record for record in changed]
    registry.publish("2026-11-30", changed)
    first = weights(cut_off(watching, registry, 5))
    assert len(first) == 5 * PAGE
    report = watching.poll()
    assert report.outcome == "complete"
    (notice,) = report.notices
    assert f"the same change in {COUNT} of {COUNT} records of the build of 2026-11-30" in notice
    rest = weights(watching.rung())
    assert len(first) + len(rest) == COUNT and stopped & set(rest)
    for told, weight in ((first, "major"), (rest, "minor")):
        assert told == {trial: "critical" if trial in stopped else weight for trial in told}


def test_what_less_than_half_of_all_parts_share_is_each_one_s_own(watching, registry):
    registry.publish("2026-11-30", [of_phase_4(record) for record in RECORDS[: COUNT // 2]])
    first = weights(cut_off(watching, registry, 3))
    assert watching.poll().notices == []
    rest = weights(watching.rung())
    assert first and rest and len(first) + len(rest) == COUNT // 2
    assert {*first.values(), *rest.values()} == {"major"}


def test_what_a_sweep_told_that_came_to_its_end_is_no_part_of_the_next_of_that_day(watching, registry):
    registry.publish("2026-11-30", [of_phase_4(record) for record in RECORDS[: COUNT // 2]])
    watching.poll()
    assert len(watching.rung()) == COUNT // 2
    watching.app.db.execute("update watch set whole = null")  # no slim sweep, which would not see it
    registry.publish(
        "2026-11-30T18:00:00", [of_phase_4(record) for record in RECORDS[COUNT // 2 : COUNT // 2 + 6]]
    )
    assert watching.poll().notices == []
    assert [alert["severity"] for alert in watching.rung()] == ["major"] * 6
