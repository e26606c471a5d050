"""What a person in Slack looks up: a trial's status, and what changed in whole. Nothing is changed by it.

What records hold goes into answers as plain text, with no names of study staff.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec
from sqlite_utils import Database

from monitor import addresses, watches
from monitor.acting import mutes, showing
from monitor.acting.acknowledgements import Seen
from monitor.acting.mutes import Kind, Mute
from monitor.alerting.discretion import masked, without_people
from monitor.alerting.text import only_here, status_words
from notifiers.message import Link, Message
from notifiers.sent import Sent
from notifiers.slack.hand import Reply
from snapshots.changeset import Severity
from snapshots.event import Event
from snapshots.query import Reader

LAST = 5  # changes that a status tells


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """What of the application is needed to answer people."""

    registry: str
    trial_id: Callable[[str], str]  # the canonical id in a text; raises MalformedId
    record_url: Callable[[str], str]  # the registry's own page of a trial
    public_url: str | None
    effective: Callable[[Event], Event]  # as the user weighs it
    words: Callable[[Event, str], Message]  # an event, and an id for it, as an alert
    actors: frozenset[str] | None  # ids of those who may change anything; None: everybody of `home`
    home: frozenset[str] | None = None  # ids of the app's own workspace and organisation; None: not known


def status(db: Database, place: Place, trial: str, *, now: datetime) -> Reply | None:
    """Status, who watches it, until when it is muted, last changes. None when nothing is stored of it."""
    reader = Reader(db)
    stored = reader.trial(place.registry, trial)
    if stored is None:
        return None
    page = reader.events(registry=place.registry, trial=trial, archive=False, limit=4 * LAST)
    newest = without_people(page[0][1]) if page else None
    lines = [f"{trial} · {masked(stored.title)}" if stored.title else trial]
    about = [newest.sponsor or "" if newest else "", stored.phase or "", status_words(stored.status)]
    lines.append(" · ".join(part for part in about if part))
    if stored.state != "present":
        lines.append(f"Its record is {stored.state}")
    names = watches.holding(db, trial, registry=place.registry)
    lines.append(f"Watched by {', '.join(names)}" if names else "Watched by nothing at the moment")
    standing = mutes.of_trial(db, trial, now=now)
    if standing is not None:
        lines.append(silent(standing))
    seen = Seen(db, [trial])
    weighed = [(number, place.effective(event)) for number, event in page]
    told = [(number, event) for number, event in weighed if event.severity is not Severity.NOISE][:LAST]
    lines += [_line(seen, number, event) for number, event in told]
    if not told:
        lines.append("Nothing happened since it is watched")
    return Reply(text="\n".join(line for line in lines if line), links=_links(place, trial))


def diff(
    db: Database, place: Place, event_id: str, *, sent: Callable[[str], Sent | None], name: str
) -> Reply | None:
    """What changed, in words, as alerts have it: all that the message tells, which `sent` gives for a trial. name: to
    call the answer by. None when there is no such event."""
    reader = Reader(db)
    event = reader.event(event_id)
    if event is None:
        return None
    message = sent(event.trial)
    ids = message.events if message is not None and event_id in message.events else (event_id,)
    told = [found for id_ in ids if (found := reader.event(id_)) is not None]
    return Reply(
        messages=tuple(
            place.words(place.effective(one), f"{name}-{number}") for number, one in enumerate(told)
        )
    )


def silent(one: Mute) -> str:
    """A mute or a snooze, in half a sentence."""
    done = "muted" if one.kind is Kind.MUTE else "snoozed"
    end = f"until {showing.moment(one.until)}" if one.until else "until somebody unmutes it"
    return f"{done} by {showing.called(one.by)} {end}"


def _line(seen: Seen, number: int, event: Event) -> str:
    told = without_people(event)
    day = event.build or (event.at.date().isoformat() if event.at else "")
    who = [showing.called(one.by) for one in seen.of(number, event)]
    return f"{day}  {event.severity.value}: {told.headline}" + (f" (seen by {', '.join(who)})" if who else "")


def _links(place: Place, trial: str) -> tuple[Link, ...]:
    record = place.record_url(trial)
    ours = addresses.whole(place.public_url, addresses.trial(place.registry, trial))
    pairs = (("Record", None if only_here(record) else record), ("History on our pages", ours))
    return tuple(Link(text=text, url=url) for text, url in pairs if url)
