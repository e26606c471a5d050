"""Several events as one message: of one trial, or of many. Pure.

Made of the alerts that each event would be by itself, so that what may not be told is left out already.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from monitor import addresses
from monitor.alerting.discretion import masked
from monitor.alerting.links import links_of
from monitor.alerting.text import minute
from notifiers.message import Item, Level, Link, Message
from snapshots.event import Event, EventKind
from snapshots.terms import many

MOST_LISTED = 300  # trials of one summary; the rest is counted
MOST_DETAILED = 60  # of these, how many have their changes behind them
LONGEST_HEADLINE = 140  # characters: what a phone and Slack's header show
_LEVELS = (Level.CRITICAL, Level.MAJOR, Level.MINOR)
# What a summary says of trials to all of which the same happened.
_VERBS = {
    EventKind.CHANGED: "changed",
    EventKind.RETURNED: "match again",
    EventKind.LEFT: "no longer match",
    EventKind.GONE: "gone from the registry",
    EventKind.BACK: "back in the registry",
    EventKind.MERGED: "merged into others",
}


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """An event, and the alert that it would be by itself."""

    event: Event | None  # None: it could not be read, and the alert says so
    alert: Message

    @property
    def build(self) -> str | None:
        return None if self.event is None else self.event.build

    @property
    def trial(self) -> str:
        return (self.alert.thread or "").partition(":")[2]


def of_one_trial(told: Sequence[Told], *, public_url: str | None) -> Message:
    """told: of one trial, in the order of the events; one at least. The id is that of the first alert."""
    if len(told) == 1:
        return told[0].alert
    last = told[-1]
    head = max(reversed(told), key=lambda one: _rank(one.alert.level))
    apart = len({one.build for one in told}) > 1
    items = tuple(item for one in told for item in ((_step(one),) if apart else one.alert.items))
    return replace(
        last.alert,
        id=told[0].alert.id,
        level=head.alert.level,
        headline=_headline(head, [one for one in told if one is not head]),
        items=tuple(dict.fromkeys(items)),
        links=_links(told, public_url),
        facts=tuple({label: value for one in told for label, value in one.alert.facts}.items()),
        order=max(one.alert.order for one in told),
        payload=None,
    )


def of_many_trials(
    trials: Sequence[Sequence[Told]],
    *,
    message_id: str,
    counts: Mapping[Level, int],
    now: datetime,
    digest: str | None,
    why: str | None,
    public_url: str | None,
) -> Message:
    """trials: the weightiest first, MOST_LISTED at most, each as for `of_one_trial`. counts: of all trials, by what
    weighs most in each. digest: its name, when it is one. why: what it is a summary for, when not for their number.
    """
    total = sum(counts.values())
    lines = [_line(told, detailed=at < MOST_DETAILED) for at, told in enumerate(trials[:MOST_LISTED])]
    if total > len(lines):
        more = Item(
            level=min((one.level for one in lines), key=_rank),
            label=f"… and {many(total - len(lines), 'trial')} more",
            summary="`trialbell changes` lists them",
        )
        lines.append(more)
    events = [one.event for told in trials for one in told if one.event is not None]
    whole = total <= len(trials)
    watches = list(dict.fromkeys(name for event in events for name in event.watches))
    builds = sorted({event.build for event in events if event.build})
    page = addresses.whole(public_url, "/")
    newest = trials[0][-1].alert
    return Message(
        id=message_id,
        level=next(level for level in _LEVELS if counts.get(level)),
        headline=(f"{digest} digest: " if digest else "") + _counted(events if whole else [], total, counts),
        items=tuple(lines),
        facts=tuple(
            pair
            for pair in (
                ("Why together", why or ""),
                ("Watched by", ", ".join(watches) if whole else ""),
                ("Data build" if len(builds) == 1 else "Data builds", _span(builds) if whole else ""),
                ("Told", minute(now)),
            )
            if pair[1]
        ),
        links=() if page is None else (Link(text="What changed lately, on our pages", url=page),),
        footer=newest.footer,
        thread=f"summary:{message_id}",
        order=max(one.alert.order for told in trials for one in told),
    )


def _line(told: Sequence[Told], *, detailed: bool) -> Item:
    """A trial in a summary: its id and title, and what happened, the weightiest first."""
    last = told[-1]
    said = list(
        dict.fromkeys(_sentence(one) for one in sorted(told, key=lambda one: -_rank(one.alert.level)))
    )
    link = next(iter(last.alert.links), None)
    title = "" if last.event is None else masked(last.event.title)
    return Item(
        level=max((one.alert.level for one in told), key=_rank),
        label=last.trial if title in ("", last.trial) else f"{last.trial} · {title}",
        summary="; ".join(said),
        link=None if link is None else Link(text=last.trial, url=link.url),
        details=tuple(dict.fromkeys(item for one in told for item in _behind(one))) if detailed else (),
    )


def _behind(one: Told) -> tuple[Item, ...]:
    """What more there is to read of an event than its sentence: what changed, and no rule of ours."""
    known = one.event is None or one.event.kind is EventKind.CHANGED
    return one.alert.items if known else ()


def _links(told: Sequence[Told], public_url: str | None) -> tuple[Link, ...]:
    """From what stood before the first to what stands after the last: our pages compare these two."""
    last = told[-1]
    ends = [one.event for one in told if one.event and one.event.from_ and one.event.to]
    if last.event is None or not ends:
        return last.alert.links
    return links_of(dataclasses.replace(last.event, from_=ends[0].from_, to=ends[-1].to), public_url)


def _step(one: Told) -> Item:
    """An event among several of one trial: when, what, and its changes behind it."""
    return Item(
        level=one.alert.level,
        label=f"Build of {one.build}" if one.build else "",
        summary=_sentence(one),
        details=one.alert.items,
    )


def _headline(head: Told, others: Sequence[Told]) -> str:
    both = f"{head.alert.headline}; {_sentence(others[0])}"
    if len(others) == 1 and len(both) <= LONGEST_HEADLINE:
        return both
    return f"{head.alert.headline}; and {len(others)} more"


def _sentence(one: Told) -> str:
    """An alert's headline without the trial's id."""
    return one.alert.headline.removeprefix(f"{one.trial}: ")


def _counted(events: Sequence[Event], total: int, counts: Mapping[Level, int]) -> str:
    kinds = {event.kind for event in events}
    watches = {event.watches for event in events}
    words = f"{many(total, 'trial')} with news"
    if len(kinds) == 1:
        kind = next(iter(kinds))
        if kind is EventKind.ENTERED:
            new = f"{total:,} new trial{'' if total == 1 else 's'}"
            words = f"{new} for {_listed(next(iter(watches)))}" if len(watches) == 1 else new
        elif kind is EventKind.DEADLINE:
            words = f"{many(total, 'trial')} with a date that passed or comes near"
        else:
            words = f"{many(total, 'trial')} {_VERBS[kind]}"
    weights = [f"{counts[level]:,} {level.value}" for level in _LEVELS if counts.get(level)]
    return f"{words}: {', '.join(weights)}" if len(weights) > 1 else words


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


def _span(builds: Sequence[str]) -> str:
    return "" if not builds else builds[0] if len(builds) == 1 else f"{builds[0]} to {builds[-1]}"


def _rank(level: Level) -> int:
    return len(_LEVELS) - _LEVELS.index(level) if level in _LEVELS else 0
