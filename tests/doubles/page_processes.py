"""What a process is given to make pages with, so that it shows who it is, fails or dies. Imported there by name."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from doubles.asking import Asking, asking
from doubles.web_history import History
from sqlite_utils import Database
from starlette.applications import Starlette

from monitor.database import open_for_reading
from monitor.health import Health
from monitor.web.question import Look, Present, unchanged
from monitor.web.setting import Effective
from snapshots.event import Event

PATIENCE = 120  # seconds after which a test has failed


def well(db: Database, now: datetime) -> Health:
    return Health(ok=True)


def of_processes(
    history: History, count: int = 1, *, look: Look = well, effective: Effective = unchanged, **more: Any
) -> Starlette:
    """An application whose pages processes make, once they are there."""
    present = Present(look=look, effective=effective)
    database = partial(open_for_reading, history.path)
    return history.app(processes=count, database=database, present=lambda: present, **more)


def wait_for(app: Starlette) -> None:
    app.state.workers._first.result(PATIENCE)


@contextmanager
def made_elsewhere(history: History, **more: Any) -> Iterator[Asking]:
    """Its pages are made by a process from the first one on."""
    with asking(of_processes(history, **more)) as browse:
        wait_for(browse.app)
        yield browse


def told_by(db: Database, now: datetime) -> Health:
    """Health that says which process looked."""
    return Health(ok=False, problems=(f"looked at by {os.getpid()}",))


def dies(event: Event) -> Event:
    os.kill(os.getpid(), signal.SIGKILL)
    return event


def dies_once(event: Event, *, mark: Path) -> Event:
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return event


def breaks(event: Event) -> Event:
    raise RuntimeError("a defect of this test's own")


def meets(event: Event, *, port: int) -> Event:
    """Comes back once as many as are awaited there have come, and at once when nobody is awaited any more."""
    with (
        suppress(ConnectionRefusedError),
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as met,
    ):
        assert met.recv(1) == b"!"
    return event
