"""The watch list as it stands in the database: what is watched, since when, and how far each watch has come.

A watch is its definition: renaming one loses nothing, editing one keeps what it already held. Watches come from
config.toml (`reconcile`) or from a command (`add`, `remove`); a name exists once over both.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec
from sqlite_utils import Database

from monitor.polling import held
from snapshots.database import immediate
from snapshots.instants import stamp

if TYPE_CHECKING:
    from monitor.config.settings import Watch as Configured

MEMBERS_AT_ONCE = 5_000  # let go of in one transaction: others want to write


class WatchError(Exception):
    """A watch cannot be added, removed or told apart. One line for a person."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """What a watch watches: ids, or a query (`{}` is the whole registry). Exactly one is given."""

    registry: str
    ids: tuple[str, ...] | None = None
    query: tuple[tuple[str, str], ...] | None = None

    def as_json(self) -> str:
        if self.query is not None:
            body: dict[str, Any] = {"registry": self.registry, "query": dict(sorted(self.query))}
        else:
            body = {"registry": self.registry, "ids": sorted(set(self.ids or ()))}
        return json.dumps(body, sort_keys=True, ensure_ascii=False)

    @property
    def hash(self) -> str:
        """Short, stable name of the definition; part of event ids."""
        return hashlib.sha256(self.as_json().encode()).hexdigest()[:12]

    @staticmethod
    @lru_cache(maxsize=64)  # every page asks how each watch stands
    def from_json(text: str) -> Definition:
        return Definition.from_body(json.loads(text))

    @classmethod
    def from_body(cls, body: dict[str, Any]) -> Definition:
        if "query" in body:
            return cls(registry=body["registry"], query=tuple(sorted(body["query"].items())))
        return cls(registry=body["registry"], ids=tuple(body["ids"]))


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    row: int
    name: str
    definition: Definition
    origin: str  # "config" or "command"
    tell_first: bool  # a new watch that tells of the trials it holds from the start
    baseline: bool  # True until a complete sweep of this definition was stored
    finished: str | None  # the registry's stamp of the last build swept completely
    finished_at: str | None  # when, ISO UTC
    tried_at: str | None
    error: str | None  # why the last try did not finish

    @property
    def registry(self) -> str:
        return self.definition.registry

    @property
    def key(self) -> str:
        """Names the watch in ids of events: its definition, for a name may change.

        The file and a command may each have come to hold the same definition.
        """
        return self.definition.hash if self.origin == "config" else f"{self.definition.hash}c"


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A watch that a poll has work with: all of it but its list of ids, which may be long."""

    row: int
    name: str
    definition_hash: str
    query: tuple[tuple[str, str], ...] | None  # None: a watch of ids; () is the whole registry
    origin: str
    tell_first: bool
    baseline: bool
    finished: str | None
    whole: str | None  # the stamp of the last build of which whole records were stored; of a query

    @property
    def key(self) -> str:
        """As a `Watch` has it."""
        return self.definition_hash if self.origin == "config" else f"{self.definition_hash}c"

    @property
    def mirror(self) -> bool:
        """Does it watch the whole registry?"""
        return self.query == ()


def all_finished(db: Database, *, registry: str, build: str) -> bool:
    """Whether every watch has finished this build. Reads no definition."""
    row = db.execute(
        "select 1 from watch where registry = ? and removed_at is null and finished is not ? limit 1",
        [registry, build],
    ).fetchone()
    return row is None


def due(db: Database, *, registry: str, build: str | None) -> list[Due]:
    """The watches that have not finished this build, in the order they were added; all of them for None."""
    rows = db.execute(
        "select id, name, definition_hash, json_extract(definition, '$.query'), origin, tell_first, baseline,"
        " finished, whole from watch where registry = ?1 and removed_at is null"
        " and (?2 is null or finished is not ?2) order by id",
        [registry, build],
    ).fetchall()
    return [
        Due(
            row=row[0],
            name=row[1],
            definition_hash=row[2],
            query=None if row[3] is None else tuple(sorted(json.loads(row[3]).items())),
            origin=row[4],
            tell_first=bool(row[5]),
            baseline=bool(row[6]),
            finished=row[7],
            whole=row[8],
        )
        for row in rows
    ]


def name_ids(db: Database, due: Iterable[Due]) -> None:
    """temp.named: (trial, watch) of these watches of ids, each merged id with its survivor. No list is read for it."""
    db.execute(
        "create temp table if not exists named (trial text, watch integer, primary key (trial, watch)) without rowid"
    )
    with db.atomic():
        db.execute("delete from temp.named")
        db.conn.executemany(
            "insert or ignore into temp.named select json_each.value, watch.id"
            " from watch, json_each(watch.definition, '$.ids') where watch.id = ?",
            [(one.row,) for one in due if one.query is None],
        )


def names(db: Database, row: int, trial: str) -> bool:
    """Whether a watch's definition names a trial by its id."""
    found = db.execute(
        "select 1 from watch, json_each(watch.definition, '$.ids') where watch.id = ? and json_each.value = ?",
        [row, trial],
    )
    return found.fetchone() is not None


def holds(db: Database, row: int, trial: str) -> bool:
    """Whether a watch holds a trial now."""
    found = db.execute("select 1 from member where watch = ? and trial = ? and state = 'in'", [row, trial])
    return found.fetchone() is not None


def let_go(db: Database, removed: Iterable[int]) -> None:
    """Forget the trials of watches that are watched no more, some thousand a transaction: they may be a registry's."""
    for row in removed:
        gone = MEMBERS_AT_ONCE
        while gone == MEMBERS_AT_ONCE:
            with immediate(db):
                rows = db.execute(
                    "select watch, trial from member where watch = ? limit ?", [row, MEMBERS_AT_ONCE]
                ).fetchall()
                db.conn.executemany("delete from member where watch = ? and trial = ?", rows)
            gone = len(rows)


def active(db: Database, *, registry: str | None = None) -> list[Watch]:
    """All watches that are not removed, in the order they were added."""
    rows = db.execute(
        "select id, name, definition, origin, baseline, finished, finished_at, tried_at, error, tell_first"
        " from watch"
        " where removed_at is null and (?1 is null or registry = ?1) order by id",
        [registry],
    ).fetchall()
    return [
        Watch(
            row=row[0],
            name=row[1],
            definition=Definition.from_json(row[2]),
            origin=row[3],
            baseline=bool(row[4]),
            finished=row[5],
            finished_at=row[6],
            tried_at=row[7],
            error=row[8],
            tell_first=bool(row[9]),
        )
        for row in rows
    ]


def registries(db: Database) -> set[str]:
    """Those of which something is watched."""
    rows = db.execute("select distinct registry from watch where removed_at is null").fetchall()
    return {row[0] for row in rows}


def configured(db: Database) -> list[tuple[str, str]]:
    """Name and hash of the definition of each watch that the configuration asked for, sorted."""
    rows = db.execute(
        "select name, definition_hash from watch where removed_at is null and origin = 'config'"
        " order by name, definition_hash"
    ).fetchall()
    return [(row[0], row[1]) for row in rows]


FIRST_LOOKS_OWED = (
    "from first_look join watch on watch.id = first_look.watch where baseline = 0 and removed_at is null"
)


def first_look_owed(db: Database) -> bool:
    """Whether a watch whose first sweep is over waits for the message that sums it up."""
    return db.execute(f"select 1 {FIRST_LOOKS_OWED} limit 1").fetchone() is not None


def removed(db: Database, *, registry: str) -> list[int]:
    """Rows of watches that are watched no more but may still hold trials."""
    rows = db.execute("select id from watch where removed_at is not null and registry = ?", [registry])
    return [row[0] for row in rows.fetchall()]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A watch as a configuration asks for it."""

    name: str
    definition: Definition
    tell_first: bool = False
    sum_up_first: bool = False  # say in one message what it holds, once its first sweep came to its end


def wanted_of(configured: Iterable[Configured]) -> list[Wanted]:
    """The watches of a configuration."""
    return [
        Wanted(
            name=one.name,
            definition=Definition.from_body(one.definition()),
            tell_first=one.baseline == "tell",
            sum_up_first=one.baseline == "summary",
        )
        for one in configured
    ]


def reconcile(db: Database, wanted: Sequence[Wanted], *, now: datetime) -> None:
    """Make the watches of origin `config` those of the configuration. Caller owns the transaction.

    Same definition under another name: renamed. Same name with another definition: edited, due on the same
    build, silent about what enters or leaves by it. Neither: a new watch, or one removed.
    """
    stored = {watch.row: watch for watch in active(db)}
    by_command = {watch.name: watch for watch in stored.values() if watch.origin == "command"}
    ours = [watch for watch in stored.values() if watch.origin == "config"]
    for one in wanted:
        if one.name in by_command:
            raise WatchError(
                f"watch name taken: `{one.name}` is in config.toml and was also added by a command",
                hint=f"rename it in config.toml, or run `trialbell watch remove '{one.name}'`",
            )
    matched: dict[int, Wanted] = {}
    left_over: list[Wanted] = []
    for one in wanted:
        # A definition that is already there wins over a name: two watches may have swapped names.
        same = [w for w in ours if w.row not in matched and w.definition.hash == one.definition.hash]
        same.sort(key=lambda w: w.name != one.name)
        if same:
            matched[same[0].row] = one
        else:
            left_over.append(one)
    for one in list(left_over):
        edited = [w for w in ours if w.row not in matched and w.name == one.name]
        if edited:
            matched[edited[0].row] = one
            left_over.remove(one)
    for watch in ours:
        if watch.row not in matched:
            _remove(db, watch, now)
    renamed = {row: to.name for row, to in matched.items() if stored[row].name != to.name}
    for row in renamed:  # free the names first: names may be swapped between two rows
        db.execute("update watch set name = ? where id = ?", [f"\0{row}", row])
    for row, name in renamed.items():
        db.execute("update watch set name = ? where id = ?", [name, row])
        held.rename(db, stored[row].registry, f"watch {stored[row].name}", f"watch {name}")
    for row, to in matched.items():
        if stored[row].definition.hash != to.definition.hash:
            _redefine(db, row, to.definition)
            if to.definition.ids is not None:
                _narrow(db, row, to.definition.ids, now)
    for one in left_over:
        _insert(db, one, origin="config", now=now)


def add(db: Database, name: str, definition: Definition, *, now: datetime) -> Watch:
    """A watch from a command. Caller owns the transaction."""
    refuse_another(active(db), name, definition)
    row = _insert(db, Wanted(name=name, definition=definition), origin="command", now=now)
    return next(watch for watch in active(db) if watch.row == row)


def refuse_another(stored: Sequence[Watch], name: str, definition: Definition) -> None:
    """Raises WatchError where one of the watches has the definition or the name already."""
    for watch in stored:
        if watch.definition.hash == definition.hash:
            raise WatchError(f"already watched: watch `{watch.name}` has the same definition")
    for watch in stored:
        if watch.name == name:
            raise WatchError(
                f"watch name taken: `{name}` ({watch.origin})", hint="choose another with --name"
            )


def remove(db: Database, name: str, *, now: datetime) -> Watch:
    """End a watch that a command added. Versions, events and deliveries stay. Caller owns the transaction."""
    for watch in active(db):
        if watch.name == name:
            if watch.origin == "config":
                raise WatchError(
                    f"watch `{name}` stands in config.toml", hint="remove its [[watch]] table there"
                )
            _remove(db, watch, now)
            return watch
    raise WatchError(f"no such watch: `{name}`", hint="`trialbell watch list` shows them")


def wider(definition: Definition, ids: Iterable[str]) -> Definition:
    """A definition by ids with these added."""
    return Definition(registry=definition.registry, ids=tuple(sorted({*(definition.ids or ()), *ids})))


def extend(db: Database, name: str, ids: Iterable[str]) -> Watch:
    """Add ids to a watch of ids that a command added. Caller owns the transaction."""
    for watch in active(db):
        if watch.name == name and watch.origin == "command" and watch.definition.ids is not None:
            definition = wider(watch.definition, ids)
            if definition.hash != watch.definition.hash:
                _redefine(db, watch.row, definition)
            return next(one for one in active(db) if one.row == watch.row)
    raise WatchError(f"no watch of ids added by a command has this name: `{name}`")


def holding(db: Database, trial: str, *, registry: str) -> tuple[str, ...]:
    """Names of the watches that hold a trial now."""
    rows = db.execute(
        "select watch.name from member join watch on watch.id = member.watch"
        " where member.trial = ? and member.state = 'in' and watch.removed_at is null and watch.registry = ?"
        " order by watch.id",
        [trial, registry],
    ).fetchall()
    return tuple(row[0] for row in rows)


def all_held(db: Database, *, registry: str) -> list[str]:
    """The trials that any watch holds now, each once."""
    rows = db.execute(
        "select distinct member.trial from member join watch on watch.id = member.watch"
        " where member.state = 'in' and watch.removed_at is null and watch.registry = ? order by member.trial",
        [registry],
    ).fetchall()
    return [row[0] for row in rows]


def held_trials(db: Database, watch: int) -> list[str]:
    """The trials that a watch holds now."""
    return list(each_held(db, watch))


def held_by_name(db: Database, name: str) -> str:
    """SQL that says whether the watches of this name hold the trial that stands for `{trial}`."""
    rows = ", ".join(str(one.row) for one in active(db) if one.name == name)
    return (
        f"exists (select 1 from member where member.watch in ({rows}) and member.trial = {{trial}}"
        " and member.state = 'in')"
    )


def each_held(db: Database, watch: int, *, at_a_time: int = 1000) -> Iterator[str]:
    """The same, read in pieces: of a watch that holds a whole registry."""
    after = ""
    while True:
        rows = db.execute(
            "select trial from member where watch = ? and trial > ? and state = 'in' order by trial limit ?",
            [watch, after, at_a_time],
        ).fetchall()
        if not rows:
            return
        after = rows[-1][0]
        yield from (row[0] for row in rows)


def _insert(db: Database, one: Wanted, *, origin: str, now: datetime) -> int:
    definition = one.definition
    cursor = db.execute(
        "insert into watch (name, registry, definition, definition_hash, origin, tell_first, added_at)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        [
            one.name,
            definition.registry,
            definition.as_json(),
            definition.hash,
            origin,
            int(one.tell_first),
            stamp(now),
        ],
    )
    assert cursor.lastrowid is not None
    if one.sum_up_first:
        db.execute("insert into first_look (watch) values (?)", [cursor.lastrowid])
    return cursor.lastrowid


def _redefine(db: Database, row: int, definition: Definition) -> None:
    db.execute(
        "update watch set definition = ?, definition_hash = ?, registry = ?, baseline = 1, finished = null,"
        " finished_at = null, tried_at = null, error = null, tell_first = 0, whole = null where id = ?",
        [definition.as_json(), definition.hash, definition.registry, row],
    )


def _narrow(db: Database, row: int, ids: Iterable[str], now: datetime) -> None:
    """What it no longer names it no longer holds; the rest stays established.

    All of it is left to a watch that is removed by that, and the rest taken along: it may have been a registry's.
    """
    size = "select count(*) from (select 1 from member where watch = ? limit ?)"
    if db.execute(size, [row, MEMBERS_AT_ONCE]).fetchone()[0] < MEMBERS_AT_ONCE:
        db.execute(
            "delete from member where watch = ?1 and trial not in (select json_each.value"
            " from watch, json_each(watch.definition, '$.ids') where watch.id = ?1)",
            [row],
        )
        return
    columns = "name, registry, definition, definition_hash, origin, tell_first, added_at"
    before = db.execute(f"select {columns} from watch where id = ?", [row]).fetchone()
    db.execute("update watch set removed_at = ? where id = ?", [stamp(now), row])
    cursor = db.execute(f"insert into watch ({columns}) values (?, ?, ?, ?, ?, ?, ?)", list(before))
    db.conn.executemany(
        "insert or ignore into member select ?, trial, state, since from member where watch = ? and trial = ?",
        [(cursor.lastrowid, row, trial) for trial in ids],
    )


def _remove(db: Database, watch: Watch, now: datetime) -> None:
    # Its members stay until the next complete sweep: a trial that another watch takes over in the same
    # edit was watched without a break, and what happened to it meanwhile is news.
    db.execute("update watch set removed_at = ? where id = ?", [stamp(now), watch.row])
    for one in held.standing(db, registry=watch.registry):
        if one.kind == held.VANISHED and one.subject == f"watch {watch.name}":
            held.decide(db, one.row, "passed", now)
