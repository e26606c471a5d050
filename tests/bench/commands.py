"""Whole commands in multiples of a bare `python -c pass`."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from bench.machine import ROOT, Run, middle, run, table
from doubles.study_records import study_record

TRIALBELL = str(Path(sys.executable).with_name("trialbell"))


def measure(*, runs: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        old = study_record(1)
        new = json.loads(json.dumps(old))
        new["protocolSection"]["statusModule"]["overallStatus"] = "SUSPENDED"
        (folder / "old.json").write_text(json.dumps(old))
        (folder / "new.json").write_text(json.dumps(new))
        bare = middle([run([sys.executable, "-c", "pass"]) for _ in range(runs * 2)])
        rows = [("python -c pass", f"{bare.cpu * 1000:.0f}", "1.0", f"{bare.peak:.0f}")]
        subjects = {
            "trialbell --help": [TRIALBELL, "--help"],
            "trialbell diff old.json new.json": [
                TRIALBELL, "diff", str(folder / "old.json"), str(folder / "new.json"),
            ],
        }  # fmt: skip
        for words, command in subjects.items():
            one: Run = middle([run(command, codes=(0, 1)) for _ in range(runs)])
            rows.append((words, f"{one.cpu * 1000:.0f}", f"{one.cpu / bare.cpu:.1f}", f"{one.peak:.0f}"))
        table(("whole process", "CPU ms", "× bare", "peak MB"), rows)
    assert ROOT.exists()
