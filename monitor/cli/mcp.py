"""`trialbell mcp`: the history for assistants, over standard input and output. Reads the database only."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from monitor.cli.errors import DONE, UseError
from monitor.cli.session import Session, clock, shared_options_but_json

if TYPE_CHECKING:
    from monitor.health import Health
    from monitor.web.setting import Setting


@click.command(
    epilog="""\b
Examples:
  trialbell mcp                            a client starts it and talks to it
  trialbell mcp --db /srv/trialbell.db

\b
Exit codes: 0 the client hung up, 2 no database, wrong configuration, or the package `mcp` is not installed."""
)
@shared_options_but_json
def mcp(session: Session) -> int:
    """Serve the history over the Model Context Protocol, for assistants. Read-only.

    Tools: search, trial as of a day, changes since, diff of two versions or days, deadlines. Standard output belongs to
    the protocol; what is said to people goes to stderr.
    """
    from importlib.util import find_spec

    if find_spec("mcp") is None:
        raise UseError(
            "the package `mcp` is not installed", hint="`pip install 'trialbell[mcp]'` installs it"
        )
    if sys.stdin is None or sys.stdout is None:
        raise UseError(
            "mcp speaks over standard input and output, and one of them is closed",
            hint="an assistant's client starts it, as docs/guide/mcp.md shows",
        )
    session.needed_reader()
    from monitor.alerting.router import Router
    from monitor.database import open_for_reading
    from monitor.mcp.server import serve
    from monitor.web.setting import Setting

    effective = Router(session.config).effective
    overridden = bool(session.config.severity)

    def setting() -> Setting:
        return Setting(now=clock(), effective=effective, health=_unasked, overridden=overridden)

    if os.isatty(0):
        session.say("a client talks here, in the Model Context Protocol; Ctrl-D ends it (docs/guide/mcp.md)")
    serve(lambda: open_for_reading(session.database), setting)
    return DONE


def _unasked() -> Health:
    raise AssertionError("no tool asks how the service is")
