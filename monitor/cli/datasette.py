"""`trialbell datasette`: what Datasette needs to know to make a site of the database."""

from __future__ import annotations

import json

import click

from monitor.cli.errors import DONE
from monitor.cli.session import Session, shared_options


@click.command(
    epilog="""\b
Examples:
  trialbell datasette > metadata.json
  uvx datasette trialbell.db --metadata metadata.json

\b
Datasette (https://datasette.io) is a program of its own. It only reads; the service may run meanwhile. It shows
everything in the database but whole records, to whoever reaches its port: it has no log-in either.

\b
Exit codes: 0 done, 2 no database."""
)
@shared_options
def datasette(session: Session) -> int:
    """Metadata for Datasette: titles, what columns mean, and queries. On stdout."""
    from monitor.datasite import metadata

    session.needed_reader()
    assert session.db is not None
    found = metadata(session.db, session.database.stem)
    if session.as_json:
        session.emit(found)
    else:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    return DONE
