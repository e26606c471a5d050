"""What goes wrong in a poll: which watches it leaves unfinished, and whether anything else is worth asking.

One question that fails holds up its own watches and no others; one record that cannot be had, nothing but that its
watches are finished. What says that nobody answers us ends the poll.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from monitor.polling.report import PollReport
from monitor.polling.sweep import Tally
from monitor.registries.base import (
    Absurd,
    BadQuestion,
    RegistryError,
    Stopped,
    SweepBroken,
    Unreachable,
)
from monitor.watches import Due

FAILS = (Absurd, BadQuestion, SweepBroken, Unreachable)  # what may befall one question and no other
MOST_TROUBLE = 2  # questions that the registry may fail at (5xx) before it counts as down


class Trouble:
    """Of one poll, rows of watches. unfinished: not everything arrived, nothing is concluded of them.

    lacking: of single records, known by their ids, nothing could be learnt; they stay as they were and are asked for
    again, while all else is concluded.
    """

    def __init__(self, report: PollReport, tally: Tally) -> None:
        self._report = report
        self._tally = tally
        self._troubled = 0
        self._down: Unreachable | None = None  # found while concluding
        self.unfinished: set[int] = set()
        self.lacking: set[int] = set()

    def spoil(self, watches: Iterable[Due]) -> None:
        """Leave these unfinished."""
        self.unfinished.update(watch.row for watch in watches)

    def lacks(self, watches: Iterable[Due]) -> None:
        """A record that these want could not be had."""
        self.lacking.update(watch.row for watch in watches)

    def problem(self, error: RegistryError, where: str = "") -> None:
        self._report.problems.append(f"{where}: {error}" if where else str(error))
        self._report.hint = self._report.hint or error.hint

    def may_go_on(self, error: RegistryError) -> None:
        """Raises an error that says nothing of this question alone: no connection, too many requests, down."""
        if not isinstance(error, Unreachable):
            return
        self._troubled += 1
        if isinstance(error, Stopped) or (error.status or 0) < 500 or self._troubled > MOST_TROUBLE:
            raise error

    def failed(self, error: RegistryError, watches: Iterable[Due], where: str = "") -> None:
        """A question of these watches failed. Raises as `may_go_on`."""
        self.spoil(watches)
        self.may_go_on(error)
        self.problem(error, where)

    @contextmanager
    def asking(self, watches: Sequence[Due], about: str) -> Iterator[Callable[[], None]]:
        """One question of the conclusions, about single records. One that fails leaves these watches lacking them.

        Gives what must be called before asking: once the registry is down, nothing more is asked.
        """
        before = len(self._tally.problems)
        try:
            yield self.raise_down
            if len(self._tally.problems) > before:  # a record could not be read
                self.lacks(watches)
        except FAILS as error:
            self.lacks(watches)
            if error is self._down:
                return
            try:
                self.may_go_on(error)
            except Stopped:
                raise
            except Unreachable as down:
                self._down = down
            else:
                self.problem(error, about)

    def raise_down(self) -> None:
        if self._down is not None:
            raise self._down
