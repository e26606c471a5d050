"""Which event goes to whom, with the reason, also of not sending; and the user's own severities."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from monitor.alerting.router import Router
from monitor.alerting.routes import Decision, decide, severities
from monitor.alerting.subject import Given
from monitor.config import Route, read
from monitor.database import open_for_writing
from monitor.polling import untold
from snapshots.changeset import Action, FieldChange, Kind, Severity
from snapshots.database import immediate
from snapshots.event import Event, EventKind
from snapshots.store import Store

NOW = datetime(2026, 11, 23, 9, 12, 51, tzinfo=UTC)


def change(field: str, severity: Severity, *tags: str) -> FieldChange:
    return FieldChange(
        field=field,
        label=field,
        kind=Kind.TEXT,
        action=Action.CHANGED,
        paths=(field,),
        before="a",
        after="b",
        severity=severity,
        reason="because",
        summary=f"{field} told",
        tags=tags,
    )


STATUS = change("overall-status", Severity.CRITICAL, "status", "stopped")
ENROLLMENT = change("enrollment", Severity.MAJOR, "enrolment")
CONTACTS = change("central-contacts", Severity.MINOR)
DERIVED = change("derived", Severity.NOISE)


def event(*changes: FieldChange, kind: EventKind = EventKind.CHANGED, **other: object) -> Event:
    plain = Event(
        id="ctgov:NCT07146087:changed:3-4",
        kind=kind,
        registry="ctgov",
        trial="NCT07146087",
        title="MSC exosomes",
        url=None,
        severity=max((one.severity for one in changes), default=Severity.CRITICAL),
        headline=changes[0].summary if changes else "Record no longer in the registry",
        at=NOW,
        tags=tuple(dict.fromkeys(tag for one in changes for tag in one.tags)),
        watches=("MSC exosomes",),
        changes=changes,
    )
    return replace(plain, **other)  # type: ignore[arg-type]  # the caller's own keywords


def told(one: Event, *routes: Route, notifiers: tuple[str, ...] = ("team",)) -> list[str]:
    decisions = decide(one, routes, notifiers, {}, Given())
    return [
        f"{'→' if each.send else '✗'} {each.notifier} ({each.route}): {each.reason}" for each in decisions
    ]


SUSPENDED = event(STATUS, ENROLLMENT, CONTACTS, DERIVED)


def test_without_routes_every_notifier_gets_everything_from_minor_up() -> None:
    assert told(event(CONTACTS), notifiers=("team", "log")) == snapshot(
        [
            "→ team (None): no [[route]] in the configuration: every notifier gets everything",
            "→ log (None): no [[route]] in the configuration: every notifier gets everything",
        ]
    )
    assert told(event(DERIVED)) == snapshot(["✗ team (None): nothing but noise"])


def test_a_notifier_gets_an_event_once() -> None:
    routes = (Route(to=("team", "log")), Route(to=("team",), min_severity="major"))
    assert told(SUSPENDED, *routes, notifiers=("team", "log", "other")) == snapshot(
        [
            "→ team (0): critical",
            "✗ team (1): sent already by route 1",
            "→ log (0): critical",
            "✗ other (None): no route names this notifier",
        ]
    )


@pytest.mark.parametrize(
    ("one", "route", "expected"),
    [
        (SUSPENDED, Route(to=("team",), min_severity="critical"), snapshot(["→ team (0): critical"])),
        (
            event(ENROLLMENT),
            Route(to=("team",), min_severity="critical"),
            snapshot(["✗ team (0): major, and the route wants critical or more"]),
        ),
        (
            SUSPENDED,
            Route(to=("team",), watches=("MSC exosomes", "other")),
            snapshot(["→ team (0): critical, held by “MSC exosomes”"]),
        ),
        (
            SUSPENDED,
            Route(to=("team",), watches=("other",)),
            snapshot(["✗ team (0): the trial is held by “MSC exosomes”, the route is for “other”"]),
        ),
        (
            replace(SUSPENDED, watches=()),
            Route(to=("team",), watches=("other",)),
            snapshot(["✗ team (0): the trial is held by no watch, the route is for “other”"]),
        ),
        (
            SUSPENDED,
            Route(to=("team",), trials=("NCT00000001",)),
            snapshot(["✗ team (0): the route is for other trials than NCT07146087"]),
        ),
        (
            SUSPENDED,
            Route(to=("team",), trials=("NCT07146087",)),
            snapshot(["→ team (0): critical, about NCT07146087"]),
        ),
        (
            SUSPENDED,
            Route(to=("team",), fields=("enrollment", "phase")),
            snapshot(["→ team (0): critical, changed: enrollment"]),
        ),
        (
            SUSPENDED,
            Route(to=("team",), fields=("phase",)),
            snapshot(["✗ team (0): none of its fields changed: phase"]),
        ),
        # The field that the route is for weighs too little, whatever else changed with it.
        (
            SUSPENDED,
            Route(to=("team",), fields=("enrollment",), min_severity="critical"),
            snapshot(["✗ team (0): major, and the route wants critical or more"]),
        ),
        # Noise of a field is no change of it.
        (
            SUSPENDED,
            Route(to=("team",), fields=("derived",)),
            snapshot(["✗ team (0): none of its fields changed: derived"]),
        ),
        (
            SUSPENDED,
            Route(to=("team",), tags=("stopped", "integrity")),
            snapshot(["→ team (0): critical, tagged stopped"]),
        ),
        (
            SUSPENDED,
            Route(to=("team",), tags=("enrolment",), min_severity="critical"),
            snapshot(["✗ team (0): major, and the route wants critical or more"]),
        ),
        (
            SUSPENDED,
            Route(to=("team",), tags=("integrity",)),
            snapshot(["✗ team (0): it bears none of the tags: integrity"]),
        ),
        # Both given: one change must meet both.
        (
            SUSPENDED,
            Route(to=("team",), fields=("enrollment",), tags=("enrolment",)),
            snapshot(["→ team (0): critical, changed: enrollment, tagged enrolment"]),
        ),
        # An event without changes bears its tags itself.
        (
            event(kind=EventKind.GONE, tags=("integrity",)),
            Route(to=("team",), tags=("integrity",), min_severity="critical"),
            snapshot(["→ team (0): critical, tagged integrity"]),
        ),
        (
            event(kind=EventKind.GONE, tags=("integrity",)),
            Route(to=("team",), fields=("overall-status",)),
            snapshot(["✗ team (0): none of its fields changed: overall-status"]),
        ),
    ],
)
def test_a_route_says_why(one: Event, route: Route, expected: list[str]) -> None:
    assert told(one, route) == expected


def test_an_override_weighs_and_the_stored_event_stays() -> None:
    weighed = severities(SUSPENDED, {"overall-status": "minor", "enrollment": Severity.CRITICAL})
    assert [(one.field, one.severity.value, one.reason) for one in weighed.changes] == snapshot(
        [
            ("enrollment", "critical", "critical by your configuration"),
            ("overall-status", "minor", "minor by your configuration"),
            ("central-contacts", "minor", "because"),
            ("derived", "noise", "because"),
        ]
    )
    assert weighed.severity is Severity.CRITICAL
    assert weighed.headline == "enrollment told"  # the status no longer leads
    assert SUSPENDED.headline == "overall-status told" and SUSPENDED.changes[0].severity is Severity.CRITICAL


def test_an_override_to_noise_silences_a_field() -> None:
    weighed = severities(event(ENROLLMENT), {"enrollment": "noise"})
    assert weighed.severity is Severity.NOISE and weighed.headline == "enrollment told"
    assert not decide(event(ENROLLMENT), (), ("team",), {"enrollment": "noise"}, Given())[0].send


def test_overrides_that_concern_nothing_change_nothing() -> None:
    assert severities(SUSPENDED, {"phase": "critical", "overall-status": "critical"}) is SUSPENDED
    # What is noise in a field that was given a weight stays noise.
    assert severities(event(DERIVED), {"derived": "critical"}).severity is Severity.NOISE


def test_an_event_that_was_booked_below_its_changes_stays_below() -> None:
    """The same change on most records of a sweep: one notice, the trials' own events at minor."""
    damped = event(STATUS, ENROLLMENT, severity=Severity.MINOR)
    assert severities(damped, {"enrollment": "critical"}).severity is Severity.MINOR
    assert told(damped, Route(to=("team",), fields=("overall-status",), min_severity="major")) == snapshot(
        ["✗ team (0): minor, and the route wants major or more"]
    )


def test_a_router_is_its_configuration() -> None:
    text = (
        '[notifiers.log]\ntype = "jsonl"\npath = "-"\n[[route]]\nto = ["log"]\nmin_severity = "critical"\n'
        '[severity]\nenrollment = "critical"\n'
    )
    router = Router(read(text, Path("config.toml"), slugs=lambda: ["enrollment"]))
    assert router.decide(event(ENROLLMENT)) == [
        Decision(notifier="log", send=True, reason="critical", route=0)
    ]
    assert router.effective(event(ENROLLMENT)).severity is Severity.CRITICAL


SEVERITIES = st.sampled_from(list(Severity))
CHANGES = st.builds(change, st.sampled_from(["a", "b", "c"]), SEVERITIES, st.sampled_from(["t", "u"]))
NAMES = st.sampled_from(["team", "log"])
ROUTES = st.builds(
    Route,
    to=st.lists(NAMES, min_size=1).map(tuple),
    min_severity=st.sampled_from(["minor", "major", "critical"]),
    fields=st.none() | st.just(("a",)),
    tags=st.none() | st.just(("t",)),
    watches=st.none() | st.just(("MSC exosomes",)) | st.just(("other",)),
)
OVERRIDES = st.dictionaries(st.sampled_from(["a", "b"]), SEVERITIES)


@given(st.lists(CHANGES, min_size=1, max_size=4), st.lists(ROUTES, max_size=4), OVERRIDES)
def test_whatever_the_routes(
    changes: list[FieldChange], routes: list[Route], overrides: dict[str, Severity]
) -> None:
    one = event(*changes)
    decisions = decide(one, routes, ("team", "log"), overrides, Given())
    for notifier in ("team", "log"):
        mine = [each for each in decisions if each.notifier == notifier]
        assert mine and all(each.reason for each in mine)
        assert sum(each.send for each in mine) <= 1
    weighed = severities(one, overrides)
    assert severities(weighed, overrides) == weighed
    assert sorted(each.field for each in weighed.changes) == sorted(each.field for each in changes)
    assert weighed.severity is max(each.severity for each in weighed.changes)
    if weighed.severity is Severity.NOISE:
        assert not any(each.send for each in decisions)


def test_an_event_that_cannot_be_routed_is_told_everywhere(tmp_path: Path) -> None:
    class Broken(Router):
        def decide(self, event: Event) -> list[Decision]:
            raise KeyError("a shape that nobody thought of")

    config = read(
        '[notifiers.log]\ntype = "jsonl"\npath = "a"\n[notifiers.team]\ntype = "jsonl"\npath = "b"\n',
        tmp_path / "config.toml",
    )
    with closing(open_for_writing(tmp_path / "t.db")) as db:
        with immediate(db):
            sequence = Store(db).add_event(SUSPENDED)
            assert sequence is not None
            untold.add(db, sequence, "ctgov", told=True, swept=None)
        untold.settle(db, "ctgov", Broken(config), swept=None, whole=False, now=NOW)
        assert db.execute("select notifier from delivery order by notifier").fetchall() == [
            ("log",),
            ("team",),
        ]
