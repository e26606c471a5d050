"""Addresses of comparisons."""

from __future__ import annotations

from urllib.parse import quote

from monitor import addresses
from monitor.web.address import Address, Asked, Parameter
from monitor.web.answers import Answer, BadQuestion, Elsewhere
from monitor.web.compare import comparison
from monitor.web.drawing.names import version_named

_VERSION = {"type": "string", "pattern": "^[rR]?[1-9][0-9]{0,8}$"}


def _chosen_pair(asked: Asked) -> Answer:
    query = asked.query
    if not (query.get("a") and query.get("b")):
        raise BadQuestion("two versions are needed to compare", hint="Choose them on the page of the trial.")
    for text in (query["a"], query["b"]):
        if version_named(text) is None:
            raise BadQuestion(
                f"no number of a version: `{text[:20]}`", hint="`3` or `r12`, as the trial's page has them."
            )
    both = quote(f"{query['a'][:20]}...{query['b'][:20]}", safe="")
    return Elsewhere(path=f"{addresses.trial(asked.registry, asked.trial)}/compare/{both}")


def _compare(asked: Asked) -> Answer:
    return comparison.one_comparison(
        asked.reader, asked.registry, asked.trial, asked.path["pair"], asked.setting
    )


ADDRESSES = (
    Address(
        path="/trials/{registry}/{trial}/compare",
        name="chosen_pair",
        summary="Sends a form's two versions on to their comparison",
        work=_chosen_pair,
        parameters=(
            Parameter(name="a", description="The older version", schema=_VERSION, required=True),
            Parameter(name="b", description="The newer version", schema=_VERSION, required=True),
        ),
        sends_on=303,
        answers=False,
    ),
    Address(
        path="/trials/{registry}/{trial}/compare/{pair}",
        name="compare",
        summary="Two versions of a trial beside each other: `3...4`, `r1...r2`, `r2...1`",
        work=_compare,
    ),
)
