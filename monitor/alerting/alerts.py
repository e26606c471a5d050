"""From an event to a message: how bad, which trial, what changed, why it matters, when, and where to look.

Pure. An alert never holds noise, nor names, phones or addresses of study staff. Lengths are the channel's
concern: everything is given, the weightiest first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from monitor import addresses
from monitor.acting.buttons import actions_of
from monitor.alerting.discretion import without_people
from monitor.alerting.items import LEVELS, items_of
from monitor.alerting.links import links_of
from monitor.alerting.text import minute, registry_name, scripted, status_words
from notifiers.message import Item, Level, Link, Message
from snapshots.changeset import (
    Action,
    FieldChange,
    Kind,
    Severity,
    Source,
    VersionRef,
)
from snapshots.event import Event, EventKind, event_json
from snapshots.instants import stamp
from snapshots.markup import unmarked

_SUBMITTED = "protocolSection.statusModule.lastUpdateSubmitDate"
SAMPLE_TRIAL = "NCT07146087"


def message_of(
    event: Event,
    *,
    message_id: str,
    order: int,
    public_url: str | None,
    payload: Mapping[str, Any] | None,
) -> Message:
    """The alert of one event, as the user weighs it (see routes.severities).

    payload: what jsonl and webhook write, the event's published JSON; what may not be told is taken out
    of it too.
    """
    told = without_people(event)
    sponsor = told.sponsor or ""
    return Message(
        id=message_id,
        level=LEVELS[told.severity],
        headline=f"{told.trial}: {unmarked(told.headline)}",
        title=told.trial if told.title in ("", told.trial) else f"{told.trial} · {told.title}",
        subtitle=" · ".join(part for part in (sponsor, told.phase or "", status_words(told.status)) if part),
        items=items_of(told),
        facts=_facts(told),
        links=links_of(told, public_url),
        actions=actions_of(told.registry, told.trial, told.id) if told.id is not None else (),
        footer=_footer(told),
        thread=f"{told.registry}:{told.trial}",
        order=order,
        payload=None if payload is None else {**payload, **_told_json(told)},
    )


def sample(*, message_id: str, now: datetime) -> Message:
    """For `trialbell notify`: an alert as they look, about something that did not happen, and that says
    so."""
    older, newer = (
        VersionRef(
            source=Source.SNAPSHOT,
            version=number,
            seen_at=now - timedelta(days=ago),
            updated=(now - timedelta(days=ago)).date().isoformat(),
            build=(now - timedelta(days=ago)).date().isoformat(),
        )
        for number, ago in ((1, 3), (2, 0))
    )
    reason = "the study product cannot be supplied for the time being (invented for this sample)"
    event = Event(
        id=f"sample:{message_id}",
        kind=EventKind.CHANGED,
        registry="ctgov",
        trial=SAMPLE_TRIAL,
        title="A sample alert: nothing happened to this trial",
        url=f"https://clinicaltrials.gov/study/{SAMPLE_TRIAL}",
        severity=Severity.CRITICAL,
        headline=f"Recruiting → Suspended: {reason}",
        at=now,
        tags=("status", "stopped"),
        watches=("sample",),
        from_=older,
        to=newer,
        changes=(
            FieldChange(
                field="overall-status",
                label="Recruitment status",
                kind=Kind.STATUS,
                action=Action.CHANGED,
                paths=("protocolSection.statusModule.overallStatus",),
                before="RECRUITING",
                after="SUSPENDED",
                severity=Severity.CRITICAL,
                reason="recruitment stopped early",
                summary=f"Recruiting → Suspended: {reason}",
                tags=("status", "stopped"),
            ),
        ),
        build=newer.build,
        status="SUSPENDED",
    )
    message = message_of(event, message_id=message_id, order=0, public_url=None, payload=event_json(event))
    return replace(
        message,
        level=Level.SAMPLE,
        headline=f"Sample of an alert – {message.headline}",
        actions=(),  # nothing happened to it
        footer="Sent by `trialbell notify`: invented. An alert has the same parts; by mail its subject is the trial",
        thread=None,
        payload={**(message.payload or {}), "event": "sample"},
    )


def notice(
    headline: str,
    *,
    message_id: str,
    now: datetime,
    details: Sequence[str] = (),
    hint: str | None = None,
    public_url: str | None = None,
) -> Message:
    """For the operator: something about the watching itself, not about a trial. details: one sentence
    each."""
    items = tuple(Item(level=Level.NOTICE, label="", summary=line) for line in details)
    if hint is not None:
        items = (*items, Item(level=Level.NOTICE, label="What to do", summary=hint))
    home = addresses.whole(public_url, "/")
    return Message(
        id=message_id,
        level=Level.NOTICE,
        headline=headline,
        items=items,
        facts=(("Noticed", minute(now)),),
        links=() if home is None else (Link(text="Our pages", url=home),),
        footer="trialbell, to whoever runs it",
        payload={
            "id": f"notice:{message_id}",
            "event": "notice",
            "headline": headline,
            "details": list(details),
            "hint": hint,
            "at": stamp(now),
        },
    )


def _facts(event: Event) -> tuple[tuple[str, str], ...]:
    """When: the sponsor's date, the registry's two and ours, each named, so that nobody blames the wrong
    one."""
    facts: list[tuple[str, str]] = []
    if event.kind is EventKind.CHANGED:
        submitted = _submitted(event)
        if submitted:
            facts.append(("Submitted by the sponsor", submitted))
        posted = event.to.updated if event.to else None
        if event.to and event.to.source is Source.ARCHIVE:
            posted = None  # the archive knows the day of submission only
        if posted:
            before = event.from_.updated if event.from_ and event.from_.source is not Source.ARCHIVE else None
            same = " (unmoved by this change)" if posted == before else ""
            facts.append(("Posted by the registry", posted + same))
    seen = event.to.seen_at if event.kind is EventKind.CHANGED and event.to else event.at
    if seen is not None:
        facts.append(("Seen by us", minute(seen)))
    if event.note:
        facts.append(("Note", event.note))
    if event.watches and event.kind not in (EventKind.ENTERED, EventKind.LEFT, EventKind.RETURNED):
        facts.append(("Watched by", ", ".join(event.watches)))
    return tuple(facts)


def _submitted(event: Event) -> str | None:
    """The day of submission: the registry's own date where it moved, else the last step's, else not known."""
    for change in event.changes:
        if _SUBMITTED in change.paths and isinstance(change.after, str):
            return change.after
    if event.to is not None and event.to.source is Source.ARCHIVE:
        return event.to.updated
    return event.steps[-1].submitted if event.steps else None


def _footer(event: Event) -> str:
    built = f", build of {event.build}" if event.build else ""
    if scripted(event.url):
        return f"Demo: scripted days, not news; a registry on this machine{built}"
    return f"{registry_name(event.registry)}{built}; not affiliated"


def _told_json(event: Event) -> dict[str, Any]:
    """The parts of the published JSON that can hold what may not be told."""
    whole = event_json(event)
    return {key: whole[key] for key in ("title", "headline", "detail", "note", "steps", "changes")}
