"""Messages of everything that is ever told: each change case and reading, each kind of event, notices, summaries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from test_changes_cases import CASES
from test_readings import READINGS

from monitor.alerting import alerts
from monitor.alerting.plain import plain_message
from notifiers.message import Action, Item, Level, Link, Message
from snapshots.changes import compare
from snapshots.changeset import Severity, Source, VersionRef
from snapshots.deadlines.states import StateKind
from snapshots.event import Event, EventKind, Step, changed_event, event_json

NOW = datetime(2026, 11, 23, 9, 12, 51, tzinfo=UTC)
OURS = "https://trials.example.org"
ACTIONS = (
    Action(name="mute-trial", text="Mute trial", value="ctgov:NCT07146087", confirm="Mute it for 30 days?"),
    Action(name="acknowledge", text="Acknowledge", value="m"),
    Action(name="show-diff", text="Show diff", value="ctgov:NCT07146087:changed:3-4"),
)


def version(number: int, day: str) -> VersionRef:
    return VersionRef(source=Source.SNAPSHOT, version=number, seen_at=NOW, updated=day, build=day)


def event_of(old: dict[str, Any], new: dict[str, Any], **more: Any) -> Event | None:
    """What happened between two records; None when nothing did that is told."""
    changes = compare(old, new, from_=version(3, "2026-10-02"), to=version(4, "2026-11-23"))
    if changes.quiet:
        return None
    protocol = new["protocolSection"]
    sponsor = protocol.get("sponsorCollaboratorsModule", {}).get("leadSponsor", {})
    return changed_event(
        changes,
        at=NOW,
        url=f"https://clinicaltrials.gov/study/{changes.trial}",
        watches=("MSC exosomes",),
        sponsor=sponsor.get("name"),
        sponsor_class=sponsor.get("class"),
        phase="Phase 2",
        status=protocol["statusModule"].get("overallStatus"),
        **more,
    )


def alert(event: Event) -> Message:
    return alerts.message_of(event, message_id="m1", order=7, public_url=OURS, payload=event_json(event))


@cache
def of_cases() -> dict[str, Message]:
    """The alert of each change case and reading that is told, by its name."""
    named = {one.name: one for one in CASES} | {f"reading: {one.name}": one for one in READINGS}
    events = ((name, event_of(*one.pair())) for name, one in named.items())
    return {name: alert(event) for name, event in events if event is not None}


def of_events() -> dict[str, Message]:
    """The alert of each kind of event, and of each state that time makes."""
    (changed,) = (event_of(*one.pair()) for one in CASES if one.name == "stop: suspended with a reason")
    assert changed is not None
    bare = replace(changed, from_=None, changes=(), headline="Matches the watch again")
    made = {
        kind.value: replace(bare, kind=kind, detail="NCT01730547" if kind is EventKind.MERGED else None)
        for kind in EventKind
        if kind is not EventKind.CHANGED
    }
    made |= {
        state.value: replace(
            bare, kind=EventKind.DEADLINE, detail=state.value, headline="Results appear overdue"
        )
        for state in StateKind
    }
    steps = tuple(
        Step(version=number, submitted=f"2026-11-{number}", headline=line, severity=Severity.CRITICAL)
        for number, line in ((12, "Recruiting → Suspended"), (13, "Suspended → Recruiting"))
    )
    made["steps"] = replace(changed, steps=steps, note="may hold several updates")
    return {name: alert(event) for name, event in made.items()}


def summary(count: int, *, changes: int = 0) -> Message:
    """changes: behind each trial."""
    details = tuple(
        Item(level=Level.MINOR, label="Sites", summary=f"Site {number} added", before="a " * 300, after="b")
        for number in range(changes)
    )
    levels = (Level.MINOR, Level.CRITICAL, Level.MAJOR)
    items = tuple(
        Item(
            level=levels[number % 3],
            label=f"NCT{number:08d} · A study of something or other in adults with disease {number}",
            summary="Recruiting → Suspended: funding was lost",
            link=Link(text="Record", url=f"https://clinicaltrials.gov/study/NCT{number:08d}"),
            details=details,
        )
        for number in range(count)
    )
    return Message(
        id=f"summary-{count}",
        level=Level.CRITICAL,
        headline=f"{count} trials of MSC exosomes changed",
        items=items,
        actions=ACTIONS,
        footer="ClinicalTrials.gov, build of 2026-11-23; not affiliated",
        thread="summary",
    )


def others() -> dict[str, Message]:
    return {
        "sample": alerts.sample(message_id="s1", now=NOW),
        "notice": alerts.notice(
            "`team` is paused, its messages wait: Slack says `is_archived`",
            message_id="n1",
            now=NOW,
            details=("3 messages wait", "the first since 2026-11-23 09:12 UTC"),
            hint="unarchive the channel, or name another",
            public_url=OURS,
        ),
        "not put into words": plain_message(
            "ctgov:NCT07146087",
            event_id="ctgov:NCT07146087:changed:3-4",
            kind="changed",
            url="https://clinicaltrials.gov/study/NCT07146087",
            urgent=True,
            message_id="p1",
            order=7,
            public_url=OURS,
        ),
        **{f"summary of {count}": summary(count) for count in (1, 6, 300)},
        "digest": summary(20, changes=3),
        "digest of much": summary(3, changes=60),
    }


def all_messages() -> Iterator[tuple[str, Message]]:
    yield from of_cases().items()
    yield from of_events().items()
    yield from others().items()
