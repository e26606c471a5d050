"""`trialbell deadlines`: the states that time makes, as they stand and as they are to come. Reads the database only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import click

from monitor.cli.days import day_of
from monitor.cli.errors import DONE, UseError
from monitor.cli.session import Session, clock, shared_options

if TYPE_CHECKING:
    from snapshots.changeset import Severity
    from snapshots.deadlines.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A state of a trial on the day that was asked for."""

    trial: str
    state: State
    standing: bool  # False: it is to come
    days: int  # until it comes; 0 when it stands
    title: str = ""

    @property
    def severity(self) -> Severity:
        from snapshots.deadlines.states import SEVERITIES

        return SEVERITIES[self.state.state]

    @property
    def since(self) -> date:
        """The longest first; what no date makes last."""
        return self.state.since or date.max

    @property
    def reason(self) -> str:
        if self.standing:
            return self.state.reason
        return f"{self.words}, if the record stays as it is: {self.state.ahead or self.state.reason}"

    @property
    def words(self) -> str:
        return f"in {self.days} {'day' if self.days == 1 else 'days'}"


@click.command(
    epilog="""\b
Examples:
  trialbell deadlines                                   all that is watched
  trialbell deadlines --state results-overdue --json
  trialbell deadlines NCT07146087 --within 90           what is to come too
  trialbell deadlines NCT07146087 --as-of 2026-01-31    as it stood on a day

\b
Exit codes: 0 done (also when no state stands), 2 wrong use, nothing stored under an id, or no database."""
)
@click.argument("trials", nargs=-1, metavar="[ID]...")
@click.option("--state", metavar="STATE", help="Only this one, e.g. results-overdue.")
@click.option(
    "--within", type=click.IntRange(0, 36_500), metavar="DAYS", help="Also what begins within these days."
)
@click.option("--as-of", metavar="DAY", help="On a day, by the version of that day. Default: today, UTC.")
@shared_options
def deadlines(
    session: Session, trials: tuple[str, ...], state: str | None, within: int | None, as_of: str | None
) -> int:
    """States that time makes, and the days on which they turn.

    Results appear overdue or fall due soon (FDAAA 801), a status was not verified for long or may turn to Unknown,
    a start or a completion passed, a site recruits while the study does not. Without ids, all trials watched.
    """
    from monitor import watches
    from snapshots.terms import counted

    _known(state)
    reader = session.needed_reader()
    day = day_of(as_of or "today", now=clock())
    named = list(dict.fromkeys(session.trial_id(text) for text in trials))
    for trial in named:
        session.check_names(trial=trial)
    assert session.db is not None  # the reader reads it
    listed = named or watches.all_held(session.db, registry=session.registry_name)
    lines: list[Line] = []
    unknown = 0
    for trial in listed:
        found = _states(session, trial, day, within=within or 0, past=as_of is not None)
        if found is None and named:
            raise UseError(
                f"no version of `{trial}` as of {day}",
                hint=f"`trialbell history {trial}` lists those that are",
            )
        unknown += found is None
        held = reader.trial(session.registry_name, trial)
        if named and held is not None and held.state != "present":
            session.say(f"{trial}: this record is {held.state}; its states are those of its last version")
        title = held.title if held else ""
        lines += [replace(one, title=title) for one in found or () if state in (None, one.state.state)]
    lines.sort(key=lambda one: (not one.standing, one.days, -one.severity.rank, one.since, one.trial))
    _print(session, lines)
    if unknown:
        session.say(f"{unknown} of {counted(len(listed), 'trial')} had no version stored on {day}")
    if len(lines) > 1 or (lines and as_of is not None):
        standing = sum(line.standing for line in lines)
        coming = f", {len(lines) - standing} to come within {within} days" if within else ""
        trials_ = counted(len({line.trial for line in lines}), "trial")
        session.say(f"on {day}: {counted(standing, 'state')} standing{coming}; {trials_}")
    elif not lines and (unknown < len(listed) or not listed):
        session.say(_nothing(len(listed), state, within, day))
    return DONE


def _states(session: Session, trial: str, day: date, *, within: int, past: bool) -> list[Line] | None:
    """What stands on a day, and what begins within days of it; None when there was no version yet."""
    from snapshots.deadlines.rules import coming, states
    from snapshots.deadlines.standing import standing_on

    reader = session.needed_reader()
    assert session.db is not None
    until = day + timedelta(days=within)
    stored = None if past else standing_on(session.db, session.registry_name, trial, day)
    if stored is not None and (stored.turns is None or stored.turns > until):
        return [Line(trial=trial, state=one, standing=True, days=0) for one in stored.states]
    version = reader.as_of(session.registry_name, trial, day)
    if version is None or version.ref.version is None:
        return None
    record = reader.record(session.registry_name, trial, version.ref.source, version.ref.version)
    found = [Line(trial=trial, state=one, standing=True, days=0) for one in states(record, day)]
    for one in coming(record, after=day, until=until):
        assert one.since is not None
        found.append(Line(trial=trial, state=one, standing=False, days=(one.since - day).days))
    return found


def _print(session: Session, lines: Sequence[Line]) -> None:
    from monitor.cli.telling import folded, plain, width
    from snapshots.terms import short

    for line in lines:
        state = line.state
        if session.as_json:
            turns = state.turns()
            ends = turns[-1] if state.until is not None else None
            session.emit(
                {
                    "trial": line.trial,
                    "title": line.title,
                    "state": state.state.value,
                    "severity": line.severity.value,
                    "due": _iso(state.due),
                    "assumed": state.assumed,
                    "reason": plain(line.reason),
                    "since": _iso(state.since),
                    "standing": line.standing,
                    "turns": _iso(ends if line.standing else state.since),
                }
            )
            continue
        when = line.words if not line.standing else f"since {state.since}" if state.since else "now"
        head = f"{line.trial}  {state.state.value:<17}  {when:<16}  "
        told = line.reason if line.standing else line.reason.partition(": ")[2]
        click.echo(head + short(plain(line.title), max(20, width() - len(head))))
        click.echo("\n".join(folded(" " * 13, told, hang=13)))


def _known(state: str | None) -> None:
    from monitor.config.errors import suggestion
    from snapshots.deadlines.states import STATE_SLUGS

    if state is not None and state not in STATE_SLUGS:
        raise UseError(f"no such state: `{state}`", hint=suggestion(state, list(STATE_SLUGS)))


def _nothing(trials: int, state: str | None, within: int | None, day: date) -> str:
    if not trials:
        return "nothing is watched"
    what = state or "state"
    return f"no {what} stands on {day}" + (f" or begins within {within} days" if within else "")


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
