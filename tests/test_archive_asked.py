"""What changed between the registry's own versions: left out unless it is asked for, and asked for by its own day."""

from __future__ import annotations

import csv
import io
import sqlite3
from contextlib import closing
from datetime import date

import pytest
from doubles.command_process import Place
from doubles.pasts import line, on, submitted, with_pasts
from doubles.plain_edits import nct, with_status

from monitor.datasite import QUERIES

PAST = line(1, 5)  # suspended on 2025-01-31 and 2025-04-01
TRIAL = nct(PAST[-1])


@pytest.fixture
def here(terminal, tmp_path):
    """Both lines hold one real change: suspended on 2026-11-19, seen on 2026-11-23."""
    place = Place(tmp_path)
    with_pasts(place.registry, PAST)
    place.registry.publish("2026-11-21", [PAST[-1]])
    with_pasts(place.registry, PAST)
    place.configure(TRIAL)
    assert terminal.run("check").code == 0
    newer = on(with_status(PAST[-1], "SUSPENDED"), date(2026, 11, 19), count=140)
    place.registry.publish("2026-11-23", [newer])
    assert terminal.run("check").code == terminal.run("backfill").code == 0
    yield terminal
    place.close()


def test_a_change_that_both_lines_hold_is_found_once(here):
    (hit,) = here.run("search", "suspended", "--in", "changes", "--json").values
    assert (hit["source"], hit["day"]) == ("snapshot", "2026-11-23")
    both = here.run("search", "suspended", "--in", "changes", "--archive", "--json").values
    assert sorted((one["source"], one["day"]) for one in both) == [
        ("archive", submitted(PAST[1])),
        ("archive", submitted(PAST[2])),
        ("archive", submitted(PAST[3])),
        ("archive", submitted(PAST[4])),
        ("archive", "2026-11-19"),
        ("snapshot", "2026-11-23"),
    ]
    words = here.run("search", "suspended", "--in", "changes", "--archive").out
    assert "(submitted; the registry's r1 → r2)" in words
    assert here.run("search", "suspended", "--archive").code == 2
    exported = here.run("export", "changes", "--json").values
    assert {one["to"]["source"] for one in exported if one["event"] == "changed"} == {"snapshot"}
    every = here.run("export", "changes", "--archive", "--json").values
    assert [one["to"]["version"] for one in every if one["event"] == "changed"] == [2, 3, 4, 5, 6, 2]


def test_the_past_is_asked_for_by_the_day_of_submission(here):
    bounds = ("--archive", "--since", submitted(PAST[1]), "--until", submitted(PAST[2]))
    told = here.run("changes", *bounds, "--json").values
    assert [one["to"]["version"] for one in told] == [3, 2]
    rows = list(csv.DictReader(io.StringIO(here.run("export", "changes", *bounds).out, newline="")))
    assert {row["updated"] for row in rows} == {submitted(PAST[1]), submitted(PAST[2])}
    found = here.run("search", "suspended", "--in", "changes", "--archive", "--as-of", "2025-02-01", "--json")
    assert [one["day"] for one in found.values] == [submitted(PAST[1])]


def test_archive_rows_of_parquet_stand_in_their_own_year(here):
    pytest.importorskip("pyarrow")
    assert here.run("export", "changes", "--archive", "--format", "parquet", "--out", "lake").code == 0
    years = {path.parent.name for path in (here.folder / "lake").rglob("*.parquet")}
    assert years == {"year=2025", "year=2026"}


def test_ready_queries_count_what_was_seen_and_have_the_past_apart(here):
    (path,) = here.folder.glob("*.db")

    def rows(name, **values):
        with closing(sqlite3.connect(path)) as db:
            return db.execute(QUERIES[name]["sql"].replace("'now'", "'2026-11-28'"), values).fetchall()

    assert [row[1] for row in rows("stopped_this_month")] == [TRIAL]
    assert [row[0] for row in rows("stopped_in_the_past", since="2025-02-01")] == [
        "2026-11-19",
        submitted(PAST[3]),
    ]


@pytest.mark.parametrize("command", [("changes",), ("export", "changes")])
def test_bounds_the_wrong_way_round_are_one_line(here, command):
    ran = here.run(*command, "--since", "2026-02-01", "--until", "2026-01-01")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[0] == ("error: `--since` is not before `--until`: `2026-02-01`, `2026-01-01`")
