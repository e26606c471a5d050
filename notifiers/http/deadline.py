"""A request in a thread of its own, left behind when it takes too long, and then kept from posting late.

No timeout of a socket bounds a whole call: a name server may take minutes, and an answer may come a byte at a time.
A request that has not begun to go out by then never does; of one that went out the connection is shut, which ends
the thread that waits for its answer.
"""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any


class NotBegun(Exception):
    """It was left before a byte of it went out, and none ever will."""


class Sending:
    """How far one request got. The connection says so; the deadline forbids it to begin."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begun = False
        self._left = False
        self._connection: socket.socket | None = None
        self.ended = threading.Event()  # gone out as a whole, or given up

    def begin(self, connection: socket.socket | None = None) -> None:
        """Called once connected, before anything goes out. Raises OSError when nobody waits any more.

        connection: shut when nobody waits for an answer any more; None where it is not to be had.
        """
        with self._lock:
            if self._left:
                raise ConnectionAbortedError("left by its caller before it began")
            self._begun = True
            self._connection = connection

    def gone(self) -> None:
        """Called once it went out as a whole."""
        with self._lock:
            self.ended.set()
            if self._left:
                self._hang_up()

    def leave(self) -> bool:
        """Nobody waits any more. False when it had not begun: then it never does."""
        with self._lock:
            self._left = True
            if self.ended.is_set():  # what is still going out is not torn
                self._hang_up()
            return self._begun

    def _hang_up(self) -> None:
        if self._connection is not None:
            with suppress(OSError):
                # Not an SSLSocket's own, which would let the other thread read on without TLS.
                socket.socket.shutdown(self._connection, socket.SHUT_RDWR)


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
