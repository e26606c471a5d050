"""The index of words follows what is stored: from any state, killed anywhere, over deletions and damage."""

from __future__ import annotations

import copy
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import pytest
from doubles.registry_data import real_versions
from doubles.small_records import small_record
from doubles.study_records import study_record, study_records
from hypothesis import given
from hypothesis import strategies as st

from snapshots import search
from snapshots.changeset import Action, FieldChange, Kind, Severity, Source, VersionRef
from snapshots.database import immediate, open_database
from snapshots.event import Event, EventKind
from snapshots.record import canonical
from snapshots.schema import MIGRATIONS
from snapshots.search import index
from snapshots.search.asking import asked
from snapshots.search.finding import Fitting, Search
from snapshots.search.wording import wording
from snapshots.store import Store

NOW = datetime(2026, 11, 20, 9, 12, 44, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "trialbell.db"


@pytest.fixture
def db(path):
    with closing(open_database(path, [MIGRATIONS])) as database:
        yield database


def add(db, *records, build="2026-11-20"):
    with immediate(db):
        for record in records:
            Store(db).add_snapshot("ctgov", record, seen_at=NOW, build=build, fingerprint=None)


def titled(title, trial="NCT00000001", *, updated="2026-11-19", **more):
    record = small_record(trial, **more)
    record["protocolSection"]["identificationModule"]["briefTitle"] = title
    record["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"] = updated
    return record


def ids(db, words, **options):
    return [
        hit.trial.trial
        for hit in Search(db).now(asked(words), limit=options.pop("limit", 20), **options).trials
    ]


def past_ids(db, words, day):
    return [
        hit.trial.trial for hit in Search(db).as_of(asked(words), date.fromisoformat(day), limit=20).trials
    ]


def dump(path):
    """Which word stands where, in every index, and the rows beside them."""
    with closing(sqlite3.connect(path)) as db:
        tables = {}
        for name in ("search_now", "search_past", "search_change"):
            db.execute(
                f"create virtual table temp.words_{name} using fts5vocab('main', '{name}', 'instance')"
            )
            tables[name] = db.execute(
                f"select doc, term, col, offset from words_{name} order by 1, 2, 3, 4"
            ).fetchall()
        for name, order in (
            ("searched", "trial"),
            ("searched_past", "id"),
            ("unsearched", "trial"),
            ("search_state", "1"),
        ):
            tables[name] = db.execute(f"select * from {name} order by {order}").fetchall()
        return tables


EVERYWHERE = {
    "siponimod": "title", "BEAT": "title", "NCT00000099": "ids", "EudraCT 2020-1": "ids", "ORG/7": "ids",
    "sclerosis": "conditions", "walking": "conditions", "baf312": "interventions", "mayzent": "interventions",
    "norvale": "sponsor", "eastmere": "sponsor", "disability progression": "outcomes", "gait speed": "outcomes",
    "exploratory": "outcomes", "clinique": "places", "lyon": "places", "rhone": "places", "france": "places",
}  # fmt: skip


def full_record():
    record = titled("Siponimod in the long run")
    protocol = record["protocolSection"]
    protocol["identificationModule"] |= {
        "officialTitle": "An extension", "acronym": "BEAT", "nctIdAliases": ["NCT00000099"],
        "orgStudyIdInfo": {"id": "ORG/7"}, "secondaryIdInfos": [{"id": "EudraCT 2020-1"}],
    }  # fmt: skip
    protocol["conditionsModule"] = {"conditions": ["Multiple Sclerosis"], "keywords": ["walking"]}
    protocol["armsInterventionsModule"] = {"interventions": [{"name": "BAF312", "otherNames": ["Mayzent"]}]}
    protocol["sponsorCollaboratorsModule"] = {
        "leadSponsor": {"name": "Norvale"},
        "collaborators": [{"name": "Eastmere"}],
    }
    protocol["outcomesModule"] = {
        "primaryOutcomes": [{"measure": "Disability progression", "description": "unsearched"}],
        "secondaryOutcomes": [{"measure": "Gait speed"}], "otherOutcomes": [{"measure": "Exploratory"}],
    }  # fmt: skip
    protocol["contactsLocationsModule"] = {
        "locations": [{"facility": "Clinique du Parc", "city": "Lyon", "state": "Rhône", "country": "France"}]
    }
    return record


@pytest.mark.parametrize("words", EVERYWHERE)
def test_every_part_that_is_promised_is_searched(db, words):
    other = titled("Another", "NCT00000002")
    other["protocolSection"]["contactsLocationsModule"] = {}
    add(db, full_record(), other)
    index.catch_up(db)
    (hit,) = Search(db).now(asked(words), limit=9).trials
    assert hit.trial.trial == "NCT00000001"
    assert (hit.marks.column or "title") == EVERYWHERE[words]
    assert ids(db, "unsearched") == []


def test_a_record_of_wrong_types_is_searched_by_what_fits():
    record = full_record()
    protocol = record["protocolSection"]
    protocol["identificationModule"] |= {
        "acronym": 7,
        "nctIdAliases": {"a": 1},
        "secondaryIdInfos": [None, {"id": "X1"}],
    }
    protocol["conditionsModule"] = ["no object"]
    protocol["armsInterventionsModule"]["interventions"].append(
        {"name": ["list"], "otherNames": ["Siponimod", 3]}
    )
    assert wording(canonical(record))[:4] == (
        "Siponimod in the long run\nAn extension", "NCT00000001\nORG/7\nX1", "", "BAF312\nMayzent\nSiponimod",
    )  # fmt: skip
    assert wording(b'{"protocolSection":[]}') == ("",) * 7 == wording(b"{}")


@given(st.integers(1, 10**6))
def test_reading_leniently_is_reading(number):
    from snapshots.search import wording as module

    record = study_record(number)
    broken = copy.deepcopy(record)
    broken["protocolSection"]["statusModule"] = None  # not read, so that nothing is otherwise
    broken["protocolSection"]["identificationModule"]["acronym"] = 1
    record["protocolSection"]["identificationModule"].pop("acronym", None)
    assert module.wording(canonical(broken)) == module.wording(canonical(record))


def test_what_changed_is_found_by_the_new_words_now_and_by_the_old_ones_then(db):
    add(db, titled("Amber study"), build="2026-11-01")
    index.catch_up(db)
    add(db, titled("Basalt study"), build="2026-11-05")
    index.catch_up(db)
    assert (ids(db, "amber"), ids(db, "basalt")) == ([], ["NCT00000001"])
    assert past_ids(db, "amber", "2026-11-04") == past_ids(db, "basalt", "2026-11-05") == ["NCT00000001"]
    assert past_ids(db, "amber", "2026-11-05") == past_ids(db, "basalt", "2026-11-04") == []
    assert past_ids(db, "study", "2026-10-31") == []


def test_a_version_that_says_the_same_costs_no_document(db):
    for day in range(1, 6):
        add(db, titled("Amber study", words=f"changed {day}"), build=f"2026-11-0{day}")
        index.catch_up(db)
    assert db.execute("select count(*) from searched_past").fetchone() == (0,)
    assert db.execute("select count(*) from searched").fetchone() == (1,)
    assert Search(db).now(asked("amber"), limit=1).trials[0].ref.version == 5


def test_common_words_come_by_the_day_of_the_last_update(db, monkeypatch):
    monkeypatch.setattr("snapshots.search.finding.FEWEST_RANKED", 3)
    days = ["2026-03-02", "2026-11-19", "2025-01-01", "2026", "2026-11-20"]
    add(db, *(titled("Same words", f"NCT0000000{n}", updated=day) for n, day in enumerate(days)))
    index.catch_up(db)
    found = Search(db).now(asked("same"), limit=9)
    assert not found.ranked
    assert [hit.trial.trial[-1] for hit in found.trials] == list("41023")
    add(db, titled("Same words", "NCT00000002", updated="2026-11-21"))
    index.catch_up(db)
    assert ids(db, "same") == [f"NCT0000000{n}" for n in "24103"]
    assert ids(db, "same", limit=2) == ["NCT00000002", "NCT00000004"]


def test_a_day_without_room_gives_its_documents_to_the_next(db, monkeypatch):
    monkeypatch.setattr(index, "DAY_ROOM", 4)
    add(db, *(titled("Same words", f"NCT000000{n:02}") for n in range(11)))
    index.catch_up(db)
    assert len(ids(db, "same")) == 11


def test_rare_words_come_by_how_well_they_fit(db):
    add(db, titled("A study", "NCT00000001", status="COMPLETED"), titled("Amber", "NCT00000002"))
    record = titled("Another", "NCT00000003")
    record["protocolSection"]["contactsLocationsModule"]["locations"] = [{"facility": "Amber clinic"}]
    add(db, record)
    index.catch_up(db)
    assert ids(db, "amber") == ["NCT00000002", "NCT00000003"]
    assert ids(db, "study OR amber", fitting=Fitting(status="COMPLETED")) == ["NCT00000001"]


FITTING = {
    "status": (Fitting(status="SUSPENDED"), ["NCT00000002"]),
    "phase": (Fitting(phase="phase 2"), ["NCT00000001", "NCT00000002"]),
    "no such phase": (Fitting(phase="Phase 3"), []),
    "sponsor": (Fitting(sponsor="a hosp"), ["NCT00000001", "NCT00000002"]),
    "country": (Fitting(country="switzerland"), ["NCT00000001", "NCT00000002"]),
    "no such country": (Fitting(country="Swiss"), []),
    "among": (Fitting(among="{trial} in ('NCT00000001')"), ["NCT00000001"]),
}


@pytest.mark.parametrize("name", FITTING)
def test_trials_that_do_not_fit_are_left_out_now_and_on_a_day(db, name):
    fitting, expected = FITTING[name]
    add(db, titled("Amber", "NCT00000001"), titled("Amber", "NCT00000002", status="SUSPENDED"))
    index.catch_up(db)
    assert sorted(ids(db, "amber", fitting=fitting)) == expected
    hits = Search(db).as_of(asked("amber"), date(2026, 11, 20), fitting=fitting, limit=9).trials
    assert sorted(hit.trial.trial for hit in hits) == expected


def test_on_a_day_a_trial_fits_as_it_was(db):
    add(db, titled("Amber", status="RECRUITING"), build="2026-11-01")
    add(db, titled("Amber", status="SUSPENDED"), build="2026-11-05")
    index.catch_up(db)
    for day, status in ((2, "RECRUITING"), (6, "SUSPENDED")):
        for asked_for in ("RECRUITING", "SUSPENDED"):
            hits = (
                Search(db)
                .as_of(asked("amber"), date(2026, 11, day), fitting=Fitting(status=asked_for), limit=9)
                .trials
            )
            assert [hit.status for hit in hits] == ([status] if status == asked_for else [])


def test_gone_and_merged_trials_are_found_and_marked(db):
    add(db, titled("Amber"), titled("Amber", "NCT00000002"))
    index.catch_up(db)
    with immediate(db):
        Store(db).mark("ctgov", "NCT00000001", "gone", at=NOW)
        Store(db).mark("ctgov", "NCT00000002", "merged", at=NOW, into="NCT00000003")
    states = {
        hit.trial.trial: (hit.trial.state, hit.trial.merged_into)
        for hit in Search(db).now(asked("amber"), limit=9).trials
    }
    assert states == {"NCT00000001": ("gone", None), "NCT00000002": ("merged", "NCT00000003")}


def test_what_is_not_indexed_yet_is_counted(db):
    add(db, titled("Amber"))
    behind = Search(db).behind()
    assert (behind.trials, behind.events, bool(behind)) == (1, 0, True)
    assert search.is_behind(db)
    assert index.catch_up(db, stopping=lambda: True) == 0 and search.is_behind(db)
    assert index.catch_up(db) == 1
    assert not Search(db).behind() and not search.is_behind(db)
    assert index.catch_up(db) == 0


def test_a_damaged_version_holds_up_no_other_trial_and_is_said(db):
    add(db, titled("Amber"), titled("Basalt", "NCT00000002"))
    db.execute(
        "update head set body = x'00' where trial = (select key from trial where trial = 'NCT00000001')"
    )
    index.catch_up(db)
    assert ids(db, "basalt") == ["NCT00000002"] and ids(db, "amber") == []
    behind = Search(db).behind()
    assert (behind.trials, behind.unreadable) == (1, 1)
    assert not search.is_behind(db)


def test_a_version_damaged_after_it_was_indexed_is_found_without_its_words(db):
    add(db, titled("Amber"))
    index.catch_up(db)
    db.execute("update head set body = x'00'")
    (hit,) = Search(db).now(asked("amber"), limit=9).trials
    assert hit.marks.lead == ((True, "Amber"),) and hit.marks.column is None


def test_a_document_whose_version_is_gone_is_never_found_again(db):
    add(db, titled("Amber"), build="2026-11-01")
    index.catch_up(db)
    add(db, titled("Basalt", updated="2026-11-20"), build="2026-11-05")
    with immediate(db):
        db.execute("delete from version where number = 1")
        db.execute("delete from body where number = 1")
    index.catch_up(db)
    assert ids(db, "amber") == past_ids(db, "amber", "2026-11-02") == []
    assert ids(db, "basalt") == ["NCT00000001"]
    for n in range(3):  # nor is its number given to another
        add(db, titled(f"Cedar {n}", f"NCT0000000{n + 2}"))
    index.catch_up(db)
    assert ids(db, "amber") == [] and len(ids(db, "cedar")) == 3


def test_a_version_that_is_deleted_is_found_no_more(db):
    for day, words in ((1, "Amber"), (3, "Basalt"), (5, "Cedar")):
        add(db, titled(words), build=f"2026-11-0{day}")
    index.catch_up(db)
    assert past_ids(db, "basalt", "2026-11-04") == ["NCT00000001"]
    with immediate(db):
        db.execute("delete from version where number = 2")
    assert Search(db).behind().trials == 1
    index.catch_up(db)
    assert past_ids(db, "basalt", "2026-11-04") == []
    assert past_ids(db, "amber", "2026-11-04") == past_ids(db, "cedar", "2026-11-05") == ["NCT00000001"]


def test_other_texts_read_off_make_the_index_anew(db, monkeypatch):
    add(db, titled("Amber"), build="2026-11-01")
    index.catch_up(db)
    db.execute("delete from searched")  # whatever was wrong with it
    monkeypatch.setattr(search, "MANNER", 2)
    monkeypatch.setattr(index, "MANNER", 2)
    assert search.is_behind(db)
    assert index.catch_up(db) == 1
    assert ids(db, "amber") == ["NCT00000001"]


def test_a_database_from_before_there_was_a_search_is_indexed_by_the_next_catch_up(db, path):
    add(db, titled("Amber"), build="2026-11-01")
    add(db, titled("Basalt"), build="2026-11-05")
    tell(db, "1-2")
    for name in (
        "search_now",
        "search_past",
        "search_change",
        "searched",
        "searched_past",
        "unsearched",
        "search_state",
    ):
        db.execute(f"drop table {name}")
    for verb in ("insert", "delete"):
        db.execute(f"drop trigger if exists version_{verb}_unsearched")
    db.execute("delete from _sqlite_migrations where name = '0003_search'")
    db.close()
    with closing(open_database(path, [MIGRATIONS])) as newer:
        assert Search(newer).behind().trials == 1 and Search(newer).behind().events == 1
        assert index.catch_up(newer) == 2
        assert ids(newer, "basalt") == past_ids(newer, "amber", "2026-11-02") == ["NCT00000001"]
        assert Search(newer).changes(asked("funding"), limit=9).changes


def test_killed_at_any_statement_it_goes_on_to_the_same_index(tmp_path):
    made = tmp_path / "made.db"
    with closing(open_database(made, [MIGRATIONS])) as db:
        add(
            db,
            *(
                titled(f"Amber {n % 5}", f"NCT000000{n:02}", updated=f"2026-11-{1 + n % 9:02}")
                for n in range(20)
            ),
        )
        add(db, *(titled(f"Basalt {n}", f"NCT000000{n:02}") for n in range(0, 20, 3)), build="2026-11-21")
        tell(db, "1-2")
        db.execute("pragma wal_checkpoint(truncate)")

    def run(path, statement):
        environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
        command = [sys.executable, "-m", "doubles.indexing_process", str(path), str(statement)]
        return subprocess.run(command, env=environment, check=False).returncode

    whole = tmp_path / "whole.db"
    whole.write_bytes(made.read_bytes())
    assert run(whole, 0) == 0
    rng = Random(5)
    killed = tmp_path / "killed.db"
    killed.write_bytes(made.read_bytes())
    kills = 0
    for _ in range(8):
        code = run(killed, rng.randrange(1, 90))
        assert code in (0, -signal.SIGKILL)
        kills += code != 0
    assert kills > 2
    assert run(killed, 0) == 0
    assert dump(killed) == dump(whole)


def change(**more):
    return FieldChange(
        **{
            "field": "why-stopped", "label": "Why stopped", "kind": Kind.TEXT, "action": Action.ADDED,
            "paths": ("p",), "before": None, "after": "Lack of funding", "severity": Severity.CRITICAL,
            "reason": "reason for stopping given", "summary": "Stopped: lack of money", **more,
        }
    )  # fmt: skip


def tell(db, name, **more):
    sides = [
        VersionRef(source=Source.SNAPSHOT, version=n, seen_at=NOW, updated=None, build="2026-11-20")
        for n in (1, 2)
    ]
    event = Event(
        **{
            "id": f"ctgov:NCT00000001:changed:{name}", "kind": EventKind.CHANGED, "registry": "ctgov",
            "trial": "NCT00000001", "title": "Siponimod study", "url": None, "severity": Severity.CRITICAL,
            "headline": "Recruiting → Terminated", "at": NOW, "from_": sides[0], "to": sides[1],
            "changes": (change(),), "status": "TERMINATED", **more,
        }
    )  # fmt: skip
    with immediate(db):
        Store(db).add_event(event)
    return event


@pytest.mark.parametrize("words", ["terminated", "money", "funding", "siponimod", "NCT00000001"])
def test_a_change_is_found_by_headline_summary_text_and_trial(db, words):
    event = tell(db, "1-2")
    index.catch_up(db)
    found = Search(db).changes(asked(words), limit=9)
    assert [hit.event for hit in found.changes] == [event]
    assert any(marked for marked, _ in (*found.changes[0].marks.lead, *found.changes[0].marks.snippet))


def test_changes_are_those_of_a_watch_of_a_kind_and_until_a_day(db):
    tell(db, "1-2", watches=("one",))
    tell(db, "2-3", severity=Severity.NOISE)
    later = VersionRef(source=Source.SNAPSHOT, version=4, seen_at=NOW, updated=None, build="2026-11-25")
    tell(db, "3-4", status="RECRUITING", to=later)
    index.catch_up(db)

    def found(**more):
        return [hit.event.id[-3:] for hit in Search(db).changes(asked("siponimod"), limit=9, **more).changes]

    assert sorted(found()) == ["1-2", "3-4"]
    assert found(watch="one") == found(until=date(2026, 11, 24)) == ["1-2"]
    assert found(fitting=Fitting(status="RECRUITING")) == ["3-4"]
    assert found(until=date(2026, 11, 19)) == []


def test_a_change_read_anew_is_found_by_its_new_words_alone(db):
    event = tell(db, "1-2")
    for words, before in (("suspended", "funding"), ("resumed", "suspended")):  # not indexed yet, and indexed
        with immediate(db):
            Store(db).rewrite_event(replace(event, headline=f"It is {words}", changes=()))
        index.catch_up(db)
        assert Search(db).changes(asked(words), limit=9).changes
        assert not Search(db).changes(asked(before), limit=9).changes


def test_real_records_are_found_by_their_own_words(db):
    rows = list(real_versions())[:400]
    for row in rows:
        add(db, row["study"], build=row["date"])
    index.catch_up(db)
    last = {row["nctId"]: row["study"] for row in rows}
    for trial, record in list(last.items())[:60]:
        title = record["protocolSection"]["identificationModule"]["briefTitle"]
        assert trial in ids(db, f'"{title}"', limit=1000), title
        assert ids(db, trial)[0] == trial


def test_invented_records_survive_the_round_trip_of_taking_out(db):
    """What is taken out of the index leaves nothing behind: after every text changed, only the new ones are there."""
    records = list(study_records(30))
    add(db, *records, build="2026-11-01")
    index.catch_up(db)
    for record in records:
        record["protocolSection"]["identificationModule"]["briefTitle"] = "Changed beyond recognition"
    add(db, *records, build="2026-11-05")
    index.catch_up(db)
    db.execute("create virtual table temp.words using fts5vocab('main', 'search_now', 'instance')")
    documents = {row[0] for row in db.execute("select distinct doc from words")}
    assert documents == {row[0] for row in db.execute("select document from searched")}
    titles = db.execute("select distinct term from words where col = 'title'").fetchall()
    assert {"chang", "beyond", "recognit"} <= {row[0] for row in titles}
