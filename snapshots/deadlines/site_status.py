"""Sites that recruit while the study does not: one of the two is out of date. No date makes it."""

from __future__ import annotations

from typing import Any

from snapshots.countries import in_words
from snapshots.deadlines.states import State, StateKind
from snapshots.reaching import below, members, struct, text
from snapshots.terms import counted, listed, said

MOST_COUNTRIES = 3  # that are named


def inconsistent_site(record: dict[str, Any]) -> list[State]:
    """`inconsistent-site`: a site is recruiting while the study's status, the last known for Unknown, is another."""
    module = struct(below(record, "protocolSection", "statusModule"))
    status, known = text(module.get("overallStatus")), "is"
    if status == "UNKNOWN":
        status, known = text(module.get("lastKnownStatus")), "was last known to be"
    if status is None or status == "RECRUITING":
        return []
    sites = [
        struct(site)
        for site in members(below(record, "protocolSection", "contactsLocationsModule", "locations"))
        if struct(site).get("status") == "RECRUITING"
    ]
    if not sites:
        return []
    countries = dict.fromkeys(in_words(name) for site in sites if (name := text(site.get("country"))))
    where = f" in {_places(list(countries))}" if countries else ""
    verb = "is" if len(sites) == 1 else "are"
    return [
        State(
            state=StateKind.INCONSISTENT_SITE,
            since=None,
            due=None,
            assumed=False,
            reason=f"{counted(len(sites), 'site')}{where} {verb} listed as recruiting, while the study {known}"
            f" “{said(status)}”",
        )
    ]


def _places(countries: list[str]) -> str:
    return listed(countries) if len(countries) <= MOST_COUNTRIES else f"{len(countries)} countries"
