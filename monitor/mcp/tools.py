"""The five tools as functions: a question and a reader → what the pages would give as JSON. They only read.

An error is one that the pages or the commands raise too; `server` puts it into words.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec
from msgspec.structs import replace

from monitor import watches
from monitor.ahead import in_order, states_of
from monitor.alerting.discretion import without_people
from monitor.cli.days import day_of, names_day
from monitor.cli.session import span_of
from monitor.happened import Wanted, happened
from monitor.mcp import shapes
from monitor.mcp.questions import Changes, Deadlines, Diff, Search, Trial
from monitor.web import filters
from monitor.web.answers import BadQuestion, NoSuchPage
from monitor.web.compare.comparison import told_between
from monitor.web.compare.shapes import compared
from monitor.web.compare.sides import found_side
from monitor.web.finding import canonical, found_trial, newest_of, record_of
from monitor.web.reading import Reading
from monitor.web.record.remainder import without_staff
from monitor.web.search.question import answered, question_of
from monitor.web.search.results import result
from monitor.web.search.shapes import NotSearched, Result
from monitor.web.setting import Setting
from monitor.web.shapes import Event, Listed, Numbered, Version, numbered
from snapshots.changeset import Severity, VersionRef
from snapshots.deadlines.states import STATE_SLUGS
from snapshots.instants import stamp
from snapshots.terms import counted

REGISTRY = "ctgov"
PAGES_LOOKED_AT = 10  # of 200 events, for one answer; the next goes on where it ended
TRIALS_AT_ONCE = 200  # whose deadlines one answer tells
_PART = re.compile(r"[A-Za-z0-9]+(?:\[[0-9]{1,4}\])?(?:\.[A-Za-z0-9]+(?:\[[0-9]{1,4}\])?){0,12}")


def search(reader: Reading, question: Search, setting: Setting) -> Result:
    """Words in records, now or as of a day, or in what changed. NothingAsked where there is no word among them."""
    day = "" if question.as_of is None else day_of(question.as_of, now=setting.now).isoformat()
    given = {
        "q": question.words,
        "in": question.among,
        "status": question.status,
        "phase": question.phase,
        "sponsor": question.sponsor,
        "country": question.country,
        "watch": question.watch,
        "as_of": day,
        "archive": "on" if question.archive else "",
        "page": question.cursor,
    }
    wanted = question_of(reader, {name: text or "" for name, text in given.items()})
    found = result(wanted, answered(reader, wanted), setting)
    return replace(
        found,
        notes=[*found.notes, *_unsearched(found.not_searched)],
        next=None if found.next is None else str(wanted.page + 1),
    )


def _unsearched(behind: NotSearched) -> list[str]:
    """Said in words: whoever reads only what was found would take it for all that there is."""
    waiting = behind.trials - behind.unreadable
    parts = [counted(many, noun) for many, noun in ((waiting, "trial"), (behind.changes, "change")) if many]
    said = []
    if parts:
        said.append(
            f"{' and '.join(parts)} stored and not searched yet: what was not found may be in them."
            " `trialbell check` or `trialbell recompute` indexes them"
        )
    if behind.unreadable:
        said.append(f"{counted(behind.unreadable, 'trial')} not searched: a stored version is damaged")
    return said


def trial(reader: Reading, question: Trial, setting: Setting) -> shapes.TrialThen:
    """One trial as of a version or a day."""
    name = canonical(REGISTRY, question.trial)
    held = found_trial(reader, REGISTRY, name)
    ref = _version(reader, name, question.at, setting)
    record, read = record_of(reader, REGISTRY, name, ref)
    shown = without_staff(record)
    return shapes.TrialThen(
        trial=name,
        registry=REGISTRY,
        title=read.title,
        state=held.state,
        merged_into=held.merged_into,
        version=_told_version(ref),
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
    filters.watch(question.watch or "", reader)
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
    from_ = _version(reader, name, question.older, setting)
    to = _version(reader, name, question.newer, setting)
    newer, read = record_of(reader, REGISTRY, name, to)
    told = setting.effective(
        told_between(
            reader,
            REGISTRY,
            name,
            from_,
            to,
            older=lambda: reader.record(REGISTRY, name, from_.source, from_.version or 0),
            newer=newer,
            read=read,
        )
    )
    return compared(without_people(told), with_noise=question.noise)


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


def _version(reader: Reading, name: str, at: str, setting: Setting) -> VersionRef:
    """`newest`, a number or a day. NoSuchPage, BadQuestion, UseError."""
    if at != "newest":
        day = day_of(at, now=setting.now).isoformat() if names_day(at) else at
        return found_side(reader, REGISTRY, name, day).ref
    found = newest_of(reader.versions(REGISTRY, name))
    if found is None:
        raise NoSuchPage(f"no version of {name} is stored")
    return found.ref


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
