"""What changed between the registry's own versions stands apart: who leaves it out does not read past it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from snapshots.changeset import Action, FieldChange, Kind, Severity, Source, VersionRef
from snapshots.database import immediate, open_database
from snapshots.event import Event, EventKind
from snapshots.query import Reader
from snapshots.schema import MIGRATIONS
from snapshots.store import Store
from snapshots.wanted import Wanted, find

NOW = datetime(2026, 11, 20, 9, 12, 44, tzinfo=UTC)
ASKED = (
    {},
    {"tag": "sites"},
    {"fields": ["phase"]},
    {"fields": ["phase"], "tag": "sites"},
    {"min_severity": Severity.NOISE},
    {"registry": "ctgov"},
)


def ref(number, source):
    return VersionRef(source=source, version=number, seen_at=NOW, updated="2026-11-19", build="2026-11-20")


def event(number, source=Source.ARCHIVE, severity=Severity.MAJOR, day="2026-11-19"):
    mark = "r" if source is Source.ARCHIVE else ""
    changed = FieldChange(
        field="phase",
        label="Phase",
        kind=Kind.CHOICE,
        action=Action.CHANGED,
        paths=("protocolSection.designModule.phases",),
        before="PHASE2",
        after="PHASE3",
        severity=severity,
        reason="",
        summary="Phase 2 → 3",
    )
    return Event(
        id=f"ctgov:NCT00000001:changed:{mark}{number}-{mark}{number + 1}",
        kind=EventKind.CHANGED,
        registry="ctgov",
        trial="NCT00000001",
        title="A study",
        url=None,
        severity=severity,
        headline="Phase 2 → 3",
        at=NOW,
        tags=("sites",),
        from_=ref(number, source),
        to=replace(ref(number + 1, source), updated=day),
        changes=(changed,),
    )


@pytest.fixture
def db(tmp_path):
    with closing(open_database(tmp_path / "t.db", [MIGRATIONS])) as database:
        yield database


def write(db, *events):
    with immediate(db):
        return [Store(db).add_event(one) for one in events]


def work(db, asked):
    """Steps of SQLite's machine, and what is found."""
    count = 0

    def tick():
        nonlocal count
        count += 1
        return 0

    db.conn.set_progress_handler(tick, 1)
    found = find(db, Wanted(**asked, archive=False), limit=10)
    db.conn.set_progress_handler(None, 0)
    return count, found


@pytest.mark.parametrize("asked", ASKED)
def test_a_long_past_is_not_read_past_by_who_leaves_it_out(db, asked):
    """However many events of the archive there are, and all of them newer."""
    write(db, *(event(number, Source.SNAPSHOT) for number in range(1, 6)))
    before = work(db, asked)
    assert len(before[1]) == 5
    write(db, *(event(number) for number in range(1, 2001)))
    assert work(db, asked) == before
    both = find(db, Wanted(**asked), limit=3000)
    assert len(both) == 2005
    assert both == sorted(both, reverse=True)


BETWEEN = {
    "since": datetime(2020, 3, 1, tzinfo=UTC),
    "until": datetime(2020, 3, 4, tzinfo=UTC),
}


@pytest.mark.parametrize("asked", [*ASKED, {"trial": "NCT00000001"}])
def test_the_past_is_asked_for_by_the_day_of_submission(db, asked):
    days = ("2020-02-29", "2020-03-01", "2020-03-03", "2020-03-04", "2026-11-19")
    written = write(db, *(event(number, day=day) for number, day in enumerate(days, 1)))
    ours = write(db, event(1, Source.SNAPSHOT, day="2020-03-02"))  # seen long after
    between = [(number, Severity.MAJOR) for number in (written[2], written[1])]
    assert find(db, Wanted(**asked, **BETWEEN), limit=10) == between
    assert find(db, Wanted(**asked, **BETWEEN, archive=False), limit=10) == []
    lately = Wanted(**asked, since=NOW - timedelta(hours=1))
    assert find(db, lately, limit=10) == [(ours[0], Severity.MAJOR)]
    midday = Wanted(**asked, since=BETWEEN["since"], until=datetime(2020, 3, 3, 12, tzinfo=UTC))
    assert find(db, midday, limit=10) == between


@pytest.mark.parametrize("asked", ASKED)
def test_some_days_of_a_long_past_are_found_without_reading_the_rest(db, asked):
    first = datetime(2021, 1, 1, tzinfo=UTC)
    write(db, event(1, day="2020-03-02"))

    def work_between():
        steps = 0

        def tick():
            nonlocal steps
            steps += 1

        db.conn.set_progress_handler(tick, 1)
        found = find(db, Wanted(**asked, **BETWEEN), limit=10)
        db.conn.set_progress_handler(None, 0)
        return steps, found

    before = work_between()
    assert len(before[1]) == 1
    others = ((first + timedelta(days=number)).date().isoformat() for number in range(2, 2001))
    write(db, *(event(number, day=day) for number, day in enumerate(others, 2)))
    steps, found = work_between()
    assert (found, steps <= before[0] + 20) == (before[1], True)


def test_pages_of_both_join_without_gap_or_repeat(db):
    events = [
        event(number, (Source.SNAPSHOT, Source.ARCHIVE)[number % 2], list(Severity)[number % 3 + 1])
        for number in range(1, 58)
    ]
    written = write(db, *events)
    for asked in ({}, {"tag": "sites"}, {"fields": ["phase"]}):
        reader, seen, before = Reader(db), [], None
        while page := reader.events(limit=10, before=before, **asked):
            seen += [sequence for sequence, _ in page]
            before = seen[-1]
        assert seen == written[::-1]


def test_a_file_of_the_first_release_is_brought_up_to_date(tmp_path):
    path = tmp_path / "old.db"
    events = [event(1, Source.SNAPSHOT), *(event(number) for number in range(1, 5))]
    with closing(open_database(tmp_path / "new.db", [MIGRATIONS])) as new:
        write(new, *events)
    with closing(open_database(path, [_before("0004_archive_events")])) as old:
        old.attach("new", tmp_path / "new.db")
        for table in ("event", "change", "event_watch", "event_tag"):
            columns = ", ".join(f'"{column.name}"' for column in old[table].columns)
            with immediate(old):
                old.execute(f"insert into {table} ({columns}) select {columns} from new.{table}")
    with closing(open_database(path, [MIGRATIONS])) as db:
        reader = Reader(db)
        assert [one for _, one in reader.events()] == events[::-1]
        for asked in ASKED:
            assert [one for _, one in reader.events(**asked, archive=False)] == events[:1]
            assert [one for _, one in reader.events(**asked)] == events[::-1]
        assert db.execute("pragma foreign_key_check").fetchall() == []
        assert db.execute("pragma integrity_check").fetchone()[0] == "ok"
        with immediate(db):  # an event that goes takes its tags with it
            db.execute("delete from event where to_source = 'archive'")
        assert db.execute("select count(*) from event_tag").fetchone()[0] == 1


def _before(name):
    """The migrations below one, as a set of the same name."""
    from sqlite_utils.migrations import Migrations

    earlier = Migrations("snapshots")
    for one in MIGRATIONS._migrations:
        if one.name == name:
            break
        earlier._migrations.append(one)
    return earlier
