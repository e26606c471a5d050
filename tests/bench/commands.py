"""Whole commands in multiples of a bare `python -c pass`; a quiet `check` beside a bare process that asks the same."""

from __future__ import annotations

import copy
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.machine import Run, middle, run, table
from doubles.ctgov_process import RegistryProcess
from doubles.study_records import study_record

TRIALBELL = str(Path(sys.executable).with_name("trialbell"))
# What any program in Python pays for that does the same with the same libraries.
BARE_POLL = """
import sys
import click, httpx, sqlite_utils
database = sqlite_utils.Database(sys.argv[1])
database.execute("select count(*) from watch").fetchone()
click.echo(httpx.get(sys.argv[2] + "/api/v2/version").json()["dataTimestamp"])
"""


def measure(*, runs: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        record = study_record(1)
        files = _files(folder, record)
        trial = record["protocolSection"]["identificationModule"]["nctId"]
        with RegistryProcess(folder / "records.jsonl") as registry:
            config = folder / "config.toml"
            config.write_text(
                f'[store]\npath = "t.db"\n[registries.ctgov]\nurl = "{registry.url}"\n'
                f'requests_per_minute = 100000\n[[watch]]\nname = "one"\nids = ["{trial}"]\n'
                '[notifiers.log]\ntype = "jsonl"\npath = "alerts.jsonl"\n[[route]]\nto = ["log"]\n'
            )
            check = [TRIALBELL, "check", "--config", str(config)]
            run(check)
            _rows(
                runs,
                {
                    "python -c pass": [sys.executable, "-c", "pass"],
                    "trialbell --help": [TRIALBELL, "--help"],
                    "trialbell diff, a status that changed": [TRIALBELL, "diff", files["old"], files["stopped"]],
                    "trialbell diff, members of lists and a text edited": [
                        TRIALBELL, "diff", files["old"], files["edited"],
                    ],
                    "trialbell check, on a build seen before (one request)": check,
                    "bare process: click, httpx, sqlite-utils, the same question": [
                        sys.executable, "-c", BARE_POLL, str(folder / "t.db"), registry.url,
                    ],
                },
            )  # fmt: skip


def _rows(runs: int, commands: dict[str, list[str]]) -> None:
    """Each command in turn, and all of them again: what else a machine does befalls them alike."""
    with tempfile.TemporaryDirectory() as kept:
        # As where it is installed: what was compiled once is kept.
        environment = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": kept}
        found: dict[str, list[Run]] = {words: [] for words in commands}
        for number in range(runs + 1):
            for words, command in commands.items():
                one = run(command, codes=(0, 1), environment=environment)
                if number:  # the first compiles
                    found[words].append(one)
        medians = {words: middle(runs_) for words, runs_ in found.items()}
    bare, *_, poll = medians.values()
    check = list(medians.values())[-2]
    table(
        ("whole process", "CPU ms", "× bare", "peak MB"),
        [
            (words, f"{one.cpu * 1000:.0f}", f"{one.cpu / bare.cpu:.1f}", f"{one.peak:.0f}")
            for words, one in medians.items()
        ],
    )
    print(f"\nquiet check ÷ bare process, CPU: {check.cpu / poll.cpu:.2f}")


def _files(folder: Path, record: dict[str, Any]) -> dict[str, str]:
    """Name → path of a record that was edited by hand."""
    stopped, edited = copy.deepcopy(record), copy.deepcopy(record)
    stopped["protocolSection"]["statusModule"]["overallStatus"] = "SUSPENDED"
    protocol = edited["protocolSection"]
    protocol["outcomesModule"]["primaryOutcomes"][0]["measure"] += " after treatment"
    del protocol["contactsLocationsModule"]["locations"][0]
    protocol["eligibilityModule"]["eligibilityCriteria"] += "\n* Able to walk"
    (folder / "records.jsonl").write_text(json.dumps(record) + "\n")
    paths = {}
    for name, one in (("old", record), ("stopped", stopped), ("edited", edited)):
        path = folder / f"{name}.json"
        path.write_text(json.dumps(one))
        paths[name] = os.fspath(path)
    return paths
