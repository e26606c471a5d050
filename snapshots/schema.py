"""The tables of this package. A migration is never edited once released: add another below it.

Plain text wherever a person or Datasette would ask (ISO dates and instants in UTC, slugs, JSON for lists);
hashes and bodies as bytes, apart from what is asked. Versions are many, so their rows are lean.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from snapshots.search import CHANGE_COLUMNS, COLUMNS

MIGRATIONS = Migrations("snapshots")


@MIGRATIONS(name="0001_versions_and_events")
def _first(db: Database) -> None:
    for statement in _FIRST:
        db.execute(statement)


@MIGRATIONS(name="0002_lean_versions")
def _lean(db: Database) -> None:
    from snapshots.schema_versions import lean_versions  # which is needed once

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


@MIGRATIONS(name="0003_search")
def _search(db: Database) -> None:
    for statement in _SEARCH:
        db.execute(statement)


# What a record says is indexed when a poll has ended, from the queue `unsearched`; see search/index.py. The indexes
# hold no texts, only where which word stands: a text is read off the version again when it is to be taken out.
_WORDS = "tokenize = \"porter unicode61 remove_diacritics 2\", content = ''"
_SEARCH = (
    f"create virtual table search_now using fts5 ({', '.join(COLUMNS)}, {_WORDS})",
    f"create virtual table search_past using fts5 ({', '.join(COLUMNS)}, {_WORDS})",
    f"create virtual table search_change using fts5 ({', '.join(CHANGE_COLUMNS)}, {_WORDS})",
    # One row a trial: what its record says now is the document `document` of search_now, since a day, read off a
    # version. The number of a document grows with the day of the last update (DAY_ROOM), so that the latest
    # come first without sorting. stood: hash of the versions that went into it. trial: NULL for a document that
    # could not be taken out of the index, whose number must not be used again.
    """create table searched (
        document integer primary key,
        trial integer unique references trial (key),
        line text not null,
        number integer not null,
        since text not null,
        digest blob not null,
        stood blob not null
    ) strict""",
    # What a record said from a day on until another: the document `id` of search_past.
    """create table searched_past (
        id integer primary key autoincrement,
        trial integer not null references trial (key),
        line text not null,
        number integer not null,
        since text not null,
        until text not null,
        digest blob not null
    ) strict""",
    "create index searched_past_trial on searched_past (trial)",
    # The trials whose versions are others than those that were indexed. why: it was tried and cannot be.
    """create table unsearched (
        trial integer primary key references trial (key),
        why text
    ) strict""",
    # manner: how texts were read off (wording.MANNER). event: the last one in search_change.
    """create table search_state (
        manner integer not null,
        event integer not null
    ) strict""",
    "insert into search_state values (0, 0)",
    *(
        f"""create trigger version_{verb}_unsearched after {verb} on version
            when not exists (select 1 from unsearched where trial = {row}.trial and why is null) begin
            delete from unsearched where trial = {row}.trial;
            insert into unsearched (trial) values ({row}.trial);
        end"""
        for verb, row in (("insert", "new"), ("delete", "old"))
    ),
)


@MIGRATIONS(name="0004_archive_events")
def _archive_events(db: Database) -> None:
    for statement in _ARCHIVE_EVENTS:
        db.execute(statement)


# What changed between two of the registry's own versions stands apart in every index that is searched, so that who
# leaves it out does not read past it: a past of many trials holds more events than years of watching.
_ARCHIVE_EVENTS = (
    "alter table change add column archive integer not null default 0",
    "update change set archive = 1 where event in (select sequence from event where to_source = 'archive')",
    "drop index change_field",
    "create index change_own on change (field, event) where archive = 0",
    "create index change_archive on change (field, event) where archive = 1",
    "drop index event_severity",
    "create index event_own on event (severity) where to_source is not 'archive'",
    "create index event_archive on event (severity) where to_source is 'archive'",
    """create table tagged (
        tag text not null,
        archive integer not null,
        severity text not null,
        event integer not null references event (sequence) on delete cascade,
        primary key (tag, archive, severity, event)
    ) strict, without rowid""",
    "insert into tagged select event_tag.tag, event.to_source is 'archive', event_tag.severity, event_tag.event"
    " from event_tag join event on event.sequence = event_tag.event",
    "drop table event_tag",
    "alter table tagged rename to event_tag",
    "create index event_tag_event on event_tag (event)",
)


@MIGRATIONS(name="0005_views")
def _views(db: Database) -> None:
    for statement in _VIEWS:
        db.execute(statement)


_VIEWS = (
    # For people with SQL: a row a change with what its event says, a row for an event that has none; the columns of
    # `trialbell export changes`. before, after: text as it is, all else as JSON.
    """create view changes as
        select event.registry, event.trial, event.id, change.position + 1 as position, event.kind as event,
               event.at as seen_at, event.build, event.to_source as source, event.from_version, event.to_version,
               event.to_updated as updated, event.title, event.status, event.phase, event.sponsor,
               event.sponsor_class, change.field, change.label, change.action, change.item,
               json_extract(change."before", '$') as "before", json_extract(change."after", '$') as "after",
               change.severity, change.reason, change.summary, change.tags, event.headline,
               event.severity as event_severity, event.tags as event_tags, event.watches, event.detail, event.url
        from event left join change on change.event = event.sequence""",
)


@MIGRATIONS(name="0006_archive_days")
def _archive_days(db: Database) -> None:
    """What changed between two of the registry's own versions is asked for by the day of submission."""
    db.execute("create index event_submitted on event (severity, to_updated) where to_source is 'archive'")


@MIGRATIONS(name="0007_sealed_times")
def _sealed_times(db: Database) -> None:
    for statement in _SEALED_TIMES:
        db.execute(statement)


_SEALED_TIMES = (
    # What a version's row says of when is sealed with its bytes (`ledger.times_hash`). NULL in older entries.
    "alter table ledger add column times blob",
    # What the last check of everything found: `trialbell doctor --deep`. entry, chain: the newest entry of then.
    """create table deep_check (
        id integer primary key check (id = 1),
        checked_at text not null,
        versions integer not null,
        entry integer not null,
        chain blob,
        problems integer not null,
        first text
    ) strict""",
)
