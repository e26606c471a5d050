"""Processes made to be killed: one process imports everything and forks a child for each line of orders.

So hundreds of kills cost no start-up. A child that reaches a point of its orders says a word and waits there for
its end.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from sqlite_utils import Database

_ROOTS = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1])]


class Nursery:
    """For the test: starts children, one at a time, and kills them."""

    def __init__(self, module: str, **orders: Any) -> None:
        """module: one that calls `serve` when it is run. orders: what each child gets besides its own."""
        self._orders = orders
        environment = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()}
        environment["PYTHONPATH"] = os.pathsep.join(_ROOTS)
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=environment,
        )
        self.pid = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)  # of a test that failed
        self._process.kill()
        self._process.wait(60)
        self._process.stdout.close()

    def start(self, **orders: Any) -> None:
        self._say(json.dumps(self._orders | orders))
        self.pid = int(self._line().removeprefix("pid "))

    def reaches_its_point(self, word: str = "here") -> bool:
        """False when it ended first; then it is not to be killed any more."""
        line = self._line()
        if line.startswith("gone "):
            self._release()
        return line == word

    def ends_within(self, seconds: float) -> bool:
        assert self._process.stdout is not None
        return bool(select.select([self._process.stdout], [], [], seconds)[0])

    def strike(self) -> None:
        """Kill without waiting for the end, from whatever thread. Its id is its own until `end` has returned."""
        os.kill(self.pid, signal.SIGKILL)

    def kill(self) -> bool:
        """True when it was alive. The nursery reaps it only afterwards: till then the id is its own."""
        self.strike()
        return self.end() == -signal.SIGKILL

    def end(self) -> int:
        """How the child ended, when it has."""
        while True:
            line = self._line()
            if line.startswith("gone "):
                self._release()
                return int(line.removeprefix("gone "))

    def _release(self) -> None:
        self.pid = 0
        self._say("reap")

    def _say(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(text.encode() + b"\n")
        self._process.stdin.flush()

    def _line(self) -> str:
        assert self._process.stdout is not None
        # Unbuffered, so that what is not read yet can be waited for: a child that hangs fails its test.
        assert select.select([self._process.stdout], [], [], 60)[0], "the child neither ends nor speaks"
        line = self._process.stdout.readline()
        assert line, "the nursery ended"
        return line.decode().strip()


def say(word: str) -> None:
    """In the child: tell the test."""
    os.write(1, f"{word}\n".encode())


def stand_still() -> None:
    """In the child: tell the test, and wait to be killed."""
    say("here")
    while True:
        signal.pause()


def die_after(db: Database, ticks: int, *, every: int = 100) -> None:
    """In the child: die amid SQL. ticks: of this connection, one each so many steps of SQLite's machine."""
    left = ticks

    def tick() -> int:
        nonlocal left
        left -= 1
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0

    db.conn.set_progress_handler(tick, every)


def serve(work: Callable[[dict[str, Any]], None]) -> None:
    """In the nursery: a child for each line, until there are no more."""
    for line in sys.stdin.buffer:
        ready, go = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(go)
            os.read(ready, 1)  # its first word comes after its id was told
            try:
                work(json.loads(line))
            except BaseException:  # noqa: BLE001 — nothing may go back into the nursery's loop
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        say(f"pid {pid}")
        os.close(ready)
        os.close(go)
        # Waited for without reaping, so that the id stays its own until the test knows of its end.
        say(f"gone {_end_of(pid)}")
        sys.stdin.buffer.readline()
        os.waitpid(pid, 0)


def _end_of(pid: int) -> int:
    seen = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert seen is not None
    return seen.si_status if seen.si_code == os.CLD_EXITED else -seen.si_status
