"""What people asked for in a channel, from when it was taken until it is answered.

Taken: written down, once, whatever is handed over twice. Worked: in the same transaction as what it did. Answered:
for half an hour an answer is tried; what was done does not hang on it. They are kept: who did what, and when.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from sqlite_utils import Database

from notifiers.moments import moment_of, moment_text
from snapshots.instants import stamp

if TYPE_CHECKING:
    from notifiers.slack.hand import Reply
    from notifiers.slack.interactions import Interaction

ANSWERED_WITHIN = timedelta(minutes=30)  # as long as Slack takes answers


class Unanswered(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    app: str
    respond_to: str
    reply: Reply
    done: int  # of its parts
    tries: int
    taken_at: datetime


def take(db: Database, app: str, one: Interaction, *, now: datetime) -> bool:
    """False when it was taken before. Caller owns the transaction."""
    return bool(
        db.execute(
            "insert into interaction (id, app, kind, name, value, person, person_id, team, channel, message,"
            " respond_to, taken_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing",
            [
                *(
                    one.id,
                    app,
                    one.kind,
                    one.name,
                    one.value,
                    one.person,
                    one.person_id,
                    one.team,
                    one.channel,
                ),
                *(one.message, one.respond_to, moment_text(now)),  # exact: they are worked in this order
            ],
        ).rowcount
    )


def unworked(db: Database, *, limit: int) -> list[tuple[str, Interaction]]:
    """Each with its app, in the order in which they were taken."""
    from notifiers.slack.interactions import Interaction

    rows = db.execute(
        "select app, id, kind, name, value, person, person_id, team, channel, message, respond_to from interaction"
        " where answered_at is null and worked_at is null order by taken_at, id limit ?",
        [limit],
    ).fetchall()
    return [
        (
            row[0],
            Interaction(
                id=row[1],
                kind=row[2],
                name=row[3],
                value=row[4],
                person=row[5],
                person_id=row[6],
                team=row[7],
                channel=row[8],
                message=row[9],
                respond_to=row[10],
            ),
        )
        for row in rows
    ]


def worked(db: Database, id_: str, reply: Reply | None, *, now: datetime) -> None:
    """It was done, and this is to be said. Where nothing is, or nowhere, nothing is kept for it.

    Caller owns the transaction, the one in which it was done.
    """
    text = None if reply is None else json.dumps({"reply": msgspec.to_builtins(reply), "done": 0})
    db.execute(
        "update interaction set worked_at = ?1, answer = ?2 where id = ?3",
        [stamp(now), text, id_],
    )
    db.execute(
        "update interaction set answered_at = worked_at, answer = null, respond_to = null"
        " where id = ? and (answer is null or respond_to is null)",
        [id_],
    )


def unanswered(db: Database, apps: Sequence[str], *, now: datetime, limit: int) -> list[Unanswered]:
    """Of these apps, what is to be said now."""
    from notifiers.slack.hand import Reply

    rows = db.execute(
        "select id, app, respond_to, answer, tries, taken_at from interaction where answered_at is null"
        f" and worked_at is not null and app in ({','.join('?' * len(apps))})"
        " and (not_before is null or not_before <= ?) order by taken_at, id limit ?",
        [*apps, stamp(now), limit],
    ).fetchall()
    made = []
    for row in rows:
        answer = json.loads(row[3])
        made.append(
            Unanswered(
                id=row[0],
                app=row[1],
                respond_to=row[2],
                reply=msgspec.convert(answer["reply"], Reply),
                done=answer["done"],
                tries=row[4],
                taken_at=moment_of(row[5]),
            )
        )
    return made


def answered(db: Database, id_: str, *, now: datetime, reason: str | None = None) -> None:
    """It was said, or cannot be, and why. Where to answer is kept no longer. Caller owns the transaction."""
    db.execute(
        "update interaction set answered_at = ?, answer = null, respond_to = null, reason = ? where id = ?",
        [stamp(now), reason, id_],
    )


def put_off(db: Database, one: Unanswered, *, done: int, until: datetime, reason: str) -> None:
    """It could not be said now, or not all of it. Caller owns the transaction."""
    text = json.dumps({"reply": msgspec.to_builtins(one.reply), "done": done})
    db.execute(
        "update interaction set tries = tries + 1, answer = ?, not_before = ?, reason = ? where id = ?",
        [text, stamp(until), reason, one.id],
    )
