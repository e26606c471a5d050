"""`trialbell backup`: a consistent copy of the database, also while the service runs."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.errors import DONE
from monitor.cli.session import Session, shared_options


@click.command(
    epilog="""\b
Examples:
  trialbell backup /backups/trialbell-2026-11-28.db
  trialbell backup copy.db --force && trialbell serve --db copy.db

\b
The copy is the database as it stood at one moment. It holds no token and no password: these are in the
environment only. To go back to it: stop the service, put it in the database's place, start the service.

\b
Exit codes: 0 done, 2 wrong use, no database, or there is something at FILE, 3 no room, or the database is damaged."""
)
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace the file that is there.")
@click.option("--no-verify", is_flag=True, help="Do not look through the copy: quicker for a large one.")
@shared_options
def backup(session: Session, target: Path, force: bool, no_verify: bool) -> int:
    """A consistent copy of the database. The service may run, and write, meanwhile."""
    from monitor.backup import back_up

    session.needed_reader()  # says what is wrong with the database, if anything is
    with session.at_work("copying the database") as further:
        copied = back_up(session.database, target, force=force, verify=not no_verify, told=further)
    if session.as_json:
        session.emit(
            {
                "path": str(copied.path),
                "bytes": copied.size,
                "versions": copied.versions,
                "events": copied.events,
                "checked": copied.checked,
            }
        )
    else:
        sound = "looked through: sound" if copied.checked else "not looked through"
        session.say(f"{copied.path}: {copied.size / 1e6:,.1f} MB, {copied.versions:,} versions, {sound}")
    return DONE
