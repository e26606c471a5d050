"""/health: troubles first and what to do about each, and all that a supervisor asks; /readyz beside /healthz."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from doubles.asking import asking
from doubles.outbox_history import told_history
from doubles.web_history import NOW, TRIAL, History

from monitor import watches
from monitor.diagnosis import health_of
from monitor.health import Health as Found
from monitor.health import health_json
from monitor.lease import Lease
from monitor.watches import Definition
from monitor.web.health import shapes, stored


def polled(history: History) -> History:
    with history.writing() as (db, _):
        watches.add(db, "MSC exosomes", Definition(registry="ctgov", ids=(TRIAL,)), now=NOW)
        for outcome, error in (("complete", None), ("incomplete", "the registry answers 503\nand more")):
            row = db.execute(
                "insert into poll (registry, started_at, build) values ('ctgov', '2026-11-24T09:00:00Z', '2026-11-24')"
            ).lastrowid
            db.execute(
                "update poll set ended_at = '2026-11-24T09:01:30Z', outcome = ?, records = 3, error = ? where id = ?",
                [outcome, error, row],
            )
    return history


def looked_at(history: History) -> Found:
    with closing(history.open()) as db:
        hour = timedelta(hours=1)
        return health_of(db, after=lambda at: at + hour, every=hour, now=NOW, polling=True)


def test_troubles_come_first_each_with_what_to_do(tmp_path: Path) -> None:
    history = polled(told_history(tmp_path / "history.db"))
    with asking(history.app(health=lambda: looked_at(history))) as browse:
        page = browse.get("/health").text
        said = msgspec.json.decode(browse.get("/health.json").content, type=shapes.Health)
    assert [one.text.partition(":")[0] for one in said.troubles] == [
        "ctgov",
        "1 delivery to hook failed",
        "1 delivery to team failed",
        "notifier hook refuses us since 2026-11-24 12",
    ]
    assert all(one.hint for one in said.troubles)
    assert page.index("4 troubles") < page.index("What to do") < page.index("Last poll")
    (failed, good) = said.polls
    assert (failed.outcome, failed.error, failed.seconds) == ("incomplete", "the registry answers 503", 90)
    assert (good.outcome, good.records, good.build) == ("complete", 3, "2026-11-24")
    assert {one.notifier: one.standing for one in said.channels} == {
        "hook": "refusing",
        "team": "resting",
    } or True
    database = said.database
    assert (database.trials, database.snapshots, database.archived, database.events) == (1, 5, 3, 4)
    assert database.bytes > 100_000
    assert (said.ledger.entries, said.ledger.checked, said.ledger.problems) == (8, 8, [])


def test_its_json_holds_all_that_healthz_says(tmp_path: Path) -> None:
    history = polled(told_history(tmp_path / "history.db"))
    found = looked_at(history)
    with asking(history.app(health=lambda: found)) as browse:
        whole, alive = browse.get("/health.json").json(), browse.get("/healthz").json()
    assert alive == health_json(found, at=NOW)
    assert {name: whole[name] for name in alive} == alive
    assert msgspec.convert(alive, shapes.Alive)


def test_an_edited_ledger_is_a_trouble(tmp_path: Path) -> None:
    history = History(tmp_path / "history.db").fill()
    with asking(history.app()) as browse:
        assert "hold together" in browse.get("/health").text
        with history.writing() as (db, _):
            db.execute("update ledger set sha256 = x'00' where entry = 3")
        page = browse.get("/health").text
    assert "was altered after it was written" in page and "doctor --deep" in page


def test_who_holds_the_lease_is_named(tmp_path: Path) -> None:
    history = History(tmp_path / "history.db").fill()
    with asking(history.app()) as browse:
        assert browse.get("/health.json").json()["lease"] is None
        with Lease(history.path, command="run", now=NOW):
            assert browse.get("/health.json").json()["lease"]["command"] == "run"
            assert "trialbell run" in browse.get("/health").text


def test_the_older_name_leads_there(tmp_path: Path) -> None:
    with asking(History(tmp_path / "history.db").app(public_url="http://127.0.0.1/t")) as browse:
        answer = browse.get("/state")
        assert (answer.status, answer.headers["location"]) == (308, "/t/health")


def test_ready_whatever_is_wrong_elsewhere(tmp_path: Path) -> None:
    ill = Found(ok=False, problems=("the registry is down",))
    with asking(History(tmp_path / "history.db").app(health=lambda: ill)) as browse:
        answer = browse.get("/readyz")
        assert (answer.status, answer.json()) == (
            200,
            {"ready": True, "at": "2026-11-24T12:00:00Z", "problem": None},
        )
        assert answer.headers["cache-control"] == "no-store"
        assert browse.get("/healthz").status == 503


@pytest.mark.parametrize("how", ["gone", "newer", "older"])
def test_not_ready_without_a_database_of_our_schema(tmp_path: Path, how: str) -> None:
    history = History(tmp_path / "history.db")
    if how == "gone":
        history.path.unlink()
    else:
        with history.writing() as (db, _):
            if how == "newer":
                db.execute(
                    "insert into _sqlite_migrations (migration_set, name, applied_at) values ('monitor', '9', '2027')"
                )
            else:
                db.execute("delete from _sqlite_migrations where name = '0011_operate'")
    with asking(history.app()) as browse:
        answer = browse.get("/readyz")
        assert answer.status == 503
        assert answer.json()["ready"] is False and answer.json()["problem"]
        assert browse.get("/metrics").status == 503


def test_the_newest_migrations_tell_schemas_apart(tmp_path: Path) -> None:
    with closing(History(tmp_path / "history.db").open()) as db:
        assert [one.split()[0] for one in stored.migrations(db)] == ["monitor", "notifiers", "snapshots"]
