"""Two records → one change set: what a careful reader of both would say.

Pure. The comparison says which fields differ; each field's rule says what that means; the headline is made of the
weightiest. Every path that differs is covered by exactly one change, noise included.
"""

from __future__ import annotations

from typing import Any

from snapshots.changes.context import Context
from snapshots.changes.headline import headline
from snapshots.changes.members import list_changes
from snapshots.changes.noise import is_noise
from snapshots.changes.outcomes import outcome_changes
from snapshots.changes.sites import Sites, site_changes
from snapshots.changes.submissions import submission_change
from snapshots.changes.values import value_change
from snapshots.changeset import ChangeSet, FieldChange, Severity, VersionRef
from snapshots.comparison import Difference, differences
from snapshots.facts import facts
from snapshots.fields import table

ENGINE = 1  # raised when the same two records would be read differently

_OUTCOMES = ("primary-outcomes", "secondary-outcomes", "other-outcomes")


def compare(
    old: dict[str, Any],
    new: dict[str, Any],
    *,
    registry: str = "ctgov",
    from_: VersionRef,
    to: VersionRef,
) -> ChangeSet:
    """The change set between two records of one trial; of two trials it says so in the headline.

    Raises NotAStudyRecord.
    """
    before, after = facts(old), facts(new)
    context = Context.of(old, new, from_=from_.source, to=to.source)
    found = differences(old, new, table(registry))
    changes: list[FieldChange] = []
    outcomes = [one for one in found if one.field.slug in _OUTCOMES]
    changes += outcome_changes(outcomes, context)
    submissions: list[Difference] = []
    sites: Sites | None = None
    for one in found:
        if one.field.slug in _OUTCOMES:
            continue
        if one.field.slug == "results-submission":
            submissions.append(one)
        elif one.field.slug == "locations":
            sites = site_changes(one, context)
            changes += sites.changes
        elif one.field.identity is not None:
            changes += list_changes(one, context)
        else:
            changes.append(value_change(one, context))
    if submissions:
        changes.append(submission_change(submissions, old, new, context))
    changes = [is_noise(change, context) for change in changes]
    changes.sort(key=lambda change: (-change.severity.rank, _ORDER.get(change.field, 50)))
    severity = max((change.severity for change in changes), default=Severity.NOISE)
    tags = dict.fromkeys(
        tag for change in changes if change.severity is not Severity.NOISE for tag in change.tags
    )
    said = headline(changes, sites)
    if before.trial != after.trial:
        said = f"Two different trials, {before.trial} and {after.trial}: {said}"
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


# Among changes of one severity: what a reader asks first.
_ORDER = {
    slug: number
    for number, slug in enumerate(
        (
            "overall-status", "has-results", "why-stopped", "results-submission", "primary-outcomes", "phase",
            "lead-sponsor", "arms", "interventions", "enrollment", "primary-completion-date", "completion-date",
            "start-date", "eligibility-criteria", "locations", "secondary-outcomes", "documents", "brief-title",
        )
    )
}  # fmt: skip
