"""The conditions as they are stored: for the next look, and for whoever asks how things stand."""

from __future__ import annotations

from sqlite_utils import Database

from monitor.operating.conditions import Kind
from monitor.operating.notices import Known
from snapshots.instants import instant


def known_conditions(db: Database) -> list[Known]:
    """The conditions as they are stored, the oldest first."""
    rows = db.execute(
        "select id, kind, subject, text, began_at, noticed_at, told_at, clear_since from operator_condition"
        " order by began_at, id"
    ).fetchall()
    return [
        Known(
            row=row[0],
            kind=Kind(row[1]),
            subject=row[2],
            text=row[3],
            began_at=instant(row[4]),
            noticed_at=instant(row[5]),
            told_at=instant(row[6]),
            clear_since=instant(row[7]),
        )
        for row in rows
    ]
