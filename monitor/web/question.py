"""A request as whoever answers it needs it: values alone, so that it may be another process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlite_utils import Database
from starlette.requests import Request
from starlette.types import Scope

from monitor.health import Health
from monitor.web.access.rules import Access
from monitor.web.access.visitor import VISITOR
from monitor.web.address import Format
from monitor.web.metrics.served import Served
from monitor.web.setting import Effective
from monitor.web.sources import Site
from snapshots.event import Event

Look = Callable[[Database, datetime], Health]  # tells how the service was at that moment (aware UTC)
_KEPT = (
    *("type", "http_version", "method", "scheme", "path", "raw_path", "root_path", "query_string"),
    *("headers", "server", "client", "path_params", "state", VISITOR),
)


def unchanged(event: Event) -> Event:
    return event


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """What pages take from the service as it is at this moment: it may be configured anew while they are served.

    effective: applies the user's own severities to an event. overridden: whether there are any.
    """

    look: Look
    effective: Effective = unchanged
    overridden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What all answers of one application have in common. For another process each value must be one that `pickle`
    takes, as those of a Question, `served` aside, which stays behind."""

    database: Callable[[], Database]  # opens a read-only connection
    public_url: str | None
    access: Access | None = None
    sites: Mapping[str, Site] = field(default_factory=dict)
    study_staff: bool = False
    may_rise: bool = False  # whoever is logged in to read could log in to act
    served: Served | None = None  # what the service's process answered so far


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One request to one address."""

    scope: Scope  # of the request, what `_KEPT` names of it
    address: str  # its name
    format: Format
    now: datetime  # aware UTC
    present: Present
    token: str | None  # see `Setting`

    @classmethod
    def of(
        cls,
        request: Request,
        address: str,
        format: Format,
        *,
        now: datetime,
        present: Present,
        token: str | None,
    ) -> Question:
        scope = {name: request.scope[name] for name in _KEPT if name in request.scope}
        return cls(scope=scope, address=address, format=format, now=now, present=present, token=token)

    @property
    def request(self) -> Request:
        return Request(self.scope)
