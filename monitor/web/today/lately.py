"""The pages of events: what changed lately, and one event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from urllib.parse import urlencode

from monitor import addresses
from monitor.alerting.text import is_said
from monitor.web import filters
from monitor.web.acting.acts import seen_by
from monitor.web.answers import Answer, BadQuestion, NoSuchPage, Page
from monitor.web.compare.marks import changes_view, headline_of, summary_of
from monitor.web.compare.named_sites import named_sites
from monitor.web.drawing.blocks import Cell, shown_text
from monitor.web.drawing.names import meta_of, name_of
from monitor.web.drawing.render import minute
from monitor.web.drawing.terms import said
from monitor.web.health.standing import standing_line
from monitor.web.reading import Reading
from monitor.web.setting import Setting
from monitor.web.shapes import Listed, event_row, numbered
from monitor.web.sources import UnknownRegistry, named
from monitor.web.trial.history import KINDS
from snapshots.changeset import FieldChange, Severity
from snapshots.event import Event, EventKind

PAGE = 40  # events on one page
LINES = 3  # changes of an event named on its card
LEVELS = (
    ("minor", "minor"),
    ("major", "major"),
    ("critical", "critical"),
    ("noise", "everything, noise too"),
)
_ASKED = ("severity", "watch", "tag", "field", "trial")
_LAST = 2**63 - 1  # SQLite's largest integer


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An event as it stands in a list."""

    severity: Severity
    at: datetime | None
    headline: str
    href: str
    trial: str
    trial_href: str
    title: str
    lines: tuple[tuple[Severity, str], ...]
    more: int
    note: str | None
    meta: tuple[str, ...]
    tags: tuple[str, ...]


def lately(reader: Reading, query: Mapping[str, str], setting: Setting) -> Answer:
    """`/`: events newest first, filtered, paged by sequence number."""
    asked = {name: filters.short_enough(name, query.get(name, "").strip()) for name in _ASKED}
    least = filters.least(asked["severity"])
    asked["severity"] = least.value
    _check(reader, asked)
    wanted = _trial_asked(asked["trial"])
    before = filters.before(query.get("before", ""))
    found = reader.events(
        watch=asked["watch"] or None,
        trial=wanted[1] if wanted else None,
        registry=wanted[0] if wanted else None,
        min_severity=least,
        field=asked["field"] or None,
        tag=asked["tag"] or None,
        archive=False,
        limit=PAGE + 1,
        before=before,
    )
    shown = [(sequence, setting.effective(event)) for sequence, event in found[:PAGE]]
    seen = seen_by(reader, shown)
    cards = [
        (sequence, card(sequence, event, seen[sequence]))
        for sequence, event in shown
        if event.severity >= least
    ]
    kept = {name: text for name, text in asked.items() if text and (name, text) != ("severity", "minor")}
    return Page(
        template="lately.html",
        path="/",
        values={
            "here": "lately",
            "asked": asked,
            "filtered": bool(kept),
            "feed": _followed(reader, asked, wanted, least),
            "levels": LEVELS,
            "tag_names": filters.TAGS,
            "watch_names": sorted(
                {one.name for one in reader.watches()}
                | {name for _, event in shown for name in event.watches}
            ),
            "field_names": filters.fields(),
            "days": [
                (day, list(members)) for day, members in groupby(cards, key=lambda pair: _day(pair[1].at))
            ],
            "older": "?" + urlencode({**kept, "before": found[PAGE - 1][0]}) if len(found) > PAGE else None,
            "newest": "?" + urlencode(kept) if before is not None else None,
            "trials_held": bool(cards) or bool(reader.trials(limit=1)),
            "standing": standing_line(reader, setting),
        },
        data=lambda: Listed(
            items=[numbered(at, event) for at, event in shown if event.severity >= least],
            next="/today.json?" + urlencode({**kept, "before": found[PAGE - 1][0]})
            if len(found) > PAGE
            else None,
        ),
        rows=lambda: [event_row(at, event) for at, event in shown if event.severity >= least],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """The feed that goes on telling what a list shows."""

    of: str  # the path that it is below
    query: str  # with its `?`, or nothing
    what: str
    title: str
    calendar: bool


def _followed(
    reader: Reading, asked: Mapping[str, str], trial: tuple[str, str] | None, least: Severity
) -> Followed:
    """Of a trial, else of a watch that is still there, else of everything: what else was asked for is kept."""
    of, what = "", "this list"
    if trial is not None and reader.trial(*trial) is not None:
        of, what = addresses.trial(*trial), trial[1]
    elif trial is None and any(one.name == asked["watch"] for one in reader.watches()):
        of, what = addresses.watch(asked["watch"]), f"watch {asked['watch']}"
    kept = {"tag": asked["tag"], "field": asked["field"]}
    if least > Severity.MINOR:
        kept["min_severity"] = least.value
    query = urlencode({name: text for name, text in kept.items() if text})
    title = f"What changed in {what}" if of else "What changed in the watched trials"
    return Followed(of=of, query=f"?{query}" if query else "", what=what, title=title, calendar=bool(of))


def card(sequence: int, event: Event, seen: Sequence[str] = ()) -> Card:
    told = [change for change in event.changes if change.severity is not Severity.NOISE]
    lines = [(one.severity, summary_of(one)) for one in told if not is_said(one, event.headline)]
    posted = event.to.updated if event.to else None
    meta = [
        KINDS[event.kind] if event.kind is not EventKind.CHANGED else "",
        f"posted by the registry {posted}" if posted else "",
        *(f"watch {name}" for name in event.watches[:4]),
        *seen,
    ]
    compared = _compared(event)
    return Card(
        severity=event.severity,
        at=event.at,
        headline=headline_of(event.headline, event.changes),
        href=compared or addresses.event(sequence),
        trial=event.trial,
        trial_href=addresses.trial(event.registry, event.trial),
        title=event.title,
        lines=tuple(lines[:LINES]),
        more=max(0, len(lines) - LINES),
        note=event.note,
        meta=tuple(one for one in meta if one),
        tags=event.tags,
    )


def one_event(reader: Reading, text: str, setting: Setting) -> Answer:
    """`/events/{sequence}`: one event, for ever at this address."""
    if not (text.isascii() and text.isdigit()) or int(text[:25]) >= _LAST:
        raise BadQuestion(f"an event's number is digits only: `{text[:60]}`")
    sequence = int(text)
    if text != str(sequence):
        raise NoSuchPage(f"no event has this number: `{text[:60]}`")
    found = reader.events(min_severity=Severity.NOISE, limit=1, before=sequence + 1)
    if not found or found[0][0] != sequence:
        raise NoSuchPage(
            f"no event has this number: `{sequence}`",
            hint="The newest are on the page of what changed lately.",
        )
    event = setting.effective(found[0][1])
    try:
        at = setting.source(event.registry)
        label, href = at.label, at.url(event.trial)
        line = at.line(event.build)
    except UnknownRegistry:
        label, href, line = event.registry, None, event.registry
    compared = _compared(event)
    facts: list[tuple[str, Cell]] = [
        ("What", Cell(KINDS[event.kind].capitalize())),
        ("Seen by us", Cell(minute(event.at))),
        ("Posted by the registry", Cell((event.to.updated if event.to else None) or "")),
        ("Data build", Cell(event.build or "")),
        ("Status after it", Cell(said(event.status) if event.status else "", code=event.status)),
        ("Phase", Cell(event.phase or "")),
        ("Lead sponsor", Cell(shown_text(event.sponsor or ""))),
        ("Watches", Cell(", ".join(event.watches))),
        ("Detail", Cell(shown_text(event.detail or ""))),
        ("Acknowledged", Cell("; ".join(seen_by(reader, found)[sequence]))),
        ("Id of the event", Cell(event.id or "")),
    ]
    return Page(
        template="event.html",
        path=addresses.event(sequence),
        values={
            "seq": sequence,
            "event": event,
            "headline": headline_of(event.headline, event.changes),
            "facts": [(name, cell) for name, cell in facts if cell.text],
            "trial_href": addresses.trial(event.registry, event.trial),
            "registry_href": href,
            "registry_label": label,
            "source": line,
            "compare_href": compared,
            "from_name": name_of(event.from_) if event.from_ else "",
            "to_name": name_of(event.to) if event.to else "",
            "to_meta": meta_of(event.to) if event.to else [],
            "set": changes_view(event.headline, event.severity, event.tags, _with_sites(reader, event))
            if event.changes
            else None,
        },
        data=lambda: numbered(sequence, event),
    )


def _with_sites(reader: Reading, event: Event) -> tuple[FieldChange, ...]:
    """The event's changes; where they only count sites, the sites, as both versions have them."""
    if event.from_ is None or event.to is None or _compared(event) is None:
        return tuple(event.changes)
    older, newer = (
        reader.record(event.registry, event.trial, one.source, one.version or 0)
        for one in (event.from_, event.to)
    )
    return named_sites(event.changes, older, newer)


def _compared(event: Event) -> str | None:
    if event.from_ is None or event.to is None:
        return None
    return addresses.compare(event.registry, event.trial, event.from_, event.to)


def _check(reader: Reading, asked: Mapping[str, str]) -> None:
    """A misspelt filter would look like silence."""
    filters.check_tag(asked["tag"])
    filters.check_field(asked["field"])
    if asked["watch"] and not reader.knows_watch(asked["watch"]):
        names = [one.name for one in reader.watches()]
        raise NoSuchPage(f"no such watch: `{asked['watch']}`", hint=filters.nearest(asked["watch"], names))


def _trial_asked(text: str) -> tuple[str, str] | None:
    if not text:
        return None
    found = named(text)
    if found is None:
        raise BadQuestion(
            f"no id of a trial: `{text}`",
            hint="An id is NCT and eight digits, as NCT07146087; a record's web address will do too.",
        )
    return found


def _day(at: datetime | None) -> str:
    return "" if at is None else f"{at:%A} {at.day} {at:%B} {at.year}"
