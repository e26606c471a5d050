"""Whose turn it is to ask a registry: one at a time, and whoever polls before whoever brings the past."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """Between the threads of one process. A turn of the second kind is short, so that no poll waits for long."""

    def __init__(self) -> None:
        self._free = threading.Condition()
        self._taken = False
        self._waiting = 0

    @contextmanager
    def first(self) -> Iterator[None]:
        """Waits for its turn, and comes before every `last`."""
        with self._free:
            self._waiting += 1
            try:
                self._free.wait_for(lambda: not self._taken)
            finally:
                self._waiting -= 1
            self._taken = True
        try:
            yield
        finally:
            self._leave()

    @contextmanager
    def last(self) -> Iterator[bool]:
        """False, at once, when it is somebody else's turn or somebody waits for it."""
        with self._free:
            free = not (self._taken or self._waiting)
            self._taken = self._taken or free
        try:
            yield free
        finally:
            if free:
                self._leave()

    def _leave(self) -> None:
        with self._free:
            self._taken = False
            self._free.notify_all()
