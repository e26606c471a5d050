"""What is measured: names, help and labels, filled from the database as one page sees it.

Labels are registries, notifiers, watches (the first of them), states and our own addresses: bounded, and never a
trial, a person or a secret. Names may be added, never changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from sqlite_utils import Database

from monitor import due, release
from monitor.health import Health
from monitor.tally import tally
from monitor.web.health import stored
from monitor.web.metrics.served import BUCKETS, Served
from notifiers import standing
from snapshots.instants import instant

MOST_WATCHES = 200  # in the order of the configuration; the others are in the sums alone
_WAITING = ("waiting", "queued")


def families(db: Database, health: Health | None, served: Served | None, now: datetime) -> Iterator[Metric]:
    """health: None when it cannot be had; what it says is left out then, so that an alert on its absence rings."""
    yield InfoMetricFamily(
        "trialbell_build",
        "The version of trialbell and of its tables.",
        {"version": release.version(), "schema": " ".join(stored.migrations(db))},
    )
    yield from _polls(db)
    yield from _history(db)
    yield from _outbox(db, now)
    yield from _database(db)
    if health is not None:
        yield from _health(health)
    if served is not None:
        yield from _pages(served)


def _polls(db: Database) -> Iterator[Metric]:
    ended = tally(db, "poll")
    polls = CounterMetricFamily(
        "trialbell_polls", "Polls that ended, by how.", labels=["registry", "outcome"]
    )
    success = _gauge("last_success_timestamp_seconds", "When the last good poll began.", "registry")
    took = _gauge("last_poll_duration_seconds", "How long the last poll that ended took.", "registry")
    build = _gauge("data_build_timestamp_seconds", "Midnight of the newest data build seen.", "registry")
    records = _gauge("last_poll_records", "Records that the last poll that ended read.", "registry")
    failures = _gauge("failed_polls", "Polls in a row that failed, up to now.", "registry")
    for key, count in ended.items():
        polls.add_metric(key, count)
    for registry in sorted({registry for registry, _ in ended}):
        known = due.standing(db, registry)
        failures.add_metric([registry], known.failures)
        if known.last_success is not None:
            success.add_metric([registry], known.last_success.timestamp())
        last = db.execute(
            "select started_at, ended_at, records from poll where registry = ? and ended_at is not null"
            " order by id desc limit 1",
            [registry],
        ).fetchone()
        if last is not None:
            took.add_metric([registry], (instant(last[1]) - instant(last[0])).total_seconds())
            records.add_metric([registry], last[2])
        newest = db.execute(
            "select build from poll where registry = ? and build is not null order by id desc limit 1",
            [registry],
        ).fetchone()
        if newest is not None and (at := _midnight(newest[0])) is not None:
            build.add_metric([registry], at)
    yield from (polls, failures, success, took, records, build)


def _history(db: Database) -> Iterator[Metric]:
    trials = _gauge("trials", "Trials that are known, by what became of them.", "registry", "state")
    versions = _gauge(
        "versions", "Versions that are stored, seen by us or of the registry's history.", "line"
    )
    events = CounterMetricFamily(
        "trialbell_events",
        "Events ever stored, of what was watched or of the registry's history, by severity.",
        labels=["of", "severity"],
    )
    for key, count in tally(db, "trial").items():
        trials.add_metric(key, count)
    for (line, _), count in tally(db, "version").items():
        versions.add_metric([line], count)
    for key, count in tally(db, "event").items():
        events.add_metric(key, count)
    yield from (trials, versions, events)


def _outbox(db: Database, now: datetime) -> Iterator[Metric]:
    told, bare = standing.tallied(db, "delivery"), standing.tallied(db, "message")
    deliveries = _gauge(
        "outbox_deliveries", "Deliveries of events, by where they stand.", "notifier", "state"
    )
    notices = _gauge("outbox_notices", "Messages that tell of no event.", "notifier", "state")
    for family, found in ((deliveries, told), (notices, bare)):
        for notifier, states in found.items():
            for state, count in states.items():
                family.add_metric([notifier, state], count)
    oldest = _gauge(
        "outbox_oldest_waiting_seconds",
        "How long ago the oldest delivery that has not ended fell due; 0 when none waits.",
        "notifier",
    )
    for notifier, states in told.items():
        since = standing.oldest_due(db, notifier, now) if any(one in states for one in _WAITING) else None
        oldest.add_metric([notifier], 0 if since is None else max(0.0, (now - since).total_seconds()))
    up = _gauge("channel_up", "1 when the channel took what was tried last, 0 while it did not.", "notifier")
    rows = db.execute("select notifier, paused_at is null and failures = 0 from channel order by notifier")
    for notifier, well in rows.fetchall():
        up.add_metric([notifier], well)
    yield from (deliveries, notices, oldest, up)


def _database(db: Database) -> Iterator[Metric]:
    size, log = stored.sizes(db)
    yield _one("database_bytes", "Size of the database file.", size)
    yield _one("database_log_bytes", "Size of the write-ahead log beside it.", log or 0)
    yield _one("service_running", "1 while a process polls and sends.", stored.holder(db) is not None)


def _health(health: Health) -> Iterator[Metric]:
    yield _one("healthy", "1 when /healthz says that all is well.", health.ok)
    yield _one("problems", "Problems that /healthz names.", len(health.problems))
    yield _one("held_sweeps", "Sweeps that wait for a decision.", len(health.held))
    if health.next_poll is not None:
        at = health.next_poll.timestamp()
        yield _one("next_poll_timestamp_seconds", "When the next poll is due.", at)
    past = _gauge("backfill_trials", "Trials whose past is being brought.", "state")
    for state in ("waiting", "done", "aside"):
        past.add_metric([state], getattr(health.backfill, state))
    yield past
    yield _one("watches", "Watches.", len(health.watches))
    yield _one("watches_overdue", "Watches that are overdue.", sum(one.overdue for one in health.watches))
    success = _gauge("watch_last_success_timestamp_seconds", "When a watch was last up to date.", "watch")
    held = _gauge("watch_trials", "Trials that a watch holds.", "watch")
    for one in health.watches[:MOST_WATCHES]:
        if one.last_success is not None:
            success.add_metric([one.name], one.last_success.timestamp())
        if one.trials is not None:
            held.add_metric([one.name], one.trials)
    yield from (success, held)


def _pages(served: Served) -> Iterator[Metric]:
    answers = CounterMetricFamily(
        "trialbell_http_requests", "Answers of this process.", labels=["address", "status"]
    )
    for (address, status), count in served.answers().items():
        answers.add_metric([address, str(status)], count)
    times = HistogramMetricFamily(
        "trialbell_http_request_duration_seconds",
        "How long its answers took, to their last byte.",
        labels=["address"],
    )
    bounds = (*(str(one) for one in BUCKETS), "+Inf")
    for address, one in served.times().items():
        counts = list(_running(one.buckets))
        times.add_metric([address], list(zip(bounds, counts, strict=True)), one.seconds)
    yield from (answers, times)


def _running(counts: Iterable[int]) -> Iterator[int]:
    total = 0
    for one in counts:
        total += one
        yield total


def _gauge(name: str, what: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"trialbell_{name}", what, labels=list(labels))


def _one(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"trialbell_{name}", what, value=float(value))


def _midnight(build: str) -> float | None:
    """Of a build's day; None where its stamp is of another kind."""
    try:
        return datetime.combine(date.fromisoformat(build[:10]), datetime.min.time(), UTC).timestamp()
    except ValueError:
        return None
