"""The address of the service's state."""

from __future__ import annotations

from monitor.web.address import Address, Asked
from monitor.web.answers import Answer
from monitor.web.health import standing


def _state(asked: Asked) -> Answer:
    return standing.state(asked.reader, asked.setting)


ADDRESSES = (Address(path="/state", name="state", summary="How the service is", work=_state),)
