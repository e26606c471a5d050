"""Where an event would go by the configuration as it stands, and what became of it: for a person who asks why.

Reads only. What would be sent is decided by the same router that a poll uses.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlite_utils import Database

from monitor.acting import mutes
from monitor.alerting.grouping import HOUR, Line, plan
from monitor.alerting.router import Router
from monitor.alerting.routes import DRIFT, Decision
from monitor.alerting.subject import Subject
from monitor.config.notifiers import Ringing
from monitor.config.settings import Config
from notifiers.outbox import Outbox
from notifiers.outbox_rows import Listed
from snapshots.changeset import Severity, Source
from snapshots.event import Event, EventKind


class Overridden(msgspec.Struct, frozen=True, kw_only=True):
    """A severity that the user's own took the place of."""

    field: str  # or a state
    computed: Severity
    own: Severity


class Coming(msgspec.Struct, frozen=True, kw_only=True):
    """When an event would be told, if it happened now."""

    at: datetime
    why: str  # half a sentence; "" where nothing holds it up


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What one notifier has of an event."""

    notifier: str
    configured: bool  # False: it left the file
    decisions: tuple[Decision, ...]  # none where it is not configured
    coming: Coming | None  # None where it does not go
    became: Listed | None  # the delivery, or the message that holds it; None where there is none
    along: str | None = None  # before its own time, with this message: its headline

    @property
    def delivered(self) -> bool:
        return self.became is not None and self.became.state == "sent"

    @property
    def waits(self) -> bool:
        """Whether it is to be told yet."""
        return self.became is not None and self.became.ended_at is None

    @property
    def goes(self) -> Decision | None:
        return next((one for one in self.decisions if one.send), None)


class Foretold(msgspec.Struct, frozen=True, kw_only=True):
    event: Event  # as the user weighs it
    overridden: tuple[Overridden, ...]
    silent: tuple[str, ...]  # why nobody would be told whatever the routes say, half a sentence each
    outcomes: tuple[Outcome, ...]

    @property
    def drifting(self) -> bool:
        """Whether something in it was taken as the registry's own doing, in most records of a sweep at once."""
        return any(change.drift and change.severity is not Severity.NOISE for change in self.event.changes)

    @property
    def reaches(self) -> tuple[str, ...]:
        """The notifiers that it would go to now."""
        return () if self.silent else tuple(one.notifier for one in self.outcomes if one.goes is not None)


def foretell(
    event: Event, *, config: Config, subject: Subject, db: Database | None, now: datetime
) -> Foretold:
    """subject: what is known of the event's trial. db: None where nothing is stored."""
    router = Router(config)
    weighed = router.effective(event)
    decisions = router.of_subject(event, subject)
    became = _became(db, event) if db is not None else {}
    silence = mutes.silencing(mutes.standing(db, now=now), weighed) if db is not None else None
    silent = tuple(_silent(weighed, silence))
    outcomes = []
    for name in config.notifiers:
        mine = tuple(one for one in decisions if one.notifier == name)
        goes = next((one for one in mine if one.send), None)
        coming = None
        if goes is not None and not silent:
            coming = _coming(weighed, goes, config, router, silence, db, now)
        outcomes.append(
            Outcome(
                notifier=name,
                configured=True,
                decisions=mine,
                coming=coming,
                along=_along(db, event, name) if db is not None and name in became else None,
                became=became.pop(name, None),
            )
        )
    for name, row in became.items():
        outcomes.append(Outcome(notifier=name, configured=False, decisions=(), coming=None, became=row))
    return Foretold(
        event=weighed,
        overridden=tuple(_overridden(event, weighed)),
        silent=silent,
        outcomes=tuple(outcomes),
    )


def _coming(
    event: Event,
    decision: Decision,
    config: Config,
    router: Router,
    silence: mutes.Silence | None,
    db: Database | None,
    now: datetime,
) -> Coming:
    """A snooze, then a digest, then what the channel's manners say of that moment."""
    name, urgent = decision.notifier, event.severity is Severity.CRITICAL
    if silence is not None and silence.until is not None:
        return Coming(at=silence.until, why=str(silence))
    at, digest = router.when(decision, urgent=urgent, now=now)
    why = "" if digest is None else f"in the digest of {digest}"
    if decision.digest is not None and digest is None:
        why = "what is critical waits for no digest"
    if isinstance(config.notifiers[name], Ringing):
        rung = Outbox(db).made_since(name, now - HOUR, until=now) if db is not None and at == now else ()
        line = Line(
            delivery=0, event=0, thread=event.trial, severity=event.severity, bundle=digest
        )  # by itself: what else falls due then may make a summary of it
        (group,) = plan([line], router.manners(name), now=at, rung=rung)
        if group.until is not None:
            at, why = group.until, ", ".join(part for part in (why, group.reason) if part)
    return Coming(at=at, why=why)


def _became(db: Database, event: Event) -> dict[str, Listed]:
    """By notifier, also those that left the file."""
    if event.id is None:
        return {}
    listed = Outbox(db).listing(thread=f"{event.registry}:{event.trial}")
    return {row.notifier: row for row in reversed(listed) if event.id in row.event_ids}


def _along(db: Database, event: Event, notifier: str) -> str | None:
    """The headline of the alert that took it along before its digest, or the end of what put it off, came."""
    row = db.execute(
        """select m.headline from delivery d join message m on m.number = d.message
           where d.event = ? and d.notifier = ? and d.due_at > m.created_at and d.due_at <> d.created_at
           and exists (select 1 from delivery other where other.message = m.number and other.id <> d.id
                       and other.due_at <= m.created_at)""",
        [event.id, notifier],
    ).fetchone()
    return row[0] if row else None


def _overridden(event: Event, weighed: Event) -> list[Overridden]:
    if event.kind is EventKind.DEADLINE:
        pairs = {event.detail or "": (event.severity, weighed.severity)}
    else:
        own = {(one.field, one.item, one.paths): one for one in weighed.changes}
        pairs = {
            one.field: (one.severity, after.severity)
            for one in event.changes
            if (after := own[one.field, one.item, one.paths]).reason != DRIFT
        }
        for step, after_step in zip(event.steps, weighed.steps, strict=True):
            for part, own_part in zip(step.changes, after_step.changes, strict=True):
                pairs.setdefault(part.field, (part.severity, own_part.severity))
    return [
        Overridden(field=name, computed=before, own=after)
        for name, (before, after) in pairs.items()
        if before is not after
    ]


def _silent(event: Event, silence: mutes.Silence | None) -> list[str]:
    found = []
    if event.to is not None and event.to.source is Source.ARCHIVE:
        found.append("it lies in the registry's own history, of which nobody is told")
    elif event.id is not None and not event.watches:
        found.append("no watch held the trial then: it is on record, and nobody is told of it")
    if silence is not None and silence.kind is mutes.Kind.MUTE:
        found.append(str(silence.mute))
    return found
