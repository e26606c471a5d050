"""The deep check: every stored version put together once and held against its hashes, every row against its neighbours.

Some trials a look, each look a read transaction of its own that ends before their bodies are opened: whoever writes
meanwhile is not held up, and memory does not grow with the store. Each line is walked from its newest version down,
so that no body is opened twice. Changes nothing.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlite_utils import Database

from snapshots import codec, ledger
from snapshots.record import CONTENT_SIZE, content_hash, without_holder_once

TRIALS_AT_ONCE = 50
_ENTRIES_AT_ONCE = 5_000


def damage(
    db: Database, *, bodies: bool = True, progress: Callable[[int], object] | None = None
) -> Iterator[str]:
    """What is wrong with the stored versions, one line each: what, and which version of which trial.

    bodies: False looks at the rows alone. progress: called with the number of trials looked at.
    """
    yield from ledger.problems(db)
    yield from _unexplained(db)
    dictionaries = _Dictionaries(db)
    after, looked = -1, 0
    while True:
        with _one_look(db):
            part = _part(db, after, bodies=bodies)
        yield from part.damage(dictionaries, bodies=bodies)
        looked += len(part.trials)
        if progress is not None:
            progress(looked)
        if part.last:
            return
        after = max(part.trials)


@contextmanager
def _one_look(db: Database) -> Iterator[None]:
    if db.conn.in_transaction:  # the caller's: it sees what that holds
        yield
        return
    db.conn.execute("BEGIN")
    try:
        yield
    finally:
        db.conn.execute("COMMIT")


def _unexplained(db: Database) -> Iterator[str]:
    start, end = 0, ledger.ends(db)[0]
    while start < end:
        yield from unexplained(db, start, min(start + _ENTRIES_AT_ONCE, end))
        start += _ENTRIES_AT_ONCE


def unexplained(db: Database, start: int, end: int) -> Iterator[str]:
    """Versions of which only the ledger knows, and that nobody removed: of its entries after `start`, up to `end`."""
    rows = db.execute(
        "select trial.trial, ledger.archive, ledger.number from ledger"
        " left join trial on trial.key = ledger.trial left join version on version.trial = ledger.trial"
        " and version.archive = ledger.archive and version.number = ledger.number"
        " where ledger.entry > ?1 and ledger.entry <= ?2 and version.trial is null and not exists"
        " (select 1 from removed where removed.trial = ledger.trial and removed.archive = ledger.archive"
        " and ledger.number between removed.first and removed.last)",
        [start, end],
    ).fetchall()
    for trial, archive, number in rows:
        yield f"{_name(trial, archive, number)} is in the ledger and not among the versions"


class _Dictionaries:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: dict[int, codec.Dictionary | None] = {}

    def named(self, name: int) -> codec.Dictionary | None:
        """None when it is missing."""
        if name not in self._known:
            row = self._db.execute("select content from dictionary where id = ?", [name]).fetchone()
            self._known[name] = None if row is None else codec.Dictionary(row[0])
        return self._known[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A version's."""

    content: bytes | None
    size: int
    sha256: bytes | None  # the ledger's; None where the entry is missing, or another version's
    timely: bool  # its times are those that the ledger sealed, or none were


@dataclass(frozen=True, slots=True, kw_only=True)
class _Body:
    base: int | None
    dictionary: int | None
    packed: bytes | None  # None where only the rows are looked at


@dataclass(slots=True, kw_only=True)
class _Line:
    """One line of one trial: what its tables hold of it."""

    versions: dict[int, _Row] = field(default_factory=dict)
    bodies: dict[int, _Body] = field(default_factory=dict)
    heads: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    trials: dict[int, tuple[str, int, int]]  # key → (id, its numbers of snapshots and of archive versions)
    lines: dict[tuple[int, int], _Line]  # by key and archive
    last: bool

    def damage(self, dictionaries: _Dictionaries, *, bodies: bool) -> Iterator[str]:
        for (key, archive), line in sorted(self.lines.items()):
            if key not in self.trials:
                yield f"rows of a trial that there is not (key {key})"
                continue
            trial = self.trials[key][0]
            yield from _rows(trial, archive, line)
            if bodies:
                yield from _walk(trial, archive, line, dictionaries)
        for key, (trial, *counts) in self.trials.items():
            for archive, count in enumerate(counts):
                held = len(self.lines[key, archive].versions) if (key, archive) in self.lines else 0
                if held != count:
                    word = ("snapshots", "archive versions")[archive]
                    yield f"{trial} has {held} {word}, and its row says {count}"


def _part(db: Database, after: int, *, bodies: bool) -> _Part:
    """The next trials' rows. The last part has whatever lies beyond the last trial too."""
    found = db.execute(
        "select key, trial, snapshots, archived from trial where key > ? order by key limit ?",
        [after, TRIALS_AT_ONCE],
    ).fetchall()
    last = len(found) < TRIALS_AT_ONCE
    span = [after, 2**62 if last else found[-1][0]]
    lines: dict[tuple[int, int], _Line] = {}

    def line(key: int, archive: int) -> _Line:
        return lines.setdefault((key, archive), _Line())

    body = "body" if bodies else "null"
    for row in _rows_of(
        db,
        "select version.trial, version.archive, version.number, ifnull(content, substr(sha256, 1, 16)), size, sha256,"
        " ledger.trial, ledger.archive, ledger.number, ledger.times, seen_at, build, updated, submitted"
        " from version left join ledger on ledger.entry = version.entry"
        " where version.trial > ? and version.trial <= ?",
        span,
    ):
        line(row[0], row[1]).versions[row[2]] = _Row(
            content=row[3],
            size=row[4],
            sha256=row[5] if tuple(row[6:9]) == tuple(row[:3]) else None,
            timely=row[9] is None or row[9] == ledger.times_hash(*row[10:14]),
        )
    for row in _rows_of(
        db,
        f"select trial, line = 'archive', number, dictionary, {body} from head where trial > ? and trial <= ?",
        span,
    ):
        there = line(row[0], row[1])
        there.heads.append(row[2])
        there.bodies[row[2]] = _Body(base=None, dictionary=row[3], packed=row[4])
    for row in _rows_of(
        db,
        f"select trial, archive, number, base, dictionary, {body} from body where trial > ? and trial <= ?",
        span,
    ):
        line(row[0], row[1]).bodies.setdefault(row[2], _Body(base=row[3], dictionary=row[4], packed=row[5]))
    return _Part(trials={row[0]: tuple(row[1:]) for row in found}, lines=lines, last=last)


def _rows_of(db: Database, sql: str, span: Sequence[int]) -> list[Any]:
    rows: list[Any] = db.execute(sql, list(span)).fetchall()
    return rows


def _rows(trial: str, archive: int, line: _Line) -> Iterator[str]:
    """What the rows alone tell."""
    for number, row in line.versions.items():
        if row.sha256 is None:
            yield f"{_name(trial, archive, number)} has no entry in the ledger"
        elif not row.timely:
            yield f"{_name(trial, archive, number)} does not have the times that the ledger has of it"
        if number not in line.bodies:
            yield f"{_name(trial, archive, number)} has lost its body"
    for number in line.bodies:
        if number not in line.versions:
            yield f"{_name(trial, archive, number)} has a body and no version"
    if line.heads != ([max(line.versions)] if line.versions else []):
        yield f"{_name(trial, archive, max(line.versions, default=0))} is the newest, and not at the head of its line"


def _walk(trial: str, archive: int, line: _Line, dictionaries: _Dictionaries) -> Iterator[str]:
    """Every body from the newest down: those that others lean on are kept until the last of these."""
    wanted = Counter(body.base for body in line.bodies.values() if body.base is not None)
    opened: dict[int, bytes] = {}
    for number in sorted(line.bodies, reverse=True):
        one = line.bodies[number]
        name = _name(trial, archive, number)
        found = _opened(one, number, opened, dictionaries)
        if one.base is not None:
            wanted[one.base] -= 1
            if not wanted[one.base]:
                opened.pop(one.base, None)
        if isinstance(found, str):
            yield f"{name} cannot be read: {found}"
            continue
        if wanted[number]:
            opened[number] = found
        row = line.versions.get(number)
        if row is None or row.sha256 is None:
            continue  # said already
        if hashlib.sha256(found).digest() != row.sha256:
            yield f"{name} does not have the hash that the ledger has of it"
        elif len(found) != row.size:
            yield f"{name} is not as long as its row says"
        elif not _is_content(found, row.content):
            yield f"{name} does not have the content hash that its row has"


def _opened(one: _Body, number: int, opened: dict[int, bytes], dictionaries: _Dictionaries) -> bytes | str:
    """The body's bytes, or why they cannot be had."""
    dictionary = None
    if one.base is not None and one.base not in opened:
        return f"it leans on version {one.base}, which " + (
            "cannot be read" if one.base > number else "is not newer"
        )
    if one.dictionary is not None:
        dictionary = dictionaries.named(one.dictionary)
        if dictionary is None:
            return f"its dictionary {one.dictionary} is missing"
    assert one.packed is not None
    try:
        if one.base is not None:
            return codec.unpack_against(one.packed, opened[one.base])
        return codec.unpack(one.packed, dictionary)
    except (codec.CodecError, ValueError, MemoryError) as error:
        return str(error)


def _is_content(body: bytes, content: bytes | None) -> bool:
    rest = without_holder_once(body)
    if rest is not None and hashlib.sha256(rest).digest()[:CONTENT_SIZE] == content:
        return True
    try:
        return content_hash(msgspec.json.decode(body)) == content
    except (msgspec.MsgspecError, TypeError, AttributeError):
        return False


def _name(trial: str | None, archive: int, number: int) -> str:
    """As commands name it, and in words for who looks at the tables."""
    return f"{trial}@{'r' if archive else ''}{number}"
