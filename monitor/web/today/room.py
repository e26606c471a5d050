"""Addresses of what changed."""

from __future__ import annotations

from monitor.web.address import Address, Asked
from monitor.web.answers import Answer
from monitor.web.parameters import BEFORE, FIELD, SEVERITY, TAG, TRIAL, WATCH
from monitor.web.shapes import EventRow, Listed, Numbered
from monitor.web.today import lately


def _today(asked: Asked) -> Answer:
    return lately.lately(asked.reader, asked.query, asked.setting)


def _event(asked: Asked) -> Answer:
    return lately.one_event(asked.reader, asked.path["number"], asked.setting)


ADDRESSES = (
    Address(
        path="/",
        name="lately",
        summary="What changed, newest first",
        work=_today,
        parameters=(SEVERITY, WATCH, TAG, FIELD, TRIAL, BEFORE),
        data=Listed[Numbered],
        rows=EventRow,
        nav="Lately",
    ),
    Address(path="/events/{number}", name="event", summary="One event", work=_event, data=Numbered),
)
