"""What is stored and shown on request, but is no news: bookkeeping, spelling, markup, a date made more precise."""

from __future__ import annotations

from dataclasses import replace

from snapshots.changes.context import ENDED, Context
from snapshots.changeset import JSON, Action, FieldChange, Kind, Severity
from snapshots.dates import partial
from snapshots.fields import table
from snapshots.markup import same_in_any_order, same_words

_NOTHING: tuple[JSON, ...] = (None, {}, [], "")
_DATES_OF_RESULTS = ("results-first-submitted", "results-first-submitted-qc", "results-first-posted")
_OF_RESULTS = (*_DATES_OF_RESULTS, "has-results", "results")


def is_noise(change: FieldChange, context: Context) -> FieldChange:
    """The change, as noise where it is none other."""
    reason = _reason(change, context)
    if reason is None or change.severity is Severity.NOISE:
        return change
    return replace(change, severity=Severity.NOISE, reason=reason, tags=())


def _reason(change: FieldChange, context: Context) -> str | None:
    if context.unkept and all(path.partition(".")[0] in context.unkept for path in change.paths):
        return "the registry's history does not keep it"
    if context.unposted and context.seam and change.field in _OF_RESULTS:
        return "the registry shows results once they are posted, its history as they were submitted"
    field = table("ctgov").field(change.field)
    if field is not None and field.noise:
        return field.reason or "never news"
    before, after = change.before, change.after
    people = field is not None and field.rule == "people"  # their values say how many, not who
    # Equal values say less than what changed: how many people, a site without its staff.
    if before != after and not people and change.field != "locations" and same_words(before, after):
        return "the same words, set differently"
    if before in _NOTHING and after in _NOTHING and not people:
        return "nothing was said"
    if change.kind is Kind.CHOICE and isinstance(before, list) and same_in_any_order(before, after):
        return "the same in another order"
    if isinstance(before, str) and isinstance(after, str) and field is not None and field.rule == "post-date":
        return _same_day(change)
    post_date = field is not None and field.rule == "post-date"
    if (
        post_date
        and isinstance(before, dict)
        and isinstance(after, dict)
        and before.get("date") == after.get("date")
    ):
        return "only the type of a post date"
    if change.field == "central-contacts" and change.action is Action.REMOVED and context.new_status in ENDED:
        return "contacts vanish when a study ends"
    results_moved = (context.had_results, context.had_submitted) != (
        context.has_results,
        context.has_submitted,
    )
    if change.field in _DATES_OF_RESULTS and results_moved:
        return "told with the results themselves"
    return None


def _same_day(change: FieldChange) -> str | None:
    before, after = partial(change.before), partial(change.after)
    if before and after and before.coarse(2) == after.coarse(2) and before.precision != after.precision:
        return "the same date, given to another precision"
    return None
