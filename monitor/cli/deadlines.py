"""`trialbell deadlines`: the states that time makes, as they stand and as they are to come. Reads the database only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import click

from monitor.cli.days import day_of
from monitor.cli.errors import DONE, UseError
from monitor.cli.session import Session, clock, shared_options

if TYPE_CHECKING:
    from monitor.ahead import Line


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
    from monitor.ahead import in_order, states_of
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
        found = states_of(
            session.db,
            session.registry_name,
            trial,
            day,
            within=within or 0,
            past=as_of is not None,
        )
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
    lines.sort(key=in_order)
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


def _print(session: Session, lines: Sequence[Line]) -> None:
    from monitor.cli.telling import folded, plain, width
    from snapshots.terms import short

    for line in lines:
        state = line.state
        if session.as_json:
            session.emit({**line.as_json(), "reason": plain(line.reason)})
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
