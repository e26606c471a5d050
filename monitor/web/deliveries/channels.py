"""How each notifier's channel stands, and how much of each kind it has: from tallies, whatever their size."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlite_utils import Database

from monitor.alerting.text import minute
from monitor.web.deliveries.shapes import Channel
from notifiers.channels import Channels
from notifiers.outbox_rows import ChannelState
from notifiers.standing import tallied

WORDS: Mapping[str, str] = {
    "well": "Well",
    "resting": "Resting",
    "refusing": "Refuses us",
    "unheard": "Not tried yet",
}
_WAITING = ("waiting", "queued", "claimed", "unknown")
_ENDS = ("sent", "failed", "dropped")


def channels(db: Database, now: datetime) -> list[Channel]:
    """Every notifier that ever had something to tell, by name."""
    told, bare = tallied(db, "delivery"), tallied(db, "message")
    heard = [row[0] for row in db.execute("select notifier from channel").fetchall()]
    return [
        _channel(Channels(db).channel(name), told.get(name, {}), bare.get(name, {}), now)
        for name in sorted({*told, *bare, *heard})
    ]


def _channel(state: ChannelState, told: Mapping[str, int], bare: Mapping[str, int], now: datetime) -> Channel:
    standing, words = _standing(state.by(now), now)
    return Channel(
        notifier=state.notifier,
        standing=standing,
        words=words,
        waiting=sum(told.get(one, 0) for one in _WAITING),
        notices_waiting=sum(bare.get(one, 0) for one in _WAITING),
        **{one: told.get(one, 0) for one in _ENDS},
        **{f"notices_{one}": bare.get(one, 0) for one in _ENDS},
    )


def _standing(state: ChannelState, now: datetime) -> tuple[str, str]:
    if state.paused_at is not None:
        again = f"; tried again at {minute(state.probe_at)}" if state.probe_at else ""
        return "refusing", f"since {minute(state.paused_at)}: {state.reason}{again}"
    if state.not_before is not None and state.not_before > now:
        if state.failures:
            return "resting", f"until {minute(state.not_before)}, for the last try failed: {state.reason}"
        return "resting", f"until {minute(state.not_before)}, as it asked us to"
    if state.failures:
        return "resting", f"the last try failed: {state.reason}"
    if state.posted_at is not None:
        return "well", f"the last message went at {minute(state.posted_at)}"
    return "unheard", ""
