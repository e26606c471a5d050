"""What this process answered so far: how often, with which status, how fast. Named by the address's own name, so that
there are as many labels as addresses, whatever is asked for.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)  # seconds, upper bounds
OTHER = "other"  # no page: files of ours, forms, what is not there


@dataclass(slots=True)
class Timed:
    """One address's answers. buckets: how many took no longer than each bound and longer than the one before; the last
    one has the rest."""

    buckets: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    seconds: float = 0.0


class Served:
    """Of one application. Written by its event loop, read by a lane's thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: dict[tuple[str, int], int] = {}
        self._times: dict[str, Timed] = {}

    def add(self, address: str, status: int, seconds: float) -> None:
        with self._lock:
            self._answers[address, status] = self._answers.get((address, status), 0) + 1
            timed = self._times.setdefault(address, Timed())
            timed.buckets[bisect_left(BUCKETS, seconds)] += 1
            timed.seconds += seconds

    def answers(self) -> dict[tuple[str, int], int]:
        """(address, status) → how many."""
        with self._lock:
            return dict(self._answers)

    def times(self) -> dict[str, Timed]:
        with self._lock:
            return {name: Timed(list(one.buckets), one.seconds) for name, one in self._times.items()}


class Counting:
    """ASGI middleware: counts every answer, to its last byte. A defect, which becomes an answer further out, is 500.

    An answer says what it took, until it was whole and began to be sent (Server-Timing, milliseconds).
    """

    def __init__(self, app: ASGIApp, *, served: Served) -> None:
        self._app = app
        self._served = served

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500
        state = scope.setdefault("state", {})  # one for all copies of the scope that are made further in

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if "address" in state and status < 400:  # whoever is refused learns nothing of what it took
                    taken = f"total;dur={(time.perf_counter() - began) * 1e3:.1f}".encode()
                    message = {**message, "headers": [*message["headers"], (b"server-timing", taken)]}
            await send(message)

        try:
            await self._app(scope, receive, seen)
        finally:
            name = state.get("address", OTHER)
            self._served.add(name, status, time.perf_counter() - began)
