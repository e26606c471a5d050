"""The trials that watches name by their ids, each once, and who names them; read from the database some at a time.

A merged id is asked for with its survivor: it may be published again under its own name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlite_utils import Database

from monitor import watches
from monitor.watches import Due

_AT_ONCE = 1000  # ids in memory


class Named:
    """Of the watches of ids among these. Holds until the next is made on this connection."""

    def __init__(self, db: Database, registry: str, due: Sequence[Due]) -> None:
        self._db = db
        self._by_row = {watch.row: watch for watch in due if watch.query is None}
        self.merged = merged(db, registry)  # id → the one that it was merged into
        watches.name_ids(db, self._by_row.values())
        with db.atomic():
            db.conn.executemany(
                "insert or ignore into temp.named select ?, watch from temp.named where trial = ?",
                [(survivor(trial, self.merged), trial) for trial in self.merged],
            )

    @property
    def watches(self) -> Sequence[Due]:
        return list(self._by_row.values())

    def ids(self) -> Iterator[str]:
        """In order."""
        last = ""
        while rows := self._db.execute(
            "select distinct trial from temp.named where trial > ? order by trial limit ?", [last, _AT_ONCE]
        ).fetchall():
            last = rows[-1][0]
            yield from (row[0] for row in rows)

    def holders(self, trial: str) -> list[Due]:
        rows = self._db.execute("select watch from temp.named where trial = ? order by watch", [trial])
        return [self._by_row[row[0]] for row in rows.fetchall()]


def merged(db: Database, registry: str) -> dict[str, str]:
    """Id → the one that it was merged into."""
    return dict(db.execute("select trial, survivor from alias where registry = ?", [registry]).fetchall())


def survivor(trial: str, merged: Mapping[str, str]) -> str:
    """The id to ask for: itself, or the record that it was merged into."""
    for _ in range(len(merged)):  # a survivor may be merged in its turn
        if trial not in merged:
            break
        trial = merged[trial]
    return trial
