"""What a person may get wrong at the command line: one clear line, and nothing thrown away in silence."""

from __future__ import annotations

import copy
import json

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.study_records import study_record

STUDIES = "/api/v2/studies"
NEW_WATCH = '[[watch]]\nname = "new"\nids = ["NCT00000001"]\n'


def nct(record):
    return record["protocolSection"]["identificationModule"]["nctId"]


def recruiting(number):
    record = study_record(number)
    status = record["protocolSection"]["statusModule"]
    status["overallStatus"] = "RECRUITING"
    status.pop("whyStopped", None)
    status.pop("lastKnownStatus", None)
    return record


def suspended(record):
    new = copy.deepcopy(record)
    new["protocolSection"]["statusModule"] |= {"overallStatus": "SUSPENDED", "whyStopped": "Supply ran out"}
    return new


@pytest.fixture
def records():
    return [recruiting(number) for number in range(1, 6)]


@pytest.fixture
def registry(records):
    with LoopbackRegistry(records, day="2026-11-20") as running:
        yield running


@pytest.fixture
def configured(terminal, registry, records):
    ids = json.dumps([nct(record) for record in records])
    terminal.write(
        "config.toml",
        f'[store]\npath = "t.db"\n[registries.ctgov]\nurl = "{registry.url}"\nrequests_per_minute = 100000\n'
        f'[[watch]]\nname = "five"\nids = {ids}\n[notifiers.log]\ntype = "jsonl"\npath = "alerts.jsonl"\n',
    )
    return terminal


@pytest.fixture
def changed(configured, registry, records):
    """Polled twice, with a stop in between."""
    assert configured.run("check").code == 0
    registry.publish("2026-11-23", [suspended(records[0])])
    assert configured.run("check").code == 0
    return configured


def test_misspelt_filters_are_no_silence(changed, records):
    for arguments, hint in (
        (("changes", "--tag", "stopt"), "did you mean `stopped`"),
        (("changes", "--field", "status"), "did you mean `overall-status`"),
        (("changes", "--trial", "NCT00000099"), "watch add NCT00000099"),
        (("outbox", "--notifier", "lgo"), "did you mean `log`"),
        (("outbox", "retry", "--notifier", "lgo"), "did you mean `log`"),
        (("check", "fiev"), "did you mean `five`"),
    ):
        ran = changed.run(*arguments)
        assert (ran.code, ran.out) == (2, ""), arguments
        assert hint in ran.err, arguments


def test_a_configuration_that_was_named_must_be_there(terminal, records):
    old = terminal.write("old.json", json.dumps(records[0]))
    ran = terminal.run("diff", str(old), str(old), "--config", "nowhere.toml")
    assert ran.code == 2
    assert "nowhere.toml" in ran.err


def test_watch_add_throws_nothing_away(configured):
    twice = configured.run("watch", "add", "--query", "cond=asthma", "--query", "cond=flu")
    assert (twice.code, "twice" in twice.err) == (2, True)
    unnamed = configured.run("watch", "add", "--query", "cond=asthma", "--name", "a\nb")
    assert (unnamed.code, "cannot be printed" in unnamed.err) == (2, True)
    site = "https://clinicaltrials.gov/search?cond="
    assert configured.run("watch", "add", f"{site}flu", f"{site}asthma").code == 2
    assert configured.run("watch", "add", "ids.txt").err.startswith("error: no such file")
    configured.write("ids.txt", "NCT00000007\nNCT0000000x # a slip\n")
    assert "ids.txt:2: " in configured.run("watch", "add", "ids.txt").err
    configured.write("ids.txt", "NCT00000007  # the first\n\nhttps://clinicaltrials.gov/study/NCT00000008\n")
    assert configured.run("watch", "add", "ids.txt", "--name", "filed").code == 0
    more = configured.run("watch", "add", "NCT00000009", "--name", "filed")
    assert "NCT00000009" in more.err
    again = configured.run("watch", "add", "ids.txt", "NCT00000009", "--name", "other")
    assert "already watched" in again.err


def test_json_of_what_a_command_wrote(changed, records):
    trial = nct(records[0])
    assert changed.run("mute", trial, "--json").values[0]["value"] == trial
    assert changed.run("unmute", trial, "--json").values[0]["value"] == trial
    changed.run("watch", "add", "NCT00000009", "--name", "more")
    assert changed.run("watch", "remove", "more", "--json").values == [{"name": "more", "removed": True}]
    assert changed.run("outbox", "retry", "--json").values == [{"retried": 0}]


def test_a_watch_added_without_a_configuration_is_polled(terminal, registry, records):
    trial = nct(records[0])
    assert terminal.run("watch", "add", trial).code == 0
    terminal.write("c.toml", f'[registries.ctgov]\nurl = "{registry.url}"\nrequests_per_minute = 100000\n')
    assert terminal.run("check", "--config", "c.toml").code == 0
    assert terminal.run("history", trial).code == 0


def test_muting_makes_no_database(terminal):
    ran = terminal.run("mute", "NCT00000001")
    assert ran.code == 2
    assert not (terminal.folder / "trialbell.db").exists()


def test_ids_that_the_registry_does_not_have_are_named(terminal, registry, records):
    terminal.write(
        "config.toml",
        f'[registries.ctgov]\nurl = "{registry.url}"\nrequests_per_minute = 100000\n'
        f'[[watch]]\nname = "some"\nids = ["{nct(records[0])}", "NCT00000099"]\n',
    )
    assert "not in the registry: NCT00000099" in terminal.run("check").err
    assert "not in the registry: NCT00000099" in terminal.run("status").out
    assert terminal.run("status", "--json").values[0]["watches"][0]["unknown"] == ["NCT00000099"]


def test_what_the_registrys_history_does_not_have_is_said_plainly(terminal, registry, records):
    terminal.write("c.toml", f'[registries.ctgov]\nurl = "{registry.url}"\nrequests_per_minute = 100000\n')
    ran = terminal.run("diff", "NCT00000099", "--config", "c.toml")
    assert (ran.code, "unknown id" in ran.err) == (2, True)
    ran = terminal.run("show", f"{nct(records[0])}@r99", "--config", "c.toml")
    assert (ran.code, "no version 99" in ran.err) == (2, True)
    assert "--registry` lists them" in ran.err or "lists those" in ran.err


def test_an_address_may_name_a_version(changed, records, registry):
    trial = nct(records[0])
    assert changed.run("diff", f"{registry.url}/study/{trial}@1", f"{trial}@2").code == 1
    assert changed.run("show", f"{registry.url}/study/{trial}@1").code == 0


def test_a_mistake_in_an_option_points_to_the_help_of_its_command(terminal):
    assert terminal.run("mute", "--watch").err.endswith("hint: `trialbell mute --help` has examples\n")
    assert terminal.run("outbox", "drop", "--db").err.endswith(
        "hint: `trialbell outbox drop --help` has examples\n"
    )
    assert terminal.run("--version", "--nothing").err.endswith("hint: `trialbell --help` has examples\n")


def test_a_watch_that_is_in_the_file_and_the_database_is_named_once(changed):
    ran = changed.run("routes", "test", "NCT90000001", "--watch", "something")
    assert ran.code == 2 and ran.err.count("`five`") == 1


def test_the_demo_offers_no_files_that_mean_nothing_there(terminal):
    shown = terminal.run("demo", "--help").out
    assert "--json" in shown and "--config" not in shown and "--db" not in shown
    (terminal.folder / "config.toml").touch()
    ran = terminal.run("demo", "--config", "config.toml")
    assert ran.code == 2 and "brings its own configuration" in ran.err
