"""What a route may ask of an event beside its severity, fields and tags: where, whose, which phase, which status."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from inline_snapshot import snapshot

from monitor.alerting.routes import decide
from monitor.alerting.subject import Given
from monitor.config import Route
from snapshots.changeset import Action, FieldChange, Kind, Severity
from snapshots.event import Event, EventKind, Step, StepChange

TEAM = ("team",)
MINOR, MAJOR, CRITICAL = Severity.MINOR, Severity.MAJOR, Severity.CRITICAL


def change(
    field: str, before: Any, after: Any, severity: Severity = MAJOR, *tags: str, **more: Any
) -> FieldChange:
    return FieldChange(
        field=field,
        label=field,
        kind=Kind.LIST,
        action=Action.ADDED if before is None else Action.REMOVED if after is None else Action.CHANGED,
        paths=(field,),
        before=before,
        after=after,
        severity=severity,
        reason="because",
        summary=f"{field} told",
        tags=tags,
        **more,
    )


def site(country: str, *, removed: bool = False, severity: Severity = MINOR) -> FieldChange:
    place = {"facility": "A Hospital", "city": "A City", "country": country}
    sides = (place, None) if removed else (None, place)
    return change("locations", *sides, severity, "sites", item=f"A Hospital, A City, {country}")


def event(*changes: FieldChange, kind: EventKind = EventKind.CHANGED, **other: Any) -> Event:
    plain = Event(
        id="ctgov:NCT07146087:changed:3-4",
        kind=kind,
        registry="ctgov",
        trial="NCT07146087",
        title="MSC exosomes",
        url=None,
        severity=max((one.severity for one in changes), default=CRITICAL),
        headline="told",
        at=datetime(2026, 11, 23, 9, 12, 51, tzinfo=UTC),
        tags=tuple(dict.fromkeys(tag for one in changes for tag in one.tags)),
        watches=("MSC exosomes",),
        changes=changes,
        sponsor="Merck Sharp & Dohme LLC",
        phase="Phase 2/Phase 3",
        status="RECRUITING",
    )
    return replace(plain, **other)


def answered(one: Event, *, sites: tuple[str, ...] | None = ("Spain", "Italy"), **keys: Any) -> str:
    (decision,) = decide(one, [Route(to=TEAM, **keys)], TEAM, {}, Given(countries=sites))
    return f"{'→' if decision.send else '✗'} {decision.reason}"


RESULTS = event(change("has-results", False, True, CRITICAL, "results"))
STOPPED = event(
    change("overall-status", "RECRUITING", "SUSPENDED", CRITICAL, "status", "stopped"), status="SUSPENDED"
)
NEW = event(kind=EventKind.ENTERED, severity=MAJOR, tags=("watch",))


@pytest.mark.parametrize(
    ("one", "keys", "expected"),
    [
        # What concerns the whole trial goes by all its sites.
        (RESULTS, {"countries": ("Spain",)}, snapshot("→ critical, with sites in Spain")),
        (
            NEW,
            {"countries": ("Spain",), "tags": ("watch",)},
            snapshot("→ major, tagged watch, with sites in Spain"),
        ),
        (
            RESULTS,
            {"countries": ("Poland",)},
            snapshot("✗ no site in Poland: it has sites in Spain and Italy"),
        ),
        (
            RESULTS,
            {"countries": ("Poland", "United States"), "sites": ()},
            snapshot("✗ no site in Poland or the United States: it lists no site"),
        ),
        (
            RESULTS,
            {"countries": ("Poland",), "sites": None},
            snapshot("✗ where the trial has sites is not known here"),
        ),
        # The registry's older names are those of now, on the record's side too.
        (
            RESULTS,
            {"countries": ("Czechia",), "sites": ("Czech Republic", "Atlantis")},
            snapshot("→ critical, with sites in Czechia"),
        ),
        # A change of sites goes by those sites.
        (event(site("Poland")), {"countries": ("Poland",)}, snapshot("→ minor, sites changed in Poland")),
        (
            event(site("Poland")),
            {"countries": ("Spain",)},
            snapshot("✗ the sites that changed are not in Spain: Poland"),
        ),
        (
            event(site("Poland"), site("Italy")),
            {"countries": ("Poland", "Italy"), "tags": ("sites",)},
            snapshot("→ minor, tagged sites, sites changed in Poland and Italy"),
        ),
        # Their weight is that of what happened there, not of what happened beside it.
        (
            event(site("Poland"), site("Italy", severity=MAJOR)),
            {"countries": ("Poland",), "min_severity": "major"},
            snapshot("✗ minor, and the route wants major or more"),
        ),
        # The last site of a country goes with the study's end: it was a trial there until now.
        (
            event(
                change("overall-status", "RECRUITING", "TERMINATED", CRITICAL, "status"),
                site("Poland", removed=True),
            ),
            {"countries": ("Poland",), "fields": ("overall-status",)},
            snapshot("→ critical, changed: overall-status, with sites in Poland"),
        ),
        # A country's line, past a dozen sites.
        (
            event(
                change(
                    "locations",
                    "2 sites, 1 recruiting",
                    "15 sites, 9 recruiting",
                    MINOR,
                    "sites",
                    item="Poland",
                )
            ),
            {"countries": ("Poland",)},
            snapshot("→ minor, sites changed in Poland"),
        ),
        # What follows the whole study is of the whole study.
        (
            event(change("locations", "12 recruiting", "12 completed", MINOR, "sites", item="12 sites")),
            {"countries": ("Spain",), "tags": ("sites",)},
            snapshot("→ minor, tagged sites, with sites in Spain"),
        ),
    ],
)
def test_countries(one: Event, keys: dict[str, Any], expected: str) -> None:
    assert answered(one, **keys) == expected


SOLD = event(
    change("lead-sponsor", "Pfizer", "Merck Sharp & Dohme LLC", MAJOR, "sponsor"),
    change("phase", ["PHASE1"], ["PHASE2", "PHASE3"], MAJOR),
)


@pytest.mark.parametrize(
    ("one", "keys", "expected"),
    [
        (RESULTS, {"sponsors": ("merck",)}, snapshot("→ critical, sponsored by “merck”")),
        (RESULTS, {"sponsors": ("Sharp Dohme",)}, snapshot("→ critical, sponsored by “Sharp Dohme”")),
        (
            RESULTS,
            {"sponsors": ("Merc", "Merck Dohme")},
            snapshot(
                "✗ its lead sponsor is “Merck Sharp & Dohme LLC”, the route is for “Merc”, “Merck Dohme”"
            ),
        ),
        (
            replace(RESULTS, sponsor="Assistance Publique - Hôpitaux de Paris"),
            {"sponsors": ("hopitaux de paris",)},
            snapshot("→ critical, sponsored by “hopitaux de paris”"),
        ),
        (
            replace(RESULTS, sponsor=None),
            {"sponsors": ("Merck",)},
            snapshot("✗ it names no lead sponsor, the route is for “Merck”"),
        ),
        (SOLD, {"sponsors": ("Pfizer",)}, snapshot("→ major, sponsored by “Pfizer”")),
        (RESULTS, {"phases": ("PHASE3",)}, snapshot("→ critical, phase 3")),
        (RESULTS, {"phases": ("PHASE2", "PHASE3")}, snapshot("→ critical, phase 2 and phase 3")),
        (
            RESULTS,
            {"phases": ("PHASE1", "NA")},
            snapshot("✗ it is in phase 2/phase 3, the route is for phase 1 or no phase"),
        ),
        (SOLD, {"phases": ("PHASE1",)}, snapshot("→ major, phase 1")),
        (replace(RESULTS, phase=None), {"phases": ("NA",)}, snapshot("→ critical, no phase")),
        (
            replace(RESULTS, phase=None),
            {"phases": ("PHASE1",)},
            snapshot("✗ it has no phase, the route is for phase 1"),
        ),
        (
            replace(RESULTS, phase="Early phase 1"),
            {"phases": ("EARLY_PHASE1",)},
            snapshot("→ critical, early phase 1"),
        ),
        (
            replace(RESULTS, phase="Early phase 1"),
            {"phases": ("PHASE1",)},
            snapshot("✗ it is in early phase 1, the route is for phase 1"),
        ),
    ],
)
def test_sponsors_and_phases(one: Event, keys: dict[str, Any], expected: str) -> None:
    assert answered(one, **keys) == expected


ENDS = ("SUSPENDED", "TERMINATED", "WITHDRAWN")


@pytest.mark.parametrize(
    ("one", "keys", "expected"),
    [
        (STOPPED, {"status_after": ENDS}, snapshot("→ critical, recruiting → suspended")),
        (
            STOPPED,
            {"status_before": ("RECRUITING",), "status_after": ENDS},
            snapshot("→ critical, recruiting → suspended"),
        ),
        (
            STOPPED,
            {"status_before": ("SUSPENDED",)},
            snapshot("✗ its status is recruiting → suspended, the route wants suspended before it"),
        ),
        (
            STOPPED,
            {"status_before": ("NOT_YET_RECRUITING",), "status_after": ENDS},
            snapshot(
                "✗ its status is recruiting → suspended, the route wants not yet recruiting before it and suspended,"
                " terminated or withdrawn after it"
            ),
        ),
        # What turns nothing has one status, before and after.
        (RESULTS, {"status_after": ("RECRUITING",)}, snapshot("→ critical, recruiting as before")),
        (
            RESULTS,
            {"status_before": ("RECRUITING",), "status_after": ENDS},
            snapshot(
                "✗ its status is recruiting as before, the route wants recruiting before it and suspended, terminated"
                " or withdrawn after it"
            ),
        ),
        # To be told of the turn alone, the field is named.
        (
            RESULTS,
            {"status_after": ("RECRUITING",), "fields": ("overall-status",)},
            snapshot("✗ none of its fields changed: overall-status"),
        ),
        (
            replace(RESULTS, status=None),
            {"status_after": ("RECRUITING",)},
            snapshot("✗ its status is none as before, the route wants recruiting after it"),
        ),
    ],
)
def test_statuses(one: Event, keys: dict[str, Any], expected: str) -> None:
    assert answered(one, **keys) == expected


def test_what_a_route_leaves_out() -> None:
    both = event(site("Poland"), change("enrollment", 300, 42, MAJOR, "enrolment"))
    assert answered(both, except_tags=("sites",)) == snapshot("→ major")
    assert answered(event(site("Poland")), except_tags=("sites",)) == snapshot(
        "✗ the route leaves it out: locations"
    )
    # What is left must weigh enough by itself.
    assert answered(both, except_fields=("enrollment",), min_severity="major") == snapshot(
        "✗ minor, and the route wants major or more"
    )
    overdue = event(kind=EventKind.DEADLINE, severity=MAJOR, detail="results-overdue", tags=("results",))
    assert answered(overdue, except_fields=("results-overdue",)) == snapshot(
        "✗ the route leaves it out: results-overdue"
    )
    assert answered(overdue, except_fields=("status-stale",), countries=("Spain",)) == snapshot(
        "→ major, with sites in Spain"
    )
    gone = event(kind=EventKind.GONE, tags=("integrity",))
    assert answered(gone, except_tags=("integrity",)) == snapshot("✗ the route leaves it out: gone")


def test_of_several_routes_the_one_that_waits_least_sends() -> None:
    def told(*routes: Route) -> list[str]:
        decisions = decide(STOPPED, routes, ("team", "log"), {}, Given())
        return [f"{'→' if one.send else '✗'} {one.notifier} ({one.route}): {one.reason}" for one in decisions]

    weekly = Route(to=("team", "log"), digest="mon 08:00")
    daily = Route(to=TEAM, digest="daily 08:00")
    assert told(weekly, Route(to=TEAM, min_severity="major"), daily) == snapshot(
        [
            "✗ team (0): sent sooner by route 2",
            "→ team (1): critical",
            "✗ team (2): sent sooner by route 2",
            "→ log (0): critical",
        ]
    )
    assert told(weekly, daily)[:2] == snapshot(["✗ team (0): sent sooner by route 2", "→ team (1): critical"])


class Within(Given, frozen=True, kw_only=True):
    """A trial whose archive holds what each step changed."""

    steps: dict[int, tuple[FieldChange, ...]] = msgspec.field(default_factory=dict)

    def within(self, step: Step) -> tuple[FieldChange, ...]:
        return self.steps.get(step.version, ())


def test_steps_are_asked_for_what_they_do_not_say() -> None:
    """Suspended and recruiting again between two polls, with a site in Poland that came and went."""
    status = StepChange(field="overall-status", severity=CRITICAL, tags=("status",))
    sites = StepChange(field="locations", severity=MINOR, tags=("sites",))
    steps = tuple(
        Step(
            version=number,
            submitted="2026-11-20",
            headline="told",
            severity=CRITICAL,
            changes=(status, sites),
        )
        for number in (4, 5)
    )
    one = event(change("brief-title", "a", "b", MINOR), steps=steps, severity=CRITICAL)
    known = Within(
        countries=("Spain",),
        steps={
            4: (change("overall-status", "RECRUITING", "SUSPENDED", CRITICAL, "status"), site("Poland")),
            5: (
                change("overall-status", "SUSPENDED", "RECRUITING", CRITICAL, "status"),
                site("Poland", removed=True),
            ),
        },
    )

    def told(subject: Given, overrides: dict[str, str], **keys: Any) -> str:
        (decision,) = decide(one, [Route(to=TEAM, **keys)], TEAM, overrides, subject)
        return f"{'→' if decision.send else '✗'} {decision.reason}"

    assert told(known, {}, status_after=ENDS) == snapshot("→ critical, recruiting → suspended")
    assert told(known, {}, countries=("Poland",), tags=("sites",)) == snapshot(
        "→ critical, tagged sites, sites changed in Poland"
    )
    assert told(known, {}, countries=("Spain",), tags=("sites",)) == snapshot(
        "✗ the sites that changed are not in Spain: Poland"
    )
    assert (
        told(
            known, {"locations": "major"}, countries=("Poland",), fields=("locations",), min_severity="major"
        )[0]
        == "→"
    )
    # Where the archive was not kept, nobody knows better than the trial.
    unkept = Given(countries=("Spain",))
    assert told(unkept, {}, countries=("Spain",), tags=("sites",)) == snapshot(
        "→ critical, tagged sites, with sites in Spain"
    )
    assert told(unkept, {}, status_after=ENDS) == snapshot(
        "✗ its status is recruiting as before, the route wants suspended, terminated or withdrawn after it"
    )
