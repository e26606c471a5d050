"""A process that drains a real outbox through a mail server, made to be killed."""

from __future__ import annotations

import random
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from doubles.nursery import Nursery, serve
from doubles.sender_process import immediate, open_database

from notifiers.backoff import Backoff
from notifiers.deliver import drain
from notifiers.mail.channel import MailNotifier
from notifiers.outbox import Outbox
from notifiers.settings import Settings


def send_all(orders: dict[str, Any]) -> None:
    db = open_database(orders["database"])
    notifier = MailNotifier(
        name="team",
        host="127.0.0.1",
        port=orders["port"],
        security="none",
        sender="alerts@example.org",
        recipients=["team@example.org"],
        pace=timedelta(0),
    )
    never = threading.Event()

    def wait(time: timedelta) -> bool:
        return not never.wait(time.total_seconds()) if time else True

    while True:
        drained = drain(
            Outbox(db),
            notifier,
            transaction=lambda: immediate(db),
            clock=lambda: datetime.now(UTC),
            random=random.random,
            wait=wait,
            settings=Settings(
                backoff=Backoff(first=timedelta(milliseconds=5), longest=timedelta(milliseconds=20)),
                most_blind_attempts=100,
            ),
        )
        if drained.next_at is None:
            return
        wait(max(drained.next_at - datetime.now(UTC), timedelta(milliseconds=1)))


class LetterSenders(Nursery):
    def __init__(self, database: Path, port: int) -> None:
        super().__init__("doubles.letter_process", database=str(database), port=port)


if __name__ == "__main__":
    serve(send_all)
