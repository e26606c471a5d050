"""Addresses of records: one version, and the record as of a day."""

from __future__ import annotations

from typing import Any

from monitor import addresses
from monitor.web.address import Address, Asked, Format, Parameter
from monitor.web.answers import Answer, Elsewhere
from monitor.web.record import versions

_DAY = Parameter(name="day", description="A day", schema={"type": "string", "format": "date"}, required=True)


def _version(asked: Asked) -> Answer:
    number = asked.path["version"]
    if asked.format is Format.JSON:
        return versions.version_json(asked.reader, asked.registry, asked.trial, number)
    return versions.one_version(asked.reader, asked.registry, asked.trial, number, asked.setting)


def _as_of(asked: Asked) -> Answer:
    return versions.as_of(asked.reader, asked.registry, asked.trial, asked.path["day"], asked.setting)


def _chosen_day(asked: Asked) -> Answer:
    day = versions.day_named(asked.query.get("day", ""))
    return Elsewhere(path=addresses.as_of(asked.registry, asked.trial, day))


ADDRESSES = (
    Address(
        path="/trials/{registry}/{trial}/versions/{version}",
        name="version",
        summary="One version of a record; as JSON exactly as it is stored",
        work=_version,
        data=dict[str, Any],
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
        summary="The record as it stood on a day",
        work=_as_of,
    ),
)
