"""The commands against a loopback registry: what they print, where, and with which exit code."""

from __future__ import annotations

import copy
import json
import re
import sqlite3

import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.study_records import study_record

from monitor.deadlines import Looked

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


def test_check_says_what_it_did_and_prints_what_happened(configured, registry, records):
    first = configured.run("check")
    assert (first.code, first.out) == (0, "")
    assert "first look at five: 5 trials, none told" in first.err
    quiet = configured.run("check")
    assert (quiet.code, quiet.out) == (0, "")
    assert "seen before, nothing to do" in quiet.err
    registry.publish("2026-11-23", [suspended(records[0])])
    told = configured.run("check", "--json", "--exit-code")
    assert told.code == 1
    (event,) = told.values
    assert event["trial"] == nct(records[0])
    assert "log: 1 sent" in told.err


def test_a_dry_run_says_the_same_and_leaves_everything_as_it_was(configured, registry, records):
    configured.run("check")
    registry.publish("2026-11-23", [suspended(records[0])])
    before = (configured.folder / "t.db").read_bytes()
    dry = configured.run("check", "--dry-run", "--json")
    assert [event["trial"] for event in dry.values] == [nct(records[0])]
    assert (configured.folder / "t.db").read_bytes() == before
    assert not (configured.folder / "alerts.jsonl").exists()
    assert len(configured.run("check", "--json").values) == 1


def test_check_of_what_no_watch_holds_says_how_to_watch_it(configured):
    configured.run("check")
    ran = configured.run("check", "NCT09999999")
    assert ran.code == 2
    assert ran.err.splitlines() == [
        "error: no watch holds `NCT09999999`",
        "hint: `trialbell watch add NCT09999999`, or `trialbell diff NCT09999999`",
    ]
    assert configured.run("check", "nonsense").code == 2


@pytest.mark.usefixtures("at_once")
def test_check_with_the_registry_down_keeps_what_it_has(configured, registry):
    configured.run("check")
    registry.stop()
    ran = configured.run("check")
    assert ran.code == 3
    assert ran.out == ""
    assert "gave no answer" in ran.err


def test_history_show_changes_and_field(changed, records):
    trial = nct(records[0])
    listed = changed.run("history", trial, "--json")
    assert [(row["version"], row["severity"]) for row in listed.values] == [(2, "critical"), (1, None)]
    assert "Suspended" in changed.run("history", trial).out
    shown = changed.run("show", trial)
    assert shown.code == 0
    assert trial in shown.out
    assert (
        changed.run("show", f"{trial}@1", "--json").values[0]["protocolSection"]["statusModule"][
            "overallStatus"
        ]
        == "RECRUITING"
    )
    assert (
        changed.run("show", f"{trial}@2026-11-21", "--json").values[0]["derivedSection"]["miscInfoModule"][
            "versionHolder"
        ]
        == "2026-11-20"
    )
    (event,) = changed.run("changes", "--json").values
    assert event["trial"] == trial
    assert changed.run("changes", "--tag", "results").out == ""
    assert changed.run("changes", "--since", "2999-01-01").code == 0
    first, field = changed.run("field", trial, "overall-status", "--json").values
    assert (first["after"], first["day"], first["event"]) == ("RECRUITING", "2026-11-20", None)
    assert "first     Recruiting" in changed.run("field", trial, "overall-status").out
    assert (field["before"], field["after"]) == ("RECRUITING", "SUSPENDED")


@pytest.mark.parametrize(
    "arguments",
    [
        ("changes", "--watch", "fivee"),
        ("changes", "--field", "overal-status"),
        ("field", "NCT00000001", "overal-status"),
        ("mute", "--watch", "fivee"),
        ("mute", "--field", "overal-status"),
    ],
)
def test_a_misspelt_filter_is_not_silence(changed, arguments):
    ran = changed.run(*arguments)
    assert ran.code == 2
    assert "did you mean" in ran.err


def test_diff_needs_no_config_and_no_database(terminal, records):
    old = terminal.write("old.json", json.dumps(records[0]))
    new = terminal.write("new.json", json.dumps(suspended(records[0])))
    ran = terminal.run("diff", str(old), str(new))
    assert ran.code == 1
    assert "Suspended" in ran.out
    (event,) = terminal.run("diff", str(old), str(new), "--json").values
    assert event["id"] is None
    assert event["from"] == {
        "source": "file",
        "version": None,
        "seen_at": None,
        "updated": event["from"]["updated"],
        "build": event["from"]["build"],
    }
    same = terminal.run("diff", str(old), str(old))
    assert (same.code, same.out) == (0, "")
    assert "no difference" in same.err
    assert sorted(path.name for path in terminal.folder.iterdir()) == ["new.json", "old.json"]


def test_noise_is_no_difference_but_with_all(terminal, records):
    noisy = copy.deepcopy(records[0])
    noisy["protocolSection"]["statusModule"]["statusVerifiedDate"] = "2031-01"
    old = terminal.write("old.json", json.dumps(records[0]))
    new = terminal.write("new.json", json.dumps(noisy))
    ran = terminal.run("diff", str(old), str(new))
    assert (ran.code, ran.out) == (0, "")
    assert "no difference but noise" in ran.err
    everything = terminal.run("diff", str(old), str(new), "--all", "--json")
    assert everything.code == 1
    assert everything.values[0]["changes"][0]["severity"] == "noise"
    assert terminal.run("diff", str(old), str(new), "--json").values[0]["changes"] == []


def test_diff_of_stored_versions_days_and_now(changed, registry, records):
    trial = nct(records[0])
    for left, right in ((f"{trial}@1", f"{trial}@2"), (f"{trial}@2026-11-20", f"{trial}@2026-11-24")):
        ran = changed.run("diff", left, right, "--json")
        assert ran.code == 1
        assert ran.values[0]["id"] == f"ctgov:{trial}:changed:1-2"
    assert changed.run("diff", trial).code == 0  # as stored last, as published now
    again = suspended(records[0])
    again["protocolSection"]["statusModule"]["overallStatus"] = "TERMINATED"
    registry.publish("2026-11-24", [again])
    ran = changed.run("diff", trial, "--json")
    assert ran.code == 1
    assert ran.values[0]["to"]["source"] == "live"
    assert changed.run("diff", trial, nct(records[1])).code == 1


def test_diff_of_one_id_with_nothing_stored_asks_the_registrys_own_history(terminal, registry, records):
    terminal.write("c.toml", f'[registries.ctgov]\nurl = "{registry.url}"\nrequests_per_minute = 100000\n')
    trial = nct(records[0])
    assert terminal.run("diff", trial, "--config", "c.toml").code == 2  # a single version
    registry.publish("2026-11-23", [suspended(records[0])])
    ran = terminal.run("diff", trial, "--config", "c.toml", "--json")
    assert ran.code == 1
    assert ran.values[0]["from"]["source"] == "archive"
    assert ran.values[0]["id"] == f"ctgov:{trial}:changed:r1-r2"
    assert terminal.run("diff", f"{trial}@r1", f"{trial}@r2", "--config", "c.toml").code == 1
    # The same content from the archive and as published now is the same.
    seam = terminal.run("diff", f"{trial}@r2", trial, "--config", "c.toml")
    assert (seam.code, seam.out) == (0, ""), seam.out


def test_watch_add_list_remove(configured, registry):
    assert configured.run("watch", "add", "nct6", "--name", "short").code == 0
    assert configured.run("watch", "add", "NCT00000006").code == 2  # the same definition
    rows = {row["name"]: row for row in configured.run("watch", "list", "--json").values}
    assert rows["short"]["ids"] == ["NCT00000006"]
    assert rows["short"]["origin"] == "command"
    toml = configured.run("watch", "list", "--toml").out
    assert '[[watch]]\nname = "short"\nids = ["NCT00000006"]' in toml
    assert configured.run("watch", "add", "--query", "cond=multiple sclerosis").code == 0
    assert configured.run("watch", "add", "--query", "condition=x").code == 2
    assert configured.run("watch", "remove", "five").code == 2
    assert configured.run("watch", "remove", "short").code == 0
    assert configured.run("watch", "remove", "short").code == 2
    assert configured.run("watch", "add", f"{registry.url}/study/NCT00000004").code == 0


def test_what_waits_for_a_newer_build_is_a_warning(configured, monkeypatch):
    monkeypatch.setattr("monitor.app.App.look", lambda self: Looked(problems=["the clock says so"]))
    ran = configured.run("check")
    assert (ran.code, "warning: the clock says so" in ran.err.splitlines()) == (0, True)


def test_a_watch_that_left_the_file_stands_in_nobodys_way(configured):
    assert configured.run("check").code == 0
    text = (configured.folder / "config.toml").read_text()
    table = text[text.index("[[watch]]") :]
    configured.write("config.toml", text.replace(table, ""))
    ids = configured.run("watch", "list")
    assert (ids.code, ids.out) == (0, "") and "nothing is watched" in ids.err
    again = ["watch", "add", *re.findall("NCT[0-9]+", table), "--name", "five"]
    assert configured.run(*again, "--dry-run").code == 0
    assert configured.run("watch", "remove", "five").err.splitlines()[0] == "error: no such watch: `five`"
    assert configured.run(*again).code == 0
    assert [row["origin"] for row in configured.run("watch", "list", "--json").values] == ["command"]
    configured.write("config.toml", text)  # both now have it, and the command's can go
    assert configured.run("check").code == 2
    assert configured.run("watch", "remove", "five").code == 0
    assert configured.run("check").code == 0


def test_mutes_keep_alerts_from_being_sent_and_stay_visible(configured, registry, records):
    configured.run("check")
    assert configured.run("mute", nct(records[0]), "--until", "2999-01-01").code == 0
    assert nct(records[0]) in configured.run("mute").out
    registry.publish("2026-11-23", [suspended(records[0]), suspended(records[1])])
    ran = configured.run("check", "--json")
    assert len(ran.values) == 2  # it is told here, for somebody asked
    lines = (configured.folder / "alerts.jsonl").read_text().splitlines()
    assert [json.loads(line)["trial"] for line in lines] == [nct(records[1])]
    (row,) = [row for row in configured.run("outbox", "--all", "--json").values if row["state"] == "dropped"]
    assert "muted" in row["reason"]
    assert configured.run("unmute", nct(records[0])).code == 0
    assert configured.run("unmute", nct(records[0])).code == 2
    assert configured.run("mute", nct(records[0]), "--until", "2001-01-01").code == 2


def test_status_for_people_and_for_cron(configured, registry):
    assert configured.run("status").code == 2  # nothing stored yet
    configured.run("check")
    ran = configured.run("status")
    assert (ran.code, ran.err) == (0, "all is well\n")  # cron's `check` is watching enough
    assert "2026-11-20" in ran.out
    with sqlite3.connect(configured.folder / "t.db") as db:
        db.execute("update poll set started_at = '2026-11-01T00:00:00Z'")
    ran = configured.run("status")
    assert ran.code == 3
    assert "no poll since 2026-11-01" in ran.err
    assert "no service is running" in ran.err
    configured.write("more.toml", (configured.folder / "config.toml").read_text() + NEW_WATCH)
    assert "never polled: new" in configured.run("status", "--config", "more.toml").err
    (health,) = configured.run("status", "--json").values
    assert health["watches"][0]["name"] == "five"
    assert health["watches"][0]["trials"] == 5


def test_outbox_shows_what_failed_and_tries_again(configured, registry, records):
    configured.run("check")
    registry.publish("2026-11-23", [suspended(records[0])])
    (configured.folder / "alerts.jsonl").mkdir()
    ran = configured.run("check")
    assert ran.code == 3
    assert "held up" in ran.err
    waiting = configured.run("outbox", "--json").values
    assert len(waiting) == 1
    assert waiting[0]["reason"]
    (configured.folder / "alerts.jsonl").rmdir()
    assert configured.run("outbox", "retry").code == 0
    assert configured.run("check").code == 0
    assert len((configured.folder / "alerts.jsonl").read_text().splitlines()) == 1
    assert configured.run("outbox").err.startswith("nothing waits")
    assert configured.run("outbox", "drop", "nothing").code == 2


def test_held_sweeps_are_listed_and_decided_on(terminal, clock):
    records = [recruiting(number) for number in range(1, 21)]
    for record in records:
        record["hasResults"] = True
        record["resultsSection"] = {"participantFlowModule": {"preAssignmentDetails": "None."}}
    with LoopbackRegistry(records, day="2026-11-20") as registry:
        ids = json.dumps([nct(record) for record in records])
        terminal.write(
            "config.toml",
            f'[registries.ctgov]\nurl = "{registry.url}"\nrequests_per_minute = 100000\n'
            f'[[watch]]\nname = "all"\nids = {ids}\n',
        )
        terminal.run("check")
        bare = copy.deepcopy(records[:10])
        for record in bare:
            record["hasResults"] = False
            del record["resultsSection"]
        registry.publish("2026-11-23", bare)
        ran = terminal.run("check")
        assert ran.code == 0
        assert "10 of 20 records lost resultsSection" in ran.err
        (held,) = terminal.run("held", "--json").values
        assert terminal.run("held", "accept", "99").code == 2
        accepted = terminal.run("held", "accept", str(held["held"]))
        assert accepted.code == 0
        assert "10 events" in accepted.err
        assert terminal.run("held").out == ""
        assert terminal.run("held", "drop", str(held["held"])).code == 2


def test_notify_sends_a_sample(configured):
    assert configured.run("notify", "log").code == 0
    (line,) = (configured.folder / "alerts.jsonl").read_text().splitlines()
    assert "sample" in line.lower()
    ran = configured.run("notify", "logg")
    assert ran.code == 2
    assert "did you mean `log`?" in ran.err
    assert configured.run("notify").code == 2


def test_doctor_finds_what_is_wrong(configured, registry):
    good = configured.run("doctor")
    assert good.code == 0, good.out + good.err
    registry.misbehave(Fault.forbidden(), times=None)
    bad = configured.run("doctor")
    assert bad.code == 3
    assert "BAD" in bad.out
    (configured.folder / "t.db").write_bytes(b"not a database at all, but long enough to be read as one" * 40)
    assert "not a SQLite database" in configured.run("doctor").out


def test_init_writes_a_file_that_works_and_overwrites_none(terminal, registry):
    ran = terminal.run("init", "nct7146087", "https://clinicaltrials.gov/study/NCT01730547")
    assert ran.code == 0
    assert 'ids = ["NCT07146087", "NCT01730547"]' in " ".join(
        (terminal.folder / "config.toml").read_text().split()
    )
    assert terminal.run("init", "NCT07146087").code == 2
    assert terminal.run("init").code == 2
    assert terminal.run("init", "rubbish", "--config", "other.toml").code == 2
    assert not (terminal.folder / "other.toml").exists()
    assert terminal.run("watch", "list").code == 0


def test_a_database_that_somebody_else_writes_to_is_the_world_and_loses_nothing(configured):
    configured.run("check")
    other = sqlite3.connect(configured.folder / "t.db", isolation_level=None)
    other.execute("begin immediate")
    ran = configured.run("mute", "NCT00000001")
    assert ran.code == 3
    assert ran.err.startswith("error: another process is writing to the database")
    other.execute("rollback")
    other.close()
    assert configured.run("mute", "NCT00000001").code == 0


def test_a_database_of_a_newer_trialbell_is_left_alone(configured):
    configured.run("check")
    db = sqlite3.connect(configured.folder / "t.db")
    db.execute(
        "insert into _sqlite_migrations (migration_set, name, applied_at) values ('snapshots', '9999_later', 'x')"
    )
    db.commit()
    db.close()
    before = (configured.folder / "t.db").read_bytes()
    for command in (("check",), ("status",), ("changes",), ("history", "NCT00000001")):
        ran = configured.run(*command)
        assert ran.code == 3, command
        assert "newer trialbell" in ran.err
    assert (configured.folder / "t.db").read_bytes() == before


WRONG = {
    "malformed id": (("history", "NCT1x"), "NCT1x"),
    "no file": (("diff", "none.json", "none.json"), "no such file"),
    "a folder": (("diff", ".", "x.json"), "is a folder"),
    "no record": (("diff", "config.toml", "config.toml"), "config.toml"),
    "no JSON": (("diff", "not.json", "not.json"), "not.json"),
    "unknown version": (("show", "NCT90000001@77"), "77"),
    "no such day": (("show", "NCT90000001@2026-02-31"), "2026-02-31"),
    "before its time": (("show", "NCT90000001@1999-01-01"), "1999-01-01"),
    "a bad moment": (("changes", "--since", "yesterday"), "yesterday"),
    "a bad option": (("changes", "--nonsense"), "--nonsense"),
    "a bad severity": (("changes", "--min-severity", "huge"), "huge"),
    "no database there": (("changes", "--db", "none.db"), "none.db"),
    "no config there": (("check", "--config", "none.toml"), "none.toml"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_use_is_one_line_with_exit_code_2(changed, name):
    arguments, said = WRONG[name]
    changed.write("not.json", "{]")
    ran = changed.run(*arguments)
    assert ran.code == 2, ran.err
    assert ran.out == ""
    assert said in ran.err
    errors = [line for line in ran.err.splitlines() if not line.lstrip().startswith("hint: ")]
    assert len(errors) == 1, ran.err
    assert errors[0].startswith("error: ")
    assert not errors[0].endswith(".")


def test_an_unknown_id_as_published_now(configured):
    ran = configured.run("show", "NCT09999999")
    assert ran.code == 2
    assert "has no record `NCT09999999`" in ran.err
