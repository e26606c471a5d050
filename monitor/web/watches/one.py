"""`/watches/{name}`: one watch, its trials, and what happened in it lately."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from monitor import addresses
from monitor.web import filters
from monitor.web.acting.acts import seen_by
from monitor.web.address import Format
from monitor.web.answers import Answer, BadQuestion, Page
from monitor.web.drawing.prose import without_addresses
from monitor.web.feeds.asked import check_watch
from monitor.web.health.standing import standing_line
from monitor.web.reading import Reading
from monitor.web.setting import Setting
from monitor.web.today.cards import Card, card
from monitor.web.trial.head import standing
from monitor.web.watches import held
from monitor.web.watches.held import Held, Member
from monitor.web.watches.shapes import HeldTrial, OneWatch
from monitor.web.watches.viewing import WEEKS, viewed, watch_fields

PAGE = 100  # trials
IN_CSV = 1_000  # trials in one file; the Link header leads on
CARDS = 6  # events shown
TURNS = 10  # who entered and left
UNKNOWN = 20  # ids that the registry does not have
NO_STATUS = "none"  # in an address, of trials whose record gives no status
_TURNED = {
    "entered": ("+", "Entered"),
    "returned": ("+", "Came back"),
    "left": ("−", "Left"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRow:
    trial: str
    href: str
    title: str
    status: str
    tone: str
    sign: str
    phase: str
    sponsor: str
    updated: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    sign: str
    words: str
    trial: str
    href: str
    title: str
    at: datetime | None
    event_href: str


def one_watch(
    reader: Reading, name: str, query: Mapping[str, str], setting: Setting, format: Format
) -> Answer:
    """NoSuchPage, NoLongerHere for what is no watch of ours; BadQuestion for a status that no trial of it has."""
    found = known(reader, name)
    db = reader.database
    view = viewed(reader, [found], setting)[0]
    asked = filters.short_enough("status", query.get("status", "").strip())
    after = filters.short_enough("after", query.get("after", "").strip())
    counts = {one.status: one for one in view.segments}
    status = None if not asked else "" if asked == NO_STATUS else asked
    if status is not None and status not in counts and standing(status or None)[1] == "unknown":
        raise BadQuestion(
            f"no trial of this watch has such a status: `{asked}`",
            hint=filters.nearest(asked, [one.status or NO_STATUS for one in view.segments]),
        )
    size = IN_CSV if format is Format.CSV else PAGE
    trials = held.members(db, found.row, status=status, after=after, limit=size + 1)
    shown = trials[:size]
    kept = {"status": asked} if asked else {}
    following = "?" + urlencode({**kept, "after": shown[-1].trial}) if len(trials) > size else None
    path = addresses.watch(name)
    next_of = f"{path}.{format}{following}" if following and format is not Format.HTML else None
    values: dict[str, object] = {}
    if format is Format.HTML:
        values = {
            "here": "watches",
            "one": view,
            "standing": standing_line(reader, setting),
            "weeks": WEEKS,
            "unknown": _unknown(reader, found),
            "cards": _cards(reader, name, setting),
            "turned": [_turned(each) for each in held.turns(db, name, limit=TURNS)],
            "rows": [_row(each) for each in shown],
            "status": status,
            "status_words": standing(status or None)[0] if status is not None else "",
            "matching": view.trials if status is None else counts[status].trials if status in counts else 0,
            "first": "?" + urlencode(kept) if after else None,
            "following": following,
            "no_status": NO_STATUS,
        }
    return Page(
        template="watch.html",
        path=path,
        values=values,
        data=lambda: OneWatch(
            **watch_fields(view),
            unknown=_unknown(reader, found),
            items=[_held_trial(each) for each in shown],
            next=next_of,
        ),
        rows=lambda: [_held_trial(each) for each in shown],
        headers={"Link": f'<{next_of}>; rel="next"'} if next_of else {},
    )


def known(reader: Reading, name: str) -> Held:
    """The watch of this name. NoSuchPage, NoLongerHere."""
    found = held.named(reader.database, name)
    if found is None:
        check_watch(reader, name)  # which says why not
        raise AssertionError(name)
    return found


def _cards(reader: Reading, name: str, setting: Setting) -> list[tuple[int, Card]]:
    lately = reader.events(
        watch=name, archive=False, min_severity=setting.floor(filters.least("")), limit=CARDS
    )
    events = [(number, setting.effective(event)) for number, event in lately]
    seen = seen_by(reader, events) if events else {}
    return [(number, card(number, event, seen[number])) for number, event in events]


def _unknown(reader: Reading, found: Held) -> list[str]:
    return [] if found.query is not None else held.unknown(reader.database, found.row, limit=UNKNOWN)


def _row(one: Member) -> TrialRow:
    words, tone, sign = standing(one.status, one.state)
    return TrialRow(
        trial=one.trial,
        href=addresses.trial(one.registry, one.trial),
        title=one.title,
        status=words,
        tone=tone,
        sign=sign,
        phase=one.phase or "",
        sponsor=one.sponsor or "",
        updated=one.updated or "",
    )


def _turned(one: held.Turn) -> Turned:
    sign, words = _TURNED[one.kind]
    return Turned(
        sign=sign,
        words=words,
        trial=one.trial,
        href=addresses.trial(one.registry, one.trial),
        title=one.title,
        at=one.at,
        event_href=addresses.event(one.event),
    )


def _held_trial(one: Member) -> HeldTrial:
    return HeldTrial(
        registry=one.registry,
        trial=one.trial,
        title=without_addresses(one.title),
        status=one.status,
        phase=one.phase,
        sponsor=None if one.sponsor is None else without_addresses(one.sponsor),
        updated=one.updated,
        state=one.state,
    )
