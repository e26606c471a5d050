"""How current what is shown is, and the page of the service's state: `/healthz` for people.

Pages alone, without a service (`serve`, the demo, a copy of a database), are an ordinary way to read: that nobody
polls is said there, and that the last poll is long ago follows from it. Neither is an alarm.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from monitor.health import Health, WatchHealth
from monitor.web import filters
from monitor.web.acting import acts
from monitor.web.answers import Answer, Page
from monitor.web.reading import Reading
from monitor.web.setting import Setting
from snapshots.errors import SnapshotsError

_ALONE = "no service is running"  # how `diagnosis` begins to say that no process polls
MOST_SILENT = 200  # mutes listed
_LATE = "no poll since"  # and that the last poll is long ago


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One line of the front page. tone: well, alone or trouble."""

    tone: str
    last_poll: datetime | None
    build: str | None
    watches: int
    troubles: tuple[str, ...]
    next_poll: datetime | None = None

    @property
    def unpolled(self) -> str:
        """What an empty front page says where something is watched: `1 watch, not polled yet: …`."""
        count = f"{self.watches} {'watch' if self.watches == 1 else 'watches'}"
        if self.last_poll is not None:
            return f"{count}, and no trial found yet"
        return f"{count}, not polled yet"


def standing_line(reader: Reading, setting: Setting) -> Standing:
    """How current the pages are. Never fails: that health cannot be had is a trouble like others."""
    health = _health(setting)
    # A poller, in this process or another, knows when it polls next.
    alone = health.next_poll is None and bool(health.watches)
    troubles = _troubles(health.problems, alone)
    polled = [one.last_success for one in health.watches if one.last_success]
    return Standing(
        tone="trouble" if troubles else "alone" if alone else "well",
        last_poll=max(polled, default=None),
        build=health.build,
        watches=max(len(health.watches), len(reader.watches())),
        troubles=(
            *troubles,
            *(f"{one.name}: {one.problem}" for one in health.watches if _untold(one, troubles)),
        ),
        next_poll=health.next_poll,
    )


def state(reader: Reading, setting: Setting) -> Answer:
    """`/state`: the same as `/healthz`, in words."""
    health = _health(setting)
    outbox = health.outbox
    return Page(
        template="state.html",
        path="/state",
        values={
            "here": "state",
            "standing": standing_line(reader, setting),
            "watches": health.watches,
            "deliveries": (
                ("Waiting to be sent", outbox.pending),
                ("Sent", outbox.sent),
                ("Failed", outbox.failed),
                ("Dropped", outbox.dropped),
            ),
            "at": setting.now,
            **_silences(reader, setting),
        },
    )


def _silences(reader: Reading, setting: Setting) -> dict[str, Any]:
    """What is muted and snoozed, the newest first, and what the forms that do so offer."""
    standing = reader.muted(setting.now)[::-1]
    return {
        "silent": [acts.silent(one) for one in standing[:MOST_SILENT]],
        "silent_more": max(0, len(standing) - MOST_SILENT),
        "token": setting.token,
        "spans": acts.SPANS,
        "tomorrow": (setting.now.date() + timedelta(days=1)).isoformat(),
        "watch_names": [one.name for one in reader.watches()] if setting.token else [],
        "field_names": filters.fields() if setting.token else (),
    }


def _health(setting: Setting) -> Health:
    try:
        return setting.health()
    except (SnapshotsError, OSError, sqlite3.Error) as error:
        return Health(ok=False, problems=(f"the state of the service cannot be read: {error}",))


def _troubles(problems: Sequence[str], alone: bool) -> tuple[str, ...]:
    """What is a trouble even where nobody is meant to poll."""
    return tuple(one for one in problems if not (alone and (one.startswith(_ALONE) or f": {_LATE}" in one)))


def _untold(watch: WatchHealth, troubles: Sequence[str]) -> bool:
    return watch.problem is not None and not any(watch.problem in one for one in troubles)
