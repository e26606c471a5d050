"""Whatever the routes, whatever the event: once to each notifier, a reason for each, and nothing taken away by more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerting.matching import answer
from monitor.alerting.route_words import route_in_words
from monitor.alerting.routes import decide, severities
from monitor.alerting.subject import Given
from monitor.config import Route
from snapshots.changeset import Action, FieldChange, Kind, Severity
from snapshots.event import Event, EventKind, Step, StepChange

NOTIFIERS = ("team", "log")
SEVERITIES = st.sampled_from(list(Severity))
PLACES = ("Poland", "Spain", "Atlantis")


@st.composite
def changes(draw: st.DrawFn) -> FieldChange:
    field = draw(st.sampled_from(["enrollment", "locations", "overall-status", "lead-sponsor", "phase"]))
    before: Any = {
        "enrollment": "a",
        "locations": {"country": draw(st.sampled_from(PLACES))},
        "overall-status": draw(st.sampled_from(["RECRUITING", "COMPLETED"])),
        "lead-sponsor": draw(st.sampled_from([{"name": "Novartis"}, "Novartis"])),
        "phase": ["PHASE2"],
    }[field]
    return FieldChange(
        field=field,
        label=field,
        kind=Kind.TEXT,
        action=Action.CHANGED,
        paths=(field,),
        before=before,
        after="b" if field != "overall-status" else "SUSPENDED",
        severity=draw(SEVERITIES),
        reason="because",
        summary=f"{field} told",
        item=draw(st.sampled_from([None, "Spain", "12 sites"])),
        tags=tuple(draw(st.sets(st.sampled_from(["sites", "status"])))),
    )


@st.composite
def events(draw: st.DrawFn) -> Event:
    kind = draw(st.sampled_from([EventKind.CHANGED, EventKind.GONE, EventKind.DEADLINE]))
    told = tuple(draw(st.lists(changes(), min_size=1, max_size=4))) if kind is EventKind.CHANGED else ()
    step = StepChange(field="locations", severity=Severity.CRITICAL, tags=("sites",))
    steps = draw(st.booleans()) and kind is EventKind.CHANGED
    event = Event(
        id="ctgov:NCT07146087:changed:3-4",
        kind=kind,
        registry="ctgov",
        trial="NCT07146087",
        title="MSC exosomes",
        url=None,
        severity=max((one.severity for one in told), default=draw(SEVERITIES)),
        headline="told",
        at=datetime(2026, 11, 23, 9, 12, 51, tzinfo=UTC),
        tags=tuple(
            dict.fromkeys((*(tag for one in told for tag in one.tags), *draw(st.sets(st.just("integrity")))))
        ),
        watches=tuple(draw(st.sets(st.sampled_from(["one", "two"])))),
        changes=told,
        detail="results-overdue" if kind is EventKind.DEADLINE else None,
        sponsor=draw(st.sampled_from([None, "Novartis Pharma", "A Hospital"])),
        phase=draw(st.sampled_from([None, "Phase 2/Phase 3", "Early phase 1"])),
        status=draw(st.sampled_from([None, "RECRUITING", "SUSPENDED"])),
    )
    if not steps:
        return event
    one = Step(
        version=4, submitted="2026-11-20", headline="told", severity=Severity.CRITICAL, changes=(step,)
    )
    return replace(event, steps=(one,), severity=Severity.CRITICAL)


def some(*names: str) -> st.SearchStrategy[tuple[str, ...] | None]:
    return st.none() | st.lists(st.sampled_from(names), min_size=1, unique=True).map(tuple)


ROUTES = st.builds(
    Route,
    to=st.lists(st.sampled_from(NOTIFIERS), min_size=1, unique=True).map(tuple),
    digest=st.sampled_from([None, "hourly", "daily 08:00", "mon 08:00"]),
    min_severity=st.sampled_from(["minor", "major", "critical"]),
    watches=some("one", "two", "other"),
    trials=some("NCT07146087", "NCT00000001"),
    fields=some("enrollment", "locations", "overall-status", "results-overdue"),
    except_fields=some("locations", "results-overdue"),
    tags=some("sites", "status", "integrity"),
    except_tags=some("sites", "integrity"),
    countries=some("Poland", "Spain"),
    sponsors=some("Novartis", "Hospital"),
    phases=some("PHASE2", "PHASE3", "NA"),
    status_before=some("RECRUITING"),
    status_after=some("SUSPENDED", "RECRUITING"),
)
SUBJECTS = st.builds(Given, countries=st.none() | st.lists(st.sampled_from(PLACES)).map(tuple))
OVERRIDES = st.dictionaries(st.sampled_from(["enrollment", "locations", "results-overdue"]), SEVERITIES)


@settings(max_examples=50)
@given(events(), st.lists(ROUTES, max_size=4), OVERRIDES, SUBJECTS)
def test_each_notifier_once_and_a_reason_for_each(
    event: Event, routes: list[Route], overrides: dict[str, Severity], subject: Given
) -> None:
    decisions = decide(event, routes, NOTIFIERS, overrides, subject)
    for notifier in NOTIFIERS:
        mine = [each for each in decisions if each.notifier == notifier]
        assert mine and all(each.reason for each in mine)
        assert sum(each.send for each in mine) <= 1
        named = [index for index, route in enumerate(routes) if notifier in route.to]
        assert [each.route for each in mine] in (named, [None])
    for each in decisions:
        assert each.digest == (routes[each.route].digest if each.send and each.route is not None else None)
    weighed = severities(event, overrides)
    assert severities(weighed, overrides) == weighed
    assert sorted(each.field for each in weighed.changes) == sorted(each.field for each in event.changes)
    if weighed.severity is Severity.NOISE:
        assert not any(each.send for each in decisions)


@settings(max_examples=50)
@given(events(), st.lists(ROUTES, min_size=1, max_size=4), ROUTES, st.integers(0, 4), OVERRIDES, SUBJECTS)
def test_a_route_more_takes_no_alert_from_anybody(
    event: Event, routes: list[Route], more: Route, at: int, overrides: dict[str, Severity], subject: Given
) -> None:
    """Nor does it make one wait longer than it did."""

    def sent(routes: list[Route]) -> dict[str, str | None]:
        return {
            one.notifier: one.digest
            for one in decide(event, routes, NOTIFIERS, overrides, subject)
            if one.send
        }

    before, after = sent(routes), sent([*routes[:at], more, *routes[at:]])
    assert set(before) <= set(after)
    order = (None, "hourly", "daily 08:00", "mon 08:00")
    assert all(order.index(after[name]) <= order.index(before[name]) for name in before)


@settings(max_examples=50)
@given(events(), ROUTES, SUBJECTS)
def test_asking_for_less_lets_no_less_through(event: Event, route: Route, subject: Given) -> None:
    """Leaving out any one key of a route that an event takes, it takes it still: all keys must be met."""
    if event.severity is Severity.NOISE or not answer(event, route, subject, lambda change: change).fits:
        return
    for key in route.__struct_fields__:
        if key in ("to", "digest"):
            continue
        wider = msgspec.structs.replace(route, **{key: "minor" if key == "min_severity" else None})
        assert answer(event, wider, subject, lambda change: change).fits, key


@settings(max_examples=50)
@given(ROUTES)
def test_every_route_has_words_for_all_that_it_asks(route: Route) -> None:
    words = route_in_words(route)
    for key in (
        "watches",
        "trials",
        "fields",
        "tags",
        "countries",
        "sponsors",
        "except_fields",
        "except_tags",
    ):
        assert all(name in words for name in getattr(route, key) or ()), key
    assert "  " not in words and not words.endswith((",", " "))
