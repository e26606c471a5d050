"""The routing of one configuration. What decides is `routes`, loaded when there is an event to decide on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.config.settings import Config

if TYPE_CHECKING:
    from sqlite_utils import Database

    from monitor.alerting.grouping import Manners
    from monitor.alerting.routes import Decision
    from monitor.alerting.subject import Subject
    from snapshots.event import Event


class Router:
    """Holds nothing that changes: a reload makes a new one."""

    def __init__(self, config: Config, db: Database | None = None) -> None:
        """db: where a route looks for what an event does not carry (where its trial has sites)."""
        self._config = config
        self._db = db

    def decide(self, event: Event) -> list[Decision]:
        return self.of_subject(event, self._subject(event))

    def of_subject(self, event: Event, subject: Subject) -> list[Decision]:
        """The same of an event that is not stored."""
        from monitor.alerting.routes import decide

        config = self._config
        return decide(event, config.routes, tuple(config.notifiers), config.severity, subject)

    def _subject(self, event: Event) -> Subject:
        from monitor.alerting.subject import Given, Stored
        from snapshots.query import Reader

        return Given() if self._db is None else Stored(Reader(self._db), event)

    def when(self, decision: Decision, *, urgent: bool, now: datetime) -> tuple[datetime, str | None]:
        """When a delivery falls due, and the digest that it is told in; what is urgent waits for none."""
        if decision.digest is None or urgent:
            return now, None
        from monitor.alerting.rhythm import Rhythm

        rhythm = Rhythm.parse(decision.digest)
        return rhythm.next_after(now, self._zone(decision.notifier)), decision.digest

    def manners(self, notifier: str) -> Manners:
        """How a notifier is to be told; the defaults for one that the configuration does not know."""
        from monitor.alerting.grouping import Manners
        from monitor.alerting.rhythm import Quiet
        from monitor.config.notifiers import Ringing

        table = self._config.notifiers.get(notifier)
        if not isinstance(table, Ringing):
            return Manners()
        return Manners(
            summary_from=table.summary_from,
            most_per_hour=table.most_per_hour,
            quiet=Quiet.parse(table.quiet_hours, table.quiet_days),
            zone=self._zone(notifier),
        )

    def _zone(self, notifier: str) -> ZoneInfo:
        own = getattr(self._config.notifiers.get(notifier), "timezone", None)
        return ZoneInfo(own or self._config.schedule.timezone)

    def everywhere(self, reason: str) -> list[Decision]:
        """To every notifier, whatever the routes say: for an event that could not be routed."""
        from monitor.alerting.routes import Decision

        return [
            Decision(notifier=name, send=True, reason=reason, route=None) for name in self._config.notifiers
        ]

    def effective(self, event: Event) -> Event:
        """The event as this configuration weighs it."""
        from monitor.alerting.routes import severities

        return severities(event, self._config.severity)
