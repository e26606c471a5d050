"""Which event goes to whom, and why, or why not. Pure: rules and an event in, decisions out.

The user's own severities are applied here, by one function, when an event is routed and when it is read;
they are never stored. Mutes, quiet hours and the time of sending are looked at later, in `telling`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import msgspec

from monitor.alerting.rhythm import Rhythm
from monitor.config.routes import Route
from snapshots.changeset import FieldChange, Severity
from snapshots.event import Event, EventKind, Step, StepChange

DRIFT = "the same change in most records of a build: taken as the registry's own"
Overrides = Mapping[str, Severity | str]  # field slug → severity, or its name as in config.toml


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What one route, or the want of one, means for one notifier."""

    notifier: str
    send: bool
    reason: str  # half a sentence for a person, also of a decision not to send
    route: int | None  # which [[route]], from 0 in the file's order; None where no route was asked
    digest: str | None = None  # the rhythm in which it is told; None: at once


def severities(event: Event, overrides: Overrides) -> Event:
    """The event as the user weighs it: severities by field slug, the changes in their new order, the
    highest severity as the event's own.

    What happened to most records of a sweep at once (`drift`) weighs minor at most, whatever the user says.
    An event that was booked below its changes stays below. The headline stays, unless what it told weighs
    less now than something else: then that is told instead.
    """
    if event.kind is EventKind.DEADLINE:
        return _weighed_deadline(event, overrides)
    changes = tuple(_weighed(change, overrides) for change in event.changes)
    steps = tuple(_step(step, overrides) for step in event.steps)
    if changes == event.changes and steps == event.steps:
        return event
    ordered = tuple(sorted(changes, key=lambda change: (-change.severity.rank, change.drift)))
    highest = max(_highest(ordered), _highest(steps))
    damped = event.severity < max(_highest(event.changes), _highest(event.steps))
    headline = event.headline
    if ordered and ordered[0].severity is highest and highest is not Severity.NOISE:
        lighter = steps != event.steps and _highest(event.steps) > _highest(event.changes)
        if lighter or ordered[0].field != event.changes[0].field:
            headline = ordered[0].summary
    return replace(
        event,
        changes=ordered,
        steps=steps,
        severity=min(highest, event.severity) if damped else highest,
        headline=headline,
    )


def decide(
    event: Event,
    routes: Sequence[Route],
    notifiers: Iterable[str],
    overrides: Overrides,
) -> list[Decision]:
    """For each notifier in turn: what each route that names it says. At most one decision a notifier is
    to send.

    Without any route every notifier gets everything from minor up: somebody who set up a notifier wants
    to hear.
    """
    weighed = severities(event, overrides)
    decisions: list[Decision] = []
    for notifier in notifiers:
        decisions += _for_notifier(weighed, routes, notifier)
    return decisions


def _for_notifier(event: Event, routes: Sequence[Route], notifier: str) -> list[Decision]:
    if event.severity is Severity.NOISE:
        return [Decision(notifier=notifier, send=False, reason="nothing but noise", route=None)]
    if not routes:
        reason = "no [[route]] in the configuration: every notifier gets everything"
        return [Decision(notifier=notifier, send=True, reason=reason, route=None)]
    asked = [
        (index, route, _obstacle(event, route)) for index, route in enumerate(routes) if notifier in route.to
    ]
    if not asked:
        return [Decision(notifier=notifier, send=False, reason="no route names this notifier", route=None)]
    taken = min(
        ((_patience(route), index) for index, route, obstacle in asked if obstacle is None), default=None
    )
    decisions: list[Decision] = []
    for index, route, obstacle in asked:
        send = taken is not None and index == taken[1]
        if obstacle is None and not send and taken is not None:
            obstacle = f"sent already by route {taken[1] + 1}"
        decisions.append(
            Decision(
                notifier=notifier,
                send=send,
                reason=obstacle or _why(event, route),
                route=index,
                digest=route.digest if send else None,
            )
        )
    return decisions


def _patience(route: Route) -> int:
    """How long a route makes wait, by order: what goes at once goes before a digest, a daily one before a weekly."""
    if route.digest is None:
        return 0
    rhythm = Rhythm.parse(route.digest)
    return 1 if rhythm.at is None else 9 - len(rhythm.days)


def _obstacle(event: Event, route: Route) -> str | None:
    """Why an event does not take a route; None when it does."""
    if route.watches is not None and not set(route.watches) & set(event.watches):
        held = _listed(event.watches) if event.watches else "no watch"
        return f"the trial is held by {held}, the route is for {_listed(route.watches)}"
    if route.trials is not None and event.trial not in route.trials:
        return f"the route is for other trials than {event.trial}"
    severity = event.severity
    if route.fields is not None or route.tags is not None:
        met = _met(event, route)
        if isinstance(met, str):
            return met
        severity = met
    if severity < Severity(route.min_severity):
        return f"{severity.value}, and the route wants {route.min_severity} or more"
    return None


def _met(event: Event, route: Route) -> Severity | str:
    """The weight of what a route's fields and tags ask for; or, in words, that it is not in the event.

    Tags may be the event's own (`gone`, or a tag that several changes make together): then the event's weight
    counts. A field is always a change's, but for a state that time makes: it goes by its own name.
    """
    if event.kind is EventKind.DEADLINE:
        return _deadline_met(event, route)
    changes = list(event.news)
    if route.fields is not None:
        changes = [change for change in changes if change.field in route.fields]
        if not changes:
            return f"none of its fields changed: {', '.join(route.fields)}"
    if route.tags is not None:
        tagged = [change for change in changes if set(change.tags) & set(route.tags)]
        if not tagged and not set(event.tags) & set(route.tags):
            return f"it bears none of the tags: {', '.join(route.tags)}"
        if not tagged:
            return _highest(changes) if route.fields is not None and changes else event.severity
        changes = tagged
    return min(_highest(changes), event.severity)


def _deadline_met(event: Event, route: Route) -> Severity | str:
    if route.fields is not None and event.detail not in route.fields:
        return f"the state is none of its fields: {', '.join(route.fields)}"
    if route.tags is not None and not set(event.tags) & set(route.tags):
        return f"it bears none of the tags: {', '.join(route.tags)}"
    return event.severity


def _why(event: Event, route: Route) -> str:
    """Why an event took a route."""
    parts = [event.severity.value]
    if route.watches is not None:
        parts.append(f"held by {_listed([name for name in event.watches if name in route.watches])}")
    if route.trials is not None:
        parts.append(f"about {event.trial}")
    if route.fields is not None:
        if event.kind is EventKind.DEADLINE:
            parts.append(f"state: {event.detail}")
        else:
            changed = dict.fromkeys(change.field for change in event.news if change.field in route.fields)
            parts.append(f"changed: {', '.join(changed)}")
    if route.tags is not None:
        borne = {*event.tags, *(tag for change in event.news for tag in change.tags)}
        parts.append(f"tagged {', '.join(tag for tag in route.tags if tag in borne)}")
    return ", ".join(parts)


def _weighed(change: FieldChange, overrides: Overrides) -> FieldChange:
    """Noise is noise whatever its field: a text that only changed its line ends is no news of the field."""
    if change.severity is Severity.NOISE:
        return change
    own = Severity(overrides.get(change.field, change.severity))
    if change.drift and own is not Severity.NOISE:
        return replace(change, severity=Severity.MINOR, reason=DRIFT)
    if own is change.severity:
        return change
    return replace(change, severity=own, reason=f"{own.value} by your configuration")


def _weighed_deadline(event: Event, overrides: Overrides) -> Event:
    """A state that time makes: its name stands in `[severity]` as a field's does."""
    own = overrides.get(event.detail or "")
    return event if own is None else replace(event, severity=Severity(own))


def _step(step: Step, overrides: Overrides) -> Step:
    """A step as heavy as what the user makes of its changes."""
    changes = tuple(
        replace(one, severity=Severity(overrides[one.field])) if one.field in overrides else one
        for one in step.changes
    )
    return step if changes == step.changes else replace(step, changes=changes, severity=_highest(changes))


def _highest(changes: Iterable[FieldChange | Step | StepChange]) -> Severity:
    return max((change.severity for change in changes), default=Severity.NOISE)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)
