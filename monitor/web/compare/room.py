"""Addresses of comparisons: two versions of a trial, two trials."""

from __future__ import annotations

from urllib.parse import quote

from monitor import addresses
from monitor.web import shapes
from monitor.web.address import Address, Asked, Parameter
from monitor.web.answers import Answer, BadQuestion, Elsewhere
from monitor.web.compare.comparison import two_versions
from monitor.web.compare.shapes import BesideRow, ChangeRow, TwoTrials
from monitor.web.compare.trials import chosen_trials, two_trials
from monitor.web.compare.viewing import PARAMETERS, viewing

_VERSION = "a number of ours, r and a number of the registry's, or a day"


def _chosen_pair(asked: Asked) -> Answer:
    query = asked.query
    if not (query.get("a") and query.get("b")):
        raise BadQuestion("two versions are needed to compare", hint="Choose them on the page of the trial.")
    both = quote(f"{query['a'][:20].strip()}...{query['b'][:20].strip()}", safe="")
    look = viewing(query)
    return Elsewhere(path=f"{addresses.trial(asked.registry, asked.trial)}/compare/{both}{look.query}")


ADDRESSES = (
    Address(
        path="/trials/{registry}/{trial}/compare",
        name="chosen_pair",
        summary="Sends a form's two versions on to their comparison",
        work=_chosen_pair,
        parameters=(
            Parameter(name="a", description=f"The older version: {_VERSION}"),
            Parameter(name="b", description=f"The newer version: {_VERSION}"),
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
        data=shapes.Event,
        rows=ChangeRow,
    ),
    Address(
        path="/compare",
        name="compare_trials",
        summary="The form for two trials; with both ids, sends on to their comparison",
        work=chosen_trials,
        parameters=(
            Parameter(name="a", description="Id of a trial, or its record's web address"),
            Parameter(name="a_at", description=f"Its version; the newest when left out: {_VERSION}"),
            Parameter(name="b", description="Id of the other trial, or its record's web address"),
            Parameter(name="b_at", description="The other's version"),
            *PARAMETERS,
        ),
    ),
    Address(
        path="/compare/{registry}/{trials}",
        name="two_trials",
        summary="What two trials have, field by field: `NCT07146087@3...NCT01730547@r2`",
        work=two_trials,
        parameters=PARAMETERS,
        data=TwoTrials,
        rows=BesideRow,
    ),
)
