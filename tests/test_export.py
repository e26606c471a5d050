"""What is exported: every row once, in one order, the same bytes for the same content, and only what was asked for."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from doubles.filled_store import fill
from doubles.web_history import TRIAL, History

from monitor import watches
from monitor.cli.main import run
from monitor.cli.stdout import Patient
from monitor.database import open_for_reading, open_for_writing
from monitor.watches import Definition
from snapshots.changeset import Severity, Source
from snapshots.database import immediate
from snapshots.event import EventKind
from snapshots.query import Reader


@pytest.fixture
def history(terminal):
    """A trial with five snapshots, three archived versions and an event without changes."""
    made = History(terminal.folder / "trialbell.db").fill()
    made.event(EventKind.GONE, "2026-11-24", "Gone from the registry", Severity.CRITICAL)
    return terminal


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def export(terminal, *arguments: str):
    ran = terminal.run("export", *arguments, "--db", "trialbell.db")
    assert ran.code == 0, ran.err
    return ran


def test_a_version_has_the_facts_of_its_own_record(history):
    found = rows(export(history, "versions").out)
    assert [(row["source"], row["version"], row["enrollment"], row["status"]) for row in found] == [
        ("archive", "1", "8", "RECRUITING"),
        ("archive", "2", "10", "RECRUITING"),
        ("archive", "3", "16", "RECRUITING"),
        ("snapshot", "1", "20", "RECRUITING"),
        ("snapshot", "2", "20", "RECRUITING"),
        ("snapshot", "3", "20", "RECRUITING"),
        ("snapshot", "4", "12", "RECRUITING"),
        ("snapshot", "5", "12", "SUSPENDED"),
    ]
    last = found[-1]
    assert (last["build"], last["seen_at"]) == ("2026-11-23", "2026-11-23T09:12:44Z")
    assert (last["primary_completion"], last["primary_completion_date"]) == ("2027-06", "2027-06-01")
    assert (last["has_results"], last["countries"], last["conditions"]) == (
        "false",
        '["Poland"]',
        '["Multiple Sclerosis"]',
    )


def test_a_change_is_a_row_and_an_event_without_one_is_a_row_too(history):
    found = rows(export(history, "changes").out)
    assert [(row["id"][6:], row["position"], row["field"], row["severity"]) for row in found] == [
        (f"{TRIAL}:changed:3-4", "1", "enrollment", "major"),
        (f"{TRIAL}:changed:3-4", "2", "eligibility-criteria", "major"),
        (f"{TRIAL}:changed:4-5", "1", "overall-status", "critical"),
        (f"{TRIAL}:changed:4-5", "2", "why-stopped", "critical"),
        (f"{TRIAL}:changed:4-5", "3", "central-contacts", "minor"),
        (f"{TRIAL}:gone:2026-11-24", "", "", ""),
    ]
    assert (found[2]["before"], found[2]["after"], found[2]["to_version"]) == ("RECRUITING", "SUSPENDED", "5")
    assert found[-1]["headline"] == "Gone from the registry"


def test_json_lines_of_changes_are_events_as_published_with_who_has_seen_them(history):
    assert history.run("ack", TRIAL, "--by", "Anna", "--db", "trialbell.db").code == 0
    shown = export(history, "changes", "--json").values
    told = history.run("changes", "--json", "--db", "trialbell.db").values
    assert shown == told[::-1]
    assert {one["by"] for event in shown for one in event["acknowledged"]} == {"Anna"}
    noise = export(history, "changes", "--json", "--min-severity", "noise").values
    assert len(noise) == 5
    assert any(change["severity"] == "noise" for event in noise for change in event["changes"])


def test_records_are_the_stored_bytes(history):
    ran = export(history, "versions", "--records", "--format", "jsonl")
    with closing(open_for_reading(history.folder / "trialbell.db")) as db:
        for line, value in zip(ran.out.splitlines(), ran.values, strict=True):
            body = Reader(db).body("ctgov", TRIAL, Source(value["source"]), value["version"])
            assert line.endswith(f'"record":{body.decode()}}}')
            assert hashlib.sha256(body).hexdigest() == value["sha256"]


def test_trials_are_as_their_newest_record_has_them(history):
    (row,) = rows(export(history, "trials").out)
    assert (row["trial"], row["status"], row["snapshots"], row["archived"], row["state"]) == (
        TRIAL,
        "SUSPENDED",
        "5",
        "3",
        "present",
    )


def test_the_bytes_follow_from_what_is_stored_and_not_from_the_order_of_storing(terminal):
    for name, seed in (("one", None), ("other", 5)):
        fill(terminal.folder / f"{name}.db", trials=6, versions=4, archived=2, shuffled=seed)
    sequences = [
        sqlite3.connect(terminal.folder / f"{name}.db")
        .execute("select id from event order by sequence")
        .fetchall()
        for name in ("one", "other")
    ]
    assert sequences[0] != sequences[1]  # or this test shows nothing
    for format_ in ("csv", "jsonl", "parquet"):
        for name in ("one", "other"):
            more = ("--format", format_, "--out", f"{name}-{format_}", "--db", f"{name}.db")
            assert terminal.run("export", *more).code == 0
        one, other = (files(terminal.folder / f"{name}-{format_}") for name in ("one", "other"))
        assert len(one) >= 3
        assert one == other


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_only_what_was_asked_for(terminal):
    path = terminal.folder / "trialbell.db"
    ids = fill(path, trials=4, versions=3)
    with closing(open_for_writing(path)) as db, immediate(db):
        for name, part in (("all", ids[1:3]), ("none", ("NCT00000001",))):
            definition = Definition(registry="ctgov", ids=tuple(part))
            one = watches.add(db, name, definition, now=datetime_of("2025-12-01"))
            for trial in part if name == "all" else ():
                db.execute("insert into member values (?, ?, 'in', '2025-12-01')", [one.row, trial])

    def trials(*arguments: str) -> list[str]:
        return [row["trial"] for row in rows(export(terminal, *arguments).out)]

    assert trials("trials") == ids
    assert trials("trials", "--watch", "all") == ids[1:3]
    assert trials("versions", "--watch", "all", "--trial", ids[2]) == [ids[2]] * 3
    assert trials("versions", "--watch", "none") == []
    assert trials("trials", "--trial", ids[3], "--trial", ids[0], "--trial", ids[3]) == [ids[0], ids[3]]
    # Versions were seen on the 8th, 15th and 22nd.
    assert trials("versions", "--since", "2025-12-15", "--until", "2025-12-21") == ids
    every = export(terminal, "changes", "--json", "--min-severity", "noise").values
    since = export(terminal, "changes", "--json", "--min-severity", "noise", "--since", "2025-12-16").values
    assert 0 < len(since) < len(every)
    assert since == [event for event in every if event["at"] >= "2025-12-16"]
    assert trials("changes", "--watch", "all")  # told for it
    assert trials("changes", "--watch", "none") == []
    field = next(
        change["field"] for event in every for change in event["changes"] if change["severity"] != "noise"
    )
    of_field = rows(export(terminal, "changes", "--field", field).out)
    assert of_field
    assert {row["field"] for row in of_field} == {field}
    severe = export(terminal, "changes", "--json", "--min-severity", "major").values
    assert [event["id"] for event in severe] == [
        event["id"] for event in every if event["severity"] in ("major", "critical")
    ]


def datetime_of(day: str):
    from datetime import UTC, datetime

    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def test_columns_in_the_order_given(history):
    ran = export(
        history,
        "versions",
        "--columns",
        "version,trial,sha256",
        "--since",
        "2026-11-23",
        "--until",
        "2026-11-23",
    )
    header, line = ran.out.split("\r\n")[:2]
    assert header == "version,trial,sha256"
    assert line.startswith(f"5,{TRIAL},")
    value = export(history, "trials", "--columns", "status,trial", "--json").values
    assert value == [{"status": "SUSPENDED", "trial": TRIAL}]


def test_severities_are_the_users_own(history):
    history.write("config.toml", '[store]\npath = "trialbell.db"\n[severity]\nenrollment = "minor"\n')
    (row,) = [row for row in rows(history.run("export", "changes").out) if row["field"] == "enrollment"]
    assert row["severity"] == "minor"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("changes", "--watch", "no such"), "no such watch: `no such`"),
        (("changes", "--since", "yesterday"), "no moment: `yesterday`"),
        (("changes", "--format", "xlsx"), "'xlsx' is not one of"),
        (("changes", "--field", "enrolment"), "no such field: `enrolment`"),
        (("versions", "--columns", "trail"), "no such column of versions: `trail`"),
        (("versions", "--columns", "trial,trial"), "names each column once"),
        (("changes", "--columns", "id", "--format", "jsonl"), "a whole event: it has no columns"),
        (("events",), "'events' is not one of"),
        (("trials", "--since", "7d"), "`--since` means nothing for trials"),
        (("changes", "--records"), "`--records` means nothing for changes"),
        (("versions", "--bom", "--format", "jsonl"), "`--bom` is of CSV"),
        (("versions", "--format", "parquet"), "standard output cannot hold them"),
        (("versions", "changes"), "standard output cannot hold them"),
        (("versions", "--out", "v.parquet"), "Parquet is a folder of files, not one"),
        (("trials", "--out", "t.xlsx"), "no format has the ending `.xlsx`: `t.xlsx`"),
        (
            ("changes", "versions", "--out", "one.csv"),
            "several tables are a folder of files, not one: `one.csv`",
        ),
        (("trials", "--columns", ""), "no column named: `--columns ''`"),
        (("versions", "--json", "--format", "csv"), "cannot both go to stdout"),
        (("versions", "--out", "nowhere/v.csv"), "no such folder: `nowhere`"),
        (("versions", "--out", "nowhere/v", "--format", "parquet"), "no such folder: `nowhere`"),
        (("trials", "--trial", "NCT00000001"), "nothing stored: `NCT00000001`"),
        (("trials", "--trial", "mine"), "mine"),
    ],
)
def test_wrong_use_is_one_line(history, arguments, said):
    ran = history.run("export", *arguments, "--db", "trialbell.db")
    assert (ran.code, ran.out) == (2, "")
    lines = [line for line in ran.err.splitlines() if not line.startswith("hint: ")]
    assert len(lines) == 1
    assert said in lines[0]
    assert {path.name for path in history.folder.iterdir()} <= {
        "trialbell.db",
        "trialbell.db-shm",
        "trialbell.db-wal",
    }


def test_no_database_is_said(terminal):
    ran = terminal.run("export", "trials")
    assert (ran.code, ran.out) == (2, "")
    assert "no database" in ran.err


def test_hints_fit_what_was_typed(history):
    def hint(*arguments):
        ran = history.run("export", *arguments, "--db", "trialbell.db")
        return ran.err.splitlines()[-1]

    assert hint("trials", "--format", "parquet") == "hint: `--out FOLDER`"
    assert "or name one table" in hint("--format", "csv")
    assert ".csv, .jsonl, .ndjson" in hint("trials", "--out", "t.xlsx")
    assert hint("changes", "--field", "foo").startswith("hint: nearest are `")
    assert "did you mean `enrollment`?" in hint("changes", "--field", "enrolment")
    assert (
        history.run("export", "trials", "--format", "csv", "--out", "t.xlsx", "--db", "trialbell.db").code
        == 0
    )


def test_what_is_there_stays_unless_it_is_to_be_replaced(history):
    kept = history.write("v.csv", "mine")
    ran = history.run("export", "versions", "--out", "v.csv", "--db", "trialbell.db")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "error: there is something already: `v.csv`\nhint: `--force` replaces it\n"
    assert kept.read_text() == "mine"
    ran = export(history, "versions", "--out", "v.csv", "--force")
    assert ran.err == "versions: 8 rows, v.csv\n"
    assert len(rows(kept.read_text(encoding="utf-8"))) == 8
    (history.folder / "all").mkdir()
    told = export(history, "--out", "all", "--json").values
    assert [(one["table"], one["rows"]) for one in told] == [("versions", 8), ("changes", 6), ("trials", 1)]
    assert sorted(path.name for path in (history.folder / "all").iterdir()) == [
        "changes.csv",
        "trials.csv",
        "versions.csv",
    ]
    again = history.run("export", "--out", "all", "--db", "trialbell.db")
    assert again.code == 2  # before any of them is written
    assert (history.folder / "all").stat().st_mtime_ns


def test_nothing_that_fits_is_a_header_and_a_word(history):
    ran = export(history, "changes", "--since", "2027-01-01")
    assert ran.out.count("\r\n") == 1
    assert ran.out.startswith("registry,trial,id,")
    assert ran.err == "changes: no row that fits\n"
    assert export(history, "changes", "--since", "2027-01-01", "--json").out == ""


def test_a_damaged_version_is_said_and_hides_no_other(history):
    path = history.folder / "trialbell.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("update ledger set sha256 = zeroblob(32) where line = 'snapshot' and number = 2")
    ran = history.run("export", "versions", "--db", "trialbell.db")
    assert ran.code == 3
    assert f"damaged: snapshot 2 of {TRIAL} is not as the hash beside it" in ran.err
    found = rows(ran.out)
    assert len(found) == 8
    assert [row["version"] for row in found if not row["title"]] == ["2"]
    assert history.run("export", "versions", "--columns", "trial,version", "--db", "trialbell.db").code == 0


def test_it_ends_when_nobody_reads_any_more(terminal, monkeypatch):
    fill(terminal.folder / "trialbell.db", trials=3, versions=3)

    class Closed(io.StringIO):
        asked = 0

        def write(self, text: str) -> int:
            Closed.asked += 1
            raise BrokenPipeError

    with closing(sqlite3.connect(terminal.folder / "trialbell.db")) as db, db:
        db.execute("update ledger set sha256 = zeroblob(32) where trial = 3")
    monkeypatch.setattr(sys, "stdout", Patient(Closed()))
    assert run(["export", "versions", "--db", "trialbell.db"]) == 0  # it never came to what is damaged
    assert Closed.asked == 1


def test_without_pyarrow_it_says_how_to_have_it(history, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    ran = history.run("export", "--format", "parquet", "--out", "lake", "--db", "trialbell.db")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[0] == "error: Parquet needs pyarrow, which is not installed"
    assert "uv tool install '.[parquet]'" in ran.err
    assert not (history.folder / "lake").exists()


def test_it_writes_nothing_into_the_database(history):
    path = history.folder / "trialbell.db"
    before = path.read_bytes()
    path.chmod(0o444)
    export(history, "--out", "all", "--format", "csv")
    assert path.read_bytes() == before
    assert os.access(path, os.R_OK)


def test_json_says_where_each_table_went(history):
    (told,) = export(history, "trials", "--out", "t.jsonl", "--json").values
    assert told == {"table": "trials", "path": "t.jsonl", "format": "jsonl", "rows": 1}
    assert json.loads((history.folder / "t.jsonl").read_text())["trial"] == TRIAL
