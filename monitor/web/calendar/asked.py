"""Which trials a calendar tells of, bounded: what comes next first, nothing from more than a year ago."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

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
from monitor.web.setting import Setting
from snapshots.changeset import Source
from snapshots.deadlines.days import dated, later

BACK = timedelta(days=366)  # how long ago an event may be
MOST_TRIALS = 300  # in one calendar: each is a record to read
MOST_MEMBERS = 20_000  # of a watch: more are no calendar
_dates: Kept[tuple[KeyDate, ...]] = Kept(2_000)  # of records, by their bodies' hashes
_RESULTS_MONTHS = (12, 36)  # after primary completion, when results may be due
LONGEST_TITLE = 160  # characters
LONGEST_LINE = 1_000  # of a description


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    trial: Listed
    seen_at: datetime  # aware UTC
    build: str | None
    dates: tuple[KeyDate, ...]


def of_trial(asked: Asked) -> Document:
    """`/trials/ctgov/{id}/calendar.ics`. NoSuchPage, NotInstalled; BadQuestion for any filter: it has none."""
    filters.check_names(asked.query, ())
    reader, registry, trial = asked.reader, asked.registry, asked.trial
    found_trial(reader, registry, trial)
    path = addresses.trial(registry, trial)
    listed = reader.listed(registry, trial)
    known = [] if listed is None else [_known(reader, listed)]
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
    known = [_known(reader, one) for one in chosen[:MOST_TRIALS]]
    about = f"Key dates of the trials that watch {name} holds. {_UNDER}"
    if len(chosen) > MOST_TRIALS:
        about += f" Of {len(chosen):,} trials with such dates, the {MOST_TRIALS} whose dates come next."
    return _document(asked, known, addresses.watch(name), f"Key dates: {name}", about, ("watch", name))


_UNDER = "From a year ago on."


def _chosen(held: list[Listed], today: date) -> list[Listed]:
    """Those with a date that may be in the calendar: what comes next first, then what was last."""
    since = today - BACK
    ranked = []
    for one in held:
        given = [found for text in one.dates if (found := dated(text)) is not None]
        days = [known.day for known in given]
        end = dated(one.primary_completion or one.completion)
        first_due, last_due = (
            (later(end.day, months=months) for months in _RESULTS_MONTHS)
            if end is not None and one.may_owe_results
            else (None, None)
        )
        if first_due is not None:
            days.append(first_due)
        days = [day for day in days if day >= since]
        coming = [day for day in days if day >= today]
        if coming:
            ranked.append((0, (min(coming) - today).days, one.trial, one))
        elif days:
            ranked.append((1, (today - max(days)).days, one.trial, one))
        elif last_due is not None and last_due >= since:  # where there is a certificate of delay
            ranked.append((2, abs((last_due - today).days), one.trial, one))
    ranked.sort(key=lambda each: each[:3])
    return [each[3] for each in ranked]


def _known(reader: Reading, one: Listed) -> _Known:
    """A record that is damaged has no dates: `doctor --deep` tells of it."""
    version = reader.named(one.key, one.trial, Source.SNAPSHOT, one.newest)
    assert version.ref.seen_at is not None, "a snapshot was seen at some time"

    def read() -> tuple[KeyDate, ...]:
        _, body = reader.stored(one.key, one.trial, Source.SNAPSHOT, one.newest)
        return () if body is None else tuple(key_dates(msgspec.json.decode(body)))

    dates = _dates.of(version.sha256, read)
    return _Known(trial=one, seen_at=version.ref.seen_at, build=version.ref.build, dates=dates)


def _document(
    asked: Asked, known: list[_Known], path: str, name: str, about: str, parts: tuple[str, ...]
) -> Document:
    root, setting = asked.root, asked.setting
    began = asked.reader.began()
    since = setting.now.date() - BACK
    events = [
        _event(one, day, root, began, setting) for one in known for day in one.dates if day.day >= since
    ]
    events.sort(key=lambda event: (event.day, event.uid))
    calendar = ics.Calendar(
        uid=uid(began, "calendar", *parts),
        name=name,
        about=about,
        address=root + addresses.calendar(path),
        events=tuple(events),
    )
    return Document(body=ics.written(calendar), filename="calendar.ics", media_type=ics.MEDIA_TYPE)


def _event(one: _Known, day: KeyDate, root: str, began: datetime, setting: Setting) -> ics.Event:
    trial = one.trial
    page = root + addresses.trial(trial.registry, trial.trial)
    at = setting.source(trial.registry)
    record = at.url(trial.trial)
    status = [f"Status: {said(trial.status)}."] if trial.status else []
    lines = [trial.title, day.words, *status, f"History: {page}"]
    if record is not None:
        lines.append(f"Record: {record}")
    lines.append(at.line(one.build))
    return ics.Event(
        uid=uid(began, trial.registry, trial.trial, day.kind.value),
        sequence=trial.newest,
        changed=one.seen_at,
        day=day.day,
        title=f"{trial.trial}: {day.title} – {_line(trial.title, LONGEST_TITLE)}",
        description="\n".join(_line(line, LONGEST_LINE) for line in lines),
        url=page,
        category=day.kind.value,
        status="CANCELLED" if day.cancelled else "CONFIRMED" if day.settled else "TENTATIVE",
    )


@lru_cache(maxsize=4_000)  # each date of a trial has the same, and so has the next who asks
def _line(text: str, limit: int) -> str:
    return shortened(masked(" ".join(text.split())), limit)[0]
