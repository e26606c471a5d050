"""`trialbell demo`: the whole loop on this machine, with an embedded registry and a Slack stand-in."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from monitor.cli.errors import CommandError, UseError
from monitor.cli.session import Session, json_option_alone


@click.command(
    epilog="""\b
Examples:
  trialbell demo
  trialbell demo --no-serve
  trialbell demo --keep my-demo    keep its configuration and database there

\b
Exit codes: 0 done, 2 the folder is not empty, 3 a poll had trouble or the port is taken."""
)
@click.option(
    "--no-serve", is_flag=True, help="End after the last day instead of opening the history browser."
)
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8787, show_default=True, help="Of the browser."
)
@click.option(
    "--keep", type=click.Path(file_okay=False, path_type=Path), help="An empty folder to leave it all in."
)
@json_option_alone
def demo(session: Session, no_serve: bool, port: int, keep: Path | None) -> int:
    """Replay a few scripted working days with no network and no accounts; alerts appear here as Slack shows
    them. Then the history browser opens until Ctrl-C; without a terminal the demo ends by itself."""
    from monitor.demo.folder import DemoError, invoked
    from monitor.demo.run import run_demo

    if session.config_path or session.database_path:
        raise UseError(
            "the demo brings its own configuration and database", hint="`--keep FOLDER` leaves them there"
        )
    try:
        return run_demo(
            open_loop=_open_loop,
            browse=_browse,
            out=sys.stdout,
            serve=not no_serve,
            port=port,
            keep=keep,
            as_json=session.as_json,
            program=invoked(sys.argv[0], found=shutil.which("trialbell"), here=Path.cwd()),
        )
    except DemoError as error:
        raise CommandError(str(error), hint=error.hint, code=error.code) from error


def _open_loop(config_file: Path, clock: Any, environ: Mapping[str, str]) -> Any:
    import logging

    from monitor import logs
    from monitor.assembly import app_of
    from monitor.config import load

    logs.configure(level=logging.ERROR)  # the transcript tells what a log would
    app = app_of(load(config_file), clock=clock, environ=environ)
    app.wait_with(clock.forward)
    return app


def _browse(config_file: Path, port: int, ready: Callable[[], None]) -> None:
    from monitor.cli.service import ended_by_signals, serve_until
    from monitor.config import load

    session = Session(config_path=config_file, database_path=None, as_json=False)
    try:
        with ended_by_signals() as stop:
            serve_until(
                session,
                load(config_file),
                host="127.0.0.1",
                port=port,
                stop=stop,
                ready=lambda _: ready(),
                registry_runs=True,
            )
    finally:
        session.close()
