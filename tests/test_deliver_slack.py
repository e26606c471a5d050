"""The delivery loop and the Slack channel together, on a clock that only the test moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from doubles.slack_fault_proxy import DropAfter, DropBefore, Fault, rate_limited
from doubles.slack_room import HISTORY, POST, Room, open_slack_room
from doubles.told_channel import START, open_room
from doubles.told_channel import Room as Outboxes

from notifiers.message import Level, Message
from notifiers.outbox_rows import ChannelState
from notifiers.slack.channel import SlackNotifier

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


@dataclass
class Both:
    room: Outboxes
    slack: Room

    def notifier(self, channel: str = "#trial-alerts", **more: Any) -> SlackNotifier:
        return self.slack.build(channel=channel, **({"pace": timedelta(0)} | more))

    def put(self, *ids: str, thread: str | None = None, level: Level = Level.MAJOR) -> None:
        for id_ in ids:
            order = int(id_.removeprefix("m"))
            message = Message(id=id_, level=level, headline=id_, thread=thread, order=order)
            self.room.outbox.put(message, "team", now=self.room.now)

    def drain(self, notifier: SlackNotifier, most: int = 1) -> list[str]:
        """So many drains, each when something may be tried again; the kinds of notices."""
        kinds = []
        for _ in range(most):
            drained = self.room.drain(notifier)
            kinds += [notice.kind.value for notice in drained.notices]
            if drained.next_at is None:
                break
            self.room.now = max(self.room.now, drained.next_at)
        return kinds

    def told(self) -> list[tuple[str, str | None]]:
        """What stands in the channel of alerts: its id, and the id of what it replies to."""
        ids = {each["ts"]: each["metadata"]["event_payload"]["id"] for each in self.slack.alerts.messages}
        return [(ids[each["ts"]], ids.get(each.get("thread_ts", ""))) for each in self.slack.alerts.messages]

    def channel(self) -> ChannelState:
        return self.room.outbox.channel("team")


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    with open_room(tmp_path / "outbox.db") as room, open_slack_room(monkeypatch) as slack:
        room.now = datetime.fromtimestamp(1_790_000_000, UTC)  # the small Slack's clock
        yield Both(room, slack)


def test_threads_reunite_after_the_channel_was_changed(both: Both) -> None:
    both.put("m1", thread="A")
    both.drain(both.notifier("#general"))
    for id_ in ("m2", "m3", "m4"):
        both.put(id_, thread="A")
        both.drain(both.notifier())
    assert both.told() == [("m2", None), ("m3", "m2"), ("m4", "m2")]


def test_threads_reunite_after_their_opening_was_deleted(both: Both) -> None:
    both.put("m1", thread="A")
    both.drain(both.notifier())
    both.slack.alerts.messages.clear()
    for id_ in ("m2", "m3"):
        both.put(id_, thread="A")
        both.drain(both.notifier())
    assert both.told() == [("m2", None), ("m3", "m2")]


def test_a_lost_reply_to_what_was_deleted_is_not_told_twice(both: Both) -> None:
    both.put("m1", thread="A")
    both.drain(both.notifier())
    both.slack.alerts.messages.clear()
    both.put("m2", "m3", thread="A")
    both.slack.proxy.plan(POST, DropAfter())
    both.drain(both.notifier(), 3)
    assert both.told() == [("m2", None), ("m3", "m2")]


def test_a_lost_reply_is_found_though_the_setting_changed_its_form(both: Both) -> None:
    both.put("m1", thread="A")
    both.drain(both.notifier())
    both.put("m2", thread="A", level=Level.MINOR)
    both.slack.proxy.plan(POST, DropAfter())
    both.drain(both.notifier())
    both.put("m3", thread="A")
    both.drain(both.notifier("C0ALERTS001"), 3)
    assert both.told() == [("m1", None), ("m2", "m1"), ("m3", "m1")]


def test_a_private_channel_that_cannot_be_listed_gets_its_message(both: Both) -> None:
    both.slack.alerts.is_private = True
    both.slack.slack.scopes -= {"groups:read", "groups:history"}
    both.put("m1")
    both.slack.proxy.plan(POST, DropBefore())
    assert both.drain(both.notifier(), 3) == []
    (posted,) = both.slack.alerts.messages
    assert "Possible repeat" in posted["text"]


def test_a_history_longer_than_a_minutes_pages_is_read_to_its_end(both: Both) -> None:
    notifier = both.notifier()
    both.put("m0")
    both.drain(notifier)
    both.put("m1")
    both.slack.proxy.plan(POST, DropAfter())
    both.drain(notifier)
    both.slack.chatter(1100)
    for _ in range(4):
        both.slack.proxy.allow(HISTORY, 2)
        both.drain(notifier)
    assert both.room.state("m1") == "sent"
    assert len(both.slack.proxy.asked(POST)) == 2


def test_our_clock_two_hours_ahead_tells_nothing_twice(both: Both) -> None:
    both.slack.proxy.date = both.room.now
    both.room.now += 2 * HOUR
    both.put("m1")
    both.slack.proxy.plan(POST, DropAfter())
    both.drain(both.notifier())
    both.drain(both.notifier(), 2)  # also when another process looks
    assert both.told() == [("m1", None)] and both.room.state("m1") == "sent"


def test_the_channels_id_is_that_of_an_earlier_answer_also_after_a_start(both: Both) -> None:
    both.put("m1")
    both.drain(both.notifier())
    both.put("m2")
    both.slack.proxy.plan(POST, DropAfter())
    both.drain(both.notifier())
    both.drain(both.notifier(), 2)
    assert [id_ for id_, _ in both.told()] == ["m1", "m2"] and both.room.state("m2") == "sent"
    assert both.slack.proxy.asked("conversations.list") == []


def test_a_missing_scope_to_read_keeps_no_channel_paused(both: Both) -> None:
    both.slack.slack.scopes.discard("channels:history")
    with both.room.transaction():
        both.room.outbox.pause("team", "is_archived", both.room.now, probe_at=both.room.now)
    assert both.drain(both.notifier()) == ["mended"]


class OneASecond:
    """A channel takes one message a second, by the test's clock, as Slack does; else 429."""

    def __init__(self, room: Outboxes) -> None:
        self._room = room
        self._free_at = START - HOUR * 10_000
        self.refused = 0

    def __call__(self, method: str) -> Fault | None:
        if method != POST:
            return None
        if self._room.now < self._free_at:
            self.refused += 1
            return rate_limited(2)
        self._free_at = self._room.now + SECOND
        return None


def test_fifty_alerts_into_a_channel_that_takes_one_a_second(both: Both) -> None:
    limit = OneASecond(both.room)
    both.slack.proxy.choose_with(limit)
    ids = [f"m{number}" for number in range(50)]
    for id_ in ids:
        both.put(id_, thread=f"T{int(id_[1:]) % 5}")
    began = both.room.now
    both.drain(both.notifier(pace=SECOND), 60)
    assert limit.refused == 0  # our own pace keeps to it
    assert [id_ for id_, _ in both.told()] == ids
    assert both.room.now - began == 49 * SECOND


def test_who_is_too_fast_waits_as_long_as_slack_says_and_loses_nothing(both: Both) -> None:
    """Another program posts into the channel too, or our pace is wrong: each 429 is kept to."""
    limit = OneASecond(both.room)
    both.slack.proxy.choose_with(limit)
    ids = [f"m{number}" for number in range(20)]
    for id_ in ids:
        both.put(id_, thread=f"T{int(id_[1:]) % 5}")
    notifier = both.notifier(pace=timedelta(milliseconds=300))
    waited: list[timedelta] = []
    for _ in range(100):
        drained = both.room.drain(notifier)
        if drained.next_at is None:
            break
        waited.append(drained.next_at - both.room.now)
        both.room.now = drained.next_at
    assert limit.refused >= 10 and len(waited) == limit.refused
    assert all(wait >= 2 * SECOND for wait in waited)
    told = [id_ for id_, _ in both.told()]
    assert sorted(told) == sorted(ids)
    by_thread = [[id_ for id_ in told if int(id_[1:]) % 5 == thread] for thread in range(5)]
    assert all(each == sorted(each, key=lambda id_: int(id_[1:])) for each in by_thread)
    assert both.channel().failures == 0
