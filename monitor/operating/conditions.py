"""Conditions: what stands between the registry and those who want to hear of it, and lasts. Pure.

One is named by its kind and subject. Its line is the same wherever it is read: in a notice, in `status`, in
`/healthz`. How long it must last before it is told, and be over before that is told, is its kind's.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from monitor.alerting.text import registry_name
from monitor.operating.quiet import DISK_LEAST
from snapshots.terms import many


class Kind(StrEnum):
    REGISTRY = "registry"  # its polls fail
    OVERDUE = "overdue"  # nothing polls it, though it is time
    HELD = "held"  # a sweep waits to be believed; subject: its row
    CHANNEL = "channel"  # it refuses us
    FAILED = "failed"  # of a channel, messages were given up lately
    PARTLY = "partly"  # of a channel, a message lately did not reach all that it was for
    WATCH = "watch"  # it matches nothing any more; subject: its row
    JOB = "job"  # of the service: it fails, or does not come to its end
    CONNECTION = "connection"  # one that is to stand all the time does not
    DISK = "disk"  # nearly full
    PING = "ping"  # the dead man's switch is not reached


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """So long a condition lasts before it is told, and is over before that is: what flaps rings once."""

    begins: timedelta = timedelta(0)
    ends: timedelta = timedelta(0)


# What is settled in the database stands or does not; what the network does comes and goes.
PATIENCE = {
    # A poll that failed is tried again after 1, 2, 4 and 8 minutes.
    Kind.REGISTRY: Patience(begins=timedelta(minutes=15), ends=timedelta(hours=1)),
    # A machine that slept is overdue when it wakes.
    Kind.OVERDUE: Patience(begins=timedelta(minutes=5), ends=timedelta(minutes=15)),
    Kind.HELD: Patience(),
    Kind.CHANNEL: Patience(ends=timedelta(minutes=30)),
    Kind.FAILED: Patience(
        begins=timedelta(minutes=5)
    ),  # many are given up at about one time: told with their number
    Kind.PARTLY: Patience(begins=timedelta(minutes=5)),
    Kind.WATCH: Patience(),
    Kind.JOB: Patience(begins=timedelta(minutes=5), ends=timedelta(minutes=15)),
    Kind.CONNECTION: Patience(begins=timedelta(minutes=15), ends=timedelta(minutes=15)),
    Kind.DISK: Patience(begins=timedelta(minutes=5), ends=timedelta(hours=1)),
    Kind.PING: Patience(begins=timedelta(minutes=15), ends=timedelta(minutes=15)),
}


LONGEST_HEADLINE = 80  # characters
_CLAUSE = re.compile(r": |, the last: |; ")
_SINCE = re.compile(r" since \d{4}-\d\d-\d\d \d\d:\d\d UTC(?=:)")  # how long is told beside it
_SPEAKER = re.compile(r"((?:: |, the last: ))(?:the [a-z]+ answers|Slack says) ")
_PLAIN_FIRST = frozenset(
    {Kind.FAILED, Kind.PARTLY}
)  # what comes after the number is a command, or a list of people


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """One that stands now."""

    kind: Kind
    subject: str
    text: str  # one line: what, where
    hint: str | None = None  # what to do
    since: datetime | None = None  # aware UTC; None: since somebody noticed

    @property
    def key(self) -> tuple[Kind, str]:
        return self.kind, self.subject


def about_channel(kind: Kind, subject: str) -> str | None:
    """The notifier that cannot be trusted to carry the word of a condition; None when any can."""
    return subject if kind in (Kind.CHANNEL, Kind.FAILED, Kind.PARTLY) else None


def headline(kind: Kind, subject: str, text: str) -> str:
    """The line of a condition as short as a phone shows it: what, where, and the reason's first words."""
    if kind in (Kind.REGISTRY, Kind.OVERDUE):
        text = registry_name(subject) + text.removeprefix(subject)
    elif kind is Kind.JOB:
        text = f"job {text}"
    clauses = _CLAUSE.split(_SPEAKER.sub(r"\1", _SINCE.sub("", text)))
    short = clauses[0]
    if len(clauses) > 1 and kind not in _PLAIN_FIRST and len(short) + 2 + len(clauses[1]) <= LONGEST_HEADLINE:
        short = f"{short}: {clauses[1]}"
    if len(short) > LONGEST_HEADLINE:
        short = short[:LONGEST_HEADLINE].rsplit(" ", 1)[0].rstrip(",;:") + " …"
    return short


def failing(registry: str, *, failures: int, error: str) -> Condition:
    return Condition(
        kind=Kind.REGISTRY,
        subject=registry,
        text=f"{registry}: {many(failures, 'poll')} failed, the last: {first_line(error)}",
        hint="it is tried again by itself, nothing is lost; `trialbell doctor` asks which settings pass",
    )


def overdue(registry: str, since: datetime) -> Condition:
    """since: the last poll."""
    return Condition(
        kind=Kind.OVERDUE,
        subject=registry,
        text=f"{registry}: no poll since {since:%Y-%m-%d %H:%M} UTC",
        hint="`trialbell status` says what is at work; if it hangs, restart the service: it goes on where it was",
        since=since,
    )


def held_sweep(row: int, text: str, *, since: datetime) -> Condition:
    return Condition(
        kind=Kind.HELD,
        subject=str(row),
        text=text,
        hint=f"look at some of these records at the registry, then `trialbell held accept {row}` or"
        f" `trialbell held drop {row}`; else the next build decides",
        since=since,
    )


def refusing(notifier: str, reason: str, *, since: datetime) -> Condition:
    return Condition(
        kind=Kind.CHANNEL,
        subject=notifier,
        text=f"notifier {notifier} refuses us since {since:%Y-%m-%d %H:%M} UTC: {reason}",
        hint="its messages wait; `trialbell doctor` says what to set right, `trialbell outbox retry` tries at once",
        since=since,
    )


def given_up(notifier: str, *, deliveries: int, messages: int) -> Condition:
    what = many(deliveries, "delivery", "deliveries") if deliveries else many(messages, "message")
    return Condition(
        kind=Kind.FAILED,
        subject=notifier,
        text=f"{what} to {notifier} failed: `trialbell outbox --failed` says why",
        hint="`trialbell outbox retry` tries them again, `trialbell outbox drop MESSAGE` lets go of one",
    )


def partly(notifier: str, *, messages: int, reason: str) -> Condition:
    """reason: of the last one, whom it did not reach."""
    return Condition(
        kind=Kind.PARTLY,
        subject=notifier,
        text=f"{many(messages, 'message')} to {notifier} did not reach everybody, the last: {first_line(reason)}",
        hint=f"take out of [notifiers.{notifier}] who is not there any more: nothing is sent to them again",
    )


def matching_nothing(row: int, name: str, *, by_ids: bool) -> Condition:
    what = "the registry has none of its ids" if by_ids else "no trial matches its query any more"
    return Condition(
        kind=Kind.WATCH,
        subject=str(row),
        text=f"watch {name} holds nothing: {what}",
        hint="look for a slip of the pen in it, or for ids that the registry merged or renamed",
    )


def job(name: str, what: str) -> Condition:
    """A job of the service, and what is wrong with it."""
    return Condition(
        kind=Kind.JOB,
        subject=name,
        text=f"{name}: {what}",
        hint="the service's own log says more; one that hangs goes on after a restart where it was",
    )


def cut_off(name: str, text: str, *, since: datetime | None = None) -> Condition:
    """A connection that is to stand all the time (Socket Mode). text: the line that says so."""
    return Condition(kind=Kind.CONNECTION, subject=name, text=text, since=since)


def disk_full(free: int) -> Condition:
    return Condition(
        kind=Kind.DISK,
        subject="database",
        text=f"{free // 1_000_000} MB are free where the database is, {DISK_LEAST // 1_000_000} MB are wanted",
        hint="make room: on a full disk nothing is stored or told, and nothing of it is lost",
    )


def unheard(error: str, *, since: datetime) -> Condition:
    return Condition(
        kind=Kind.PING,
        subject="ping",
        text=f"the ping is not heard since {since:%Y-%m-%d %H:%M} UTC: {error}",
        hint="whoever listens for it will raise an alarm of their own: look at [operator] ping, and at what listens",
        since=since,
    )


HELD_OUTCOMES = {
    "believed": "The next build said the same: it was believed",
    "accepting": "A person accepted it",
    "accepted": "A person accepted it",
    "dropped": "A person dropped it",
    "passed": "The next build did not say so: it had been the registry's accident",
}


STILL_MISSED = "Nobody else was missed for a day; who is not reached, as a mail server said, still is not"


def still_failed(count: int) -> str:
    """Said with the end of FAILED while some of what was given up is still so."""
    return (
        f"None was given up for a day; {many(count, 'message')} given up before stay so until"
        " `trialbell outbox retry` or `trialbell outbox drop MESSAGE`"
    )


def lasted(span: timedelta) -> str:
    """`12 min`, `3 h 5 min`, `2 d 4 h`."""
    minutes = max(0, round(span.total_seconds() / 60))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    first = next((at for at, (count, _) in enumerate(parts) if count), 2)
    shown = [f"{count} {unit}" for count, unit in parts[first : first + 2] if count]
    return " ".join(shown) or "less than a minute"


def first_line(text: str) -> str:
    return text.splitlines()[0] if text else ""
