"""How far a record's results have come.

The registry shows results once they are posted; its record history shows them from their submission on, also when
they were returned, under the same flag. What proves the posting there is its day.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from snapshots.changeset import Source
from snapshots.reaching import below, struct


class Results(StrEnum):
    NONE = "none"
    SUBMITTED = "submitted"  # not posted yet; only the record history shows such
    POSTED = "posted"


def results_of(record: dict[str, Any], source: Source) -> Results:
    """source: a file may be of the record history too, and every published record with results has the day."""
    if record.get("hasResults") is not True and not record.get("resultsSection"):
        return Results.NONE
    posted = struct(below(record, "protocolSection", "statusModule", "resultsFirstPostDateStruct"))
    if source in (Source.ARCHIVE, Source.FILE) and not posted:
        return Results.SUBMITTED
    return Results.POSTED
