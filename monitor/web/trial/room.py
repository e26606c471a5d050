"""Addresses of trials."""

from __future__ import annotations

from monitor.web.address import Address, Asked, Parameter
from monitor.web.answers import Answer
from monitor.web.trial import trials

_PAGE = Parameter(
    name="page",
    description="Page of the history, from 1",
    schema={"type": "string", "pattern": "^[1-9][0-9]{0,4}$"},
)


def _held(asked: Asked) -> Answer:
    return trials.held_trials(asked.reader, asked.query)


def _trial(asked: Asked) -> Answer:
    return trials.one_trial(asked.reader, asked.registry, asked.trial, asked.query, asked.setting)


ADDRESSES = (
    Address(
        path="/trials",
        name="trials",
        summary="The trials that are held, by id or by words",
        work=_held,
        parameters=(
            Parameter(name="q", description="Words, or an id"),
            Parameter(
                name="after",
                description="Id of the trial to go on from",
                schema={"type": "string", "maxLength": 80},
            ),
        ),
        sends_on=303,
        nav="Trials",
    ),
    Address(
        path="/trials/{registry}/{trial}",
        name="trial",
        summary="One trial with its history",
        work=_trial,
        parameters=(_PAGE,),
    ),
)
