"""What a command does not need it does not load: a poll an hour on a small machine is mostly imports."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.study_records import study_record

HEAVY = ("deepdiff", "slack_sdk", "apscheduler", "rich", "starlette", "jinja2", "uvicorn", "mcp", "pydantic")
# What takes its time and is not missed where nothing is told, compared or logged.
BESIDE = (
    "asyncio",
    "structlog",
    "rapidfuzz",
    "dateutil.parser._parser",
    "httpx._main",
    "html.parser",
    "backports.zstd",
)
# Our own rooms that a poll on a build seen before passes by.
ROOMS = (
    "monitor.alerting.alerts", "monitor.polling.booking",
    "monitor.polling.conclusions", "monitor.polling.drift", "monitor.alerting.routes", "monitor.polling.sweep",
    "notifiers.deliver", "notifiers.outbox", "notifiers.slack.blocks", "snapshots.changes", "snapshots.changeset",
    "snapshots.event", "snapshots.query", "snapshots.search.index", "snapshots.store",
)  # fmt: skip
SAYS = (
    "import sys, json; from monitor.cli.main import run; code = run(sys.argv[1:]); "
    "print(json.dumps([code, sorted(name for name, one in sys.modules.items() if one is not None)]),"
    " file=sys.stderr)"
)

SECRETS = {"TOKEN": "xoxb-1", "KEY": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}


def loaded(folder, *arguments):
    ran = subprocess.run(
        [sys.executable, "-c", SAYS, *arguments],
        cwd=folder, capture_output=True, text=True, check=True, env=os.environ | SECRETS,
    )  # fmt: skip
    code, modules = json.loads(ran.stderr.splitlines()[-1])
    assert code in (0, 1), ran.stderr
    return set(modules)


@pytest.fixture
def folder(tmp_path):
    record = study_record(1)
    trial = record["protocolSection"]["identificationModule"]["nctId"]
    with LoopbackRegistry([record], day="2026-11-20") as registry:
        (tmp_path / "config.toml").write_text(
            f'[store]\npath = "t.db"\n[registries.ctgov]\nurl = "{registry.url}"\nrequests_per_minute = 100000\n'
            f'[[watch]]\nname = "one"\nids = ["{trial}"]\n[notifiers.team]\ntype = "slack"\n'
            'token = "${TOKEN}"\nchannel = "#c"\n[notifiers.log]\ntype = "jsonl"\npath = "a.jsonl"\n'
            '[[route]]\nto = ["team", "log"]\n'
        )
        yield tmp_path, registry, record


def test_a_quiet_poll_loads_nothing_that_writes_letters(folder):
    where, _, _ = folder
    config = where / "config.toml"
    config.write_text(
        config.read_text()
        + '[notifiers.post]\ntype = "email"\nhost = "localhost"\nsender = "a@b.org"\nrecipients = ["c@b.org"]\n'
    )
    modules = loaded(where, "check")
    assert "notifiers.mail.channel" in modules
    letters = {f"notifiers.mail.{name}" for name in ("session", "letter", "body", "errors")}
    assert modules & {"smtplib", "email.generator", "email.headerregistry", *letters} == set()


def test_polls_without_a_change_load_nothing_that_compares_sends_schedules_or_draws(folder):
    where, registry, record = folder
    assert loaded(where, "check") & {*HEAVY} == set()  # the first look
    registry.publish("2026-11-23", [record])
    modules = loaded(where, "check")
    assert modules & {*HEAVY, "snapshots.changes"} == set()
    assert "httpx" in modules and "monitor.polling.sweep" in modules


def test_a_poll_on_a_build_seen_before_loads_what_asks_and_no_more(folder):
    where, registry, _ = folder
    loaded(where, "check")
    asked = len(registry.requests())
    modules = loaded(where, "check")
    assert len(registry.requests()) == asked + 1
    assert modules & {*HEAVY, *BESIDE, *ROOMS} == set()
    assert "httpx" in modules and "sqlite_utils" in modules
    ours = [name for name in modules if name.split(".")[0] in ("monitor", "snapshots", "notifiers")]
    assert len(ours) < 100  # where nothing is kept of what was compiled, each costs its lines


def test_a_channel_that_has_nothing_to_say_loads_no_library_of_its_own(folder):
    where, _, _ = folder
    with (where / "config.toml").open("a") as file:
        file.write('[notifiers.hook]\ntype = "webhook"\nurl = "https://example.org/"\nsecrets = ["${KEY}"]\n')
        file.write('[notifiers.chat]\ntype = "apprise"\nurl = "${TOKEN}"\n')
    loaded(where, "check")
    modules = loaded(where, "check")
    assert "notifiers.webhook.channel" in modules and "notifiers.apprise.channel" in modules
    libraries = {"apprise", "requests", "standardwebhooks"}
    assert modules & {*HEAVY, *libraries, "notifiers.http.post", "notifiers.plain"} == set()


def test_help_loads_the_command_line_alone(tmp_path):
    modules = loaded(tmp_path, "--help")
    assert not modules & {*HEAVY, *BESIDE, "httpx", "sqlite_utils", "msgspec", "dateutil"}
    assert {name for name in modules if name.startswith(("snapshots", "notifiers"))} == set()


def test_comparing_two_files_loads_what_reads_the_fields_that_differ(tmp_path):
    record = study_record(1)
    (tmp_path / "old.json").write_text(json.dumps(record))
    protocol = record["protocolSection"]
    protocol["statusModule"]["overallStatus"] = "SUSPENDED"
    (tmp_path / "stopped.json").write_text(json.dumps(record))
    sites = protocol["contactsLocationsModule"]["locations"]
    sites[0]["status"] = "SUSPENDED"
    sites.append({"facility": "Another hospital", "city": "Lyon", "country": "France"})
    protocol["outcomesModule"]["primaryOutcomes"].append({"measure": "Relapse", "timeFrame": "2 years"})
    (tmp_path / "edited.json").write_text(json.dumps(record))
    network = {"httpx", "sqlite_utils", "ssl", "asyncio"}
    modules = loaded(tmp_path, "diff", "old.json", "stopped.json")
    assert not modules & {
        *HEAVY,
        *BESIDE,
        *network,
        "snapshots.pairing",
        "snapshots.clauses",
        "snapshots.steps",
    }
    rooms = {name for name in modules if name.startswith("snapshots.changes.")}
    assert not rooms & {
        f"snapshots.changes.{name}" for name in ("sites", "results", "texts", "members", "undone")
    }
    modules = loaded(tmp_path, "diff", "stopped.json", "edited.json")  # members came, went and were edited
    assert "snapshots.changes.sites" in modules and "snapshots.changes.outcomes" in modules
    assert modules & {*HEAVY, *BESIDE, *network} == set()


def test_what_is_put_off_is_there_when_it_is_asked_for():
    """sqlite-utils' own recipe for dates, which loads a parser that no command of ours calls."""
    ran = subprocess.run(
        [
            sys.executable, "-c",
            "import sys, monitor.cli.main, sqlite_utils.recipes as recipes;"
            "before = 'dateutil.parser._parser' in sys.modules;"
            "print(before, recipes.parsedate('20 Nov 2026'), sys.modules['dateutil.parser'].__name__,"
            " 'dateutil.parser._parser' in sys.modules)",
        ],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ran.stdout.split() == ["False", "2026-11-20", "dateutil.parser", "True"]
