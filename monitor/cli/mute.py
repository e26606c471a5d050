"""`mute`, `snooze` and `unmute`: what not to be told of for a while. Single short writes, allowed beside a service."""

from __future__ import annotations

import click

from monitor.acting.mutes import Kind, Mute, Scope
from monitor.cli.errors import DONE, UseError
from monitor.cli.session import Session, by_option, clock, later, person, shared_options
from snapshots.terms import many


@click.command(
    epilog="""\b
Examples:
  trialbell mute NCT07146087 --until 2026-12-31
  trialbell mute NCT07146087 --until 30d
  trialbell mute --watch "MSC exosomes"
  trialbell mute --field locations --until 7d
  trialbell mute                                  lists what is muted

\b
Exit codes: 0 done, 2 malformed id or unknown field, 3 the database is held."""
)
@click.argument("trial", metavar="[ID]", required=False)
@click.option("--watch", help="Mute a watch: trials that no other watch holds.")
@click.option("--field", help="Mute a field: changes that hold nothing else; or a state, e.g. status-stale.")
@click.option("--until", help="A day, an instant, or 7d, 12h from now. Default: without an end.")
@by_option
@shared_options
def mute(
    session: Session,
    trial: str | None,
    watch: str | None,
    field: str | None,
    until: str | None,
    by: str | None,
) -> int:
    """Do not tell of a trial, a watch or a field for a while. It is stored and shown all the same."""
    chosen = chosen_scope(session, trial, watch, field)
    if chosen is None:
        if until:
            raise UseError("nothing named to mute", hint="`trialbell mute NCT07146087 --until 7d`")
        return _list(session)
    return _silence(session, chosen, until, by, Kind.MUTE)


@click.command(
    epilog="""\b
Examples:
  trialbell snooze NCT07146087 --until 3d
  trialbell snooze --watch "MSC exosomes" --until 2026-12-31
  trialbell snooze --field locations --until 12h
  trialbell snooze                                lists what is muted and snoozed
  trialbell unmute NCT07146087                    ends it; what waits is told

\b
Exit codes: 0 done, 2 malformed id, unknown field or no end, 3 the database is held."""
)
@click.argument("trial", metavar="[ID]", required=False)
@click.option("--watch", help="Snooze a watch: trials that no other watch holds.")
@click.option(
    "--field", help="Snooze a field: changes that hold nothing else; or a state, e.g. status-stale."
)
@click.option("--until", help="A day, an instant, or 7d, 12h from now. A snooze has an end.")
@by_option
@shared_options
def snooze(
    session: Session,
    trial: str | None,
    watch: str | None,
    field: str | None,
    until: str | None,
    by: str | None,
) -> int:
    """Tell of a trial, a watch or a field later, all at once. What is critical is told in spite of it."""
    chosen = chosen_scope(session, trial, watch, field)
    if chosen is None and until is None:
        return _list(session)
    if chosen is None:
        raise UseError("nothing named to snooze", hint="`trialbell snooze NCT07146087 --until 7d`")
    if until is None:
        raise UseError(
            "a snooze has an end: `--until` is missing", hint="`--until 7d`; a mute may do without"
        )
    return _silence(session, chosen, until, by, Kind.SNOOZE)


def _silence(
    session: Session, chosen: tuple[Scope, str], until: str | None, by: str | None, kind: Kind
) -> int:
    from monitor.acting import mutes
    from monitor.acting.showing import ask_of
    from monitor.database import open_for_writing
    from snapshots.database import immediate

    end = later(until)
    if end is not None and end <= clock():
        raise UseError(f"`{until}` is past", hint="write a day to come, or 7d")
    reader = session.needed_reader()
    stranger = chosen[0] is Scope.TRIAL and reader.trial(session.registry_name, chosen[1]) is None
    db = open_for_writing(session.database)
    try:
        with immediate(db):
            made = mutes.mute(db, *chosen, until=end, now=clock(), by=person(by), kind=kind)
            ask_of(db, session.registry_name, *chosen)
    finally:
        db.close()
    if session.as_json:
        session.emit(_as_json(made))
    else:
        session.say(str(made))
    if stranger:
        session.say(f"nothing is stored of {chosen[1]} yet: is the id right?")
    return DONE


@click.command(
    epilog="""\b
Examples:
  trialbell unmute NCT07146087
  trialbell unmute --field locations

\b
Exit codes: 0 done, 2 nothing of the kind is muted or snoozed, 3 the database is held."""
)
@click.argument("trial", metavar="[ID]", required=False)
@click.option("--watch", help="All that this watch alone holds.")
@click.option("--field", help="A field, or a state such as results-overdue.")
@by_option
@shared_options
def unmute(session: Session, trial: str | None, watch: str | None, field: str | None, by: str | None) -> int:
    """End a mute or a snooze: it is told again, from the next event on, and what a snooze put off now."""
    from monitor.acting import mutes
    from monitor.acting.showing import ask_of
    from monitor.database import open_for_writing
    from snapshots.database import immediate

    chosen = chosen_scope(session, trial, watch, field)
    if chosen is None:
        raise UseError("nothing named to unmute", hint="`trialbell mute` lists what is muted")
    session.needed_reader()
    db = open_for_writing(session.database)
    try:
        with immediate(db):
            now = clock()
            ended = [one for one in mutes.standing(db, now=now) if (one.scope, one.value) == chosen]
            mutes.unmute(db, *chosen, now=now, by=person(by))
            ask_of(db, session.registry_name, *chosen)
            kept_back = mutes.kept_back(db, ended[0]) if ended else 0
    finally:
        db.close()
    if not ended:
        raise UseError(f"not muted: {chosen[0]} `{chosen[1]}`", hint="`trialbell mute` lists what is muted")
    if session.as_json:
        shown = {"scope": chosen[0].value, "value": chosen[1], "kind": None, "until": None}
        session.emit(shown | {"kept_back": kept_back})
        return DONE
    session.say(f"{chosen[0]} {chosen[1]} is told again")
    events = many(kept_back, "event")
    if ended[0].kind is Kind.MUTE:
        session.say(f"what was muted meanwhile is not told later ({events}): `trialbell changes` shows it")
    elif kept_back:
        session.say(f"what waited ({events}) is told by the service or the next `trialbell check`")
    else:
        session.say("nothing waited")
    return DONE


def chosen_scope(
    session: Session, trial: str | None, watch: str | None, field: str | None
) -> tuple[Scope, str] | None:
    """What a command is about; None where nothing is named. UseError for two things, or a name that is none."""
    if sum(value is not None for value in (trial, watch, field)) > 1:
        raise UseError("one thing at a time: an id, --watch or --field")
    if trial is not None:
        return Scope.TRIAL, session.trial_id(trial)
    if watch is not None:
        session.check_names(watch=watch)
        return Scope.WATCH, watch
    if field is not None:
        session.check_names(told=field)
        return Scope.FIELD, field
    return None


def _list(session: Session) -> int:
    from monitor.acting import mutes

    listed = mutes.standing(session.db, now=clock()) if session.db is not None else []
    for one in listed:
        if session.as_json:
            session.emit(_as_json(one))
        else:
            click.echo(str(one))
    if not listed:
        session.say("nothing is muted or snoozed")
    return DONE


def _as_json(one: Mute) -> dict[str, object]:
    return {
        "scope": one.scope.value,
        "value": one.value,
        "kind": one.kind.value,
        "until": one.until,
        "muted_at": one.muted_at,
        "by": one.by.name,
        "via": one.by.via.value,
    }
