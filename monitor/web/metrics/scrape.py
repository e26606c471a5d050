"""`/metrics`: the text that Prometheus reads, in its own format or in OpenMetrics' where that is asked for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.core import Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.openmetrics import exposition as openmetrics

from monitor.health import Health
from monitor.web.address import Asked
from monitor.web.answers import Document
from monitor.web.metrics.families import families
from snapshots.errors import SnapshotsError

PLAIN = CONTENT_TYPE_PLAIN_0_0_4
OPEN = openmetrics.CONTENT_TYPE_LATEST


def scrape(asked: Asked) -> Document:
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    setting = asked.setting
    registry.register(
        _Collected(list(families(asked.reader.database, _health(asked), setting.served, setting.now)))
    )
    # Not the library's choice by the Accept header, which raises over one that is no good.
    wants_open = "application/openmetrics-text" in asked.accept
    return Document(
        # no-untyped-call: the library leaves it without types.
        body=openmetrics.generate_latest(registry) if wants_open else generate_latest(registry),  # type: ignore[no-untyped-call]
        filename="metrics.txt",
        media_type=OPEN if wants_open else PLAIN,
        live=True,
    )


class _Collected:
    def __init__(self, found: Sequence[Metric]) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        yield from self._found


def _health(asked: Asked) -> Health | None:
    try:
        return asked.setting.health()
    except (SnapshotsError, OSError, sqlite3.Error):
        return None
