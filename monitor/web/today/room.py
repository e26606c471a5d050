"""Addresses of what changed."""

from __future__ import annotations

from monitor.web.address import Address, Asked, Parameter
from monitor.web.answers import Answer
from monitor.web.parameters import BEFORE, COUNTRY, FIELD, SEVERITY, STATUS, TAG, TRIAL, WATCH
from monitor.web.shapes import EventRow, Listed, Numbered
from monitor.web.today import event, front

SINCE = Parameter(
    name="since",
    description="Number of an event, after which, or a day, from whose beginning (UTC), something is new; or how"
    " long before now, as 7d or 12h; as data: only that",
    schema={"type": "string", "pattern": "^([0-9]{1,18}|[0-9]{4}-[0-9]{2}-[0-9]{2}|[1-9][0-9]{0,3}[hdw])$"},
)


def _event(asked: Asked) -> Answer:
    return event.one_event(asked.reader, asked.path["number"], asked.setting)


ADDRESSES = (
    Address(
        path="/",
        name="today",
        summary="What changed, newest first; for people what is new to them before the rest",
        work=front.today,
        parameters=(SEVERITY, WATCH, TAG, FIELD, COUNTRY, STATUS, TRIAL, SINCE, BEFORE),
        data=Listed[Numbered],
        rows=EventRow,
        nav="Today",
    ),
    Address(path="/events/{number}", name="event", summary="One event", work=_event, data=Numbered),
)
