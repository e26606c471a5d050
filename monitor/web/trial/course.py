"""How a trial went: its status, its dates and its enrolment from the first version to the newest, both lines.

Derived from stored change sets, backwards from the newest record of each line: no body in between is read. Where no
change set leads from one version to the next, at most READS older bodies are; what still is not known is a gap and
never guessed. Pure: versions, events and a way to read one version go in.

Days are those of submission to the registry: the archive's own, and what our snapshots say of themselves
(`lastUpdateSubmitDate`). A snapshot without a new submission shows what the registry did by itself, as `Unknown`: it is
dated by its data build. What it did while we did not look, no line tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import msgspec

from monitor.web.trial.chain import Happened, Said
from snapshots.changeset import Source, VersionRef
from snapshots.dates import partial
from snapshots.facts import UNKNOWN_ENROLLMENT
from snapshots.query import Version
from snapshots.reaching import struct, text

READS = 6  # bodies read beside the newest of each line
FIELDS = (
    *("overall-status", "start-date", "primary-completion-date", "completion-date", "enrollment"),
    "last-update-submitted",
)
_NO_NEWS = "UNKNOWN"  # said by the registry, never by a submission

Read = Callable[[Source, int], dict[str, Any]]


class Dated(msgspec.Struct, frozen=True, kw_only=True):
    """A date of the study. date: ISO, maybe a month or a year only. type: the registry's own word, or None."""

    date: str
    type: str | None


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """Enrolment. count: None where the registry says that it is not known."""

    count: int | None
    type: str | None


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What one version says of these fields; None: nothing."""

    status: str | None = None
    start: Dated | None = None
    primary_completion: Dated | None = None
    completion: Dated | None = None
    enrollment: Count | None = None


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """From this day on it stood so, by this version."""

    day: str
    source: Source
    version: int
    standing: Standing


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Days of which nothing is known: ISO, since included, until not."""

    since: str
    until: str


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A day that the newest record names. what: slug of the field."""

    day: str
    what: str


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """since, until: the days of which it tells, ISO. steps, gaps, marks: oldest first."""

    since: str
    until: str
    steps: tuple[Step, ...]
    gaps: tuple[Gap, ...]
    marks: tuple[Mark, ...]


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A version's values as they are walked back: the fields' own, parsed."""

    standing: Standing
    submitted: str | None


class _At(msgspec.Struct, frozen=True, kw_only=True):
    """A version with its day; kept: None where nobody knows. joined: nothing lies between it and the one before."""

    day: str
    number: int
    kept: _Kept | None
    joined: bool


def course(
    versions: Sequence[Version],
    events: Sequence[Happened],
    said: Mapping[int, Sequence[Said]],
    read: Read,
    *,
    until: str,
) -> Course | None:
    """until: the day up to which the newest snapshot stands, ISO. None: no version has a day."""
    budget = [READS]
    ours = _line(Source.SNAPSHOT, versions, events, said, read, budget)
    archive = _line(Source.ARCHIVE, versions, events, said, read, budget)
    if not ours and not archive:
        return None
    newest = read(Source.SNAPSHOT if ours else Source.ARCHIVE, (ours or archive)[-1].number)
    if not ours:  # as far as the registry's own list was read
        seen = [one.ref.seen_at for one in versions if one.ref.seen_at is not None]
        until = max(seen).date().isoformat() if seen else archive[-1].day
    status = struct(struct(newest.get("protocolSection")).get("statusModule"))
    first = partial(status.get("studyFirstSubmitDate"))
    since = min(one.day for one in (*ours, *archive))
    if first is not None:
        since = min(since, first.first.isoformat())
    until = max(until, *(one.day for one in (*ours, *archive)))
    covered = [*_covered(archive, None if ours else until), *_covered(ours, until)]
    return Course(
        since=since,
        until=until,
        steps=tuple(_steps(archive, ours)),
        gaps=tuple(_gaps(covered, since, until)),
        marks=tuple(sorted(_marks(status), key=lambda one: one.day)),
    )


def standing_of(record: dict[str, Any]) -> Standing:
    """What a record says."""
    protocol = struct(record.get("protocolSection"))
    status = struct(protocol.get("statusModule"))
    return Standing(
        status=text(status.get("overallStatus")),
        start=_dated(status.get("startDateStruct")),
        primary_completion=_dated(status.get("primaryCompletionDateStruct")),
        completion=_dated(status.get("completionDateStruct")),
        enrollment=_count(struct(protocol.get("designModule")).get("enrollmentInfo")),
    )


def _kept(record: dict[str, Any]) -> _Kept:
    status = struct(struct(record.get("protocolSection")).get("statusModule"))
    return _Kept(standing=standing_of(record), submitted=text(status.get("lastUpdateSubmitDate")))


def _line(
    source: Source,
    versions: Sequence[Version],
    events: Sequence[Happened],
    said: Mapping[int, Sequence[Said]],
    read: Read,
    budget: list[int],
) -> list[_At]:
    """The versions of one line that are known at all, also those that retention took, by their numbers."""
    stored = {
        one.ref.version: one for one in versions if one.ref.source is source and one.ref.version is not None
    }
    refs = {number: one.ref for number, one in stored.items()}
    leads: dict[int, tuple[int, int]] = {}  # to → (from, event)
    for event in events:
        if event.link is None or event.link[0] is not source or event.from_ is None or event.to is None:
            continue
        _, older, newer = event.link
        if older < newer and leads.get(newer, (0, 0))[0] <= older:
            leads[newer] = older, event.number
        refs.setdefault(older, event.from_)
        refs.setdefault(newer, event.to)
    if not stored:
        return []
    numbers = sorted(refs)
    numbers = numbers[: numbers.index(max(stored)) + 1]
    kept: dict[int, _Kept | None] = {numbers[-1]: _kept(read(source, numbers[-1]))}
    joined: dict[int, bool] = {}
    for older, newer in reversed(list(pairwise(numbers))):
        before, event_number = leads.get(newer, (0, 0))
        led = before == older
        after = kept[newer]
        joined[newer] = led or newer == older + 1
        if led and after is not None:
            kept[older] = _back(after, said.get(event_number, ()))
        elif older in stored and budget[0] > 0:
            budget[0] -= 1
            kept[older] = _kept(read(source, older))
        else:
            kept[older] = None
    found: list[_At] = []
    last: tuple[str, str] | None = None  # the day of submission and the day of the one before
    for number in numbers:
        version, one = stored.get(number), kept[number]
        submitted = version.submitted if version is not None else one.submitted if one is not None else None
        day = _day(refs[number], submitted, one, last)
        if day is None:
            continue
        last = submitted or "", day
        found.append(_At(day=day, number=number, kept=one, joined=joined.get(number, False)))
    return found


def _day(
    ref: VersionRef, submitted: str | None, kept: _Kept | None, last: tuple[str, str] | None
) -> str | None:
    """When a version began to stand, never before the one before it: registries redate."""
    day: str | None
    if ref.source is Source.ARCHIVE:
        day = ref.updated
    else:
        sent = submitted is not None and partial(submitted) is not None
        anew = submitted is not None and (submitted > last[0] if last is not None else not _silent(kept))
        day = submitted if sent and anew else ref.build or ref.updated
    known = partial(day)
    if known is None:
        return None
    return max(known.first.isoformat(), last[1] if last is not None else "")


def _silent(kept: _Kept | None) -> bool:
    return kept is not None and kept.standing.status == _NO_NEWS


def _back(after: _Kept, changes: Sequence[Said]) -> _Kept:
    """What stood before these changes."""
    now = after.standing
    status, start, enrollment = now.status, now.start, now.enrollment
    primary, completion, submitted = now.primary_completion, now.completion, after.submitted
    for one in changes:
        match one.field:
            case "overall-status":
                status = text(one.before)
            case "start-date":
                start = _dated(one.before)
            case "primary-completion-date":
                primary = _dated(one.before)
            case "completion-date":
                completion = _dated(one.before)
            case "enrollment":
                enrollment = _count(one.before)
            case "last-update-submitted":
                submitted = text(one.before)
    return _Kept(
        standing=Standing(
            status=status,
            start=start,
            primary_completion=primary,
            completion=completion,
            enrollment=enrollment,
        ),
        submitted=submitted,
    )


def _dated(value: Any) -> Dated | None:
    """Of a record `{"date": "2026-10", "type": "ESTIMATED"}`, of a change set `2026-10 ESTIMATED`."""
    if isinstance(value, str):
        day, _, kind = value.partition(" ")
        value = {"date": day, "type": kind or None}
    known = partial(struct(value).get("date"))
    return Dated(date=known.text, type=text(struct(value).get("type"))) if known is not None else None


def _count(value: Any) -> Count | None:
    """Of a record `{"count": 20, "type": "ACTUAL"}`, of a change set `20 ACTUAL`."""
    if isinstance(value, str):
        number, _, kind = value.partition(" ")
        if not (number.isascii() and number.isdigit() and len(number) < 16):
            return None
        value = {"count": int(number), "type": kind or None}
    count = struct(value).get("count")
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        return None
    return Count(count=None if count == UNKNOWN_ENROLLMENT else count, type=text(struct(value).get("type")))


def _steps(archive: Sequence[_At], ours: Sequence[_At]) -> Iterator[Step]:
    """Where a line's values change, both lines by their days; what only repeats is left out."""
    news = [
        Step(day=one.day, source=source, version=one.number, standing=one.kept.standing)
        for source, line in ((Source.ARCHIVE, archive), (Source.SNAPSHOT, ours))
        for before, one in pairwise((None, *line))
        if one is not None
        and one.kept is not None
        and (before is None or before.kept is None or before.kept.standing != one.kept.standing)
    ]
    last: Standing | None = None
    for step in sorted(news, key=lambda one: one.day):  # stable: the archive first, each line in its order
        if step.standing != last:
            yield step
        last = step.standing


def _covered(line: Sequence[_At], until: str | None) -> Iterator[tuple[str, str]]:
    """Days of which a line tells."""
    for older, newer in pairwise(line):
        if newer.joined and older.kept is not None and newer.kept is not None:
            yield older.day, newer.day
    if line and line[-1].kept is not None and until is not None:
        yield line[-1].day, until


def _gaps(covered: Sequence[tuple[str, str]], since: str, until: str) -> Iterator[Gap]:
    at = since
    for first, last in sorted(covered):
        if first > at:
            yield Gap(since=at, until=first)
        at = max(at, last)
    if at < until:
        yield Gap(since=at, until=until)


def _marks(status: Mapping[str, Any]) -> Iterator[Mark]:
    days = (
        ("first-submitted", status.get("studyFirstSubmitDate")),
        ("start-date", struct(status.get("startDateStruct")).get("date")),
        ("results-first-submitted", status.get("resultsFirstSubmitDate")),
        ("results-first-posted", struct(status.get("resultsFirstPostDateStruct")).get("date")),
        ("certificate-of-delay", status.get("dispFirstSubmitDate")),
    )
    for what, day in days:
        known = partial(day)
        if known is not None:
            yield Mark(day=known.first.isoformat(), what=what)
