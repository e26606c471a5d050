"""All addresses, in the order in which they are tried: where two could fit, the more exact one is first."""

from __future__ import annotations

from monitor.web import following
from monitor.web.address import Address
from monitor.web.api import room as api
from monitor.web.compare import room as compare
from monitor.web.elsewhere import LAST as LAST
from monitor.web.health import room as health
from monitor.web.record import room as record
from monitor.web.today import room as today
from monitor.web.trial import room as trial

ADDRESSES: tuple[Address, ...] = (
    *following.ADDRESSES,
    *today.ADDRESSES,
    *trial.ADDRESSES,
    *record.ADDRESSES,
    *compare.ADDRESSES,
    *health.ADDRESSES,
    *api.ADDRESSES,
)
