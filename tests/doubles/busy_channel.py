"""One busy Slack channel on a clock that only waiting moves: a message a second, lost answers, outages.

The small Slack behind the fault proxy keeps the limit: who posts sooner than a second after the last post is told to
come back later. In an outage nothing reaches it, or it answers nothing but trouble.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from doubles.slack_fault_proxy import (
    DropAfter,
    DropBefore,
    Fault,
    Says,
    SlackFaultProxy,
    rate_limited,
)
from doubles.small_slack import TOKEN, SmallSlack
from doubles.told_channel import Room, open_room

from notifiers.message import Item, Level, Message
from notifiers.secret import Secret
from notifiers.settings import Settings
from notifiers.slack.channel import SlackNotifier

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
POST = "chat.postMessage"


@dataclass(frozen=True, slots=True)
class Outage:
    begin: timedelta  # after START
    length: timedelta
    fault: Fault


OUTAGES = (
    Outage(timedelta(minutes=10), timedelta(minutes=4), DropBefore()),
    Outage(timedelta(minutes=35), timedelta(minutes=8), Says(status=503, body="upstream trouble")),
    Outage(timedelta(minutes=65), timedelta(minutes=2), rate_limited(45)),
)


@dataclass
class BusyChannel:
    room: Room
    slack: SmallSlack
    proxy: SlackFaultProxy
    notifier: SlackNotifier
    outages: tuple[Outage, ...]
    lost_share: float
    dice: random.Random
    on_wait: Callable[[], None] = lambda: None
    last_post: datetime | None = None
    too_soon: int = 0
    lost: int = 0
    turned_away: int = 0
    waited: list[float] = field(default_factory=list)

    def fault(self, method: str) -> Fault | None:
        now = self.room.now
        for outage in self.outages:
            if START + outage.begin <= now < START + outage.begin + outage.length:
                self.turned_away += 1
                return outage.fault
        if method != POST:
            return None
        if self.last_post is not None and now - self.last_post < timedelta(seconds=1):
            self.too_soon += 1
            return rate_limited(1)
        self.last_post = now
        if self.dice.random() < self.lost_share:
            self.lost += 1
            return DropAfter()
        return None

    def wait(self, pause: timedelta) -> bool:
        self.room.now += pause
        self.proxy.date = self.room.now
        self.on_wait()
        return True

    def drain(self) -> None:
        """Until nothing waits, however long that takes by the clock."""
        while True:
            drained = self.room.drain(self.notifier, Settings())
            if drained.next_at is None:
                return
            self.wait(max(drained.next_at - self.room.now, timedelta(0)))

    @property
    def posted(self) -> list[dict[str, Any]]:
        return self.slack.channel("trial-alerts").messages

    @property
    def took(self) -> timedelta:
        return self.room.now - START


@contextmanager
def open_busy_channel(
    folder: Path, *, outages: tuple[Outage, ...] = OUTAGES, lost_share: float = 0.05, seed: int = 5
) -> Iterator[BusyChannel]:
    with open_room(folder / "busy.db") as room:
        room.now = START
        room.db.execute("pragma synchronous = off")  # what a lost disk does is not looked at here
        with (
            SmallSlack(clock=lambda: room.now.timestamp()) as slack,
            SlackFaultProxy(slack) as proxy,
        ):
            proxy.date = START
            notifier = SlackNotifier(
                name="team", token=Secret(TOKEN), channel="#trial-alerts", api_url=proxy.url, timeout=30
            )
            busy = BusyChannel(room, slack, proxy, notifier, outages, lost_share, random.Random(seed))
            proxy.choose_with(busy.fault)
            room.wait = busy.wait  # type: ignore[method-assign]  # the same clock for all
            yield busy
            notifier.close()


def alert(number: int, trial: int) -> Message:
    """As small as alerts are: what looks for one reads thousands of them."""
    id_ = f"NCT{trial:08d}"
    return Message(
        id=f"alert-{number}",
        level=Level.CRITICAL if number % 50 == 0 else (Level.MAJOR, Level.MINOR)[number % 2],
        headline=f"{id_}: Recruiting → Active, not recruiting",
        title=f"{id_} · A study of something against something else in people who have it",
        subtitle="A sponsor · Phase 3 · Active, not recruiting",
        items=(Item(level=Level.MINOR, label="Enrolment", summary=f"Cut from 300 to 240, change {number}"),),
        facts=(("Posted by the registry", "2026-11-23"), ("Seen by us", "2026-11-24 09:00 UTC")),
        footer="ClinicalTrials.gov, build of 2026-11-23; not affiliated",
        thread=f"ctgov:{id_}",
        order=number,
    )
