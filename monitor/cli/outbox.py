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
    from monitor.operating.undelivered import why as why_of
    from notifiers.outbox import Outbox

    session.needed_reader()
    assert session.db is not None
    session.check_names(notifier=notifier)
    room = Outbox(session.db)
    open_only = not everything and state is None
    listed = room.listing(state=state, notifier=notifier, open_only=open_only, limit=limit)
    now = clock()
    for row in listed:
        why = why_of(row, room.channel(row.notifier), now)
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
    from monitor.operating.undelivered import CannotRetry
    from monitor.operating.undelivered import retry as try_again
    from snapshots.database import immediate

    session.needed_reader()
    session.check_names(notifier=notifier)
    db = open_for_writing(session.database)
    try:
        with immediate(db):
            count = try_again(db, _ids(messages), notifier=notifier, now=clock())
    except CannotRetry as error:
        raise UseError(str(error), hint=error.hint) from None
    finally:
        db.close()
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
    from monitor.operating.undelivered import as_number

    number = as_number(text)
    if number is None:
        return None
    try:
        state, message = room.message_of_delivery(number)
    except LookupError as error:
        raise UseError(str(error), hint="`trialbell outbox --all` shows their numbers") from None
    return number, state, message


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
