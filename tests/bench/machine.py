"""What was measured on, and how a finished process is accounted for."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    cpu: float  # seconds, user + system
    wall: float  # seconds
    peak: float  # MB of resident memory
    out: str


def described() -> str:
    cores = os.cpu_count()
    return (
        f"{date.today()}, Python {platform.python_version()}, {platform.machine()}, {cores} cores, "
        f"{platform.system()} {platform.release()}"
    )


def run(
    command: Sequence[str], *, environment: Mapping[str, str] | None = None, codes: Sequence[int] = (0,)
) -> Run:
    """One process to its end, children not counted."""
    reading, writing = os.pipe()
    launcher = [sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py")), str(writing)]
    began = time.perf_counter()
    ended = subprocess.run(
        [*launcher, *command],
        capture_output=True,
        text=True,
        check=True,
        pass_fds=[writing],
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"} | dict(environment or {}),
    )
    wall = time.perf_counter() - began
    os.close(writing)
    with os.fdopen(reading) as report:
        used = json.load(report)
    if used["code"] not in codes:
        sys.exit(f"{' '.join(command)} ended with {used['code']}:\n{ended.stderr}")
    return Run(cpu=used["cpu"], wall=wall, peak=used["peak"], out=ended.stdout)


def middle(runs: Sequence[Run]) -> Run:
    return Run(
        cpu=statistics.median(one.cpu for one in runs),
        wall=statistics.median(one.wall for one in runs),
        peak=statistics.median(one.peak for one in runs),
        out=runs[-1].out,
    )


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    print("| " + " | ".join(header) + " |")
    print("|" + "---|" * len(header))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
