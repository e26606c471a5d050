"""Whether an event takes one route, and why or why not, in half a sentence. Pure.

An event is made of parts: what changed, or the one thing that happened. A route is for some of them, and what it wants
of their weight it wants of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from monitor.alerting.subject import Subject
from monitor.config.route_names import NO_PHASE, names, phase
from monitor.config.routes import Route
from snapshots.changeset import FieldChange, Severity
from snapshots.countries import in_words
from snapshots.event import Event, EventKind, StepChange
from snapshots.places import in_use, places_of
from snapshots.terms import listed, said

Weigh = Callable[[FieldChange], FieldChange]  # a change as the user weighs it


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    fits: bool
    words: str


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """field: None for what is no change and no state. places: None for what concerns the whole trial."""

    field: str | None
    severity: Severity
    tags: tuple[str, ...]
    places: tuple[str, ...] | None = None


def answer(event: Event, route: Route, subject: Subject, weigh: Weigh) -> Answer:
    """event: as the user weighs it."""
    words = [event.severity.value]
    for asked in (
        _watches(event, route),
        _trials(event, route),
        _sponsors(event, route),
        _phases(event, route),
        _statuses(event, route, subject),
    ):
        if asked is not None and not asked.fits:
            return asked
        if asked is not None:
            words.append(asked.words)
    parts = _parts(event, route, subject, weigh)
    for narrowed in (_excepted, _fields, _tags):
        found = narrowed(event, route, parts)
        if isinstance(found, str):
            return Answer(fits=False, words=found)
        parts, more = found
        words += more
    if route.countries is not None:
        placed = _countries(event, route.countries, parts, subject)
        if isinstance(placed, str):
            return Answer(fits=False, words=placed)
        parts, more = placed
        words += more
    weight = min(max(one.severity for one in parts), event.severity)
    if weight < Severity(route.min_severity):
        wants = f"{weight.value}, and the route wants {route.min_severity} or more"
        return Answer(fits=False, words=wants)
    return Answer(fits=True, words=", ".join(words))


def _watches(event: Event, route: Route) -> Answer | None:
    if route.watches is None:
        return None
    held = [name for name in event.watches if name in route.watches]
    if held:
        return Answer(fits=True, words=f"held by {_quoted(held)}")
    by = _quoted(event.watches) if event.watches else "no watch"
    return Answer(fits=False, words=f"the trial is held by {by}, the route is for {_quoted(route.watches)}")


def _trials(event: Event, route: Route) -> Answer | None:
    if route.trials is None:
        return None
    if event.trial in route.trials:
        return Answer(fits=True, words=f"about {event.trial}")
    return Answer(fits=False, words=f"the route is for other trials than {event.trial}")


def _sponsors(event: Event, route: Route) -> Answer | None:
    if route.sponsors is None:
        return None
    theirs = [event.sponsor] if event.sponsor else []
    for change in _of_field(event, "lead-sponsor"):
        for side in (change.before, change.after):
            name = side.get("name") if isinstance(side, dict) else side
            theirs += [name] if isinstance(name, str) else []
    met = [one for one in route.sponsors if any(names(sponsor, one) for sponsor in theirs)]
    if met:
        return Answer(fits=True, words=f"sponsored by {_quoted(met)}")
    sponsor = f"its lead sponsor is “{event.sponsor}”" if event.sponsor else "it names no lead sponsor"
    return Answer(fits=False, words=f"{sponsor}, the route is for {_quoted(route.sponsors)}")


def _phases(event: Event, route: Route) -> Answer | None:
    if route.phases is None:
        return None
    theirs = {phase(word) for word in event.phase.split("/")} if event.phase else {NO_PHASE}
    for change in _of_field(event, "phase"):
        if isinstance(change.before, list):
            theirs |= {phase(code) for code in change.before if isinstance(code, str)}
    met = [phase_in_words(one) for one in route.phases if one in theirs]
    if met:
        return Answer(fits=True, words=listed(met, len(met)))
    is_in = f"it is in {event.phase.lower()}" if event.phase else "it has no phase"
    return Answer(fits=False, words=f"{is_in}, the route is for {either(map(phase_in_words, route.phases))}")


def phase_in_words(code: str) -> str:
    return "no phase" if code == NO_PHASE else said(code).lower()


def _statuses(event: Event, route: Route, subject: Subject) -> Answer | None:
    if route.status_before is None and route.status_after is None:
        return None
    turns = _turns(event, subject)
    for before, after in turns:
        if (route.status_before is None or before in route.status_before) and (
            route.status_after is None or after in route.status_after
        ):
            return Answer(fits=True, words=_turn_in_words(before, after))
    wants = []
    if route.status_before is not None:
        wants.append(f"{either(map(status_in_words, route.status_before))} before it")
    if route.status_after is not None:
        wants.append(f"{either(map(status_in_words, route.status_after))} after it")
    is_so = "; ".join(_turn_in_words(*turn) for turn in turns)
    return Answer(fits=False, words=f"its status is {is_so}, the route wants {' and '.join(wants)}")


def _turns(event: Event, subject: Subject) -> list[tuple[str | None, str | None]]:
    """From which status to which: over the whole event, then step by step. The same twice where it did not turn."""
    turned = _of_field(event, "overall-status")
    turns = [(change.before, change.after) for change in turned] or [(event.status, event.status)]
    for step in event.steps:
        if any(one.field == "overall-status" for one in step.changes):
            turns += [
                (change.before, change.after)
                for change in subject.within(step)
                if change.field == "overall-status"
            ]
    return list(dict.fromkeys(turns))


def _turn_in_words(before: str | None, after: str | None) -> str:
    if before == after:
        return f"{status_in_words(after)} as before"
    return f"{status_in_words(before)} → {status_in_words(after)}"


def status_in_words(code: str | None) -> str:
    return said(code).lower()


def _of_field(event: Event, slug: str) -> list[FieldChange]:
    return [change for change in event.changes if change.field == slug]


def _parts(event: Event, route: Route, subject: Subject, weigh: Weigh) -> list[_Part]:
    if event.kind is EventKind.DEADLINE or not event.news:
        name = event.detail if event.kind is EventKind.DEADLINE else None
        return [_Part(field=name, severity=event.severity, tags=event.tags)]
    changes: list[FieldChange | StepChange] = list(event.changes)
    for step in event.steps:
        inside = subject.within(step) if route.countries is not None else ()
        changes += [weigh(one) for one in inside] or step.changes  # a step by itself knows no places
    return [
        _Part(
            field=one.field,
            severity=one.severity,
            tags=one.tags,
            places=places_of(one) if isinstance(one, FieldChange) else None,
        )
        for one in changes
        if one.severity is not Severity.NOISE
    ]


_Narrowed = tuple[list[_Part], list[str]] | str  # what is left and what to say of it; or why nothing is left


def _excepted(event: Event, route: Route, parts: list[_Part]) -> _Narrowed:
    fields, tags = set(route.except_fields or ()), set(route.except_tags or ())
    left = [one for one in parts if one.field not in fields and not tags & set(one.tags)]
    if left:
        return left, []
    what = dict.fromkeys(one.field or event.kind.value for one in parts)
    return f"the route leaves it out: {', '.join(what)}"


def _fields(event: Event, route: Route, parts: list[_Part]) -> _Narrowed:
    if route.fields is None:
        return parts, []
    left = [one for one in parts if one.field in route.fields]
    state = event.kind is EventKind.DEADLINE
    if not left:
        which = "the state is none of its fields" if state else "none of its fields changed"
        return f"{which}: {', '.join(route.fields)}"
    named = dict.fromkeys(str(one.field) for one in left)
    return left, [f"{'state' if state else 'changed'}: {', '.join(named)}"]


def _tags(event: Event, route: Route, parts: list[_Part]) -> _Narrowed:
    """A tag is a part's own, or one that several changes make together: then the event bears it with all its parts."""
    if route.tags is None:
        return parts, []
    left = [one for one in parts if set(one.tags) & set(route.tags)]
    if not left and not set(event.tags) & set(route.tags):
        return f"it bears none of the tags: {', '.join(route.tags)}"
    borne = {*event.tags, *(tag for one in left for tag in one.tags)}
    return left or parts, [f"tagged {', '.join(tag for tag in route.tags if tag in borne)}"]


def _countries(event: Event, wanted: Sequence[str], parts: list[_Part], subject: Subject) -> _Narrowed:
    of_sites = [place for one in parts for place in one.places or ()]
    there = [one for one in parts if set(one.places or ()) & set(wanted)]
    more = [f"sites changed in {_places(one for one in wanted if one in of_sites)}"] if there else []
    whole = [one for one in parts if one.places is None]
    if not whole:
        if there:
            return there, more
        return f"the sites that changed are not in {_places(wanted, 'or')}: {_places(of_sites)}"
    theirs = subject.countries
    if theirs is None:
        return (there, more) if there else "where the trial has sites is not known here"
    had = [place for change in event.changes for place in places_of(change) or ()]
    every = in_use((*theirs, *had))
    met = [one for one in wanted if one in every]
    if met:
        return [*there, *whole], [*more, f"with sites in {_places(met)}"]
    if there:
        return there, more
    has = f"it has sites in {_places(every)}" if every else "it lists no site"
    return f"no site in {_places(wanted, 'or')}: {has}"


def _places(countries: Iterable[str], word: str = "and") -> str:
    """`Spain, Italy and Peru`, past four `Spain, Italy, Peru and 3 more`."""
    every = [in_words(one) for one in dict.fromkeys(countries)]
    return either(every) if word == "or" else listed(every, 4)


def either(words: Iterable[str]) -> str:
    every = list(words)
    return " or ".join([", ".join(every[:-1]), every[-1]] if len(every) > 1 else every)


def _quoted(every: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in every)
