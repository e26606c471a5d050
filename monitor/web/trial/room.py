"""Addresses of trials."""

from __future__ import annotations

from monitor.web.address import Address, Asked, Parameter
from monitor.web.answers import Answer
from monitor.web.trial import page, shapes

_PAGE = Parameter(
    name="page",
    description="Page of the history, from 1",
    schema={"type": "string", "pattern": "^[1-9][0-9]{0,4}$"},
)


def _trial(asked: Asked) -> Answer:
    return page.one_trial(asked.reader, asked.registry, asked.trial, asked.query, asked.setting)


ADDRESSES = (
    Address(
        path="/trials/{registry}/{trial}",
        name="trial",
        summary="One trial: its newest facts, how it went, deadlines, watches and history",
        work=_trial,
        parameters=(_PAGE,),
        data=shapes.Trial,
        rows=shapes.LineRow,
    ),
)
