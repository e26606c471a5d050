"""Drains the outbox into one channel: tries what may be tried now, and obeys what each attempt came to.

A channel that fails holds up nobody else: each notifier is drained by itself, in a thread of its own if the
application likes. Nothing here reads a clock, sleeps or throws dice: all three come in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from notifiers.notices import Notice, NoticeKind
from notifiers.notifier import Found, Notifier, Outcome, Result, Trace
from notifiers.outbox import Outbox
from notifiers.outbox_rows import Claimed
from notifiers.settings import Settings

_NONE = timedelta(0)
_SENDER_DIED = "the sender ended before it knew whether this arrived"


class Drained(msgspec.Struct, kw_only=True):
    """What one drain came to. The counts are of attempts, so that one message may count more than once."""

    sent: int = 0
    found: int = 0  # an earlier attempt had arrived after all: nothing was posted again
    later: int = 0
    unknown: int = 0
    refused: int = 0  # as it was; tried again as plain text
    failed: int = 0
    ended: list[str] = msgspec.field(
        default_factory=list
    )  # ids of the messages that were sent, found or failed
    next_at: datetime | None = None  # when something may be sendable; None when nothing waits
    stopped: bool = False  # `wait` said so, or the time was over; something may be sendable now
    notices: list[Notice] = msgspec.field(default_factory=list)


def drain(
    outbox: Outbox,
    notifier: Notifier,
    *,
    transaction: Callable[[], AbstractContextManager[object]],
    clock: Callable[[], datetime],
    random: Callable[[], float],
    wait: Callable[[timedelta], bool],
    settings: Settings | None = None,
    longest: timedelta | None = None,
) -> Drained:
    """Try everything that may be tried now. Returns when nothing may, or when `wait` says to stop.

    transaction: begins an immediate one and commits it. random: 0 to 1. wait: False when asked to stop.
    longest: begin no attempt after so long: what was made meanwhile may have to go first.
    Only one drain of a notifier may run at a time, on one database, over all processes.
    """
    work = _Drain(outbox, notifier, transaction, clock, random, settings or Settings())
    work.take_over()
    began = clock()
    while True:
        if longest is not None and not _NONE <= clock() - began < longest:
            work.drained.stopped = True
            break
        pause = work.time_to_next()
        if pause is None:
            break
        if not wait(pause):
            work.drained.stopped = True
            break
        work.try_one()
    work.drained.next_at = outbox.next_at(notifier.name, clock())
    return work.drained


class _Drain:
    def __init__(
        self,
        outbox: Outbox,
        notifier: Notifier,
        transaction: Callable[[], AbstractContextManager[object]],
        clock: Callable[[], datetime],
        random: Callable[[], float],
        settings: Settings,
    ) -> None:
        self.drained = Drained()
        self._outbox = outbox
        self._notifier = notifier
        self._name = notifier.name
        self._transaction = transaction
        self._clock = clock
        self._random = random
        self._settings = settings
        self._tried_at: datetime | None = None
        self._defect = ""

    def take_over(self) -> None:
        """What a sender before us began and did not end.

        Its request may be on its way yet, and nobody knows since when: the wait begins now.
        """
        if not self._outbox.any_claimed(self._name):
            return  # as nearly always: nothing need be written
        with self._transaction():
            self._outbox.take_over(
                self._name, _SENDER_DIED, look_at=self._clock() + (self._notifier.reconcile_after or _NONE)
            )

    def time_to_next(self) -> timedelta | None:
        """How long to keep still before the next attempt; None when there is nothing to try now."""
        now = self._clock()
        next_at = self._outbox.next_at(self._name, now)
        if next_at is None or next_at > now:
            return None
        last = max(filter(None, (self._outbox.channel(self._name).posted_at, self._tried_at)), default=None)
        if last is None:
            return _NONE
        # Never longer than the pace: the clock may have been set back.
        return min(max(last + self._notifier.pace - now, _NONE), self._notifier.pace)

    def try_one(self) -> None:
        with self._transaction():
            claimed = self._outbox.claim(
                self._name, self._clock(), thread_fresh_for=self._settings.thread_fresh_for
            )
        if claimed is None:
            self._probe()
            return
        if claimed.unsure_since is not None:
            again = self._look_for(claimed, claimed.unsure_since)
            if again is None:
                return
            claimed = again
        outcome = self._send(claimed)
        self._tried_at = self._clock()
        if outcome is None:
            self._leave_to_plain(claimed)
        else:
            self._obey(claimed, outcome)

    def _send(self, claimed: Claimed) -> Outcome | None:
        """None for a defect of ours: one message must not stop all the others."""
        try:
            return self._notifier.send(claimed.message, claimed.placement)
        except Exception as error:  # noqa: BLE001 — whatever it is
            self._defect = f"a defect of ours: {type(error).__name__}"
            return None

    def _leave_to_plain(self, claimed: Claimed) -> None:
        """Whether it was sent before it broke is not known; most break while they draw, so the next try is plain text,
        and a few of these are enough."""
        if claimed.placement.plain and claimed.attempts >= self._settings.backoff.least_attempts:
            with self._transaction():
                self._bury(claimed, self._defect)
            return
        self._leave_unknown(claimed, self._defect, None)
        with self._transaction():
            self._outbox.make_plain(claimed.message.id)

    def _find(self, claimed: Claimed, since: datetime) -> Trace:
        try:
            return self._notifier.find(claimed.message, since=since, placement=claimed.placement)
        except Exception as error:  # noqa: BLE001 — as in _send
            reason = f"a defect of ours: {type(error).__name__}"
            return Trace(found=Found.CANNOT_TELL, try_again=True, reason=reason)

    def _look_for(self, claimed: Claimed, since: datetime) -> Claimed | None:
        """Whether an earlier attempt arrived. None when that settled it, or must be asked again later."""
        blind = self._is_blind()
        if not blind and not self._notifier.repeats_are_dropped:
            trace = self._find(claimed, since)
            if trace.found is Found.THERE:
                with self._transaction():
                    self._settle(claimed, trace.remote, alone=trace.alone, posted=False)
                self.drained.found += 1
                self.drained.ended.append(claimed.message.id)
                return None
            blind = trace.found is Found.CANNOT_TELL
            if blind and trace.channel_refuses:
                self._pause(claimed, trace.reason)
                return None
            if blind and trace.try_again:
                self._look_later(claimed, trace)
                return None
            if blind and claimed.looks < claimed.unsure < self._settings.most_blind_attempts:
                # Nobody can ever tell: few attempts, far apart, as where a channel cannot be asked at all.
                waits = self._settings.between_blind_attempts
                until = self._clock() + waits.delay(claimed.unsure, self._random)
                with self._transaction():
                    self._outbox.postpone(claimed.message.id, until, trace.reason)
                return None
        if blind and claimed.unsure >= self._settings.most_blind_attempts:
            with self._transaction():
                self._bury(
                    claimed, f"it may have arrived, and was tried {claimed.attempts} times: {claimed.reason}"
                )
            return None
        with self._transaction():
            begun = self._outbox.begin_again(claimed.message.id, self._clock(), possible_repeat=blind)
        if not begun:
            return None
        marked = claimed.placement.possible_repeat or blind
        return replace(
            claimed,
            attempts=claimed.attempts + 1,
            placement=replace(claimed.placement, possible_repeat=marked),
        )

    def _is_blind(self) -> bool:
        """Whether a repeat can neither be ruled out nor is harmless."""
        return self._notifier.reconcile_after is None and not self._notifier.repeats_are_dropped

    def _obey(self, claimed: Claimed, outcome: Outcome) -> None:
        reason = outcome.reason
        if outcome.result is Result.SENT:
            with self._transaction():
                self._settle(claimed, outcome.remote, alone=outcome.alone, reason=reason)
            self.drained.sent += 1
            self.drained.ended.append(claimed.message.id)
        elif outcome.thread_gone and claimed.placement.reply_to is not None:
            with self._transaction():
                self._outbox.forget_thread(claimed.message.id)
                self._outbox.postpone(claimed.message.id, None, reason)
        elif outcome.result is Result.LATER and outcome.remote:
            self._go_on_later(claimed, outcome)
        elif outcome.result is Result.LATER:
            self._postpone(claimed, reason, outcome.retry_after)
        elif outcome.result is Result.UNKNOWN:
            self._leave_unknown(claimed, reason, outcome.retry_after)
        elif outcome.result is Result.CHANNEL_REFUSES and not self._takes_others(claimed):
            self._pause(claimed, reason)
        elif claimed.placement.plain:
            with self._transaction():
                self._bury(claimed, reason)
        else:
            with self._transaction():
                self._outbox.refuse_plain(claimed.message.id, reason, self._clock())
            self.drained.refused += 1

    def _takes_others(self, claimed: Claimed) -> bool:
        """Whether the channel took something since it refused this message as if it refused all: then it is the
        message that it refuses."""
        posted_at = self._outbox.channel(self._name).posted_at
        return claimed.refused_at is not None and posted_at is not None and posted_at > claimed.refused_at

    def _settle(
        self,
        claimed: Claimed,
        remote: Mapping[str, str],
        *,
        alone: bool,
        posted: bool = True,
        reason: str = "",
    ) -> None:
        if self._outbox.settle(
            claimed.message.id, remote, self._clock(), alone=alone, posted=posted, reason=reason
        ):
            self._say(NoticeKind.MENDED, f"`{self._name}` takes messages again")
        if reason:
            self._say(NoticeKind.PARTLY, f"`{self._name}`: {reason}", message_id=claimed.message.id)

    def _go_on_later(self, claimed: Claimed, outcome: Outcome) -> None:
        """Part of it arrived: the channel is well, and only this message waits."""
        self.drained.later += 1
        waits = self._settings.backoff
        until = self._clock() + waits.delay(claimed.attempts, self._random, asked_for=outcome.retry_after)
        with self._transaction():
            if self._outbox.resume(self._name, self._clock()):
                self._say(NoticeKind.MENDED, f"`{self._name}` takes messages again")
            self._outbox.postpone(claimed.message.id, until, outcome.reason, arrived=outcome.remote)

    def _postpone(self, claimed: Claimed, reason: str, asked_for: timedelta | None) -> None:
        self.drained.later += 1
        with self._transaction():
            until = self._hold(reason, asked_for)
            if self._gives_up(claimed):
                self._bury(claimed, reason)
            else:
                self._outbox.postpone(claimed.message.id, until, reason)

    def _look_later(self, claimed: Claimed, trace: Trace) -> None:
        """Nobody can tell just now. A look that fails for days ends too: else its trial would wait for ever."""
        self.drained.later += 1
        with self._transaction():
            until = self._hold(trace.reason, trace.retry_after)
            if self._gives_up(claimed, looks=claimed.looks + 1):
                self._bury(claimed, f"it may have arrived: {trace.reason}")
            else:
                self._outbox.postpone(claimed.message.id, until, trace.reason)

    def _leave_unknown(self, claimed: Claimed, reason: str, asked_for: timedelta | None) -> None:
        self.drained.unknown += 1
        now = self._clock()
        with self._transaction():
            look_at = now + (self._notifier.reconcile_after or _NONE)
            if self._is_blind() and claimed.unsure + 1 < self._settings.most_blind_attempts:
                waits = self._settings.between_blind_attempts
                look_at = now + waits.delay(claimed.unsure + 1, self._random)
            until = self._hold(reason, asked_for)
            self._outbox.unknown(claimed.message.id, reason, now, look_at=look_at, until=until)
            if self._gives_up(claimed):
                self._bury(claimed, f"it may have arrived: {reason}")

    def _pause(self, claimed: Claimed, reason: str) -> None:
        now = self._clock()
        with self._transaction():
            self._outbox.refuse(claimed.message.id, reason, now)
            first = self._outbox.pause(self._name, reason, now, probe_at=now + self._settings.probe_after)
            if first:
                self._say(NoticeKind.PAUSED, f"`{self._name}` is paused, its messages wait: {reason}")
        self.drained.later += 1

    def _probe(self) -> None:
        """Nothing to try: a paused channel without a message is asked whether it is mended."""
        if self._outbox.channel(self._name).paused_at is None:
            return
        try:
            mended = self._notifier.mended()
        except Exception:  # noqa: BLE001 — as in _send: a defect of ours mends nothing, and stops nobody
            mended = False
        now = self._clock()
        with self._transaction():
            if mended:
                self._outbox.resume(self._name, now)
                self._say(NoticeKind.MENDED, f"`{self._name}` takes messages again")
            else:
                reason = self._outbox.channel(self._name).reason
                self._outbox.pause(self._name, reason, now, probe_at=now + self._settings.probe_after)

    def _hold(self, reason: str, asked_for: timedelta | None) -> datetime:
        failures = self._outbox.channel(self._name).failures + 1
        until = self._clock() + self._settings.backoff.delay(failures, self._random, asked_for=asked_for)
        self._outbox.hold(self._name, until, reason, asked_until=None if asked_for is None else until)
        return until

    def _gives_up(self, claimed: Claimed, *, looks: int = 0) -> bool:
        """Not while the channel is paused, nor for what was tried to see whether it is mended: all waits then."""
        if self._outbox.channel(self._name).paused_at is not None:
            return False
        tried = claimed.attempts - claimed.refusals + looks
        return self._settings.backoff.gives_up(ready_at=claimed.ready_at, now=self._clock(), attempts=tried)

    def _bury(self, claimed: Claimed, reason: str) -> None:
        if not self._outbox.bury(claimed.message.id, reason, self._clock()):
            return  # a person dropped it meanwhile
        self.drained.failed += 1
        self.drained.ended.append(claimed.message.id)
        text = f"a message to `{self._name}` failed: {reason}"
        self._say(NoticeKind.FAILED, text, message_id=claimed.message.id)

    def _say(self, kind: NoticeKind, text: str, *, message_id: str | None = None) -> None:
        self.drained.notices.append(Notice(kind=kind, notifier=self._name, text=text, message_id=message_id))
