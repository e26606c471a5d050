"""Searching by words: how long it takes, what bringing the index up to date costs, what room it takes."""

from __future__ import annotations

import gc
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
from backports import zstd
from bench.commands import TRIALBELL
from bench.machine import middle, run, table
from doubles.searched_records import queries, searched_records
from doubles.study_records import study_records
from sqlite_utils import Database

from monitor.database import open_for_reading, open_for_writing
from snapshots.database import immediate
from snapshots.record import canonical
from snapshots.search.asking import asked
from snapshots.search.finding import Search
from snapshots.search.index import catch_up
from snapshots.store import Store

SHOWN = 20
CHANGED = 10  # one trial in so many has a second version that says something else
BUILDS = ("2026-11-20", "2026-11-23")
_AT_ONCE = 1_000


def measure(*, runs: int, trials: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "t.db"
        db = open_for_writing(path)
        asked_for = _filled(db, trials)
        before = _size(db, path)
        yardstick, sample = _yardstick()
        began = time.process_time()
        catch_up(db)
        indexing = (time.process_time() - began) / trials
        room = _size(db, path) - before
        _change(db, trials)
        began = time.process_time()
        catch_up(db)
        following = (time.process_time() - began) / (trials // CHANGED)
        db.close()

        print(f"{trials:,} generated records, every {CHANGED}th with a second version\n")
        table(
            ("index", "CPU µs a trial", "× parse, hash, zstd 9"),
            [
                (
                    f"parse, hash, zstd 9 of generated records ({sample:.0f} B)",
                    f"{yardstick * 1e6:.0f}",
                    "1.0",
                ),
                ("first indexing", f"{indexing * 1e6:.0f}", f"{indexing / yardstick:.2f}"),
                ("after a change of what is said", f"{following * 1e6:.0f}", f"{following / yardstick:.2f}"),
            ],
        )
        print(
            f"\n{room / trials:.0f} bytes of database file a trial, {before / trials:.0f} without the index\n"
        )
        reader = open_for_reading(path)
        rows = []
        for words, search in (
            ("now", lambda looked, question: looked.now(question, limit=SHOWN)),
            (
                f"as of {BUILDS[0]}",
                lambda looked, question: looked.as_of(question, date.fromisoformat(BUILDS[0]), limit=SHOWN),
            ),
        ):
            rows += _timed(reader, words, asked_for, search)
        reader.close()
        table(("search, 20 shown", "queries", "p50 ms", "p99 ms", "worst ms", "p99 CPU ms", "found"), rows)
        print()
        _processes(path, asked_for, runs)


def _filled(db: Database, trials: int) -> list[tuple[str, str]]:
    store = Store(db)
    some: list[dict[str, Any]] = []
    batch: list[dict[str, Any]] = []
    now = datetime(2026, 11, 20, 9, tzinfo=UTC)

    def write() -> None:
        with immediate(db):
            for record in batch:
                store.add_snapshot("ctgov", record, seen_at=now, build=BUILDS[0], fingerprint=None)
        batch.clear()

    for number, record in enumerate(searched_records(trials)):
        batch.append(record)
        if number % max(1, trials // 1_000) == 0:
            some.append(record)
        if len(batch) == _AT_ONCE:
            write()
    write()
    return queries(some)


def _change(db: Database, trials: int) -> None:
    store = Store(db)
    now = datetime(2026, 11, 23, 9, tzinfo=UTC)
    with immediate(db):
        for number, record in enumerate(searched_records(trials)):
            if number % CHANGED == 0:
                named = record["protocolSection"]["identificationModule"]
                named["briefTitle"] = f"Renamed {named['briefTitle'].casefold()}"
                record["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"] = BUILDS[1]
                store.add_snapshot("ctgov", record, seen_at=now, build=BUILDS[1], fingerprint=None)


def _yardstick() -> tuple[float, float]:
    """(CPU seconds, bytes) a record, over some that are as large and as hard to pack as real ones: those that are
    searched say the same over and over where they are not searched, so that many of them are soon made."""
    bodies = [canonical(record) for record in study_records(1_000)]
    began = time.process_time()
    for body in bodies:
        msgspec.json.decode(body)
        hashlib.sha256(body).digest()
        zstd.compress(body, 9)
    return (time.process_time() - began) / len(bodies), sum(map(len, bodies)) / len(bodies)


def _timed(
    db: Database,
    words: str,
    asked_for: Sequence[tuple[str, str]],
    search: Callable[[Search, Any], Any],
) -> list[tuple[object, ...]]:
    looked = Search(db)
    times: dict[str, list[tuple[float, float]]] = {}  # wall, CPU
    found: dict[str, int] = {}
    gc.collect()
    for kind, text in asked_for:
        began = time.perf_counter(), time.process_time()
        hits = search(looked, asked(text, known=looked.knows)).trials
        taken = time.perf_counter() - began[0], time.process_time() - began[1]
        times.setdefault(kind, []).append(taken)
        found[kind] = found.get(kind, 0) + len(hits)
    whole = [one for each in times.values() for one in each]
    rows = [(f"{words}: {kind}", *_figures(each), found[kind]) for kind, each in times.items()]
    return [*rows, (f"**{words}: all**", *_figures(whole), sum(found.values()))]


def _figures(times: Sequence[tuple[float, float]]) -> tuple[object, ...]:
    wall, cpu = (sorted(one) for one in zip(*times, strict=True))
    late = min(len(wall) - 1, int(len(wall) * 0.99))
    shown = (wall[len(wall) // 2], wall[late], wall[-1], cpu[late])
    return (len(wall), *(f"{one * 1000:.1f}" for one in shown))


def _processes(path: Path, asked_for: Sequence[tuple[str, str]], runs: int) -> None:
    bare = middle([run([sys.executable, "-c", "pass"]) for _ in range(runs * 2)])
    rare = next(text for kind, text in asked_for if kind == "a word of the middle")
    rows = [("python -c pass", f"{bare.cpu * 1000:.0f}", "1.0", f"{bare.peak:.0f}")]
    for words, more in ((rare, ()), ("cancer", ()), ("cancer", ("--as-of", BUILDS[0]))):
        command = [TRIALBELL, "search", words, "--json", "--db", str(path), *more]
        one = middle([run(command) for _ in range(runs)])
        assert all("title" in json.loads(line) for line in one.out.splitlines())
        named = " ".join(["trialbell search", "WORD" if words == rare else words, *more])
        rows.append((named, f"{one.cpu * 1000:.0f}", f"{one.cpu / bare.cpu:.1f}", f"{one.peak:.0f}"))
    table(("whole process", "CPU ms", "× bare", "peak MB"), rows)


def _size(db: Database, path: Path) -> int:
    db.execute("pragma wal_checkpoint(truncate)")
    return path.stat().st_size
