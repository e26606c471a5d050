"""A request in a thread of its own, left behind when it takes too long, and then kept from posting late.

No timeout of a socket bounds a whole call: a name server may take minutes, and an answer may come a byte at a time.
Nothing can end a thread that waits for one; but a request that has not begun to go out by then never does.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any


class NotBegun(Exception):
    """It was left before a byte of it went out, and none ever will."""


class Sending:
    """How far one request got. The connection says so; the deadline forbids it to begin."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begun = False
        self._left = False
        self.ended = threading.Event()  # gone out as a whole, or given up

    def begin(self) -> None:
        """Called once connected, before anything goes out. Raises OSError when nobody waits any more."""
        with self._lock:
            if self._left:
                raise ConnectionAbortedError("left by its caller before it began")
            self._begun = True

    def leave(self) -> bool:
        """Nobody waits any more. False when it had not begun: then it never does."""
        with self._lock:
            self._left = True
            return self._begun


class Deadline:
    def __init__(self, seconds: float, *, name: str) -> None:
        """name: of the threads."""
        self._seconds = seconds
        self._name = name
        self._left: dict[str, Sending] = {}

    def run(self, work: Callable[[Sending], Any], *, key: str | None = None) -> Any:
        """The work's answer or error. TimeoutError, or NotBegun, when it takes too long.

        key: what `on_its_way` is asked by.
        """
        sending = Sending()
        done: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()

        def run() -> None:
            try:
                done.put((work(sending), None))
            except BaseException as error:  # noqa: BLE001 - raised again where it belongs
                done.put((None, error))
            finally:
                sending.ended.set()

        # A daemon: the process need not wait with it.
        threading.Thread(target=run, name=self._name, daemon=True).start()
        try:
            answer, error = done.get(timeout=self._seconds)
        except queue.Empty:
            if not sending.leave():
                raise NotBegun(f"not within {self._seconds:g} s") from None
            if key is not None:
                self._left[key] = sending
            raise TimeoutError(f"no whole answer within {self._seconds:g} s") from None
        if error is not None:
            raise error
        return answer

    def on_its_way(self, key: str) -> bool:
        """Whether a request that was left is still going out, so that asking for what it did is too early."""
        self._left = {each: sending for each, sending in self._left.items() if not sending.ended.is_set()}
        return key in self._left
