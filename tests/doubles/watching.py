"""The real application on a loopback registry and a file of alerts, started in process: what poll tests drive."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from doubles.ctgov import LoopbackRegistry

from monitor.app import App
from monitor.config import read
from monitor.polling.report import EVERYTHING, PollReport, Selection
from monitor.registries.ctgov import CtgovRegistry
from notifiers.jsonl import JsonlNotifier
from notifiers.notifier import Notifier

HEAD = """
[store]
path = "t.db"
[registries.ctgov]
url = "{url}"
requests_per_minute = 100000
history = {history}
backfill = {backfill}
[notifiers.log]
type = "jsonl"
path = "alerts.jsonl"
"""


def ids_watch(name: str, *ids: str) -> str:
    return f"[[watch]]\nname = {json.dumps(name)}\nids = {json.dumps(list(ids))}\n"


def query_watch(name: str, **query: str) -> str:
    inner = ", ".join(f"{key} = {json.dumps(value)}" for key, value in query.items())
    return f"[[watch]]\nname = {json.dumps(name)}\nquery = {{ {inner} }}\n"


class Watching:
    """`poll()` polls and delivers; `rung()` is what was told since it was last asked."""

    def __init__(
        self,
        folder: Path,
        registry: LoopbackRegistry,
        watches: str,
        *,
        history: bool = False,
        backfill: bool = False,
        clock: Any = None,
        pages: Mapping[str, int] | None = None,
        channels: Mapping[str, Notifier] | None = None,
    ) -> None:
        """channels: beside the file of alerts; what the configuration says of each is in `watches`."""
        self.folder = folder
        self.registry = registry
        self.history = history
        self.backfill = backfill
        self.clock = clock or (lambda: datetime(2026, 11, 20, 9, 20, tzinfo=UTC))
        self._pages = dict(pages or {})
        self._channels = dict(channels or {})
        self._heard = 0
        self._random = Random(7)
        self.app = self._open(watches)

    def _open(self, watches: str) -> App:
        head = HEAD.format(
            url=self.registry.url, history=str(self.history).lower(), backfill=str(self.backfill).lower()
        )
        config = read(head + watches, self.folder / "config.toml")
        return App(
            config,
            registries={
                "ctgov": CtgovRegistry(
                    url=self.registry.url, requests_per_minute=100_000, wait=lambda _: False, **self._pages
                )
            },
            notifiers={
                "log": JsonlNotifier(name="log", path=self.folder / "alerts.jsonl"),
                **self._channels,
            },
            clock=self.clock,
            random=self._random,
        )

    def edit(self, watches: str) -> None:
        """A new configuration, as after a reload."""
        self.app.close()
        self.app = self._open(watches)

    def poll(self, selection: Selection = EVERYTHING) -> PollReport:
        reports = self.app.poll(selection)
        self.app.deliver()
        assert len(reports) == 1
        return reports[0]

    def rung(self) -> list[dict[str, Any]]:
        path = self.folder / "alerts.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        fresh, self._heard = lines[self._heard :], len(lines)
        return [json.loads(line) for line in fresh]

    def told(self) -> list[tuple[str, str]]:
        """`rung`, each as event and trial."""
        return [(alert["event"], alert["trial"]) for alert in self.rung()]

    def count(self, sql: str) -> int:
        return int(self.app.db.execute(sql).fetchone()[0])

    def close(self) -> None:
        self.app.close()
