"""A record over which our own code fails, or whose stored version is damaged, holds up itself and nothing else."""

from __future__ import annotations

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.plain_edits import nct, recruiting, with_results, with_status, without
from doubles.watching import Watching, ids_watch, query_watch

from monitor.registries.ctgov import CtgovRegistry
from snapshots import codec
from snapshots.changeset import Source

BROKEN = "NCT90000001"


@pytest.fixture
def records():
    return [recruiting(number) for number in range(1, 5)]


@pytest.fixture
def registry(records):
    with LoopbackRegistry(records, day="2026-11-20") as running:
        yield running


def damage(watching, record):
    watching.app.db.execute(
        "update head set body = x'00' where trial = (select key from trial where trial = ?)", [nct(record)]
    )
    watching.app.db.conn.commit()


def test_a_damaged_version_holds_up_its_own_watches(tmp_path, registry, records, ticking):
    watching = Watching(
        tmp_path,
        registry,
        ids_watch("a", nct(records[0]))
        + ids_watch("b", nct(records[1]))
        + query_watch("q", status="RECRUITING,SUSPENDED")
        + query_watch("done", status="COMPLETED"),
        clock=ticking,
    )
    watching.poll()
    damage(watching, records[0])
    registry.publish(
        "2026-11-23", [with_status(records[0], "SUSPENDED"), with_status(records[2], "SUSPENDED")]
    )
    report = watching.poll()
    assert (sorted(report.finished), report.outcome) == (["b", "done"], "incomplete")
    assert any(line.startswith(f"{nct(records[0])} could not be compared") for line in report.problems)
    assert watching.told() == [("changed", nct(records[2]))]
    assert watching.poll().finished == []
    assert watching.told() == []


class LooseRegistry(CtgovRegistry):
    """Has no page for some trial: what writes an event of it fails."""

    broken = BROKEN

    def url(self, trial: str) -> str:
        if trial == self.broken:
            raise ValueError("no page for this one")
        return super().url(trial)


def test_a_record_that_cannot_be_stored_takes_none_with_it(tmp_path, registry, records, ticking, capsys):
    assert nct(records[0]) == BROKEN
    watching = Watching(
        tmp_path,
        registry,
        ids_watch("a", BROKEN) + ids_watch("b", *map(nct, records[1:])),
        clock=ticking,
    )
    watching.poll()
    watching.app.registries["ctgov"] = LooseRegistry(
        url=registry.url, requests_per_minute=100_000, wait=lambda _: False
    )
    registry.publish("2026-11-23", [with_status(record, "SUSPENDED") for record in records])
    capsys.readouterr()
    report = watching.poll()
    assert (report.finished, report.outcome) == (["b"], "incomplete")
    assert report.problems == [
        f"{BROKEN} could not be stored, a defect of trialbell's own: ValueError: no page for this one"
    ]
    assert capsys.readouterr().err.count("Traceback") == 1
    told = watching.told()
    assert sorted(told) == [("changed", nct(record)) for record in records[1:]]
    assert (report.versions, len(report.events)) == (3, 3)
    assert watching.count("select count(*) from version where number = 2") == 3


def test_a_staged_record_that_cannot_be_stored_takes_none_with_it(tmp_path, registry, records, ticking):
    full = [with_results(record) for record in records]
    registry.publish("2026-11-21", full)
    watching = Watching(tmp_path, registry, ids_watch("a", *map(nct, records)), clock=ticking)
    watching.poll()
    watching.app.registries["ctgov"] = LooseRegistry(
        url=registry.url, requests_per_minute=100_000, wait=lambda _: False
    )
    registry.publish("2026-11-23", [without(record, "resultsSection") for record in full])
    report = watching.poll()
    assert report.problems == [
        f"{BROKEN} could not be stored, a defect of trialbell's own: ValueError: no page for this one"
    ]
    assert sorted(watching.told()) == [("changed", nct(record)) for record in records[1:]]
    assert watching.count("select count(*) from version where number = 2") == 3
    watching.app.registries["ctgov"].broken = ""
    registry.publish("2026-11-24")
    assert watching.poll().outcome == "complete"
    assert watching.told() == [("changed", BROKEN)]


class SenselessRegistry(CtgovRegistry):
    name = "senseless"

    def build(self):
        raise ValueError("a defect of ours")


def test_a_poll_that_breaks_off_says_so_and_skips_no_other_registry(
    tmp_path, registry, records, ticking, capsys
):
    watching = Watching(tmp_path, registry, ids_watch("a", nct(records[0])), clock=ticking)
    watching.poll()
    working = watching.app.registries["ctgov"]
    broken = SenselessRegistry(url=registry.url, requests_per_minute=100_000)
    watching.app.registries = {"senseless": broken, "ctgov": working}
    watching.app.db.execute(
        "insert into watch (registry, name, definition, definition_hash, origin, added_at)"
        " select 'senseless', 'other', definition, definition_hash, 'command', added_at from watch"
    )
    watching.app.db.conn.commit()
    registry.publish("2026-11-23", [with_status(records[0], "SUSPENDED")])
    capsys.readouterr()
    reports = watching.app.poll()
    watching.app.deliver()
    assert [report.outcome for report in reports] == ["incomplete", "complete"]
    assert "a defect of ours" in reports[0].problems[0]
    assert capsys.readouterr().err.count("Traceback") == 1
    assert watching.told() == [("changed", nct(records[0]))]


def test_what_is_stored_after_a_transaction_that_failed_can_be_read(tmp_path, ticking):
    """The transaction that fails is the one in which a dictionary for the bodies was learnt."""
    fresh = [recruiting(number) for number in range(2, 1 + codec.FEWEST_SAMPLES)]
    last = recruiting(99)
    with LoopbackRegistry([last], day="2026-11-20") as registry:
        watching = Watching(tmp_path, registry, query_watch("q"), clock=ticking)
        watching.poll()
        watching.app.registries["ctgov"] = LooseRegistry(
            url=registry.url, requests_per_minute=100_000, wait=lambda _: False
        )
        watching.app.registries["ctgov"].broken = nct(last)
        registry.publish("2026-11-23", [*fresh, with_status(last, "SUSPENDED")])
        report = watching.poll()
        assert len(report.problems) == 1
        reader = watching.app.reader()
        for record in fresh:
            assert reader.record("ctgov", nct(record), Source.SNAPSHOT, 1)
        assert watching.count("select count(*) from dictionary") == 1
