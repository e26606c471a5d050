"""The sender's half of the outbox: claim a message, and write down what became of the attempt.

One sender works at a time for each notifier (the application's lease sees to it). The caller owns every
transaction; a claim is committed before the network is touched, so that a sender's death is seen by the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from notifiers.channels import Channels
from notifiers.moments import moment_of, moment_or_none, moment_text
from notifiers.notifier import Placement
from notifiers.outbox_rows import LONGEST_WAIT, Claimed, message_of, remote_of, remote_text
from notifiers.settings import THREAD_FRESH_FOR

# A message waits for those before it in any of its threads. Places are in one total order: no ring.
_NOT_BLOCKED = """not exists (
    select 1 from lane mine
    join lane other on other.notifier = mine.notifier and other.thread = mine.thread
    where mine.message = m.number and (other.position, other.message) < (mine.position, mine.message))"""


_TURN = "attempts + looks, level <> 'critical', number"
# A moment further away than anything waits for was written by a clock that was ahead.
_MAY = "(not_before is null or not_before <= :now or not_before > :far)"


class Attempts(Channels):
    def claim(
        self, notifier: str, now: datetime, *, thread_fresh_for: timedelta = THREAD_FRESH_FOR
    ) -> Claimed | None:
        """The oldest of the least tried messages that may be tried now, None when there is none.

        A message that fails again and again, or is looked for in vain, so holds up nobody but its thread. Its
        attempt is begun, but for a message with `unsure_since`: that one is looked for first, and begun by
        `begin_again`. A paused channel gives nothing until its probe is due, then as if it were not paused: the
        sender tries one, and pauses it again or settles.
        """
        channel = self.channel(notifier).by(now)
        if channel.paused_at is not None and (channel.probe_at is None or channel.probe_at > now):
            return None
        if channel.not_before is not None and channel.not_before > now:
            return None
        row = self._row(
            f"""select * from message m where notifier = :notifier and state in ('waiting', 'unknown')
                and {_MAY} and {_NOT_BLOCKED} order by {_TURN} limit 1""",
            {"notifier": notifier} | _span(now),
        )
        if row is None:
            return None
        if row["state"] == "waiting":
            row |= self._place(row, now, thread_fresh_for)
            row |= {"attempts": row["attempts"] + 1, "unsure_since": None}
            self._db.execute(
                """update message set state = 'claimed', claimed_at = :now, attempts = :attempts,
                   unsure_since = null, look_at = null, reply_to = :reply_to, previous = :previous
                   where number = :number""",
                {key: row[key] for key in ("attempts", "reply_to", "previous", "number")}
                | {"now": moment_text(now)},
            )
        return Claimed(
            message=message_of(row["content"]),
            notifier=notifier,
            placement=Placement(
                reply_to=remote_of(row["reply_to"]),
                previous=remote_of(row["previous"]),
                plain=bool(row["plain"]),
                possible_repeat=bool(row["possible_repeat"]),
                latest=channel.latest,
                now=now,
                made_at=moment_of(row["created_at"]),
                arrived=remote_of(row["remote"]),
            ),
            attempts=row["attempts"],
            refusals=row["refusals"],
            refused_at=moment_or_none(row["refused_at"]),
            unsure=row["unsure"],
            looks=row["looks"],
            ready_at=moment_of(row["ready_at"]),
            unsure_since=moment_or_none(row["unsure_since"]),
            reason=row["reason"] or "",
        )

    def begin_again(self, message_id: str, now: datetime, *, possible_repeat: bool = False) -> bool:
        """Begin a new attempt of a message whose earlier one was looked for and not found, or cannot be told.

        It goes where the earlier one went, so that both are looked for in one place. False when it is no longer
        to be sent: somebody dropped it meanwhile.
        """
        begun = self._db.execute(
            """update message set state = 'claimed', claimed_at = ?, attempts = attempts + 1,
               possible_repeat = max(possible_repeat, ?) where id = ? and state = 'unknown'""",
            [moment_text(now), int(possible_repeat), message_id],
        ).rowcount
        return begun > 0

    def settle(
        self,
        message_id: str,
        remote: Mapping[str, str],
        now: datetime,
        *,
        alone: bool = False,
        posted: bool = True,
        reason: str = "",
    ) -> bool:
        """It arrived. True when the channel was paused until now.

        alone: not as the reply that it was to be, so that the thread goes on from it. posted: by
        this attempt; False when an earlier one was found. What a person dropped
        while it was looked for stays dropped; its thread goes on all the same. reason: what there is to say of it.
        """
        row = self._message(message_id)
        self._end(row["number"], "sent", reason or None, now, remote=remote_text(remote))
        if row["thread"] is not None and remote:
            self._db.execute(
                """insert into channel_thread (notifier, thread, opening, last, last_at)
                   values (?, ?, ?, ?, ?)
                   on conflict (notifier, thread) do update
                   set opening = excluded.opening, last = excluded.last, last_at = excluded.last_at""",
                [
                    row["notifier"],
                    row["thread"],
                    (None if alone else row["reply_to"]) or remote_text(remote),
                    remote_text(remote),
                    moment_text(now),
                ],
            )
        return self.took(row["notifier"], remote, now, posted=posted)

    def postpone(
        self,
        message_id: str,
        until: datetime | None,
        reason: str,
        *,
        arrived: Mapping[str, str] | None = None,
    ) -> None:
        """Try again at `until`, at once when None. What was begun did not arrive; unknown stays unknown.

        arrived: what of it did, to be handed to the next try.
        """
        self._db.execute(
            """update message set not_before = ?, reason = ?, remote = coalesce(?, remote),
               looks = looks + (state = 'unknown'),
               state = case state when 'claimed' then 'waiting' else state end,
               unsure_since = case state when 'claimed' then null else unsure_since end
               where id = ? and state in ('waiting', 'claimed', 'unknown')""",
            [None if until is None else moment_text(until), reason, remote_text(arrived or None), message_id],
        )

    def refuse(self, message_id: str, reason: str, now: datetime) -> None:
        """The channel as a whole refused it: it waits, and the attempt does not count against it."""
        self._db.execute(
            "update message set refusals = refusals + 1, refused_at = ? where id = ? and state = 'claimed'",
            [moment_text(now), message_id],
        )
        self.postpone(message_id, None, reason)

    def unknown(
        self,
        message_id: str,
        reason: str,
        now: datetime,
        *,
        look_at: datetime | None = None,
        until: datetime | None = None,
    ) -> None:
        """The attempt may have arrived. It is looked for from `look_at` on, without a word of a person from `until`."""
        look_at = look_at or now
        self._db.execute(
            """update message set state = 'unknown', unsure_since = coalesce(unsure_since, claimed_at),
               unsure = unsure + 1, not_before = ?, look_at = ?, reason = ? where id = ? and state = 'claimed'""",
            [moment_text(max(until or look_at, look_at)), moment_text(look_at), reason, message_id],
        )

    def any_claimed(self, notifier: str) -> bool:
        row = self._row(
            "select 1 from message where notifier = ? and state in ('waiting', 'claimed', 'unknown')"
            " and state = 'claimed' limit 1",
            [notifier],
        )
        return row is not None

    def make_plain(self, message_id: str) -> None:
        """The next try is plain text."""
        self._db.execute("update message set plain = 1 where id = ?", [message_id])

    def take_over(self, notifier: str, reason: str, *, look_at: datetime) -> int:
        """Attempts begun by a sender that is no more: what became of them is unknown. How many there were."""
        return self._db.execute(
            """update message set state = 'unknown', unsure_since = coalesce(unsure_since, claimed_at),
               unsure = unsure + 1, not_before = ?1, look_at = ?1, reason = ?2
               where notifier = ?3 and state = 'claimed'""",
            [moment_text(look_at), reason, notifier],
        ).rowcount

    def refuse_plain(self, message_id: str, reason: str, now: datetime) -> None:
        """The channel does not take this message as it is: the next try is plain text."""
        self.make_plain(message_id)
        self.postpone(message_id, None, reason)

    def bury(self, message_id: str, reason: str, now: datetime) -> bool:
        """Given up, its deliveries with it. The thread's later messages go on. False when it had ended."""
        return self._end(self._message(message_id)["number"], "failed", reason, now)

    def forget_thread(self, message_id: str) -> None:
        """The thread that it replies to is no longer there: the next message of it opens a new one."""
        row = self._message(message_id)
        self._db.execute(
            "delete from channel_thread where notifier = ? and thread = ?", [row["notifier"], row["thread"]]
        )

    def next_at(self, notifier: str, now: datetime) -> datetime | None:
        """The next moment at which something may be tried in this channel; None when nothing waits."""
        open_ones = f"from message m where notifier = :notifier and state in ('waiting', 'unknown') and {_NOT_BLOCKED}"
        wanted = {"notifier": notifier} | _span(now)
        # The first that may be tried ends the search: thousands may wait.
        row = self._row(
            f"select :now as soonest {open_ones} and {_MAY} order by {_TURN} limit 1",
            wanted,
        ) or self._row(f"select min(not_before) as soonest {open_ones} and not_before > :now", wanted)
        channel = self.channel(notifier).by(now)
        if channel.paused_at is not None:
            # With nothing to try too: the probe finds out whether it is mended.
            return max(channel.probe_at, channel.not_before or channel.probe_at) if channel.probe_at else None
        soonest = moment_or_none(row["soonest"] if row else None)
        if soonest is None:
            return None
        return max(soonest, now, channel.not_before or now)

    def _place(self, row: Mapping[str, Any], now: datetime, fresh_for: timedelta) -> dict[str, str | None]:
        stands = None
        if row["thread"] is not None:
            stands = self._row(
                "select * from channel_thread where notifier = ? and thread = ?",
                [row["notifier"], row["thread"]],
            )
        if stands is None:
            return {"reply_to": None, "previous": None}
        if now - moment_of(stands["last_at"]) < fresh_for:
            return {"reply_to": stands["opening"], "previous": None}
        return {"reply_to": None, "previous": stands["last"]}

    def _end(
        self, number: int, state: str, reason: str | None, now: datetime, *, remote: str | None = None
    ) -> bool:
        """False, and nothing is changed, when it had ended before."""
        ended = {"state": state, "reason": reason, "now": moment_text(now), "number": number}
        changed = self._db.execute(
            """update message set state = :state, reason = :reason, ended_at = :now, not_before = null,
               remote = coalesce(:remote, remote)
               where number = :number and state in ('waiting', 'claimed', 'unknown')""",
            ended | {"remote": remote},
        ).rowcount
        if not changed:
            return False
        self._db.execute(
            """update delivery set state = :state, reason = :reason, ended_at = :now
               where message = :number and state = 'queued'""",
            ended,
        )
        self._db.execute("delete from lane where message = ?", [number])
        if state != "sent":
            words = "what it goes on was not delivered"
            for part in self._db.execute(
                "select number from message where continues = ?", [number]
            ).fetchall():
                self._end(part[0], state, words, now)
        return True

    def _message(self, message_id: str) -> dict[str, Any]:
        row = self._row("select * from message where id = ?", [message_id])
        if row is None:
            raise LookupError(f"the outbox holds no message: `{message_id}`")
        return row


def _span(now: datetime) -> dict[str, str]:
    return {"now": moment_text(now), "far": moment_text(now + LONGEST_WAIT)}
