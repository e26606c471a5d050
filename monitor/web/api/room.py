"""Addresses of the description of all addresses."""

from __future__ import annotations

from typing import Any

from monitor.web.address import Address, Asked
from monitor.web.answers import Answer, Elsewhere
from monitor.web.api import page


def _api(asked: Asked) -> Answer:
    return page.api(asked)


def _usual_name(asked: Asked) -> Answer:
    return Elsewhere(path="/api.json", permanent=True)


ADDRESSES: tuple[Address, ...] = (
    Address(
        path="/api",
        name="api",
        summary="What programs may ask; as JSON an OpenAPI 3.1 description",
        work=_api,
        data=dict[str, Any],
    ),
    Address(
        path="/openapi.json",
        name="openapi",
        summary="Where others look for the description",
        work=_usual_name,
        sends_on=308,
        answers=False,
    ),
)
