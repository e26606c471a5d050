"""Killed with SIGKILL while it tells the operator: each beginning and each end is told once, and none is lost."""

from __future__ import annotations

import json
import random
from contextlib import closing
from pathlib import Path

import pytest
from doubles.operator_process import BEGAN, Attendants

from monitor.database import open_for_writing
from monitor.polling import held
from snapshots.database import immediate

pytestmark = pytest.mark.crash

SWEEPS = 5


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tables = "".join(
        f'[notifiers.{name}]\ntype = "jsonl"\npath = "{name}.jsonl"\n' for name in ("ops", "night")
    )
    (tmp_path / "config.toml").write_text(
        f'[store]\npath = "t.db"\n[operator]\nto = ["ops", "night"]\n{tables}[[route]]\nto = ["ops"]\n'
    )
    return tmp_path


def told(folder: Path, name: str) -> list[str]:
    path = folder / f"{name}.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line)["headline"] for line in lines]


def test_killed_at_moments_that_nobody_chose(folder: Path) -> None:
    dice = random.Random(20261129)
    kills = 0
    with closing(open_for_writing(folder / "t.db")) as db, Attendants(folder) as attendants:
        for sweep in range(SWEEPS):
            for minutes, change in ((0, open_one), (5, drop_one)):
                with immediate(db):
                    change(db, sweep)
                for _ in range(3):
                    attendants.start(minutes=10 * sweep + minutes, die_after=dice.randint(1, 40))
                    kills += attendants.end() != 0
                attendants.start(minutes=10 * sweep + minutes)
                assert attendants.end() == 0
        assert db.execute("select count(*) from operator_condition").fetchone()[0] == 0
    print(f"killed {kills} times")
    assert kills > SWEEPS
    wanted = []
    for sweep in range(SWEEPS):
        line = f"held: {sweep + 1} of 100 records lost results"
        wanted += [f"H{line[1:]}", f"Over after 5 min: {line}"]
    for name in ("ops", "night"):
        found = told(folder, name)
        assert [line.partition(" in the build")[0] for line in found] == wanted


def open_one(db, sweep):
    db.execute(
        "insert into held (registry, kind, subject, build, swept, count, opened_at, state)"
        " values ('ctgov', 'lost-section', 'results', ?, 100, ?, '2026-11-20T09:30:00Z', 'open')",
        [f"2026-11-{20 + sweep}T09:00:00", sweep + 1],
    )
    db.execute("update held set opened_at = strftime('%Y-%m-%dT%H:%M:%SZ', '2026-11-20 09:30:00', ? || ' minutes')"
               " where state = 'open'", [10 * sweep])  # fmt: skip


def drop_one(db, sweep):
    assert held.drop(db, sweep + 1, BEGAN)
