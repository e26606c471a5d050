"""The whole registry watched by `query = {}`: a first mirror, a quiet poll, days on which 0.8 % of the trials change.

Whole processes of `trialbell check` against `bench.big_registry`, each beside what the same work costs without us.
Bytecode is kept beside the records, so that nobody pays for compiling.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from bench.big_records import id_of, kept
from bench.big_registry import FIRST_DAY, BigRegistry, Day
from bench.machine import Run, middle, run, table

TRIALBELL = str(Path(sys.executable).with_name("trialbell"))
IDS_A_URL = 200
A_PAGE = 1000
SMALLER = 10_000  # records beside which the peak of a large mirror is measured
ONCE_FROM = 20_000  # records from which one run of each is enough
DAYS = 5  # data builds that are followed: a working week


def measure(*, runs: int, records: int, days: int = DAYS, folder: Path | None = None) -> None:
    """folder: where the records are kept; by default one that the next bench finds again."""
    runs = 1 if records >= ONCE_FROM else min(runs, 3)
    with BigRegistry(records, folder=folder) as registry, _room(registry.url, folder) as room:
        print(registry.records.described() + "; watched by `query = {}`\n")
        _first_look(room, registry, runs)
        _quiet(room, registry, runs)
        _days(room, registry, days)
    if records > SMALLER:
        with BigRegistry(SMALLER) as registry, _room(registry.url, folder) as room:
            one = room.poll()
            print(f"\nThe mirror of {SMALLER:,} records: {one.cpu:.2f} s of CPU, peak {one.peak:.0f} MB")


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    folder: Path
    environment: Mapping[str, str]

    @property
    def database(self) -> Path:
        return self.folder / "t.db"

    def poll(self, config: str = "config.toml") -> Run:
        return run([TRIALBELL, "check", "--config", str(self.folder / config)], environment=self.environment)

    def python(self, module: str, *arguments: str) -> Run:
        return run([sys.executable, "-m", module, *arguments], environment=self.environment)

    def empty(self) -> None:
        for file in self.folder.glob("t.db*"):
            file.unlink()

    def ask(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.database)) as db:
            return db.execute(sql, values).fetchall()

    def size(self) -> int:
        return sum(file.stat().st_size for file in self.folder.glob("t.db*"))


@contextmanager
def _room(
    url: str, beside: Path | None, watches: str = '[[watch]]\nname = "all"\nquery = {}\n'
) -> Iterator[Room]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asked = f'[registries.ctgov]\nurl = "{url}"\nrequests_per_minute = 100000\n'
        (folder / "config.toml").write_text(f'[store]\npath = "t.db"\n{asked}{watches}')
        one = f'[[watch]]\nname = "one"\nids = ["{id_of(0)}"]\n'
        (folder / "warm.toml").write_text(f'[store]\npath = "warm.db"\n{asked}{one}')
        compiled = {
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": str((beside or kept()) / "compiled"),
        }
        room = Room(folder=folder, environment=compiled)
        # What will be loaded is compiled on nobody's account.
        room.poll("warm.toml")
        room.python("bench.bare_version", url, str(folder / "warm.db"))
        yield room


def _first_look(room: Room, registry: BigRegistry, runs: int) -> None:
    loops, mirrors = [], []
    for _ in range(runs):
        loops.append(room.python("bench.mirror_loop", registry.url))
        room.empty()
        registry.forget()
        mirrors.append(room.poll())
    loop, mirror = middle(loops), middle(mirrors)
    count = registry.records.count
    [(stored,)] = room.ask("select count(*) from version")
    if stored != count:
        sys.exit(f"the mirror holds {stored} of {count} records")
    table(
        ("whole process", "CPU s", "ms a record", "wall s", "peak MB"),
        [
            ("bare loop: fetch, parse, hash, compress (zstd 9)", *_row(loop, count)),
            ("first mirror, everything stored", *_row(mirror, count)),
        ],
    )
    packed = json.loads(loop.out)["packed"]
    print(
        f"\nmirror ÷ loop, CPU: {mirror.cpu / loop.cpu:.2f} (at most 1.5); peak {mirror.peak:.0f} MB (at most 300);"
        f" {len(registry.requests())} requests; database {room.size() / count:,.0f} bytes a record, where zstd 9 alone"
        f" takes {packed / count:,.0f} for the body"
    )


def _row(one: Run, count: int) -> tuple[str, ...]:
    return (f"{one.cpu:.2f}", f"{one.cpu / count * 1000:.2f}", f"{one.wall:.2f}", f"{one.peak:.0f}")


def _quiet(room: Room, registry: BigRegistry, runs: int) -> None:
    polls, bares = [], []
    for _ in range(2 * runs - 1):
        bares.append(room.python("bench.bare_version", registry.url, str(room.database)))
        registry.forget()
        polls.append(room.poll())
        asked = len(registry.requests())
        if asked != 1:
            sys.exit(f"a poll on a build seen before asked {asked} requests")
    poll, bare = middle(polls), middle(bares)
    print("\nOn a build seen before:\n")
    table(
        ("whole process", "CPU ms", "wall ms", "peak MB"),
        [
            (name, f"{one.cpu * 1000:.0f}", f"{one.wall * 1000:.0f}", f"{one.peak:.0f}")
            for name, one in (
                ("bare: import click, httpx, sqlite-utils; open the database; ask `/version`", bare),
                ("poll, one request", poll),
            )
        ],
    )
    print(f"\npoll ÷ bare, CPU: {poll.cpu / bare.cpu:.2f} (at most 1.3)")


# Days


def _days(room: Room, registry: BigRegistry, days: int) -> None:
    print("\nData builds that change 0.8 % of the trials, one in five of these without a new post date:\n")
    rows = []
    lines = []
    late: set[str] = set()  # changes that only whole records show, not seen yet
    for number in range(days):
        day = registry.next(str(date.fromisoformat(FIRST_DAY) + timedelta(days=3 + number)))
        registry.forget()
        one = room.poll()
        asked = Counter(_kind(path, query) for path, query, _ in registry.requests())
        found = {str(row[0]) for row in room.ask(_FOUND, day.day)}
        due = {*day.posted, *day.slim, *day.new}
        if missed := due - found:
            sys.exit(f"{day.day}: {len(missed)} of {len(due)} changes were missed: {sorted(missed)[:5]}")
        told = {str(row[0]) for row in room.ask(_TOLD, day.day)}
        if untold := set(day.news) & found - told:
            sys.exit(f"{day.day}: {len(untold)} changes were stored and not told: {sorted(untold)[:5]}")
        late = (late | set(day.deep)) - found
        rows.append(
            (
                day.day,
                f"{len(due)} + {len(day.deep)}",
                len(found),
                f"{len(told)} of {len(set(day.news) & found)}",
                *(asked[kind] for kind in _KINDS),
                f"{one.cpu:.2f}",
                f"{one.wall:.2f}",
                f"{one.peak:.0f}",
            )
        )
        lines += _bounds(registry, day, asked, len(due), found)
    table(
        ("build", "changed + deep", "versions", "told", *_KINDS, "CPU s", "wall s", "peak MB"),
        rows,
    )
    print(
        "\nchanged: all found on the day, and told unless they are noise; deep: changed where only the whole record"
        f" shows it, so that a slim sweep leaves it to the weekly one ({len(late)} not seen after these days)\n"
    )
    print("\n".join(lines))


_FOUND = (
    "select trial.trial from version join trial on trial.key = version.trial"
    " where version.line = 'snapshot' and version.build = ?"
)
_TOLD = "select trial from event where kind = 'changed' and severity <> 'noise' and build = ?"
_KINDS = ("version", "window", "slim", "whole", "ids", "one")  # of questions


def _kind(path: str, query: Mapping[str, str]) -> str:
    if path.endswith("/version"):
        return "version"
    if not path.endswith("/studies"):
        return "one"
    if "filter.ids" in query:
        return "ids"
    if "filter.advanced" in query:
        return "window"
    return "slim" if "fields" in query else "whole"


def _bounds(registry: BigRegistry, day: Day, asked: Counter[str], changed: int, found: set[str]) -> list[str]:
    """What the issue allows: pages of the window + 3 and a full URL of changed ids; verification apart."""
    since = [
        query["filter.advanced"].partition("RANGE[")[2][:10]
        for _, query, _ in registry.requests()
        if "filter.advanced" in query
    ]
    inside = registry.posted_since(min(since)) if since else 0
    pages = -(-inside // A_PAGE)
    update = pages + 3 + -(-changed // IDS_A_URL)
    verify = -(-registry.count // A_PAGE) + -(-len(found) // IDS_A_URL) + 3
    total = sum(asked.values())
    return [
        f"- {day.day}: {total} requests, at most {update} + {verify}"
        f" ({inside:,} posted since {min(since) if since else 'nothing was asked since'})"
        + ("" if total <= update + verify else " **more than the bound**")
    ]


def measure_overlaps(*, watches: int, records: int, runs: int = 1, folder: Path | None = None) -> None:
    """Many watches whose ids overlap: what they cost is their union."""
    with BigRegistry(records, folder=folder) as registry:
        ids = [id_of(number) for number in range(records)]
        named = [sorted(Random(number).sample(ids, 5 + number % 25)) for number in range(watches)]
        union = len({one for some in named for one in some})
        tables = "".join(
            f'[[watch]]\nname = "w{n}"\nids = {json.dumps(some)}\n' for n, some in enumerate(named)
        )
        with _room(registry.url, folder, tables) as room:
            first = room.poll()
            registry.next("2026-11-23")
            registry.forget()
            second = room.poll()
            asked = Counter(_kind(path, query) for path, query, _ in registry.requests())
            registry.forget()
            quiet = room.poll()
            print(
                f"\n{watches:,} watches name {sum(map(len, named)):,} ids, {union:,} different ones."
                f" After a new build: {asked['ids']} requests for ids (the union fills {-(-union // IDS_A_URL)} URLs),"
                f" {asked['one']} for single records, {asked['version']} for `/version`\n"
            )
            table(
                ("whole process", "CPU s", "wall s", "peak MB"),
                [
                    (name, f"{one.cpu:.2f}", f"{one.wall:.2f}", f"{one.peak:.0f}")
                    for name, one in (
                        ("first look", first),
                        ("poll after a new build", second),
                        (f"poll on a build seen before ({len(registry.requests())} request)", quiet),
                    )
                ],
            )
