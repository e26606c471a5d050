"""What a command does not need it does not load: a poll an hour on a small machine is mostly imports."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.study_records import study_record

HEAVY = ("deepdiff", "slack_sdk", "apscheduler", "rich", "starlette", "jinja2", "uvicorn")
SAYS = (
    "import sys, json; from monitor.cli.main import run; code = run(sys.argv[1:]); "
    "print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)"
)


def loaded(folder, *arguments):
    ran = subprocess.run(
        [sys.executable, "-c", SAYS, *arguments],
        cwd=folder, capture_output=True, text=True, check=True, env=os.environ | {"TOKEN": "xoxb-1"},
    )  # fmt: skip
    code, modules = json.loads(ran.stderr.splitlines()[-1])
    assert code in (0, 1), ran.stderr
    return {name for name in HEAVY if name in modules}, modules


@pytest.fixture
def folder(tmp_path):
    record = study_record(1)
    trial = record["protocolSection"]["identificationModule"]["nctId"]
    with LoopbackRegistry([record], day="2026-11-20") as registry:
        (tmp_path / "config.toml").write_text(
            f'[store]\npath = "t.db"\n[registries.ctgov]\nurl = "{registry.url}"\nrequests_per_minute = 100000\n'
            f'[[watch]]\nname = "one"\nids = ["{trial}"]\n[notifiers.team]\ntype = "slack"\n'
            'token = "${TOKEN}"\nchannel = "#c"\n[[route]]\nto = ["team"]\n'
        )
        yield tmp_path, registry, record


def test_polls_without_a_change_load_nothing_that_compares_sends_schedules_or_draws(folder):
    where, registry, record = folder
    assert loaded(where, "check")[0] == set()  # the first look
    heavy, modules = loaded(where, "check")  # one request
    assert heavy == set() and "snapshots.search.index" not in modules
    registry.publish("2026-11-23", [record])
    heavy, modules = loaded(where, "check")
    assert heavy == set()
    assert "httpx" in modules and "httpx._main" not in modules


def test_help_and_files_need_no_network(tmp_path):
    heavy, modules = loaded(tmp_path, "--help")
    assert heavy == set() and not {"httpx", "sqlite_utils", "msgspec"} & set(modules)
    for name, status in (("old", "RECRUITING"), ("new", "SUSPENDED")):
        record = study_record(1)
        record["protocolSection"]["statusModule"]["overallStatus"] = status
        (tmp_path / f"{name}.json").write_text(json.dumps(record))
    heavy, modules = loaded(tmp_path, "diff", "old.json", "new.json")
    assert heavy == set() and "httpx" not in modules
