"""A poll of unchanged records after a new data build, beside a bare loop over the same pages."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

from bench.machine import middle, run, table
from doubles.ctgov_process import RegistryProcess
from doubles.study_records import study_records

FIRST_DAY = date(2026, 11, 20)


def measure(*, runs: int, records: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "records.jsonl"
        ids = _written(file, records)
        (folder / "ids.txt").write_text("\n".join(ids))
        with RegistryProcess(file, day=str(FIRST_DAY)) as registry:
            (folder / "config.toml").write_text(
                f'[store]\npath = "t.db"\n[registries.ctgov]\nurl = "{registry.url}"\n'
                'requests_per_minute = 100000\n[[watch]]\nname = "all"\nids_file = "ids.txt"\n'
            )
            first = run(_poll(folder))
            shutil.copy(folder / "t.db", folder / "baseline.db")
            rows = []
            polls, loops = [], []
            for number in range(runs + 1):
                registry.publish(str(FIRST_DAY + timedelta(days=1 + number)))
                loops.append(run(_loop(folder, registry.url)))
                (folder / "t.db").unlink()
                shutil.copy(folder / "baseline.db", folder / "t.db")
                for rest in folder.glob("t.db-*"):
                    rest.unlink()
                polls.append(run(_poll(folder)))
            quiet = middle([run(_poll(folder)) for _ in range(runs)])
            idle = middle(
                [
                    run([sys.executable, "-c", "import monitor.app, monitor.registries.ctgov"])
                    for _ in range(runs)
                ]
            )
            poll, loop = middle(polls[1:]), middle(loops[1:])
            report = json.loads(poll.out.splitlines()[-1])
            assert report["records"] == records, report
            assert report["versions"] == 0, report
            rows.append(_row("bare loop: fetch, parse, hash the same pages", loop))
            rows.append(_row("poll after a new build, nothing changed", poll))
            rows.append(_row("poll on a build seen before (one request)", quiet))
            rows.append(_row("imports alone", idle))
            rows.append(_row("first look: everything stored", first))
            print(f"{records} generated records, {file.stat().st_size / 1e6:.0f} MB of JSON, watched by id\n")
            table(("whole process", "CPU s", "wall s", "peak MB"), rows)
            largest = json.loads(loop.out.splitlines()[-1])["largest_page"] / 1e6
            print(f"\npoll ÷ loop, CPU: {poll.cpu / loop.cpu:.2f}; largest page {largest:.1f} MB")


def _written(path: Path, count: int) -> list[str]:
    """Generated records, one a line; returns their ids."""
    ids = []
    with path.open("w", encoding="utf-8") as file:
        for record in study_records(count):
            ids.append(record["protocolSection"]["identificationModule"]["nctId"])
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return ids


def _poll(folder: Path) -> list[str]:
    return [sys.executable, "-m", "bench.one_poll", str(folder)]


def _loop(folder: Path, url: str) -> list[str]:
    return [sys.executable, "-m", "bench.bare_loop", url, str(folder / "ids.txt")]


def _row(name: str, one: object) -> tuple[str, ...]:
    return (name, f"{one.cpu:.2f}", f"{one.wall:.2f}", f"{one.peak:.0f}")  # type: ignore[attr-defined]
