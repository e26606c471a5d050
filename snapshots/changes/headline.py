"""One line for a whole change set: the weightiest first, what belongs together said once."""

from __future__ import annotations

from collections.abc import Sequence

from snapshots.changeset import FieldChange, Severity
from snapshots.terms import counted

MOST = 2  # sentences in a headline
_TOLD_BY = {  # these say nothing that the other does not say, when both are there
    "why-stopped": "overall-status",
    "results": "has-results",
    "results-submission": "has-results",
    "results-first-posted": "has-results",
}


def headline(changes: Sequence[FieldChange]) -> str:
    """changes: the weightiest first."""
    news = [change for change in changes if change.severity is not Severity.NOISE]
    if not news:
        return "Nothing but noise" if changes else "No difference"
    slugs = {change.field for change in news}
    own = [change for change in news if _TOLD_BY.get(change.field) not in slugs] or news
    top = [change for change in own if change.severity is own[0].severity]
    sites = [change for change in own if change.field == "locations"]
    said = list(dict.fromkeys(change.summary for change in top))
    if len(sites) > 1 and own[0].field == "locations" and own[0].severity is Severity.MINOR:
        said = [_sites(sites)] + [change.summary for change in top if change.field != "locations"]
    shown = said[:MOST]
    left = len(own) - len(shown) if not (sites and len(sites) > 1) else len(said) - len(shown)
    if left > 0:
        shown.append(f"{counted(left, 'other change')}")
    return "; ".join(shown)


def _sites(changes: Sequence[FieldChange]) -> str:
    words = [change.summary for change in changes]
    if len(words) <= MOST:
        return "; ".join(words)
    verbs: dict[str, int] = {}
    for change in changes:
        verb = change.summary.split(":", 1)[0]
        verbs[verb] = verbs.get(verb, 0) + 1
    return "; ".join(f"{verb} ({count})" if count > 1 else verb for verb, count in list(verbs.items())[:3])
