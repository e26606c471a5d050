"""Looking words up in what the records say now and said on any day, and in what changed.

`wording` what is searched · `asking` what a person typed, as an expression that SQLite takes · `index` writing,
a batch of trials at a time · `finding` reading · `marking` the words in the text that was found.

The index follows the versions with a delay that is known: whoever searches is told how many trials are behind.
"""

from __future__ import annotations

from datetime import date

from sqlite_utils import Database

# A migration makes tables with these: they are never changed, only added to by another migration.
COLUMNS = ("title", "ids", "conditions", "interventions", "sponsor", "outcomes", "places")
CHANGE_COLUMNS = ("headline", "summaries", "texts", "about")

MANNER = 1  # of reading texts off (wording.py); a higher one makes the whole index be written anew

DAY_ROOM = 4096  # numbers of documents for the trials last updated on one day
_FIRST_DAY = date(1990, 1, 1)  # before any registry; what has no day of update stands here


def day_number(day: str | None) -> int:
    """An ISO day as it leads the numbers of documents; 0 when it is not known to the day."""
    try:
        return max(0, (date.fromisoformat(day or "") - _FIRST_DAY).days)
    except ValueError:
        return 0


def is_behind(db: Database) -> bool:
    """Whether `index.catch_up` has something to do. A few microseconds, and nothing imported for it."""
    return bool(
        db.execute(
            "select manner != ? or exists (select 1 from unsearched where why is null)"
            " or exists (select 1 from event where sequence > search_state.event) from search_state",
            [MANNER],
        ).fetchone()[0]
    )
