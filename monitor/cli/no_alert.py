"""`trialbell routes test` of a trial to which nothing happened: why there was no alert."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitor.cli.errors import DONE, UseError
from monitor.cli.session import Session, clock
from snapshots.terms import many

if TYPE_CHECKING:
    from monitor.alerting.no_alert import Holding, NoAlert

_STATES = {
    "in": "watched by",
    "left": "no longer matched by",
    "absent": "not in the registry, though named by",
    "asked": "named, and not polled yet, by",
}


def show_no_alert(session: Session, trial: str) -> int:
    from monitor.alerting.no_alert import why_no_alert

    assert session.db is not None
    found = why_no_alert(session.db, session.registry_name, trial, now=clock())
    stored = session.needed_reader().trial(session.registry_name, trial) is not None
    if not (found.holdings or stored):
        raise UseError(f"nothing is known of it: `{trial}`", hint=f"`trialbell watch add {trial}` watches it")
    if session.as_json:
        session.emit(_as_json(found))
    else:
        click.echo("\n".join(_lines(found)))
    if found.versions:
        session.say(
            f"`trialbell routes test --from {trial}@r1 --to {trial}` takes the registry's own history"
        )
    return DONE


def _lines(found: NoAlert) -> list[str]:
    from monitor.cli.telling import folded, plain

    lines = [f"{found.trial}  no alert: nothing happened to it yet that is told"]
    for one in found.holdings:
        lines += folded("    ", plain(_holding(one)), hang=6)
    if not found.holdings:
        lines.append("    no watch holds it: `trialbell watch add` watches it")
    lines.append(f"    {_polled(found)}")
    lines.append(f"    {_first(found)}")
    quiet = [one for one in found.versions if one.quiet]
    if quiet:
        builds = ", ".join(f"{one.number} (build of {one.build[:10]})" for one in quiet)
        words = "version holds" if len(quiet) == 1 else "versions hold"
        lines += folded("    ", f"{len(quiet)} {words} nothing but noise: {builds}", hang=6)
    for words in found.silences:
        lines += folded("    ", plain(words), hang=6)
    return lines


def _holding(one: Holding) -> str:
    since = f" since {one.since:%Y-%m-%d %H:%M} UTC" if one.since else ""
    return f"{_STATES[one.state]} “{one.watch}”{since}"


def _polled(found: NoAlert) -> str:
    if found.last_poll is None:
        return "never polled completely: `trialbell status` says more"
    words = f"last poll {found.last_poll:%Y-%m-%d %H:%M} UTC, build of {(found.build or '')[:10]}"
    if found.failures:
        return f"{words}; {many(found.failures, 'poll')} failed since"
    return words


def _first(found: NoAlert) -> str:
    if not found.versions:
        return "nothing is stored of it yet"
    first = f"the first in the build of {found.versions[0].build[:10]}, a silent first look"
    return f"{many(len(found.versions), 'version')} stored, {first}"


def _as_json(found: NoAlert) -> dict[str, object]:
    from snapshots.instants import stamp

    return {
        "event": None,
        "trial": found.trial,
        "watches": [
            {"name": one.watch, "state": one.state, "since": stamp(one.since)} for one in found.holdings
        ],
        "last_poll": stamp(found.last_poll),
        "build": found.build,
        "failures": found.failures,
        "versions": [
            {"version": one.number, "build": one.build, "quiet": one.quiet} for one in found.versions
        ],
        "silences": list(found.silences),
    }
