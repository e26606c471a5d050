"""Addresses of watches. After those of their feeds and calendars, whose paths theirs would take in."""

from __future__ import annotations

from monitor.config.route_names import statuses
from monitor.web.address import Address, Asked, Parameter
from monitor.web.answers import Answer
from monitor.web.shapes import Listed
from monitor.web.watches import listing, one
from monitor.web.watches.shapes import HeldTrial, OneWatch, Watch, WatchRow


def _watches(asked: Asked) -> Answer:
    return listing.all_watches(asked.reader, asked.query, asked.setting)


def _watch(asked: Asked) -> Answer:
    return one.one_watch(asked.reader, asked.path["watch"], asked.query, asked.setting, asked.format)


ADDRESSES = (
    Address(
        path="/watches",
        name="watches",
        summary="The watches, what each holds and what happened in it",
        work=_watches,
        parameters=(
            Parameter(
                name="after",
                description="Number of the watch to go on from",
                schema={"type": "string", "pattern": "^[0-9]{1,9}$"},
            ),
        ),
        data=Listed[Watch],
        rows=WatchRow,
        nav="Watches",
    ),
    Address(
        path="/watches/{watch:path}",
        name="watch",
        summary="One watch with its trials",
        work=_watch,
        parameters=(
            Parameter(
                name="status",
                description="Only trials of this status; `none`: without one",
                schema={"type": "string", "enum": [*statuses(), "none"]},
            ),
            Parameter(name="after", description="Id of the trial to go on from"),
        ),
        data=OneWatch,
        rows=HeldTrial,
    ),
)
