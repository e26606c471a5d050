"""Bringing the past: the whole command, beside a bare loop that fetches and parses the same answers.

The rate limit is set out of the way: at the registry's own, 6,200 requests take two hours whatever we do.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from random import Random

from bench.machine import middle, run, table
from doubles.ctgov_process import RegistryProcess
from doubles.pasts import on, submitted
from doubles.study_edits import edited, possible_edits
from doubles.study_records import study_records

TRIALBELL = [sys.executable, "-m", "monitor"]
FIRST_DAY = date(2016, 1, 4)


def measure(*, runs: int, trials: int = 200, versions: int = 30) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ids = _written(folder, trials, versions)
        with RegistryProcess(folder / "records.jsonl") as registry:
            registry.remember(folder / "pasts.jsonl")
            (folder / "config.toml").write_text(
                f'[store]\npath = "t.db"\n[registries.ctgov]\nurl = "{registry.url}"\n'
                'requests_per_minute = 100000\n[[watch]]\nname = "all"\nids_file = "ids.txt"\n'
            )
            config = ["--config", str(folder / "config.toml")]
            run([*TRIALBELL, "check", *config])
            shutil.copy(folder / "t.db", folder / "begun.db")
            loops, brings = [], []
            for _ in range(runs):
                loops.append(
                    run([sys.executable, "-m", "bench.backfill_loop", registry.url, str(folder / "ids.txt")])
                )
                for rest in folder.glob("t.db*"):
                    rest.unlink()
                shutil.copy(folder / "begun.db", folder / "t.db")
                registry.forget()
                brings.append(run([*TRIALBELL, "backfill", "--json", *config]))
                asked = len(registry.requests())
            again = middle([run([*TRIALBELL, "backfill", "--json", *config]) for _ in range(runs)])
        loop, brought = middle(loops), middle(brings)
        stored = sum(json.loads(line)["stored"] for line in brought.out.splitlines())
        changes = sum(json.loads(line)["changes"] for line in brought.out.splitlines())
        fetched = json.loads(loop.out)
        assert stored == fetched["versions"] == trials * versions, (stored, fetched)
        grown = (folder / "t.db").stat().st_size - (folder / "begun.db").stat().st_size
        print(
            f"{trials} generated trials of {versions} versions each: {fetched['bytes'] / 1e6:.0f} MB of JSON,"
            f" {asked} requests, {len(ids)} trials, {changes} change sets\n"
        )
        table(
            ("whole process", "CPU s", "wall s", "peak MB", "CPU ms per version"),
            [
                _row("bare loop: fetch, parse the same answers", loop, stored),
                _row("`trialbell backfill`", brought, stored),
                _row("the same command again: nothing to do", again, stored),
            ],
        )
        print(
            f"\nbackfill ÷ loop, CPU: {brought.cpu / loop.cpu:.1f}; the database grew by {grown / 1e6:.1f} MB,"
            f" {grown / stored:.0f} bytes for a version and its change set"
        )


def _written(folder: Path, trials: int, versions: int) -> list[str]:
    """Records as they are now, and how they came to be so. Returns the ids."""
    ids = []
    rng = Random(1)
    with (folder / "records.jsonl").open("w") as records, (folder / "pasts.jsonl").open("w") as pasts:
        for record in study_records(trials):
            line = [on(record, FIRST_DAY)]
            for place in range(1, versions):
                kinds = possible_edits(line[-1])
                next_one = edited(line[-1], rng.choice(kinds), rng) if kinds else line[-1]
                line.append(on(next_one, FIRST_DAY + timedelta(days=90 * place)))
            ids.append(record["protocolSection"]["identificationModule"]["nctId"])
            records.write(json.dumps(line[-1], ensure_ascii=False) + "\n")
            pasts.write(json.dumps([[submitted(one), one] for one in line], ensure_ascii=False) + "\n")
    (folder / "ids.txt").write_text("\n".join(ids))
    return ids


def _row(name: str, one: object, versions: int) -> tuple[str, ...]:
    cpu, wall, peak = one.cpu, one.wall, one.peak  # type: ignore[attr-defined]
    return (name, f"{cpu:.2f}", f"{wall:.2f}", f"{peak:.0f}", f"{cpu / versions * 1000:.2f}")
