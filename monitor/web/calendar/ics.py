"""A calendar as iCalendar (RFC 5545, RFC 7986), written by icalendar, an extra: this is its only home."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import ModuleType

from monitor.web.answers import NotInstalled
from monitor.web.drawing.prose import printable
from notifiers.extras import how_to_install

MEDIA_TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//trialbell//key dates//EN"
REFRESH = timedelta(hours=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One date, all day. All texts are plain, of any content."""

    uid: str
    sequence: int  # higher for every later version of it
    changed: datetime  # aware UTC: when we saw the version that says so
    day: date
    title: str
    description: str
    url: str
    category: str
    status: str  # TENTATIVE, CONFIRMED or CANCELLED


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    uid: str
    name: str
    about: str
    address: str  # whole
    events: tuple[bytes, ...]  # each as `lines_of` writes it


def written(calendar: Calendar) -> bytes:
    """The same value gives the same bytes. NotInstalled without icalendar."""
    library = _library()
    made = library.Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("uid", calendar.uid)
    # Both spellings of each: the standard's, and the one that programs read. As text, so that it is escaped.
    for name, text in (
        ("name", calendar.name),
        ("x-wr-calname", calendar.name),
        ("description", calendar.about),
        ("x-wr-caldesc", calendar.about),
    ):
        made.add(name, library.vText(printable(text)))
    made.add("refresh-interval", library.vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", library.vDuration(REFRESH))
    made.add("source", library.vUri(calendar.address), parameters={"VALUE": "URI"})
    frame: bytes = made.to_ical()
    before, end, after = frame.partition(b"END:VCALENDAR")
    return b"".join((before, *calendar.events, end, after))


def lines_of(one: Event) -> bytes:
    """NotInstalled without icalendar."""
    made = _library().Event()
    made.add("uid", one.uid)
    made.add("sequence", one.sequence)
    made.add("dtstamp", one.changed)
    made.add("last-modified", one.changed)
    made.add("dtstart", one.day)
    made.add("dtend", one.day + timedelta(days=1))  # not included
    made.add("summary", printable(one.title))
    made.add("description", printable(one.description))
    made.add("url", one.url)
    made.add("categories", [one.category])
    made.add("status", one.status)
    made.add("transp", "TRANSPARENT")  # a date to know of keeps nobody busy
    lines: bytes = made.to_ical()
    return lines


def _library() -> ModuleType:
    try:
        import icalendar
    except ImportError:
        raise NotInstalled(
            "the calendar needs icalendar, which is not installed",
            hint=how_to_install("calendar"),
        ) from None
    return icalendar
