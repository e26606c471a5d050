"""That results were posted, where the record's own flag does not say it."""

from __future__ import annotations

from msgspec.structs import replace

from snapshots.changes.context import Context
from snapshots.comparison import Difference
from snapshots.fields import table


def as_posting(one: Difference, context: Context) -> Difference:
    """In the registry's history the flag stands from the submission on, and the day says that results were posted."""
    field = table("ctgov").field("has-results")
    if one.field.slug != "results-first-posted" or not context.posting_told or field is None:
        return one
    return replace(one, field=field, old=context.had_results, new=context.has_results)
