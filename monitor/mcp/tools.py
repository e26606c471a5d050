"""The five tools as functions: a question and a reader → what the pages would give as JSON. They only read.

An error is one that the pages or the commands raise too; `server` puts it into words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec

from monitor import watches
from monitor.ahead import in_order, states_of
from monitor.alerting.discretion import without_people
from monitor.cli.days import day_of, names_day
from monitor.cli.search import phase_named, plainly, status_named
from monitor.cli.session import span_of
from monitor.happened import Wanted, happened
from monitor.mcp import shapes
from monitor.mcp.questions import Changes, Deadlines, Diff, Search, Trial
from monitor.web import filters
from monitor.web.answers import BadQuestion, NoSuchPage
from monitor.web.finding import canonical, found_trial, found_version, newest_of, record_of
from monitor.web.reading import Reading
from monitor.web.record.remainder import without_staff
from monitor.web.shapes import Event, Listed, Numbered, Version, numbered
from snapshots.changes import compare
from snapshots.changeset import Severity, VersionRef
from snapshots.deadlines.states import STATE_SLUGS
from snapshots.event import Event as StoredEvent
from snapshots.event import changed_event, event_json
from snapshots.instants import stamp
from snapshots.query import Version as StoredVersion
from snapshots.search.asking import asked
from snapshots.search.finding import Behind, ChangeHit, Fitting, Hit
from snapshots.search.finding import Search as Index
from snapshots.search.marking import Marks
from snapshots.terms import short

REGISTRY = "ctgov"
FURTHEST = 500  # hits of a search that can be paged to
PAGES_LOOKED_AT = 10  # of 200 events, for one answer; the next goes on where it ended
TRIALS_AT_ONCE = 200  # whose deadlines one answer tells
_PART = re.compile(r"[A-Za-z0-9]+(?:\[[0-9]{1,4}\])?(?:\.[A-Za-z0-9]+(?:\[[0-9]{1,4}\])?){0,12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """now: aware UTC. effective: applies the user's own severities. overridden: whether there are any."""

    now: datetime
    effective: Callable[[StoredEvent], StoredEvent]
    overridden: bool = False
    url: Callable[[str], str] | None = None  # the registry's own page of a trial


def search(reader: Reading, question: Search, setting: Setting) -> shapes.Found:
    """Words in records, now or as of a day, or in what changed."""
    start = _place(question.cursor)
    if start + question.limit > FURTHEST:
        raise BadQuestion(f"a search is told to its hit {FURTHEST}", hint="Ask with more words, or filters.")
    if question.among == "changes" and question.country is not None:
        raise BadQuestion("a change has no country", hint="Leave out `country`, or search the trials.")
    index = Index(reader.database)
    words = asked(question.words, known=index.knows)
    fit = Fitting(
        status=None if question.status is None else status_named(question.status),
        phase=None if question.phase is None else phase_named(question.phase),
        sponsor=question.sponsor,
        country=question.country,
    )
    day = None if question.as_of is None else day_of(question.as_of, now=setting.now)
    limit = start + question.limit
    if question.among == "changes":
        found = index.changes(words, fitting=fit, until=day, limit=limit)
    elif day is None:
        found = index.now(words, fitting=fit, limit=limit)
    else:
        found = index.as_of(words, day, fitting=fit, limit=limit)
    return shapes.Found(
        read_as=None if words.reading is None else short(words.reading, 200),
        notes=list(words.notes),
        not_searched=_waiting(index.behind()),
        trials=[_found_trial(one) for one in found.trials[start:]],
        changes=[_found_change(one, setting) for one in found.changes[start:]],
        next=str(limit) if found.more and limit + question.limit <= FURTHEST else None,
    )


def trial(reader: Reading, question: Trial, setting: Setting) -> shapes.TrialThen:
    """One trial as of a version or a day."""
    name = canonical(REGISTRY, question.trial)
    held = found_trial(reader, REGISTRY, name)
    version = _version(reader, name, question.at, setting)
    record, read = record_of(reader, REGISTRY, name, version.ref)
    shown = without_staff(record)
    return shapes.TrialThen(
        trial=name,
        registry=REGISTRY,
        title=read.title,
        state=held.state,
        merged_into=held.merged_into,
        version=_told_version(version.ref),
        versions=held.snapshots + held.archived,
        facts=shapes.Facts(
            status=read.status,
            why_stopped=read.why_stopped,
            phase=read.phase,
            sponsor=read.sponsor,
            study_type=read.study_type,
            enrollment=read.enrollment,
            start=read.start,
            primary_completion=read.primary_completion,
            completion=read.completion,
            submitted=read.submitted,
            updated=read.updated,
            has_results=read.has_results,
            conditions=list(read.conditions),
            countries=list(read.countries),
        ),
        parts=_parts(shown),
        record=None if question.part is None else _part(shown, question.part),
    )


def changes(reader: Reading, question: Changes, setting: Setting) -> Listed[Numbered]:
    """What happened, newest first."""
    begin, end = span_of(question.since, question.until)
    filters.check_tag(question.tag or "")
    filters.check_field(question.field or "", beside=STATE_SLUGS)
    if question.watch is not None and not reader.knows_watch(question.watch):
        names = [one.name for one in reader.watches()]
        raise NoSuchPage(
            f"no such watch: `{question.watch[:100]}`", hint=filters.nearest(question.watch, names)
        )
    name = None if question.trial is None else canonical(REGISTRY, question.trial)
    if name is not None:
        found_trial(reader, REGISTRY, name)
    least = Severity(question.severity)
    wanted = Wanted(
        since=begin,
        until=end,
        watch=question.watch,
        trial=name,
        least=least,
        field=question.field,
        tag=question.tag,
        archive=question.archive,
    )
    pages = happened(
        reader,
        wanted,
        effective=setting.effective,
        overridden=setting.overridden,
        before=_place(question.cursor) or None,
    )
    items: list[Numbered] = []
    for looked, (last, page) in enumerate(pages, 1):
        for number, event in page:
            if len(items) == question.limit:
                return Listed(items=items, next=str(items[-1].number))
            items.append(numbered(number, without_people(event)))
        if looked == PAGES_LOOKED_AT:
            return Listed(items=items, next=str(last))
    return Listed(items=items, next=None)


def diff(reader: Reading, question: Diff, setting: Setting) -> Event:
    """What differs between two versions or days of a trial."""
    name = canonical(REGISTRY, question.trial)
    found_trial(reader, REGISTRY, name)
    from_ = _version(reader, name, question.older, setting).ref
    to = _version(reader, name, question.newer, setting).ref
    older, _ = record_of(reader, REGISTRY, name, from_)
    newer, read = record_of(reader, REGISTRY, name, to)
    past = reader.past_between(REGISTRY, name, from_, to)
    event = changed_event(
        compare(older, newer, registry=REGISTRY, from_=from_, to=to, past=past),
        at=None,
        url=None if setting.url is None else setting.url(name),
        sponsor=read.sponsor,
        sponsor_class=read.sponsor_class,
        phase=read.phase,
        status=read.status,
    )
    told = event_json(without_people(setting.effective(event)), with_noise=question.noise)
    return msgspec.convert(told, Event)


def deadlines(reader: Reading, question: Deadlines, setting: Setting) -> Listed[shapes.Deadline]:
    """States that time makes, and when they turn."""
    if question.state is not None and question.state not in STATE_SLUGS:
        raise BadQuestion(
            f"no such state: `{question.state[:60]}`", hint=filters.nearest(question.state, STATE_SLUGS)
        )
    day = day_of(question.as_of or "today", now=setting.now)
    named = list(dict.fromkeys(canonical(REGISTRY, one) for one in question.trials))
    for one in named:
        found_trial(reader, REGISTRY, one)
    held = named or sorted(watches.all_held(reader.database, registry=REGISTRY))
    after = question.cursor or ""
    rest = [one for one in held if one > after] if not named else held
    lines = []
    for one in rest[:TRIALS_AT_ONCE]:
        stored = reader.trial(REGISTRY, one)
        if stored is None:
            continue  # watched, and not seen yet
        found = states_of(
            reader.database, REGISTRY, one, day, within=question.within, past=question.as_of is not None
        )
        for line in found or ():
            if question.state in (None, line.state.state):
                lines.append((stored.title, line))
    lines.sort(key=lambda each: in_order(each[1]))
    return Listed(
        items=[msgspec.convert({**line.as_json(), "title": title}, shapes.Deadline) for title, line in lines],
        next=rest[TRIALS_AT_ONCE - 1] if len(rest) > TRIALS_AT_ONCE else None,
    )


def _version(reader: Reading, name: str, at: str, setting: Setting) -> StoredVersion:
    """`newest`, a number or a day. NoSuchPage, BadQuestion."""
    if at == "newest":
        found = newest_of(reader.versions(REGISTRY, name))
        if found is None:
            raise NoSuchPage(f"no version of {name} is stored")
        return found
    if not names_day(at):
        return found_version(reader, REGISTRY, name, at)
    day: date = day_of(at, now=setting.now)
    stood = reader.as_of(REGISTRY, name, day)
    if stood is None:
        first = reader.timeline(REGISTRY, name)
        raise NoSuchPage(
            f"no version of {name} as old as {day} is stored",
            hint=f"The first that is stored is of {first[0].since}." if first else "",
        )
    return stood


def _told_version(ref: VersionRef) -> Version:
    return Version(
        source=ref.source.value,
        version=ref.version,
        seen_at=stamp(ref.seen_at),
        updated=ref.updated,
        build=ref.build,
    )


def _parts(record: dict[str, Any]) -> list[str]:
    """The sections of a record and their modules, as `part` takes them."""
    found = []
    for section, inside in record.items():
        modules = [f"{section}.{name}" for name in inside] if isinstance(inside, dict) else []
        found += modules or [section]
    return found


def _part(record: dict[str, Any], path: str) -> Any:
    if not _PART.fullmatch(path):
        raise BadQuestion(f"no part of a record: `{path[:100]}`", hint="`parts` of the answer names them.")
    value: Any = record
    for step in re.findall(r"[A-Za-z0-9]+", path.replace("[", ".").replace("]", "")):
        if isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            raise NoSuchPage(
                f"this version has no such part: `{path[:100]}`",
                hint="`parts` of the answer without it names them.",
            )
    return value


def _place(cursor: str | None) -> int:
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise BadQuestion(f"no cursor of ours: `{cursor[:60]}`", hint="It is `next` of the answer before.")
    return int(cursor)


def _waiting(behind: Behind) -> int:
    return behind.trials + behind.events


def _snippet(marks: Marks) -> shapes.Snippet | None:
    if marks.column is None:
        return None
    text, places = plainly(marks.snippet)
    return shapes.Snippet(column=marks.column, text=text, marks=[(one[0], one[1]) for one in places])


def _found_trial(hit: Hit) -> shapes.FoundTrial:
    return shapes.FoundTrial(
        trial=hit.trial.trial,
        registry=hit.trial.registry,
        title=plainly(hit.marks.lead)[0],
        status=hit.status,
        phase=hit.phase,
        sponsor=hit.sponsor,
        updated=hit.updated,
        state=hit.trial.state,
        merged_into=hit.trial.merged_into,
        source=hit.ref.source.value,
        version=hit.ref.version,
        build=hit.ref.build,
        snippet=_snippet(hit.marks),
    )


def _found_change(hit: ChangeHit, setting: Setting) -> shapes.FoundChange:
    event = without_people(setting.effective(hit.event))
    at = None if event.at is None else event.at.date().isoformat()
    return shapes.FoundChange(
        number=hit.sequence,
        event=event.id,
        trial=event.trial,
        registry=event.registry,
        title=event.title,
        day=(event.to and (event.to.build or event.to.updated)) or event.build or at,
        source=event.to.source.value if event.to else None,
        severity=event.severity.value,
        headline=event.headline,
        snippet=_snippet(hit.marks),
    )
