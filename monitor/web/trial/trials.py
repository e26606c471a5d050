"""The page of one trial with its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from monitor import addresses
from monitor.web.acting import acts
from monitor.web.answers import Answer, BadQuestion, NoSuchPage, Page
from monitor.web.compare.marks import headline_of
from monitor.web.drawing.names import day_of
from monitor.web.drawing.terms import said
from monitor.web.finding import found_trial, last_confirmed, newest_of, record_of
from monitor.web.reading import Reading
from monitor.web.setting import Effective, Setting
from monitor.web.trial import history
from monitor.web.trial.head import head
from monitor.web.trial.history import Told
from monitor.web.trial.picking import choices_of
from snapshots.changes import compare
from snapshots.changeset import Severity, Source, VersionRef
from snapshots.event import Event, EventKind
from snapshots.query import Reader, Trial, Version

ROWS = 60  # lines of a trial's history on one page
EVENTS = 400  # of one trial, read for its history


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    text: str
    href: str | None = None
    link: str = ""


def one_trial(
    reader: Reading, registry: str, text: str, query: Mapping[str, str], setting: Setting
) -> Answer:
    """`/trials/{registry}/{id}`: the head, and the history, newest first."""
    trial = found_trial(reader, registry, text)
    versions = reader.versions(registry, trial.trial)
    newest = newest_of(versions)
    if newest is None:
        raise NoSuchPage(f"no version of this trial is stored: `{trial.trial}`")
    record, read = record_of(reader, registry, trial.trial, newest.ref)
    path = addresses.trial(registry, trial.trial)
    page = _page(query.get("page", ""))
    entries = _entries(reader, registry, trial.trial, versions, setting.effective)
    start = (page - 1) * ROWS
    if page > 1 and start >= len(entries):
        raise NoSuchPage(f"the history of {trial.trial} has no page {page}")
    telling = _Telling(reader, registry, trial.trial, setting.effective)
    before = history.previous_of(versions)
    rows = [
        history.version_row(registry, trial.trial, entry, before.get(history.key(entry.ref)), telling.told)
        if isinstance(entry, Version)
        else history.event_row(*entry, telling.seen(*entry))
        for entry in entries[start : start + ROWS]
    ]
    shown = head(setting.source(registry), read, record, newest.ref)
    return Page(
        template="trial.html",
        path=path,
        values={
            "here": "trials",
            "head": shown,
            "notices": _notices(reader, trial),
            "since": _since(reader, trial, versions),
            "seen": _seen(reader, trial, versions),
            "newest": addresses.version(registry, trial.trial, newest.ref),
            "groups": history.grouped(rows),
            "alerts": acts.about(reader, registry, trial.trial, setting.now),
            "token": setting.token,
            "spans": acts.SPANS,
            "tomorrow": (setting.now.date() + timedelta(days=1)).isoformat(),
            "picking": choices_of(history.shown(versions)),
            "last_day": setting.last_day(reader.newest_build()).isoformat(),
            "later_page": f"?page={page - 1}" if page > 1 else None,
            "older_page": f"?page={page + 1}" if start + ROWS < len(entries) else None,
        },
    )


Entry = Version | tuple[int, Event]


def _entries(
    reader: Reader, registry: str, trial: str, versions: list[Version], effective: Effective
) -> list[Entry]:
    """Versions and the other events, newest first."""
    other = [kind for kind in EventKind if kind is not EventKind.CHANGED]
    found = reader.events(
        registry=registry, trial=trial, kinds=other, min_severity=Severity.NOISE, limit=EVENTS
    )
    happened = [(sequence, effective(event)) for sequence, event in reversed(found)]
    merged: list[Entry] = [*history.shown(versions), *happened]
    merged.sort(key=_entry_day)  # stable: versions keep their order, and stand before events of their day
    return merged[::-1]


def _entry_day(entry: Entry) -> str:
    if isinstance(entry, Version):
        return day_of(entry.ref)
    event = entry[1]
    return event.build or (event.at.date().isoformat() if event.at else "")


class _Telling:
    """What a version changed: as the stored event says, else compared now."""

    def __init__(self, reader: Reading, registry: str, trial: str, effective: Effective) -> None:
        self._reader = reader
        self._registry = registry
        self._trial = trial
        found = reader.events(
            registry=registry,
            trial=trial,
            kinds=[EventKind.CHANGED],
            min_severity=Severity.NOISE,
            limit=EVENTS,
        )
        self._stored = {
            (history.key(event.from_), history.key(event.to)): (number, effective(event))
            for number, event in found
            if event.from_ is not None and event.to is not None
        }
        self._seen = reader.seen([trial])

    def told(self, older: VersionRef, newer: VersionRef) -> Told:
        stored = self._stored.get((history.key(older), history.key(newer)))
        if stored is not None:
            number, event = stored
            return Told(
                headline=headline_of(event.headline, event.changes),
                severity=event.severity,
                seen=self.seen(number, event),
            )
        left, _ = record_of(self._reader, self._registry, self._trial, older)
        right, _ = record_of(self._reader, self._registry, self._trial, newer)
        changes = compare(left, right, registry=self._registry, from_=older, to=newer)
        return Told(headline=headline_of(changes.headline, changes.changes), severity=changes.severity)

    def seen(self, number: int, event: Event) -> tuple[str, ...]:
        return tuple(str(one) for one in self._seen.of(number, event))


def _snapshots(versions: Sequence[Version]) -> list[VersionRef]:
    return [one.ref for one in versions if one.ref.source is Source.SNAPSHOT]


def _seen(reader: Reading, trial: Trial, versions: Sequence[Version]) -> str:
    """From when to when we know the record to have been published as it is shown."""
    builds = [ref.build for ref in _snapshots(versions) if ref.build]
    if not builds:
        return ""
    first = f"First seen in the data build of {builds[0]}"
    if builds[-1] != builds[0]:
        first += f"; as it stands here, in that of {builds[-1]}"
    if trial.state != "present":
        return f"{first}."
    return f"{first}. Last confirmed in the build of {last_confirmed(reader, trial, builds[-1])}."


def _since(reader: Reader, trial: Trial, versions: Sequence[Version]) -> str:
    """Since when the trial has its status, as far as we saw it change."""
    found = reader.events(
        registry=trial.registry,
        trial=trial.trial,
        field="overall-status",
        kinds=[EventKind.CHANGED],
        min_severity=Severity.NOISE,
        limit=1,
    )
    snapshots = _snapshots(versions)
    if (not found or found[0][1].to is None) and trial.status and snapshots:
        return f"{said(trial.status)} when first seen (build of {day_of(snapshots[0])}); since when is not stored."
    if not found or found[0][1].to is None:
        return ""
    to = found[0][1].to
    posted = f", posted {to.updated}" if to.updated else ""
    return f"{said(trial.status or '')} since the data build of {day_of(to)}{posted}."


def _notices(reader: Reader, trial: Trial) -> list[Notice]:
    since = f" since {trial.state_since:%Y-%m-%d}" if trial.state_since else ""
    notices = []
    if trial.state == "gone":
        notices.append(
            Notice(text=f"This record is gone from the registry{since}. What was stored stays here.")
        )
    if trial.state == "merged":
        into = trial.merged_into
        notices.append(
            Notice(
                text=f"The registry merged this record into another{since}.",
                href=addresses.trial(trial.registry, into) if into else None,
                link=into or "",
            )
        )
    if trial.snapshots == 0:
        notices.append(Notice(text="Only the registry's own history of this record is stored so far."))
    if trial.state == "present":
        notices += [Notice(text=f"{one.reason}.") for one in reader.deadlines(trial.registry, trial.trial)]
    return notices


def _page(text: str) -> int:
    if not text:
        return 1
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 6 and int(text) > 0):
        raise BadQuestion(f"a page is a number from 1: `{text[:60]}`")
    return int(text)
