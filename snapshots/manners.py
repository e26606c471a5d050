"""The manner of a change: what is the same where the same thing befell many records at once; counted and marked.

Counting reads every change of the events that it is given, within SQLite and its temporary files, however many
there are. Writes are within the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from snapshots.changeset import Action, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """Equal for two changes when the same was done to the same field.

    Of a status or a choice its values are part of that; of anything else every record has its own.
    """

    field: str
    label: str
    kind: Kind
    action: Action
    before: str | None  # JSON; None where the value was absent, or is no part of the manner
    after: str | None
    noise: bool

    @property
    def valued(self) -> bool:
        return self.kind in (Kind.STATUS, Kind.CHOICE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """The events that are looked at, by a query that gives their sequence numbers."""

    query: str
    parameters: tuple[str | None, ...] = ()


def shared(db: Database, among: Events, *, more_than: float) -> list[tuple[Manner, int]]:
    """Manners met in more than so many of these events, each with their number, the commonest first.

    Only those that most records showed without a submission of their own: what sponsors do at the same time,
    be it a great deal after a long pause, is still each one's own doing. The build's date moves with each build.
    What is never taken for anybody's but the trial's own, as `mark`, is not counted.
    """
    rows = db.execute(
        f"""with looked_at as materialized (
                select sequence, {_UNMOVED} as unmoved from event
                where kind = 'changed' and sequence in ({among.query})),
            met as (
                select change.event, change.field, max(change.label) as label, change.kind, change.action,
                       {_SIDE.format("before")} as old, {_SIDE.format("after")} as new,
                       change.severity = 'noise' as noise, looked_at.unmoved
                from looked_at join change on change.event = looked_at.sequence and change.field != 'data-build'
                    and {_DAMPED}
                group by change.event, change.field, change.kind, change.action, old, new, noise)
            select field, max(label), kind, action, old, new, noise, count(*) as events from met
            group by field, kind, action, old, new, noise
            having count(*) > ? and sum(unmoved) * 2 > count(*)
            order by events desc, field, action""",
        [*among.parameters, more_than],
    ).fetchall()
    return [(manner_of(row[:7]), row[7]) for row in rows]


def of_one_sponsor(db: Database, among: Events, manner: Manner) -> int:
    """In how many of these events one lead sponsor's trials show a manner: the sponsor's that has the most."""
    row = db.execute(
        f"""select count(distinct change.event) as trials from change
            join event on event.sequence = change.event and event.kind = 'changed'
            where change.event in ({among.query}) and {_MATCHES} and event.sponsor is not null
            group by event.sponsor order by trials desc limit 1""",
        [*among.parameters, *_values(manner)],
    ).fetchone()
    return row[0] if row else 0


def mark(db: Database, manner: Manner, sequences: Sequence[int], *, older_than: str | None = None) -> None:
    """Say of the changes of this manner, in these events, that they are drift.

    Never what is critical, tells of a stop or of results. Nor where a record's own sponsor sent something in and
    it may well have been this: no values say that it is what befell the others.

    older_than: the ISO day of an earlier build in which it befell the others. Then only of records of which an older
    version than that was the newest, and nobody sent anything in, whatever the values say.
    """
    if manner.noise or not sequences:
        return
    marks = ",".join("?" * len(sequences))
    db.execute(
        f"""update change set drift = 1 where event in ({marks}) and {_MATCHES}
            and ((? is null and change.kind in ('status', 'choice')) or exists
                 (select 1 from event where event.sequence = change.event and {_UNMOVED}
                  and (? is null or event.from_build < ?)))""",
        [*sequences, *_values(manner), older_than, older_than, older_than],
    )


def manner_of(row: Sequence[str | int | None]) -> Manner:
    """From field, label, kind, action, before, after, noise."""
    return Manner(
        field=str(row[0]),
        label=str(row[1]),
        kind=Kind(str(row[2])),
        action=Action(str(row[3])),
        before=None if row[4] is None else str(row[4]),
        after=None if row[5] is None else str(row[5]),
        noise=bool(row[6]),
    )


def _values(manner: Manner) -> list[str | int | None]:
    return [
        *(manner.field, manner.kind.value, manner.action.value, manner.before, manner.after),
        int(manner.noise),
    ]


_SIDE = "case when change.kind in ('status', 'choice') then change.\"{}\" end"
# A false alarm about a stop or about results is better than one that is told as less than it is.
_DAMPED = (
    "(change.severity = 'noise' or (change.severity != 'critical' and change.tags not like '%\"stopped\"%'"
    " and change.field not in ('has-results', 'results')))"
)
_MATCHES = (
    "change.field = ? and change.kind = ? and change.action = ?"
    f" and {_SIDE.format('before')} is ? and {_SIDE.format('after')} is ? and (change.severity = 'noise') = ?"
    f" and {_DAMPED}"
)
# The record's dates say that nobody sent anything in. Each registry's table names its own so, where it has one.
_UNMOVED = (
    "(event.from_updated is event.to_updated and not exists (select 1 from change as own"
    " where own.event = event.sequence and own.field = 'last-update-submitted'))"
)
