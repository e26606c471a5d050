"""The page of deliveries: a page of them, newest first, and how each channel stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from monitor import addresses
from monitor.operating.undelivered import why
from monitor.web import filters
from monitor.web.address import Asked
from monitor.web.answers import Answer, BadQuestion, Page
from monitor.web.compare.marks import headline_of
from monitor.web.deliveries.channels import WORDS, channels
from monitor.web.deliveries.shapes import Channel, Deliveries, Delivery
from monitor.web.drawing.blocks import safe_href, shown_text
from monitor.web.reading import Reading
from monitor.web.sources import named
from notifiers import listing
from notifiers.channels import Channels
from notifiers.listing import Told
from notifiers.outbox_rows import ChannelState, DeliveryState, MessageState
from snapshots.event import Event
from snapshots.instants import stamp

PAGE = 50
PATH = "/deliveries"
# What a person asks for → the states that it stands in.
STATES: Mapping[str, tuple[DeliveryState, ...]] = {
    "waiting": (DeliveryState.WAITING, DeliveryState.QUEUED),
    "sent": (DeliveryState.SENT,),
    "failed": (DeliveryState.FAILED,),
    "dropped": (DeliveryState.DROPPED,),
}
_NOTICES: Mapping[str, tuple[MessageState, ...]] = {
    "waiting": (MessageState.WAITING, MessageState.CLAIMED, MessageState.UNKNOWN),
    "sent": (MessageState.SENT,),
    "failed": (MessageState.FAILED,),
    "dropped": (MessageState.DROPPED,),
}
KINDS = {"events": "what happened to trials", "notices": "notices, first looks, samples"}
_ASKED = ("of", "state", "notifier", "trial")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A delivery as the page shows it: what programs are told, and what only a person does with it."""

    told: Delivery
    state: str  # waiting, sent, failed or dropped
    created_at: datetime
    next_at: datetime | None  # later than now; None: nothing to say
    ended_at: datetime | None
    event_href: str | None
    trial_href: str | None
    again: str | None  # the message's id, where it may be tried again
    unsure: bool  # an attempt may have arrived


def listed(asked: Asked) -> Answer:
    """`/deliveries`"""
    want = {name: filters.short_enough(name, asked.query.get(name, "").strip()) for name in _ASKED}
    before = filters.before(asked.query.get("before", ""))
    standing = channels(asked.reader.database, asked.setting.now)
    thread = _check(want, standing)
    found = _found(asked.reader, want, thread, before)
    rows = _rows(asked, found[:PAGE])
    kept = {name: text for name, text in want.items() if text and (name, text) != ("of", "events")}
    older = "?" + urlencode({**kept, "before": found[PAGE - 1].number}) if len(found) > PAGE else None
    return Page(
        template="deliveries.html",
        path=PATH,
        values={
            "here": "deliveries",
            "asked": want,
            "filtered": bool(kept),
            "kinds": KINDS,
            "states": tuple(STATES),
            "channels": standing,
            "channel_words": WORDS,
            "rows": rows,
            "older": older,
            "newest": "?" + urlencode(kept) if before is not None else None,
            "token": asked.setting.token,
            "link": lambda **more: "?" + urlencode({k: v for k, v in more.items() if v}),
        },
        data=lambda: Deliveries(
            items=[one.told for one in rows],
            next=PATH + ".json" + older if older else None,
            channels=standing,
        ),
        rows=lambda: [one.told for one in rows],
    )


def _check(want: Mapping[str, str], standing: Sequence[Channel]) -> str | None:
    """The thread of the trial that is asked for; None when none is. A misspelt filter would look like silence."""
    if want["of"] and want["of"] not in KINDS:
        raise BadQuestion(f"no such kind: `{want['of']}`", hint="There are events and notices.")
    if want["state"] and want["state"] not in STATES:
        raise BadQuestion(
            f"no such state: `{want['state']}`", hint=filters.nearest(want["state"], tuple(STATES))
        )
    names = [one.notifier for one in standing]
    if want["notifier"] and want["notifier"] not in names:
        raise BadQuestion(
            f"nothing was ever to be told to this notifier: `{want['notifier']}`",
            hint=filters.nearest(want["notifier"], names),
        )
    if not want["trial"]:
        return None
    if want["of"] == "notices":
        raise BadQuestion("a notice is about no trial", hint="Leave out the trial, or ask for events.")
    trial = named(want["trial"])
    if trial is None:
        raise BadQuestion(
            f"no id of a trial: `{want['trial']}`", hint="An id is NCT and eight digits, as NCT07146087."
        )
    return ":".join(trial)


def _found(reader: Reading, want: Mapping[str, str], thread: str | None, before: int | None) -> list[Told]:
    state, notifier = want["state"], want["notifier"] or None
    if want["of"] == "notices":
        states = _NOTICES[state] if state else tuple(MessageState)
        return listing.bare(reader.database, states=states, notifier=notifier, before=before, limit=PAGE + 1)
    return listing.deliveries(
        reader.database,
        states=STATES[state] if state else tuple(DeliveryState),
        notifier=notifier,
        thread=thread,
        before=before,
        limit=PAGE + 1,
    )


def _rows(asked: Asked, found: Sequence[Told]) -> list[Row]:
    events = _events(asked, (one.listed.event_ids[0] for one in found if one.listed.event_ids))
    room = Channels(asked.reader.database)
    heard: dict[str, ChannelState] = {}
    for one in found:
        if one.listed.notifier not in heard:
            heard[one.listed.notifier] = room.channel(one.listed.notifier)
    return [_row(one, events, heard[one.listed.notifier], asked.setting.now) for one in found]


def _events(asked: Asked, ids: Iterable[str]) -> dict[str, tuple[int, Event]]:
    """Id of an event → its number, and it."""
    wanted = list(dict.fromkeys(ids))
    numbers = [number for one in wanted if (number := asked.reader.number(one)) is not None]
    return {event.id: (number, event) for number, event in asked.reader.numbered(numbers) if event.id}


def _row(told: Told, events: Mapping[str, tuple[int, Event]], channel: ChannelState, now: datetime) -> Row:
    one = told.listed
    number, event = events.get(one.event_ids[0], (None, None)) if one.event_ids else (None, None)
    state = next(name for name in STATES if told.state in (*STATES[name], *_NOTICES[name]))
    headline = headline_of(event.headline, event.changes) if event else one.headline
    waits = state == "waiting"
    shown = Delivery(
        number=told.number,
        message=one.message_id,
        notifier=one.notifier,
        state=state,
        why=shown_text(why(one, channel, now)),
        reason=shown_text(one.reason),
        headline=headline or (one.event_ids[0] if one.event_ids else ""),
        registry=event.registry if event else None,
        trial=event.trial if event else None,
        event=one.event_ids[0] if one.event_ids else None,
        event_number=number,
        attempts=one.attempts,
        possible_repeat=one.possible_repeat,
        digest=one.bundle,
        created_at=stamp(one.created_at),
        next_at=stamp(one.next_at) if waits else None,
        ended_at=stamp(one.ended_at),
        place=_place(told.remote or {}),
        link=_link(told.remote or {}),
    )
    tried = state == "failed" or (waits and one.attempts > 0 and told.listed.state != "claimed")
    return Row(
        told=shown,
        state=state,
        created_at=one.created_at,
        next_at=one.next_at if waits and one.next_at and one.next_at > now else None,
        ended_at=one.ended_at,
        event_href=addresses.event(number) if number is not None else None,
        trial_href=addresses.trial(event.registry, event.trial) if event else None,
        again=one.message_id if tried else None,
        unsure=told.unsure,
    )


def _link(remote: Mapping[str, str]) -> str | None:
    """Where a message can be looked at, as its channel said. None: it said nothing of the kind."""
    return safe_href(remote.get("permalink", ""))


def _place(remote: Mapping[str, str]) -> str:
    """Where a message stands, in words; to whom a letter went is nobody's business here."""
    if remote.get("channel") and remote.get("ts"):
        return f"channel {remote['channel']}, message {remote['ts']}"
    if remote.get("message_id"):
        return f"Message-ID {remote['message_id']}"
    return f"file {remote['path']}" if remote.get("path") else ""
