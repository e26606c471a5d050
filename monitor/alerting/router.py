"""The routing of one configuration. What decides is `routes`, loaded when there is an event to decide on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.config.settings import Config

if TYPE_CHECKING:
    from monitor.alerting.routes import Decision
    from snapshots.event import Event


class Router:
    """Holds nothing that changes: a reload makes a new one."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def decide(self, event: Event) -> list[Decision]:
        from monitor.alerting.routes import decide

        return decide(event, self._config.routes, tuple(self._config.notifiers), self._config.severity)

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
