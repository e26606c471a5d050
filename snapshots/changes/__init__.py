"""Two records → one change set: what a careful reader of both would say.

Pure. The comparison says which fields differ; each field's rule says what that means; the headline is made of the
weightiest. Every path that differs is covered by exactly one change, noise included. The rules of sites, of results,
of members and of outcomes are loaded when a field of theirs differs: a status that changed needs none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from snapshots.changes.context import Context
from snapshots.changes.following import followed
from snapshots.changes.headline import headline
from snapshots.changes.headline.order import in_order
from snapshots.changes.making import TRIPPED, unreadable
from snapshots.changes.noise import is_noise
from snapshots.changes.posting import as_posting
from snapshots.changes.values import value_change
from snapshots.changeset import ENGINE, ChangeSet, FieldChange, Severity, VersionRef
from snapshots.comparison import Difference, differences
from snapshots.facts import facts
from snapshots.fields import table
from snapshots.past import Past, changed_on
from snapshots.record import keys_sorted
from snapshots.terms import listed

if TYPE_CHECKING:
    from snapshots.changes.sites import Sites

_OUTCOMES = ("primary-outcomes", "secondary-outcomes", "other-outcomes")
_TOGETHER = (*_OUTCOMES, "results-submission")  # read over several fields


def compare(
    old: dict[str, Any],
    new: dict[str, Any],
    *,
    registry: str = "ctgov",
    from_: VersionRef,
    to: VersionRef,
    past: Past = (),
    as_stored: bool = False,
) -> ChangeSet:
    """The change set between two records of one trial; of two trials it says so in the headline.

    past: what led to the older one in its line; a change that takes back one of it says so.
    as_stored: both come from the store, so that their keys are sorted already.

    Raises NotAStudyRecord.
    """
    if not as_stored:  # what is said does not depend on the order in which keys came
        old, new = keys_sorted(old), keys_sorted(new)
    before, after = facts(old), facts(new)
    context = Context.of(old, new, from_=from_.source, to=to.source)
    found = [as_posting(one, context) for one in differences(old, new, table(registry))]
    changes: list[FieldChange] = []
    outcomes = [one for one in found if one.field.slug in _OUTCOMES and one.lists]
    if outcomes:
        from snapshots.changes.outcomes import outcome_changes

        changes += guarded(outcomes, lambda: outcome_changes(outcomes, context))
    submissions = [one for one in found if one.field.slug == "results-submission"]
    if submissions:
        from snapshots.changes.submissions import submission_changes

        of_submissions = guarded(submissions, lambda: submission_changes(submissions, old, new, context))
        changes += of_submissions
        if any(change.severity > Severity.MINOR for change in of_submissions):
            context = msgspec.structs.replace(context, submission_told=True)
    sites: list[Sites] = []
    for one in found:
        if one.field.slug not in _TOGETHER or (one.field.slug in _OUTCOMES and not one.lists):
            changes += guarded([one], partial(_read, one, context, sites))
    changes = followed([is_noise(change, context) for change in changes])
    two_trials = before.trial != after.trial
    again_of_sites = ""
    if two_trials:
        changes = [_of_two_trials(change) for change in changes]
    elif past:
        from snapshots.changes.undone import undone

        again = undone(changes, past, day=changed_on(from_, to))
        changes, again_of_sites = again.changes, again.of_sites
    changes = in_order(changes)
    severity = max((change.severity for change in changes), default=Severity.NOISE)
    tags = dict.fromkeys(
        tag for change in changes if change.severity is not Severity.NOISE for tag in change.tags
    )
    if two_trials:
        labels = dict.fromkeys(change.label for change in changes if change.severity is not Severity.NOISE)
        said = f"Two different trials, {before.trial} and {after.trial}, differ in {listed(list(labels), 6)}"
    else:
        said = headline(changes, sites[0] if sites else None, again=again_of_sites)
    return ChangeSet(
        registry=registry,
        trial=after.trial,
        title=after.title,
        from_=from_,
        to=to,
        changes=tuple(changes),
        headline=said,
        severity=severity,
        tags=tuple(tags),
        engine=ENGINE,
    )


def _of_two_trials(change: FieldChange) -> FieldChange:
    """Nothing happened: that one trial is not the other weighs nothing."""
    if change.severity is Severity.NOISE:
        return change
    return replace(change, severity=Severity.MINOR, reason="two different trials", tags=())


def guarded(found: Sequence[Difference], read: Callable[[], list[FieldChange]]) -> list[FieldChange]:
    """What a rule says; a rule that trips over a record tells less, and never keeps a poll from its other trials."""
    try:
        return read()
    except Exception:  # noqa: BLE001 - whatever it is, that the fields changed is known
        return [unreadable(one, TRIPPED) for one in found]


def _read(one: Difference, context: Context, sites: list[Sites]) -> list[FieldChange]:
    """The changes of one field; what the headline is to know of sites is put beside."""
    if one.field.rule == "results":
        from snapshots.changes.results import result_changes

        return result_changes(one, context)
    if one.field.identity is None:
        return [value_change(one, context)]
    if not one.lists:
        return [unreadable(one)]
    if one.field.slug == "locations":
        from snapshots.changes.sites import site_changes

        sites.append(site_changes(one, context))
        return sites[0].changes
    from snapshots.changes.members import list_changes

    return list_changes(one, context)
