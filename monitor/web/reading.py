"""The reader of the pages: what `snapshots` can tell, and what only the watching knows of a trial."""

from __future__ import annotations

from monitor import watches
from monitor.watches import Watch
from snapshots.query import Reader


class Reading(Reader):
    """One object a connection, as `Reader`."""

    def watches(self) -> list[Watch]:
        return watches.active(self._db)

    def knows_watch(self, name: str) -> bool:
        """Is there a watch of this name, or was there one that an event was told for?"""
        if any(one.name == name for one in self.watches()):
            return True
        return (
            self._db.execute("select 1 from event_watch where watch = ? limit 1", [name]).fetchone()
            is not None
        )

    def confirmed_in(self, registry: str, trial: str) -> str | None:
        """The newest build of which a complete sweep found the trial as it is stored; None when none is known.

        A watch that is finished on a build has seen all that it holds. Not so a trial that the answer lacked,
        nor one whose new record waits for a decision.
        """
        row = self._db.execute(
            "select max(watch.finished) from member join watch on watch.id = member.watch"
            " where member.trial = ?1 and member.state = 'in' and watch.registry = ?2"
            " and not exists (select 1 from absence where registry = ?2 and trial = ?1)"
            " and not exists (select 1 from staged where registry = ?2 and trial = ?1)",
            [trial, registry],
        ).fetchone()
        return row[0][:10] if row[0] else None

    def newest_build(self) -> str | None:
        """Of the last polls; a day."""
        row = self._db.execute(
            "select max(build) from (select build from poll order by id desc limit 50)"
        ).fetchone()
        return row[0][:10] if row[0] else None
