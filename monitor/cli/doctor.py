"""`trialbell doctor`: is everything as it must be, and if not, what to do."""

from __future__ import annotations

import os

import click

from monitor.cli.errors import DONE, WORLD
from monitor.cli.session import Session, clock, shared_options

_MARKS = {True: "ok ", False: "BAD", None: "-  "}


@click.command(
    epilog="""\b
Examples:
  trialbell doctor
  trialbell doctor --json

\b
Exit codes: 0 all is as it must be, 2 wrong configuration, 3 something is not."""
)
@shared_options
def doctor(session: Session) -> int:
    """Check config, registry (and which client settings pass), queries, database, channel access, clock."""
    from monitor.doctor import examine

    config = session.config
    if session.found_config is None:
        session.say(
            "no config.toml here: looking with the defaults (`trialbell init NCT07146087` writes one)"
        )
    bad = 0
    for finding in examine(config, database=session.database, environ=os.environ, now=clock):
        bad += finding.good is False
        if session.as_json:
            session.emit({"room": finding.room, "good": finding.good, "text": finding.text})
        else:
            click.echo(f"{_MARKS[finding.good]}  {finding.room}: {finding.text}")
    if bad:
        session.say(f"{bad} thing{'s' if bad != 1 else ''} to mend")
    return WORLD if bad else DONE
