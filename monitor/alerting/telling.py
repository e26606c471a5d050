"""From deliveries that fall due to messages, and from messages to their channels.

Mutes are looked at here, when a message is made. A message is stored with its deliveries before it is tried, and
each notifier is drained by itself: one that fails holds up nobody else. Where nothing is to be told, none of what
tells is loaded.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING

import msgspec
from sqlite_utils import Database

from monitor.logs import log
from notifiers.idle import idle
from snapshots.database import immediate

if TYPE_CHECKING:
    from monitor.acting.mutes import Mute
    from notifiers.message import Message
    from notifiers.notifier import Notifier
    from notifiers.outbox import Outbox
    from notifiers.outbox_rows import Delivery
    from notifiers.settings import Settings
    from snapshots.event import Event
    from snapshots.query import Reader

AT_ONCE = 200  # deliveries made into messages in one transaction


class Told(msgspec.Struct, kw_only=True):
    """What one round of telling did, by notifier."""

    sent: dict[str, int] = msgspec.field(default_factory=dict)
    waiting: dict[str, int] = msgspec.field(default_factory=dict)
    failed: dict[str, int] = msgspec.field(default_factory=dict)
    notices: list[str] = msgspec.field(default_factory=list)  # for the operator, one line each
    unsaid: list[int] = msgspec.field(default_factory=list)  # their numbers, for `Teller.said`


class Teller:
    """One sender. Needs the lease."""

    def __init__(
        self,
        db: Database,
        *,
        effective: Callable[[Event], Event],
        public_url: str | None,
        clock: Callable[[], datetime],
        random: Random,
        wait: Callable[[timedelta], bool],
        settings: Mapping[str, Settings],
    ) -> None:
        self._db = db
        self._settings = settings
        self._effective = effective
        self._public_url = public_url
        self._clock = clock
        self._random = random
        self._wait = wait

    @cached_property
    def _outbox(self) -> Outbox:
        from notifiers.outbox import Outbox

        return Outbox(self._db)

    @cached_property
    def _reader(self) -> Reader:
        from snapshots.query import Reader

        return Reader(self._db)

    def make_messages(self, notifier: str) -> int:
        """Messages for what is due to one notifier. Returns how many were made."""
        from monitor.acting import mutes
        from notifiers.message import Message

        made = 0
        if self._outbox.channel(notifier).paused_at is not None and self._outbox.counts().get(
            notifier, {}
        ).get("queued"):
            return (
                0  # what is queued serves to try again; the rest is made when it can go, by what is true then
            )
        while True:
            now = self._clock()
            with immediate(self._db):
                due = self._outbox.due(notifier, now, AT_ONCE)
                silent = mutes.standing(self._db, now=now) if due else []
                for delivery in due:
                    message = self._message(delivery, silent)
                    if isinstance(message, Message):
                        self._outbox.put(message, notifier, [delivery.id], now=now)
                        made += 1
                    else:
                        self._outbox.drop(delivery.id, reason=message, now=now)
            if len(due) < AT_ONCE:
                return made

    def _message(self, delivery: Delivery, silent: list[Mute]) -> Message | str:
        """What tells of a delivery's event, or the reason why nobody is told of it any more.

        A defect of ours in one event's wording stops no other: it is told in plain words.
        """
        from monitor.alerting.plain import plain_message

        event: Event | None = None
        try:
            event = self._reader.event(delivery.event_id)
            return (
                "its event is not in this database"
                if event is None
                else self._worded(event, delivery, silent)
            )
        except sqlite3.Error:
            raise  # of the database, not of the event: all of it is tried again at the next round
        except Exception as error:  # noqa: BLE001 - whatever it is, the event must be told
            log.error(
                "event not put into words, told plainly",
                event_id=delivery.event_id,
                error=type(error).__name__,
                exc_info=True,
            )
        return plain_message(
            delivery.thread or "",
            event_id=delivery.event_id,
            kind=event.kind.value if event else None,
            url=event.url if event else None,
            urgent=delivery.urgent,
            message_id=new_id(self._random),
            order=delivery.order,
            public_url=self._public_url,
        )

    def _worded(self, event: Event, delivery: Delivery, silent: list[Mute]) -> Message | str:
        from monitor.acting import mutes
        from monitor.alerting import alerts
        from snapshots.changeset import Severity
        from snapshots.event import event_json

        event = self._effective(event)
        if event.severity is Severity.NOISE:
            return "by the configuration's severities it is noise now"
        mute = mutes.silencing(silent, event)
        if mute is not None:
            return f"muted: {mute}"
        return alerts.message_of(
            event,
            message_id=new_id(self._random),
            order=delivery.order,
            public_url=self._public_url,
            payload=event_json(event),
        )

    def deliver_to(self, name: str, notifier: Notifier, told: Told) -> None:
        """Tell what is due to one notifier, and add up what came of it in `told`."""
        if idle(self._db, name):
            told.sent[name] = told.failed[name] = told.waiting[name] = 0
            return
        from notifiers.deliver import drain

        self.make_messages(name)
        drained = drain(
            self._outbox,
            notifier,
            transaction=self._transaction,
            clock=self._clock,
            random=self._random.random,
            wait=self._wait,
            settings=self._settings.get(name),
        )
        told.sent[name] = drained.sent + drained.found
        told.failed[name] = drained.failed
        counts = self._outbox.counts().get(name, {})
        told.waiting[name] = counts.get("waiting", 0) + counts.get("queued", 0)
        # Those too that a process before us wrote down and did not live to say.
        notices = self._outbox.notices.unsaid(name)
        told.notices += [notice.text for notice in notices]
        told.unsaid += [notice.number for notice in notices]

    def said(self, told: Told) -> None:
        """The operator was told these notices. Until then each round hands them on again."""
        if told.unsaid:
            with immediate(self._db):
                self._outbox.notices.said(told.unsaid)

    def say(self, message: Message, notifier: str) -> None:
        """Put a message without deliveries into the outbox: a sample, a notice."""
        with immediate(self._db):
            self._outbox.put(message, notifier, [], now=self._clock())

    def _transaction(self) -> AbstractContextManager[None]:
        return immediate(self._db)


def new_id(random: Random) -> str:
    """A message's id: 128 random bits. Slack keeps it in the message's metadata."""
    return f"{random.getrandbits(128):032x}"
