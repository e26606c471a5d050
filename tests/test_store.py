"""Writing versions: numbers, identity, fingerprints, the chain of bodies, the ledger, and sudden death."""

from __future__ import annotations

import copy
import hashlib
import os
import random
import signal
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from doubles.registry_data import real_versions
from doubles.small_records import raw, small_record
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from snapshots.bodies import LONGEST, Bodies
from snapshots.changeset import Source
from snapshots.database import immediate, open_database
from snapshots.errors import DamagedVersion, NotAStudyRecord, NotJSON, UnknownTrial
from snapshots.query import Reader
from snapshots.record import canonical, content_hash, fingerprint
from snapshots.schema import MIGRATIONS
from snapshots.store import Store

NOW = datetime(2026, 11, 20, 9, 12, 44, tzinfo=UTC)
TRIAL = "NCT00000001"


@pytest.fixture
def db(tmp_path):
    with closing(open_database(tmp_path / "trialbell.db", [MIGRATIONS])) as database:
        yield database


def add(db, record, *, build="2026-11-20", seen_at=NOW):
    with immediate(db):
        return Store(db).add_snapshot(
            "ctgov", record, seen_at=seen_at, build=build, fingerprint=fingerprint(raw(record))
        )


def archive(db, number, record=None, *, submitted=None):
    with immediate(db):
        return Store(db).add_archived(
            "ctgov",
            TRIAL,
            record or small_record(holder=None, words=f"version {number}"),
            number=number,
            submitted=submitted or f"2020-01-{number % 28 + 1:02}",
            seen_at=NOW,
        )


def test_snapshots_are_numbered_in_the_order_stored(db):
    first = add(db, small_record())
    second = add(db, small_record(status="SUSPENDED"), build="2026-11-23", seen_at=NOW + timedelta(days=3))
    assert (first.ref.version, first.new, first.previous) == (1, True, None)
    assert (second.ref.version, second.new, second.previous) == (2, True, first.ref)
    assert second.ref.source is Source.SNAPSHOT
    assert (second.ref.build, second.ref.updated) == ("2026-11-23", "2026-11-19")
    again = add(db, small_record(), build="2026-11-24")  # A → B → A is three versions
    assert (again.ref.version, again.previous) == (3, second.ref)
    assert Store(db).newest("ctgov", TRIAL).ref == again.ref


def test_equal_content_is_the_same_version_with_the_date_it_was_first_seen_with(db):
    first = add(db, small_record(holder="2026-11-20"))
    again = add(db, small_record(holder="2026-11-23"), build="2026-11-23", seen_at=NOW + timedelta(days=3))
    assert (again.ref, again.new, again.previous) == (first.ref, False, None)
    stored = Reader(db).record("ctgov", TRIAL, Source.SNAPSHOT, 1)
    assert stored == small_record(holder="2026-11-20")
    assert db.execute("select count(*) from ledger").fetchone() == (1,)


def test_values_that_only_their_type_tells_apart_are_versions(db):
    for value in (1, 1.0, True):
        assert add(db, small_record(value=value)).new
    assert [type(Reader(db).record("ctgov", TRIAL, Source.SNAPSHOT, n)["value"]) for n in (1, 2, 3)] == [
        int,
        float,
        bool,
    ]


def test_a_number_is_not_used_again_after_a_rollback_or_by_another_trial(db):
    with pytest.raises(RuntimeError), immediate(db):
        Store(db).add_snapshot("ctgov", small_record(), seen_at=NOW, build="2026-11-20", fingerprint=None)
        raise RuntimeError
    assert Store(db).newest("ctgov", TRIAL) is None
    assert add(db, small_record()).ref.version == 1
    assert add(db, small_record("NCT00000002")).ref.version == 1
    assert Reader(db).check_ledger() == []


def test_fingerprints_lead_to_the_trial_whose_newest_snapshot_has_them(db):
    old, new, other = small_record(), small_record(status="SUSPENDED"), small_record("NCT00000002")
    marks = [fingerprint(raw(record)) for record in (old, new, other)]
    add(db, old)
    add(db, new)
    add(db, other)
    store = Store(db)
    assert store.known("ctgov", marks) == {marks[1]: TRIAL, marks[2]: "NCT00000002"}
    assert store.known("ctis", marks) == {}
    assert store.known("ctgov", []) == {}
    many = [bytes([n % 256, n // 256]) * 16 for n in range(2_000)]
    assert store.known("ctgov", [*many, marks[1]]) == {marks[1]: TRIAL}


def test_a_fingerprint_follows_the_bytes_in_which_the_record_comes(db):
    record = small_record()
    turned = dict(reversed(list(record.items())))  # the registry's software writes keys in another order
    add(db, record)
    assert add(db, turned).new is False
    assert Store(db).known("ctgov", [fingerprint(raw(turned)), fingerprint(raw(record))]) == {
        fingerprint(raw(turned)): TRIAL
    }


def test_no_fingerprint_is_kept_of_a_record_without_the_date_in_its_place(db):
    record = small_record(holder=None)
    with immediate(db):
        Store(db).add_snapshot("ctgov", record, seen_at=NOW, build="2026-11-20", fingerprint=b"x" * 32)
    assert Store(db).known("ctgov", [b"x" * 32]) == {}


def test_what_json_does_not_hold_is_not_stored(db):
    for value in (float("nan"), float("inf"), (1, 2)):
        with pytest.raises(NotJSON):
            add(db, small_record(value=value))
    with pytest.raises(NotAStudyRecord):
        add(db, {"protocolSection": {}})
    assert db.execute("select count(*) from trial").fetchone() == (0,)


def test_the_trials_row_follows_its_newest_snapshot(db):
    add(db, small_record())
    add(db, small_record(status="SUSPENDED"))
    archive(db, 1, small_record(status="NOT_YET_RECRUITING"))
    held = Reader(db).trial("ctgov", TRIAL)
    assert (held.status, held.snapshots, held.archived, held.state) == ("SUSPENDED", 2, 1, "present")
    assert (held.phase, held.countries, held.enrollment) == (
        "Phase 1/Phase 2",
        ("France", "Switzerland"),
        42,
    )
    assert held.first_seen == NOW


def test_a_trial_known_from_the_archive_alone_has_the_facts_of_its_newest(db):
    archive(db, 2, small_record(status="RECRUITING"))
    archive(db, 1, small_record(status="NOT_YET_RECRUITING"))
    assert Reader(db).trial("ctgov", TRIAL).status == "RECRUITING"
    assert Store(db).newest("ctgov", TRIAL) is None


def test_archive_versions_keep_the_registrys_numbers_and_stay_as_first_stored(db):
    later = archive(db, 7)
    earlier = archive(db, 3)
    between = archive(db, 5)
    assert (later.previous, earlier.previous, between.previous) == (None, None, earlier.ref)
    assert (between.ref.version, between.ref.build, between.ref.updated) == (5, None, "2020-01-06")
    again = archive(db, 5, small_record(words="computed anew"))
    assert (again.new, again.ref) == (False, between.ref)
    for number in (3, 5, 7):
        record = Reader(db).record("ctgov", TRIAL, Source.ARCHIVE, number)
        assert record == small_record(holder=None, words=f"version {number}")


def test_backfill_touches_none_of_our_versions(db):
    first = add(db, small_record())
    before = db.execute("select * from version where line = 'snapshot'").fetchall()
    for number in (1, 2, 3):
        archive(db, number)
    assert db.execute("select * from version where line = 'snapshot'").fetchall() == before
    assert Store(db).newest("ctgov", TRIAL).ref == first.ref


def test_an_archive_version_of_another_study_is_refused(db):
    with pytest.raises(NotAStudyRecord, match="NCT00000002"):
        archive(db, 1, small_record("NCT00000002"))


def test_marks(db):
    add(db, small_record())
    with immediate(db):
        Store(db).mark("ctgov", TRIAL, "merged", at=NOW, into="NCT00000009")
    held = Reader(db).trial("ctgov", TRIAL)
    assert (held.state, held.merged_into, held.state_since) == ("merged", "NCT00000009", NOW)
    with immediate(db):
        Store(db).mark("ctgov", TRIAL, "present", at=NOW)
    assert Reader(db).trial("ctgov", TRIAL).merged_into is None
    with pytest.raises(UnknownTrial), immediate(db):
        Store(db).mark("ctgov", "NCT00000002", "gone", at=NOW)
    with pytest.raises(ValueError, match="lost"), immediate(db):
        Store(db).mark("ctgov", TRIAL, "lost", at=NOW)


class Undone(Exception):
    pass


def longest_chain(db):
    """How many bodies are read one after the other for any version, at most."""
    longest = 0
    for line in ("snapshot", "archive"):
        base = dict(
            db.execute("select number, base from body where trial = 1 and line = ?", [line]).fetchall()
        )
        for number in base:
            steps = 0
            while number in base:
                steps, number = steps + 1, base[number]
            longest = max(longest, steps)
    return longest


def test_three_hundred_versions_all_come_back_over_a_bounded_number_of_bodies(db):
    chance = random.Random(11)
    record = small_record(words=" ".join(f"word{chance.randrange(9999)}" for _ in range(800)))
    written = []
    with immediate(db):
        for n in range(300):
            record = copy.deepcopy(record)
            record["protocolSection"]["statusModule"]["whyStopped"] = f"reason {n}"
            Store(db).add_snapshot("ctgov", record, seen_at=NOW, build="2026-11-20", fingerprint=None)
            written.append(canonical(record))
    reader = Reader(db)
    for n, body in enumerate(written, 1):
        assert reader.body("ctgov", TRIAL, Source.SNAPSHOT, n) == body
    assert longest_chain(db) <= LONGEST
    alone = db.execute("select number from body where base is null").fetchall()
    assert alone == [(64,), (128,), (192,), (256,)]
    average = db.execute("select avg(length(body)) from body where base is not null").fetchone()[0]
    assert average < 100 < len(written[0]) / 20


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(range(1, 40)), st.integers(2, 6))
def test_bodies_put_in_any_order_come_back_over_a_bounded_number_of_them(db, order, longest):
    """As backfills put them. The bound is shorter here than in use, so that forty versions reach it."""
    add(db, small_record())
    with pytest.raises(Undone), immediate(db):
        writing = Bodies(db, longest=longest)
        for number in order:
            body = raw(small_record(words=f"version {number}"))
            writing.place(1, Source.ARCHIVE, number, body, fingerprint=None)
        for number in order:
            assert Bodies(db).read(1, Source.ARCHIVE, number) == raw(small_record(words=f"version {number}"))
        assert longest_chain(db) <= longest
        raise Undone


def test_a_dictionary_is_learnt_from_fifty_trials_and_again_from_two_hundred(db):
    with immediate(db):
        store = Store(db)
        for n in range(1, 211):
            record = small_record(f"NCT{n:08}", words=f"summary {n * 7919} of trial {n}")
            store.add_snapshot("ctgov", record, seen_at=NOW, build="2026-11-20", fingerprint=None)
            trained = db.execute("select count(*) from dictionary").fetchone()[0]
            assert trained == (0 if n < 50 else 1 if n < 200 else 2)
    used = dict(db.execute("select dictionary, count(*) from head group by dictionary").fetchall())
    assert used == {2: 210}
    assert Reader(db).check_ledger() == []  # every body is read with a fresh reader
    assert db.execute("select max(length(content)) from dictionary").fetchone()[0] <= 65536


@pytest.mark.parametrize(
    "damage",
    [
        "update head set body = x'00'",
        "update head set body = zeroblob(length(body))",
        "delete from head",
        "update body set body = (select body from body as b where b.number = 1) where number = 2",
        "delete from body where number = 2",
        "update head set body = (select body from head as h where h.trial = 2) where trial = 1",
        "update body set base = 99 where number = 1",
    ],
)
def test_a_damaged_body_is_never_given_out(db, damage):
    for word in ("one", "two", "three"):
        add(db, small_record(words=word))
    add(db, small_record("NCT00000002"))
    db.execute(damage)
    reader = Reader(db)
    outcomes = []
    for number, word in enumerate(("one", "two", "three"), 1):
        try:
            assert reader.record("ctgov", TRIAL, Source.SNAPSHOT, number) == small_record(words=word)
            outcomes.append("whole")
        except DamagedVersion as error:
            assert TRIAL in str(error)
            outcomes.append("damaged")
    assert "damaged" in outcomes
    assert reader.check_ledger()


@pytest.mark.parametrize(
    "forgery",
    [
        "update ledger set sha256 = zeroblob(32) where entry = 2",
        "update ledger set number = 7 where entry = 2",
        "update ledger set archive = 1 where entry = 2",
        "update ledger set chain = zeroblob(32) where entry = 2",
        "update trial set trial = 'NCT00000009' where key = 1",
        "update trial set registry = 'ctis' where key = 1",
        "delete from ledger where entry = 2",
        "delete from ledger where entry = 1",
        "update version set entry = 1 where number = 2",
    ],
)
def test_a_forged_ledger_is_found(db, forgery):
    for word in ("one", "two", "three"):
        add(db, small_record(words=word))
    assert Reader(db).check_ledger() == []
    db.execute("pragma foreign_keys = off")
    db.execute(forgery)
    assert Reader(db).check_ledger(bodies=False)


def test_an_end_cut_off_the_ledger_is_found_and_still_when_it_has_grown_again(db):
    for words in ("one", "two"):
        add(db, small_record("NCT00000002", words=words))
    db.execute("delete from version where number = 2")
    db.execute("delete from ledger where entry = 2")
    assert "ledger: entries 2 to 2 were written once and are missing" in Reader(db).check_ledger(bodies=False)
    add(db, small_record())
    assert "ledger: entries 2 to 2 are missing" in Reader(db).check_ledger(bodies=False)
    for n in range(100):  # what follows is sealed all the same
        add(db, small_record(words=f"{n}"))
    assert len([one for one in Reader(db).check_ledger(bodies=False) if "ledger" in one]) == 1


def test_the_ledgers_chain_is_the_one_that_is_written_down(db):
    chain, kept = bytes(32), {}
    for number in range(1, 201):
        add(db, small_record(words=f"{number}"))
        body = hashlib.sha256(canonical(small_record(words=f"{number}"))).digest()
        named = b"ctgov\n" + TRIAL.encode() + b"\nsnapshot\n" + str(number).encode() + b"\n"
        times = hashlib.sha256(b"2026-11-20T09:12:44Z\n2026-11-20\n2026-11-19\n2026-11-18\n").digest()[:16]
        chain = kept[number] = hashlib.sha256(chain + named + body + times).digest()
        newest = db.execute("select chain from ledger order by entry desc limit 1").fetchone()[0]
        assert newest == chain
    stored = db.execute("select entry, chain from ledger where chain is not null").fetchall()
    assert stored == [(entry, kept[entry]) for entry in (64, 128, 192, 200)]


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from doubles.small_records import small_record
from snapshots.database import immediate, open_database
from snapshots.schema import MIGRATIONS
from snapshots.store import Store

db = open_database(Path(sys.argv[1]), [MIGRATIONS])
now = datetime(2026, 11, 20, tzinfo=UTC)
for n in range(100_000):
    with immediate(db):
        for trial in ("NCT00000001", "NCT00000002"):
            record = small_record(trial, words=f"version {n} " * 50)
            Store(db).add_snapshot("ctgov", record, seen_at=now, build="2026-11-20", fingerprint=None)
    print(n, flush=True)
"""


@pytest.mark.crash
@pytest.mark.parametrize("after", [0, 3, 17, 90])
def test_a_writer_killed_at_any_moment_leaves_a_sound_database(tmp_path, after):
    path = tmp_path / "trialbell.db"
    root = Path(__file__).resolve().parents[1]
    paths = os.pathsep.join([str(root), str(root / "tests")])
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
    ) as writer:
        for line in writer.stdout:
            if int(line) >= after:
                writer.send_signal(signal.SIGKILL)
                break
    with closing(open_database(path, [MIGRATIONS])) as db:
        assert db.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert db.execute("pragma foreign_key_check").fetchall() == []
        reader = Reader(db)
        assert reader.check_ledger() == []
        counts = [reader.trial("ctgov", f"NCT0000000{n}").snapshots for n in (1, 2)]
        assert counts[0] == counts[1] > after  # what was committed is there, nothing is by halves
        assert add(db, small_record(words="after the crash")).ref.version == counts[0] + 1


@pytest.mark.registry_data
def test_all_real_versions_come_back_to_the_byte(db):
    stored = []
    with immediate(db):
        store = Store(db)
        for row in real_versions():
            record = row["study"]
            mark = fingerprint(raw(record))
            known = store.known("ctgov", [mark])
            newest = store.newest("ctgov", row["nctId"])
            if known:
                assert known == {mark: row["nctId"]}
                assert newest.content == content_hash(record)
                continue
            added = store.add_snapshot(
                "ctgov",
                record,
                seen_at=datetime.fromisoformat(row["seenAt"]),
                build=row["date"],
                fingerprint=mark,
            )
            assert added.new is (newest is None or newest.content != content_hash(record))
            if added.new:
                stored.append((row["nctId"], added.ref, canonical(record)))
    assert len({trial for trial, _, _ in stored}) == 186
    reader = Reader(db)
    for trial, ref, body in stored:
        assert reader.body("ctgov", trial, Source.SNAPSHOT, ref.version) == body
        assert reader.version("ctgov", trial, Source.SNAPSHOT, ref.version).ref == ref
    assert reader.check_ledger() == []
