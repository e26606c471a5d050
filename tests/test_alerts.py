"""What an alert says: in which order, with which dates and addresses, and never of whom."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from inline_snapshot import snapshot

from monitor.alerting import alerts
from monitor.alerting.text import words_of
from notifiers.message import Item, Level, Message
from snapshots.changeset import Action, FieldChange, Kind, Severity, Source, VersionRef
from snapshots.event import Event, EventKind, Step, event_json

NOW = datetime(2026, 11, 23, 9, 12, 51, tzinfo=UTC)
STATUS_MODULE = "protocolSection.statusModule."
REASON = "the study product cannot be supplied"


def version(number: int, updated: str, build: str, source: Source = Source.SNAPSHOT) -> VersionRef:
    return VersionRef(source=source, version=number, seen_at=NOW, updated=updated, build=build)


def change(field: str, label: str, **other: Any) -> FieldChange:
    plain = FieldChange(
        field=field,
        label=label,
        kind=Kind.TEXT,
        action=Action.CHANGED,
        paths=(field,),
        before="old",
        after="new",
        severity=Severity.MINOR,
        reason="",
        summary=f"{label} changed",
    )
    return replace(plain, **other)


SUSPENDED = Event(
    id="ctgov:NCT07146087:changed:3-4",
    kind=EventKind.CHANGED,
    registry="ctgov",
    trial="NCT07146087",
    title="MSC-derived exosomes in progressive MS",
    url="https://clinicaltrials.gov/study/NCT07146087",
    severity=Severity.CRITICAL,
    headline=f"Recruiting → Suspended: {REASON}",
    at=NOW,
    tags=("status", "stopped"),
    watches=("MSC exosomes",),
    from_=version(3, "2026-10-02", "2026-11-20"),
    to=version(4, "2026-11-23", "2026-11-23"),
    changes=(
        change(
            "overall-status",
            "Recruitment status",
            kind=Kind.STATUS,
            paths=(STATUS_MODULE + "overallStatus",),
            before="RECRUITING",
            after="SUSPENDED",
            severity=Severity.CRITICAL,
            reason="recruitment stopped early",
            summary=f"Recruiting → Suspended: {REASON}",
        ),
        change(
            "enrollment",
            "Enrolment",
            kind=Kind.COUNT,
            before={"count": 60, "type": "ESTIMATED"},
            after={"count": 42, "type": "ACTUAL"},
            severity=Severity.MAJOR,
            reason="changed by 20 % or more",
            summary="Enrolment cut from 60 to 42 (−30 %), now actual",
        ),
        change(
            "bookkeeping",
            "Last update submitted",
            kind=Kind.DATE,
            paths=(STATUS_MODULE + "lastUpdateSubmitDate",),
            before="2026-09-30",
            after="2026-11-20",
            severity=Severity.NOISE,
        ),
    ),
    build="2026-11-23",
    sponsor="Biocells Medical",
    phase="Early phase 1",
    status="SUSPENDED",
)


def alert(event: Event, *, public_url: str | None = "https://trials.example.org/") -> Message:
    return alerts.message_of(
        event, message_id="m1", order=7, public_url=public_url, payload=event_json(event)
    )


def test_an_alert_answers_in_order() -> None:
    message = alert(SUSPENDED)
    assert (message.id, message.level, message.thread, message.order) == (
        "m1",
        Level.CRITICAL,
        "ctgov:NCT07146087",
        7,
    )
    assert [message.headline, message.title, message.subtitle, message.footer] == snapshot(
        [
            "NCT07146087: Recruiting → Suspended: the study product cannot be supplied",
            "NCT07146087 · MSC-derived exosomes in progressive MS",
            "Biocells Medical · Early phase 1 · Suspended",
            "ClinicalTrials.gov, build of 2026-11-23; not affiliated",
        ]
    )
    assert message.items == snapshot(
        (
            Item(
                level=Level.CRITICAL,
                label="Recruitment status",
                summary="recruitment stopped early",
            ),
            Item(
                level=Level.MAJOR,
                label="Enrolment",
                summary="Enrolment cut from 60 to 42 (−30 %), now actual",
                reason="changed by 20 % or more",
            ),
        )
    )
    assert message.facts == snapshot(
        (
            ("Submitted by the sponsor", "2026-11-20"),
            ("Posted by the registry", "2026-11-23"),
            ("Seen by us", "2026-11-23 09:12 UTC"),
            ("Watched by", "MSC exosomes"),
        )
    )
    assert [(link.text, link.url) for link in message.links] == snapshot(
        [
            ("Record on ClinicalTrials.gov", "https://clinicaltrials.gov/study/NCT07146087"),
            (
                "Both versions side by side",
                "https://trials.example.org/trials/ctgov/NCT07146087/compare/3...4",
            ),
            (
                "History on ClinicalTrials.gov",
                "https://clinicaltrials.gov/study/NCT07146087?tab=history",
            ),
        ]
    )
    assert message.payload == event_json(SUSPENDED)


def test_without_a_public_address_no_page_of_ours_is_linked() -> None:
    assert [link.text for link in alert(SUSPENDED, public_url=None).links] == [
        "Record on ClinicalTrials.gov",
        "History on ClinicalTrials.gov",
    ]


def test_a_post_date_that_did_not_move_is_not_blamed() -> None:
    unmoved = replace(SUSPENDED, to=version(4, "2026-10-02", "2026-11-23"), changes=SUSPENDED.changes[:2])
    assert alert(unmoved).facts[:2] == snapshot(
        (
            ("Posted by the registry", "2026-10-02 (unmoved by this change)"),
            ("Seen by us", "2026-11-23 09:12 UTC"),
        )
    )


def test_the_registrys_steps_are_listed_in_order() -> None:
    steps = tuple(
        Step(version=number, submitted=f"2026-11-{number}", headline=headline, severity=severity)
        for number, headline, severity in (
            (12, "Recruiting → Suspended", Severity.CRITICAL),
            (13, "Suspended → Recruiting", Severity.CRITICAL),
            (14, "Recruiting → Suspended", Severity.CRITICAL),
        )
    )
    message = alert(replace(SUSPENDED, steps=steps, note="may hold several updates"))
    assert [(item.label, item.summary) for item in message.items[2:]] == snapshot(
        [
            ("Registry's version 12, submitted 12 November 2026", "Recruiting → Suspended"),
            ("Registry's version 13, submitted 13 November 2026", "Suspended → Recruiting"),
            ("Registry's version 14, submitted 14 November 2026", "Recruiting → Suspended"),
        ]
    )
    assert message.links[-1].url == snapshot(
        "https://clinicaltrials.gov/study/NCT07146087?a=11&b=14&tab=history#version-content-panel"
    )
    assert ("Note", "may hold several updates") in message.facts


def test_archive_versions_are_compared_on_the_registrys_own_page() -> None:
    archived = replace(
        SUSPENDED,
        from_=version(11, "2026-10-01", "", Source.ARCHIVE),
        to=version(12, "2026-11-20", "", Source.ARCHIVE),
        changes=SUSPENDED.changes[:1],
        build=None,
    )
    message = alert(archived)
    assert [link.url for link in message.links[1:]] == snapshot(
        [
            "https://trials.example.org/trials/ctgov/NCT07146087/compare/r11...r12",
            "https://clinicaltrials.gov/study/NCT07146087?a=11&b=12&tab=history#version-content-panel",
        ]
    )
    assert message.facts[:2] == snapshot(
        (("Submitted by the sponsor", "2026-11-20"), ("Seen by us", "2026-11-23 09:12 UTC"))
    )
    assert message.footer == "ClinicalTrials.gov; not affiliated"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (
            EventKind.ENTERED,
            snapshot(
                [
                    "New to the watch",
                    "it did not match before",
                    "",
                ]
            ),
        ),
        (
            EventKind.RETURNED,
            snapshot(
                [
                    "Watched again",
                    "it had matched before, and then not for a while",
                    "",
                ]
            ),
        ),
        (
            EventKind.LEFT,
            snapshot(
                [
                    "No longer followed",
                    "its record is still there; this watch tells of it again when it matches again",
                    "",
                ]
            ),
        ),
        (
            EventKind.GONE,
            snapshot(
                [
                    "Record gone",
                    "records are hardly ever taken down; what was seen stays readable here",
                    "",
                ]
            ),
        ),
        (
            EventKind.BACK,
            snapshot(["Record back", "it had been taken down", ""]),
        ),
        (
            EventKind.MERGED,
            snapshot(
                [
                    "Record merged",
                    "the registry held the trial twice; it goes on as NCT01730547",
                    "",
                ]
            ),
        ),
        (
            EventKind.DEADLINE,
            snapshot(["With time", "told", ""]),
        ),
    ],
)
def test_events_that_are_no_change_of_the_record(kind: EventKind, expected: str) -> None:
    event = replace(
        SUSPENDED,
        kind=kind,
        from_=None,
        changes=(),
        headline="told",
        detail="NCT01730547",
        severity=Severity.MAJOR,
    )
    message = alert(event)
    (item,) = message.items
    assert [item.label, item.summary, item.reason] == expected
    assert message.headline == "NCT07146087: told" and message.level is Level.MAJOR
    assert message.links[1].url == "https://trials.example.org/trials/ctgov/NCT07146087"
    links = [link.url for link in message.links]
    assert ("https://clinicaltrials.gov/study/NCT01730547" in links) is (kind is EventKind.MERGED)
    posted = [
        label for label, _ in message.facts if label in ("Submitted by the sponsor", "Posted by the registry")
    ]
    assert posted == []  # these dates are of the record and say nothing of this event


def test_noise_is_never_told_and_nothing_else_is_left_out() -> None:
    severities = [Severity.CRITICAL, *[Severity.MINOR] * 60, *[Severity.NOISE] * 9]
    changes = tuple(
        change(f"f{number}", f"Field {number}", severity=severity)
        for number, severity in enumerate(severities)
    )
    message = alert(replace(SUSPENDED, changes=changes))
    assert [item.label for item in message.items] == [f"Field {number}" for number in range(61)]
    assert not any(label in json.dumps(message.payload) for label in ("Field 61", "Field 69"))


def test_a_person_reads_words_and_not_codes() -> None:
    values: list[Any] = [
        None,
        True,
        "ACTIVE_NOT_RECRUITING",
        {"date": "2026-10", "type": "ESTIMATED"},
        {"count": 42},
        {"measure": "EDSS", "timeFrame": "12 months"},
        {
            "facility": "A",
            "city": "B",
            "country": "C",
            "status": "NOT_YET_RECRUITING",
            "geoPoint": {"lat": 1},
        },
        {"type": "DRUG", "name": "X"},
        ["PHASE2", "PHASE3"],
        {"allocation": "RANDOMIZED", "masking": "NONE"},
        7,
    ]
    assert [words_of(value, Kind.CHOICE) for value in values] == snapshot(
        [
            None,
            "yes",
            "Active, not recruiting",
            "2026-10 (estimated)",
            "42",
            "EDSS, 12 months",
            "A, B, C, Not yet recruiting",
            "X, Drug",
            "Phase 2; Phase 3",
            "Allocation: Randomized; Masking: None (open label)",
            "7",
        ]
    )
    # A word in capitals in a text is a word, not a code.
    assert words_of("SUSPENDED", Kind.TEXT) == "SUSPENDED"


def test_the_sample_says_that_it_is_one() -> None:
    message = alerts.sample(message_id="m1", now=NOW)
    assert message.level is Level.SAMPLE and message.thread is None
    assert message.headline.startswith("Sample of an alert – NCT07146087: Recruiting → Suspended: ")
    assert message.headline.endswith("(invented for this sample)")
    assert [message.title, message.footer] == snapshot(
        [
            "NCT07146087 · A sample alert: nothing happened to this trial",
            "Sent by `trialbell notify`: invented. An alert has the same parts; by mail its subject is the trial",
        ]
    )
    assert message.payload is not None
    assert (message.payload["id"], message.payload["event"]) == ("sample:m1", "sample")
    # It may stand in a file of alerts: every key of an alert is there.
    assert set(event_json(SUSPENDED)) <= set(message.payload)


def test_a_notice_is_for_the_operator() -> None:
    message = alerts.notice(
        "A sweep is held",
        message_id="n1",
        now=NOW,
        details=("results lost in 12 of 40 records",),
        hint="`held drop`",
    )
    assert (message.level, message.headline, message.thread) == (Level.NOTICE, "A sweep is held", None)
    assert [(item.label, item.summary) for item in message.items] == snapshot(
        [("", "results lost in 12 of 40 records"), ("What to do", "`held drop`")]
    )
    assert message.payload == snapshot(
        {
            "id": "notice:n1",
            "event": "notice",
            "headline": "A sweep is held",
            "details": ["results lost in 12 of 40 records"],
            "hint": "`held drop`",
            "at": "2026-11-23T09:12:51Z",
        }
    )


def test_a_reason_for_stopping_is_told_once() -> None:
    why = change("why-stopped", "Why stopped", before=None, after=REASON, summary=f"Reason given: {REASON}")
    told = alert(replace(SUSPENDED, changes=(*SUSPENDED.changes, why)))
    assert "Why stopped" not in [item.label for item in told.items]
    assert "why-stopped" in [one["field"] for one in told.payload["changes"]]
    other = replace(why, after="funding was lost", summary="Reason for stopping changed: funding was lost")
    told = alert(replace(SUSPENDED, changes=(*SUSPENDED.changes, other)))
    assert "Why stopped" in [item.label for item in told.items]


def test_yes_and_no_are_the_sentence_itself() -> None:
    posted = change(
        "has-results", "Results", kind=Kind.CHOICE, before=False, after=True, summary="Results posted"
    )
    (item,) = alert(replace(SUSPENDED, changes=(posted,))).items
    assert (item.before, item.after) == (None, None)
