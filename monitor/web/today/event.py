"""The page of one event."""

from __future__ import annotations

from monitor import addresses
from monitor.alerting.text import minute
from monitor.web.acting.acts import seen_by
from monitor.web.answers import Answer, BadQuestion, NoSuchPage, Page
from monitor.web.compare.marks import changes_view, headline_of
from monitor.web.compare.named_sites import named_sites
from monitor.web.drawing.blocks import Cell, shown_text
from monitor.web.drawing.names import meta_of, name_of
from monitor.web.drawing.terms import said
from monitor.web.reading import Reading
from monitor.web.setting import Setting
from monitor.web.shapes import numbered
from monitor.web.sources import UnknownRegistry
from monitor.web.today.cards import compared
from monitor.web.trial.history import KINDS
from snapshots.changeset import FieldChange, Severity
from snapshots.errors import UnknownVersion
from snapshots.event import Event

_LAST = 2**63 - 1  # SQLite's largest integer


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
            hint="The newest are on the page Today.",
        )
    event = setting.effective(found[0][1])
    try:
        at = setting.source(event.registry)
        label, href = at.label, at.url(event.trial)
        line = at.line(event.build)
    except UnknownRegistry:
        label, href, line = event.registry, None, event.registry
    pair = compared(event)
    facts: list[tuple[str, Cell]] = [
        ("What", Cell(KINDS[event.kind].capitalize())),
        ("Seen by us", Cell(minute(event.at) if event.at else "", at=event.at)),
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
            "compare_href": pair,
            "from_name": name_of(event.from_) if event.from_ else "",
            "to_name": name_of(event.to) if event.to else "",
            "to_meta": meta_of(event.to) if event.to else [],
            "set": changes_view(event.headline, event.severity, event.tags, _with_sites(reader, event))
            if event.changes
            else None,
        },
        data=lambda: numbered(sequence, event, staff=setting.study_staff),
    )


def _with_sites(reader: Reading, event: Event) -> tuple[FieldChange, ...]:
    """The event's changes; where they only count sites, the sites, as both versions have them."""
    if event.from_ is None or event.to is None or compared(event) is None:
        return tuple(event.changes)
    try:
        older, newer = (
            reader.record(event.registry, event.trial, one.source, one.version or 0)
            for one in (event.from_, event.to)
        )
    except UnknownVersion:  # retention took one: what the event says is kept
        return tuple(event.changes)
    return named_sites(event.changes, older, newer)
