"""How the service is: what `/healthz`, `trialbell status` and the metrics tell.

Values only. The application looks and fills them in; nobody here reads a clock or a database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from snapshots.instants import stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchHealth:
    """How one watch fares."""

    name: str
    last_success: datetime | None  # aware UTC; None: no sweep was ever completed
    build: str | None  # the data build of that sweep, ISO day or the registry's stamp
    trials: int | None = None  # how many it holds; None when unknown
    overdue: bool = False  # its last success is further back than its schedule and grace allow
    problem: str | None = None  # what the last try ran into; None when it succeeded
    unknown: tuple[str, ...] = ()  # ids of it that the registry does not have


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxHealth:
    """Deliveries, counted by where they stand; and messages that tell of no event (first looks, notices)."""

    pending: int = 0
    sent: int = 0
    failed: int = 0
    dropped: int = 0
    others_pending: int = 0
    others_sent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillHealth:
    """The trials whose past is being brought, and those whose past could not be had."""

    waiting: int = 0
    requests: int | None = None  # about how many are to come; None when nobody knows yet
    done: int = 0
    aside: int = 0
    reasons: tuple[tuple[str, str], ...] = ()  # (trial, why) of the newest of those set aside
    paused: str | None = None  # until when and why, one line


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSweep:
    """A sweep that waits for `trialbell held accept|drop` or for the next build to say the same."""

    registry: str
    build: str
    reason: str  # one line


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepHealth:
    """A long sweep that is under way, or waits for the next poll to go on with it."""

    registry: str
    kind: str  # whole, slim or posted
    arrived: int
    total: int
    seconds_left: float | None  # an estimate; None while nothing is known, or nobody is at work
    words: str  # one line


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionHealth:
    """What is not well and lasts, as the operator was told or is to be."""

    kind: str  # registry, overdue, held, channel, failed, partly, watch, job, connection, disk, ping
    subject: str
    text: str  # one line
    since: datetime
    told_at: datetime | None  # None: it has not lasted long enough
    clear_since: datetime | None  # it seems over, and is told to be when it stays so
    problem: str | None = None  # the line of it among `Health.problems`; None when it is none of them


@dataclass(frozen=True, slots=True, kw_only=True)
class PingHealth:
    """The dead man's switch."""

    heard_at: datetime | None
    failing_since: datetime | None  # None: the last one was heard
    error: str | None  # why it is not


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """`ok` is False exactly when `problems` is not empty; each problem is one line for a person."""

    ok: bool
    problems: tuple[str, ...] = ()
    hints: tuple[
        tuple[str, str], ...
    ] = ()  # (a problem, what to do about it), where there is something to say
    watches: tuple[WatchHealth, ...] = ()
    build: str | None = None  # the newest data build that was seen
    outbox: OutboxHealth = OutboxHealth()
    held: tuple[HeldSweep, ...] = ()
    sweeps: tuple[SweepHealth, ...] = ()
    notices: tuple[str, ...] = ()  # worth knowing, and nothing to do about
    unreached: tuple[
        str, ...
    ] = ()  # notifiers with something to tell that were not reached, and are tried again
    backfill: BackfillHealth = BackfillHealth()
    conditions: tuple[ConditionHealth, ...] = ()
    ping: PingHealth | None = None  # None: never tried
    next_poll: datetime | None = None  # aware UTC; None when no poller runs in this process

    def __post_init__(self) -> None:
        if self.ok == bool(self.problems):
            raise ValueError("ok must be said exactly when there are no problems")


def health_json(health: Health, *, at: datetime) -> dict[str, Any]:
    """The published shape: fields may be added, never renamed."""
    return {
        "ok": health.ok,
        "at": stamp(at),
        "problems": list(health.problems),
        "build": health.build,
        "next_poll": stamp(health.next_poll),
        "watches": [
            {
                "name": watch.name,
                "last_success": stamp(watch.last_success),
                "build": watch.build,
                "trials": watch.trials,
                "overdue": watch.overdue,
                "problem": watch.problem,
                "unknown": list(watch.unknown),
            }
            for watch in health.watches
        ],
        "outbox": {
            "pending": health.outbox.pending,
            "sent": health.outbox.sent,
            "failed": health.outbox.failed,
            "dropped": health.outbox.dropped,
            "others_pending": health.outbox.others_pending,
            "others_sent": health.outbox.others_sent,
        },
        "held": [
            {"registry": held.registry, "build": held.build, "reason": held.reason} for held in health.held
        ],
        "sweeps": [
            {
                "registry": sweep.registry,
                "kind": sweep.kind,
                "arrived": sweep.arrived,
                "total": sweep.total,
                "seconds_left": None if sweep.seconds_left is None else round(sweep.seconds_left),
            }
            for sweep in health.sweeps
        ],
        "notices": list(health.notices),
        "unreached": list(health.unreached),
        "backfill": {
            "waiting": health.backfill.waiting,
            "requests": health.backfill.requests,
            "done": health.backfill.done,
            "aside": health.backfill.aside,
            "reasons": [{"trial": trial, "reason": why} for trial, why in health.backfill.reasons],
            "paused": health.backfill.paused,
        },
        "conditions": [
            {
                "kind": one.kind,
                "subject": one.subject,
                "text": one.text,
                "since": stamp(one.since),
                "told_at": stamp(one.told_at),
                "clear_since": stamp(one.clear_since),
            }
            for one in health.conditions
        ],
        "ping": None
        if health.ping is None
        else {
            "heard_at": stamp(health.ping.heard_at),
            "failing_since": stamp(health.ping.failing_since),
            "error": health.ping.error,
        },
    }
