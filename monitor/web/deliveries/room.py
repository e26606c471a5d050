"""The address of what was sent, waits and failed."""

from __future__ import annotations

from monitor.web.address import Address, Parameter
from monitor.web.deliveries import listed
from monitor.web.deliveries.shapes import Deliveries, Delivery
from monitor.web.parameters import TRIAL

ADDRESSES = (
    Address(
        path=listed.PATH,
        name="deliveries",
        summary="What was sent, what waits and why, what failed",
        work=listed.listed,
        parameters=(
            Parameter(
                name="of",
                description="Deliveries of events, or messages that tell of no event; events when left out",
                schema={"type": "string", "enum": list(listed.KINDS)},
            ),
            Parameter(
                name="state",
                description="Where a delivery stands; any when left out",
                schema={"type": "string", "enum": list(listed.STATES)},
            ),
            Parameter(name="notifier", description="Name of a notifier"),
            TRIAL,
            Parameter(
                name="before",
                description="Number of the delivery to go on from, towards older ones",
                schema={"type": "string", "pattern": "^[0-9]{1,18}$"},
            ),
        ),
        data=Deliveries,
        rows=Delivery,
        nav="Deliveries",
    ),
)
