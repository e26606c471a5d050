"""Reading any version opens a bounded number of bodies and steps over none; and the file does not grow by gaps."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from random import Random

import pytest
from doubles.small_records import raw, small_record

from snapshots.bodies import LONGEST, Bodies
from snapshots.changeset import Source
from snapshots.database import immediate, open_database
from snapshots.schema import MIGRATIONS
from snapshots.store import Store

NOW = datetime(2026, 11, 20, 9, 12, 44, tzinfo=UTC)
MANY = 150
ORDERS = {
    "as they come": list(range(1, MANY + 1)),
    "newest first": list(range(MANY, 0, -1)),
    "any": Random(4).sample(range(1, MANY + 1), MANY),
    "the ends first": [1, MANY, *range(2, MANY)],
}


def body(number):
    return raw(small_record(words=f"version {number}"))


def steps_to_read(db, number):
    """Steps of SQLite's machine: a row more is some more of them, wherever it lies."""
    steps = 0

    def step():
        nonlocal steps
        steps += 1

    db.conn.set_progress_handler(step, 1)
    try:
        assert Bodies(db).read(1, Source.ARCHIVE, number) == body(number)
    finally:
        db.conn.set_progress_handler(None, 0)
    return steps


def filled(path, order):
    db = open_database(path, [MIGRATIONS])
    with immediate(db):
        db.execute(
            "insert into trial (key, registry, trial, title, has_results, conditions, countries, aliases, first_seen)"
            " values (1, 'ctgov', 'NCT00000001', '', 0, '[]', '[]', '[]', '')"
        )
        writing = Bodies(db)
        for number in order:
            writing.place(1, Source.ARCHIVE, number, body(number), fingerprint=None)
    return closing(db)


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_no_version_takes_more_rows_than_the_longest_chain(tmp_path, order):
    with filled(tmp_path / "one.db", range(1, LONGEST + 1)) as db:
        most = steps_to_read(db, 1)  # through LONGEST bodies, the newest among them
        one_more = (most - steps_to_read(db, LONGEST)) / (LONGEST - 1)
    assert one_more > 5
    with filled(tmp_path / "many.db", order) as db:
        assert max(steps_to_read(db, number) for number in order) <= most + one_more


def test_newest_bodies_that_grow_and_shrink_in_their_place_give_their_room_back(tmp_path):
    """Beside a copy written without gaps; a newest body that kept its room would make the file many times as large."""
    path, copy, chance = tmp_path / "t.db", tmp_path / "copy.db", Random(9)
    texts = {n: "".join(chance.choices("abcdefghijklmnop ", k=20_000)) for n in range(12)}
    with closing(open_database(path, [MIGRATIONS])) as db:
        for day in range(20):
            with immediate(db):
                for number, text in texts.items():
                    # Twice as long and back again: what an older one has more than the newer is stored with it.
                    words = text[: chance.choice((10_000, 20_000))] + f" {day}"
                    record = small_record(f"NCT{number + 1:08}", words=words)
                    Store(db).add_snapshot("ctgov", record, seen_at=NOW, build="2026-11-20", fingerprint=None)
        db.execute("pragma wal_checkpoint(truncate)").fetchall()
        db.execute("vacuum into ?", [str(copy)])
        assert db.execute("select count(*) from version").fetchone() == (240,)
    assert path.stat().st_size < 1.5 * copy.stat().st_size
