"""`trialbell retention`, the key that switches it on, and the service that does it once a day."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.outdated import NOW, fill
from doubles.watching import Watching, ids_watch
from msgspec.structs import replace

from monitor.config import ConfigError, read
from monitor.database import open_for_reading
from monitor.lease import Lease
from monitor.retention import waiting
from monitor.schedule import Service
from snapshots.instants import stamp
from snapshots.query import Reader

ONE = "NCT00000001"


@pytest.fixture
def stored(terminal):
    """Six versions each of two trials, of November 2026; and a configuration that keeps them for 30 days."""
    fill(terminal.folder / "t.db", trials=2, versions=6)
    terminal.write("config.toml", '[store]\npath = "t.db"\nkeep_versions_for = "30d"\n')
    return terminal


def kept(terminal):
    with closing(open_for_reading(terminal.folder / "t.db")) as db:
        return [Reader(db).trial("ctgov", f"NCT0000000{n}").snapshots for n in (1, 2)]


@pytest.fixture(autouse=True)
def late(monkeypatch):
    """The commands' clock, long after."""
    for module in ("retention", "session"):
        monkeypatch.setattr(f"monitor.cli.{module}.clock", lambda: NOW + timedelta(days=100))


def test_off_it_removes_nothing_and_says_how_to_switch_it_on(stored):
    stored.write("config.toml", '[store]\npath = "t.db"\n')
    for arguments in ((), ("--dry-run",)):
        ran = stored.run("retention", *arguments)
        assert (ran.code, ran.out) == (0, "")
        assert "retention is off" in ran.err and 'keep_versions_for = "3y"' in ran.err
    assert kept(stored) == [6, 6]


def test_a_dry_run_says_what_would_go_and_removes_nothing(stored):
    ran = stored.run("retention", "--dry-run")
    assert ran.code == 0
    assert ran.out.startswith("10 versions of 2 trials, about 0.0 MB: would go")
    (value,) = stored.run("retention", "--dry-run", "--json").values
    assert (value["versions"], value["trials"], value["dry_run"]) == (10, 2, True)
    assert 500 < value["bytes"] < 5000
    span = (NOW + timedelta(days=100)) - (NOW + timedelta(days=2.5))
    (value,) = stored.run("retention", "--dry-run", "--for", f"{span.total_seconds():.0f}s", "--json").values
    assert value["versions"] == 4
    assert kept(stored) == [6, 6]


def test_it_removes_and_history_and_show_say_so(stored):
    ran = stored.run("retention")
    assert ran.code == 0
    assert ran.out == "10 versions of 2 trials, about 0.0 MB: removed\n"
    assert kept(stored) == [1, 1]
    history = stored.run("history", ONE)
    assert "1 to 5: removed by retention on 2027-02-28" in history.err
    assert [value["version"] for value in stored.run("history", ONE, "--json").values] == [6]
    shown = stored.run("show", f"{ONE}@2")
    assert shown.code == 2
    assert f"removed by retention on 2027-02-28: `{ONE}@2`" in shown.err
    assert "as first stored" not in stored.run("field", ONE, "overall-status", "--json").out
    assert stored.run("doctor", "--deep").code == 0
    assert stored.run("retention").out.startswith("0 versions of 0 trials")


def test_room_is_given_back_when_asked_for(stored):
    fill(stored.folder / "more.db", trials=60, versions=12)
    stored.write("config.toml", '[store]\npath = "more.db"\nkeep_versions_for = "30d"\n')
    before = (stored.folder / "more.db").stat().st_size
    ran = stored.run("retention")
    assert "in the file are free for what comes; `--shrink`" in ran.err
    assert (stored.folder / "more.db").stat().st_size >= before
    ran = stored.run("retention", "--shrink")
    assert "given back to the disk" in ran.out
    assert (stored.folder / "more.db").stat().st_size < before
    assert stored.run("doctor", "--deep").code == 0


def test_wrong_use_is_said(stored):
    for arguments in (("--for", "2y"), ("--dry-run", "--for", "soon"), ("--dry-run", "--shrink")):
        assert stored.run("retention", *arguments).code == 2
    assert kept(stored) == [6, 6]


def test_beside_a_service_it_refuses_but_for_a_dry_run(stored):
    with Lease(stored.folder / "t.db", command="run", now=NOW):
        ran = stored.run("retention")
        assert ran.code == 3 and "`trialbell run`" in ran.err
        assert stored.run("retention", "--dry-run").code == 0
    assert kept(stored) == [6, 6]


@pytest.mark.parametrize(("span", "days"), [("3y", 1095), ("90d", 90), ("20y", 7300)])
def test_the_key_takes_long_spans(tmp_path, span, days):
    config = read(f'[store]\nkeep_versions_for = "{span}"\n', tmp_path / "config.toml")
    assert config.store.keep_versions_for == timedelta(days=days)
    assert read('[store]\npath = "x"\n', tmp_path / "config.toml").store.keep_versions_for is None


def test_minutes_are_not_months(tmp_path):
    with pytest.raises(ConfigError) as caught:
        read('[store]\nkeep_versions_for = "3m"\n', tmp_path / "config.toml")
    (problem,) = caught.value.problems
    assert "config.toml:2: [store] `keep_versions_for` is less than 30 days: `3m`" in str(problem)
    assert "`m` minutes" in str(problem)


def test_the_service_does_it_once_a_day(tmp_path, clock):
    fill(tmp_path / "t.db", trials=2, versions=6)
    clock.now = NOW + timedelta(days=100)
    with LoopbackRegistry([], day="2026-11-20") as registry:
        watching = Watching(tmp_path, registry, "", clock=clock)
        try:
            off = Service(watching.app, tick=3600)
            assert off.retain_if_due() is False
            store = replace(watching.app.config.store, keep_versions_for=timedelta(days=97))
            watching.app.config = replace(watching.app.config, store=store)
            service = Service(watching.app, tick=3600)
            assert service.retain_if_due() is False  # seen for the first time
            clock.now -= timedelta(days=1)
            watching.app.db.execute("update retention_wait set since = ?", [stamp(clock.now)])
            clock.forward(days=1)
            assert [service.retain_if_due() for _ in range(3)] == [True, False, False]
            assert watching.count("select snapshots from trial where key = 1") == 3
            clock.forward(hours=23)
            assert service.retain_if_due() is False
            clock.forward(hours=1)
            assert service.retain_if_due() is True
            assert watching.count("select snapshots from trial where key = 1") == 2
            service.start()
            assert "retention" in {job.id for job in service._scheduler.get_jobs()}
            service.stop()
        finally:
            watching.close()


def test_a_watch_goes_on_with_what_is_kept(tmp_path, clock):
    """The poll compares with the newest, which stays."""
    from doubles.plain_edits import nct, recruiting

    record = recruiting(1)
    with LoopbackRegistry([record], day="2026-11-20") as registry:
        watching = Watching(tmp_path, registry, ids_watch("a", nct(record)), clock=clock)
        try:
            watching.poll()
            for day, reason in enumerate(("one", "two"), 21):
                record["protocolSection"]["statusModule"]["whyStopped"] = reason
                registry.publish(f"2026-11-{day}", [record])
                clock.forward(days=1)
                watching.poll()
            watching.rung()
            from monitor.retention import retain

            retain(watching.app.db, keep_for=timedelta(days=1), now=clock.forward(days=400))
            record["protocolSection"]["statusModule"]["whyStopped"] = "three"
            registry.publish("2026-11-24", [record])
            watching.poll()
            assert [alert["id"].rsplit(":")[-1] for alert in watching.rung()] == ["3-4"]
        finally:
            watching.close()


def test_the_service_waits_a_day_with_a_span_that_is_new_or_shorter(tmp_path, clock):
    fill(tmp_path / "t.db", trials=2, versions=6)
    clock.now = NOW + timedelta(days=100)
    with LoopbackRegistry([], day="2026-11-20") as registry:
        watching = Watching(tmp_path, registry, "", clock=clock)

        def asked(days):
            span = None if days is None else timedelta(days=days)
            store = replace(watching.app.config.store, keep_versions_for=span)
            watching.app.config = replace(watching.app.config, store=store)
            return watching.app.retain()

        def stored():
            return watching.count("select snapshots from trial where key = 1")

        try:
            assert asked(97.5) is None and asked(97.5) is None
            notices = Service(watching.app).look().health(watching.app.db, watching.app.clock()).notices
            assert notices[0].startswith(
                "retention: from 2027-03-01 09:12 UTC on 4 versions of 2 trials would go;"
            )
            clock.forward(hours=23)
            assert asked(30) is None  # a shorter one begins anew
            clock.forward(hours=23)
            assert asked(30) is None and asked(None) is None  # none ends it
            clock.forward(hours=2)
            assert asked(30) is None and stored() == 6
            clock.forward(hours=25)
            assert asked(97.5) is not None and stored() < 6  # longer than one that was waited for: so is this
            before = stored()
            assert (
                asked(200) is not None and stored() == before
            )  # a longer one than was acted on waits for nothing
            assert Service(watching.app).look().health(watching.app.db, watching.app.clock()).notices == ()
        finally:
            watching.close()


def test_what_a_person_removes_is_not_waited_for(stored):
    assert stored.run("retention").code == 0
    with closing(open_for_reading(stored.folder / "t.db")) as db:
        assert waiting(db, now=NOW + timedelta(days=100)) is None
        assert db.execute("select seconds from retention_wait").fetchone()[0] == 30 * 86_400
    assert stored.run("retention", "--dry-run").out == "nothing would go\n"
