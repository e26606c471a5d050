"""How many there are, from a table that triggers keep (schema 0011): whatever their size, at the cost of a few rows."""

from __future__ import annotations

from sqlite_utils import Database


def tally(db: Database, kind: str) -> dict[tuple[str, str], int]:
    """kind, and what its two labels are: see `schema`. Labels of which there are none (any more) are left out."""
    rows = db.execute("select one, other, n from tally where kind = ? and n <> 0", [kind]).fetchall()
    return {(row[0], row[1]): row[2] for row in rows}
