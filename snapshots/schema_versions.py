"""Migration 0002: the tables that have a row for each version, lean.

What is stored is numbers: the line as 0 or 1, days and instants counted from 1970. What a person or Datasette reads
stands beside it in plain text under the names that it always had, computed when asked for: `line`, `build`, `updated`,
`submitted`, `seen_at`. The ledger keeps one chain hash in 64, from which the others follow (ledger.py).
"""

from __future__ import annotations

from sqlite_utils import Database


def lean_versions(db: Database) -> None:
    """Row by row, in the migration's transaction: memory does not grow with what is there."""
    for statement in _STATEMENTS:
        db.execute(statement)


_LINE = "line text generated always as (case archive when 0 then 'snapshot' else 'archive' end) virtual"


def _text_of(day: str) -> str:
    return f"(case typeof({day}) when 'integer' then date({day} * 86400, 'unixepoch') else {day} end)"


def _number_of(day: str) -> str:
    """Of an ISO day; any other text stays."""
    return (
        f"case when {day} glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' and date({day}) = {day}"
        f" then cast(strftime('%s', {day}) as integer) / 86400 else {day} end"
    )


_MICROSECONDS = (
    "cast(strftime('%s', substr(seen_at, 1, 19)) as integer) * 1000000"
    " + case substr(seen_at, 20, 1) when '.' then cast(substr(seen_at, 21, 6) as integer) else 0 end"
)

_STATEMENTS = (
    "drop view history",
    # chain: in the newest entry and in every 64th (`ledger.EVERY`), else NULL.
    f"""create table lean_ledger (
        entry integer primary key autoincrement,
        trial integer not null references trial (key),
        archive integer not null check (archive in (0, 1)),
        number integer not null,
        sha256 blob not null,
        chain blob,
        {_LINE}
    ) strict""",
    """insert into lean_ledger (entry, trial, archive, number, sha256, chain)
        select entry, trial, line = 'archive', number, sha256,
               case when entry % 64 = 0 or entry = (select max(entry) from ledger) then chain end
        from ledger order by entry""",
    """update sqlite_sequence set seq = (select seq from sqlite_sequence where name = 'ledger')
        where name = 'lean_ledger'""",
    # content: identity (`record.content_hash`); NULL where it is the beginning of the hash that the ledger has, for
    # there was no date of a data build to leave out. build_day, updated_day, submitted_day: days since 1970; text
    # where it is no full day.
    f"""create table lean_version (
        trial integer not null references trial (key),
        archive integer not null check (archive in (0, 1)),
        number integer not null check (number > 0),
        content blob,
        entry integer not null references lean_ledger (entry),
        size integer not null,
        seen integer not null,
        build_day any,
        updated_day any,
        submitted_day any,
        {_LINE},
        seen_at text generated always as (strftime('%Y-%m-%dT%H:%M:%S', seen / 1000000, 'unixepoch')
            || case seen % 1000000 when 0 then '' else printf('.%06d', seen % 1000000) end || 'Z') virtual,
        build text generated always as {_text_of("build_day")} virtual,
        updated text generated always as {_text_of("updated_day")} virtual,
        submitted text generated always as {_text_of("submitted_day")} virtual,
        primary key (trial, archive, number)
    ) strict, without rowid""",
    f"""insert into lean_version (trial, archive, number, content, entry, size, seen, build_day, updated_day,
               submitted_day)
        select version.trial, version.line = 'archive', version.number,
               nullif(substr(version.content, 1, 16), substr(ledger.sha256, 1, 16)),
               version.entry, size, {_MICROSECONDS}, {_number_of("build")}, {_number_of("updated")},
               {_number_of("submitted")}
        from version left join ledger on ledger.entry = version.entry
        order by version.trial, version.line = 'archive', version.number""",
    f"""create table lean_body (
        trial integer not null references trial (key),
        archive integer not null check (archive in (0, 1)),
        number integer not null,
        base integer,
        dictionary integer references dictionary (id),
        body blob not null,
        {_LINE},
        primary key (trial, archive, number)
    ) strict, without rowid""",
    """insert into lean_body (trial, archive, number, base, dictionary, body)
        select trial, line = 'archive', number, base, dictionary, body from body
        order by trial, line = 'archive', number""",
    "drop table version",
    "drop table ledger",
    "drop table body",
    "alter table lean_ledger rename to ledger",
    "alter table lean_version rename to version",
    "alter table lean_body rename to body",
    # Versions that retention took, the oldest of a line first: all of it from the number that was its oldest then
    # (first) up to and with another (last). day: when, ISO.
    """create table removed (
        trial integer not null references trial (key),
        archive integer not null check (archive in (0, 1)),
        last integer not null,
        first integer not null,
        day text not null,
        primary key (trial, archive, last)
    ) strict, without rowid""",
    # For people with SQL: versions by the names that everything else gives them.
    """create view history as
        select trial.registry, trial.trial, version.line, version.number, version.build, version.updated,
               version.submitted, version.seen_at, version.size, lower(hex(ledger.sha256)) as sha256
        from version join trial on trial.key = version.trial join ledger on ledger.entry = version.entry""",
)
