"""The line in a channel that says how the watching goes, so that silence is not taken for death.

Said once a period, whatever else was told, also over restarts: the next moment is stored, and moves in the transaction
that puts the line into the outbox. A service that slept over one says it once, late. Where not all is well, it says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace
from sqlite_utils import Database

from monitor.alerting.rhythm import Rhythm
from notifiers.message import Level, Message
from notifiers.moments import moment_text
from notifiers.notifier import Notifier
from snapshots.database import immediate
from snapshots.instants import instant, stamp, written
from snapshots.terms import many

MOST_PROBLEMS = 5  # told by name


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What a line is made of."""

    since: datetime
    trials: int  # held by the watches of this channel
    quiet: int  # of them, of which nothing happened
    told: int  # events that this channel was told
    about: int  # trials that these were about
    left: int  # of these, which no watch of this channel holds any more
    polls: int
    incomplete: int  # of these
    build: str | None  # the newest that was seen
    problems: tuple[str, ...]  # one line each
    next_at: datetime


class AllWell:
    """Of one channel. watches: names of those that its routes are for; None for all."""

    def __init__(
        self, notifier: Notifier, rhythm: str, zone: ZoneInfo, watches: Collection[str] | None
    ) -> None:
        self._notifier = notifier
        self._rhythm = Rhythm.parse(rhythm)
        self._written = f"{rhythm} {zone.key}"
        self._zone = zone
        self._watches = watches

    def say_if_due(
        self,
        db: Database,
        *,
        problems: Callable[[], Sequence[str]],
        public_url: str | None,
        random: Random,
        now: datetime,
    ) -> str | None:
        """The line that was put into the outbox, None where none is due. problems: asked only where one is."""
        row = db.execute(
            "select rhythm, since, after_event, due_at from all_well where notifier = ?",
            [self._notifier.name],
        ).fetchone()
        next_at = self._rhythm.next_after(now, self._zone)
        if row is None or row[0] != self._written or instant(row[3]) > next_at:
            # New, edited, or set by a clock that was ahead: from here on.
            with immediate(db):
                kept = None if row is None or instant(row[1]) > now else row
                since = now if kept is None else instant(kept[1])
                self._set(db, since, _newest_event(db) if kept is None else kept[2], next_at)
            return None
        if now < instant(row[3]):
            return None
        line = self._line(
            db, since=instant(row[1]), after=row[2], next_at=next_at, problems=tuple(problems()), now=now
        )
        message = message_of(line, self._zone, random=random, public_url=public_url, now=now)
        from notifiers.outbox import Outbox

        with immediate(db):
            for part in self._notifier.parts(message):
                Outbox(db).put(part, self._notifier.name, now=now)
            self._set(db, now, _newest_event(db), next_at)
        return message.headline

    def _set(self, db: Database, since: datetime, after: int, due_at: datetime) -> None:
        db.execute(
            "insert or replace into all_well (notifier, rhythm, since, after_event, due_at) values (?, ?, ?, ?, ?)",
            [self._notifier.name, self._written, written(since), after, written(due_at)],
        )

    def _line(
        self,
        db: Database,
        *,
        since: datetime,
        after: int,
        next_at: datetime,
        problems: tuple[str, ...],
        now: datetime,
    ) -> Line:
        names = None if self._watches is None else sorted(self._watches)
        held = (
            "select distinct watch.registry, member.trial from member join watch on watch.id = member.watch"
            " where member.state = 'in' and watch.removed_at is null"
        )
        if names is not None:
            held += f" and watch.name in ({', '.join('?' * len(names))})"
        trials, moved = db.execute(
            f"with held as ({held}), happened as (select distinct registry, trial from event"
            " where sequence > ? and severity != 'noise' and to_source is not 'archive')"
            " select (select count(*) from held),"
            " (select count(*) from held join happened using (registry, trial))",
            [*(names or ()), after],
        ).fetchone()
        told, about, left = db.execute(
            f"with held as ({held}), told as (select thread from delivery where notifier = ? and state = 'sent'"
            " and ended_at >= ?) select count(*), count(distinct thread), count(distinct case when thread not in"
            " (select registry || ':' || trial from held) then thread end) from told",
            [*(names or ()), self._notifier.name, moment_text(since)],
        ).fetchone()
        polls, incomplete = db.execute(
            "select count(*), ifnull(sum(outcome is 'incomplete'), 0) from poll where started_at >= ?",
            [stamp(since)],
        ).fetchone()
        build = db.execute(
            "select build from poll where build is not null order by id desc limit 1"
        ).fetchone()
        return Line(
            since=since,
            trials=trials,
            quiet=trials - moved,
            told=told,
            about=about,
            left=left,
            polls=polls,
            incomplete=incomplete,
            build=build[0] if build else None,
            problems=problems,
            next_at=next_at,
        )


def message_of(
    line: Line, zone: ZoneInfo, *, random: Random, public_url: str | None, now: datetime
) -> Message:
    """The line as a message. Pure but for the dice that its id is made of."""
    from monitor.alerting.alerts import notice
    from monitor.alerting.making import new_id

    happened = _happened(line, zone)
    if not line.polls:
        headline = f"Not all is well: nothing was polled since {_day(line.since, zone)}"
    elif line.problems:
        more = f"; and {many(len(line.problems) - 1, 'other thing')}" if len(line.problems) > 1 else ""
        headline = f"Not all is well: {line.problems[0]}{more}"
    else:
        headline = f"All is well: {happened[0].lower()}{happened[1:]}"
    # Where nothing was polled nobody knows whether anything happened.
    told = [] if headline.endswith(happened[1:]) or not line.polls else [happened]
    told += line.problems[1:MOST_PROBLEMS] if line.polls else line.problems[:MOST_PROBLEMS]
    message = notice(headline, message_id=new_id(random), now=now, details=told, public_url=public_url)
    polls = f"{line.polls:,}" + (f", {line.incomplete:,} of them incomplete" if line.incomplete else "")
    facts = [("Polls", polls), ("Next line", f"{line.next_at.astimezone(zone):%a %d %b, %H:%M} {zone.key}")]
    if line.build is not None:
        facts.insert(0, ("Last data build", line.build[:10]))
    return replace(
        message,
        level=Level.INFO,
        items=tuple(replace(item, level=Level.INFO) for item in message.items),
        facts=tuple(facts),
        footer="trialbell, on how the watching goes",
    )


def _happened(line: Line, zone: ZoneInfo) -> str:
    since = f"since {_day(line.since, zone)}"
    if not line.trials and not line.told:
        return f"No trial is watched here {since}"
    if line.told:
        told = f"{many(line.told, 'change')} of {many(line.about, 'trial')} told {since}"
        if line.left:
            told += f", {line.left:,} of them not watched any more"
        return f"{told}; {line.quiet:,} of {many(line.trials, 'trial')} quiet"
    if line.quiet == line.trials:
        return f"Nothing changed in {many(line.trials, 'trial')} {since}"
    moved = line.trials - line.quiet
    return f"{moved:,} of {many(line.trials, 'trial')} changed {since}, in nothing that is told here"


def _day(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%a %d %b}"


def _newest_event(db: Database) -> int:
    return int(db.execute("select ifnull(max(sequence), 0) from event").fetchone()[0])
