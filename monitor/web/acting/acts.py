"""What a person does about alerts on these pages: mute, snooze, end either, acknowledge; and what stands of it.

A form is read whole and checked before anything is written; then one short write on a connection of its own, and the
reader is sent on to the page that shows what stands now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from sqlite_utils import Database

from monitor import addresses
from monitor.acting.acknowledgements import LONGEST_NOTE, acknowledge, newest_event
from monitor.acting.mutes import Kind, Mute, Scope, concerns, mute, unmute
from monitor.acting.people import LONGEST, Person, Via, named
from monitor.acting.showing import ask_of
from monitor.alerting.text import minute
from monitor.web import filters
from monitor.web.access.visitor import ANYBODY, Visitor, Way
from monitor.web.acting.forms import Forms
from monitor.web.answers import Answer, BadQuestion, Elsewhere, Page
from monitor.web.drawing.prose import without_domains
from monitor.web.finding import canonical, found_trial
from monitor.web.reading import Reading
from snapshots.database import immediate
from snapshots.deadlines.states import STATE_SLUGS
from snapshots.event import Event
from snapshots.instants import instant

SPANS: Mapping[str, str] = {"7": "7 days", "30": "30 days", "90": "90 days", "": "without an end"}
LATEST = timedelta(days=3_660)  # an end further off is a slip of the pen
REGISTRY = "ctgov"
_KEPT = (
    "act",
    "scope",
    "value",
    "span",
    "until",
    "by",
    "note",
    "up_to",
    "back",
)  # fields of a form but its token
_GO_BACK = "Go back: what you wrote is still there."


_Choice = TypeVar("_Choice", bound=StrEnum)


class Act(StrEnum):
    MUTE = "mute"
    SNOOZE = "snooze"
    UNMUTE = "unmute"
    ACKNOWLEDGE = "acknowledge"


_WORDS = {
    Act.MUTE: "Mute",
    Act.SNOOZE: "Snooze",
    Act.UNMUTE: "End the silence of",
    Act.ACKNOWLEDGE: "Acknowledge",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    act: Act
    scope: Scope
    value: str
    by: Person
    until: datetime | None = None  # aware UTC; None: no end
    up_to: int | None = None  # number of the newest event that is acknowledged
    note: str = ""
    back: str = ""  # `health`: done on the list of what is muted, wherever else it shows

    @property
    def shown_on(self) -> str:
        if self.scope is Scope.TRIAL and self.back != "health":
            return addresses.trial(REGISTRY, self.value) + "#alerts"
        return "/health#muted"

    def __str__(self) -> str:
        end = f" until {minute(self.until)}" if self.until else ""
        return f"{_WORDS[self.act]} {self.scope} {self.value}{end}"


def do(
    reader: Reading,
    form: Mapping[str, str],
    *,
    forms: Forms,
    open_database: Callable[[], Database],
    now: datetime,
    visitor: Visitor = ANYBODY,
) -> Answer:
    """BadQuestion, NoSuchPage. With a stale token nothing is written: the same is asked again, on a page of its own."""
    if visitor.name:  # as the proxy says, whatever stands in the form
        form = {**form, "by": visitor.name[:LONGEST]}
    asked = _asked(reader, form, now)
    # A program with a token of its own in a header: no page elsewhere can make a browser send that.
    sure = visitor.way is Way.BEARER or forms.is_fresh(form.get("token", ""), now, visitor.mark)
    if not sure:
        kept = {name: text for name, text in form.items() if name in _KEPT}
        return Page(
            template="confirm.html",
            path="/acts",
            values={"asked": str(asked), "kept": kept, "token": forms.token(now, visitor.mark)},
        )
    with closing(open_database()) as db:
        if asked.act is Act.ACKNOWLEDGE and asked.up_to is None:
            asked = replace(asked, up_to=_newest(db, asked))  # others may write while it is looked for
        with immediate(db):
            _write(db, asked, now)
            ask_of(db, REGISTRY, asked.scope, asked.value)
    return Elsewhere(path=asked.shown_on)


def _newest(db: Database, asked: _Asked) -> int:
    found = newest_event(db, REGISTRY, asked.scope, asked.value)
    if found is None:
        raise BadQuestion(f"nothing happened yet: {asked.scope} `{asked.value}`", hint=_GO_BACK)
    return found[0]


def _write(db: Database, asked: _Asked, now: datetime) -> None:
    match asked.act:
        case Act.MUTE | Act.SNOOZE:
            kind = Kind(asked.act.value)
            mute(db, asked.scope, asked.value, until=asked.until, now=now, by=asked.by, kind=kind)
        case Act.UNMUTE:
            unmute(db, asked.scope, asked.value, now=now, by=asked.by)
        case Act.ACKNOWLEDGE:
            assert asked.up_to is not None
            acknowledge(
                db,
                REGISTRY,
                asked.scope,
                asked.value,
                up_to=asked.up_to,
                now=now,
                by=asked.by,
                note=asked.note,
            )


def _asked(reader: Reading, form: Mapping[str, str], now: datetime) -> _Asked:
    act = _one_of(Act, form.get("act", ""))
    scope = _one_of(Scope, form.get("scope", ""))
    value = _value(reader, scope, form.get("value", ""), ending=act is Act.UNMUTE)
    by, note = form.get("by", ""), form.get("note", "")
    for name, text, most in (("name", by, LONGEST), ("note", note, LONGEST_NOTE)):
        if len(text) > most:
            raise BadQuestion(f"the {name} is longer than {most} characters", hint=_GO_BACK)
    person = named(by, Via.BROWSER)
    if act in (Act.MUTE, Act.SNOOZE):
        until = _until(form.get("until", ""), form.get("span", ""), now)
        if act is Act.SNOOZE and until is None:
            raise BadQuestion("a snooze has an end", hint=f"Choose for how long. {_GO_BACK}")
        return _Asked(act=act, scope=scope, value=value, by=person, until=until)
    if act is Act.ACKNOWLEDGE:
        up_to = _up_to(reader, scope, value, form.get("up_to", ""))
        return _Asked(act=act, scope=scope, value=value, by=person, note=note, up_to=up_to)
    return _Asked(act=act, scope=scope, value=value, by=person, back=form.get("back", ""))


def _one_of(kind: type[_Choice], text: str) -> _Choice:
    try:
        return kind(text)
    except ValueError:
        raise BadQuestion("the form is not one of these pages'") from None


def _value(reader: Reading, scope: Scope, text: str, *, ending: bool) -> str:
    """ending: what is muted may be ended whether or not it is still there."""
    if not text:
        raise BadQuestion(f"no {scope} is named", hint=_GO_BACK)
    filters.short_enough(scope.value, text)
    if scope is Scope.TRIAL:
        trial = canonical(REGISTRY, text)
        return trial if ending else found_trial(reader, REGISTRY, trial).trial
    if scope is Scope.FIELD and not ending:
        filters.check_field(text, beside=STATE_SLUGS)
    if scope is Scope.WATCH and not ending:
        names = [one.name for one in reader.watches()]
        if text not in names:
            raise BadQuestion(f"no such watch: `{text}`", hint=filters.nearest(text, names))
    return text


def _until(day: str, span: str, now: datetime) -> datetime | None:
    """The day where one is written, else the span; a day begins at midnight UTC, as on the command line."""
    if day:
        try:
            until = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
        except ValueError:
            raise BadQuestion(f"no day: `{day[:60]}`", hint=f"Write it as 2026-12-31. {_GO_BACK}") from None
        if until <= now:
            raise BadQuestion(f"that day has begun: `{day}`", hint=f"Write a day to come. {_GO_BACK}")
        if until > now + LATEST:
            raise BadQuestion(f"that day is more than ten years off: `{day}`", hint=_GO_BACK)
        return until
    if span not in SPANS:
        raise BadQuestion("the form is not one of these pages'")
    return now + timedelta(days=int(span)) if span else None


def _up_to(reader: Reading, scope: Scope, value: str, text: str) -> int | None:
    """What the reader saw when they pressed: nothing that came since is acknowledged."""
    number = filters.before(text)
    if number is None:
        return None
    found = reader.numbered([number])
    if not found or not concerns(scope, value, found[0][1]):
        raise BadQuestion(f"no event of this {scope} has this number: `{number}`")
    return number


# --- what stands, for pages ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """A mute or a snooze, as pages show it."""

    scope: str
    value: str
    href: str | None
    words: str  # `Muted`, `Snoozed`
    until: datetime | None
    since: datetime
    by: str  # who and where


def silent(one: Mute) -> Silent:
    return Silent(
        scope=one.scope.value,
        value=one.value,
        href=addresses.trial(REGISTRY, one.value) if one.scope is Scope.TRIAL else None,
        words="Muted" if one.kind is Kind.MUTE else "Snoozed",
        until=instant(one.until),
        since=instant(one.muted_at),
        by=without_domains(str(one.by)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a trial's page says and offers about its alerts."""

    muted: Silent | None
    up_to: int | None  # number of the newest event that could be acknowledged; None when there is none
    headline: str  # of that event
    seen: tuple[str, ...]  # who acknowledged it


def about(reader: Reading, registry: str, trial: str, now: datetime) -> About:
    muted = [one for one in reader.muted(now) if (one.scope, one.value) == (Scope.TRIAL, trial)]
    newest = reader.events(registry=registry, trial=trial, archive=False, limit=1)
    number, event = newest[0] if newest else (None, None)
    return About(
        muted=silent(muted[-1]) if muted else None,
        up_to=number,
        headline=event.headline if event else "",
        seen=tuple(seen_by(reader, newest).get(number, ())) if number is not None else (),
    )


def seen_by(reader: Reading, events: list[tuple[int, Event]]) -> dict[int, list[str]]:
    """Number of an event → who has acknowledged it, in words."""
    seen = reader.seen({event.trial for _, event in events})
    return {number: [without_domains(str(one)) for one in seen.of(number, event)] for number, event in events}
