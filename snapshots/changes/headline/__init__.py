"""One line for a whole change set: the weightiest first, then what a reader asks for as long as there is room."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from snapshots.changes.headline.clause import Clause, Form, wordings
from snapshots.changes.headline.line import line_of
from snapshots.changes.headline.order import asked, in_order
from snapshots.changeset import Action, FieldChange, Severity

if TYPE_CHECKING:
    from snapshots.changes.sites import Sites

_TOLD_BY = {  # these say nothing that the other does not say, when both are there
    "why-stopped": "overall-status",
    "results": "has-results",
    "results-submission": "has-results",
    "results-first-posted": "has-results",
}
_FOLLOWING = ("they follow ", "follows ", "told by ")  # reasons of what another change brings with it
_ENDING = ("overall-status", "enrollment")
_COMPLETIONS = ("primary-completion-date", "completion-date")
_AS_PLANNED = re.compile(r"Enrolment of (?P<count>[\d,]+) now actual, as planned")


def headline(changes: Sequence[FieldChange], sites: Sites | None = None, *, again: str = "") -> str:
    """sites: what `locations` among the changes came from. again: what those take back."""
    news = [change for change in changes if change.severity is not Severity.NOISE]
    if not news:
        return "Nothing but noise" if changes else "No difference"
    slugs = {change.field for change in news}
    own = [change for change in news if _TOLD_BY.get(change.field) not in slugs] or news
    own = [change for change in own if not change.reason.startswith(_FOLLOWING)] or own
    return line_of(_clauses(in_order(own), sites, again), len(own))


def _clauses(own: Sequence[FieldChange], sites: Sites | None, again: str) -> list[Clause]:
    """In the order of the changes; what several of them say together stands where the first of them does."""
    together = _together(own)
    placed = [change for change in own if change.field == "locations"]
    of_sites = (
        _of_sites(placed, sites, again, alone=len(placed) == len(own)) if sites and sites.told else None
    )
    taken: set[int] = set()
    clauses: list[Clause] = []
    for change in own:
        if id(change) in taken:
            continue
        if sites and sites.told and change.field == "locations":
            taken |= {id(one) for one in placed}
            clauses += [of_sites] if of_sites else []
            continue
        members, forms = together.get(id(change), ((change,), ()))
        taken |= {id(one) for one in members}
        clauses.append(
            Clause(
                forms=forms or wordings(change),
                severity=max(one.severity for one in members),
                asked=any(asked(one) for one in members),
                results=change.field == "results",
                as_it_is=change.field == "overall-status" or change.summary.startswith(change.item or ".."),
            )
        )
    return sorted(clauses, key=lambda clause: -clause.severity.rank)


def _of_sites(placed: Sequence[FieldChange], sites: Sites, again: str, *, alone: bool) -> Clause | None:
    """None where only contacts of sites changed, and there is other news."""
    from snapshots.changes.sites.site import What
    from snapshots.changes.sites.words import sites_in_words

    if not placed or (not alone and all(site.what is What.CONTACTS for site in sites.told)):
        return None
    weighty = sum(change.severity > Severity.MINOR or "lost" in change.reason for change in placed)
    found = sites_in_words(sites)
    forms = [Form(words=words + again, count=len(placed)) for words in found.full]
    forms += [Form(words=words + again, count=weighty) for words in found.losses if words not in found.full]
    severity = max(change.severity for change in placed)
    return Clause(forms=tuple(forms), severity=severity, kept=bool(found.losses), as_it_is=True)


def _together(own: Sequence[FieldChange]) -> dict[int, tuple[tuple[FieldChange, ...], tuple[Form, ...]]]:
    """What is told together, and in which words, by the identity of the first of its changes."""
    found: dict[int, tuple[tuple[FieldChange, ...], tuple[Form, ...]]] = {}
    status, enrolment = (next((one for one in own if one.field == slug), None) for slug in _ENDING)
    if status and enrolment and (words := _enrolled(status, enrolment)):
        found[id(status)] = ((status, enrolment), (Form(words=words, count=2),))
    if len(own) < 2:
        return found
    from snapshots.changes.headline.gathering import gathered, like, replaced

    primary, study = (next((one for one in own if one.field == slug), None) for slug in _COMPLETIONS)
    if primary and study:
        from snapshots.changes.headline.completions import both_completions

        if forms := both_completions(primary, study):
            found[id(primary)] = ((primary, study), forms)
    alike: dict[tuple[object, ...], list[FieldChange]] = {}
    for change in own:
        if (key := like(change)) is not None:
            alike.setdefault(key, []).append(change)
    for group in alike.values():
        if len(group) > 1:
            found[id(group[0])] = (tuple(group), gathered(group))
    dropped, added = (
        [one for one in own if one.field == "primary-outcomes" and one.action is action]
        for action in (Action.REMOVED, Action.ADDED)
    )
    if len(dropped) == len(added) == 1 and (forms := replaced(dropped[0], added[0])):
        found[id(dropped[0])] = ((dropped[0], added[0]), forms)
    return found


def _enrolled(status: FieldChange, enrolment: FieldChange) -> str:
    """`Recruiting → Completed, with 110 enrolled as planned`; empty when that is not what happened."""
    planned = _AS_PLANNED.fullmatch(enrolment.summary)
    if status.after != "COMPLETED" or planned is None:
        return ""
    return f"{status.summary}, with {planned['count']} enrolled as planned"
