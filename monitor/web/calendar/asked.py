"""Which trials a calendar tells of, bounded: what comes next first, nothing from more than a year ago."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import NamedTuple

import msgspec

from monitor import addresses
from monitor.alerting.discretion import masked
from monitor.web import filters
from monitor.web.address import Asked
from monitor.web.answers import BadQuestion, Document
from monitor.web.calendar import ics
from monitor.web.calendar.key_dates import KeyDate, key_dates
from monitor.web.drawing.prose import shortened
from monitor.web.drawing.terms import said
from monitor.web.feeds.asked import check_watch
from monitor.web.finding import found_trial
from monitor.web.identity import uid
from monitor.web.kept import Kept
from monitor.web.reading import Listed, Reading
from monitor.web.sources import Source
from snapshots.changeset import Source as Line
from snapshots.deadlines.days import dated, later
from snapshots.stored import Version

BACK = timedelta(days=366)  # how long ago an event may be
MOST_TRIALS = 200  # in one calendar: each is a record to read
MOST_MEMBERS = 20_000  # of a watch: more are no calendar


class _Dated(NamedTuple):
    """A date as it is written, in the order in which they stand."""

    day: date
    uid: str
    lines: bytes


# Of trials, some kilobytes each: those who subscribe ask for the same again, and each date is costly to write.
_written: Kept[tuple[_Dated, ...]] = Kept(2_000)
_NOWHERE = (3, 0)  # after all that stand in a calendar
_RESULTS_MONTHS = (12, 36)  # after primary completion, when results may be due
LONGEST_TITLE = 160  # characters
LONGEST_LINE = 1_000  # of a description


def of_trial(asked: Asked) -> Document:
    """`/trials/ctgov/{id}/calendar.ics`. NoSuchPage, NotInstalled; BadQuestion for any filter: it has none."""
    filters.check_names(asked.query, ())
    reader, registry, trial = asked.reader, asked.registry, asked.trial
    found_trial(reader, registry, trial)
    path = addresses.trial(registry, trial)
    listed = reader.listed(registry, trial)
    known = [] if listed is None else [listed]
    about = f"Key dates of {trial}: start, completion, and when results appear due. {_UNDER}"
    return _document(asked, known, path, f"Key dates of {trial}", about, ("trial", registry, trial))


def of_watch(asked: Asked) -> Document:
    """`/watches/{name}/calendar.ics`. NoSuchPage, NoLongerHere, NotInstalled; BadQuestion for too large a watch, and
    for any filter."""
    filters.check_names(asked.query, ())
    reader, name = asked.reader, asked.path["watch"]
    check_watch(reader, name)
    if reader.count_held_by(name) > MOST_MEMBERS:
        raise BadQuestion(
            f"watch `{name[:200]}` holds more than {MOST_MEMBERS:,} trials, too many for a calendar",
            hint="Watch fewer in a watch of their own, or ask for the calendars of trials.",
        )
    chosen = _chosen(reader.held_by(name, limit=MOST_MEMBERS), asked.setting.now.date())
    about = f"Key dates of the trials that watch {name} holds. {_UNDER}"
    if len(chosen) > MOST_TRIALS:
        about += f" Of {len(chosen):,} trials with such dates, the {MOST_TRIALS} whose dates come next."
    path = addresses.watch(name)
    return _document(asked, chosen[:MOST_TRIALS], path, f"Key dates: {name}", about, ("watch", name))


_UNDER = "From a year ago on."


def _chosen(held: list[Listed], today: date) -> list[Listed]:
    """Those with a date that may be in the calendar: what comes next first, then what was last."""
    places = [(_place(one.dates, one.may_owe_results, today), one.trial, one) for one in held]
    return [one for place, _, one in sorted(places, key=lambda each: each[:2]) if place != _NOWHERE]


# Of the largest calendar: who subscribes asks for the same again.
@lru_cache(maxsize=MOST_MEMBERS)
def _place(
    dates: tuple[str | None, str | None, str | None], may_owe_results: int, today: date
) -> tuple[int, int]:
    """Where a trial stands in the order of their coming. dates: its start, primary completion and completion."""
    since = today - BACK
    days = [found.day for text in dates if (found := dated(text)) is not None]
    end = dated(dates[1] or dates[2])
    due = (
        [later(end.day, months=months) for months in _RESULTS_MONTHS]
        if end is not None and may_owe_results
        else []
    )
    days = [day for day in (*days, *due[:1]) if day >= since]
    coming = [day for day in days if day >= today]
    if coming:
        return 0, (min(coming) - today).days
    if days:
        return 1, (today - max(days)).days
    if due and due[1] >= since:  # where there is a certificate of delay
        return 2, abs((due[1] - today).days)
    return _NOWHERE


def _document(
    asked: Asked, trials: list[Listed], path: str, name: str, about: str, parts: tuple[str, ...]
) -> Document:
    reader, root, began = asked.reader, asked.root, asked.reader.began()
    source, since = cache(asked.setting.source), asked.setting.now.date() - BACK
    newest = reader.newest([one.key for one in trials])
    dates = [
        each
        for one in trials
        if (version := newest.get(one.key)) is not None
        for each in _dates(reader, _Told(one, version, source(one.registry), root, began))
        if each.day >= since
    ]
    dates.sort()
    calendar = ics.Calendar(
        uid=uid(began, "calendar", *parts),
        name=name,
        about=about,
        address=root + addresses.calendar(path),
        events=tuple(one.lines for one in dates),
    )
    return Document(body=ics.written(calendar), filename="calendar.ics", media_type=ics.MEDIA_TYPE)


class _Told(NamedTuple):
    """All that the dates of a trial are written from."""

    trial: Listed
    version: Version  # its newest
    source: Source
    root: str
    began: datetime


def _dates(reader: Reading, told: _Told) -> tuple[_Dated, ...]:
    """All of a trial. A record that is damaged has none: `doctor --deep` tells of it."""

    def write() -> tuple[_Dated, ...]:
        trial, ref = told.trial, told.version.ref
        _, body = reader.stored(trial.key, trial.trial, Line.SNAPSHOT, ref.version or 0)
        dates = () if body is None else key_dates(msgspec.json.decode(body))
        return tuple(_dated(day, told) for day in dates)

    return _written.of(told, write)


def _dated(day: KeyDate, told: _Told) -> _Dated:
    trial, ref, source = told.trial, told.version.ref, told.source
    assert ref.seen_at is not None and ref.version is not None, (
        "a snapshot was seen at some time, and has a number"
    )
    page, record = told.root + addresses.trial(trial.registry, trial.trial), source.url(trial.trial)
    lines = [
        trial.title,
        day.words,
        f"Status: {said(trial.status)}." if trial.status else None,
        f"History: {page}",
        record and f"Record: {record}",
        source.line(ref.build),
    ]
    event = ics.Event(
        uid=uid(told.began, trial.registry, trial.trial, day.kind.value),
        sequence=ref.version,
        changed=ref.seen_at,
        day=day.day,
        title=f"{trial.trial}: {day.title} – {_line(trial.title, LONGEST_TITLE)}",
        description="\n".join(_line(line, LONGEST_LINE) for line in lines if line),
        url=page,
        category=day.kind.value,
        status="CANCELLED" if day.cancelled else "CONFIRMED" if day.settled else "TENTATIVE",
    )
    return _Dated(day=event.day, uid=event.uid, lines=ics.lines_of(event))


def _line(text: str, limit: int) -> str:
    return shortened(masked(" ".join(text.split())), limit)[0]
