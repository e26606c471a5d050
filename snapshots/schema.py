"""The tables of this package. A migration is never edited once released: add another below it.

Plain text wherever a person or Datasette would ask (ISO dates and instants in UTC, slugs, JSON for lists);
hashes and bodies as bytes, apart from what is asked. Versions are many, so their rows are lean.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from snapshots.schema_versions import lean_versions

MIGRATIONS = Migrations("snapshots")


@MIGRATIONS(name="0001_versions_and_events")
def _first(db: Database) -> None:
    for statement in _FIRST:
        db.execute(statement)


@MIGRATIONS(name="0002_lean_versions")
def _lean(db: Database) -> None:
    lean_versions(db)


_FIRST = (
    # One row a trial, never deleted: `key` stands for (registry, trial) everywhere else. The facts are those
    # of the newest snapshot; of the newest archive version while there is no snapshot.
    """create table trial (
        key integer primary key,
        registry text not null,
        trial text not null,
        title text not null,
        status text,
        why_stopped text,
        phase text,
        sponsor text,
        sponsor_class text,
        study_type text,
        enrollment integer,
        updated text,
        submitted text,
        has_results integer not null,
        start text,
        primary_completion text,
        completion text,
        conditions text not null,
        countries text not null,
        aliases text not null,
        state text not null default 'present' check (state in ('present', 'gone', 'merged')),
        state_since text,
        merged_into text,
        first_seen text not null,
        snapshots integer not null default 0,
        archived integer not null default 0,
        unique (trial, registry)
    ) strict""",
    # content: identity (canonical form less the data build's date). entry: its line in the ledger, which has
    # the hash of the stored bytes. updated: lastUpdatePostDate, in the archive the day of submission.
    """create table version (
        trial integer not null references trial (key),
        line text not null check (line in ('snapshot', 'archive')),
        number integer not null check (number > 0),
        content blob not null,
        entry integer not null references ledger (entry),
        size integer not null,
        seen_at text not null,
        build text,
        updated text,
        submitted text,
        primary key (trial, line, number)
    ) strict, without rowid""",
    # The newest body of each line, alone here: a body that shrank in place in a growing table would never
    # give its space back. leaning: how many older bodies hang on this one, one behind the other.
    """create table head (
        trial integer not null references trial (key),
        line text not null,
        number integer not null,
        fingerprint blob,
        leaning integer not null,
        dictionary integer references dictionary (id),
        body blob not null,
        primary key (trial, line)
    ) strict""",
    "create index head_fingerprint on head (fingerprint, trial) where fingerprint is not null",
    # base: the newer version whose bytes this body leans on; NULL when it stands alone.
    """create table body (
        trial integer not null references trial (key),
        line text not null,
        number integer not null,
        base integer,
        dictionary integer references dictionary (id),
        body blob not null,
        primary key (trial, line, number)
    ) strict, without rowid""",
    """create table dictionary (
        id integer primary key,
        content blob not null
    ) strict""",
    # Every version in the order of storing; rows stay when versions are deleted. chain: see ledger.py.
    """create table ledger (
        entry integer primary key autoincrement,
        trial integer not null references trial (key),
        line text not null,
        number integer not null,
        sha256 blob not null,
        chain blob not null
    ) strict""",
    # sequence: the order in which events were written, for paging and for telling in order.
    """create table event (
        sequence integer primary key autoincrement,
        id text not null unique,
        kind text not null,
        registry text not null,
        trial text not null,
        title text not null,
        url text,
        severity text not null check (severity in ('noise', 'minor', 'major', 'critical')),
        headline text not null,
        at text,
        build text,
        status text,
        sponsor text,
        sponsor_class text,
        phase text,
        tags text not null,
        watches text not null,
        detail text,
        note text,
        from_source text,
        from_version integer,
        from_seen_at text,
        from_updated text,
        from_build text,
        to_source text,
        to_version integer,
        to_seen_at text,
        to_updated text,
        to_build text,
        steps text not null,
        engine integer not null
    ) strict""",
    "create index event_severity on event (severity)",
    "create index event_trial on event (trial, registry)",
    "create index event_at on event (at)",
    "create index event_engine on event (engine)",  # which change sets an upgrade left behind
    """create table change (
        event integer not null references event (sequence) on delete cascade,
        position integer not null,
        field text not null,
        label text not null,
        kind text not null,
        action text not null,
        item text,
        "before" text,
        "after" text,
        severity text not null,
        reason text not null,
        summary text not null,
        paths text not null,
        tags text not null,
        drift integer not null default 0,
        primary key (event, position)
    ) strict""",
    "create index change_field on change (field, event)",
    # The events of a watch and of a tag, by severity and in order: what pages and routes ask for.
    """create table event_watch (
        watch text not null,
        severity text not null,
        event integer not null references event (sequence) on delete cascade,
        primary key (watch, severity, event)
    ) strict, without rowid""",
    "create index event_watch_event on event_watch (event)",
    """create table event_tag (
        tag text not null,
        severity text not null,
        event integer not null references event (sequence) on delete cascade,
        primary key (tag, severity, event)
    ) strict, without rowid""",
    "create index event_tag_event on event_tag (event)",
    # The next day on which a state that time makes is entered or left, NULL when none ever is while the newest
    # snapshot stays. looked: the day up to which they are entered. rules: by which rules (deadlines.states.RULES).
    """create table turning (
        trial integer primary key references trial (key),
        rules integer not null,
        looked text not null,
        turns text
    ) strict""",
    "create index turning_turns on turning (rules, turns)",
    # The states that stand. since, until: its days by the record's dates; entered_on: ours, part of the event's id.
    """create table deadline (
        trial integer not null references trial (key),
        state text not null,
        since text,
        until text,
        due text,
        assumed integer not null,
        reason text not null,
        entered_on text not null,
        primary key (trial, state)
    ) strict, without rowid""",
    # For people with SQL: versions by the names that everything else gives them.
    """create view history as
        select trial.registry, trial.trial, version.line, version.number, version.build, version.updated,
               version.submitted, version.seen_at, version.size, lower(hex(ledger.sha256)) as sha256
        from version join trial on trial.key = version.trial join ledger on ledger.entry = version.entry""",
)
