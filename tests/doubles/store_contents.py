"""What a database holds, as lines that are equal for equal contents, however they came there.

By names, never by row numbers: two runs that stored the same in another order hold the same.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlite_utils import Database

from monitor.cli.main import run
from monitor.database import open_for_reading
from snapshots.query import Reader

# What was learnt of the world, apart from versions and events; how a poll went is none of it.
_TABLES = {
    "member": "select watch.name, member.trial, member.state, member.since from member"
    " join watch on watch.id = member.watch",
    "watch": "select name, definition, baseline, finished, finished_at, whole, removed_at from watch",
    "turning": "select trial.trial, turning.rules, turning.looked, turning.turns from turning"
    " join trial on trial.key = turning.trial",
    "deadline": "select trial.trial as id, deadline.* from deadline join trial on trial.key = deadline.trial",
    "absence": "select * from absence",
    "alias": "select * from alias",
    "held": "select registry, kind, subject, build, swept, count, state from held",
    "delivery": "select event, notifier from delivery",
    "backfill": "select registry, trial, state, plan, place, missing, versions, stored, changes, ended_at, reason from"
    " backfill",
}


def contents(path: Path) -> list[str]:
    """Every trial, version with its canonical body, entry of the ledger, event with its changes, membership, state
    that time makes, and delivery; and the bytes that `trialbell export` gives of it."""
    db = open_for_reading(path)
    try:
        lines = [_line("trial", row) for row in _rows(db, "select * from trial", less=("key",))]
        for name, sql in _TABLES.items():
            lines += [
                _line(name, row) for row in _rows(db, sql, less=("trial",) if name == "deadline" else ())
            ]
        return sorted([*lines, *_versions(db), *_ledger(db), *_events(db), *_exported(path)])
    finally:
        db.close()


def _exported(path: Path) -> list[str]:
    with TemporaryDirectory() as folder:
        out = Path(folder) / "exported"
        tables = ["versions", "changes", "trials", "--records", "--min-severity", "noise"]
        assert run(["export", *tables, "--format", "jsonl", "--out", str(out), "--db", str(path)]) == 0
        files = sorted(out.iterdir())
        assert len(files) == 3
        return [_line(file.name, file.read_text(encoding="utf-8")) for file in files]


def _versions(db: Database) -> list[str]:
    reader = Reader(db)
    lines = []
    for registry, trial in db.execute("select registry, trial from trial").fetchall():
        for version in reader.versions(registry, trial):
            ref = version.ref
            assert ref.version is not None
            body = reader.body(registry, trial, ref.source, ref.version).decode()
            named = [registry, trial, ref.source.value, ref.version, str(ref.seen_at), ref.updated, ref.build]
            kept = [version.sha256.hex(), version.content.hex(), version.size, version.submitted]
            lines.append(_line("version", [*named, *kept, body]))
    return lines


def _ledger(db: Database) -> list[str]:
    """Not the chain: it is of the order of storing."""
    rows = db.execute(
        "select trial.registry, trial.trial, ledger.line, ledger.number, ledger.sha256 from ledger"
        " join trial on trial.key = ledger.trial"
    ).fetchall()
    return [_line("ledger", [*row[:4], row[4].hex()]) for row in rows]


def _events(db: Database) -> list[str]:
    lines = []
    for event in _rows(db, "select * from event"):
        sequence = event.pop("sequence")
        changes = _rows(
            db, f"select * from change where event = {sequence} order by position", less=("event",)
        )
        lines.append(_line("event", [event, changes]))
    return lines


def _rows(db: Database, sql: str, *, less: Collection[str] = ()) -> list[dict[str, Any]]:
    cursor = db.execute(sql)
    names = [column[0] for column in cursor.description]
    return [
        {name: value for name, value in zip(names, row, strict=True) if name not in less}
        for row in cursor.fetchall()
    ]


def _line(name: str, value: Any) -> str:
    return json.dumps([name, value], ensure_ascii=False)
