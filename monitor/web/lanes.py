"""What reads the database in the service's own process runs in a few threads, each with a connection.

Requests wait for a free lane, so that a burst costs time and neither memory nor connections.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlite_utils import Database

from monitor.web.opened import Opened
from monitor.web.reading import Reading

T = TypeVar("T")

LANES = 4


class Lane:
    """One thread and its connection."""

    def __init__(self, open_database: Callable[[], Database], number: int) -> None:
        self._opened = Opened(open_database)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"page-{number}")

    async def lend(self, work: Callable[[Opened], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, self._opened)

    def close(self) -> None:
        self._thread.submit(self._opened.close).result()
        self._thread.shutdown()


class Lanes:
    """All lanes of one application. Make and use it within one event loop at a time."""

    def __init__(self, open_database: Callable[[], Database], count: int = LANES) -> None:
        self._lanes = [Lane(open_database, number) for number in range(count)]
        self._free: asyncio.LifoQueue[Lane] = asyncio.LifoQueue()  # the warmest first
        for lane in self._lanes:
            self._free.put_nowait(lane)

    async def run(self, work: Callable[[Reading], T]) -> T:
        """Run `work` with a reader, in a lane's thread."""
        return await self.lend(lambda opened: opened.read(work))

    async def lend(self, work: Callable[[Opened], T]) -> T:
        """The same with the connection itself, for whoever has something to say where it cannot be had."""
        lane = await self._free.get()
        try:
            return await lane.lend(work)
        finally:
            self._free.put_nowait(lane)

    def close(self) -> None:
        """Ends the threads and closes their connections."""
        for lane in self._lanes:
            lane.close()
