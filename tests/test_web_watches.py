"""The pages of watches: what is counted is what is so, whoever writes; and nothing takes longer for a large watch."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from doubles.asking import Asking, asking
from doubles.web_history import DAYS, NOW, TRIAL, History, versions
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from monitor import watches
from monitor.database import open_for_writing
from monitor.health import Health, WatchHealth
from monitor.registries.ctgov_query import query_from_url, search_page
from monitor.web.watches import held
from monitor.web.watches.charts import bars, mondays, segments
from snapshots.changeset import Severity
from snapshots.event import EventKind
from snapshots.query import Reader

WATCH = "/watches/MSC%20exosomes"
IDS = tuple(f"NCT{number:08}" for number in range(1, 6))
STATUSES = (None, "RECRUITING", "COMPLETED", "SUSPENDED")


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "history.db").fill().watched()


@pytest.fixture
def browse(history: History) -> Iterator[Asking]:
    with asking(history.app()) as browse:
        yield browse


def counted(db, watch):
    """What the tables of watches, members and trials say: the long way."""
    return dict(
        db.execute(
            "select ifnull(trial.status, ''), count(*) from member join watch on watch.id = member.watch"
            " left join trial on trial.trial = member.trial and trial.registry = watch.registry"
            " where member.watch = ? and member.state = 'in' group by 1",
            [watch],
        ).fetchall()
    )


@pytest.fixture(scope="module")
def two_watches(tmp_path_factory) -> Iterator[Database]:
    history = History(tmp_path_factory.mktemp("tally") / "history.db")
    for name in ("a", "b"):
        history.watch(name, query={"cond": name})
    with closing(open_for_writing(history.path)) as db:
        yield db


step = st.one_of(
    st.tuples(st.just("trial"), st.sampled_from(IDS), st.sampled_from(STATUSES)),
    st.tuples(
        st.just("member"),
        st.tuples(st.sampled_from(IDS), st.integers(1, 2)),
        st.sampled_from(["in", "left", "absent"]),
    ),
    st.tuples(st.just("forget"), st.sampled_from(IDS), st.integers(1, 2)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(step, max_size=30))
@example(
    [
        ("member", (IDS[0], 1), "in"),  # before its record
        ("trial", IDS[0], "RECRUITING"),
        ("member", (IDS[0], 2), "in"),
        ("trial", IDS[0], "COMPLETED"),
        ("member", (IDS[0], 1), "left"),
    ]
)
@example([("trial", IDS[0], "RECRUITING"), ("member", (IDS[0], 1), "in"), ("forget", IDS[0], 1)])
@example([("member", (IDS[0], 1), "absent"), ("member", (IDS[0], 1), "in"), ("trial", IDS[0], None)])
def test_what_is_kept_counted_is_what_is_held(two_watches, steps) -> None:
    db = two_watches
    db.execute("begin")
    try:
        for kind, subject, value in steps:
            if kind == "trial":
                db.execute(
                    "insert into trial (registry, trial, title, status, has_results, conditions, countries, aliases,"
                    " first_seen) values ('ctgov', ?1, 't', ?2, 0, '[]', '[]', '[]', '2026-11-20T00:00:00Z')"
                    " on conflict (trial, registry) do update set status = excluded.status",
                    [subject, value],
                )
            elif kind == "member":
                db.execute(
                    "insert into member (watch, trial, state, since) values (?1, ?2, ?3, '2026-11-20T00:00:00Z')"
                    " on conflict (watch, trial) do update set state = excluded.state",
                    [subject[1], subject[0], value],
                )
            else:
                db.execute("delete from member where trial = ? and watch = ?", [subject, value])
        kept = held.statuses(db, [1, 2])
        assert kept == {row: counted(db, row) for row in (1, 2)}
        for row in (1, 2):
            listed = db.execute("select status, count(*) from watch_trial where watch = ? group by 1", [row])
            assert dict(listed.fetchall()) == kept[row]
    finally:
        db.execute("rollback")


def test_a_watch_that_takes_over_some_of_a_registry_counts_them(history: History, monkeypatch) -> None:
    monkeypatch.setattr(watches, "MEMBERS_AT_ONCE", 1)  # so that all is left to the watch that is removed
    with history.writing() as (db, _):
        row = db.execute("select id from watch").fetchone()[0]
        watches._narrow(db, row, [TRIAL, IDS[0]], NOW)
        found = held.named(db, "MSC exosomes")
        assert found is not None and found.row != row
        assert held.statuses(db, [found.row]) == {found.row: {"SUSPENDED": 1}}


def test_weeks_follow_events_that_are_computed_anew(history: History) -> None:
    with history.writing() as (db, store):
        assert held.weeks(db, ["MSC exosomes"], "2026-01-01") == {
            "MSC exosomes": {"2026-11-16": {"major": 1}, "2026-11-23": {"critical": 1}}
        }
        # That noise is not counted is seen above: two of the four events are.
        event = Reader(db).events(min_severity=Severity.CRITICAL)[0][1]
        store.rewrite_event(replace(event, severity=Severity.MINOR))
        assert held.weeks(db, ["MSC exosomes"], "2026-11-23") == {
            "MSC exosomes": {"2026-11-23": {"critical": 0, "minor": 1}}
        }


def test_the_list_says_what_each_watch_holds(browse: Asking, history: History) -> None:
    history.watch("by query", [TRIAL], query={"cond": "ALS", "status": "RECRUITING"})
    history.watch("all of it", [TRIAL], query={})
    page = browse.get("/watches").text
    assert page.index("MSC exosomes") < page.index("by query") < page.index("all of it")
    assert "Suspended</a> <strong>1</strong>" in page
    assert (
        "https://clinicaltrials.gov/search?cond=ALS&amp;term=AREA%5BOverallStatus%5D%28RECRUITING%29" in page
    )
    assert "Everything in ClinicalTrials.gov" in page
    assert 'href="/watches/MSC%20exosomes/calendar.ics"' in page
    first, second, _ = browse.get("/watches.json").json()["items"]
    assert (first["name"], first["ids"], first["query"], first["trials"]) == ("MSC exosomes", 1, None, 1)
    assert first["statuses"] == [{"status": "SUSPENDED", "trials": 1}]
    assert first["weeks"][-1] == {"week": "2026-11-23", "critical": 1, "major": 0, "minor": 0}
    assert len(first["weeks"]) == 26
    assert second["query"] == {"cond": "ALS", "status": "RECRUITING"}
    lines = list(csv.DictReader(io.StringIO(browse.get("/watches.csv").text)))
    assert [one["definition"] for one in lines] == ["1 ids", "cond=ALS; status=RECRUITING", "everything"]


def test_where_no_service_runs_no_watch_is_overdue(history: History) -> None:
    late = WatchHealth(name="MSC exosomes", last_success=NOW - timedelta(days=9), build=None, overdue=True)
    polled = Health(ok=True, watches=(late,), next_poll=NOW)
    for health, is_late in ((Health(ok=True, watches=(late,)), False), (polled, True)):
        with asking(history.app(health=lambda shown=health: shown)) as browse:
            for path in ("/watches", "/watches/MSC%20exosomes"):
                page = browse.get(path).text
                assert ("Overdue:" in page) is is_late, path
                assert ("No service is running here" in page) is not is_late, path


def test_one_watch_shows_its_trials_and_what_happened(browse: Asking, history: History) -> None:
    history.event(
        EventKind.ENTERED, "2026-11-20", "Now matches", Severity.MAJOR,
        watches=("MSC exosomes",), tags=("watch",),
    )  # fmt: skip
    page = browse.get(WATCH).text
    assert "Allogeneic exosomes in progressive multiple sclerosis" in page
    assert "Recruiting → Suspended" in page
    assert page.index("Entered") > page.index("Who entered and left lately")
    assert 'href="/watches/MSC%20exosomes?status=SUSPENDED#trials"' in page
    assert 'type="application/atom+xml" title="What changed in watch MSC exosomes"' in page
    data = browse.get(f"{WATCH}.json").json()
    assert [one["trial"] for one in data["items"]] == [TRIAL]
    assert data["next"] is None
    lines = list(csv.DictReader(io.StringIO(browse.get(f"{WATCH}.csv").text)))
    assert [(one["trial"], one["status"]) for one in lines] == [(TRIAL, "SUSPENDED")]


def test_a_watch_without_a_name_of_ours_says_why(browse: Asking, history: History) -> None:
    assert browse.get("/watches/MSC%20exosome").status == 404
    assert "MSC exosomes" in browse.get("/watches/MSC%20exosome").text
    with history.writing() as (db, _):
        watches.remove(db, "MSC exosomes", now=NOW)
    assert browse.get(WATCH).status == 410


def test_trials_are_paged_and_filtered_by_status(history: History, browse: Asking) -> None:
    ids = [f"NCT{number:08}" for number in range(1, 251)]
    with history.writing() as (_, store):
        for number, trial in enumerate(ids):
            record = versions()[0]
            protocol = record["protocolSection"]
            protocol["identificationModule"]["nctId"] = trial
            protocol["statusModule"]["overallStatus"] = "COMPLETED" if number % 2 else "RECRUITING"
            store.add_snapshot("ctgov", record, seen_at=NOW, build=DAYS[0], fingerprint=None)
    history.watch("many", ids, query={"cond": "many"})
    seen: list[str] = []
    path = "/watches/many.json?status=COMPLETED"
    while path:
        data = browse.get(path).json()
        seen += [one["trial"] for one in data["items"]]
        path = data["next"]
    assert seen == ids[1::2]
    assert len(browse.get("/watches/many.json").json()["items"]) == 100
    assert len(browse.get("/watches/many.csv").text.splitlines()) == 251
    assert "125 of 250" in browse.get("/watches/many?status=COMPLETED").text
    assert "None." in browse.get("/watches/many?status=SUSPENDED").text  # there could be some
    assert browse.get("/watches/many?status=COMPLETE").status == 400


def test_feeds_and_the_calendar_keep_their_addresses(browse: Asking) -> None:
    assert browse.get(f"{WATCH}/feed.json").headers["content-type"] == "application/feed+json"
    assert browse.get(f"{WATCH}/feed.atom").status == 200
    assert browse.get(f"{WATCH}/calendar.ics").status in (200, 501)


@pytest.mark.parametrize(
    "query",
    [
        {"cond": "multiple sclerosis", "lead": "Some Sponsor"},
        {"agg": "phase:3,status:rec", "term": "exosome"},
        {"locn": "Berlin"},
        {"geo": "distance(52.5,13.4,50mi)"},
        {},
    ],
)
def test_a_search_link_finds_what_the_watch_watches(query) -> None:
    assert query_from_url(f"https://clinicaltrials.gov{search_page(query)}", site="") == query


def test_a_picture_shows_all_that_is_there() -> None:
    parts = segments({"COMPLETED": 99_990, "RECRUITING": 9, "": 1})
    assert [one.status for one in parts] == ["RECRUITING", "COMPLETED", ""]
    assert sum(one.width for one in parts) == pytest.approx(100, abs=0.1)
    assert all(one.width > 0.5 for one in parts)
    weeks = mondays(date(2026, 11, 29), 3)
    assert weeks == ("2026-11-09", "2026-11-16", "2026-11-23")
    drawn = bars({"2026-11-23": {"critical": 1, "minor": 3}, "2026-11-16": {"minor": 1}}, weeks)
    assert [one.all for one in drawn] == [0, 1, 4]
    assert min(part.y for part in drawn[2].parts) == 0


@pytest.mark.parametrize("path", ["/watches", WATCH, f"{WATCH}?status=SUSPENDED", f"{WATCH}?after={IDS[0]}"])
def test_no_page_reads_a_table_through(history: History, path: str) -> None:
    """By SQLite's own plan of every statement that the page makes."""
    asked: list[str] = []

    def opened():
        db = history.open()
        db.conn.set_trace_callback(asked.append)
        return db

    with asking(history.app(database=opened)) as browse:
        assert browse.get(path).status == 200
    with closing(history.open()) as db:
        plans = [
            (step[3], sql)
            for sql in asked
            if sql.lower().startswith("select")
            for step in db.execute(f"explain query plan {sql}").fetchall()
        ]
    large = ("trial", "member", "event", "event_watch", "event_tag", "version", "change", "watch_trial")
    assert [plan for plan in plans if plan[0] in {f"SCAN {table}" for table in large}] == []
    assert plans
