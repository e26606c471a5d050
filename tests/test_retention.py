"""Retention: what goes, what stays whatever its age, what is said of it, and that nothing is ever half gone."""

from __future__ import annotations

import random
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest
from doubles.outdated import NOW, everything, fill
from doubles.retention_process import Retainers
from doubles.small_records import small_record

from monitor import retention
from monitor.database import open_for_reading, open_for_writing
from monitor.retention import retain
from notifiers.outbox import Outbox
from snapshots import search
from snapshots.changeset import Source
from snapshots.database import immediate
from snapshots.errors import RemovedVersion, UnknownVersion
from snapshots.query import Reader
from snapshots.recompute import recompute
from snapshots.retention import Removed, Span, remove
from snapshots.search.index import catch_up
from snapshots.store import Store

ONE, TWO = "NCT00000001", "NCT00000002"
DAY = timedelta(days=1)
LATER = NOW + timedelta(days=100)  # versions 1 to 6 were seen on NOW and each of the five days after it
KEPT_SINCE_3 = LATER - (NOW + 2.5 * DAY)  # a span that begins while the third was the newest


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "t.db"
    fill(made, trials=2, versions=6)
    return made


@pytest.fixture
def db(path):
    with closing(open_for_writing(path)) as database:
        yield database


def numbers(db, trial=ONE, source=Source.SNAPSHOT):
    return [one.ref.version for one in Reader(db).versions("ctgov", trial) if one.ref.source is source]


def archive(db, number, submitted, trial=ONE):
    with immediate(db):
        return Store(db).add_archived(
            "ctgov",
            trial,
            small_record(trial, holder=None, words=f"archived {number}"),
            number=number,
            submitted=submitted,
            seen_at=NOW,
        )


def test_what_was_replaced_before_the_span_goes_and_each_day_of_it_can_be_asked_for(db):
    gone = retain(db, keep_for=KEPT_SINCE_3, now=LATER)
    assert (gone.trials, gone.versions, gone.whole) == (2, 4, True)
    assert numbers(db) == numbers(db, TWO) == [3, 4, 5, 6]
    reader = Reader(db)
    assert reader.check_ledger() == []
    assert reader.trial("ctgov", ONE).snapshots == 4
    assert reader.as_of("ctgov", ONE, date(2026, 10, 3)).ref.version == 3
    assert reader.as_of("ctgov", ONE, date(2026, 10, 2)) is None
    assert retain(db, keep_for=KEPT_SINCE_3, now=LATER).versions == 0


def test_on_its_edge_a_version_that_was_just_replaced_goes(db):
    retain(db, keep_for=LATER - (NOW + 2 * DAY), now=LATER)
    assert numbers(db) == [3, 4, 5, 6]
    retain(db, keep_for=LATER - (NOW + 3 * DAY - timedelta(microseconds=1)), now=LATER)
    assert numbers(db) == [3, 4, 5, 6]


def test_the_newest_stays_whatever_its_age(db):
    for number in (1, 2, 5):
        archive(db, number, f"2020-0{number}-01")
    retain(db, keep_for=DAY, now=LATER + 3000 * DAY)
    assert numbers(db) == numbers(db, TWO) == [6]
    assert numbers(db, ONE, Source.ARCHIVE) == [5]
    with pytest.raises(ValueError, match="stays"), immediate(db):
        span = Span(
            registry="ctgov", trial=ONE, source=Source.SNAPSHOT, key=1, first=6, last=6, versions=1, size=1
        )
        remove(db, [span], day=LATER.date())
    assert Reader(db).check_ledger() == []


def test_archived_versions_go_by_their_days_of_submission(db):
    for number, day in enumerate(("2019-01-01", "2021-06-15", "2022", "2023-01-01", "2024-01-01"), 1):
        archive(db, number, day)
    until = datetime(2023, 6, 1, tzinfo=UTC)
    assert retain(db, keep_for=LATER - until, now=LATER).versions == 1
    assert numbers(db, ONE, Source.ARCHIVE) == [2, 3, 4, 5]  # 2022 is no day: who knows until when 2 stood
    assert numbers(db) == [1, 2, 3, 4, 5, 6]
    retain(db, keep_for=LATER - datetime(2024, 1, 2, tzinfo=UTC), now=LATER)
    assert numbers(db, ONE, Source.ARCHIVE) == [2, 3, 4, 5]


def test_what_an_unsent_delivery_needs_stays_and_all_that_is_newer_with_it(db):
    event = "ctgov:NCT00000001:changed:2-3"
    with immediate(db):
        Outbox(db).enqueue(event, "log", order=1, due_at=NOW, now=NOW, thread=None, urgent=False)
    retain(db, keep_for=DAY, now=LATER)
    assert (numbers(db), numbers(db, TWO)) == ([2, 3, 4, 5, 6], [6])
    with immediate(db):
        (delivery,) = Outbox(db).due(None, LATER)
        Outbox(db).drop(delivery.id, reason="test", now=LATER)
    retain(db, keep_for=DAY, now=LATER)
    assert numbers(db) == [6]


def test_what_an_undecided_event_and_a_staged_record_need_stays(db):
    sequence = db.execute("select sequence from event where id = 'ctgov:NCT00000001:changed:3-4'").fetchone()[
        0
    ]
    with immediate(db):
        db.execute("insert into untold (event, registry, told) values (?, 'ctgov', 1)", [sequence])
        db.execute(
            "insert into staged_record (id, registry, trial, against, raw, told, several, steps)"
            " values (1, 'ctgov', ?, 5, x'00', 1, 0, '[]')",
            [TWO],
        )
        db.execute("insert into staged (registry, trial, subject, record) values ('ctgov', ?, 's', 1)", [TWO])
    retain(db, keep_for=DAY, now=LATER)
    assert (numbers(db), numbers(db, TWO)) == ([3, 4, 5, 6], [5, 6])


def test_what_comes_to_need_a_version_meanwhile_is_heard(db, monkeypatch):
    monkeypatch.setattr(retention, "needed", lambda db: {})  # as it was before the delivery came
    event = "ctgov:NCT00000001:changed:1-2"
    with immediate(db):
        Outbox(db).enqueue(event, "log", order=1, due_at=NOW, now=NOW, thread=None, urgent=False)
    retain(db, keep_for=DAY, now=LATER)
    assert (numbers(db), numbers(db, TWO)) == ([1, 2, 3, 4, 5, 6], [6])


def test_no_transaction_reads_all_deliveries(db):
    said, read = [], []
    db.conn.set_trace_callback(said.append)
    retain(db, keep_for=DAY, now=LATER)
    db.conn.set_trace_callback(None)
    writing = False
    for sql in said:
        writing = sql.startswith("BEGIN IMMEDIATE") or (writing and not sql.startswith("COMMIT"))
        if writing and "from delivery" in sql:
            read.append([row[3] for row in db.execute(f"explain query plan {sql}").fetchall()])
    assert read and not [step for plan in read for step in plan if step.startswith("SCAN")]


def test_what_went_is_said_and_is_no_damage(db):
    archive(db, 1, "2020-01-01")
    archive(db, 4, "2021-01-01")
    retain(db, keep_for=KEPT_SINCE_3, now=LATER)
    retain(db, keep_for=LATER - (NOW + 3.5 * DAY), now=LATER + DAY)
    reader = Reader(db)
    assert reader.removed("ctgov", ONE) == [
        Removed(source=Source.ARCHIVE, first=1, last=1, day="2027-02-28"),
        Removed(source=Source.SNAPSHOT, first=1, last=2, day="2027-02-28"),
        Removed(source=Source.SNAPSHOT, first=3, last=4, day="2027-03-01"),
    ]
    with pytest.raises(RemovedVersion, match=f"removed by retention on 2027-02-28: `{ONE}@2`"):
        reader.record("ctgov", ONE, Source.SNAPSHOT, 2)
    with pytest.raises(RemovedVersion, match=f"`{ONE}@r1`"):
        reader.version("ctgov", ONE, Source.ARCHIVE, 1)
    with pytest.raises(UnknownVersion, match="no such version is stored"):
        reader.record("ctgov", ONE, Source.SNAPSHOT, 99)
    assert reader.check_ledger() == []
    db.execute("delete from removed")
    assert any(f"{ONE}@2 is in the ledger and not among" in line for line in reader.check_ledger())


def test_events_and_the_ledger_stay_and_what_comes_follows_on(path, db):
    before = everything(path)
    entries = db.execute("select * from ledger").fetchall()
    retain(db, keep_for=DAY, now=LATER)
    assert everything(path) == before
    assert db.execute("select * from ledger").fetchall() == entries
    with immediate(db):
        added = Store(db).add_snapshot(
            "ctgov", small_record(ONE, words="new"), seen_at=LATER, build="2027-02-28", fingerprint=None
        )
    assert added.ref.version == 7
    assert Reader(db).check_ledger() == []


def test_what_went_is_not_taken_up_again(db):
    for number in (1, 3, 5):
        archive(db, number, f"202{number}-01-01")
    retain(db, keep_for=DAY, now=LATER)
    again = archive(db, 1, "2021-01-01")
    assert (again.new, again.ref.version) == (False, 1)
    assert numbers(db, ONE, Source.ARCHIVE) == [5]
    assert archive(db, 6, "2026-02-01").new


def test_what_is_searched_follows(db):
    catch_up(db)
    retain(db, keep_for=KEPT_SINCE_3, now=LATER)
    assert search.is_behind(db)
    catch_up(db)
    assert not search.is_behind(db)
    assert db.execute("select count(*) from searched where trial is not null").fetchone() == (2,)
    kept = db.execute("select distinct trial from searched_past where since < '2026-10-03'").fetchall()
    assert kept == []


def test_reading_anew_leaves_what_has_no_versions(db):
    with immediate(db):
        db.execute("update event set engine = 0")
    retain(db, keep_for=KEPT_SINCE_3, now=LATER)
    done = list(recompute(db, trials=[ONE]))
    assert [one.was.id.rsplit(":")[-1] for one in done] == ["3-4", "4-5", "5-6"]
    assert all(one.now is not None for one in done)


def test_others_write_between_two_transactions(path, db, monkeypatch):
    monkeypatch.setattr(retention, "AT_ONCE", 1)
    with closing(open_for_writing(path)) as other:
        other.conn.execute("pragma busy_timeout = 0")
        written = []

        def write(gone):
            with immediate(other):
                other.execute("update trial set title = ?", [f"title {len(written)}"])
            written.append(gone.versions)

        retain(db, keep_for=DAY, now=LATER, progress=write)
    assert written == [5, 10]  # a line at a time


def test_a_go_that_is_ended_early_says_so_and_the_next_goes_on(db, monkeypatch):
    gone = retain(db, keep_for=DAY, now=LATER, most=1)
    assert (gone.versions, gone.whole) == (5, False)
    assert retain(db, keep_for=DAY, now=LATER, stopping=lambda: True).whole is False
    rest = retain(db, keep_for=DAY, now=LATER, most=6)
    assert (rest.versions, rest.whole) == (5, True)


@pytest.mark.crash
def test_killed_it_leaves_a_whole_store_and_goes_on_from_there(tmp_path):
    path, whole = tmp_path / "t.db", tmp_path / "whole.db"
    fill(path, trials=12, versions=8)
    whole.write_bytes(path.read_bytes())
    days = (LATER - (NOW + 4.5 * DAY)) / DAY
    orders = {"keep_for": days, "now": LATER.isoformat(), "at_once": 10}
    with Retainers(whole) as retainers:
        retainers.start(**orders)
        assert retainers.end() == 0
    dice, kills, seen = random.Random(3), 0, set()
    with Retainers(path) as retainers:
        while True:
            retainers.start(**orders, die_after=dice.randint(1, 40 * (kills + 1)))
            ended = retainers.end()
            with closing(open_for_reading(path)) as db:
                reader = Reader(db)
                assert reader.check_ledger() == []
                for number in range(1, 13):
                    kept = numbers(db, f"NCT{number:08}")
                    assert kept in (list(range(1, 9)), list(range(5, 9)))
                    assert reader.trial("ctgov", f"NCT{number:08}").snapshots == len(kept)
                seen.add(db.execute("select count(*) from version").fetchone()[0])
            if ended == 0:
                break
            kills += 1
    assert kills >= 3 and len(seen) >= 3, (kills, seen)
    with closing(open_for_reading(path)) as db, closing(open_for_reading(whole)) as other:
        for table in ("version", "body", "removed", "trial", "ledger"):
            assert (
                db.execute(f"select * from {table}").fetchall()
                == other.execute(f"select * from {table}").fetchall()
            )
