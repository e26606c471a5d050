"""Work that needs the lease: done here when it is free, else asked of the process that holds it, and followed."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from monitor import requests
from monitor.app import App
from monitor.cli.errors import WorldError
from monitor.cli.session import Session, clock
from monitor.lease import Lease, LeaseHeld, holder
from monitor.polling import under_way
from monitor.polling.pace import Pace
from snapshots.database import immediate
from snapshots.errors import DatabaseHeld

BEGIN_WITHIN = 60.0  # seconds; a service that runs takes a request within one


def do_or_ask(
    app: App,
    session: Session,
    kind: str,
    arguments: dict[str, Any],
    *,
    command: str,
    watching: Callable[[Pace], None] = lambda pace: None,
) -> dict[str, Any]:
    """The request's answer, the same whoever did the work. A holder that dies is succeeded by us.

    watching: told how far the sweeps have come that another process works on.
    """
    row: int | None = None
    deadline = time.monotonic() + BEGIN_WITHIN
    try:
        while True:
            if row is not None:
                answer = requests.answered(app.db, row)
                if answer is not None:
                    row = None
                    return answer
                if requests.begun(app.db, row):
                    deadline = time.monotonic() + BEGIN_WITHIN  # begun by one that died, it is begun anew
                elif time.monotonic() > deadline:
                    raise WorldError(
                        f"{holder(session.database) or 'the service'} does not answer: it holds the lease and does"
                        f" not begin what it was asked {BEGIN_WITHIN:.0f} s ago",
                        hint="if it hangs, end it: the lease goes with it",
                    )
            if row is None or holder(session.database) is None:
                try:
                    with Lease(session.database, command=command, now=clock()):
                        return app.answer(requests.Request(row=0, kind=kind, arguments=arguments))
                except LeaseHeld as error:
                    if row is None:
                        session.say(f"{error.holder} does it")
                        with immediate(app.db):
                            row = requests.ask(app.db, kind, arguments, now=clock())
                for pace in under_way.paces(app.db):
                    watching(pace)
            time.sleep(0.1)
    finally:
        if row is not None:
            # What was done is done: at worst a service does it once more.
            with suppress(DatabaseHeld), immediate(app.db):
                requests.withdraw(app.db, row, now=clock())
