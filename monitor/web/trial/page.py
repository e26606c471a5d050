"""The page of one trial: the head, how it went, its deadlines, who watches it, and its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from monitor import addresses
from monitor.web.acting import acts
from monitor.web.answers import Answer, BadQuestion, NoSuchPage, Page
from monitor.web.drawing.names import day_of
from monitor.web.drawing.terms import said
from monitor.web.finding import found_trial, last_confirmed, newest_of
from monitor.web.reading import Reading
from monitor.web.setting import Setting
from monitor.web.trial import course, history, picture
from monitor.web.trial.due import deadlines_of
from monitor.web.trial.head import head
from monitor.web.trial.lines import ROWS, lines, row_of, with_twins
from monitor.web.trial.picking import choices_of
from monitor.web.trial.stored import Stored
from monitor.web.trial.telling import moments, trial_json
from snapshots.changeset import Severity, Source, VersionRef
from snapshots.event import EventKind
from snapshots.query import Reader, Trial, Version

TABLED = 100  # steps of the timeline in the table, the newest
WATCHES = 40  # that are listed


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
    stored = Stored(reader, registry, trial.trial)
    newest = newest_of(stored.versions)
    if newest is None:
        raise NoSuchPage(f"no version of this trial is stored: `{trial.trial}`")
    record, read = stored.newest(newest)
    versions = with_twins(reader, registry, trial.trial, stored.versions)
    page = _page(query.get("page", ""))
    removed = reader.removed(registry, trial.trial)
    shown = lines(
        reader,
        registry,
        trial.trial,
        versions,
        stored.events,
        removed,
        setting.effective,
        start=(page - 1) * ROWS,
    )
    if page > 1 and not shown.rows:
        raise NoSuchPage(f"the history of {trial.trial} has no page {page}")
    today = setting.now.date()
    went = stored.course(_until(trial, setting, reader))
    present = trial.state == "present"
    due = deadlines_of(
        reader.deadlines(registry, trial.trial) if present else (),
        record,
        today=today,
        ahead=present and newest.ref.source is Source.SNAPSHOT,
    )
    watches = stored.watches(WATCHES + 1)
    top = head(setting.source(registry), read, record, newest.ref)
    path = top.href
    steps = moments(went) if went is not None else []
    return Page(
        template="trial.html",
        path=path,
        values={
            "here": "trials",
            "head": top,
            "notices": _notices(trial),
            "since": _since(reader, trial, versions),
            "seen": _seen(reader, trial, versions),
            "newest": addresses.version(registry, trial.trial, newest.ref),
            "picture": picture.picture(went, today) if went is not None else None,
            "told": [_told(one) for one in reversed(steps[-TABLED:])],
            "told_before": max(0, len(steps) - TABLED),
            "gaps": went.gaps if went is not None else (),
            "marks": [(picture.MARKED[one.what], one.day) for one in went.marks] if went is not None else [],
            "due": due,
            "watches": watches[:WATCHES],
            "more_watches": len(watches) > WATCHES,
            "groups": history.grouped(shown.rows),
            "removed": [_removed(one.source, one.first, one.last, one.day) for one in removed],
            "alerts": acts.about(reader, registry, trial.trial, setting.now),
            "token": setting.token,
            "spans": acts.SPANS,
            "tomorrow": (today + timedelta(days=1)).isoformat(),
            "picking": choices_of(history.shown(versions)),
            "last_day": setting.last_day(reader.newest_build()).isoformat(),
            "later_page": f"?page={page - 1}" if page > 1 else None,
            "older_page": f"?page={page + 1}" if shown.more else None,
        },
        data=lambda: trial_json(
            trial=trial,
            head=top,
            record=record,
            facts=read,
            newest=newest,
            confirmed=last_confirmed(reader, trial, newest.ref.build) if newest.ref.build else None,
            went=went,
            lines=shown.lines,
            following=f"{path}.json?page={page + 1}" if shown.more else None,
            removed=removed,
            due=due,
            watches=stored.watches(1_000),
        ),
        rows=lambda: [row_of(one) for one in shown.lines],
    )


def _until(trial: Trial, setting: Setting, reader: Reading) -> str:
    """The last day of which the newest snapshot tells: today, or when the record went."""
    if trial.state != "present" and trial.state_since is not None:
        return trial.state_since.date().isoformat()
    last: date = setting.last_day(reader.newest_build())
    return last.isoformat()


def _told(one: Any) -> dict[str, Any]:
    """A step as a row of the table."""
    stands: course.Standing = one.standing
    ref = VersionRef(source=Source(one.source), version=one.version, seen_at=None, updated=None, build=None)
    return {
        "day": one.day,
        "name": f"r{one.version}" if ref.source is Source.ARCHIVE else str(one.version),
        "status": said(stands.status) if stands.status else "not given",
        "start": picture.in_words(stands.start),
        "primary_completion": picture.in_words(stands.primary_completion),
        "completion": picture.in_words(stands.completion),
        "enrollment": picture.in_words(stands.enrollment),
        "changed": one.changed,
    }


def _removed(source: Source, first: int, last: int, day: str) -> str:
    whose = "the registry’s versions" if source is Source.ARCHIVE else "versions"
    if first == last:
        whose = whose[:-1]
    numbers = str(first) if first == last else f"{first} to {last}"
    return (
        f"{whose[:1].upper()}{whose[1:]} {numbers}: removed by retention on {day}. What they changed is kept."
    )


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
        fields=["overall-status"],
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


def _notices(trial: Trial) -> list[Notice]:
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
    return notices


def _page(text: str) -> int:
    if not text:
        return 1
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 6 and int(text) > 0):
        raise BadQuestion(f"a page is a number from 1: `{text[:60]}`")
    return int(text)
