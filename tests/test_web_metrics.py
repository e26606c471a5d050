"""/metrics: valid in both formats, true to the database, bounded, and telling nothing that is nobody's business."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from doubles.asking import Asking, asking
from doubles.outbox_history import told_history
from doubles.released import released, restore
from doubles.web_history import NOW, STAFF, TRIAL, History
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_families
from prometheus_client.parser import text_string_to_metric_families as plain_families

from monitor.database import open_for_writing
from monitor.health import Health, WatchHealth
from monitor.tally import tally
from monitor.web.metrics.families import MOST_WATCHES
from monitor.web.metrics.served import OTHER
from monitor.web.rooms import ADDRESSES, LAST
from snapshots.errors import DatabaseHeld

GUIDE = Path(__file__).parents[1] / "docs" / "guide" / "monitoring.md"
OPEN = {"accept": "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"}


@pytest.fixture
def history(tmp_path: Path) -> History:
    return told_history(tmp_path / "history.db")


@pytest.fixture
def browse(history: History) -> Iterator[Asking]:
    with asking(history.app(health=_health)) as one:
        yield one


def _health() -> Health:
    many = (WatchHealth(name=f"w{at}", last_success=NOW, build="2026-11-23", trials=at) for at in range(300))
    return Health(ok=True, watches=tuple(many))


def samples(browse: Asking) -> dict[tuple[str, frozenset[str]], float]:
    """(name, label values) → value."""
    text = browse.get("/metrics", OPEN).text
    return {
        (one.name, frozenset(one.labels.values())): one.value
        for family in open_families(text)
        for one in family.samples
    }


def test_an_answer_says_what_it_took_and_a_refusal_does_not(browse: Asking) -> None:
    assert float(browse.get("/").headers["server-timing"].removeprefix("total;dur=")) > 0
    for refused in ("/nothing", "/?tag=none-such"):
        assert "server-timing" not in browse.get(refused).headers


def test_both_formats_are_what_their_own_readers_take(browse: Asking) -> None:
    plain, opened = browse.get("/metrics"), browse.get("/metrics", OPEN)
    assert plain.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert opened.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    ours = [
        {one.name for one in read(answer.text)}
        for read, answer in ((plain_families, plain), (open_families, opened))
    ]
    assert len(ours[1]) > 25
    assert {one.removesuffix("_info") for one in ours[0]} == {one.removesuffix("_info") for one in ours[1]}
    # What the library's own choice raises over.
    assert browse.get("/metrics", {"accept": "application/openmetrics-text;version=x.y"}).status == 200
    assert browse.get("/metrics", {"accept": "text/plain;version=x"}).status == 200


def test_they_say_what_is_in_the_database(browse: Asking, history: History) -> None:
    with history.writing() as (db, _):
        row = db.execute(
            "insert into poll (registry, started_at, build) values ('ctgov', '2026-11-24T09:00:00Z', '2026-11-24')"
        ).lastrowid
        db.execute("update poll set ended_at = '2026-11-24T09:01:30Z', outcome = 'quiet' where id = ?", [row])
    found = samples(browse)

    def value(name: str, *labels: str) -> float:
        return found[f"trialbell_{name}", frozenset(labels)]

    assert value("polls_total", "ctgov", "quiet") == 1
    assert value("last_poll_duration_seconds", "ctgov") == 90
    assert value("last_success_timestamp_seconds", "ctgov") == NOW.replace(hour=9).timestamp()
    assert value("data_build_timestamp_seconds", "ctgov") == NOW.replace(hour=0).timestamp()
    assert value("trials", "ctgov", "present") == 1
    assert (value("versions", "snapshot"), value("versions", "archive")) == (5, 3)
    assert (value("events_total", "watched", "critical"), value("events_total", "watched", "noise")) == (1, 2)
    assert value("outbox_deliveries", "team", "failed") == 1
    assert value("outbox_notices", "team", "failed") == 1
    assert value("outbox_oldest_waiting_seconds", "hook") == 3600
    assert value("outbox_oldest_waiting_seconds", "team") == 0, "what waits by plan is not late"
    assert (value("channel_up", "hook"), value("service_running")) == (0, 0)
    assert value("healthy") == 1


def test_the_log_of_polls_is_cut_and_their_number_is_not(browse: Asking, history: History) -> None:
    with history.writing() as (db, _):
        for _ in range(3):
            row = db.execute(
                "insert into poll (registry, started_at) values ('ctgov', '2026-11-24T09:00:00Z')"
            ).lastrowid
            db.execute("update poll set outcome = 'quiet' where id = ?", [row])
        db.execute("delete from poll")
    assert samples(browse)["trialbell_polls_total", frozenset(("ctgov", "quiet"))] == 3


def test_answers_are_counted_by_address_whatever_is_asked_for(browse: Asking) -> None:
    for path in (
        "/",
        "/?tag=nonsense",
        f"/trials/ctgov/{TRIAL}.json",
        "/nothing",
        "/a/b/c",
        "/static/style.css",
    ):
        browse.get(path)
    found = samples(browse)
    assert found["trialbell_http_requests_total", frozenset(("today", "200"))] == 1
    assert found["trialbell_http_requests_total", frozenset(("today", "400"))] == 1
    assert found["trialbell_http_request_duration_seconds_count", frozenset(("today",))] == 2
    known = {OTHER, *(one.name for one in (*ADDRESSES, *LAST))}
    counted = {labels for name, labels in found if name == "trialbell_http_requests_total"}
    assert counted and all(labels & known for labels in counted)


def test_a_defect_is_counted_too(history: History) -> None:
    asked: list[None] = []

    def broken() -> Health:
        asked.append(None)
        if len(asked) == 1:
            raise RuntimeError("a defect")
        return Health(ok=True)

    with asking(history.app(health=broken), defects=True) as browse:
        assert browse.get("/healthz").status == 500
        assert samples(browse)["trialbell_http_requests_total", frozenset(("healthz", "500"))] == 1


def test_labels_are_bounded_and_name_no_trial_or_person(browse: Asking) -> None:
    text = browse.get("/metrics", OPEN).text
    assert text.count("trialbell_watch_trials{") == MOST_WATCHES
    assert "trialbell_watches 300.0" in text
    assert not [one for one in (TRIAL, "C1", "1763", "headline", *STAFF) if one in text]


def test_what_cannot_be_had_is_left_out(history: History) -> None:
    def held() -> Health:
        raise DatabaseHeld("another process holds the file")

    with asking(history.app(health=held)) as browse:
        found = samples(browse)
    assert ("trialbell_healthy", frozenset()) not in found
    assert ("trialbell_database_bytes", frozenset()) in found


@pytest.mark.parametrize("path", released(), ids=lambda path: path.stem)
def test_tallies_of_an_older_database_begin_at_what_it_holds(path: Path, tmp_path: Path) -> None:
    restore(path, tmp_path / "t.db")
    with closing(open_for_writing(tmp_path / "t.db")) as db:
        for kind in ("trial", "version", "event"):
            (count,) = db.execute(f"select count(*) from {kind}").fetchone()
            assert sum(tally(db, kind).values()) == count > 0


def test_every_number_that_the_guide_names_is_there(browse: Asking, history: History) -> None:
    with history.writing() as (db, _):
        row = db.execute(
            "insert into poll (registry, started_at, build) values ('ctgov', '2026-11-24T09:00:00Z', '2026-11-24')"
        ).lastrowid
        db.execute("update poll set ended_at = '2026-11-24T09:01:30Z', outcome = 'quiet' where id = ?", [row])
    browse.get("/")
    named = set(re.findall(r"trialbell_[a-z_]+[a-z]", GUIDE.read_text()))
    there = {name for name, _ in samples(browse)}
    there |= {name.removesuffix("_count") for name in there} | {"trialbell_http"}
    assert len(named) > 8
    assert named - there == set()
