"""One field through time as it is drawn: lines of changes, members of a list, what it is now, where to jump to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from markupsafe import Markup

from monitor import addresses
from monitor.field_course import Step
from monitor.web import filters
from monitor.web.compare.marks import MAX_PAGE, ChangeView, change_view
from monitor.web.compare.named_sites import site_lines
from monitor.web.compare.values import Cut, drawn_value, is_text, length
from monitor.web.drawing.blocks import shown_text
from monitor.web.drawing.names import meta_of, name_of
from monitor.web.field.changed import Changed
from monitor.web.field.members import Member
from monitor.web.field.reading import Read
from monitor.web.record.remainder import without_staff
from snapshots.changeset import Kind
from snapshots.fields import Field

PAGE, PAGE_OF_TEXTS = 40, 10  # changes on one page; of long texts, which are laid beside each other, fewer
MAX_MEMBERS = 100
MAX_EDITS = 3  # of one member that are linked
MAX_NOW = 12_000  # characters of the value as it is
FOLDED_FROM = 1_500  # characters from which it is folded


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One change as it is drawn. month: the first of its month on the page, so that it may be jumped to."""

    day: str
    month: str | None
    anchor: str
    view: ChangeView | None
    beside: str
    name: str
    meta: tuple[str, ...]
    version_href: str | None
    compare_href: str | None
    event_href: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLine:
    name: str
    since: str  # a day, or in words
    until: str | None
    gone: bool
    moved: bool  # to another list
    began_href: str | None
    ended_href: str | None
    edits: tuple[tuple[str, str], ...]  # day and anchor's address
    more_edits: int


def drawn(
    registry: str, trial: str, read: Read, shown: Sequence[Step], *, page: int, more: bool
) -> dict[str, Any]:
    """The page's values. shown: the changes of this page, the newest first; more: older ones follow on another."""
    field, path = read.field, addresses.field(registry, trial, read.field.slug)
    places = _places(path, read)
    last = next((one for one in reversed(read.steps) if one.change is not None), None)
    first = None
    if not more and read.first_ref is not None:  # below the oldest change
        first = _value(field, read.first)
    return {
        "field": field,
        "count": read.count,
        "unread": read.unread,
        "lines": _lines(registry, trial, read, shown),
        "now": _value(field, read.now),
        "now_long": is_text(read.now) or length(read.now) > FOLDED_FROM,
        "now_name": name_of(read.newest.ref),
        "now_href": addresses.version(registry, trial, read.newest.ref),
        "since": last.day if last else read.first_day,
        "since_href": places[id(last)] if last else None,
        "first": first,
        "first_day": read.first_day,
        "first_name": name_of(read.first_ref) if read.first_ref else "",
        "first_href": addresses.version(registry, trial, read.first_ref) if read.first_ref else None,
        "members": [_member(places, one) for one in (read.members or ())[:MAX_MEMBERS]],
        "more_members": max(0, len(read.members or ()) - MAX_MEMBERS),
        "gone": sum(one.until is not None for one in read.members or ()),
        "years": _years(path, read),
        "newer": None if page == 1 else path + paged(page - 1),
        "older": path + paged(page + 1) if more else None,
    }


def page_size(field: Field) -> int:
    return PAGE_OF_TEXTS if field.kind is Kind.TEXT else PAGE


def paged(page: int) -> str:
    return f"?page={page}" if page > 1 else ""


def _places(path: str, read: Read) -> dict[int, str]:
    """The address of each change, by the step's identity."""
    size = page_size(read.field)
    return {
        id(step): f"{path}{paged(at // size + 1)}#{read.anchors[id(step)]}"
        for at, step in enumerate(reversed(read.steps))
    }


def _years(path: str, read: Read) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each year with its months in which the field changed, the newest first, and where they begin."""
    months: dict[str, str] = {}
    size = page_size(read.field)
    for at, step in enumerate(reversed(read.steps)):
        if step.day:
            months.setdefault(step.day[:7], f"{path}{paged(at // size + 1)}#{step.day[:7]}")
    return [
        (year, [(date.fromisoformat(f"{month}-01").strftime("%B"), months[month]) for month in several])
        for year, several in groupby(months, key=lambda one: one[:4])
    ]


def _lines(registry: str, trial: str, read: Read, shown: Sequence[Step]) -> list[Line]:
    room = [MAX_PAGE]
    made: list[Line] = []
    months: set[str] = set()
    for number, step in enumerate(shown, 1):
        day = step.day or ""
        compared = None
        if step.from_ is not None and step.to is not None:
            compared = addresses.compare(registry, trial, step.from_, step.to)
        made.append(
            Line(
                day=day,
                month=day[:7] if day and day[:7] not in months else None,
                anchor=read.anchors[id(step)],
                view=None
                if step.change is None
                else change_view(step.change, number, room, unified=True, brief=True),
                beside="" if step.seen else step.beside.strip(" ()"),  # the build says when it was seen
                name=name_of(step.to) if step.to else "",
                meta=tuple(meta_of(step.to)) if step.to else (),
                version_href=addresses.version(registry, trial, step.to) if step.to else None,
                compare_href=compared,
                event_href=None if step.event is None else addresses.event(step.event.number),
            )
        )
        months.add(day[:7])
    return made


def _value(field: Field, value: Any) -> Markup | None:
    """None where it says who the staff are, or is too much for this page."""
    if field.rule == "people" or field.slug == "results":
        return None
    shown = without_staff(value)
    if field.slug == "locations" and isinstance(shown, list):
        shown = site_lines(shown)
    if field.kind is Kind.COUNT and isinstance(shown, dict) and isinstance(shown.get("count"), int):
        kind = f" ({str(shown['type']).lower()})" if shown.get("type") else ""
        shown = f"{shown['count']:,}{kind}"
    coded = field.kind in (Kind.STATUS, Kind.CHOICE)
    return drawn_value(shown, Cut(), MAX_NOW, coded=coded)


def _member(places: Mapping[int, str], one: Member) -> MemberLine:
    return MemberLine(
        name=shown_text(one.name),
        since=one.since or ("first stored" if one.known else "not known"),
        until=one.until,
        gone=one.until is not None,
        began_href=places.get(id(one.began)),
        ended_href=places.get(id(one.ended)),
        moved=one.ended is not None and one.ended.change is not None and one.ended.change.action == "moved",
        edits=tuple((step.day or "", places[id(step)]) for step in one.edits[-MAX_EDITS:]),
        more_edits=max(0, len(one.edits) - MAX_EDITS),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """The fields to choose from: those that changed here, and the others."""

    changed: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str], ...]


def choosing(found: Sequence[Changed]) -> Choosing:
    changed = {one.slug: f"{one.label} ({one.times})" for one in found}
    known = dict(filters.fields())
    return Choosing(
        changed=tuple((slug, label) for slug, label in changed.items() if slug in known),
        others=tuple(one for one in filters.fields(groups=False) if one[0] not in changed),
    )
