"""A small Slack behind the fault proxy, and notifiers that talk to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from doubles.slack_fault_proxy import SlackFaultProxy
from doubles.small_slack import TOKEN, Channel, SmallSlack

from notifiers.message import Level, Message
from notifiers.secret import Secret
from notifiers.slack.channel import SlackNotifier

POSTED = datetime.fromtimestamp(1_790_000_000, UTC)  # the small Slack's clock
POST, HISTORY, REPLIES = "chat.postMessage", "conversations.history", "conversations.replies"


@dataclass
class Room:
    slack: SmallSlack
    proxy: SlackFaultProxy
    alerts: Channel

    def build(
        self, *, channel: str = "#trial-alerts", token: str = TOKEN, timeout: int = 10, **more: Any
    ) -> SlackNotifier:
        settings = {"api_url": self.proxy.url, "timeout": timeout} | more
        return SlackNotifier(name="team", token=Secret(token), channel=channel, **settings)

    def chatter(self, count: int, **more: str) -> None:
        """Posts of others in the channel of alerts."""
        for number in range(count):
            self.slack.answer(POST, {"channel": self.alerts.id, "text": f"chatter {number}"} | more, TOKEN)


@contextmanager
def open_slack_room(monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    with SmallSlack() as slack, SlackFaultProxy(slack.url) as proxy:
        yield Room(slack, proxy, slack.channel("trial-alerts"))


def message(id_: str = "e1", level: Level = Level.MAJOR) -> Message:
    return Message(id=id_, level=level, headline="Recruiting → Suspended", thread="A", payload={"id": id_})
