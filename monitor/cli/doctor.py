"""`trialbell doctor`: is everything as it must be, and if not, what to do."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from monitor.cli.errors import DONE, WORLD
from monitor.cli.session import Session, clock, shared_options

if TYPE_CHECKING:
    from monitor.doctor import Finding

_MARKS = {True: "ok ", False: "BAD", None: "-  "}


@click.command(
    epilog="""\b
Examples:
  trialbell doctor
  trialbell doctor --deep      every stored version held against its hash; the service may go on
  trialbell doctor --json

\b
Exit codes: 0 all is as it must be, 2 wrong configuration, or no database to look into, 3 something is not."""
)
@click.option(
    "--deep", is_flag=True, help="The database alone, and all of it: every row, every version's hash."
)
@shared_options
def doctor(session: Session, deep: bool) -> int:
    """Check config, registry (and which client settings pass), queries, database, channel access, clock."""
    from monitor.doctor import database_in_depth, examine

    if deep:
        session.needed_reader()
        with session.at_work("looking at every version") as further:
            return _told(session, database_in_depth(session.database, further, clock))
    config = session.config
    if session.found_config is None:
        session.say(
            "no config.toml here: looking with the defaults (`trialbell init NCT07146087` writes one)"
        )
    return _told(session, examine(config, database=session.database, environ=os.environ, now=clock))


def _told(session: Session, findings: Iterable[Finding]) -> int:
    bad = 0
    for finding in findings:
        bad += finding.good is False
        if session.as_json:
            session.emit({"room": finding.room, "good": finding.good, "text": finding.text})
        else:
            click.echo(f"{_MARKS[finding.good]}  {finding.room}: {finding.text}")
    if bad:
        session.say(f"{bad} thing{'s' if bad != 1 else ''} to mend")
    return WORLD if bad else DONE
