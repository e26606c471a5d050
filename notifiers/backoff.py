"""How long to wait after a failure, and when to give up. Pure: the randomness comes in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec


class Backoff(msgspec.Struct, frozen=True, kw_only=True):
    first: timedelta = timedelta(seconds=2)
    longest: timedelta = timedelta(
        minutes=1
    )  # so much later than it could is it noticed that a channel is back
    factor: float = 2.0
    jitter: float = 0.5  # the part of the wait that is left to chance, 0 to 1
    horizon: timedelta = timedelta(days=3)  # a message is given up when it is older …
    least_attempts: int = 8  # … and was tried so often: a machine that slept gives up nothing on waking

    def delay(
        self, failures: int, random: Callable[[], float], *, asked_for: timedelta | None = None
    ) -> timedelta:
        """The wait after so many failures in a row (1 or more); never less than the channel asked for."""
        # Past this exponent the longest wait is reached whatever the factor; a float would overflow at last.
        exponent = min(max(failures, 1) - 1, 64)
        whole = min(self.first.total_seconds() * self.factor**exponent, self.longest.total_seconds())
        wait = timedelta(seconds=whole * (1 - self.jitter + self.jitter * random()))
        if asked_for is None:
            return wait
        # Just after what was asked for, and spread: others were told the same moment.
        return max(wait, asked_for + self.first * (self.jitter * random()))

    def gives_up(self, *, ready_at: datetime, now: datetime, attempts: int) -> bool:
        return attempts >= self.least_attempts and now - ready_at > self.horizon
