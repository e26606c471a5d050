"""Addresses of records: one version, and the record as of a day."""

from __future__ import annotations

from typing import Any

from monitor import addresses
from monitor.web.address import Address, Asked, Parameter
from monitor.web.answers import Answer, Elsewhere
from monitor.web.record import versions
from monitor.web.record.shapes import AsOf, SiteRow

_DAY = Parameter(name="day", description="A day", schema={"type": "string", "format": "date"}, required=True)


def _chosen_day(asked: Asked) -> Answer:
    day = versions.day_named(asked.query.get("day", ""))
    return Elsewhere(path=addresses.as_of(asked.registry, asked.trial, day))


ADDRESSES = (
    Address(
        path="/trials/{registry}/{trial}/versions/{version}",
        name="version",
        summary="One version of a record: as JSON exactly as it is stored, as CSV its sites",
        work=versions.one_version,
        data=dict[str, Any],
        rows=SiteRow,
    ),
    Address(
        path="/trials/{registry}/{trial}/on",
        name="chosen_day",
        summary="Sends a form's day on to the record as of it",
        work=_chosen_day,
        parameters=(_DAY,),
        sends_on=303,
        answers=False,
    ),
    Address(
        path="/trials/{registry}/{trial}/on/{day}",
        name="as_of",
        summary="The record as it stood on a day and which version answers; as CSV its sites",
        work=versions.as_of,
        data=AsOf,
        rows=SiteRow,
    ),
)
