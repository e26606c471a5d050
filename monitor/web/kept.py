"""The last so many of what is costly to make, by all that it is made of: it cannot be out of date. For all threads."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    def __init__(self, most: int) -> None:
        self._most = most
        self._turn = Lock()
        self._held: OrderedDict[Hashable, T] = OrderedDict()  # the last asked for is last

    def of(self, key: Hashable, make: Callable[[], T]) -> T:
        """key: whatever makes a difference to what is made, no less. What `make` raises is raised."""
        with self._turn:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        made = make()  # maybe twice, at the same moment
        with self._turn:
            self._held[key] = made
            if len(self._held) > self._most:
                self._held.popitem(last=False)
        return made
