"""What was measured on, and how a finished process is accounted for."""

from __future__ import annotations

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
    began = time.perf_counter()
    child = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"} | dict(environment or {}),
    )
    assert child.stdout and child.stderr
    out, err = child.stdout.read(), child.stderr.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - began
    if child.returncode not in codes:
        sys.exit(f"{' '.join(command)} ended with {child.returncode}:\n{err.decode()}")
    return Run(cpu=used.ru_utime + used.ru_stime, wall=wall, peak=used.ru_maxrss / 1024, out=out.decode())


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
