"""What a page needs beside the database: the time, the user's own severities, and where the records come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from monitor.health import Health
from monitor.web.access.rules import Access
from monitor.web.metrics.served import Served
from monitor.web.sources import Site, Source, source
from snapshots.changeset import Severity
from snapshots.event import Event

Effective = Callable[[Event], Event]  # an event with the user's own severities


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Made anew for each page."""

    now: datetime  # aware UTC
    effective: Effective
    health: Callable[[], Health]  # how the service is; reads the database itself
    sites: Mapping[str, Site] = field(default_factory=dict)
    reads: bool = True  # False where an address that is open to all is asked by who may not read the others
    token: str | None = None  # of forms that do something; None where nothing may be done from here
    served: Served | None = None  # what this process answered so far
    study_staff: bool = False  # records are shown with the names, phones and addresses of study staff
    access: Access | None = None  # how it is asked who reads; None: it is not
    overridden: bool = False  # `effective` may raise what is stored lower

    def floor(self, least: Severity) -> Severity:
        """From which severity on stored events must be read to find those that weigh so much."""
        return min(least, Severity.MINOR) if self.overridden else least

    def source(self, registry: str) -> Source:
        return source(registry, self.sites)

    def last_day(self, newest_build: str | None) -> date:
        """The last day of which anything can be said: a build may carry a later date than this clock shows."""
        today = self.now.date()
        try:
            return max(today, date.fromisoformat((newest_build or "")[:10]))
        except ValueError:
            return today
