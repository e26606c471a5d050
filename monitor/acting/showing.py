"""Messages in channels that show what people did: which are to be shown anew, and what they show then.

Only that a message is to be shown anew is kept: what it shows is read when that is done, so that an update that is
lost, late or made twice comes to the same. Nothing here talks to a channel.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlite_utils import Database

from monitor.acting import mutes
from monitor.acting.acknowledgements import Seen
from monitor.acting.buttons import actions_of
from monitor.acting.mutes import Kind, Scope
from monitor.acting.people import Person, Via
from notifiers import sent as outbox_sent
from notifiers.message import Action
from notifiers.sent import Sent
from snapshots.instants import stamp
from snapshots.query import Reader

LATEST = 12  # messages of a trial, in all channels: of one that is years old nobody looks at the first


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A message that is to be shown anew."""

    notifier: str
    message: str  # its id in the outbox
    registry: str
    trial: str
    asked: int  # how often that was asked for by now
    tries: int  # in vain, since it was asked for last


def ask_of(db: Database, registry: str, scope: Scope, value: str, *, pressed: Sent | None = None) -> int:
    """Something was done about a trial: the newest message of each channel is to be shown anew, the one that was
    pressed, and those that show such things already, LATEST in all. Returns how many. Caller owns the transaction.

    For a watch or a field none is: that may be a thousand trials', of which nobody looks at the messages now.
    """
    if scope is not Scope.TRIAL:
        return 0
    newest: dict[str, Sent] = {}
    for one in outbox_sent.of_thread(db, f"{registry}:{value}", limit=LATEST):
        if one.remote.get("ts"):
            newest.setdefault(one.notifier, one)
    for one in [*newest.values(), *([pressed] if pressed else [])]:
        db.execute(
            "insert or ignore into showing (notifier, message, registry, trial, asked) values (?, ?, ?, ?, 0)",
            [one.notifier, one.message.id, registry, value],
        )
    return db.execute(
        "update showing set asked = asked + 1, tries = 0, not_before = null, reason = null where message in"
        " (select showing.message from showing join message on message.id = showing.message"
        " where showing.trial = ? and showing.registry = ? order by message.number desc limit ?)",
        [value, registry, LATEST],
    ).rowcount


def due(db: Database, notifiers: Sequence[str], *, now: datetime, limit: int) -> list[Due]:
    """Those of these notifiers that are to be shown anew now."""
    rows = db.execute(
        "select notifier, message, registry, trial, asked, tries from showing where asked > shown"
        f" and notifier in ({','.join('?' * len(notifiers))}) and (not_before is null or not_before <= ?)"
        " order by notifier, message limit ?",
        [*notifiers, stamp(now), limit],
    ).fetchall()
    return [
        Due(notifier=row[0], message=row[1], registry=row[2], trial=row[3], asked=row[4], tries=row[5])
        for row in rows
    ]


def shown(db: Database, one: Due, *, reason: str | None = None) -> None:
    """It was, as of when it was asked for; or never can be, and why. Caller owns the transaction."""
    db.execute(
        "update showing set shown = ?, reason = ? where notifier = ? and message = ?",
        [one.asked, reason, one.notifier, one.message],
    )


def put_off(db: Database, one: Due, *, until: datetime, reason: str) -> None:
    """It could not be done now. Caller owns the transaction."""
    db.execute(
        "update showing set tries = tries + 1, not_before = ?, reason = ? where notifier = ? and message = ?",
        [stamp(until), reason, one.notifier, one.message],
    )


def state_of(
    db: Database, registry: str, trial: str, sent: Sent, *, now: datetime
) -> tuple[list[str], tuple[Action, ...]]:
    """What is to stand beneath a message of a trial, one line each, and its buttons."""
    notes: list[str] = []
    standing = mutes.of_trial(db, trial, now=now)
    if standing is not None:
        done = "Muted" if standing.kind is Kind.MUTE else "Snoozed"
        end = f"until {moment(standing.until)}" if standing.until else "until somebody unmutes it"
        notes.append(f"{done} by {called(standing.by)} {end}")
    else:
        last = mutes.last_of(db, trial)
        if last is not None and last[1] is not None and last[0].muted_at >= stamp(sent.made_at):
            notes.append(f"Muted by {called(last[0].by)}, unmuted by {called(last[1])}")
    reader = Reader(db)
    found = reader.numbered([sent.message.order])
    seen = Seen(db, [trial]).of(*found[0]) if found else []
    for one in seen:
        note = f": {one.note}" if one.note else ""
        notes.append(f"Acknowledged by {called(one.by)}, {one.at[:10]}{note}")
    newest = found[0][1].id if found else None
    if newest is None:
        return notes, ()
    return notes, actions_of(registry, trial, newest, muted=standing is not None, acknowledged=bool(seen))


def called(person: Person) -> str:
    """A person in a message of Slack's: `@anna`, which mentions nobody."""
    return f"@{person.name}" if person.via is Via.SLACK and person.name else str(person)


def moment(text: str) -> str:
    """An end as it reads best: a day where it is one, else to the minute."""
    day, _, time = text.partition("T")
    return day if time.startswith("00:00:00") else f"{day} {time[:5]} UTC"
