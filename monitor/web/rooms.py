"""All addresses, in the order in which they are tried: where two could fit, the more exact one is first."""

from __future__ import annotations

from monitor.web import following
from monitor.web.address import Address
from monitor.web.api import room as api
from monitor.web.compare import room as compare
from monitor.web.deliveries import room as deliveries
from monitor.web.elsewhere import LAST as LAST
from monitor.web.evidence import room as evidence
from monitor.web.field import room as field
from monitor.web.health import room as health
from monitor.web.metrics import room as metrics
from monitor.web.places import room as places
from monitor.web.record import room as record
from monitor.web.related import room as related
from monitor.web.search import room as search
from monitor.web.today import room as today
from monitor.web.trial import room as trial
from monitor.web.watches import room as watches

ADDRESSES: tuple[Address, ...] = (
    *following.ADDRESSES,
    *today.ADDRESSES,
    *search.ADDRESSES,
    *trial.ADDRESSES,
    *record.ADDRESSES,
    *related.ADDRESSES,
    *evidence.ADDRESSES,
    *compare.ADDRESSES,
    *field.ADDRESSES,
    *deliveries.ADDRESSES,
    *places.ADDRESSES,
    *watches.ADDRESSES,
    *health.ADDRESSES,
    *metrics.ADDRESSES,
    *api.ADDRESSES,
)
