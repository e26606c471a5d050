"""A clock that stands still until somebody waits, and remembers the waits."""

from collections.abc import Callable


class StillClock:
    """`clock()` and `wait(seconds)` for whatever takes them injected; from one thread."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waits: list[float] = []
        self.stopped = False
        self.on_wait: Callable[[float], None] | None = None

    def clock(self) -> float:
        return self.now

    def wait(self, seconds: float) -> bool:
        if seconds > 0:
            self.waits.append(round(seconds, 6))
            self.now += seconds
            if self.on_wait is not None:
                self.on_wait(seconds)
        return self.stopped

    @property
    def waited(self) -> float:
        return sum(self.waits)
