"""The deep check: each kind of damage is named, with trial and version, and nothing else is."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

import pytest
from doubles.small_records import small_record

from snapshots import integrity
from snapshots.database import immediate, open_database
from snapshots.integrity import damage
from snapshots.query import Reader
from snapshots.schema import MIGRATIONS
from snapshots.store import Store

NOW = datetime(2026, 11, 20, 9, 12, 44, tzinfo=UTC)
ONE, TWO = "NCT00000001", "NCT00000002"


def add(db, trial, words, *, archive=None):
    store, record = Store(db), small_record(trial, words=words)
    if archive is None:
        store.add_snapshot("ctgov", record, seen_at=NOW, build="2026-11-20", fingerprint=None)
    else:
        store.add_archived(
            "ctgov", trial, record, number=archive, submitted=f"2024-01-{archive:02}", seen_at=NOW
        )


@pytest.fixture
def path(tmp_path):
    """Four snapshots of the first trial and three archived, two snapshots of the second, sixty trials of one."""
    made = tmp_path / "trialbell.db"
    with closing(open_database(made, [MIGRATIONS])) as db, immediate(db):
        for word in ("a", "b", "c", "d"):
            add(db, ONE, word)
        for word in ("a", "b"):
            add(db, TWO, word)
        for number in (2, 9, 5):
            add(db, ONE, f"archived {number}", archive=number)
        for number in range(3, 63):
            add(db, f"NCT{number:08}", f"words of {number}")
    return made


@pytest.fixture
def db(path):
    with closing(open_database(path, [MIGRATIONS])) as database:
        database.execute("pragma foreign_keys = off")
        yield database


def test_a_sound_store_is_sound(db):
    assert list(damage(db)) == []
    assert db.execute("select count(*) from dictionary").fetchone() == (1,)  # and some bodies lean on it


SNAPSHOT_2 = "trial = 1 and archive = 0 and number = 2"
DAMAGED = {
    # a body, one that others lean on, the newest, an archived one
    f"update body set body = x'00' where {SNAPSHOT_2}": {
        f"{ONE}@2 cannot be read",
        f"{ONE}@1 cannot be read",
    },
    f"delete from body where {SNAPSHOT_2}": {
        f"{ONE}@2 has lost its body",
        f"{ONE}@1 cannot be read: it leans on",
    },
    "update head set body = x'00' where trial = 2": {f"{TWO}@2 cannot be read", f"{TWO}@1 cannot be read"},
    "update head set body = (select body from head where trial = 4) where trial = 3": {
        "NCT00000003@1 does not have the hash"
    },
    "update body set body = x'00' where archive = 1 and number = 2": {f"{ONE}@r2 cannot be read"},
    f"update body set base = 9 where {SNAPSHOT_2}": {"leans on version 9", f"{ONE}@1 cannot be read"},
    f"update body set base = 1 where {SNAPSHOT_2}": {
        "leans on version 1, which is not newer",
        f"{ONE}@1 cannot",
    },
    # the head
    "delete from head where trial = 5": {"NCT00000005@1 has lost its body", "NCT00000005@1 is the newest"},
    "update head set number = 7 where trial = 5": {
        *(
            "NCT00000005@1 has lost its body",
            "NCT00000005@7 has a body and no",
            "NCT00000005@1 is the newest",
        ),
    },
    # the version's row
    f"delete from version where {SNAPSHOT_2}": {
        *(f"{ONE}@2 is in the ledger", f"{ONE}@2 has a body and no version", f"{ONE} has 3 snapshots"),
    },
    f"update version set size = 7 where {SNAPSHOT_2}": {f"{ONE}@2 is not as long"},
    f"update version set content = zeroblob(16) where {SNAPSHOT_2}": {
        f"{ONE}@2 does not have the content hash"
    },
    f"update version set content = null where {SNAPSHOT_2}": {f"{ONE}@2 does not have the content hash"},
    f"update version set seen = seen - 86400000000 where {SNAPSHOT_2}": {f"{ONE}@2 does not have the times"},
    f"update version set build_day = build_day - 1 where {SNAPSHOT_2}": {f"{ONE}@2 does not have the times"},
    f"update version set updated_day = '2026' where {SNAPSHOT_2}": {f"{ONE}@2 does not have the times"},
    f"update version set submitted_day = 1 where {SNAPSHOT_2}": {f"{ONE}@2 does not have the times"},
    f"update version set entry = 1 where {SNAPSHOT_2}": {f"{ONE}@2 has no entry in the ledger"},
    "update version set trial = 999 where trial = 7": {
        "rows of a trial that there is not (key 999)",
        *(
            "NCT00000007@1 is in the ledger",
            "NCT00000007@1 has a body and no version",
            "NCT00000007 has 0 snap",
        ),
        "NCT00000007@0 is the newest",
    },
    # the ledger
    "update ledger set sha256 = zeroblob(32) where entry = 2": {
        "ledger: one of the entries 1 to 64",
        f"{ONE}@2 does",
    },
    "update ledger set times = null where entry = 2": {"ledger: one of the entries 1 to 64"},
    "delete from ledger where entry = 69": {
        "ledger: the newest entry, 68, has lost its chain hash",
        "ledger: entries 69 to 69 were written once and are missing",
        "@1 has no entry",
    },
    "delete from ledger where entry = 2": {"ledger: entries 2 to 2 are missing", f"{ONE}@2 has no entry"},
    "update ledger set chain = null where entry = 64": {"ledger: entry 64 has lost its chain hash"},
    "update ledger set chain = null where entry = 69": {
        "ledger: the newest entry, 69, has lost its chain hash"
    },
    # the rest
    "update dictionary set id = 9": {"its dictionary 1 is missing", "cannot be read: it leans on"},
    "update trial set archived = 4 where key = 1": {f"{ONE} has 3 archive versions, and its row says 4"},
}


@pytest.mark.parametrize("harm", DAMAGED)
def test_what_is_damaged_is_named(db, harm):
    db.execute(harm)
    found = list(damage(db))
    for words in DAMAGED[harm]:
        assert any(words in line for line in found), found
    for line in found:
        assert any(words in line for words in DAMAGED[harm]), line


@pytest.mark.parametrize("harm", [one for one in DAMAGED if "body = x'00'" not in one])
def test_rows_alone_are_looked_at_without_their_bodies(db, harm):
    db.execute(harm)
    found = set(damage(db, bodies=False))
    assert found <= set(damage(db))


def test_each_body_is_opened_once(db, monkeypatch):
    opened = []
    for name in ("unpack", "unpack_against"):
        real = getattr(integrity.codec, name)
        monkeypatch.setattr(
            integrity.codec,
            name,
            lambda packed, *rest, real=real: opened.append(packed) or real(packed, *rest),
        )
    assert list(damage(db)) == []
    assert len(opened) == 4 + 3 + 2 + 60


def test_it_says_how_far_it_is(db):
    said = []
    assert list(damage(db, progress=said.append)) == []
    assert said == [50, 62]


def test_others_write_while_it_looks_and_it_takes_no_notice(path, db):
    looking = damage(db, progress=lambda _: write())
    rounds = iter(range(100))

    def write():
        with closing(open_database(path, [MIGRATIONS], busy_timeout=0)) as other, immediate(other):
            number = next(rounds)
            for trial in (ONE, TWO, "NCT00000050", f"NCT0000009{number % 10}"):
                add(other, trial, f"written meanwhile {number}")

    write()
    assert list(looking) == []
    assert next(rounds) > 1


def test_it_holds_no_reading_open_between_its_looks(path, db):
    """The write-ahead log can be taken over whenever it gives something out, and while it opens bodies."""
    done = []

    def take_over(_):
        with closing(open_database(path, [MIGRATIONS])) as other:
            done.append(other.execute("pragma wal_checkpoint(truncate)").fetchone()[0])

    assert list(damage(db, progress=take_over)) == []
    assert done == [0, 0]  # 1 were busy: a reader holds it


def test_in_the_callers_transaction_it_sees_what_that_holds(db):
    with immediate(db):
        add(db, ONE, "not yet there for others")
        assert list(damage(db)) == []
    assert Reader(db).trial("ctgov", ONE).snapshots == 5
