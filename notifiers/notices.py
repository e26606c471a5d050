"""What the operator is to be told, by another way than the channel it is about.

A notice is written in the transaction of what happened and removed once it was said: a crash between the two says
it again, and loses none. Caller owns transactions.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec
from sqlite_utils import Database


class NoticeKind(StrEnum):
    PAUSED = "paused"  # the channel refuses us; said once
    MENDED = "mended"  # and takes messages again
    FAILED = "failed"  # a message was given up
    PARTLY = "partly"  # a message arrived, and not for all that it was for


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    kind: NoticeKind
    notifier: str
    text: str
    message_id: str | None = None  # FAILED, PARTLY
    number: int = 0  # in the table, from 1; 0 for one that is not stored


class Notices:
    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, notice: Notice) -> Notice:
        number = self._db.execute(
            "insert into notice (notifier, kind, text, message) values (?, ?, ?, ?)",
            [notice.notifier, notice.kind.value, notice.text, notice.message_id],
        ).lastrowid
        assert number is not None
        return Notice(
            kind=notice.kind,
            notifier=notice.notifier,
            text=notice.text,
            message_id=notice.message_id,
            number=number,
        )

    def unsaid(self, notifier: str) -> list[Notice]:
        """In the order of what happened."""
        rows = self._db.query("select * from notice where notifier = ? order by number", [notifier])
        return [
            Notice(
                kind=NoticeKind(row["kind"]),
                notifier=row["notifier"],
                text=row["text"],
                message_id=row["message"],
                number=row["number"],
            )
            for row in list(rows)
        ]

    def said(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self._db.execute("delete from notice where number = ?", [number])
