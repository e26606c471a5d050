"""The real application with notifiers that hear, refuse or fail as they are told: what is told to whoever runs it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from doubles.ctgov import LoopbackRegistry
from doubles.watching import Watching

from monitor.app import App
from monitor.config import read
from monitor.operating.conditions import Condition
from monitor.registries.ctgov import CtgovRegistry
from notifiers.message import Message
from notifiers.notifier import Found, Outcome, Placement, Result, Trace
from notifiers.secret import Secret

SENT = Outcome(result=Result.SENT)
REFUSES = Outcome(result=Result.CHANNEL_REFUSES, reason="not in the channel")
UNFIT = Outcome(result=Result.MESSAGE_REFUSED, reason="invalid_blocks")

HEAD = """
[store]
path = "t.db"
[registries.ctgov]
url = "{url}"
requests_per_minute = 100000
[operator]
to = ["ops"]
"""


class Heard:
    """A channel that keeps what it took, and answers what it is told to."""

    type = "heard"
    reconcile_after = None
    holds_many = True
    pace = timedelta(0)

    def __init__(self, name: str) -> None:
        self.name = name
        self.answer = SENT
        self.messages: list[Message] = []
        self._read = 0

    def parts(self, message: Message) -> tuple[Message, ...]:
        return (message,)

    def send(self, message: Message, placement: Placement) -> Outcome:
        if self.answer is SENT:
            self.messages.append(message)
        return self.answer

    def find(self, message: Message, *, since: Any, placement: Placement) -> Trace:
        return Trace(found=Found.CANNOT_TELL)

    def check(self) -> list[tuple[bool, str]]:
        return []

    def mended(self) -> bool:
        return self.answer is SENT

    def close(self) -> None:
        pass

    def rung(self) -> list[str]:
        """The headlines that came since it was last asked."""
        fresh, self._read = self.messages[self._read :], len(self.messages)
        return [message.headline for message in fresh]


class Operated(Watching):
    """`attend()` looks, delivers, and gives what each notifier heard of it: `ops`, `team`, and more by name."""

    def __init__(
        self,
        folder: Path,
        registry: LoopbackRegistry,
        watches: str,
        *,
        clock: Any,
        head: str = HEAD,
        tables: Mapping[str, str] | None = None,
        pings: Mapping[str, Secret] | None = None,
        conditions: Sequence[Callable[[], Iterable[Condition]]] = (),
    ) -> None:
        """tables: by name of the notifier, what else stands in its table. conditions: other sources of them."""
        self._head = head
        self._tables = dict.fromkeys(("ops", "team"), "") | dict(tables or {})
        self._pings = pings
        self._sources = conditions
        self.channels = {name: Heard(name) for name in self._tables}
        super().__init__(folder, registry, watches, clock=clock)

    def _open(self, watches: str) -> App:
        text = self._head.format(url=self.registry.url) + watches
        for name, more in self._tables.items():
            text += f'[notifiers.{name}]\ntype = "slack"\ntoken = "${{T}}"\nchannel = "#{name}"\n{more}\n'
        app = App(
            read(text, self.folder / "config.toml"),
            registries={
                "ctgov": CtgovRegistry(
                    url=self.registry.url, requests_per_minute=100_000, wait=lambda _: False
                )
            },
            notifiers=self.channels,
            clock=self.clock,
            random=self._random,
            pings=self._pings,
        )
        app.lookout.conditions += self._sources
        return app

    def attend(self, **span: float) -> dict[str, list[str]]:
        """Let a span pass, look, deliver; what was heard since the last time, by notifiers that heard anything."""
        if span:
            self.clock.forward(**span)
        self.app.lookout.attend()
        self.app.deliver()
        return self.heard()

    def heard(self) -> dict[str, list[str]]:
        rung = {name: channel.rung() for name, channel in self.channels.items()}
        return {name: lines for name, lines in rung.items() if lines}

    def kinds(self) -> list[str]:
        """Of the conditions that are stored."""
        rows = self.app.db.execute("select kind from operator_condition order by id").fetchall()
        return [row[0] for row in rows]
