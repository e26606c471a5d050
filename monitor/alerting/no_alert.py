"""Why nobody was told of a trial to which nothing happened: who watches it, whether it was looked at, what was stored.

Reads only.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlite_utils import Database

from monitor import due, watches
from monitor.acting import mutes
from snapshots.changeset import Source
from snapshots.errors import UnknownTrial
from snapshots.instants import instant
from snapshots.query import Reader


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """A watch and a trial."""

    watch: str
    state: str  # in, left, absent (not in the registry); asked: named by it, and no sweep came to its end yet
    since: datetime | None


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A version of ours."""

    number: int
    build: str
    quiet: bool  # it holds nothing but noise


class NoAlert(msgspec.Struct, frozen=True, kw_only=True):
    trial: str
    holdings: tuple[Holding, ...]
    last_poll: datetime | None  # the last good one
    build: str | None  # the newest that a poll saw
    failures: int  # polls that failed since
    versions: tuple[Stored, ...]  # the oldest first
    silences: tuple[str, ...]  # mutes and snoozes that could keep something of it back, a line each


def why_no_alert(db: Database, registry: str, trial: str, *, now: datetime) -> NoAlert:
    known = due.standing(db, registry)
    build = db.execute("select max(build) from poll where registry = ?", [registry]).fetchone()[0]
    holdings = _holdings(db, registry, trial)
    held = {one.watch for one in holdings}
    silences = [
        str(one)
        for one in mutes.standing(db, now=now)
        if one.scope is mutes.Scope.FIELD
        or (one.scope is mutes.Scope.TRIAL and one.value == trial)
        or (one.scope is mutes.Scope.WATCH and one.value in held)
    ]
    return NoAlert(
        trial=trial,
        holdings=holdings,
        last_poll=known.last_success,
        build=build,
        failures=known.failures,
        versions=_versions(Reader(db), registry, trial),
        silences=tuple(silences),
    )


def _holdings(db: Database, registry: str, trial: str) -> tuple[Holding, ...]:
    rows = db.execute(
        "select watch.name, member.state, member.since from member join watch on watch.id = member.watch"
        " where member.trial = ? and watch.removed_at is null and watch.registry = ? order by watch.id",
        [trial, registry],
    ).fetchall()
    found = [Holding(watch=row[0], state=row[1], since=instant(row[2])) for row in rows]
    there = {one.watch for one in found}
    return (
        *found,
        *(
            Holding(watch=watch.name, state="asked", since=None)
            for watch in watches.active(db, registry=registry)
            if watch.name not in there and trial in (watch.definition.ids or ())
        ),
    )


def _versions(reader: Reader, registry: str, trial: str) -> tuple[Stored, ...]:
    try:
        versions = reader.versions(registry, trial)
    except UnknownTrial:
        return ()
    return tuple(
        Stored(number=one.ref.version, build=one.ref.build or "", quiet=one.quiet)
        for one in versions
        if one.ref.source is Source.SNAPSHOT and one.ref.version is not None
    )
