"""Addresses of finding."""

from __future__ import annotations

from monitor.web.address import Address, Parameter
from monitor.web.parameters import COUNTRY, PHASE, STATUS, WATCH
from monitor.web.search import held, page
from monitor.web.search.shapes import FoundRow, HeldTrial, Result
from monitor.web.shapes import Listed

_AFTER = Parameter(
    name="after",
    description="Id of the trial to go on from",
    schema={"type": "string", "maxLength": held.LONGEST_ID},
)
_PARAMETERS = (
    Parameter(name="q", description="Words, as `trialbell search` takes them, or an id"),
    Parameter(
        name="in",
        description="What is searched; the trials when left out",
        schema={"type": "string", "enum": ["trials", "changes"]},
    ),
    STATUS,
    PHASE,
    Parameter(name="sponsor", description="A part of the lead sponsor's name"),
    COUNTRY,
    WATCH,
    Parameter(
        name="as_of",
        description="As the records were on a day, or changed until then",
        schema={"type": "string", "format": "date"},
    ),
    Parameter(
        name="archive",
        description="Of changes: also between versions of the registry's own history",
        schema={"type": "string", "enum": ["on"]},
    ),
    Parameter(
        name="page", description="Page, from 1 to 10", schema={"type": "string", "pattern": "^([1-9]|10)$"}
    ),
)

ADDRESSES = (
    Address(
        path="/search",
        name="search",
        summary="Words in the records, as they are or were on a day, and in what changed",
        work=page.search,
        parameters=_PARAMETERS,
        sends_on=303,
        data=Result,
        rows=FoundRow,
        nav="Search",
    ),
    Address(
        path="/trials",
        name="trials",
        summary="The trials that are held, by id",
        work=held.held_trials,
        parameters=(
            STATUS,
            PHASE,
            WATCH,
            _AFTER,
            Parameter(name="q", description="Leads to the search for these words"),
        ),
        sends_on=308,
        data=Listed[HeldTrial],
        rows=HeldTrial,
        nav="Trials",
    ),
)
