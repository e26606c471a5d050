"""A registry, a channel that people read, and polls at moments of the test's choice."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from doubles.ctgov import LoopbackRegistry
from doubles.plain_edits import timeless
from doubles.study_records import study_record
from doubles.told_channel import Told
from doubles.watching import Watching, ids_watch

Record = dict[str, Any]

TEAM = """
[web]
public_url = "https://trials.example.org"
[notifiers.team]
type = "slack"
token = "${SLACK_BOT_TOKEN}"
channel = "#trial-alerts"
timezone = "Europe/Berlin"
"""


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def nct(record):
    return record["protocolSection"]["identificationModule"]["nctId"]


def with_status(record, status, **more):
    new = copy.deepcopy(record)
    new["protocolSection"]["statusModule"] |= {"overallStatus": status, **more}
    return new


def suspended(record):
    return with_status(record, "SUSPENDED", whyStopped="Supply ran out")


def closed(record):
    return with_status(record, "ACTIVE_NOT_RECRUITING")


def renamed(record):
    new = copy.deepcopy(record)
    new["protocolSection"]["identificationModule"]["briefTitle"] += ", renamed"
    return new


def recruiting(count: int = 30) -> list[Record]:
    made = [timeless(study_record(number)) for number in range(1, count + 1)]
    for record in made:
        record["protocolSection"]["statusModule"]["overallStatus"] = "RECRUITING"
        record["protocolSection"]["statusModule"].pop("whyStopped", None)
    return made


class Scene:
    """A registry, a channel that people read, and polls at moments of the test's choice."""

    def __init__(self, folder, registry, records, clock, more=""):
        self.channel = Told(name="team")
        self.clock = clock
        self.registry = registry
        text = TEAM + more + ids_watch("mine", *map(nct, records))
        self.watching = Watching(folder, registry, text, clock=clock, channels={"team": self.channel})
        self.app = self.watching.app
        self.app.wait_with(lambda pause: True)

    def poll(self, day, *records):
        self.registry.publish(moment(day), list(records))
        self.watching.poll()

    def at(self, text):
        """Deliver at this moment."""
        self.clock.now = moment(text)
        self.app.deliver("team")

    def heard(self):
        told, self.channel.heard = self.channel.heard, []
        return told

    def states(self):
        rows = self.app.db.execute(
            "select state, count(*) from delivery where notifier = 'team' group by state"
        )
        return dict(rows.fetchall())


@contextmanager
def scenes(folder: Path, records: list[Record], clock: Any) -> Iterator[Callable[..., Scene]]:
    """Makes scenes that end with the test: the first look is over."""
    opened = []

    def make(more: str = "") -> Scene:
        registry = LoopbackRegistry(records, day="2026-11-20")
        registry.start()
        made = Scene(folder, registry, records, clock, more)
        opened.append(made)
        made.watching.poll()
        return made

    yield make
    for one in opened:
        one.watching.close()
        one.registry.stop()
