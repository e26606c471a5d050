"""The database as a site: Datasette itself, in this process, with the metadata that we give it."""

from __future__ import annotations

import asyncio
import copy
import csv
import html
import io
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from datasette.app import Datasette
from doubles.filled_store import fill
from doubles.study_records import study_record
from doubles.web_history import TRIAL, History

from monitor.database import open_for_reading, open_for_writing
from monitor.datasite import QUERIES, TABLES, metadata
from snapshots.changeset import Severity
from snapshots.event import EventKind

PARAMETERS = {"words": "supply", "trial": TRIAL, "field": "enrollment"}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("site") / "my trials.db"
    fill(path, trials=3, versions=3)
    history = History(path).fill()
    history.event(EventKind.GONE, "2026-11-24", "Gone from the registry", Severity.CRITICAL)
    return path


@pytest.fixture(scope="module")
def told(path):
    with closing(open_for_reading(path)) as db:
        return metadata(db, path.stem)


def asked(path, told: dict[str, Any], *addresses: str) -> dict[str, Any]:
    """Address → answer."""

    async def ask() -> dict[str, Any]:
        site = Datasette(files=[str(path)], metadata=copy.deepcopy(told))  # it writes into it
        await site.invoke_startup()
        return {address: await site.client.get(address) for address in addresses}

    return asyncio.run(ask())


def test_every_table_view_and_query_that_is_shown_is_a_page(path, told):
    (database,) = told["databases"].values()
    shown = [name for name, table in database["tables"].items() if not table.get("hidden")]
    assert set(shown) == set(TABLES)
    pages = [f"/my~20trials/{name}" for name in shown]
    questions = [
        f"/my~20trials/{name}?" + "&".join(f"{key}={value}" for key, value in PARAMETERS.items())
        for name in QUERIES
    ]
    found = asked(path, told, "/", "/my~20trials", *pages, *questions)
    assert {address: answer.status_code for address, answer in found.items()} == dict.fromkeys(found, 200)
    for name in shown:
        text = found[f"/my~20trials/{name}"].text
        assert TABLES[name]["title"] in html.unescape(text)
        assert "Binary:" not in text  # no hash, body or dictionary is dumped
        assert len(text) < 400_000
    front = found["/my~20trials"].text
    for query in QUERIES.values():
        assert query["title"] in html.unescape(front)


def test_what_is_the_programs_own_is_not_in_the_list(path, told):
    answer = asked(path, told, "/my~20trials.json")["/my~20trials.json"].json()
    shown = {table["name"] for table in answer["tables"] if not table["hidden"]}
    assert shown | {view["name"] for view in answer["views"]} == set(TABLES)
    hidden = {table["name"] for table in answer["tables"] if table["hidden"]}
    assert {"version", "head", "body", "dictionary", "ledger", "change", "staged_record"} <= hidden


def test_a_table_that_a_later_version_adds_is_hidden_until_somebody_describes_it(tmp_path):
    with closing(open_for_writing(tmp_path / "t.db")) as db:
        db.execute("create table later (a text)")
        assert metadata(db, "t")["databases"]["t"]["tables"]["later"] == {"hidden": True}


@pytest.mark.parametrize("name", list(TABLES))
def test_every_column_that_is_spoken_of_is_there(path, name):
    table = TABLES[name]
    with closing(open_for_reading(path)) as db:
        there = {column.name for column in db[name].columns}
    named = {*table["columns"], *table.get("facets", ())}
    named |= {table[key] for key in ("sort_desc", "label_column") if key in table}
    assert named <= there


def rows(path, query: str, **parameters: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(path)) as db:
        db.row_factory = sqlite3.Row
        sql = QUERIES[query]["sql"].replace("'now'", "'2026-11-28'")  # no verdict depends on today
        return [dict(row) for row in db.execute(sql, PARAMETERS | parameters)]


def test_the_queries_answer_what_they_ask(path, tmp_path):
    (stopped,) = rows(path, "stopped_this_month")
    assert (stopped["trial"], stopped["event_severity"]) == (TRIAL, "critical")
    assert TRIAL in {row["trial"] for row in rows(path, "why_stopped")}
    assert TRIAL not in {row["trial"] for row in rows(path, "why_stopped", words="money")}
    (enrolment,) = rows(path, "field_of_a_trial")
    assert (enrolment["before"], enrolment["after"]) == ("20 ESTIMATED", "12 ESTIMATED")
    assert [row["number"] for row in rows(path, "versions_of_a_trial")] == [1, 2, 3, 1, 2, 3, 4, 5]
    assert {"enrollment", "overall-status"} <= {row["field"] for row in rows(path, "changes_by_field")}
    other = tmp_path / "t.db"
    record = study_record(8)
    record["hasResults"] = False
    record["protocolSection"]["designModule"] = {"enrollmentInfo": {"count": 100, "type": "ESTIMATED"}}
    fewer = record | {"protocolSection": dict(record["protocolSection"])}
    fewer["protocolSection"]["designModule"] = {"enrollmentInfo": {"count": 49, "type": "ACTUAL"}}
    posted = fewer | {"hasResults": True, "resultsSection": {"moreInfoModule": {}}}
    history = History(other)
    for one, day in ((record, "2026-11-17"), (fewer, "2026-11-18"), (posted, "2026-11-19")):
        history.snapshot(one, day)
    (cut,) = rows(other, "enrolment_cut_by_half")
    assert (cut["was"], cut["now"]) == (100, 49)
    assert len(rows(other, "results_posted")) == 1


def test_the_view_of_changes_is_what_export_gives(path, terminal):
    ran = terminal.run("export", "changes", "--min-severity", "noise", "--db", str(path))
    exported = list(csv.DictReader(io.StringIO(ran.out, newline="")))
    with closing(sqlite3.connect(path)) as db:
        db.row_factory = sqlite3.Row
        seen = [
            dict(row)
            for row in db.execute("select * from changes order by trial, seen_at, to_version, id, position")
        ]
    assert list(exported[0]) == list(seen[0])
    assert len(exported) == len(seen) > 5

    def plain(row: dict[str, Any]) -> dict[str, str]:
        return {
            key: "" if value is None or (key == "tags" and value == "[]") else str(value).lstrip("'")[:19]
            for key, value in row.items()
        }

    by_id = {(row["id"], row["position"]): plain(row) for row in exported}
    assert by_id == {
        (row["id"], "" if row["position"] is None else str(row["position"])): plain(row) for row in seen
    }


def test_a_database_without_the_view_gets_it(tmp_path):
    with closing(open_for_writing(tmp_path / "t.db")) as db:
        db.execute("drop view changes")
        db.execute("delete from _sqlite_migrations where name = '0005_views'")
        db.conn.commit()
    with closing(open_for_writing(tmp_path / "t.db")) as db:
        assert "changes" in db.view_names()


def test_the_command_prints_it(terminal, path, told):
    ran = terminal.run("datasette", "--db", str(path), "--json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.values == [told]
    assert terminal.run("datasette", "--db", "none.db").code == 2
