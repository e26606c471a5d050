"""The lookout: how the watching goes, told to whoever runs it and made known outside.

Of one app. Safe to use from several threads; looks take place one at a time. Where all is well, none of what tells is
loaded.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING

from sqlite_utils import Database

from monitor.config import Config
from monitor.operating.quiet import quiet

if TYPE_CHECKING:
    from monitor.operating.conditions import Condition
    from notifiers.notifier import Notifier
    from notifiers.secret import Secret


class Lookout:
    """db: this thread's connection. pings: the addresses of [operator], by key.

    conditions: what else stands that only this process knows, as a service's jobs or a connection: each is asked at
    every look.
    """

    def __init__(
        self,
        config: Config,
        *,
        db: Callable[[], Database],
        notifiers: Mapping[str, Notifier],
        pings: Mapping[str, Secret],
        clock: Callable[[], datetime],
        random: Random,
        stopping: threading.Event,
    ) -> None:
        self.conditions: list[Callable[[], Iterable[Condition]]] = []
        self._config = config
        self._db = db
        self._notifiers = notifiers
        self._pings = pings
        self._clock = clock
        self._random = random
        self._stopping = stopping
        self._looking = threading.Lock()

    def attend(self) -> list[str]:
        """Look how the watching goes, and put into the outbox what the operator is to be told; one line each."""
        with self._looking:
            now = self._clock()
            standing = [condition for source in self.conditions for condition in source()]
            folder = self._config.store.path.parent
            if not standing and quiet(self._db(), folder=folder, now=now):
                return []
            from monitor.operating import looking, ping
            from monitor.operating.attending import Attending

            if not self.pings:
                ping.forget(self._db())
            standing += looking.standing_now(self._db(), notifiers=self._notifiers, folder=folder, now=now)
            return Attending(
                self._db(),
                to={
                    name: self._notifiers[name]
                    for name in self._config.operator.to
                    if name in self._notifiers
                },
                public_url=self._config.web.public_url,
                random=self._random,
                now=now,
            ).run(standing)

    def say_all_well(self) -> list[str]:
        """Put the lines that are due into the outbox, each in its channel's rhythm; the lines."""
        tables = {
            name: (table, rhythm)
            for name, table in self._config.notifiers.items()
            if name in self._notifiers and (rhythm := getattr(table, "all_well", None)) is not None
        }
        if not tables:
            return []
        from zoneinfo import ZoneInfo

        from monitor.operating.all_well import AllWell

        said = []
        with self._looking:
            for name, (table, rhythm) in tables.items():
                zone = ZoneInfo(getattr(table, "timezone", None) or self._config.schedule.timezone)
                line = AllWell(self._notifiers[name], rhythm, zone, self._watches_of(name)).say_if_due(
                    self._db(),
                    problems=self._problems,
                    public_url=self._config.web.public_url,
                    random=self._random,
                    now=self._clock(),
                )
                if line is not None:
                    said.append(line)
        return said

    def _watches_of(self, name: str) -> frozenset[str] | None:
        """The watches that the routes to a notifier are for; None for all."""
        routes = [route for route in self._config.routes if name in route.to]
        if not routes or any(route.watches is None for route in routes):
            return None
        return frozenset(watch for route in routes for watch in route.watches or ())

    def _problems(self) -> tuple[str, ...]:
        from monitor.diagnosis import Look
        from monitor.operating.conditions import Kind

        ours = [condition for source in self.conditions for condition in source()]
        troubles = (one.text for one in ours if one.kind is not Kind.OVERDUE)  # which it finds by itself
        return Look.by(self._config, lease=None, troubles=troubles).health(self._db(), self._clock()).problems

    @property
    def pings(self) -> bool:
        """Whether an outside watcher is to hear of us."""
        return "ping" in self._pings

    def ping_if_due(self, lives: Callable[[], bool]) -> bool:
        """For a service. lives: whether all that must live does; asked when it is time."""
        from monitor.operating import ping

        every = self._config.operator.ping_every
        if not self.pings or not ping.is_due(ping.last(self._db()), every=every, now=self._clock()):
            return False
        if not lives():
            return False
        self.ping()
        return True

    def ping(self, *, well: bool = True) -> None:
        """Let an outside watcher know that all lives; or, where an address is given for it, that not all was seen."""
        address = self._pings.get("ping" if well else "ping_failed")
        if address is None:
            return
        from monitor.operating import ping
        from monitor.transport import Stopped

        try:
            error = ping.send(address, wait=self._stopping.wait)
        except Stopped:
            return
        ping.book(self._db(), error, now=self._clock())
