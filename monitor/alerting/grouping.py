"""Few alerts: what falls due together, put into as few messages as read well, now or later. Pure.

What concerns one trial is one alert. Many trials at once are one summary, a digest is one on a timer. What is
critical is told at once, and takes along what waits of its trial; all else waits for quiet hours to end, and where a
channel has rung too often.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from monitor.alerting.rhythm import Quiet
from snapshots.changeset import Severity

HOUR = timedelta(hours=1)
UTC_ZONE = ZoneInfo("UTC")


class Manners(msgspec.Struct, frozen=True, kw_only=True):
    """How one channel is to be told."""

    summary_from: int = 6  # trials
    most_per_hour: int = 30  # messages
    quiet: Quiet = Quiet()
    zone: ZoneInfo = UTC_ZONE


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery that is due, or that an urgent one takes along."""

    delivery: int
    event: int  # its place in the order of storing
    thread: str
    severity: Severity  # as the user weighs it
    bundle: str | None = None  # the digest that it is told in

    @property
    def urgent(self) -> bool:
        return self.severity is Severity.CRITICAL


class Form(StrEnum):
    ALERT = "alert"  # of one trial
    SUMMARY = "summary"  # of many
    WAIT = "wait"


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of some lines."""

    form: Form
    lines: tuple[Line, ...]  # in the order of their events; of a summary by trial, the weightiest first
    digest: str | None = None  # ALERT, SUMMARY: whose time has come
    crowded: bool = False  # SUMMARY: for the channel has rung often enough this hour
    until: datetime | None = None  # WAIT
    reason: str = ""  # WAIT: half a sentence


def plan(
    lines: Iterable[Line], manners: Manners, *, now: datetime, rung: Sequence[datetime] = ()
) -> list[Group]:
    """What becomes of what is due, the urgent first. rung: when the channel was told something in the last hour,
    the newest first."""
    trials = _by_trial(lines)
    urgent = [one for one in trials if any(line.urgent for line in one)]
    calm = [one for one in trials if not any(line.urgent for line in one)]
    own = urgent if len(urgent) < manners.summary_from else []
    groups = [_alert(one) for one in own]
    if not own:
        groups += [_summary(urgent)] if urgent else []
    quiet_ends = manners.quiet.ends(now, manners.zone)
    if calm and quiet_ends is not None:
        return [*groups, _wait(calm, quiet_ends, f"quiet hours until {quiet_ends:%Y-%m-%d %H:%M} UTC")]
    crowd = len(urgent) + len(calm) >= manners.summary_from
    return groups + _spaced(_calm_groups(calm, crowd=crowd), manners, now, rung)


def _calm_groups(trials: list[tuple[Line, ...]], *, crowd: bool) -> list[Group]:
    """Each digest as one; of the rest an alert each, or a summary where that would be too many."""
    digests = dict.fromkeys(one[0].bundle for one in trials if one[0].bundle is not None)
    groups = [_together([one for one in trials if one[0].bundle == name], digest=name) for name in digests]
    rest = [one for one in trials if one[0].bundle is None]
    if crowd and len(rest) > 1:
        return [*groups, _summary(rest)]
    return groups + [_alert(one) for one in rest]


def _spaced(groups: list[Group], manners: Manners, now: datetime, rung: Sequence[datetime]) -> list[Group]:
    """As many as the hour has room for: all as one in the last place, or later when there is none."""
    room = manners.most_per_hour - len(rung)
    if len(groups) <= room:
        return groups
    trials = _by_trial(line for group in groups for line in group.lines)
    if room >= 1:
        return [msgspec.structs.replace(_together(trials), crowded=True)]
    free = max(rung[manners.most_per_hour - 1] + HOUR, now + timedelta(seconds=1))
    return [_wait(trials, free, f"{manners.most_per_hour} messages went in the last hour")]


def _by_trial(lines: Iterable[Line]) -> list[tuple[Line, ...]]:
    """In the order of each trial's first event. A trial of which something may go at once waits for no digest."""
    trials: dict[str, list[Line]] = {}
    for line in sorted(lines, key=lambda line: line.event):
        trials.setdefault(line.thread, []).append(line)
    return [_one_bundle(one) for one in trials.values()]


def _one_bundle(lines: list[Line]) -> tuple[Line, ...]:
    bundles = {line.bundle for line in lines}
    if len(bundles) == 1:
        return tuple(lines)
    bundle = None if None in bundles else lines[0].bundle
    return tuple(msgspec.structs.replace(line, bundle=bundle) for line in lines)


def _together(trials: list[tuple[Line, ...]], *, digest: str | None = None) -> Group:
    group = _alert(trials[0]) if len(trials) == 1 else _summary(trials)
    return msgspec.structs.replace(group, digest=digest)


def _alert(trial: tuple[Line, ...]) -> Group:
    return Group(form=Form.ALERT, lines=trial)


def _summary(trials: list[tuple[Line, ...]]) -> Group:
    """The weightiest trials first; of equal ones the sooner."""
    weighty = sorted(trials, key=lambda one: -max(line.severity.rank for line in one))
    return Group(form=Form.SUMMARY, lines=tuple(line for one in weighty for line in one))


def _wait(trials: list[tuple[Line, ...]], until: datetime, reason: str) -> Group:
    lines = tuple(line for one in trials for line in one)
    return Group(form=Form.WAIT, lines=lines, until=until, reason=reason)
