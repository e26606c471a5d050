"""`ack`: somebody has seen what happened. A single short write, allowed beside a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitor.cli.errors import DONE, UseError
from monitor.cli.mute import chosen_scope
from monitor.cli.session import Session, by_option, clock, person, shared_options
from snapshots.terms import many

if TYPE_CHECKING:
    from monitor.acting.mutes import Scope


@click.command(
    epilog="""\b
Examples:
  trialbell ack NCT07146087                            all that happened to it up to now
  trialbell ack ctgov:NCT07146087:changed:3-4          up to this event
  trialbell ack --watch "MSC exosomes" --note "seen in the Monday meeting"
  trialbell ack --field locations

\b
Exit codes: 0 done, 2 malformed id, no such event or nothing happened yet, 3 the database is held."""
)
@click.argument("what", metavar="[ID|EVENT]", required=False)
@click.option("--watch", help="All that this watch alone holds.")
@click.option("--field", help="Changes that hold nothing else; or a state, e.g. results-overdue.")
@click.option("--note", default="", help="A few words, kept and shown with it.")
@by_option
@shared_options
def ack(
    session: Session, what: str | None, watch: str | None, field: str | None, note: str, by: str | None
) -> int:
    """Say that you have seen what happened. What of it still waits, for a digest or a snooze's end, is dropped."""
    from monitor.acting import acknowledgements
    from monitor.acting.showing import ask_of
    from monitor.database import open_for_writing
    from snapshots.database import immediate

    reader = session.needed_reader()
    number: int | None = None
    if what is not None and watch is None and field is None and _is_event(what):
        number = reader.number(what)
        event = reader.event(what)
        if number is None or event is None:
            raise UseError(f"no such event: `{what}`", hint="`trialbell changes --json` has their ids")
        scope, value = _of_trial(event.trial)
    else:
        chosen = chosen_scope(session, what, watch, field)
        if chosen is None:
            raise UseError("nothing named to acknowledge", hint="`trialbell ack NCT07146087`")
        scope, value = chosen
    db = open_for_writing(session.database)
    try:
        with immediate(db):
            if number is None:
                found = acknowledgements.newest_event(db, session.registry_name, scope, value)
                if found is None:
                    raise UseError(f"nothing happened yet: {scope} `{value}`")
                number, _ = found
            made, dropped = acknowledgements.acknowledge(
                db,
                session.registry_name,
                scope,
                value,
                up_to=number,
                now=clock(),
                by=person(by),
                note=note,
            )
            ask_of(db, session.registry_name, scope, value)
    finally:
        db.close()
    if session.as_json:
        session.emit(
            {"scope": scope.value, "value": value, "event": made.event, **made.as_json(), "dropped": dropped}
        )
    else:
        waited = f"; {many(dropped, 'alert')} that waited will not be told" if dropped else ""
        session.say(f"{scope} {value}, up to {made.event}: {made}{waited}")
    return DONE


def _is_event(text: str) -> bool:
    """An event's id: `ctgov:NCT07146087:changed:3-4`."""
    return "://" not in text and text.count(":") >= 2


def _of_trial(trial: str) -> tuple[Scope, str]:
    from monitor.acting.mutes import Scope

    return Scope.TRIAL, trial
