"""Pages are made in a few processes beside the service's own, each with a connection: making one is work for an
interpreter, and one interpreter does one thing at a time. So two readers share no processor while another is idle, and
a poll that compares a thousand records holds nobody up.

They are begun when they are needed. Until one is there, or where none can be, the service's own threads make the pages.
What was asked of a process that died is asked once more, of others. They ignore Ctrl-C, which is the service's to
answer, and end with it even where it was killed.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import pkgutil
import signal
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from typing import TypeVar

from starlette.responses import Response

import snapshots.changes
import snapshots.pairing
from monitor.logs import log
from monitor.web.answers import NotReady
from monitor.web.making import Making
from monitor.web.opened import Opened
from monitor.web.question import Grounds, Question

T = TypeVar("T")

MOST = 4  # processes that are begun where nobody says how many
NONE = "no process makes pages: the service does it itself"
HINT = "`[web] processes = 0` asks for no other"


def usual() -> int:
    """How many: one for each processor that is ours, within reason."""
    return min(
        MOST, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )


class Defect(Exception):
    """A page function failed; `str()` is its traceback."""


@dataclass(frozen=True, slots=True)
class _Made:
    """A response on its way between processes."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Workers:
    """Make and use it within one event loop at a time."""

    def __init__(self, grounds: Grounds, count: int) -> None:
        self._grounds = replace(grounds, served=None)
        self._count = count
        self._pool: ProcessPoolExecutor | None = None
        self._first: Future[None] | None = None  # done when a process can be asked

    @property
    def are_ready(self) -> bool:
        return self._first is not None and self._first.done() and self._first.exception() is None

    def start(self) -> None:
        """Begins the processes and waits for none."""
        try:
            resource_tracker.ensure_running()  # which lets signals in when it begins
            self._pool = ProcessPoolExecutor(
                self._count,
                multiprocessing.get_context("spawn"),  # a fork of threads holds locks that nobody lets go
                _begin,
                (self._grounds,),
            )
            self._first = _submitted(self._pool, _nothing)
            self._first.add_done_callback(self._say_if_none)
        except (OSError, NotImplementedError) as error:  # as where semaphores have no place
            self._pool = self._first = None
            log.warning(NONE, problem=str(error), hint=HINT)

    def _say_if_none(self, first: Future[None]) -> None:
        if first is self._first and (error := first.exception()) is not None:
            log.warning(NONE, problem=str(error), hint=HINT)

    async def made(self, question: Question) -> Response:
        """NotReady where two processes died over it. Raises Defect."""
        for _ in range(2):
            pool = self._pool
            if pool is None:
                break
            try:
                made = await asyncio.wrap_future(_submitted(pool, _make, question))
            except BrokenProcessPool:
                if self._pool is pool:  # else another reader has seen to it
                    log.warning(
                        "a process that makes pages died: others take its place", page=question.address
                    )
                    pool.shutdown(wait=False)
                    self.start()
                continue
            if isinstance(made, str):
                raise Defect(made)
            response = Response(made.body, made.status)
            response.raw_headers = made.headers
            return response
        raise NotReady(
            "the process that made this page died, twice",
            hint="the machine may have too little memory: look at its log, or ask for less at once",
        )

    def close(self) -> None:
        """Waits for what is being made, and not for processes that have yet to begin."""
        pool, first = self._pool, self._first
        self._pool = self._first = None
        if pool is None or first is None:
            return
        if not first.done():
            for one in multiprocessing.active_children():
                one.terminate()
        pool.shutdown(cancel_futures=True)


def _submitted(pool: ProcessPoolExecutor, work: Callable[..., T], *values: object) -> Future[T]:
    """A process that is begun for it hears nothing of Ctrl-C from its first moment on."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return pool.submit(work, *values)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_making: Making
_opened: Opened


def _begin(grounds: Grounds) -> None:
    global _making, _opened
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _making, _opened = Making(grounds), Opened(grounds.database)
    _load()
    gc.collect()
    gc.freeze()  # what was loaded lives as long as the process: to go through it again and again stops pages


def _load() -> None:
    """What commands load where they need it: here the first readers would wait for it."""
    _making.pages.compile()
    for package in (snapshots.changes, snapshots.pairing):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            import_module(found.name)
    for name in ("deepdiff", "icalendar", "monitor.schedule"):
        if find_spec(name) is not None:  # one is an extra
            import_module(name)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(0)


def _nothing() -> None:
    pass


def _make(question: Question) -> _Made | str:
    """str: the traceback of a defect. Exceptions themselves may not survive the way."""
    try:
        response = _making.made(_opened, question)
    except Exception:  # noqa: BLE001 - the service's process raises and logs it
        return traceback.format_exc()
    return _Made(response.status_code, response.raw_headers, bytes(response.body))
