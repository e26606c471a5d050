"""How current what is shown is, in one line; and what of it is a trouble.

Pages alone, without a service (`serve`, the demo, a copy of a database), are an ordinary way to read: that nobody
polls is said there, and that the last poll is long ago follows from it. Neither is an alarm.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.health import Health, WatchHealth
from monitor.web.reading import Reading
from monitor.web.setting import Setting
from snapshots.errors import SnapshotsError

_ALONE = "no service is running"  # how `diagnosis` begins to say that no process polls
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


def standing_line(reader: Reading, setting: Setting, health: Health | None = None) -> Standing:
    """How current the pages are. Never fails: that health cannot be had is a trouble like others."""
    health = health or health_now(setting)
    alone, troubles = is_alone(health), troubles_of(health)
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


def health_now(setting: Setting) -> Health:
    try:
        return setting.health()
    except (SnapshotsError, OSError, sqlite3.Error) as error:
        return Health(ok=False, problems=(f"the state of the service cannot be read: {error}",))


def is_alone(health: Health) -> bool:
    """Whether nobody polls here: a poller, in this process or another, knows when it polls next."""
    return health.next_poll is None and bool(health.watches)


def troubles_of(health: Health) -> tuple[str, ...]:
    """What is a trouble even where nobody is meant to poll."""
    alone = is_alone(health)
    return tuple(
        one for one in health.problems if not (alone and (one.startswith(_ALONE) or f": {_LATE}" in one))
    )


def _untold(watch: WatchHealth, troubles: Sequence[str]) -> bool:
    return watch.problem is not None and not any(watch.problem in one for one in troubles)
