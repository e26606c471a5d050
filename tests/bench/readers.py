"""Many readers beside one writer: what each waits for the other.

Reads and writes share processors as well as a file, so the yardstick of each is the same load on a copy of the file:
what is slower beside it is slower because of the file.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.machine import ROOT, middle, run, table
from doubles.filled_store import fill

READERS = 4


def measure(*, runs: int, trials: int = 1_000, seconds: float = 3.0) -> None:
    runs = min(runs, 3)  # of seven loads, each for seconds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder / "one.db", trials=trials, versions=2)
        print(
            f"{trials} generated trials of 2 versions, {(folder / 'one.db').stat().st_size / 1e6:.0f} MB;"
            f" {READERS} readers that never pause, a writer of 50 versions a transaction that never pauses;"
            f" {runs} runs of {seconds:g} s each, medians\n"
        )
        _exports(folder, trials, runs=runs)
        rows = []
        for title, there, beside in (
            ("the writer alone", ["write"], []),
            (f"{READERS} readers alone", ["read"] * READERS, []),
            ("the writer, readers on a copy", ["write"], ["read"] * READERS),
            ("readers, the writer on a copy", ["read"] * READERS, ["write"]),
            ("both on one file", ["write"] + ["read"] * READERS, []),
            ("both, and an export that never ends", ["write", "export"] + ["read"] * READERS, []),
            ("both, and one transaction held all the time", ["write", "hold"] + ["read"] * READERS, []),
        ):
            rows.append([title, *_row([_run(folder, there, beside, seconds) for _ in range(runs)])])
        table(
            ("", "reads a second", "read p50 ms", "read p99 ms", "versions a second", "wait to write p99 ms",
             "log at most MB", "log then MB", "busy"),
            rows,
        )  # fmt: skip


def _exports(folder: Path, trials: int, *, runs: int) -> None:
    """What an export costs, and that its memory does not grow with what is stored."""
    fill(folder / "small.db", trials=trials // 4, versions=2)
    rows = []
    for format_ in ("csv", "jsonl", "parquet"):
        cells = [f"versions with their records, {format_}"]
        for name in ("small.db", "one.db"):
            command = [
                sys.executable,
                "-m",
                "monitor",
                "export",
                "versions",
                "--records",
                "--format",
                format_,
            ]
            command += ["--out", str(folder / f"{name}-{format_}"), "--force", "--db", str(folder / name)]
            one = middle([run(command) for _ in range(runs)])
            cells += [f"{one.cpu:.2f}", f"{one.peak:.0f}"]
        rows.append(cells)
    sizes = [cell for size in (trials // 4, trials) for cell in (f"CPU s, {size} trials", "peak MB")]
    table(("whole process", *sizes), rows)
    print()


def _run(
    folder: Path, there: list[str], beside: list[str], seconds: float
) -> dict[str, list[dict[str, Any]]]:
    """What the processes on the one file say, by what they did."""
    for name in ("t.db", "copy.db"):
        for ending in ("", "-wal", "-shm"):
            (folder / f"{name}{ending}").unlink(missing_ok=True)
        shutil.copy(folder / "one.db", folder / name)
    processes = [
        (mode, name == "t.db", _started(mode, folder / name, seconds, seed))
        for seed, (mode, name) in enumerate(
            [*((one, "t.db") for one in there), *((one, "copy.db") for one in beside)]
        )
    ]
    for _, _, process in processes:
        assert process.stdout is not None
        process.stdout.readline()
    for _, _, process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    found: dict[str, list[dict[str, Any]]] = {}
    for mode, counts, process in processes:
        out, _ = process.communicate()
        if process.returncode:
            sys.exit(f"the process that was to {mode} ended with {process.returncode}")
        if counts:
            found.setdefault(mode, []).append(json.loads(out) | {"seconds": seconds})
    return found


def _started(mode: str, path: Path, seconds: float, seed: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "bench.readers_process", mode, str(path), str(seconds), str(seed)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
    )


def _row(runs: list[dict[str, list[dict[str, Any]]]]) -> list[str]:
    def middle(values: list[float], digits: int) -> str:
        return f"{statistics.median(values):,.{digits}f}"

    reads = [[took for one in run.get("read", ()) for took in one["took"]] for run in runs]
    seconds = next(one["seconds"] for run in runs for part in run.values() for one in part)
    cells = ["", "", ""]
    if all(reads):
        cells = [
            middle([len(took) / seconds for took in reads], 0),
            middle([1000 * statistics.median(took) for took in reads], 2),
            middle([1000 * _p99(took) for took in reads], 2),
        ]
    writers = [one for run in runs for one in run.get("write", ())]
    if writers:
        cells += [
            middle([one["written"] / seconds for one in writers], 0),
            middle([1000 * _p99(one["waits"]) for one in writers], 2),
            f"{max(one['log'] for one in writers) / 1e6:.1f}",
            f"{max(one['log_after'] for one in writers) / 1e6:.1f}",
        ]
    else:
        cells += ["", "", "", ""]
    return [*cells, str(sum(one["busy"] for run in runs for one in run.get("read", ())))]


def _p99(values: list[float]) -> float:
    return sorted(values)[int(0.99 * (len(values) - 1))]
