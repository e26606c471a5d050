"""JSON of `/health` and of the two probes. `Alive` is `monitor.health.health_json`'s shape, as types."""

from __future__ import annotations

from msgspec import Struct

from monitor.web.deliveries.shapes import Channel


class Watch(Struct, frozen=True, kw_only=True):
    """How the polls of a watch go. overdue: it should have been polled by now; unknown: its ids that the registry
    has not; problem: of the last try."""

    name: str
    last_success: str | None
    build: str | None
    trials: int | None
    overdue: bool
    problem: str | None
    unknown: list[str]


class Outbox(Struct, frozen=True, kw_only=True):
    """Deliveries by where they stand; others are messages that tell of no event."""

    pending: int
    sent: int
    failed: int
    dropped: int
    others_pending: int
    others_sent: int


class HeldSweep(Struct, frozen=True, kw_only=True):
    """A sweep that a person is to decide on."""

    registry: str
    build: str
    reason: str


class Sweep(Struct, frozen=True, kw_only=True):
    """A long sweep under way. seconds_left: an estimate; null while nothing is known, or nobody is at work."""

    registry: str
    kind: str
    arrived: int
    total: int
    seconds_left: int | None


class Reason(Struct, frozen=True, kw_only=True):
    """Why a trial was set aside."""

    trial: str
    reason: str


class Backfill(Struct, frozen=True, kw_only=True):
    """How far the registry's own history has been brought. waiting, done, aside: trials; requests: an estimate."""

    waiting: int
    requests: int | None
    done: int
    aside: int
    reasons: list[Reason]
    paused: str | None


class Condition(Struct, frozen=True, kw_only=True):
    """Something that the operator is told of. told_at: null while it may pass by itself."""

    kind: str
    subject: str
    text: str
    since: str | None
    told_at: str | None
    clear_since: str | None


class Ping(Struct, frozen=True, kw_only=True):
    """The address that is told that all is well: since when it cannot be reached, null when it was heard."""

    heard_at: str | None
    failing_since: str | None
    error: str | None


class Alive(Struct, frozen=True, kw_only=True):
    """What `/healthz` answers: ok exactly when there are no problems."""

    ok: bool
    at: str
    problems: list[str]
    build: str | None
    next_poll: str | None
    watches: list[Watch]
    outbox: Outbox
    held: list[HeldSweep]
    sweeps: list[Sweep]
    notices: list[str]
    unreached: list[str]
    backfill: Backfill
    conditions: list[Condition]
    ping: Ping | None


class Well(Struct, frozen=True, kw_only=True):
    """What `/healthz` answers to who may not read these pages."""

    ok: bool
    at: str


class Ready(Struct, frozen=True, kw_only=True):
    """What `/readyz` answers. problem: null when ready."""

    ready: bool
    at: str
    problem: str | None


class Trouble(Struct, frozen=True, kw_only=True):
    """One problem in words. hint: what to do; null where nothing helps but time."""

    text: str
    hint: str | None


class Poll(Struct, frozen=True, kw_only=True):
    """One poll. outcome: null while it runs, and of one that was killed. everything: false when a person asked for
    some watches or trials alone."""

    registry: str
    started_at: str
    ended_at: str | None
    seconds: int | None
    outcome: str | None
    build: str | None
    everything: bool
    records: int
    versions: int
    events: int
    error: str | None


class Stored(Struct, frozen=True, kw_only=True):
    """The database. bytes: of the file; log_bytes: of the write-ahead log beside it, null where there is none.

    events: of watched trials, and apart from them what lies in the registries' own archives. retention: what is about
    to be removed, in words. migrations: the newest of each set.
    """

    bytes: int
    log_bytes: int | None
    trials: int
    snapshots: int
    archived: int
    events: int
    archive_events: int
    migrations: list[str]
    retention: str | None


class Ledger(Struct, frozen=True, kw_only=True):
    """The hash chain over the order of storing. checked: so many of its newest entries, just now."""

    entries: int
    checked: int
    problems: list[str]


class Holder(Struct, frozen=True, kw_only=True):
    """The process that polls and sends. All null where the file beside the database does not say."""

    pid: int | None
    since: str | None
    command: str | None


class Silent(Struct, frozen=True, kw_only=True):
    """What is muted or snoozed. until: null until somebody ends it."""

    scope: str
    value: str
    kind: str
    since: str
    until: str | None
    by: str


class Health(Alive, frozen=True, kw_only=True):
    """The same as `/healthz`, and all else that the page shows. lease: null when nobody polls."""

    version: str
    troubles: list[Trouble]
    polls: list[Poll]
    channels: list[Channel]
    database: Stored
    ledger: Ledger
    lease: Holder | None
    muted: list[Silent]
    muted_more: int
