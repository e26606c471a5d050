"""The outbox's tables: deliveries, messages, channels as last heard of, where threads stand, notices.

A migration is never edited once released. Times are those of `moments`.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

MIGRATIONS = Migrations("notifiers")


@MIGRATIONS(name="0001_outbox")
def _first(db: Database) -> None:
    for statement in _FIRST:
        db.execute(statement)


@MIGRATIONS(name="0002_bundles_parts")
def _bundles(db: Database) -> None:
    for statement in _BUNDLES:
        db.execute(statement)


@MIGRATIONS(name="0003_turns")
def _turns(db: Database) -> None:
    for statement in _TURNS:
        db.execute(statement)


@MIGRATIONS(name="0004_no_notices")
def _no_notices(db: Database) -> None:
    # What the operator is to be told follows from `channel` and `message`, and is the application's to say.
    db.execute("drop table notice")


@MIGRATIONS(name="0005_listing")
def _listing(db: Database) -> None:
    for statement in _LISTING:
        db.execute(statement)


_FIRST = (
    # What is sent. Everything up to created_at is settled before the first attempt and never changes after.
    # number: the order in which messages were made. position: the place within its threads, the highest of
    # its own order and its deliveries' (number decides between equals).
    # state: waiting (to be tried), claimed (being tried), unknown (a try may have arrived), and three ends.
    # ready_at: when it began to be sendable, for the horizon; anew after a retry or a mended channel.
    # attempts: all that were begun. refusals: those among them that the channel as a whole refused, no fault of
    # the message's. unsure: those of which nobody knew what became. looks: how often an attempt was looked for
    # in vain, nobody could tell.
    # unsure_since: the start of the first attempt whose outcome nobody knows. look_at: it is not looked for
    # before, whoever asks. reply_to, previous: where the last attempt went, as JSON.
    """create table message (
        number integer primary key,
        id text not null unique,
        notifier text not null,
        thread text,
        position integer not null,
        level text not null,
        headline text not null,
        content text not null,
        created_at text not null,
        state text not null default 'waiting'
            check (state in ('waiting', 'claimed', 'unknown', 'sent', 'failed', 'dropped')),
        attempts integer not null default 0,
        refusals integer not null default 0,
        unsure integer not null default 0,
        looks integer not null default 0,
        ready_at text not null,
        claimed_at text,
        not_before text,
        unsure_since text,
        look_at text,
        reply_to text,
        previous text,
        plain integer not null default 0,
        possible_repeat integer not null default 0,
        reason text,
        remote text,
        ended_at text
    ) strict""",
    """create index message_open on message (notifier, number)
        where state in ('waiting', 'claimed', 'unknown')""",
    "create index message_ended on message (state, ended_at)",
    "create index message_thread on message (thread, notifier)",
    # That one event must reach one notifier. position: the order of the events. urgent: may not wait.
    # state: waiting (in no message yet), queued (in one), and three ends.
    """create table delivery (
        id integer primary key,
        event text not null,
        notifier text not null,
        thread text,
        position integer not null,
        due_at text not null,
        urgent integer not null default 0,
        created_at text not null,
        state text not null default 'waiting'
            check (state in ('waiting', 'queued', 'sent', 'failed', 'dropped')),
        message integer references message (number),
        reason text,
        ended_at text,
        unique (event, notifier)
    ) strict""",
    "create index delivery_waiting on delivery (due_at) where state = 'waiting'",
    "create index delivery_message on delivery (message) where message is not null",
    "create index delivery_thread on delivery (thread, notifier)",
    # The places that messages not yet ended hold in threads: a later one waits for them. A summary holds one
    # in each thread of its deliveries.
    """create table lane (
        notifier text not null,
        thread text not null,
        position integer not null,
        message integer not null references message (number),
        primary key (notifier, thread, position, message)
    ) strict, without rowid""",
    "create index lane_message on lane (message)",
    # failures: in a row. not_before: nothing is tried before. asked_until: the channel itself asked for rest so
    # long (429), which nobody may cut short. paused_at: since when the channel refuses us. latest: where the
    # newest message that it took stands, as JSON.
    """create table channel (
        notifier text primary key,
        failures integer not null default 0,
        not_before text,
        asked_until text,
        posted_at text,
        paused_at text,
        probe_at text,
        reason text,
        latest text
    ) strict, without rowid""",
    # What the operator is to be told, written with what happened and removed once it was said.
    """create table notice (
        number integer primary key,
        notifier text not null,
        kind text not null,
        text text not null,
        message text
    ) strict""",
    # The newest thread under a key in a channel: its opening and its last message, as the channel names them.
    """create table channel_thread (
        notifier text not null,
        thread text not null,
        opening text not null,
        last text not null,
        last_at text not null,
        primary key (notifier, thread)
    ) strict, without rowid""",
)

_TURNS = (
    # Whose turn it is, without a look at all that waits: what is critical goes first, as far as its thread lets it.
    """create index message_turn on message (notifier, attempts + looks, level <> 'critical', number)
       where state in ('waiting', 'unknown')""",
    # What is open of one notifier, without a look at all that ever was.
    "create index delivery_open on delivery (notifier) where state in ('waiting', 'queued')",
    # When the channel as a whole refused it last: what refuses one message and takes others refuses the message.
    "alter table message add column refused_at text",
)

_BUNDLES = (
    # What falls due together and is told as one, whatever its number: a digest's name. NULL: what is due goes.
    "alter table delivery add column bundle text",
    # Of a message that goes on another: that one's number.
    "alter table message add column continues integer references message (number)",
    "create index message_continues on message (continues) where continues is not null",
    # How many went lately to one notifier.
    "create index message_made on message (notifier, created_at)",
)

# A message of its own that holds no delivery: a notice, a first look, a sample, a line that all is well.
_TALLIED = (("delivery", "", ""), ("message", "when new.bare = 1", "where bare = 1"))
_LISTING = (
    # bare: it tells of no event, and goes on no other message.
    "alter table message add column bare integer not null default 0",
    """update message set bare = 1 where continues is null
       and not exists (select 1 from delivery where message = message.number)
       and coalesce(reason, '') not like 'taken back before it was tried%'""",
    "create index message_bare on message (notifier, state) where bare = 1",
    "create index message_failed on message (notifier, ended_at) where state = 'failed' and continues is null",
    # Page by page, the newest first, of one notifier in one state: the row's number ends every index.
    "create index delivery_listed on delivery (notifier, state)",
    # How many rows stand in which state, so that nobody counts a million to say so. Kept by triggers, whoever writes;
    # of messages only the bare ones.
    """create table outbox_tally (
        kind text not null check (kind in ('delivery', 'message')),
        notifier text not null,
        state text not null,
        n integer not null,
        primary key (kind, notifier, state)
    ) strict, without rowid""",
    *(
        statement
        for kind, when, where in _TALLIED
        for statement in (
            f"insert into outbox_tally select '{kind}', notifier, state, count(*) from {kind} {where} group by 2, 3",
            f"""create trigger {kind}_tallied after insert on {kind} {when} begin
                insert into outbox_tally values ('{kind}', new.notifier, new.state, 1)
                on conflict do update set n = n + 1;
            end""",
            f"""create trigger {kind}_tallied_anew after update of state on {kind} {when} begin
                update outbox_tally set n = n - 1
                where kind = '{kind}' and notifier = old.notifier and state = old.state;
                insert into outbox_tally values ('{kind}', new.notifier, new.state, 1)
                on conflict do update set n = n + 1;
            end""",
        )
    ),
)
