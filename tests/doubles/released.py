"""A database as a release leaves it, kept as text: `doubles/schemas/VERSION.sql`, written once when it is released.

    PYTHONPATH=tests python -m doubles.released 0.1

The text is never written again: it is what the program of that release wrote. Invented records only; a bit of
everything that a service comes to hold.
"""

from __future__ import annotations

import argparse
import copy
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from doubles.ctgov import LoopbackRegistry
from doubles.small_records import small_record
from doubles.watching import Watching, ids_watch, query_watch

from snapshots import codec, store
from snapshots.database import immediate

SCHEMAS = Path(__file__).with_name("schemas")
START = datetime(2026, 11, 20, 9, 20, 30, 250_000, tzinfo=UTC)
TRIALS = 12
WORDS = ["dose", "weeks", "blood", "pain", "score", "placebo", "daily", "arm", "visit", "relapse"]


def released() -> list[Path]:
    """One file a release, the oldest first."""
    return sorted(SCHEMAS.glob("*.sql"), key=lambda path: [int(part) for part in path.stem.split(".")])


def restore(text: Path, path: Path) -> None:
    """Make the database that a release left, as its own program would find it."""
    with closing(sqlite3.connect(path)) as db:
        db.executescript(text.read_text(encoding="utf-8"))
        db.execute("pragma journal_mode = wal")


def fill(folder: Path) -> Path:
    """Some days of a service, by the program as it is now; the database's path."""
    # Small, so that the text stays small: in use it takes 50 trials to learn from, and up to 64 KB.
    codec.DICTIONARY_SIZE, codec.FEWEST_SAMPLES, store.TRAIN_AT = 1024, 8, (8,)
    clock = _Clock()
    records = [_record(number) for number in range(1, TRIALS + 1)]
    watches = ids_watch("named", *(_id(one) for one in records[:10])) + query_watch("found", cond="thing")
    with LoopbackRegistry(records, day="2026-11-20") as registry:
        watching = Watching(folder, registry, watches, clock=clock)
        watching.poll()
        for day, changed in enumerate(_days(records), 1):
            clock.now += timedelta(days=1)
            registry.publish(f"2026-11-{20 + day}", changed)
            watching.poll()
        db = watching.app.db
        with immediate(db):
            for number in (1, 4, 2):  # as a backfill may put them
                archived = _record(1, words=f"as submitted, version {number}", holder=None)
                store.Store(db).add_archived(
                    "ctgov",
                    _id(archived),
                    archived,
                    number=number,
                    submitted=f"2024-0{number}-15",
                    seen_at=clock.now,
                )
            db.execute(
                "insert into mute (scope, value, muted_at) values ('trial', ?, ?)",
                [_id(records[1]), "2026-11-23T09:20:30Z"],
            )
        watching.close()
    return folder / "t.db"


def _days(records: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """What is published anew: a stop, a correction, dates; then a module that most records lost, which is held."""
    now = copy.deepcopy(records)
    _status(now[0])["overallStatus"] = "SUSPENDED"
    now[1]["protocolSection"]["designModule"]["enrollmentInfo"]["count"] = 7
    yield [now[0], now[1]]
    _status(now[0])["whyStopped"] = "Supply"
    _status(now[2])["lastUpdatePostDateStruct"]["date"] = "2026-11"  # a date may be partial
    yield [now[0], now[2]]
    for one in now[:9]:
        del one["protocolSection"]["designModule"]
    yield now[:9]


def _record(number: int, *, words: str = "", holder: str | None = "2026-11-20") -> dict[str, Any]:
    chance = Random(number)
    return small_record(
        f"NCT{99_000_000 + number}",
        words=words or " ".join(chance.choices(WORDS, k=60)),
        holder=holder,
    )


def _id(record: dict[str, Any]) -> str:
    found: str = record["protocolSection"]["identificationModule"]["nctId"]
    return found


def _status(record: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = record["protocolSection"]["statusModule"]
    return found


class _Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the database of a release as text, once.")
    parser.add_argument("release", help="0.1, 0.2, …")
    target = SCHEMAS / f"{parser.parse_args().release}.sql"
    if target.exists():
        raise SystemExit(f"{target} is there already: what a release wrote is never written again")
    with tempfile.TemporaryDirectory() as name, closing(sqlite3.connect(fill(Path(name)))) as db:
        target.write_text("\n".join(db.iterdump()) + "\n", encoding="utf-8")
    print(f"{target}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
