"""`trialbell held`: what a sweep saw in too many records at once, and a person's word on it."""

from __future__ import annotations

import os

import click

from monitor.cli.errors import DONE, UseError
from monitor.cli.session import Session, clock, shared_options


@click.group(
    invoke_without_command=True,
    epilog="""\b
Examples:
  trialbell held             lists what is held
  trialbell held accept 3    it really happened: record it and tell
  trialbell held drop 3      it did not: forget it

\b
Exit codes: 0 done, 2 no such held sweep, 3 the database is held.""",
)
@shared_options
@click.pass_context
def held(ctx: click.Context, session: Session) -> int:
    """List and decide on held sweeps. The next build that says the same is believed without a word."""
    if ctx.invoked_subcommand is not None:
        return DONE
    from monitor.polling import held as room

    listed = room.standing(session.db) if session.db is not None else []
    for one in listed:
        if session.as_json:
            session.emit(
                {
                    "held": one.row,
                    "registry": one.registry,
                    "kind": one.kind,
                    "subject": one.subject,
                    "build": one.day,
                    "count": one.count,
                    "swept": one.swept,
                    "opened_at": one.opened_at,
                }
            )
        else:
            click.echo(f"{one.row}  {one}")
    if not listed:
        session.say("nothing is held")
    return DONE


@held.command(
    epilog="""\b
Example:
  trialbell held accept 3

\b
Exit codes: 0 done, 2 no such held sweep, 3 the database is held."""
)
@click.argument("number", type=int)
@shared_options
def accept(session: Session, number: int) -> int:
    """Believe it: record what waits and tell those who must be told."""
    import logging

    from monitor import logs
    from monitor.assembly import app_of
    from monitor.cli.following import do_or_ask

    session.needed_reader()
    session.refuse_mixed_output()
    logs.configure(level=logging.ERROR)
    app = app_of(session.config, database=session.database, environ=os.environ, clock=clock)
    try:
        answer = do_or_ask(app, session, "held-accept", {"row": number}, command="held accept")
    finally:
        app.close()
    if "error" in answer:
        raise UseError(answer["error"], hint=answer.get("hint"))
    events = answer["events"]
    session.say(
        f"accepted: {len(events)} events recorded" if events else "accepted: the next poll records it"
    )
    return DONE


@held.command(
    epilog="""\b
Example:
  trialbell held drop 3

\b
Exit codes: 0 done, 2 no such held sweep, 3 the database is held."""
)
@click.argument("number", type=int)
@shared_options
def drop(session: Session, number: int) -> int:
    """Do not believe it: nothing of it is recorded. Should the next build say it again, it is held again."""
    from monitor.database import open_for_writing
    from monitor.polling import held as room
    from monitor.polling import staging
    from snapshots.database import immediate

    session.needed_reader()
    db = open_for_writing(session.database)
    try:
        with immediate(db):
            if not room.drop(db, number, clock()):
                raise UseError(f"no held sweep: `{number}`", hint="`trialbell held` lists them")
        staging.clear(db)
    finally:
        db.close()
    session.say("dropped")
    return DONE
