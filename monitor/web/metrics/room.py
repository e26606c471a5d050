"""The address of the metrics."""

from __future__ import annotations

from monitor.web.address import Address, Asked
from monitor.web.answers import Answer


def _metrics(asked: Asked) -> Answer:
    from monitor.web.metrics.scrape import scrape  # with a library that pages do without

    return scrape(asked)


ADDRESSES = (
    Address(
        path="/metrics",
        name="metrics",
        summary="Numbers for Prometheus, in its text format or OpenMetrics'",
        work=_metrics,
        here=True,
        documents=("text/plain", "application/openmetrics-text"),
    ),
)
