"""The outbox: what must be told to whom, in which message, and how far that got.

Two things, two tables. A *delivery* says that one event must reach one notifier; it is written in the event's
own transaction. A *message* is what is sent and holds any number of deliveries; it never changes once it was
tried. This module is the application's half; `attempts` is the sender's. The caller owns every transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from notifiers.attempts import Attempts
from notifiers.message import Message
from notifiers.moments import moment_of, moment_or_none, moment_text
from notifiers.notifier import NotifiersError
from notifiers.outbox_rows import (
    LONGEST_WAIT,
    Delivery,
    Listed,
    delivery_of,
    listed_delivery,
    listed_message,
    message_text,
)
from notifiers.standing import tallied

PROBES = 2  # messages that a channel in trouble keeps: one of them alone may be what it refuses
_OPEN = ("waiting", "queued", "claimed", "unknown")


class Outbox(Attempts):
    def enqueue(
        self,
        event_id: str,
        notifier: str,
        *,
        thread: str | None,
        order: int,
        due_at: datetime,
        now: datetime,
        urgent: bool,
        bundle: str | None = None,
    ) -> bool:
        """Say that this event must reach this notifier. False when that was said before: nothing changes."""
        return bool(
            self._db.execute(
                """insert into delivery (event, notifier, thread, position, due_at, urgent, created_at, bundle)
                   values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (event, notifier) do nothing""",
                [
                    event_id,
                    notifier,
                    thread,
                    order,
                    moment_text(due_at),
                    int(urgent),
                    moment_text(now),
                    bundle,
                ],
            ).rowcount
        )

    def due(self, notifier: str | None, now: datetime, limit: int = 1000) -> list[Delivery]:
        """Deliveries in no message yet whose time has come, in the order of their events. None: of all.

        What was due when it was written is due whatever the clock said then: that may have been ahead. So is what was
        written later than now, or waits longer than digests and quiet hours last; a snooze may last for years.
        """
        return self._deliveries(
            """state = 'waiting' and (due_at <= :now or due_at = created_at or created_at > :now
                   or (due_at > :far and coalesce(reason, '') not like 'snoozed%'))
               and (:notifier is null or notifier = :notifier) order by position, id limit :limit""",
            {
                "now": moment_text(now),
                "far": moment_text(now + LONGEST_WAIT),
                "notifier": notifier,
                "limit": limit,
            },
        )

    def waiting(self, notifier: str, thread: str | None) -> list[Delivery]:
        """Deliveries of a thread in no message yet, due or not: an alert that may not wait takes them."""
        return self._deliveries(
            "state = 'waiting' and notifier = ? and thread is ? order by position, id", [notifier, thread]
        )

    def threads_with_waiting(self, notifier: str, threads: Iterable[str]) -> list[str]:
        """Those of these threads of which more than one delivery is in no message yet."""
        rows = self._db.execute(
            """select thread from delivery where state = 'waiting' and notifier = ?
               and thread in (select value from json_each(?)) group by thread having count(*) > 1 order by thread""",
            [notifier, json.dumps(list(threads))],
        ).fetchall()
        return [row[0] for row in rows]

    def next_due(self) -> datetime | None:
        """When the next delivery falls due; it may lie in the past. None when none waits."""
        row = self._row("select min(due_at) as soonest from delivery where state = 'waiting'", [])
        return moment_or_none(row["soonest"]) if row else None

    def put_off(self, deliveries: Iterable[int], until: datetime, *, reason: str) -> None:
        """Let deliveries that are in no message yet fall due later (quiet hours, a snooze), and say why."""
        self._db.conn.executemany(
            "update delivery set due_at = ?, reason = ? where id = ? and state = 'waiting'",
            [(moment_text(until), reason, delivery) for delivery in deliveries],
        )

    def still_waiting(self, deliveries: Iterable[int]) -> int:
        """How many of these deliveries are in no message yet and have not ended."""
        found = self._db.execute(
            "select count(*) from delivery where state = 'waiting' and id in (select value from json_each(?))",
            [json.dumps(list(deliveries))],
        ).fetchone()
        return int(found[0])

    def made_since(self, notifier: str, since: datetime, *, until: datetime) -> list[datetime]:
        """When messages that tell of events were made for a notifier, the newest first; parts of others aside."""
        rows = self._db.execute(
            """select created_at from message m where notifier = ? and created_at > ? and created_at <= ?
               and continues is null and exists (select 1 from delivery where message = m.number)
               order by created_at desc""",
            [notifier, moment_text(since), moment_text(until)],
        ).fetchall()
        return [moment_of(row[0]) for row in rows]

    def postponed(self, *, thread: str | None = None) -> list[Delivery]:
        """Deliveries in no message yet that were put off, to all notifiers; of a thread, or of any."""
        return self._deliveries(
            "state = 'waiting' and due_at <> created_at and (? is null or thread = ?) order by position, id",
            [thread, thread],
        )

    def put(
        self,
        message: Message,
        notifier: str,
        deliveries: Sequence[int] = (),
        *,
        now: datetime,
        not_before: datetime | None = None,
    ) -> None:
        """Store a message to be sent, and bind the deliveries (their ids) to it: none for a notice or sample.

        Its place in each of its deliveries' threads is after all that was put with a lower order. One that goes on
        another is put after it.
        """
        if self._row("select 1 from message where id = ?", [message.id]) is not None:
            raise NotifiersError(f"the outbox already holds a message with this id: `{message.id}`")
        held = [self._row("select * from delivery where id = ?", [delivery]) for delivery in deliveries]
        for id_, row in zip(deliveries, held, strict=True):
            if row is None or row["state"] != "waiting" or row["notifier"] != notifier:
                raise NotifiersError(f"no delivery to `{notifier}` waits under this id: `{id_}`")
        rows = [row for row in held if row is not None]
        position = max([message.order, *(row["position"] for row in rows)])
        continues = None
        if message.continues is not None:
            first = self._row(
                "select number, position from message where id = ? and notifier = ?",
                [message.continues, notifier],
            )
            if first is None or rows:
                raise NotifiersError(
                    f"goes on no message to `{notifier}`, or holds deliveries: `{message.id}`"
                )
            continues, position = first["number"], first["position"]
        number = self._db.execute(
            """insert into message
               (id, notifier, thread, position, level, headline, content, created_at, ready_at, continues, not_before,
                bare)
               values (:id, :notifier, :thread, :position, :level, :headline, :content, :now, :now, :continues,
                       :not_before, :bare)""",
            {
                "bare": int(not rows and continues is None),
                "not_before": None if not_before is None else moment_text(not_before),
                "continues": continues,
                "id": message.id,
                "notifier": notifier,
                "thread": message.thread,
                "position": position,
                "level": message.level.value,
                # A lone surrogate is no text for SQLite; `content` keeps it escaped.
                "headline": message.headline.encode("utf-8", "replace").decode(),
                "content": message_text(message),
                "now": moment_text(now),
            },
        ).lastrowid
        for row in rows:
            self._db.execute(
                "update delivery set state = 'queued', message = ?, reason = null where id = ?",
                [number, row["id"]],
            )
        assert number is not None
        self._take_lanes(number)

    def recall(self, notifier: str, now: datetime) -> int:
        """Take back messages that were never tried, their deliveries waiting anew; how many deliveries.

        For a channel in trouble: what piles up is told by what is true once it can be, and as one if it is much. The
        oldest PROBES stay, by which the channel is tried; what may have arrived, or partly did, stays too.
        """
        rows = list(
            self._db.query(
                """select number from message m where notifier = ?1 and state = 'waiting' and attempts = 0
                   and remote is null and exists (select 1 from delivery where message = m.number)
                   and (select count(*) from message older where notifier = ?1 and older.number < m.number
                        and continues is null and older.state in ('waiting', 'claimed', 'unknown')) >= ?2""",
                [notifier, PROBES],
            )
        )
        freed = 0
        for row in rows:
            freed += self._db.execute(
                """update delivery set state = 'waiting', message = null
                   where message = ? and state = 'queued'""",
                [row["number"]],
            ).rowcount
            self._end(row["number"], "dropped", "taken back before it was tried, to be told anew", now)
        return freed

    def drop(self, delivery: int, *, reason: str, now: datetime) -> bool:
        """End a delivery unsent, when it is in no message yet. False when it is, or has ended."""
        return bool(
            self._db.execute(
                """update delivery set state = 'dropped', reason = ?, ended_at = ?
                   where id = ? and state = 'waiting'""",
                [reason, moment_text(now), delivery],
            ).rowcount
        )

    def drop_where(
        self,
        *,
        reason: str,
        now: datetime,
        notifier: str | None = None,
        thread: str | None = None,
        event_id: str | None = None,
    ) -> int:
        """End the deliveries in no message yet that fit all that is given; how many."""
        return self._db.execute(
            """update delivery set state = 'dropped', reason = :reason, ended_at = :now
               where state = 'waiting' and (:notifier is null or notifier = :notifier)
               and (:thread is null or thread = :thread) and (:event is null or event = :event)""",
            {
                "reason": reason,
                "now": moment_text(now),
                "notifier": notifier,
                "thread": thread,
                "event": event_id,
            },
        ).rowcount

    def drop_message(self, message_id: str, *, reason: str, now: datetime) -> bool:
        """End a message unsent, its deliveries with it. False when it is being tried now, or was sent."""
        row = self._row("select number, state from message where id = ?", [message_id])
        if row is None or row["state"] not in ("waiting", "unknown", "failed"):
            return False
        # One that had failed is opened for a moment, for only what is open can end.
        self._db.execute(
            "update message set state = 'waiting' where ?1 in (number, continues) and state = 'failed'",
            [row["number"]],
        )
        self._db.execute("update delivery set state = 'queued' where message = ?", [row["number"]])
        return self._end(row["number"], "dropped", reason, now)

    def events_of(self, state: str, reason: str, *, since: datetime | None = None) -> int:
        """How many events have a delivery in this state, for a reason that begins so; since: ended not before."""
        found = self._db.execute(
            """select count(distinct event) from delivery where state = :state
               and substr(reason, 1, length(:reason)) = :reason and (:since is null or ended_at >= :since)""",
            {"state": state, "reason": reason, "since": None if since is None else moment_text(since)},
        ).fetchone()
        return int(found[0])

    def message_of_delivery(self, delivery: int) -> tuple[str, str | None]:
        """The state of a delivery, and the id of the message that holds it. Raises LookupError."""
        row = self._row(
            "select d.state, m.id from delivery d left join message m on m.number = d.message where d.id = ?",
            [delivery],
        )
        if row is None:
            raise LookupError(f"no such delivery: `{delivery}`")
        return row["state"], row["id"]

    def retry(self, message_ids: Iterable[str] | None, *, now: datetime, notifier: str | None = None) -> int:
        """Try failed messages again (None: all of them), and their paused or held channels with them.

        Waiting ones that are named, or all when None, are tried at once. One that may have arrived is looked
        for before, and not sooner than it was to be; nor is a channel's own word cut short (429). How many
        messages are to be tried.
        """
        named = None if message_ids is None else json.dumps(list(message_ids))
        which = (
            """(select number from message where id in (select value from json_each(:named))
                union select part.number from message first join message part on part.continues = first.number
                where first.id in (select value from json_each(:named)))"""
            if named is not None
            else "(select number from message where state in ('failed', 'waiting'))"
        )
        chosen = list(
            self._db.query(
                f"""select number, notifier from message where number in {which}
                    and state in ('failed', 'waiting') and (:notifier is null or notifier = :notifier)""",
                {"notifier": notifier, "named": named},
            )
        )
        for row in chosen:
            self._db.execute(
                """update message
                   set not_before = case when unsure_since is not null then look_at end,
                   attempts = 0, refusals = 0, unsure = 0, looks = 0, plain = 0, ended_at = null, ready_at = ?,
                   state = case when unsure_since is null then 'waiting' else 'unknown' end
                   where number = ?""",
                [moment_text(now), row["number"]],
            )
            self._db.execute(
                """update delivery set state = 'queued', reason = null, ended_at = null
                   where message = ? and state = 'failed'""",
                [row["number"]],
            )
            self._take_lanes(row["number"])
        for name in sorted({row["notifier"] for row in chosen}):
            if not self.resume(name, now):
                self.unhold(name, now)
        return len(chosen)

    def open_messages(self, notifier: str) -> int:
        """Messages to a notifier that have not ended, with deliveries or without; parts of others aside."""
        found = self._db.execute(
            """select count(*) from message where notifier = ? and state in ('waiting', 'claimed', 'unknown')
               and continues is null""",
            [notifier],
        ).fetchone()
        return int(found[0])

    def counts(self) -> dict[str, dict[str, int]]:
        """Deliveries per notifier and state. A notifier that left the configuration keeps its rows."""
        return tallied(self._db, "delivery")

    def message_counts(self) -> dict[str, dict[str, int]]:
        counts: dict[str, dict[str, int]] = {}
        rows = self._db.query("select notifier, state, count(*) as n from message group by 1, 2 order by 1")
        for row in list(rows):
            counts.setdefault(row["notifier"], {})[row["state"]] = row["n"]
        return counts

    def listing(
        self,
        *,
        state: str | None = None,
        notifier: str | None = None,
        thread: str | None = None,
        open_only: bool = False,
        limit: int | None = None,
    ) -> list[Listed]:
        """Messages, and deliveries in no message yet, newest first. `state` is one of either's."""
        wanted = {"state": state, "notifier": notifier, "thread": thread}
        messages = self._db.query(
            """select *, (select count(*) from delivery where message = m.number) as holds from message m
               where (:state is null or state = :state or (:state = 'queued' and state in
                      ('waiting', 'claimed', 'unknown')))
               and (:notifier is null or notifier = :notifier)
               and (:thread is null or thread = :thread or exists
                    (select 1 from delivery d where d.message = m.number and d.thread = :thread))
               order by number desc""",
            wanted,
        )
        listed = [self._listed_message(row) for row in list(messages)]
        loose = self._db.query(
            """select * from delivery where message is null and (:state is null or state = :state)
               and (:notifier is null or notifier = :notifier) and (:thread is null or thread = :thread)
               order by id desc""",
            wanted,
        )
        listed += [listed_delivery(row) for row in list(loose)]
        if open_only:
            listed = [row for row in listed if row.state in _OPEN]
        listed.sort(key=lambda row: row.created_at, reverse=True)
        return listed if limit is None else listed[:limit]

    def _listed_message(self, row: dict[str, Any]) -> Listed:
        held = list(
            self._db.query("select id, event from delivery where message = ? order by id", [row["number"]])
        )
        return listed_message(
            row,
            event_ids=tuple(each["event"] for each in held),
            delivery_ids=tuple(each["id"] for each in held),
        )

    def _take_lanes(self, number: int) -> None:
        self._db.execute(
            """insert or ignore into lane (notifier, thread, position, message)
               select notifier, thread, position, number from message
               where number = :number and thread is not null
               union
               select m.notifier, d.thread, m.position, m.number from message m
               join delivery d on d.message = m.number where m.number = :number and d.thread is not null""",
            {"number": number},
        )

    def _deliveries(self, where: str, parameters: Any) -> list[Delivery]:
        rows = self._db.query(f"select * from delivery where {where}", parameters)
        return [delivery_of(row) for row in list(rows)]
