"""From deliveries that fall due to the messages that tell of them, for one channel.

Mutes, severities, quiet hours and how often a channel has rung are looked at here, when a message is made. Read and
worded without holding the database; then each message is stored with its deliveries, or these are put off or dropped,
in a short transaction that first sees whether they still wait.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING

from sqlite_utils import Database

from monitor.acting import mutes
from monitor.alerting import alerts, summaries
from monitor.alerting.grouping import HOUR, Form, Group, Line, Manners, plan
from monitor.alerting.plain import plain_message
from monitor.alerting.rhythm import Rhythm
from monitor.alerting.summaries import MOST_LISTED, Told
from monitor.logs import log
from notifiers.message import Level, Message
from notifiers.outbox import Outbox
from notifiers.outbox_rows import Delivery
from snapshots.changeset import Severity
from snapshots.database import immediate
from snapshots.event import Event, event_json
from snapshots.query import Reader

if TYPE_CHECKING:
    from notifiers.notifier import Notifier

AT_ONCE = 200  # events that are read, or messages stored, at a time
MOST = 20_000  # deliveries looked at in one round
_LEVELS = {
    Severity.CRITICAL: Level.CRITICAL,
    Severity.MAJOR: Level.MAJOR,
    Severity.MINOR: Level.MINOR,
    Severity.NOISE: Level.MINOR,
}
AFTER_PAUSE = "the channel could not be reached for a while"


class Maker:
    """One round for one channel, at one moment."""

    def __init__(
        self,
        db: Database,
        notifier: Notifier,
        *,
        outbox: Outbox,
        manners: Manners,
        effective: Callable[[Event], Event],
        public_url: str | None,
        now: datetime,
        random: Random,
    ) -> None:
        self._db = db
        self._notifier = notifier
        self._name = notifier.name
        self._outbox = outbox
        self._manners = manners
        self._effective = effective
        self._public_url = public_url
        self._now = now
        self._random = random
        self._reader = Reader(db)
        self._silent = mutes.standing(db, now=now)
        self._deliveries: dict[int, Delivery] = {}
        self.made = 0
        self.put_off = 0  # deliveries, to their time

    def make(self) -> bool:
        """Make messages of what is due. False when nothing was."""
        due = self._outbox.due(self._name, self._now, MOST)
        if not due:
            return False
        lines = self._weighed(due)
        lines += self._taken_along(lines)
        if not self._notifier.holds_many:
            ordered = sorted(lines, key=lambda line: line.event)
            self._store([Group(form=Form.ALERT, lines=(line,)) for line in ordered])
            return True
        rung = self._outbox.made_since(self._name, self._now - HOUR, until=self._now)
        self._store(plan(lines, self._manners, now=self._now, rung=rung))
        return True

    def _taken_along(self, lines: Sequence[Line]) -> list[Line]:
        """What waits of the same trials for a later time, and happened before: told now, or the order would be lost.
        Where something cannot wait, whatever is snoozed of its trial is told with it."""
        newest: dict[str, int] = {}
        for line in lines:
            newest[line.thread] = max(line.event, newest.get(line.thread, 0))
        urgent = {line.thread for line in lines if line.urgent}
        taken = {line.delivery for line in lines}
        found: list[Line] = []
        for thread in self._outbox.threads_with_waiting(self._name, newest):
            waiting = [
                one
                for one in self._outbox.waiting(self._name, thread or None)
                if one.id not in taken and (thread in urgent or one.order < newest[thread])
            ]
            found += self._weighed(waiting, in_spite=thread in urgent)
        return found

    def _weighed(self, deliveries: Sequence[Delivery], *, in_spite: bool = False) -> list[Line]:
        """What is to be told of them; what is not is dropped or put off, with the reason. in_spite: of a snooze, for
        something of the same trial cannot wait."""
        lines: list[Line] = []
        for at in range(0, len(deliveries), AT_ONCE):
            dropped: list[tuple[int, str]] = []
            snoozed: list[tuple[int, mutes.Silence]] = []
            some = deliveries[at : at + AT_ONCE]
            events = self._events(some)
            for delivery in some:
                event = events.get(delivery.id)
                found = self._weigh(delivery, event, in_spite=in_spite)
                if isinstance(found, Line):
                    lines.append(found)
                    self._deliveries[delivery.id] = delivery
                elif isinstance(found, str):
                    dropped.append((delivery.id, found))
                else:
                    snoozed.append((delivery.id, found))
            if dropped or snoozed:
                with immediate(self._db):
                    for id_, reason in dropped:
                        self._outbox.drop(id_, reason=reason, now=self._now)
                    for id_, silence in snoozed:
                        assert silence.until is not None
                        self._outbox.put_off([id_], silence.until, reason=str(silence))
                    self.put_off += len(snoozed)
        return lines

    def _weigh(
        self, delivery: Delivery, event: Event | Exception | None, *, in_spite: bool
    ) -> Line | str | mutes.Silence:
        """A line, or why nobody is told, or a snooze. What cannot be read or weighed is told: see `plain`."""
        if event is None:
            return "its event is not in this database"
        severity = Severity.CRITICAL if delivery.urgent else Severity.MAJOR
        if isinstance(event, Event):
            if event.severity is Severity.NOISE:
                return "by the configuration's severities it is noise now"
            silence = mutes.silencing(self._silent, event)
            if silence is not None and silence.kind is mutes.Kind.MUTE:
                return str(silence)
            if silence is not None and not in_spite:
                return silence
            severity = event.severity
        return Line(
            delivery=delivery.id,
            event=delivery.order,
            thread=delivery.thread or "",
            severity=severity,
            bundle=delivery.bundle,
        )

    def _events(self, deliveries: Iterable[Delivery]) -> dict[int, Event | Exception]:
        """By delivery, as the user weighs them; in place of one that cannot be read or weighed, what went wrong."""
        found: dict[int, Event | Exception] = {}
        for delivery in deliveries:
            try:
                event = self._reader.event(delivery.event_id)
                if event is not None:
                    found[delivery.id] = self._effective(event)
            except sqlite3.Error:
                raise  # of the database, not of the event: all of it is tried again at the next round
            except Exception as error:  # noqa: BLE001 - whatever it is, the event must be told
                found[delivery.id] = error
        return found

    def _store(self, groups: Sequence[Group]) -> None:
        for at in range(0, len(groups), AT_ONCE):
            made = [pair for group in groups[at : at + AT_ONCE] for pair in self._made(group)]
            with immediate(self._db):
                for group, parts in made:
                    self._put(group, parts)

    def _made(self, group: Group) -> list[tuple[Group, Sequence[Message]]]:
        """A group with its messages. A defect of ours in putting many together takes them apart and stops nobody."""
        if group.form is Form.WAIT:
            return [(group, ())]
        try:
            return [(group, self._notifier.parts(self._message(group)))]
        except sqlite3.Error:
            raise  # as in `_events`
        except Exception:  # noqa: BLE001 - as in `_events`
            log.error("not put together, told one by one", notifier=self._name, exc_info=True)
            return [
                (Group(form=Form.ALERT, lines=(line,)), (self._told((line,))[0].alert,))
                for line in group.lines
            ]

    def _put(self, group: Group, parts: Sequence[Message]) -> None:
        """Unless a person dropped one of them meanwhile: then the rest is told at the next round."""
        ids = [line.delivery for line in group.lines]
        if group.form is Form.WAIT:
            assert group.until is not None
            self._outbox.put_off(ids, group.until, reason=group.reason)
            self.put_off += len(ids)
            return
        if self._outbox.still_waiting(ids) != len(ids):
            return
        self._outbox.put(parts[0], self._name, ids, now=self._now)
        for part in parts[1:]:
            self._outbox.put(part, self._name, now=self._now)
        self.made += 1

    def _message(self, group: Group) -> Message:
        trials: dict[str, list[Line]] = {}
        for line in group.lines:
            trials.setdefault(line.thread, []).append(line)
        listed = [self._told(lines) for lines in list(trials.values())[:MOST_LISTED]]
        if group.form is Form.ALERT:
            return summaries.of_one_trial(listed[0], public_url=self._public_url)
        counts = Counter(_LEVELS[max(line.severity for line in lines)] for lines in trials.values())
        return summaries.of_many_trials(
            listed,
            message_id=self._new_id(),
            counts=counts,
            now=self._now,
            digest=Rhythm.parse(group.digest).name if group.digest else None,
            why=f"more than {self._manners.most_per_hour} messages in an hour" if group.crowded else None,
            public_url=self._public_url,
        )

    def _told(self, lines: Sequence[Line]) -> list[Told]:
        deliveries = [self._deliveries[line.delivery] for line in lines]
        events = self._events(deliveries)
        return [self._worded(delivery, events.get(delivery.id)) for delivery in deliveries]

    def _worded(self, delivery: Delivery, event: Event | Exception | None) -> Told:
        """A defect of ours in one event's wording stops no other: it is told in plain words."""
        fault: Exception | None = event if isinstance(event, Exception) else None
        if isinstance(event, Event):
            try:
                return Told(
                    event=event,
                    alert=alerts.message_of(
                        event,
                        message_id=self._new_id(),
                        order=delivery.order,
                        public_url=self._public_url,
                        payload=event_json(event),
                    ),
                )
            except Exception as error:  # noqa: BLE001 - as in `_events`
                fault = error
        log.error(
            "event not put into words, told plainly",
            event_id=delivery.event_id,
            error=type(fault).__name__,
            exc_info=fault,
        )
        known = event if isinstance(event, Event) else None
        alert = plain_message(
            delivery.thread or "",
            event_id=delivery.event_id,
            kind=known.kind.value if known else None,
            url=known.url if known else None,
            urgent=delivery.urgent,
            message_id=self._new_id(),
            order=delivery.order,
            public_url=self._public_url,
        )
        return Told(event=known, alert=alert)

    def _new_id(self) -> str:
        return new_id(self._random)


def new_id(random: Random) -> str:
    """A message's id: 128 random bits. Slack keeps it in the message's metadata."""
    return f"{random.getrandbits(128):032x}"
