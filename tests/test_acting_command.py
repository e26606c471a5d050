"""`mute`, `snooze`, `unmute`, `ack`: what they print and keep; and `history` and `changes` show who has seen it."""

from __future__ import annotations

import copy
import getpass
import json

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.plain_edits import timeless
from doubles.study_records import study_record

TRIAL = "NCT90000001"


@pytest.fixture
def records():
    made = [timeless(study_record(number)) for number in (1, 2)]
    for record in made:
        record["protocolSection"]["statusModule"]["overallStatus"] = "RECRUITING"
    return made


@pytest.fixture
def told(terminal, records):
    ids = [one["protocolSection"]["identificationModule"]["nctId"] for one in records]
    assert ids[0] == TRIAL
    changed = copy.deepcopy(records[0])
    changed["protocolSection"]["statusModule"]["overallStatus"] = "COMPLETED"
    with LoopbackRegistry(records, day="2026-11-20") as registry:
        terminal.write(
            "config.toml",
            f'[store]\npath = "t.db"\n[registries.ctgov]\nurl = "{registry.url}"\nrequests_per_minute = 100000\n'
            f'[[watch]]\nname = "two"\nids = {json.dumps(ids)}\n',
        )
        assert terminal.run("check").code == 0
        registry.publish("2026-11-23", [changed])
        assert terminal.run("check").code == 0
        terminal.registry, terminal.records = registry, records
        yield terminal


def test_a_mute_and_a_snooze_show_who_and_until_when(told):
    ran = told.run("mute", TRIAL, "--until", "2999-01-01", "--by", "anna")
    words = f"trial {TRIAL} muted until 2999-01-01T00:00:00Z by anna on the command line\n"
    assert (ran.code, ran.out, ran.err) == (0, "", words)
    assert told.run("mute").out == words
    ran = told.run("snooze", "--watch", "two", "--until", "2999-01-02", "--json")
    (row,) = ran.values
    assert row.pop("muted_at")
    assert row == {
        "scope": "watch",
        "value": "two",
        "kind": "snooze",
        "until": "2999-01-02T00:00:00Z",
        "by": getpass.getuser(),
        "via": "command",
    }
    assert [one["kind"] for one in told.run("mute", "--json").values] == ["mute", "snooze"]
    assert told.run("unmute", "--watch", "two").err == "watch two is told again\nnothing waited\n"
    assert [one["kind"] for one in told.run("mute", "--json").values] == ["mute"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("snooze", TRIAL), "a snooze has an end: `--until` is missing"),
        (("snooze", "--until", "3d"), "nothing named to snooze"),
        (("snooze", TRIAL, "--until", "2001-01-01"), "`2001-01-01` is past"),
        (("snooze", TRIAL, "--watch", "two", "--until", "3d"), "one thing at a time"),
        (("ack",), "nothing named to acknowledge"),
        (("ack", "rubbish"), "rubbish"),
        (("ack", "ctgov:NCT90000001:changed:8-9"), "no such event: `ctgov:NCT90000001:changed:8-9`"),
        (("ack", "NCT90000002"), "nothing happened yet: trial `NCT90000002`"),
        (("ack", "--field", "overal-status"), "no such field: `overal-status`"),
        (("ack", TRIAL, "--watch", "two"), "one thing at a time"),
    ],
)
def test_wrong_use_is_one_line(told, arguments, said):
    ran = told.run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err.splitlines()[0]


def test_what_was_seen_is_shown_with_who_and_why(told):
    ran = told.run("ack", TRIAL, "--by", "anna", "--note", "told the\nclinic", "--json")
    (row,) = ran.values
    event = f"ctgov:{TRIAL}:changed:1-2"
    assert row.pop("at")
    assert row == {
        "scope": "trial",
        "value": TRIAL,
        "event": event,
        "by": "anna",
        "via": "command",
        "note": "told the clinic",
        "dropped": 0,
    }
    assert told.run("ack", event, "--by", "bob").code == 0
    for command in (("changes",), ("history", TRIAL)):
        ran = told.run(*command)
        assert "acknowledged by anna on the command line" in ran.out and ": told the clinic" in ran.out
        shown = [one["acknowledged"] for one in told.run(*command, "--json").values]
        assert [[each["by"] for each in one] for one in shown if one] == [["anna", "bob"]]


def test_of_a_watch_and_of_a_field(told):
    assert told.run("ack", "--watch", "two", "--by", "anna").code == 0
    assert told.run("ack", "--field", "overall-status", "--by", "bob").code == 0
    ((first, *_),) = [one["acknowledged"] for one in told.run("changes", "--json").values]
    assert first["by"] == "anna"  # the field's has others beside it in the event, or covers it too


def test_a_mute_without_an_end_reads_as_one(told):
    ran = told.run("mute", TRIAL, "--by", "root")
    assert ran.err == f"trial {TRIAL} muted without an end, by root on the command line\n"


def test_snooze_alone_lists_what_mute_lists(told):
    assert told.run("snooze").err == "nothing is muted or snoozed\n"
    told.run("snooze", TRIAL, "--until", "3d")
    ran = told.run("snooze")
    assert ran.code == 0 and ran.out == told.run("mute").out and TRIAL in ran.out


@pytest.mark.parametrize(
    ("silence", "words"),
    [
        (("mute",), "what was muted meanwhile is not told later (1 event): `trialbell changes` shows it"),
        (
            ("snooze", "--until", "3d"),
            "what waited (1 event) is told by the service or the next `trialbell check`",
        ),
    ],
)
def test_unmute_says_what_becomes_of_what_was_kept_back(told, silence, words):
    told.write(
        "config.toml",
        (told.folder / "config.toml").read_text()
        + '[notifiers.log]\ntype = "jsonl"\npath = "alerts.jsonl"\n',
    )
    told.run(silence[0], TRIAL, *silence[1:])
    changed = copy.deepcopy(told.records[0])
    changed["protocolSection"]["statusModule"]["overallStatus"] = "ACTIVE_NOT_RECRUITING"
    told.registry.publish("2026-11-24", [changed])
    assert told.run("check").code == 0 and not (told.folder / "alerts.jsonl").exists()
    assert told.run("unmute", TRIAL).err == f"trial {TRIAL} is told again\n{words}\n"
    assert told.run("check").code == 0
    assert (told.folder / "alerts.jsonl").exists() is (silence[0] == "snooze")
