"""How long a poll may go without progress, and the one way in which it waits: a stop or lost patience ends a wait.

Each request has a deadline of its own, but retries, a polite rate and an asked-for pause can add up to more than
anybody would wait. What no code can end (a thread stuck below Python) is at least seen, in `/healthz`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta


class Patience:
    """One registry's. Progress is an answer stored; thread-safe by being single values."""

    def __init__(
        self,
        limit: timedelta,
        *,
        stopping: threading.Event,
        monotonic: Callable[[], float] = time.monotonic,
        wait: Callable[[float], bool] | None = None,
    ) -> None:
        """monotonic: seconds; unlike the time of day it stands still while the machine sleeps.
        wait: another way to let seconds pass; True when a stop was asked for."""
        self.limit = limit
        self._stopping = stopping
        self._monotonic = monotonic
        self._wait = wait or stopping.wait
        self._progress: float | None = None

    def progressed(self) -> None:
        """A poll began, or got something done."""
        self._progress = self._monotonic()

    def ended(self) -> None:
        """No poll is under way."""
        self._progress = None

    def wait(self, seconds: float) -> bool:
        """Let seconds pass. True when nothing more is to be asked: a stop was asked for, or patience is lost."""
        if self.lost() is not None:
            return True
        return self._wait(min(seconds, self._left())) or (seconds > 0 and self.lost() is not None)

    @property
    def at_work(self) -> bool:
        """Whether a poll is under way, and gets on."""
        return self._progress is not None and self._left() > 0

    def lost(self) -> str | None:
        """Why the poll under way is given up; None while it is not."""
        if self._progress is None or self._stopping.is_set() or self._left() > 0:
            return None
        minutes = self.limit.total_seconds() / 60
        return f"given up after {minutes:g} minutes without progress (`poll_deadline`); the next poll tries again"

    def _left(self) -> float:
        if self._progress is None:
            return self.limit.total_seconds()
        return self._progress + self.limit.total_seconds() - self._monotonic()
