"""The reader of the pages: what `snapshots` can tell, and what only the watching knows of a trial."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec
from sqlite_utils import Database

from monitor import watches
from monitor.acting.acknowledgements import Seen
from monitor.acting.mutes import Mute, standing
from monitor.watches import Watch
from snapshots.query import Reader

_LISTED = (
    "trial.key, trial.registry, trial.trial, trial.title, trial.status, trial.start, trial.primary_completion,"
    " trial.completion, trial.study_type = 'INTERVENTIONAL' and not trial.has_results"
)


class Listed(msgspec.Struct, frozen=True):
    """A trial that the registry has, as its newest snapshot has it: enough to choose which records to read.

    In the order of `_LISTED`: a watch may hold 20,000 of these, and each is a row as it comes.
    """

    key: int
    registry: str
    trial: str
    title: str
    status: str | None
    start: str | None  # as the registry wrote it, maybe a month only
    primary_completion: str | None
    completion: str | None
    may_owe_results: int  # SQLite's truth: none are posted, and it is a study of interventions

    @property
    def dates(self) -> tuple[str | None, ...]:
        return self.start, self.primary_completion, self.completion


class Reading(Reader):
    """One object a connection, as `Reader`."""

    @property
    def database(self) -> Database:
        """For a room's own questions. Within a page it shows one state."""
        return self._db

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

    def ended_watch(self, name: str) -> bool:
        """Is there no watch of this name any more, though there was one?"""
        if any(one.name == name for one in self.watches()):
            return False
        removed = self._db.execute(
            "select 1 from watch where name = ? and removed_at is not null limit 1", [name]
        )
        return removed.fetchone() is not None or self.knows_watch(name)

    def began(self) -> datetime:
        """When this database was made: what tells it apart from any other, copies and backups of it aside."""
        text: str = self._db.execute("select min(applied_at) from _sqlite_migrations").fetchone()[0]
        return datetime.fromisoformat(text).astimezone(UTC)

    def listed(self, registry: str, trial: str) -> Listed | None:
        """None when the registry has it no more, or no snapshot of it is stored."""
        row = self._db.execute(
            f"select {_LISTED} from trial where trial.trial = ? and trial.registry = ?"
            " and trial.state = 'present' and trial.snapshots > 0",
            [trial, registry],
        ).fetchone()
        return None if row is None else Listed(*row)

    def count_held_by(self, watch: str) -> int:
        """How many trials a watch holds now."""
        found: int = self._db.execute(
            "select ifnull(sum(watch_status.trials), 0) from watch join watch_status on watch_status.watch = watch.id"
            " where watch.name = ? and watch.removed_at is null",
            [watch],
        ).fetchone()[0]
        return found

    def held_by(self, watch: str, *, limit: int) -> list[Listed]:
        """The trials that a watch holds now, as far as `listed` knows them, in the order of their ids."""
        rows = self._db.execute(
            f"select {_LISTED} from watch join member on member.watch = watch.id and member.state = 'in'"
            " join trial on trial.trial = member.trial and trial.registry = watch.registry"
            " where watch.name = ? and watch.removed_at is null"
            " and trial.state = 'present' and trial.snapshots > 0 order by member.trial limit ?",
            [watch, limit],
        ).fetchall()
        return [Listed(*row) for row in rows]

    def muted(self, now: datetime) -> list[Mute]:
        """What is muted and snoozed at this moment."""
        return standing(self._db, now=now)

    def seen(self, trials: Iterable[str]) -> Seen:
        """Who has acknowledged what of these trials."""
        return Seen(self._db, trials)

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
