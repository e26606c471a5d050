"""The service in process: what its scheduler is told, and how jobs that fail or hang are seen."""

from __future__ import annotations

import threading
from datetime import UTC

import pytest
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED
from doubles.ctgov import LoopbackRegistry
from doubles.plain_edits import nct, recruiting
from doubles.watching import Watching, ids_watch

from monitor.schedule import LONG, Service

PATIENCE = 30  # seconds that nothing here should need


@pytest.fixture
def watching(tmp_path, clock):
    record = recruiting(1)
    with LoopbackRegistry([record], day="2026-11-20") as registry:
        made = Watching(tmp_path, registry, ids_watch("a", nct(record)), clock=clock)
        yield made
        made.close()


class Job:
    """A job that waits to be let go, and then raises or returns."""

    def __init__(self, error: Exception | None = None) -> None:
        self.began, self.let_go, self.runs = threading.Event(), threading.Event(), 0
        self.error = error

    def __call__(self, *_: object) -> None:
        self.runs += 1
        self.began.set()
        assert self.let_go.wait(PATIENCE)
        if self.error is not None:
            raise self.error


def test_late_jobs_run_once_and_never_beside_themselves(watching):
    service = Service(watching.app, tick=3600)
    service.start()
    try:
        jobs = {job.id: job for job in service._scheduler.get_jobs()}
        assert set(jobs) == {"poll", "requests", "backfill", "retention", "operator", "deliver:log"}
        for job in jobs.values():
            assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)
            assert str(job.trigger.timezone) == str(UTC)
    finally:
        service.stop()


def test_the_first_look_at_what_is_due_does_not_wait_for_a_tick(watching):
    polled = threading.Event()
    watching.registry.on_request = lambda asked: polled.set()
    service = Service(watching.app, tick=3600)
    service.start()
    try:
        assert polled.wait(PATIENCE)
    finally:
        service.stop(at_once=False)


def test_a_job_that_fails_is_seen_until_it_succeeds(watching):
    watching.poll()
    service = Service(watching.app, tick=0.05)
    failed, succeeded = threading.Event(), threading.Event()
    job = Job(RuntimeError("no room on the disk"))
    job.let_go.set()
    service.poll_if_due = job
    # Listeners are called in the order they came: the service has taken note when these hear of it.
    service._scheduler.add_listener(lambda event: event.job_id == "poll" and failed.set(), EVENT_JOB_ERROR)
    service.start()
    try:
        assert failed.wait(PATIENCE)
        assert service.problems() == ["poll: RuntimeError: no room on the disk"]
        assert "no room on the disk" in str(service.look().health(service.app.db, service.app.clock()))
        service._scheduler.add_listener(
            lambda event: event.job_id == "poll" and succeeded.set(), EVENT_JOB_EXECUTED
        )
        job.error = None
        assert succeeded.wait(PATIENCE)
        assert service.problems() == []
    finally:
        service.stop()


def test_a_job_without_an_end_is_seen_and_holds_up_no_other(watching, clock):
    service = Service(watching.app, tick=0.05)
    job = Job()
    service._deliver = job
    polled = threading.Event()
    watching.registry.on_request = lambda asked: polled.set()
    service.start()
    try:
        assert job.began.wait(PATIENCE)
        assert polled.wait(PATIENCE)
        assert not [line for line in service.problems() if "deliver" in line]
        clock.forward(seconds=LONG.total_seconds() + 1)
        assert [line for line in service.problems() if line.startswith("deliver:log: at work since")]
        assert job.runs == 1
    finally:
        job.let_go.set()
        service.stop()


def test_a_configuration_that_could_not_be_taken_over_changes_nothing(watching, clock):
    from monitor import watches
    from monitor.watches import Definition, WatchError
    from snapshots.database import immediate

    watching.poll()
    with immediate(watching.app.db):
        watches.add(watching.app.db, "b", Definition(registry="ctgov", ids=("NCT90000002",)), now=clock())
    before = watches.active(watching.app.db)
    watching.edit(ids_watch("b", "NCT90000003"))
    with pytest.raises(WatchError, match="name taken"):
        watching.app.could_reconcile()
    assert watches.active(watching.app.db) == before
    watching.edit(ids_watch("renamed", "NCT90000001"))
    watching.app.could_reconcile()
    assert watches.active(watching.app.db) == before
