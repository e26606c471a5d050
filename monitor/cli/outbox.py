"""`trialbell outbox`: what was sent, what waits, what failed and why; trying again and giving up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitor.cli.errors import DONE, UseError
from monitor.cli.session import Session, clock, shared_options
from snapshots.terms import counted

if TYPE_CHECKING:
    from datetime import datetime

    from notifiers.outbox import Outbox
    from notifiers.outbox_rows import Listed


@click.group(
    invoke_without_command=True,
    epilog="""\b
Examples:
  trialbell outbox                        what is not sent yet, newest first
  trialbell outbox --failed               what was given up, and why
  trialbell outbox --all --limit 20       the last ones, sent ones too
  trialbell outbox retry                  try everything that failed again
  trialbell outbox drop 83                never tell delivery 83; a message goes by its own id

\b
Exit codes: 0 done, 2 wrong use or no database, 3 the database is held.""",
)
@click.option("--failed", "state", flag_value="failed", help="Only those that were given up.")
@click.option("--sent", "state", flag_value="sent", help="Only those that were sent.")
@click.option("--all", "everything", is_flag=True, help="Whatever became of them.")
@click.option("--notifier", help="Only of this notifier.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@shared_options
@click.pass_context
def outbox(
    ctx: click.Context,
    session: Session,
    state: str | None,
    everything: bool,
    notifier: str | None,
    limit: int,
) -> int:
    """Deliveries: pending, sent, failed and why."""
    if ctx.invoked_subcommand is not None:
        return DONE
    from notifiers.outbox import Outbox

    session.needed_reader()
    assert session.db is not None
    session.check_names(notifier=notifier)
    room = Outbox(session.db)
    open_only = not everything and state is None
    listed = room.listing(state=state, notifier=notifier, open_only=open_only, limit=limit)
    now = clock()
    for row in listed:
        why = _why(row, room, now)
        headline = _headline(row, session)
        if session.as_json:
            session.emit(_as_json(row, headline=headline, why=why))
        else:
            configured = row.notifier in session.config.notifiers
            click.echo("\n".join(_lines(row, headline, why, now, configured=configured)))
    if not listed:
        session.say("nothing waits" if open_only else "nothing of the kind")
    for name, counts in room.counts().items():
        gone = "" if name in session.config.notifiers else " (no longer in config.toml)"
        session.say(f"{name}{gone}: " + ", ".join(f"{count} {state}" for state, count in counts.items()))
    return DONE


def _headline(row: Listed, session: Session) -> str:
    """Of a delivery in no message yet, as its event is stored."""
    if row.headline:
        return row.headline
    event = session.needed_reader().event(row.event_ids[0]) if row.event_ids else None
    return ", ".join(row.event_ids) if event is None else f"{event.trial}: {event.headline}"


def _why(row: Listed, room: Outbox, now: datetime) -> str:
    """Why it is not told yet, or what became of it; "" where there is nothing to say."""
    if row.ended_at is not None:
        return row.reason
    if row.planned and row.next_at is not None and row.next_at > now:
        at = f"{row.next_at:%Y-%m-%d %H:%M} UTC"
        if row.reason.startswith(("quiet hours", "snoozed")):
            return row.reason  # they say until when
        if row.reason:
            return f"{row.reason}: waits until {at}"
        return f"waits for the digest of {row.bundle} ({at})" if row.bundle else f"waits until {at}"
    if row.attempts and row.reason:
        return row.reason
    channel = room.channel(row.notifier)
    if channel.paused_at is not None:
        return f"behind: {row.notifier} refuses us since {channel.paused_at:%Y-%m-%d %H:%M} UTC: {channel.reason}"
    if channel.not_before is not None and channel.failures:
        return f"behind: {row.notifier} did not take what was tried last: {channel.reason}"
    return "to be told by the service or the next `trialbell check`"


def _lines(row: Listed, headline: str, why: str, now: datetime, *, configured: bool) -> list[str]:
    from monitor.cli.telling import plain

    when = f"{row.created_at:%Y-%m-%d %H:%M} UTC"
    lines = [f"{row.state:<8} {row.notifier:<12} {when}  {plain(headline)}"]
    details = [row.message_id or f"delivery {row.delivery_ids[0]}"]
    if row.attempts:
        details.append(counted(row.attempts, "attempt"))
    if row.attempts and row.next_at and row.next_at > now:
        details.append(f"next try {row.next_at:%Y-%m-%d %H:%M} UTC")
    if row.possible_repeat:
        details.append("possible repeat")
    if not configured:
        details.append("its notifier left config.toml")
    lines.append("         " + " · ".join(details))
    if why:
        lines.append(f"         {plain(why)}")
    return lines


def _as_json(row: Listed, *, headline: str, why: str) -> dict[str, object]:
    from snapshots.instants import stamp

    return {
        "message": row.message_id,
        "notifier": row.notifier,
        "state": row.state,
        "headline": headline,
        "thread": row.thread,
        "attempts": row.attempts,
        "reason": row.reason,
        "why": why,
        "digest": row.bundle,
        "possible_repeat": row.possible_repeat,
        "created_at": stamp(row.created_at),
        "next_at": stamp(row.next_at),
        "ended_at": stamp(row.ended_at),
        "events": list(row.event_ids),
        "deliveries": list(row.delivery_ids),
    }


@outbox.command(
    epilog="""\b
Examples:
  trialbell outbox retry
  trialbell outbox retry 5f0c1d2e9a4b48c1a7d3e6f80911b2c4

\b
Exit codes: 0 done, 2 no such message, 3 the database is held."""
)
@click.argument("messages", nargs=-1, metavar="[MESSAGE|DELIVERY]...")
@click.option("--notifier", help="Only of this notifier.")
@shared_options
def retry(session: Session, messages: tuple[str, ...], notifier: str | None) -> int:
    """Try failed messages again (all when none is named), and waiting ones at once. The service sends them."""
    from monitor.database import open_for_writing
    from notifiers.outbox import Outbox
    from snapshots.database import immediate

    session.needed_reader()
    session.check_names(notifier=notifier)
    db = open_for_writing(session.database)
    try:
        with immediate(db):
            room = Outbox(db)
            wanted = [_message_to_retry(one, room) for one in _ids(messages)]
            count = room.retry(wanted or None, now=clock(), notifier=notifier)
    finally:
        db.close()
    if wanted and count < len(set(wanted)):
        raise UseError(
            "not all of these can be tried again: each must be waiting or failed",
            hint="`trialbell outbox --all` says what became of them",
        )
    if session.as_json:
        session.emit({"retried": count})
    session.say(
        f"{counted(count, 'message')} to be tried again, by the service or the next `trialbell check`"
    )
    return DONE


@outbox.command(
    epilog="""\b
Examples:
  trialbell outbox drop 5f0c1d2e9a4b48c1a7d3e6f80911b2c4     a message
  trialbell outbox drop 83                                   a delivery that is in no message yet

\b
Exit codes: 0 done, 2 no such message or sent already, 3 the database is held."""
)
@click.argument("messages", nargs=-1, metavar="MESSAGE|DELIVERY...", required=True)
@shared_options
def drop(session: Session, messages: tuple[str, ...]) -> int:
    """Never send these. They stay listed, as dropped."""
    from monitor.database import open_for_writing
    from notifiers.outbox import Outbox
    from snapshots.database import immediate

    session.needed_reader()
    db = open_for_writing(session.database)
    try:
        with immediate(db):
            for one in _ids(messages):
                _drop(one, Outbox(db))
    finally:
        db.close()
    if session.as_json:
        session.emit({"dropped": list(messages)})
    session.say(f"{len(_ids(messages))} dropped")
    return DONE


def _ids(named: tuple[str, ...]) -> list[str]:
    """As `outbox` shows them: a message's id, or `delivery 83`, whose number is enough."""
    return [word for text in named for word in text.split() if word != "delivery"]


def _delivery(text: str, room: Outbox) -> tuple[int, str, str | None] | None:
    """A delivery's number, its state and its message; None for what is no number of one."""
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        return None
    try:
        state, message = room.message_of_delivery(int(text))
    except LookupError as error:
        raise UseError(str(error), hint="`trialbell outbox --all` shows their numbers") from None
    return int(text), state, message


def _message_to_retry(text: str, room: Outbox) -> str:
    found = _delivery(text, room)
    if found is None:
        return text
    number, state, message = found
    if message is None and state == "waiting":
        raise UseError(
            f"it was not tried yet: delivery `{number}`",
            hint="`trialbell outbox` says what it waits for; `outbox retry` tries a channel that refuses us at once,"
            " `unmute` ends a snooze",
        )
    if message is None:
        raise UseError(f"it is {state}, and was in no message: delivery `{number}`")
    return message


def _drop(text: str, room: Outbox) -> None:
    """Raises UseError, which takes back what was dropped with it."""
    why, now = "dropped by a person", clock()
    found = _delivery(text, room)
    if found is None:
        if not room.drop_message(text, reason=why, now=now):
            raise UseError(
                f"not dropped: `{text}` is no message's id, or it was sent, or is being tried this moment",
                hint="`trialbell outbox` shows the ids",
            )
        return
    number, state, message = found
    if state in ("queued", "failed") and message is not None:
        raise UseError(f"delivery {number} is in a message", hint=f"`trialbell outbox drop {message}`")
    if not room.drop(number, reason=why, now=now):
        raise UseError(f"not dropped: delivery `{number}` is {state} already")
