"""When an event would be told, if it happened now: snoozes, digests, quiet hours, a channel that rang too often."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from monitor.acting import mutes
from monitor.alerting.foretelling import Foretold, foretell
from monitor.alerting.subject import Given
from monitor.config import read
from monitor.database import open_for_writing
from notifiers.message import Level, Message
from notifiers.outbox import Outbox
from snapshots.changeset import Action, FieldChange, Kind, Severity, Source, VersionRef
from snapshots.database import immediate
from snapshots.event import Event, EventKind

NOW = datetime(2026, 11, 27, 21, 30, tzinfo=UTC)  # a Friday
SLACK = """\
[notifiers.team]
type = "slack"
token = "${TOKEN}"
channel = "#c"
timezone = "Europe/Berlin"
quiet_hours = "20:00-07:00"
quiet_days = ["sat", "sun"]
most_per_hour = 2
[notifiers.log]
type = "jsonl"
path = "log.jsonl"
"""
NEW = Event(
    id="ctgov:NCT07146087:entered:0123:2026-11-27",
    kind=EventKind.ENTERED,
    registry="ctgov",
    trial="NCT07146087",
    title="MSC exosomes",
    url=None,
    severity=Severity.MAJOR,
    headline="Now matches MSC exosomes",
    at=NOW,
    tags=("watch",),
    watches=("MSC exosomes",),
)
GONE = replace(NEW, id="ctgov:NCT07146087:gone:2026-11-27", kind=EventKind.GONE, severity=Severity.CRITICAL)


def foretold(event: Event, routes: str, *, now: datetime = NOW, db=None) -> Foretold:
    config = read(SLACK + routes, Path("config.toml"))
    return foretell(event, config=config, subject=Given(), db=db, now=now)


def when(found: Foretold) -> list[tuple[str, str, str] | tuple[str, None]]:
    return [
        (one.notifier, f"{one.coming.at:%a %d %H:%M}", one.coming.why) if one.coming else (one.notifier, None)
        for one in found.outcomes
    ]


@pytest.mark.parametrize(
    ("event", "routes", "expected"),
    [
        (
            NEW,
            "",
            snapshot(
                [
                    ("team", "Mon 30 06:00", "quiet hours until 2026-11-30 06:00 UTC"),
                    ("log", "Fri 27 21:30", ""),
                ]
            ),
        ),
        (GONE, "", snapshot([("team", "Fri 27 21:30", ""), ("log", "Fri 27 21:30", "")])),
        (NEW, '[[route]]\nto = ["log"]\n', snapshot([("team", None), ("log", "Fri 27 21:30", "")])),
    ],
)
def test_quiet_hours(event, routes, expected):
    assert when(foretold(event, routes)) == expected


def test_digests():
    daily = '[[route]]\nto = ["team", "log"]\ndigest = "mon-fri 12:00"\n'
    assert when(foretold(NEW, daily)) == snapshot(
        [
            ("team", "Mon 30 11:00", "in the digest of mon-fri 12:00"),
            ("log", "Mon 30 12:00", "in the digest of mon-fri 12:00"),
        ]
    )
    assert when(foretold(GONE, daily)) == snapshot(
        [
            ("team", "Fri 27 21:30", "what is critical waits for no digest"),
            ("log", "Fri 27 21:30", "what is critical waits for no digest"),
        ]
    )
    early = '[[route]]\nto = ["team"]\ndigest = "daily 06:00"\n'
    assert when(foretold(NEW, early)) == snapshot(
        [
            ("team", "Mon 30 06:00", "in the digest of daily 06:00, quiet hours until 2026-11-30 06:00 UTC"),
            ("log", None),
        ]
    )


def test_snoozes_put_off_and_mutes_silence(tmp_path):
    with closing(open_for_writing(tmp_path / "t.db")) as db:
        with immediate(db):
            until = NOW + timedelta(days=4)
            mutes.mute(db, mutes.Scope.TRIAL, NEW.trial, until=until, now=NOW, kind=mutes.Kind.SNOOZE)
        found = foretold(NEW, "", db=db)
        assert found.reaches == ("team", "log") and when(found) == snapshot(
            [
                ("team", "Tue 01 21:30", "snoozed: trial NCT07146087 snoozed until 2026-12-01T21:30:00Z"),
                ("log", "Tue 01 21:30", "snoozed: trial NCT07146087 snoozed until 2026-12-01T21:30:00Z"),
            ]
        )
        assert foretold(GONE, "", db=db).outcomes[0].coming.at == NOW
        with immediate(db):
            mutes.mute(db, mutes.Scope.WATCH, "MSC exosomes", until=None, now=NOW)
        found = foretold(NEW, "", db=db)
        assert (found.reaches, found.silent) == ((), ("watch MSC exosomes muted without an end",))
        assert when(found) == [("team", None), ("log", None)]


def test_a_channel_that_rang_too_often(tmp_path):
    now = NOW.replace(hour=12)
    with closing(open_for_writing(tmp_path / "t.db")) as db:
        outbox = Outbox(db)
        for number in range(2):
            at = now - timedelta(minutes=40 - number)
            with immediate(db):
                event_id = f"ctgov:NCT0000000{number}:gone:2026-11-26"
                outbox.enqueue(event_id, "team", thread=None, order=number, due_at=at, now=at, urgent=False)
                (delivery,) = outbox.due("team", at)
                message = Message(id=f"m{number}", headline="told", level=Level.MAJOR, order=number)
                outbox.put(message, "team", [delivery.id], now=at)
        assert when(foretold(NEW, "", now=now, db=db)) == snapshot(
            [("team", "Fri 27 12:50", "2 messages went in the last hour"), ("log", "Fri 27 12:30", "")]
        )


def test_what_is_told_to_nobody(tmp_path):
    assert foretold(replace(NEW, watches=()), "").silent == snapshot(
        ("no watch held the trial then: it is on record, and nobody is told of it",)
    )
    archived = VersionRef(source=Source.ARCHIVE, version=4, seen_at=NOW, updated="2026-11-20", build=None)
    assert foretold(replace(NEW, to=archived), "").silent == snapshot(
        ("it lies in the registry's own history, of which nobody is told",)
    )


def test_what_most_records_did_at_once_is_said_to_weigh_little():
    change = FieldChange(
        field="phase",
        label="Phase",
        kind=Kind.CHOICE,
        action=Action.CHANGED,
        paths=("protocolSection.designModule.phases",),
        before=["PHASE2"],
        after=["PHASE3"],
        severity=Severity.MAJOR,
        reason="the phase changed",
        summary="Phase changed: Phase 2 → Phase 3",
        drift=True,
    )
    event = replace(NEW, kind=EventKind.CHANGED, changes=(change,))
    found = foretold(event, '[[route]]\nto = ["team"]\nmin_severity = "major"\n')
    assert found.drifting and not foretold(NEW, "").drifting
    assert (found.event.severity, found.overridden, found.reaches) == (Severity.MINOR, (), ())
