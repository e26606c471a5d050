"""Which event goes to whom, and why, or why not. Pure: rules and an event in, decisions out.

The user's own severities are applied here, by one function, when an event is routed and when it is read;
they are never stored. Mutes, quiet hours and the time of sending are looked at later, in `telling`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import msgspec

from monitor.alerting.matching import Answer, answer
from monitor.alerting.rhythm import Rhythm
from monitor.alerting.subject import Subject
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
    subject: Subject,
) -> list[Decision]:
    """For each notifier in turn: what each route that names it says. At most one decision a notifier is
    to send: by the route that lets it wait least, the first of equal ones.

    Without any route every notifier gets everything from minor up: somebody who set up a notifier wants
    to hear. subject: asked only for what a route wants to know and the event does not carry.
    """
    weighed = severities(event, overrides)
    decisions: list[Decision] = []
    answers: dict[int, Answer] = {}
    for notifier in notifiers:
        if weighed.severity is Severity.NOISE:
            decisions.append(_no_route(notifier, "nothing but noise"))
        elif not routes:
            every = "no [[route]] in the configuration: every notifier gets everything"
            decisions.append(_no_route(notifier, every, send=True))
        else:
            named = [index for index, route in enumerate(routes) if notifier in route.to]
            for index in named:
                if index not in answers:
                    answers[index] = answer(
                        weighed, routes[index], subject, lambda change: _weighed(change, overrides)
                    )
            decisions += _of_routes(notifier, named, routes, answers)
    return decisions


def _of_routes(
    notifier: str, named: Sequence[int], routes: Sequence[Route], answers: Mapping[int, Answer]
) -> list[Decision]:
    if not named:
        return [_no_route(notifier, "no route names this notifier")]
    taken = [index for index in named if answers[index].fits]
    by = min(taken, key=lambda index: (_patience(routes[index]), index), default=None)
    decisions = []
    for index in named:
        reason, digest = answers[index].words, routes[index].digest
        if by is not None and index != by and answers[index].fits:
            sooner = _patience(routes[by]) < _patience(routes[index])
            reason = f"sent {'sooner' if sooner else 'already'} by route {by + 1}"
        send = index == by
        decisions.append(
            Decision(
                notifier=notifier, send=send, reason=reason, route=index, digest=digest if send else None
            )
        )
    return decisions


def _patience(route: Route) -> int:
    """How long a route makes wait, by order: what goes at once goes before a digest, a daily one before a weekly."""
    if route.digest is None:
        return 0
    rhythm = Rhythm.parse(route.digest)
    return 1 if rhythm.at is None else 9 - len(rhythm.days)


def _no_route(notifier: str, reason: str, *, send: bool = False) -> Decision:
    return Decision(notifier=notifier, send=send, reason=reason, route=None)


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
