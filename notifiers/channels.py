"""What each channel was last heard to say: holds after failures, pauses while it refuses us.

The caller owns every transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from notifiers.moments import moment_or_none, moment_text
from notifiers.outbox_rows import ChannelState, remote_of, remote_text


class Channels:
    def __init__(self, db: Database) -> None:
        self._db = db

    def channel(self, notifier: str) -> ChannelState:
        row = self._row("select * from channel where notifier = ?", [notifier])
        if row is None:
            return ChannelState(notifier=notifier)
        moments = ("not_before", "asked_until", "posted_at", "paused_at", "probe_at")
        return ChannelState(
            notifier=notifier,
            failures=row["failures"],
            reason=row["reason"] or "",
            latest=remote_of(row["latest"]),
            **{key: moment_or_none(row[key]) for key in moments},
        )

    def hold(
        self, notifier: str, until: datetime, reason: str, *, asked_until: datetime | None = None
    ) -> None:
        """One more failure in a row: nothing is tried in this channel before `until`.

        asked_until: the channel itself asked for rest so long, which no retry by hand cuts short.
        """
        failures = self.channel(notifier).failures + 1
        self._upsert_channel(
            notifier,
            failures=failures,
            not_before=moment_text(until),
            asked_until=None if asked_until is None else moment_text(asked_until),
            reason=reason,
        )

    def pause(self, notifier: str, reason: str, now: datetime, *, probe_at: datetime | None = None) -> bool:
        """The channel refuses us: its messages wait. True the first time, when the operator is to be told."""
        paused_at = self.channel(notifier).paused_at
        self._upsert_channel(
            notifier,
            paused_at=moment_text(paused_at or now),
            probe_at=None if probe_at is None else moment_text(probe_at),
            reason=reason,
        )
        return paused_at is None

    def resume(self, notifier: str, now: datetime) -> bool:
        """Try the channel again now. True when it was paused. The horizon of what waited begins anew."""
        if self.channel(notifier).paused_at is None:
            return False
        self.unhold(notifier, now)
        self._upsert_channel(notifier, paused_at=None, probe_at=None, reason=None)
        self._renew_horizon(notifier, now)
        return True

    def unhold(self, notifier: str, now: datetime) -> None:
        """Try the channel again as soon as it may be: at once, unless it asked for rest itself."""
        asked_until = self.channel(notifier).by(now).asked_until
        held = asked_until is not None and asked_until > now
        rest = {} if held else {"asked_until": None}
        not_before = moment_text(asked_until) if held and asked_until is not None else None
        self._upsert_channel(notifier, failures=0, not_before=not_before, **rest)

    def took(self, notifier: str, remote: Mapping[str, str], now: datetime, *, posted: bool = True) -> bool:
        """The channel took a message. True when it was paused until now; then the horizon begins anew.

        posted: False when an earlier post was found, which the next one need not keep a distance to.
        """
        was_paused = self.channel(notifier).paused_at is not None
        cleared = dict.fromkeys(("not_before", "asked_until", "paused_at", "probe_at", "reason"))
        latest = {"latest": remote_text(remote)} if remote else {}
        when = {"posted_at": moment_text(now)} if posted else {}
        self._upsert_channel(notifier, failures=0, **when, **cleared, **latest)
        if was_paused:
            self._renew_horizon(notifier, now)
        return was_paused

    def _renew_horizon(self, notifier: str, now: datetime) -> None:
        self._db.execute(
            """update message set ready_at = ?, not_before = case state when 'unknown' then not_before end
               where notifier = ? and state in ('waiting', 'claimed', 'unknown')""",
            [moment_text(now), notifier],
        )

    def _upsert_channel(self, notifier: str, **values: object) -> None:
        self._db.execute("insert or ignore into channel (notifier) values (?)", [notifier])
        assignments = ", ".join(f"{key} = :{key}" for key in values)
        self._db.execute(
            f"update channel set {assignments} where notifier = :notifier", values | {"notifier": notifier}
        )

    def _row(self, sql: str, parameters: Any) -> dict[str, Any] | None:
        return next(iter(list(self._db.query(sql, parameters))), None)
