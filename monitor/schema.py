"""The tables that only the application knows: watches and their members, polls, held sweeps, requests, and what people
do about alerts.

A migration is never edited once released. Times are ISO text in UTC, days ISO dates.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

MIGRATIONS = Migrations("monitor")


@MIGRATIONS(name="0001_watches_polls_held")
def _first(db: Database) -> None:
    for statement in _FIRST:
        db.execute(statement)


@MIGRATIONS(name="0002_sweeps")
def _sweeps(db: Database) -> None:
    for statement in _SWEEPS:
        db.execute(statement)


_FIRST = (
    # A watch is its definition; the row's id stays when it is renamed or its definition is edited.
    # finished: the registry's stamp of the last build of which a complete sweep was stored, NULL when due.
    # baseline: 1 until a complete sweep was made of this definition; entering and leaving is silent till then,
    # but for a new watch with tell_first, whose first members are told as entered.
    """create table watch (
        id integer primary key,
        name text not null,
        registry text not null,
        definition text not null,
        definition_hash text not null,
        origin text not null check (origin in ('config', 'command')),
        added_at text not null,
        removed_at text,
        baseline integer not null default 1,
        tell_first integer not null default 0,
        finished text,
        finished_at text,
        tried_at text,
        error text
    ) strict""",
    "create unique index watch_name on watch (name) where removed_at is null",
    # state: in (holds it), left (no longer matches), absent (an id that the registry does not have).
    # A row's place in a watch is established: what changes from here on is news, not a baseline.
    """create table member (
        watch integer not null references watch (id) on delete cascade,
        trial text not null,
        state text not null check (state in ('in', 'left', 'absent')),
        since text not null,
        primary key (watch, trial)
    ) strict, without rowid""",
    "create index member_trial on member (trial, watch)",
    # An answer without a record that was asked for: one build's word is not believed, two are.
    # build: the registry's stamp of it, for there may be two on one day.
    """create table absence (
        registry text not null,
        trial text not null,
        build text not null,
        settled integer not null default 0,
        primary key (registry, trial)
    ) strict, without rowid""",
    # everything: 0 when some watches or trials alone were asked for: that is no success of the registry's.
    # not_before: the registry wants to be left alone until then.
    """create table poll (
        id integer primary key,
        registry text not null,
        started_at text not null,
        ended_at text,
        build text,
        outcome text,
        everything integer not null default 1,
        not_before text,
        requests integer not null default 0,
        records integer not null default 0,
        versions integer not null default 0,
        events integer not null default 0,
        error text
    ) strict""",
    "create index poll_registry on poll (registry, id)",
    # Something absurd or momentous seen in too much of one sweep: not booked until believed or decided on.
    # build, believed_in: stamps.
    """create table held (
        id integer primary key,
        registry text not null,
        kind text not null check (kind in ('lost-section', 'vanished')),
        subject text not null,
        build text not null,
        swept integer not null,
        count integer not null,
        opened_at text not null,
        state text not null check (
            state in ('open', 'believed', 'accepting', 'accepted', 'dropped', 'passed')
        ),
        decided_at text,
        believed_in text
    ) strict""",
    "create index held_state on held (state, registry)",
    # A record that waits until the sweep's end, or with a hold, with what the sweep knew of it: its bytes'
    # fingerprint, whether it is news, the steps in between, and the version that we held then (against): once
    # there is a newer one, it is past. One that `staged` does not name any more is cleared away.
    """create table staged_record (
        id integer primary key,
        registry text not null,
        trial text not null,
        against integer not null,
        raw blob not null,
        mark blob,
        told integer not null,
        several integer not null,
        steps text not null
    ) strict""",
    "create index staged_record_trial on staged_record (registry, trial)",
    # The sections (subject) that it lost. held is 0 until the sweep's end. Apart from the bodies, so that what
    # befell a whole registry can be put with a hold, or let go, in one short transaction.
    """create table staged (
        registry text not null,
        trial text not null,
        subject text not null,
        held integer not null default 0,
        record integer not null,
        primary key (registry, trial, subject, held)
    ) strict, without rowid""",
    "create index staged_held on staged (held, registry, trial)",
    "create index staged_body on staged (record)",
    # An event of which nobody has decided yet who is told. told: 0 when it only counts. swept: see `untold.add`.
    """create table untold (
        event integer primary key,
        registry text not null,
        told integer not null,
        swept integer
    ) strict""",
    "create index untold_registry on untold (registry, event)",
    # A change that most records of a sweep shared: the registry's own. build: its day. before, after: JSON, of a
    # status or a choice. said: 1 when the operator was told.
    """create table drift (
        id integer primary key,
        registry text not null,
        build text not null,
        field text not null,
        label text not null,
        kind text not null,
        action text not null,
        before text,
        after text,
        noise integer not null,
        count integer not null,
        swept integer not null,
        found_at text not null,
        said integer not null default 0
    ) strict""",
    "create unique index drift_once on drift (registry, build, field, kind, action, ifnull(before, ''),"
    " ifnull(after, ''), noise)",
    """create table mute (
        id integer primary key,
        scope text not null check (scope in ('trial', 'watch', 'field')),
        value text not null,
        until text,
        muted_at text not null,
        ended_at text
    ) strict""",
    # Work asked of the service that holds the lease, and what it answered.
    """create table request (
        id integer primary key,
        kind text not null,
        arguments text not null,
        asked_at text not null,
        started_at text,
        ended_at text,
        answer text
    ) strict""",
    # An id that the registry answers with another record: asked for by its survivor from then on.
    """create table alias (
        registry text not null,
        trial text not null,
        survivor text not null,
        since text not null,
        primary key (registry, trial)
    ) strict, without rowid""",
)

_SWEEPS = (
    # A sweep that is under way, so that whoever comes after a kill goes on. question: what queries that match the
    # same share (`{}`: everything). kind: whole records; slim ones of everything; slim ones of what was posted since
    # a day, then the question. build: stamp; another one begins it anew. token: of the next page, NULL before the
    # first. total: what the registry counts. ended: all pages came, and what they ask for may still be fetched.
    # pages, seconds: asked for by whoever works on it now, and how long that took.
    """create table sweep (
        id integer primary key,
        registry text not null,
        question text not null,
        kind text not null check (kind in ('whole', 'slim', 'posted')),
        build text not null,
        token text,
        size integer not null default 0,
        total integer,
        arrived integer not null default 0,
        repeated integer not null default 0,
        ended integer not null default 0,
        pages integer not null default 0,
        seconds real not null default 0,
        started_at text not null,
        unique (registry, kind, question)
    ) strict""",
    # The ids of each page that is stored, a JSON list: what a query no longer matches is in none of them.
    """create table sweep_page (
        id integer primary key,
        sweep integer not null references sweep (id) on delete cascade,
        trials text not null
    ) strict""",
    "create index sweep_page_sweep on sweep_page (sweep)",
    # Trials of which a slim record differs from what is stored, or that could not be stored: asked for by their ids.
    """create table sweep_wanted (
        sweep integer not null references sweep (id) on delete cascade,
        trial text not null,
        fetched integer not null default 0,
        primary key (sweep, trial)
    ) strict, without rowid""",
    # What the slim record of a trial's stored version would say, and of which version that is; made when needed.
    """create table slim (
        trial integer primary key,
        number integer not null,
        digest blob not null
    ) strict""",
    # The stamp of the last build of which whole records of everything that the watch matches were stored.
    "alter table watch add column whole text",
    # How often a request was begun: one that ends its process again and again is given up.
    "alter table request add column begun integer not null default 0",
)


@MIGRATIONS(name="0003_backfill")
def _backfill(db: Database) -> None:
    for statement in _BACKFILL:
        db.execute(statement)


_BACKFILL = (
    # A trial whose past is to be brought from the registry's record history. rank: the lower the sooner, then the
    # order of asking. state: asked (its history is not known), planned, done, aside (reason says why). since, newest:
    # its bounds. plan: JSON, [number, day of submission, whether it follows the one before] of each version to go
    # through; place: of the next. missing: of these, yet to be asked for. versions: that the registry has. stored,
    # changes: by this.
    """create table backfill (
        id integer primary key autoincrement,
        registry text not null,
        trial text not null,
        rank integer not null,
        state text not null check (state in ('asked', 'planned', 'done', 'aside')),
        since text,
        newest integer,
        plan text,
        place integer not null default 0,
        missing integer not null default 0,
        versions integer,
        stored integer not null default 0,
        changes integer not null default 0,
        asked_at text not null,
        ended_at text,
        reason text,
        unique (registry, trial)
    ) strict""",
    "create index backfill_state on backfill (registry, state, rank, id)",
    # failures: trials in a row that could not be had. until: the registry is left alone so long, and why.
    """create table backfill_pause (
        registry text primary key,
        failures integer not null,
        until text,
        reason text
    ) strict, without rowid""",
)


@MIGRATIONS(name="0004_retention_wait")
def _retention_wait(db: Database) -> None:
    # The span that the service found in the configuration, when it first did, and what would have gone then: it
    # begins to remove a day later. One row at most.
    db.execute(
        """create table retention_wait (
            id integer primary key check (id = 1),
            seconds integer not null,
            since text not null,
            versions integer not null,
            trials integer not null
        ) strict"""
    )


@MIGRATIONS(name="0005_backfill_again")
def _again(db: Database) -> None:
    # How often in a row a trial was set aside over what may pass.
    db.execute("alter table backfill add column failures integer not null default 0")


@MIGRATIONS(name="0007_operator")
def _operator(db: Database) -> None:
    for statement in _OPERATOR:
        db.execute(statement)


_OPERATOR = (
    # What is not well with the watching itself and lasts; a row goes when its end was told. text: as it was told.
    # noticed_at: when a look first found it, which may be later than it began. told_at: NULL until it has lasted long
    # enough. clear_since: since when no look has found it.
    """create table operator_condition (
        id integer primary key autoincrement,
        kind text not null,
        subject text not null,
        text text not null,
        began_at text not null,
        noticed_at text not null,
        told_at text,
        clear_since text,
        unique (kind, subject)
    ) strict""",
    # The line of a channel that all is well. rhythm: as it was when the next one was set. since, after_event: what it
    # tells of, the newest event then.
    """create table all_well (
        notifier text primary key,
        rhythm text not null,
        since text not null,
        after_event integer not null,
        due_at text not null
    ) strict, without rowid""",
    # The dead man's switch, as last heard of. failing_since: NULL while it is heard. One row at most.
    """create table ping (
        id integer primary key check (id = 1),
        tried_at text not null,
        heard_at text,
        failing_since text,
        error text
    ) strict""",
)


@MIGRATIONS(name="0006_acting")
def _acting(db: Database) -> None:
    for statement in _ACTING:
        db.execute(statement)


_ACTING = (
    # mute: what is told meanwhile never is; snooze: at its end. person: as they are called where they did it;
    # person_id: Slack's id of them. ended_…: who ended it before its time, or replaced it.
    "alter table mute add column kind text not null default 'mute' check (kind in ('mute', 'snooze'))",
    "alter table mute add column person text not null default ''",
    "alter table mute add column person_id text",
    "alter table mute add column via text not null default 'command' check (via in ('slack', 'command', 'browser'))",
    "alter table mute add column ended_person text",
    "alter table mute add column ended_via text check (ended_via in ('slack', 'command', 'browser'))",
    # Somebody has seen what was told of a trial, a watch or a field, up to an event: its number in the order of all,
    # and its id.
    """create table acknowledgement (
        id integer primary key,
        registry text not null,
        scope text not null check (scope in ('trial', 'watch', 'field')),
        value text not null,
        up_to integer not null,
        event text not null,
        person text not null,
        person_id text,
        via text not null check (via in ('slack', 'command', 'browser')),
        at text not null,
        note text not null default ''
    ) strict""",
    "create index acknowledgement_of on acknowledgement (scope, value, up_to)",
    # What a person asked for in a channel, written down before the channel is told that it was taken. id: the
    # channel's own, the same when it is handed over again. app: which connection it came by. value: of a button,
    # or a command's text. respond_to: where to answer, for half an hour. worked_at: done, in the same transaction.
    # answer: JSON, what is to be said to them, until answered_at.
    """create table interaction (
        id text primary key,
        app text not null,
        kind text not null check (kind in ('button', 'command')),
        name text not null,
        value text not null,
        person text not null,
        person_id text not null,
        channel text not null,
        message text,
        respond_to text,
        taken_at text not null,
        worked_at text,
        answer text,
        answered_at text,
        tries integer not null default 0,
        not_before text,
        reason text
    ) strict, without rowid""",
    "create index interaction_open on interaction (taken_at) where answered_at is null",
    # Messages in channels that show what people did: rendered anew from what is true then. asked, shown: how often
    # that was asked for, and up to which time it was done; to do while they differ. message: its id in the outbox.
    """create table showing (
        notifier text not null,
        message text not null,
        registry text not null,
        trial text not null,
        asked integer not null,
        shown integer not null default 0,
        tries integer not null default 0,
        not_before text,
        reason text,
        primary key (notifier, message)
    ) strict, without rowid""",
    "create index showing_trial on showing (trial, registry)",
    "create index showing_due on showing (notifier) where asked > shown",
)


@MIGRATIONS(name="0008_first_look")
def _first_look(db: Database) -> None:
    # A new watch of which one message is owed: what it holds, once its first sweep came to its end.
    db.execute(
        "create table first_look (watch integer primary key references watch (id) on delete cascade) strict"
    )


@MIGRATIONS(name="0009_person_team")
def _person_team(db: Database) -> None:
    # The workspace that whoever asked is of: in a shared channel it may be another than the app's. "": not known.
    db.execute("alter table interaction add column team text not null default ''")


@MIGRATIONS(name="0010_web")
def _web(db: Database) -> None:
    from monitor.schema_tallies import keep_tallies  # which is needed once

    keep_tallies(db)


@MIGRATIONS(name="0011_operate")
def _operate(db: Database) -> None:
    for statement in _OPERATE:
        db.execute(statement)


@MIGRATIONS(name="0012_ended_session")
def _ended_session(db: Database) -> None:
    # Sessions of the browser that were logged out of, by SHA-256, until they would have ended by themselves.
    db.execute(
        "create table ended_session (session text primary key, until text not null) strict, without rowid"
    )


@MIGRATIONS(name="0013_absent_members")
def _absent_members(db: Database) -> None:
    # Ids of a watch that the registry does not have, which health asks for: few, of a watch that may hold a registry.
    db.execute("create index member_absent on member (watch, trial) where state = 'absent'")


# What `/metrics` counts at every scrape, so that nobody counts millions of rows to say so. Kept by triggers, whoever
# writes; kinds and their two labels:
#   trial: registry, state (now)    version: snapshot or archive (now)
#   event: watched or archive, severity when stored (ever)    poll: registry, outcome (ever: the log itself is cut)
def _tallied(name: str, when: str, change: int, kind: str, one: str, other: str) -> str:
    return f"""create trigger {name}_tallied after {when} begin
        insert into tally values ('{kind}', {one}, {other}, {change}) on conflict do update set n = n + {change};
    end"""


_OF_EVENT = "case when {0}to_source is 'archive' then 'archive' else 'watched' end"
_OF_VERSION = "case {0}archive when 1 then 'archive' else 'snapshot' end"
_OPERATE = (
    """create table tally (
        kind text not null,
        one text not null,
        other text not null,
        n integer not null,
        primary key (kind, one, other)
    ) strict, without rowid""",
    "insert into tally select 'trial', registry, state, count(*) from trial group by 2, 3",
    f"insert into tally select 'version', {_OF_VERSION.format('')}, '', count(*) from version group by 2",
    f"insert into tally select 'event', {_OF_EVENT.format('')}, severity, count(*) from event group by 2, 3",
    "insert into tally select 'poll', registry, outcome, count(*) from poll where outcome is not null group by 2, 3",
    _tallied("trial_added", "insert on trial", 1, "trial", "new.registry", "new.state"),
    _tallied("trial_entered", "update of state on trial", 1, "trial", "new.registry", "new.state"),
    _tallied("trial_left", "update of state on trial", -1, "trial", "old.registry", "old.state"),
    _tallied("version_added", "insert on version", 1, "version", _OF_VERSION.format("new."), "''"),
    _tallied("version_removed", "delete on version", -1, "version", _OF_VERSION.format("old."), "''"),
    _tallied("event_added", "insert on event", 1, "event", _OF_EVENT.format("new."), "new.severity"),
    _tallied(
        "poll_ended",
        "update of outcome on poll when new.outcome is not null and old.outcome is null",
        1,
        "poll",
        "new.registry",
        "new.outcome",
    ),
)
