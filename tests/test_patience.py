"""A poll that gets nowhere is given up, says so, and is tried again; one that gets on is not."""

from __future__ import annotations

import threading
from datetime import timedelta
from itertools import cycle

import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.still_clock import StillClock
from doubles.study_records import study_record
from doubles.watching import Watching, ids_watch

from monitor.polling.patience import Patience
from monitor.registries.ctgov import CtgovRegistry

LIMIT = timedelta(minutes=2)
STUDIES = "/api/v2/studies"


def nct(record):
    return record["protocolSection"]["identificationModule"]["nctId"]


@pytest.fixture
def time():
    return StillClock()


@pytest.fixture
def patience(time):
    return Patience(LIMIT, stopping=threading.Event(), monotonic=time.clock, wait=time.wait)


def test_a_wait_ends_where_patience_does(time, patience):
    patience.progressed()
    assert patience.wait(119) is False
    assert patience.wait(60) is True
    assert time.waits == [119, 1]
    assert "given up after 2 minutes without progress" in patience.lost()
    patience.progressed()
    assert patience.lost() is None


def test_without_a_poll_under_way_nothing_is_lost(time, patience):
    patience.progressed()
    patience.ended()
    time.now += 10_000
    assert patience.lost() is None
    assert patience.wait(30) is False


def test_a_stop_is_no_lost_patience(time):
    stopping = threading.Event()
    patience = Patience(LIMIT, stopping=stopping, monotonic=time.clock)
    patience.progressed()
    stopping.set()
    assert patience.wait(60) is True
    time.now += 10_000
    assert patience.lost() is None


def equip(watching, patience):
    url = watching.registry.url
    ctgov = CtgovRegistry(url=url, requests_per_minute=100_000, ids_per_request=10, wait=patience.wait)
    watching.app.registries = {"ctgov": ctgov}
    watching.app.patience = {"ctgov": patience}


@pytest.fixture
def slow(tmp_path, clock, time, patience):
    """A poll of 40 records, 10 a request, against a registry that answers each only after long retries."""
    records = [study_record(number) for number in range(1, 41)]
    with LoopbackRegistry(records, day="2026-11-20") as registry:
        made = Watching(tmp_path, registry, ids_watch("mine", *map(nct, records)), clock=clock)
        equip(made, patience)
        yield made
        made.close()


def test_a_registry_that_keeps_asking_for_time_is_given_up(slow, time):
    slow.registry.misbehave(Fault.too_many(retry_after=50), times=None, path=STUDIES)
    report = slow.poll()
    assert report.outcome == "incomplete"
    assert report.problems == [
        "given up after 2 minutes without progress (`poll_deadline`); the next poll tries again"
    ]
    assert time.waited == pytest.approx(120)
    slow.registry.behave()
    assert slow.poll().outcome == "complete"


def test_slow_progress_is_progress(slow, time):
    every_other = cycle([True, False])
    slow.registry.misbehave(
        Fault.too_many(retry_after=50), times=None, path=STUDIES, where=lambda _: next(every_other)
    )
    assert slow.poll().outcome == "complete"
    assert time.waited > 4 * 49  # longer than patience lasts, in all


def test_asking_one_by_one_for_many_unknown_ids_is_progress(slow, patience, time):
    slow.edit(ids_watch("mine", "NCT90000001", *(f"NCT8000{number:04d}" for number in range(6))))
    equip(slow, patience)
    every_other = cycle([True, False])
    slow.registry.misbehave(
        Fault.too_many(retry_after=50),
        times=None,
        path="/api/v2/studies/*",
        where=lambda _: next(every_other),
    )
    report = slow.poll()
    assert (report.outcome, len(report.unknown)) == ("complete", 6)
    assert time.waited > 6 * 49
