"""The store on disk, beside a `git gc --aggressive` pack of the same canonical files; reading and checking it.

One commit a round of versions, one file a trial. Each round edits every trial once to three times, as the registry's
users do: mostly dates, sites, contacts and statuses, seldom results. Change sets are not written: they are counted
apart.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import msgspec
from bench.machine import table
from doubles.study_records import Edit, edited, possible_edits, study_record
from sqlite_utils import Database

from snapshots import codec
from snapshots.changeset import Source
from snapshots.database import immediate, open_database
from snapshots.integrity import damage
from snapshots.query import Reader
from snapshots.record import canonical, fingerprint
from snapshots.schema import MIGRATIONS
from snapshots.store import Store

FIRST_DAY = date(2026, 1, 5)
AT_ONCE = 50  # versions in one transaction, as a poll books them
READS = 3_000
_RARE = {
    Edit.POST_RESULTS: 0.1,
    Edit.TAKE_RESULTS_DOWN: 0.01,
    Edit.REORDER_SITES: 0.1,
    Edit.REDERIVE_BROWSE: 0.1,
}
_OFTEN = {
    Edit.VERIFY: 6,
    Edit.OPEN_SITE: 4,
    Edit.ADD_SITE: 3,
    Edit.SLIP_COMPLETION: 3,
    Edit.CHANGE_CONTACT: 2,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What was measured of so many versions of so many trials. Sizes in bytes, times in seconds."""

    trials: int
    rounds: int
    canonical: int
    bodies: int  # the stored bodies
    dictionaries: int
    pack: int  # git's whole pack: files, trees and commits
    blobs: int  # the files in it
    file: int
    grown: float  # of the file, for one version more
    first: float  # to store a first version
    bare: float  # to parse, hash and compress (zstd 9) its bytes, and no more
    later: float  # to store one more
    read: tuple[float, float]  # median, p99
    checked: float  # all versions
    tables: Sequence[tuple[str, int, int, float]]  # name, rows, bytes, bytes that one version more took


def measure(*, many: tuple[int, int] = (2_000, 20), few: tuple[int, int] = (20_000, 2)) -> None:
    """many, few: (trials, versions of each)."""
    with tempfile.TemporaryDirectory() as name:
        cases = [
            _case(Path(name) / f"{trials}x{rounds}", trials=trials, rounds=rounds)
            for trials, rounds in (many, few)
        ]
    header = (
        "trials × versions",
        "canonical MB",
        "bodies + dictionary MB",
        "git's pack MB",
        "files in it MB",
    )
    table((*header, "÷ pack", "÷ files in it"), [_against_git(one) for one in cases])
    print()
    header = ("trials × versions", "database file MB", "one version more, bytes", "a first version µs")
    rows = [_use(one) for one in cases]
    table((*header, "bare loop µs", "one more µs", "read ms", "p99", "deep check a second"), rows)
    for one in cases:
        print(f"\nWhat takes the room, {_name(one)}:\n")
        table(
            ("table or index", "rows", "MB", "of one version more, bytes"),
            [_room(*row) for row in one.tables],
        )


def _case(folder: Path, *, trials: int, rounds: int) -> Case:
    folder.mkdir()
    bodies: list[bytes] = []
    written = first = bare = later = 0.0
    total = 0
    path = folder / "trialbell.db"
    git = _Git(folder / "git")
    with closing(open_database(path, [MIGRATIONS])) as db:
        for number in range(rounds):
            coming = [_version(trial, number, bodies) for trial in range(trials)]
            took = _store(db, coming, number)
            if number == 0:
                first, bare = took / trials, _bare(coming) / trials
                before = _rooms(db)
                size_before = _size(db)
            else:
                later += took
            bodies = [canonical(msgspec.json.decode(one)) for one in coming]
            total += sum(map(len, bodies))
            git.commit(bodies, number)
        size = _size(db)
        after = _rooms(db)
        stored, dictionaries = db.execute(
            "select (select sum(length(body)) from head) + (select ifnull(sum(length(body)), 0) from body),"
            " (select ifnull(sum(length(content)), 0) from dictionary)"
        ).fetchone()
        read = _reading(db, trials, rounds)
        began = time.perf_counter()
        assert list(damage(db)) == []
        written = time.perf_counter() - began
    more = trials * (rounds - 1)
    pack, blobs = git.packed()
    return Case(
        trials=trials,
        rounds=rounds,
        canonical=total,
        bodies=stored,
        dictionaries=dictionaries,
        pack=pack,
        blobs=blobs,
        file=size,
        grown=(size - size_before) / more,
        first=first,
        bare=bare,
        later=later / more,
        read=read,
        checked=written,
        tables=[
            (name, rows, room, (room - before.get(name, (0, 0))[1]) / more)
            for name, (rows, room) in sorted(after.items(), key=lambda item: -item[1][1])
        ],
    )


def _version(trial: int, number: int, bodies: Sequence[bytes]) -> bytes:
    """The raw bytes of a trial's version as the registry would send them in a round's build."""
    rng = Random(f"{trial}:{number}")
    if number == 0:
        record = study_record(trial + 1)
    else:
        record = msgspec.json.decode(bodies[trial])
        for _ in range(rng.choice((1, 1, 2, 3))):
            if kinds := possible_edits(record):
                weights = [_RARE.get(kind) or _OFTEN.get(kind) or 1 for kind in kinds]
                record = edited(record, rng.choices(kinds, weights)[0], rng)
            else:  # a withheld record
                record["protocolSection"]["statusModule"]["lastUpdateSubmitDate"] = str(_day(number))
    derived: dict[str, Any] = record["derivedSection"]
    record["derivedSection"] = {"miscInfoModule": {"versionHolder": str(_day(number))}} | {
        key: value for key, value in derived.items() if key != "miscInfoModule"
    }
    return msgspec.json.encode(record)


def _store(db: Database, coming: Sequence[bytes], number: int) -> float:
    """Seconds to parse and store a round."""
    store = Store(db)
    began = time.perf_counter()
    for start in range(0, len(coming), AT_ONCE):
        seen_at = datetime.combine(_day(number), datetime.min.time(), UTC) + timedelta(
            hours=9, milliseconds=start
        )
        with immediate(db):
            for raw in coming[start : start + AT_ONCE]:
                record = msgspec.json.decode(raw)
                store.add_snapshot(
                    "ctgov", record, seen_at=seen_at, build=str(_day(number)), fingerprint=fingerprint(raw)
                )
    return time.perf_counter() - began


def _bare(coming: Sequence[bytes]) -> float:
    began = time.perf_counter()
    for raw in coming:
        msgspec.json.decode(raw)
        fingerprint(raw)
        codec.pack(raw)
    return time.perf_counter() - began


def _reading(db: Database, trials: int, rounds: int) -> tuple[float, float]:
    rng = Random(7)
    reader = Reader(db)
    took = []
    for _ in range(READS):
        trial = f"NCT{90_000_001 + rng.randrange(trials)}"
        began = time.perf_counter()
        reader.record("ctgov", trial, Source.SNAPSHOT, 1 + rng.randrange(rounds))
        took.append(time.perf_counter() - began)
    took.sort()
    return took[len(took) // 2], took[len(took) * 99 // 100]


def _day(number: int) -> date:
    return FIRST_DAY + timedelta(days=number)


def _size(db: Database) -> int:
    """Of the file once everything is in it, free pages not counted."""
    db.execute("pragma wal_checkpoint(truncate)").fetchall()
    pages, free, size = (
        db.execute(f"pragma {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)


def _rooms(db: Database) -> dict[str, tuple[int, int]]:
    """Table or index → (rows, bytes of its pages)."""
    rows = db.execute(
        "select name, sum(case when pagetype = 'leaf' then ncell else 0 end), sum(pgsize) from dbstat group by name"
    )
    return {name: (cells, room) for name, cells, room in rows.fetchall() if room > 4096}


class _Git:
    """A repository that takes one commit a round."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        subprocess.run(["git", "init", "-q", "--bare", str(folder)], check=True)

    def commit(self, bodies: Sequence[bytes], number: int) -> None:
        with subprocess.Popen([*self._git(), "fast-import", "--quiet"], stdin=subprocess.PIPE) as importer:
            assert importer.stdin is not None
            for part in _commit(bodies, number):
                importer.stdin.write(part)
        assert importer.returncode == 0

    def packed(self) -> tuple[int, int]:
        """(bytes of the whole pack, of the files in it)."""
        subprocess.run([*self._git(), "gc", "--aggressive", "--prune=now", "--quiet"], check=True)
        listing = subprocess.run(
            [
                *self._git(),
                "cat-file",
                "--batch-all-objects",
                "--batch-check=%(objecttype) %(objectsize:disk)",
            ],
            check=True,
            capture_output=True,
            text=True,
        )
        blobs = sum(int(line.split()[1]) for line in listing.stdout.splitlines() if line.startswith("blob"))
        (pack,) = self._folder.glob("objects/pack/*.pack")
        return pack.stat().st_size, blobs

    def _git(self) -> list[str]:
        return ["git", "-C", str(self._folder)]


def _commit(bodies: Sequence[bytes], number: int) -> Iterator[bytes]:
    stamp = int(datetime.combine(_day(number), datetime.min.time(), UTC).timestamp())
    yield b"commit refs/heads/main\ncommitter bench <bench@localhost> %d +0000\ndata 0\n" % stamp
    if number:
        yield b"from refs/heads/main^0\n"
    for trial, body in enumerate(bodies):
        yield b"M 100644 inline NCT%d.json\ndata %d\n%s\n" % (90_000_001 + trial, len(body), body)


def _name(one: Case) -> str:
    return f"{one.trials:,} × {one.rounds}"


def _against_git(one: Case) -> tuple[object, ...]:
    ours = one.bodies + one.dictionaries
    sizes = (one.canonical, ours, one.pack, one.blobs)
    return (
        _name(one),
        *(f"{size / 1e6:.2f}" for size in sizes),
        f"{ours / one.pack:.3f}",
        f"{ours / one.blobs:.3f}",
    )


def _use(one: Case) -> tuple[object, ...]:
    median, worst = (f"{took * 1000:.2f}" for took in one.read)
    each = (f"{took * 1e6:.0f}" for took in (one.first, one.bare, one.later))
    rate = one.trials * one.rounds / one.checked
    return (_name(one), f"{one.file / 1e6:.2f}", f"{one.grown:.0f}", *each, median, worst, f"{rate:,.0f}")


def _room(name: str, rows: int, room: int, more: float) -> tuple[object, ...]:
    return name, f"{rows:,}", f"{room / 1e6:.2f}", f"{more:.0f}"
