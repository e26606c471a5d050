"""Rounds of telling: messages are made of what is due (`making`), and sent.

A message is stored with its deliveries before it is tried, and each notifier is drained by itself: one that fails
holds up nobody else. Where nothing is to be told, none of what tells is loaded.
"""

from __future__ import annotations

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
    from monitor.alerting.grouping import Manners
    from notifiers.deliver import Drained
    from notifiers.message import Message
    from notifiers.notifier import Notifier
    from notifiers.outbox import Outbox
    from notifiers.settings import Settings
    from notifiers.standing import Planned
    from snapshots.event import Event


SLICE = timedelta(seconds=30)
MOST_NAMED = 20  # messages in a line of the log
TROUBLED = 6  # failures in a row, by which a minute has passed: less is no trouble


class Told(msgspec.Struct, kw_only=True):
    """What one round of telling did, by notifier."""

    sent: dict[str, int] = msgspec.field(default_factory=dict)
    waiting: dict[str, int] = msgspec.field(
        default_factory=dict
    )  # held up: by a channel that did not take it
    planned: dict[str, Planned] = msgspec.field(default_factory=dict)  # for their time: a digest, quiet hours
    failed: dict[str, int] = msgspec.field(default_factory=dict)
    notices: list[str] = msgspec.field(
        default_factory=list
    )  # what the operator was told after it, a line each


class Teller:
    """One sender. Needs the lease."""

    def __init__(
        self,
        db: Database,
        *,
        effective: Callable[[Event], Event],
        manners: Callable[[str], Manners],
        public_url: str | None,
        clock: Callable[[], datetime],
        random: Random,
        wait: Callable[[timedelta], bool],
        settings: Mapping[str, Settings],
    ) -> None:
        self._db = db
        self._settings = settings
        self._effective = effective
        self._manners = manners
        self._public_url = public_url
        self._clock = clock
        self._random = random
        self._wait = wait

    @cached_property
    def _outbox(self) -> Outbox:
        from notifiers.outbox import Outbox

        return Outbox(self._db)

    def make_messages(self, notifier: Notifier) -> tuple[int, int]:
        """Messages for what is due to one notifier. Returns how many were made, and how many deliveries were put off
        to their time."""
        from monitor.alerting.making import Maker
        from notifiers.outbox import PROBES

        name = notifier.name
        made = put_off = 0
        channel = self._outbox.channel(name)
        if channel.paused_at is not None or channel.failures >= TROUBLED:
            # A few serve to try the channel; the rest is made when it can go, by what is true then, and as one.
            queued = self._outbox.open_messages(name)
            if queued > PROBES:
                with immediate(self._db):
                    self._outbox.recall(name, self._clock())
            if queued >= PROBES:
                return 0, 0
        while True:
            maker = Maker(
                self._db,
                notifier,
                outbox=self._outbox,
                manners=self._manners(name),
                effective=self._effective,
                public_url=self._public_url,
                now=self._clock(),
                random=self._random,
            )
            if not maker.make():
                return made, put_off
            made += maker.made
            put_off += maker.put_off

    def deliver_to(
        self, name: str, notifier: Notifier, told: Told, *, more: Callable[[], bool] = lambda: True
    ) -> None:
        """Tell what is due to one notifier, and add up what came of it in `told`. more: asked every SLICE, at which
        what fell due meanwhile is put into messages too; False leaves the rest to the next round."""
        if idle(self._db, name):
            told.sent[name] = told.failed[name] = told.waiting[name] = 0
            return
        from notifiers import standing
        from notifiers.deliver import drain

        told.sent[name] = told.failed[name] = 0
        while True:
            began = self._clock()
            made, put_off = self.make_messages(notifier)
            stopped = False

            def wait(pause: timedelta) -> bool:
                nonlocal stopped
                stopped = not self._wait(pause)
                return not stopped

            drained = drain(
                self._outbox,
                notifier,
                transaction=self._transaction,
                clock=self._clock,
                random=self._random.random,
                wait=wait,
                settings=self._settings.get(name),
                longest=SLICE,
            )
            told.sent[name] += drained.sent + drained.found
            told.failed[name] += drained.failed
            _log(name, drained, made=made, put_off=put_off, span=self._clock() - began)
            for notice in drained.notices:
                log.warning("notice", notice=notice.text)
            if stopped or not drained.stopped or not more():
                break
        now = self._clock()
        told.waiting[name] = standing.held_up(self._db, name, now)
        if (plan := standing.planned(self._db, name, now)) is not None:
            told.planned[name] = plan

    def say(self, message: Message, notifier: str) -> None:
        """Put a message without deliveries into the outbox: a sample, a notice."""
        with immediate(self._db):
            self._outbox.put(message, notifier, [], now=self._clock())

    def _transaction(self) -> AbstractContextManager[None]:
        return immediate(self._db)


def _log(notifier: str, drained: Drained, *, made: int, put_off: int, span: timedelta) -> None:
    """One line of what came of it; none where nothing did, as at nearly every look."""
    counts = {
        "made": made,
        "sent": drained.sent,
        "found": drained.found,
        "failed": drained.failed,
        "refused": drained.refused,
        "later": drained.later,
        "unknown": drained.unknown,
        "put_off": put_off,
    }
    counts = {what: count for what, count in counts.items() if count}
    if not counts:
        return
    trouble = drained.refused + drained.later + drained.unknown
    outcome = (
        "failed"
        if drained.failed
        else "to be tried again"
        if trouble
        else "sent"
        if drained.ended
        else "waits"
    )
    log.info(
        "told",
        notifier=notifier,
        outcome=outcome,
        **counts,
        messages=drained.ended[:MOST_NAMED],
        seconds=round(span.total_seconds(), 3),
    )
