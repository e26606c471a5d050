"""Addresses of comparisons: two versions of a trial, two trials."""

from __future__ import annotations

from urllib.parse import quote

from monitor import addresses
from monitor.web import shapes
from monitor.web.address import Address, Asked, Parameter
from monitor.web.answers import Answer, BadQuestion, Elsewhere
from monitor.web.compare.comparison import two_versions
from monitor.web.compare.shapes import BesideRow, ChangeRow, TwoTrials
from monitor.web.compare.sides import check_side
from monitor.web.compare.trials import chosen_trials, two_trials
from monitor.web.compare.viewing import PARAMETERS, viewing
from monitor.web.parameters import TRIAL

_AT = {
    "type": "string",
    "pattern": "^(?:[rR]?[1-9][0-9]{0,8}|[12][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))$",
}
_VERSION = "a number of ours, r and a number of the registry's, or a day"


def _chosen_pair(asked: Asked) -> Answer:
    query = asked.query
    if not (query.get("a") and query.get("b")):
        raise BadQuestion("two versions are needed to compare", hint="Choose them on the page of the trial.")
    sides = [query[name].strip() for name in ("a", "b")]
    for one in sides:
        check_side(one)
    both = quote("...".join(sides), safe="")
    look = viewing(query)
    return Elsewhere(path=f"{addresses.trial(asked.registry, asked.trial)}/compare/{both}{look.query}")


ADDRESSES = (
    Address(
        path="/trials/{registry}/{trial}/compare",
        name="chosen_pair",
        summary="Sends a form's two versions on to their comparison",
        work=_chosen_pair,
        parameters=(
            Parameter(name="a", description=f"The older version: {_VERSION}", schema=_AT, required=True),
            Parameter(name="b", description=f"The newer version: {_VERSION}", schema=_AT, required=True),
            *PARAMETERS,
        ),
        sends_on=303,
        answers=False,
    ),
    Address(
        path="/trials/{registry}/{trial}/compare/{pair}",
        name="compare",
        summary="What changed between two versions of a trial: `3...4`, `r1...r2`, `r2...1`, `2026-03-01...4`",
        work=two_versions,
        parameters=PARAMETERS,
        sends_on=303,
        data=shapes.Event,
        rows=ChangeRow,
    ),
    Address(
        path="/compare",
        name="compare_trials",
        summary="The form for two trials; with both ids, sends on to their comparison",
        work=chosen_trials,
        parameters=(
            Parameter(
                name="a", description="Id of a trial, or its record's web address", schema=TRIAL.schema
            ),
            Parameter(
                name="a_at", description=f"Its version; the newest when left out: {_VERSION}", schema=_AT
            ),
            Parameter(
                name="b",
                description="Id of the other trial, or its record's web address",
                schema=TRIAL.schema,
            ),
            Parameter(name="b_at", description="The other's version", schema=_AT),
            *PARAMETERS,
        ),
        sends_on=303,
    ),
    Address(
        path="/compare/{registry}/{trials}",
        name="two_trials",
        summary="What two trials have, field by field: `NCT07146087@3...NCT01730547@r2`",
        work=two_trials,
        parameters=PARAMETERS,
        sends_on=303,
        data=TwoTrials,
        rows=BesideRow,
    ),
)
