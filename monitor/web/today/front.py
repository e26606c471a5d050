"""The front page, Today: what changed since the reader last looked, by severity, and what changed before, by day.

Since when something is new is told by the browser's cookie or by the address (`looked`); where neither does, nothing
is said of it. The same as data knows no reader: the newest events, or with `since` those after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from monitor.web import filters
from monitor.web.acting.acts import seen_by
from monitor.web.address import Asked, Format
from monitor.web.answers import Answer, Page
from monitor.web.health.standing import standing_line
from monitor.web.shapes import Listed, Numbered, event_row, numbered
from monitor.web.today import looked
from monitor.web.today.cards import Card, card
from monitor.web.today.filtering import Filter, address, chips, filter_of, followed, ready
from monitor.web.today.looked import Since
from monitor.web.today.sifting import Sifted, sift
from snapshots.changeset import Severity
from snapshots.event import Event

PAGE = 30  # events in the list by day
NEW = 30  # events of the part that is new
BEFORE_NEW = 10  # events below it
COUNTED = 1_000  # of those that are new
LEVELS = (
    ("minor", "minor"),
    ("major", "major"),
    ("critical", "critical"),
    ("noise", "everything, noise too"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What is new of one severity. more: how many of it are not among the cards."""

    severity: Severity
    count: int
    cards: list[tuple[int, Card]]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is new. past: there are more than were counted."""

    since: Since
    count: int
    past: bool
    groups: list[Group]
    every: str  # the address of all that is new, newest first
    link: str  # the address that shows the same to anybody


def today(asked: Asked) -> Answer:
    """`/`: filtered, paged by the events' numbers."""
    front = _Front(asked)
    return front.page()


class _Front:
    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.reader, self.setting = asked.reader, asked.setting
        self.filter: Filter = filter_of(asked.reader, asked.query)
        self.before = filters.before(asked.query.get("before", ""))
        self.given = looked.asked_since(
            asked.reader.database, asked.query.get("since", "").strip(), now=asked.setting.now
        )
        if self.given is not None and self.given.day is not None:
            filters.check_come(self.given.day, asked.setting.last_day(asked.reader.newest_build()))
        self.kept = dict(self.filter.kept)
        if self.given is not None:
            self.kept["since"] = self.given.asked

    def page(self) -> Page:
        since, headers = self.given, {"Vary": "Accept, Accept-Encoding, Cookie"}
        if self.asked.format is Format.HTML and since is None:
            since, cookie = self._looked()
            headers |= cookie
        return Page(
            template="today.html",
            path=address(self.kept | ({} if self.before is None else {"before": str(self.before)})),
            values=self._values(since) if self.asked.format is Format.HTML else {},
            data=self._data,
            rows=lambda: [
                event_row(at, event, staff=self.setting.study_staff)
                for at, event in self._events(self._listed().found)
            ],
            headers=headers,
        )

    def _looked(self) -> tuple[Since | None, dict[str, str]]:
        """Since when something is new to this browser, and the cookie that it is given.

        Who looks at a part or at an older page has not looked at everything: the cookie stays as it is.
        """
        reader, now = self.reader, self.setting.now
        newest = looked.newest_of(reader.database)
        name = looked.name_of(reader.began())
        visit = looked.visit_of(self.asked.cookies.get(name), newest=newest, now=now)
        if self.filter.kept or self.before is not None:
            return (visit.since if visit else None), {}
        told = visit or looked.first_visit(newest=newest, now=now)
        cookie = looked.set_cookie(name, told, root=self.asked.root)
        return (visit.since if visit else None), {"Set-Cookie": cookie}

    def _values(self, since: Since | None) -> dict[str, object]:
        reader = self.reader
        watches = sorted(one.name for one in reader.watches())
        news = self._news(since) if since is not None and self.before is None else None
        before = self.before if news is None else news.since.number + 1
        if news is not None and not news.count and since is not None and since.at is not None:
            # On the first visit the last look is a moment ago: that nothing is new since says nothing.
            news = news if self.setting.now - since.at > looked.VISIT else None
        page = BEFORE_NEW if news is not None and news.count else PAGE
        older = sift(reader, self.filter, self.setting, limit=page, before=before)
        cards = self._cards(older.found)
        return {
            "here": "today",
            "asked": self.filter,
            "asked_trial": self.filter.trial[1] if self.filter.trial else "",
            "filtered": bool(self.filter.kept),
            "chips": chips(self.filter, {"since": self.kept["since"]} if self.given else {}),
            "given": self.given,
            "since_text": self.kept.get("since", ""),
            "ready": ready(self.filter, watches, self.kept.get("since", "")),
            "feed": followed(reader, self.filter, watches),
            "levels": LEVELS,
            "tag_names": filters.TAGS,
            "watch_names": watches,
            "field_names": filters.fields(),
            "statuses": filters.statuses(),
            "countries": filters.countries(),
            "news": news,
            "is_new": (
                lambda number: since is not None and self.before is not None and number > since.number
            ),
            "days": [
                (day, list(members)) for day, members in groupby(cards, key=lambda one: _day(one[1].at))
            ],
            "older": address({**self.kept, "before": older.on}) if older.on is not None else None,
            "looked": older.looked,
            "newest": address(self.kept) if self.before is not None else None,
            "all": address({"since": self.kept["since"]} if self.given else {}),
            "forever": address(self.kept if self.given and self.given.span else self.filter.kept),
            "without_since": address(self.filter.kept),
            "trials_held": bool(cards) or bool(reader.trials(limit=1)),
            "standing": standing_line(reader, self.setting),
        }

    def _news(self, since: Since) -> News:
        found = sift(self.reader, self.filter, self.setting, limit=COUNTED, after=since.number)
        held: dict[Severity, list[int]] = {level: [] for level in sorted(Severity, reverse=True)}
        for number, severity in found.found:
            held[severity].append(number)
        shown: list[tuple[int, Severity]] = []
        for level, numbers in held.items():
            shown += [(number, level) for number in numbers[: NEW - len(shown)]]
        cards = dict(self._cards(shown))
        groups = []
        for level, numbers in held.items():
            drawn = [(number, cards[number]) for number in numbers[:NEW] if number in cards]
            if numbers:
                more = len(numbers) - len(drawn)
                groups.append(Group(severity=level, count=len(numbers), cards=drawn, more=more))
        newest = found.found[0][0] if found.found else since.number
        return News(
            since=since,
            count=len(found.found),
            past=found.on is not None,
            groups=groups,
            every=address({**self.filter.kept, "since": since.asked, "before": newest + 1}),
            link=address({**self.filter.kept, "since": since.asked}),
        )

    def _cards(self, found: Sequence[tuple[int, Severity]]) -> list[tuple[int, Card]]:
        events = self._events(found)
        seen = seen_by(self.reader, events)
        return [(number, card(number, event, seen[number])) for number, event in events]

    def _events(self, found: Iterable[tuple[int, Severity]]) -> list[tuple[int, Event]]:
        read = self.reader.numbered([number for number, _ in found])
        return [(number, self.setting.effective(event)) for number, event in read]

    def _listed(self) -> Sifted:
        after = self.given.number if self.given else None
        return sift(self.reader, self.filter, self.setting, limit=PAGE, before=self.before, after=after)

    def _data(self) -> Listed[Numbered]:
        listed = self._listed()
        on = address({**self.kept, "before": listed.on}) if listed.on is not None else None
        return Listed(
            items=[
                numbered(at, event, staff=self.setting.study_staff)
                for at, event in self._events(listed.found)
            ],
            next=on and "/today.json" + on.removeprefix("/"),
        )


def _day(at: datetime | None) -> str:
    return "" if at is None else f"{at:%A} {at.day} {at:%B} {at.year}"
