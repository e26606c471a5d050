"""A poller killed with SIGKILL at any moment: the next one tells every change once and loses none."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.poller_process import POINTS
from doubles.study_records import study_record

from monitor.database import open_for_reading
from snapshots.changeset import Source
from snapshots.query import Reader

ROOT = Path(__file__).resolve().parents[1]
TIMES = 5  # kills at each named point

pytestmark = pytest.mark.crash


def nct(record):
    return record["protocolSection"]["identificationModule"]["nctId"]


def stopped(record):
    new = json.loads(json.dumps(record))
    new["protocolSection"]["statusModule"]["overallStatus"] = "TERMINATED"
    return new


class Scene:
    """A registry with 60 trials of which 30 stopped in the second build, and processes that poll it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.records = [study_record(number) for number in range(1, 61)]
        for record in self.records:
            record["protocolSection"]["statusModule"]["overallStatus"] = "RECRUITING"
        self.registry = LoopbackRegistry(self.records, day="2026-11-20").start()
        ids = json.dumps([nct(record) for record in self.records])
        (folder / "config.toml").write_text(
            f'[store]\npath = "t.db"\n[[watch]]\nname = "all"\nids = {ids}\n'
            '[notifiers.log]\ntype = "jsonl"\npath = "alerts.jsonl"\n'
        )
        self.changed = [stopped(record) for record in self.records[::2]]

    def process(self, *options: str) -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            "-m",
            "doubles.poller_process",
            str(self.folder),
            self.registry.url,
            *options,
        ]
        environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )

    def to_the_end(self) -> None:
        child = self.process()
        out, _ = child.communicate()
        assert b"done" in out, out
        assert child.returncode == 0

    def second_build(self) -> None:
        self.registry.publish("2026-11-23", self.changed)

    def check(self) -> None:
        wanted = sorted(nct(record) for record in self.changed)
        lines = (self.folder / "alerts.jsonl").read_text().splitlines()
        assert sorted(json.loads(line)["trial"] for line in lines) == wanted
        db = open_for_reading(self.folder / "t.db")
        try:
            assert db.execute("pragma integrity_check").fetchone()[0] == "ok"
            reader = Reader(db)
            assert reader.check_ledger() == []
            per_trial = Counter(
                row[0] for row in db.execute("select trial from event where kind = 'changed'")
            )
            assert per_trial == Counter(wanted)
            for record in self.records:
                versions = 2 if nct(record) in wanted else 1
                assert len(reader.versions("ctgov", nct(record))) == versions
            for record in self.changed:
                assert reader.record("ctgov", nct(record), Source.SNAPSHOT, 2) == self.registry.record(
                    nct(record)
                )
            states = dict(db.execute("select state, count(*) from delivery group by state").fetchall())
            assert states == {"sent": len(wanted)}
        finally:
            db.close()


@pytest.fixture
def scene(tmp_path):
    made = Scene(tmp_path)
    yield made
    made.registry.stop()


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_a_named_point(scene, point):
    scene.to_the_end()
    scene.second_build()
    kills = 0
    for attempt in range(TIMES):
        child = scene.process("--hold", point, "--skip", str(attempt if point != "before finishing" else 0))
        line = child.stdout.readline()
        if line != b"here\n":  # nothing was left to do at this point
            child.communicate()
            break
        child.send_signal(signal.SIGKILL)
        child.wait()
        kills += 1
    print(f"{point}: killed {kills} times")
    scene.to_the_end()
    scene.check()
    assert kills == TIMES or point == "between two batches"


def test_killed_at_moments_that_nobody_chose(scene):
    rng = random.Random(20261124)
    scene.to_the_end()
    scene.second_build()
    kills = 0
    for _ in range(25):
        child = scene.process("--die-after", str(rng.randint(1, 400)))
        child.communicate()
        kills += child.returncode == -signal.SIGKILL
    print(f"killed {kills} times amid SQL")
    assert kills >= 5
    scene.to_the_end()
    scene.check()


def test_killed_during_the_first_look(scene):
    rng = random.Random(7)
    kills = 0
    for _ in range(8):
        child = scene.process("--die-after", str(rng.randint(1, 120)))
        child.communicate()
        kills += child.returncode == -signal.SIGKILL
    assert kills >= 3
    scene.to_the_end()
    assert not (scene.folder / "alerts.jsonl").exists() or (scene.folder / "alerts.jsonl").read_text() == ""
    scene.second_build()
    scene.to_the_end()
    scene.check()
