"""The polite rate: when the next request may go. Thread-safe; says how long to wait, and waits for nobody."""

from __future__ import annotations

import threading
from collections.abc import Callable

MINUTE = 60.0
BURST = 3  # so that a person who asks for one record and its history does not wait between the requests


class Limiter:
    """Never lets more than `per_minute` requests go in any 60 seconds, nor more than BURST at once.

    After a burst, requests are spaced evenly (a virtual schedule, as in ATM's generic cell rate algorithm).
    """

    def __init__(self, per_minute: int, *, clock: Callable[[], float]) -> None:
        if per_minute < 1:
            raise ValueError(f"requests per minute must be 1 or more: `{per_minute}`")
        # A burst needs room beside it: with few a minute there is none.
        burst = max(1, min(BURST, per_minute // 4))
        # burst - 1 + 60 / spacing requests fit into any 60 seconds.
        self._spacing = MINUTE / (per_minute - burst + 1)
        self._slack = (burst - 1) * self._spacing
        self._clock = clock
        self._lock = threading.Lock()
        self._due = clock()  # the even schedule's next place
        self._not_before = self._due

    def reserve(self) -> float:
        """Take the next place; returns the seconds until it. A place that is not used is lost."""
        with self._lock:
            now = self._clock()
            self._due = max(now, self._due)
            at = max(now, self._due - self._slack, self._not_before)
            self._due = max(self._due, at) + self._spacing
            return at - now

    def hold(self, seconds: float) -> None:
        """The registry asked for a pause: nobody goes before it is over."""
        with self._lock:
            self._not_before = max(self._not_before, self._clock() + seconds)
