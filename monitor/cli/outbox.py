"""`trialbell outbox`: what was sent, what waits, what failed and why; trying again and giving up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitor.cli.errors import DONE, UseError
from monitor.cli.session import Session, clock, shared_options
from snapshots.terms import counted

if TYPE_CHECKING:
    from notifiers.outbox_rows import Listed


@click.group(
    invoke_without_command=True,
    epilog="""\b
Examples:
  trialbell outbox                        what is not sent yet, newest first
  trialbell outbox --failed               what was given up, and why
  trialbell outbox --all --limit 20       the last ones, sent ones too
  trialbell outbox retry                  try everything that failed again
  trialbell outbox drop MESSAGE           never send this one

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
    for row in listed:
        if session.as_json:
            session.emit(_as_json(row))
        else:
            click.echo("\n".join(_lines(row, configured=row.notifier in session.config.notifiers)))
    if not listed:
        session.say("nothing waits" if open_only else "nothing of the kind")
    for name, counts in room.counts().items():
        gone = "" if name in session.config.notifiers else " (no longer in config.toml)"
        session.say(f"{name}{gone}: " + ", ".join(f"{count} {state}" for state, count in counts.items()))
    return DONE


def _lines(row: Listed, *, configured: bool) -> list[str]:
    from monitor.cli.telling import plain

    when = f"{row.created_at:%Y-%m-%d %H:%M} UTC"
    what = plain(row.headline) or ", ".join(row.event_ids)
    lines = [f"{row.state:<8} {row.notifier:<12} {when}  {what}"]
    details = [row.message_id or f"delivery {row.delivery_ids[0]}"]
    if row.attempts:
        details.append(counted(row.attempts, "attempt"))
    if row.next_at:
        details.append(f"next try {row.next_at:%Y-%m-%d %H:%M} UTC")
    if row.possible_repeat:
        details.append("possible repeat")
    if not configured:
        details.append("its notifier left config.toml")
    lines.append("         " + " · ".join(details))
    if row.reason:
        lines.append(f"         {plain(row.reason)}")
    return lines


def _as_json(row: Listed) -> dict[str, object]:
    from snapshots.instants import stamp

    return {
        "message": row.message_id,
        "notifier": row.notifier,
        "state": row.state,
        "headline": row.headline,
        "thread": row.thread,
        "attempts": row.attempts,
        "reason": row.reason,
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
  trialbell outbox retry 5f0c1d2e9a

\b
Exit codes: 0 done, 2 no such message, 3 the database is held."""
)
@click.argument("messages", nargs=-1, metavar="[MESSAGE]...")
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
            count = Outbox(db).retry(messages or None, now=clock(), notifier=notifier)
    finally:
        db.close()
    if messages and count < len(set(messages)):
        raise UseError(
            "not all of these can be tried again: each must be waiting or failed",
            hint="`trialbell outbox --all`",
        )
    if session.as_json:
        session.emit({"retried": count})
    session.say(
        f"{counted(count, 'message')} to be tried again, by the service or the next `trialbell check`"
    )
    return DONE


@outbox.command(
    epilog="""\b
Example:
  trialbell outbox drop 5f0c1d2e9a

\b
Exit codes: 0 done, 2 no such message or sent already, 3 the database is held."""
)
@click.argument("messages", nargs=-1, metavar="MESSAGE...", required=True)
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
            missed = [
                one
                for one in messages
                if not Outbox(db).drop_message(one, reason="dropped by a person", now=clock())
            ]
    finally:
        db.close()
    if missed:
        raise UseError(
            f"not dropped: `{missed[0]}` is unknown, sent, or being tried this moment",
            hint="`trialbell outbox`",
        )
    if session.as_json:
        session.emit({"dropped": list(messages)})
    session.say(f"{len(messages)} dropped")
    return DONE
