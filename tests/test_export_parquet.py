"""The folder of Parquet files, read by another program than the one that wrote it: DuckDB, as it is."""

from __future__ import annotations

import hashlib
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from doubles.filled_store import fill
from doubles.web_history import TRIAL, History

from monitor.database import open_for_reading
from monitor.export.parquet import ParquetFolder
from monitor.export.rows import Choice, Rows
from monitor.export.tables import CHANGES, TABLES, VERSIONS, row_json


@pytest.fixture
def lake(terminal):
    """A folder of all three tables, with the records."""
    History(terminal.folder / "t.db").fill()
    ran = terminal.run("export", "--records", "--format", "parquet", "--out", "lake", "--db", "t.db")
    assert ran.code == 0, ran.err
    return terminal.folder / "lake"


def asked(folder: Path, sql: str) -> list[tuple]:
    with duckdb.connect() as db:
        db.execute("set timezone = 'UTC'")
        return db.execute(sql.format(f"read_parquet('{folder}/**/*.parquet')")).fetchall()


def test_duckdb_finds_the_partitions_and_the_types(lake):
    found = {row[0]: row[1] for row in asked(lake / "versions", "describe select * from {}")}
    assert (
        found
        | {
            "registry": "VARCHAR",
            "year": "BIGINT",
            "version": "BIGINT",
            "build": "DATE",
            "start_date": "DATE",
            "seen_at": "TIMESTAMP WITH TIME ZONE",
            "has_results": "BOOLEAN",
            "conditions": "VARCHAR[]",
            "record": "VARCHAR",
        }
        == found
    )
    assert asked(
        lake / "versions", "select year, count(*) from {} where registry = 'ctgov' group by 1 order by 1"
    ) == [
        (2025, 3),
        (2026, 5),
    ]
    assert {str(path.relative_to(lake)) for path in lake.rglob("*.parquet")} == {
        "changes/registry=ctgov/year=2026/part-0.parquet",
        "trials/registry=ctgov/part-0.parquet",
        "versions/registry=ctgov/year=2025/part-0.parquet",
        "versions/registry=ctgov/year=2026/part-0.parquet",
    }


def test_values_come_back(lake):
    (row,) = asked(
        lake / "versions",
        "select build, seen_at at time zone 'UTC', enrollment, conditions, primary_completion_date, record, sha256,"
        " record ->> '$.protocolSection.statusModule.overallStatus' from {} where version = 5",
    )
    assert row[:5] == (
        date(2026, 11, 23),
        datetime.fromisoformat("2026-11-23T09:12:44"),
        12,
        ["Multiple Sclerosis"],
        date(2027, 6, 1),
    )
    assert hashlib.sha256(row[5].encode()).hexdigest() == row[6]
    assert row[7] == "SUSPENDED"
    changes = asked(
        lake / "changes", 'select field, "before", "after" from {} where position = 1 order by seen_at'
    )
    assert changes == [
        ("enrollment", "20 ESTIMATED", "12 ESTIMATED"),
        ("overall-status", "RECRUITING", "SUSPENDED"),
    ]
    assert asked(lake / "trials", "select trial, snapshots from {}") == [(TRIAL, 5)]


@pytest.mark.parametrize("name", ["versions", "changes"])
def test_nothing_that_fits_has_the_columns_all_the_same(terminal, name):
    History(terminal.folder / "t.db").fill()
    ran = terminal.run(
        "export", name, "--since", "2030-01-01", "--format", "parquet", "--out", "o", "--db", "t.db"
    )
    assert (ran.code, ran.err) == (0, f"{name}: no row that fits, o/{name}\n")
    assert asked(terminal.folder / "o" / name, "select count(trial) from {}") == [(0,)]


def test_no_row_is_lost_where_one_partition_after_the_other_is_written(tmp_path):
    """Row groups of all sizes: what may wait is next to nothing."""
    fill(tmp_path / "t.db", trials=25, versions=4, archived=3)
    with closing(open_for_reading(tmp_path / "t.db")) as db:
        columns = (*VERSIONS.columns, *VERSIONS.more)
        rows = list(Rows(db, Choice()).of(VERSIONS, columns))
        for most in (1, 2**18):
            folder = ParquetFolder(tmp_path / str(most), VERSIONS, columns, most=most)
            for row in rows:
                folder.write(row)
            folder.close()
    expected = sorted(
        (one["trial"], one["source"], one["version"], one["sha256"])
        for one in (row_json(row, columns) for row in rows)
    )
    for most in (1, 2**18):
        found = asked(tmp_path / str(most), "select trial, source, version, sha256 from {} order by all")
        assert found == expected


def test_force_replaces_an_export_and_nothing_else(lake, terminal):
    again = ("export", "changes", "--format", "parquet", "--out", "lake", "--db", "t.db")
    ran = terminal.run(*again)
    assert (ran.code, ran.err.splitlines()[0]) == (2, "error: there is something already: `lake/changes`")
    assert terminal.run(*again, "--force").code == 0
    (lake / "changes" / "notes.txt").write_text("mine")
    ran = terminal.run(*again, "--force")
    assert (ran.code, ran.err.splitlines()[0]) == (
        2,
        "error: there is something else than an export of ours: `lake/changes`",
    )
    assert (lake / "changes" / "notes.txt").read_text() == "mine"
    assert sorted(path.name for path in lake.iterdir()) == ["changes", "trials", "versions"]


def test_every_table_says_which_day_a_row_is_of():
    assert {name: table.day is not None for name, table in TABLES.items()} == {
        "versions": True,
        "changes": True,
        "trials": False,
    }
    assert len({column.name for column in CHANGES.columns}) == len(CHANGES.columns)
