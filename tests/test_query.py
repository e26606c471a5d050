"""Reading: trials, both lines of versions, a day's record, and events as they were written."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from doubles.small_records import json_values, small_record
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from snapshots.changeset import Action, FieldChange, Kind, Severity, Source, VersionRef
from snapshots.database import immediate, open_database
from snapshots.errors import UnknownTrial, UnknownVersion
from snapshots.event import Event, EventKind, Step, event_json
from snapshots.query import Reader
from snapshots.schema import MIGRATIONS
from snapshots.store import Store
from snapshots.twins import twins
from snapshots.wanted import Wanted, find

NOW = datetime(2026, 11, 20, 9, 12, 44, tzinfo=UTC)
TRIAL = "NCT00000001"


@pytest.fixture
def db(tmp_path):
    with closing(open_database(tmp_path / "trialbell.db", [MIGRATIONS])) as database:
        yield database


def snapshot(db, build, words, *, trial=TRIAL, submitted="2026-11-18"):
    record = small_record(trial, words=words, holder=build, submitted=submitted)
    with immediate(db):
        return Store(db).add_snapshot("ctgov", record, seen_at=NOW, build=build, fingerprint=None)


def archived(db, number, submitted, words):
    record = small_record(words=words, holder=None, submitted=submitted)
    with immediate(db):
        return Store(db).add_archived("ctgov", TRIAL, record, number=number, submitted=submitted, seen_at=NOW)


def ref(number, source=Source.SNAPSHOT):
    return VersionRef(source=source, version=number, seen_at=NOW, updated="2026-11-19", build="2026-11-20")


def change(**more):
    return FieldChange(
        **{
            "field": "overall-status",
            "label": "Recruitment status",
            "kind": Kind.STATUS,
            "action": Action.CHANGED,
            "paths": ("protocolSection.statusModule.overallStatus",),
            "before": "RECRUITING",
            "after": "SUSPENDED",
            "severity": Severity.CRITICAL,
            "reason": "recruitment stopped early",
            "summary": "Recruiting → Suspended",
            **more,
        }
    )


def event(name, **more):
    return Event(
        **{
            "id": f"ctgov:{TRIAL}:changed:{name}",
            "kind": EventKind.CHANGED,
            "registry": "ctgov",
            "trial": TRIAL,
            "title": "A study",
            "url": None,
            "severity": Severity.MAJOR,
            "headline": f"Something {name}",
            "at": NOW,
            "from_": ref(1),
            "to": ref(2),
            **more,
        }
    )


def write(db, *events):
    with immediate(db):
        return [Store(db).add_event(one) for one in events]


def test_what_is_not_there_is_said(db):
    reader = Reader(db)
    assert reader.trial("ctgov", TRIAL) is None
    assert reader.event("ctgov:none") is None
    for asked in (
        lambda: reader.versions("ctgov", TRIAL),
        lambda: reader.body("ctgov", TRIAL, Source.SNAPSHOT, 1),
        lambda: reader.as_of("ctgov", TRIAL, date(2026, 1, 1)),
    ):
        with pytest.raises(UnknownTrial, match=TRIAL):
            asked()
    snapshot(db, "2026-11-20", "one")
    for source, number, name in ((Source.SNAPSHOT, 2, "@2"), (Source.ARCHIVE, 1, "@r1")):
        with pytest.raises(UnknownVersion, match=name):
            reader.record("ctgov", TRIAL, source, number)
    with pytest.raises(UnknownTrial):
        reader.versions("ctis", TRIAL)


def test_trials_come_by_id_a_page_at_a_time(db):
    for n in (5, 3, 1, 4, 2):
        snapshot(db, "2026-11-20", "one", trial=f"NCT0000000{n}")
    reader = Reader(db)
    first = reader.trials(limit=2)
    rest = reader.trials(limit=9, after=first[-1].trial)
    assert [trial.trial[-1] for trial in [*first, *rest]] == list("12345")
    assert reader.trials(registry="ctis") == []
    assert reader.trials(registry="ctgov", limit=1)[0] == reader.trial("ctgov", "NCT00000001")


def test_history_is_both_lines_by_date_with_twins_named(db):
    archived(db, 2, "2026-11-18", "same words")
    archived(db, 1, "2026-10-01", "first words")
    snapshot(db, "2026-11-20", "same words", submitted="2026-11-18")
    snapshot(db, "2026-11-24", "third words", submitted="2026-11-22")
    versions = Reader(db).versions("ctgov", TRIAL)
    assert [(version.ref.source.value, version.ref.version) for version in versions] == [
        ("archive", 1),
        ("archive", 2),
        ("snapshot", 1),
        ("snapshot", 2),
    ]
    named = [
        version.equal_to and (version.equal_to.source.value, version.equal_to.version) for version in versions
    ]
    assert named == [None, ("snapshot", 1), ("archive", 2), None]


def test_twins_are_equal_without_markup_and_without_what_the_registry_computes(db):
    archived(db, 1, "2026-11-18", "<p>Adults &gt; 18 years</p>")
    archived(db, 2, "2026-11-22", "<p>Adults &gt; 21 years</p>")
    snapshot(db, "2026-11-20", "Adults \\> 18 years", submitted="2026-11-18")
    snapshot(db, "2026-11-24", "Adults \\> 20 years", submitted="2026-11-22")
    paired = {
        (version.ref.source.value, version.ref.version): version.equal_to
        for version in Reader(db).versions("ctgov", TRIAL)
    }
    assert paired["archive", 1].version == paired["snapshot", 1].version == 1
    assert paired["archive", 2] is paired["snapshot", 2] is None


def test_the_day_of_posting_is_no_difference_between_twins(db):
    record = small_record(holder=None)
    del record["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]
    with immediate(db):
        Store(db).add_archived("ctgov", TRIAL, record, number=1, submitted="2026-11-18", seen_at=NOW)
    add = snapshot(db, "2026-11-20", small_record()["protocolSection"]["descriptionModule"]["briefSummary"])
    assert Reader(db).versions("ctgov", TRIAL)[0].equal_to == add.ref


def test_equal_content_is_a_twin_whatever_day_the_archive_names(db):
    record = small_record()
    with immediate(db):
        Store(db).add_archived("ctgov", TRIAL, record, number=4, submitted="2026-11-17", seen_at=NOW)
        add = Store(db).add_snapshot("ctgov", record, seen_at=NOW, build="2026-11-20", fingerprint=None)
    assert Reader(db).versions("ctgov", TRIAL)[0].equal_to == add.ref


def test_a_long_past_is_paired_without_reading_it(db):
    """Only versions of one day are held against each other."""
    for number in range(1, 101):
        day = (date(2020, 1, 1) + timedelta(days=number)).isoformat()
        archived(db, number, day, f"<p>{number} words</p>")
    last = (date(2020, 1, 1) + timedelta(days=100)).isoformat()
    snapshot(db, "2026-11-20", "100 words", submitted=last)
    versions = Reader(db).versions("ctgov", TRIAL)
    lines = [
        [one for one in versions if one.ref.source is source] for source in (Source.ARCHIVE, Source.SNAPSHOT)
    ]
    read = []

    def record(version):
        read.append(version.ref)
        return Reader(db).record("ctgov", TRIAL, version.ref.source, version.ref.version)

    assert twins(*lines, record)[lines[1][0].ref].version == 100
    assert len(read) == 2


def test_one_line_alone_is_history_too(db):
    snapshot(db, "2026-11-20", "one")
    snapshot(db, "2026-11-23", "two")
    assert [version.ref.version for version in Reader(db).versions("ctgov", TRIAL)] == [1, 2]


def test_a_version_is_quiet_when_its_change_set_is_nothing_but_noise(db):
    for build, words in (("2026-11-20", "a"), ("2026-11-23", "b"), ("2026-11-24", "c")):
        snapshot(db, build, words)
    write(
        db,
        event("1-2", to=ref(2), severity=Severity.NOISE),
        event("2-3", from_=ref(2), to=ref(3), severity=Severity.MINOR),
    )
    reader = Reader(db)
    assert [version.quiet for version in reader.versions("ctgov", TRIAL)] == [False, True, False]
    assert reader.version("ctgov", TRIAL, Source.SNAPSHOT, 2).quiet is True


def test_as_of_a_day_is_our_snapshot_else_the_archives_version(db):
    archived(db, 1, "2020-01-01", "r1")
    archived(db, 2, "2026-11-18", "r2")
    snapshot(db, "2026-11-20", "s1")
    snapshot(db, "2026-11-24", "s2")
    reader = Reader(db)

    def named(day):
        found = reader.as_of("ctgov", TRIAL, date.fromisoformat(day))
        return found and (found.ref.source.value, found.ref.version)

    assert named("2019-12-31") is None
    assert named("2020-01-01") == ("archive", 1)
    assert named("2026-11-19") == ("archive", 2)
    assert named("2026-11-20") == ("snapshot", 1)
    assert named("2026-11-23") == ("snapshot", 1)
    assert named("2030-01-01") == ("snapshot", 2)


def test_instants_come_back_to_the_microsecond(db):
    seen = NOW.replace(microsecond=123456)
    with immediate(db):
        added = Store(db).add_snapshot(
            "ctgov", small_record(), seen_at=seen, build="2026-11-20", fingerprint=None
        )
    assert Reader(db).version("ctgov", TRIAL, Source.SNAPSHOT, 1).ref == added.ref
    assert added.ref.seen_at == seen


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=6)
MAYBE = st.none() | TEXT
MOMENT = st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.replace(fold=0))
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
REF = st.builds(
    VersionRef,
    source=st.sampled_from(Source),
    version=st.none() | st.integers(1, 10**6),
    seen_at=st.none() | MOMENT,
    updated=MAYBE,
    build=MAYBE,
)
CHANGE = st.builds(
    FieldChange,
    field=TEXT,
    label=TEXT,
    kind=st.sampled_from(Kind),
    action=st.sampled_from(Action),
    paths=TEXTS,
    before=json_values(),
    after=json_values(),
    severity=st.sampled_from(Severity),
    reason=TEXT,
    summary=TEXT,
    item=MAYBE,
    tags=TEXTS,
)
STEP = st.builds(
    Step,
    version=st.integers(1, 999),
    submitted=TEXT,
    headline=TEXT,
    severity=st.sampled_from(Severity),
)
EVENT = st.builds(
    Event,
    id=TEXT,
    kind=st.sampled_from(EventKind),
    registry=TEXT,
    trial=TEXT,
    title=TEXT,
    url=MAYBE,
    severity=st.sampled_from(Severity),
    headline=TEXT,
    at=st.none() | MOMENT,
    tags=TEXTS,
    watches=TEXTS,
    from_=st.none() | REF,
    to=st.none() | REF,
    changes=st.lists(CHANGE, max_size=3).map(tuple),
    build=MAYBE,
    detail=MAYBE,
    note=MAYBE,
    sponsor=MAYBE,
    phase=MAYBE,
    status=MAYBE,
    steps=st.lists(STEP, max_size=2).map(tuple),
    engine=st.integers(0, 99),
)


class Undone(Exception):
    pass


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EVENT, EVENT)
def test_an_event_comes_back_as_it_was_written(db, one, other):
    with pytest.raises(Undone), immediate(db):
        sequence = Store(db).add_event(one)
        reader = Reader(db)
        assert repr(reader.event(one.id)) == repr(one)  # repr tells 1 from 1.0 and true
        assert reader.events(min_severity=Severity.NOISE) == [(sequence, one)]
        assert Store(db).add_event(replace(other, id=one.id)) is None  # an event happens once
        assert reader.event(one.id) == one
        assert Store(db).rewrite_event(replace(other, id=one.id))
        assert reader.events(min_severity=Severity.NOISE) == [(sequence, replace(other, id=one.id))]
        assert not Store(db).rewrite_event(replace(other, id=f"{one.id}?"))
        for watch in set(one.watches) - set(other.watches):
            assert reader.events(watch=watch, min_severity=Severity.NOISE) == []
        raise Undone


def test_a_comparison_by_hand_is_no_event(db):
    with pytest.raises(ValueError, match="without an id"):
        write(db, event("x", id=None))


def test_events_in_json_are_those_that_were_written(db):
    one = event("1-2", changes=(change(),), watches=("MSC exosomes",), tags=("status", "stopped"))
    write(db, one)
    assert event_json(Reader(db).event(one.id)) == event_json(one)


SOME = (
    event("a", severity=Severity.NOISE, watches=("W",), tags=("sites",), changes=(change(field="phase"),)),
    event("b", severity=Severity.MINOR, watches=("W",), at=NOW + timedelta(hours=1)),
    event("c", severity=Severity.MAJOR, watches=("V", "W"), tags=("sites",), at=NOW + timedelta(hours=2)),
    event(
        "d", severity=Severity.CRITICAL, tags=("sites",), changes=(change(), change()), trial="NCT00000002"
    ),
    event("e", kind=EventKind.GONE, severity=Severity.CRITICAL, registry="ctis", watches=("V",)),
)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, "edcb"),
        ({"min_severity": Severity.NOISE}, "edcba"),
        ({"min_severity": Severity.MAJOR}, "edc"),
        ({"min_severity": Severity.CRITICAL}, "ed"),
        ({"watch": "W"}, "cb"),
        ({"watch": "W", "min_severity": Severity.NOISE}, "cba"),
        ({"watch": "w"}, ""),
        ({"watch": "V", "tag": "sites"}, "c"),
        ({"tag": "sites"}, "dc"),
        ({"tag": "sites", "min_severity": Severity.NOISE}, "dca"),
        ({"fields": ["overall-status"]}, "d"),
        ({"fields": ["phase"]}, ""),
        ({"fields": ["phase", "overall-status"]}, "d"),
        ({"fields": ["phase"], "watch": "W", "min_severity": Severity.NOISE}, "a"),
        ({"trial": "NCT00000002"}, "d"),
        ({"trial": TRIAL, "tag": "sites", "min_severity": Severity.NOISE}, "ca"),
        ({"registry": "ctis"}, "e"),
        ({"kinds": [EventKind.GONE, EventKind.BACK]}, "e"),
        ({"kinds": []}, ""),
        ({"since": NOW + timedelta(hours=1)}, "cb"),
        ({"since": NOW + timedelta(hours=1), "until": NOW + timedelta(hours=2)}, "b"),
        ({"until": NOW}, ""),
        ({"limit": 2}, "ed"),
        ({"limit": 0}, ""),
    ],
)
def test_events_are_found_newest_first(db, asked, found):
    write(db, *SOME)
    events = Reader(db).events(**asked)
    assert "".join(one.id[-1] for _, one in events) == found
    assert events == sorted(events, key=lambda pair: -pair[0])


def test_the_second_of_a_bound_belongs_to_it_whole(db):
    write(db, event("a", at=NOW.replace(microsecond=500_000)))
    reader = Reader(db)
    assert len(reader.events(since=NOW)) == len(reader.events(until=NOW + timedelta(seconds=1))) == 1
    assert reader.events(until=NOW) == reader.events(since=NOW + timedelta(seconds=1)) == []


def test_pages_of_events_join_without_gap_or_repeat(db):
    severities = list(Severity)
    write(db, *(event(f"{n}", severity=severities[n % 4], watches=("W",)) for n in range(57)))
    for asked in ({}, {"watch": "W"}, {"trial": TRIAL}):
        reader, seen, before = Reader(db), [], None
        while page := reader.events(limit=10, before=before, **asked):
            seen += [sequence for sequence, _ in page]
            before = seen[-1]
        assert seen == [n + 1 for n in reversed(range(57)) if n % 4]


def test_a_sequence_number_is_not_used_again(db):
    first = write(db, event("a"))[0]
    db.execute("delete from event")
    assert write(db, event("b"))[0] > first


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"watch": "W"},
        {"tag": "sites"},
        {"trial": TRIAL},
        {"registry": "ctgov"},
        {"watch": "W", "tag": "sites", "min_severity": Severity.CRITICAL},
        {"before": 5},
        {"fields": ["phase"]},
        {"fields": ["phase", "sex"]},
        {"fields": ["phase"], "watch": "W"},
        {"since": NOW},
        {"since": NOW, "tag": "sites"},
    ],
)
@pytest.mark.parametrize("archive", [True, False])
def test_events_are_found_along_an_index_already_in_order(db, asked, archive):
    write(db, *SOME)
    statements = []
    with db.tracer(lambda sql, values: statements.append((sql, values))):
        find(db, Wanted(**asked, archive=archive), limit=10)
    assert 1 <= len(statements) <= (8 if archive else 4)
    for sql, values in statements:
        plan = [row[3] for row in db.conn.execute(f"explain query plan {sql}", values)]
        assert not [step for step in plan if step.startswith("SCAN")], plan
        some_days = "event_submitted" in plan[0]  # few, and found by the day
        assert some_days or "trial" in asked or not [step for step in plan if "TEMP B-TREE" in step], plan


@pytest.mark.parametrize("archive", [True, False])
@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"watch": "W"},
        {"tag": "sites"},
        {"trial": TRIAL},
        {"fields": ["phase"]},
        {"fields": ["phase", "sex"]},
    ],
)
def test_what_is_found_is_found_with_its_severity(db, asked, archive):
    both = event("f", severity=Severity.MAJOR, changes=(change(field="phase"), change(field="sex")))
    write(db, *SOME, both)
    wanted = {**asked, "archive": archive, "min_severity": Severity.NOISE}
    found = find(db, Wanted(**wanted), limit=10)
    assert found == [(number, one.severity) for number, one in Reader(db).events(**wanted, limit=10)]
    assert len({severity for _, severity in found}) > 1


def test_several_changes_of_a_field_are_one_event_of_as_many_as_are_asked_for(db):
    numbers = write(db, *(event(name, changes=(change(), change(), change())) for name in "abc"))
    wanted = Wanted(fields=["overall-status"])
    assert [number for number, _ in find(db, wanted, limit=2)] == [numbers[2], numbers[1]]


def test_whole_change_sets_cost_few_look_ups_whatever_their_number(db):
    write(db, *(event(str(n), changes=(change(), change())) for n in range(40)))
    statements = []
    with db.tracer(lambda sql, values: statements.append(sql)):
        assert len(Reader(db).events(limit=40)) == 40
    assert len(statements) <= 2 * 3 + 2
