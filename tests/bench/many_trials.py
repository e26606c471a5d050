"""A store of a hundred thousand trials of eight versions: a few thousand stored as polls do, each copied.

Some generated trials are stored as polls store them, with change sets and events. Each is then copied in SQL under
other ids, as often as is needed: rows, bodies, deltas, events and ledger entries of its own, the ledger's chain
computed anew. What a copy's record calls itself is still the first one's id; nothing of a page's cost depends on it.
The words' index is brought up to date by its own code. Watches hold all of them, a thousand and a hundred; every
third event was delivered.
"""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from doubles.filled_store import fill
from sqlite_utils import Database

from monitor import watches
from monitor.database import open_for_writing
from monitor.watches import Definition
from notifiers.moments import moment_text
from snapshots.ledger import EVERY, START, entry_hash
from snapshots.search.index import catch_up

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SOURCES = 2_000  # trials that are not copies
TEAM = "team"

# Columns that name a row of another table; all else is copied as it is.
_COPIED = {
    "trial": {"key": "key + :keys", "trial": "printf('NCT%08d', key + :keys)"},
    "head": {"trial": "trial + :keys"},
    "ledger": {"entry": "entry + :entries", "trial": "trial + :keys"},
    "version": {"trial": "trial + :keys", "entry": "entry + :entries"},
    "body": {"trial": "trial + :keys"},
    "turning": {"trial": "trial + :keys"},
    "deadline": {"trial": "trial + :keys"},
    "event": {
        "sequence": "sequence + :events",
        "trial": "printf('NCT%08d', key + :keys)",
        "id": "replace(event.id, event.trial, printf('NCT%08d', key + :keys))",
    },
    "change": {"event": "event + :events"},
    "event_watch": {"event": "event + :events"},
    "event_tag": {"event": "event + :events"},
}
# Which rows of each are the first ones; of the rest, by `trial <= :keys`.
_LIMITS = {
    "event": "sequence <= :events and trial.key <= :keys",
    "change": "event <= :events",
    "event_watch": "event <= :events",
    "event_tag": "event <= :events",
    "ledger": "entry <= :entries",
    "trial": "key <= :keys",
}


def made(path: Path, *, trials: int, versions: int = 8, sources: int = SOURCES) -> None:
    """The database, which is not there yet. Of trials that are no multiple of `sources`, the next smaller one."""
    fill(path, min(sources, trials), versions)
    with closing(open_for_writing(path)) as db:
        db.conn.execute("PRAGMA foreign_keys = off")
        db.conn.execute("PRAGMA synchronous = off")
        count = {
            "keys": db.execute("select max(key) from trial").fetchone()[0],
            "entries": db.execute("select max(entry) from ledger").fetchone()[0],
            "events": db.execute("select max(sequence) from event").fetchone()[0],
        }
        for time in range(1, trials // count["keys"]):
            _copy(db, count, time)
        _chain(db)
        _watch(db)
        _deliver(db)
        catch_up(db)
        db.conn.commit()
        db.conn.execute("PRAGMA wal_checkpoint(truncate)")


def _copy(db: Database, count: dict[str, int], time: int) -> None:
    for name, changed in _COPIED.items():
        columns = [row[1] for row in db.execute(f"pragma table_xinfo({name})") if row[6] == 0]
        values = [changed.get(one, f'{name}."{one}"') for one in columns]
        for number, value in enumerate(values):  # the offset of this copy, the limits of the first
            values[number] = value.replace(":", f"{time} * :")
        joined = "join trial on trial.trial = event.trial" if name == "event" else ""
        limit = _LIMITS.get(name, "trial <= :keys")
        db.conn.execute(
            f"insert into {name} ({', '.join(f'{chr(34)}{one}{chr(34)}' for one in columns)})"
            f" select {', '.join(values)} from {name} {joined} where {limit}",
            count,
        )
    db.conn.commit()


def _chain(db: Database) -> None:
    """The chain hashes that the copies' entries would have, as `ledger.append` keeps them."""
    rows = db.conn.execute(
        "select entry, registry, trial.trial, line, number, sha256, times from ledger"
        " join trial on trial.key = ledger.trial order by entry"
    ).fetchall()
    chain, kept = START, []
    for entry, *named in rows:
        chain = entry_hash(chain, *named)
        kept.append((chain if entry % EVERY == 0 or entry == rows[-1][0] else None, entry))
    db.conn.executemany("update ledger set chain = ? where entry = ?", kept)
    db.conn.commit()


def _watch(db: Database) -> None:
    many: int = db.execute("select count(*) from trial").fetchone()[0]
    everything = watches.add(db, "all", Definition(registry="ctgov", query=()), now=NOW)
    _hold(db, everything.row, 10_000_000)
    for name, held in (("a thousand", min(1_000, many // 2)), ("a hundred", min(100, many // 4))):
        ids = [row[0] for row in db.execute("select trial from trial order by trial limit ?", [held])]
        one = watches.add(db, name, Definition(registry="ctgov", ids=tuple(ids)), now=NOW)
        db.conn.execute("delete from member where watch = ?", [one.row])
        _hold(db, one.row, held)
    db.conn.execute(
        "update watch set finished = '2026-11-23', finished_at = ?, tried_at = ?",
        [NOW.isoformat(), NOW.isoformat()],
    )
    db.conn.execute(
        "insert into event_watch (watch, severity, event) select 'a thousand', event.severity, event.sequence"
        " from event join (select trial from trial order by trial limit 1000) using (trial)"
    )
    db.conn.commit()


def _hold(db: Database, watch: int, most: int) -> None:
    db.conn.execute(
        "insert into member (watch, trial, state, since) select ?, trial, 'in', '2026-01-01' from trial"
        " order by trial limit ?",
        [watch, most],
    )
    db.conn.commit()


def _deliver(db: Database) -> None:
    """Every third event was sent; of the newest some wait, and some failed. Some notices tell of no event."""
    at = moment_text(NOW)
    told = "event.severity <> 'noise' and event.sequence % 3"
    db.conn.execute(
        "insert into message (number, id, notifier, thread, position, level, headline, content, created_at, state,"
        " attempts, ready_at, ended_at)"
        " select sequence, 'm' || sequence, ?1, registry || ':' || trial, sequence, severity, headline, '{}',"
        f" ?2, iif(sequence % 5000 < 3, 'failed', 'sent'), 1, ?2, ?2 from event where {told} = 0",
        [TEAM, at],
    )
    db.conn.execute(
        "insert into delivery (event, notifier, thread, position, due_at, created_at, state, message, ended_at)"
        " select event.id, ?1, message.thread, event.sequence, ?2, ?2, message.state, message.number, ?2 from event"
        " join message on message.number = event.sequence",
        [TEAM, at],
    )
    db.conn.execute(
        "insert into delivery (event, notifier, thread, position, due_at, created_at)"
        " select id, ?1, registry || ':' || trial, sequence, ?2, ?2 from event"
        f" where {told} = 1 order by sequence desc limit 500",
        [TEAM, at],
    )
    db.conn.execute(
        "insert into message (id, notifier, position, level, headline, content, created_at, state, attempts, ready_at,"
        " ended_at, bare) select 'n' || number, ?1, number, 'minor', headline, '{}', ?2, state, 1, ?2, ?2, 1"
        " from message where state = 'failed' or number % 50 = 0",
        [TEAM, at],
    )
    db.conn.commit()
