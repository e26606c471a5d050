"""The addresses of how the service is."""

from __future__ import annotations

from monitor.web.address import Address, Asked
from monitor.web.answers import Answer, Elsewhere
from monitor.web.health import page, probes
from monitor.web.health.shapes import Alive, Health, Ready, Well

_JSON = ("application/json",)


def _health(asked: Asked) -> Answer:
    return page.health(asked.reader, asked.setting)


def _state(asked: Asked) -> Answer:
    return Elsewhere(path=page.PATH, permanent=True)


ADDRESSES = (
    Address(
        path=page.PATH, name="health", summary="How the service is", work=_health, data=Health, nav="Health"
    ),
    Address(
        path="/state",
        name="state",
        summary="An older name of `/health`",
        work=_state,
        sends_on=308,
        answers=False,
    ),
    Address(
        path="/healthz",
        name="healthz",
        summary="200 when all is well, 503 when not, with what is wrong",
        work=probes.healthz,
        here=True,
        documents=_JSON,
        shapes=(Alive, Well),
        unread=probes.unhealthy,
    ),
    Address(
        path="/readyz",
        name="readyz",
        summary="200 when the database is open and its tables are this program's, 503 when not",
        work=probes.readyz,
        here=True,
        documents=_JSON,
        shapes=(Ready,),
        unread=probes.unready,
    ),
)
