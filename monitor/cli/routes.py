"""`trialbell routes`: what each route lets through, and where an event goes and why not elsewhere. Sends nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from monitor.cli.errors import DIFFERS, DONE, UseError
from monitor.cli.session import Session, clock, shared_options

if TYPE_CHECKING:
    from monitor.alerting.foretelling import Coming, Foretold, Outcome
    from monitor.alerting.subject import Subject
    from monitor.cli.operands import Side
    from notifiers.outbox_rows import Listed
    from snapshots.event import Event

_BETWEEN = re.compile(r"(?P<trial>[^@]+)@(?P<left>r?[0-9]+)\.\.(?P<right>r?[0-9]+)")


@click.group(
    invoke_without_command=True,
    epilog="""\b
Examples:
  trialbell routes                        each route in words, in the file's order
  trialbell routes test NCT07146087       where its newest events go, and why not elsewhere

\b
Exit codes: 0 done, 2 wrong use or no configuration.""",
)
@shared_options
@click.pass_context
def routes(ctx: click.Context, session: Session) -> int:
    """What each [[route]] lets through, and to whom."""
    if ctx.invoked_subcommand is not None:
        return DONE
    import msgspec

    from monitor.alerting.route_words import route_in_words
    from monitor.cli.telling import folded

    config = session.needed_config()
    for index, route in enumerate(config.routes):
        line = config.places.get(("route", index))
        words = route_in_words(route)
        if session.as_json:
            keys = {key: value for key, value in msgspec.to_builtins(route).items() if value is not None}
            session.emit({"route": index + 1, "line": line, "words": words, **keys})
            continue
        digest = f", in a digest ({route.digest})" if route.digest else ""
        click.echo(f"{index + 1}  → {', '.join(route.to)}{digest}")
        click.echo("\n".join(folded("   ", words, hang=3)))
    named = {name for route in config.routes for name in route.to}
    if not config.notifiers:
        session.say("no [notifiers.NAME] in the configuration: nobody is told")
    elif not config.routes:
        session.say("no [[route]] in the configuration: every notifier gets everything from minor up")
    else:
        for name in config.notifiers:
            if name not in named:
                session.say(f"{name}: no route names it, it gets nothing")
    return DONE


@routes.command(
    epilog="""\b
Examples:
  trialbell routes test NCT07146087                             its newest events, or why there is none
  trialbell routes test ctgov:NCT07146087:changed:3-4           one event, as `changes --json` names it
  trialbell routes test NCT07146087@3..4                        what lies between two versions of ours
  trialbell routes test --from old.json --to new.json --watch "MSC exosomes"
  trialbell routes test --from NCT07146087@2026-01-31 --to NCT07146087 --json

\b
Exit codes: 0 shown; with `--exit-code` 1 when one of the events would reach nobody; 2 wrong use, unknown
event or version, no configuration; 3 the registry could not be reached."""
)
@click.argument("event", required=False, metavar="[ID|EVENT|ID@A..B]")
@click.option("--from", "from_", metavar="A", help="The older record: a file, or as `diff` takes it.")
@click.option("--to", metavar="B", help="The newer one.")
@click.option(
    "--watch",
    "watches",
    multiple=True,
    help="Take it as held by this watch, whatever holds the trial; may be given more than once.",
)
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=3, show_default=True, help="Events of a trial."
)
@click.option("--exit-code", is_flag=True, help="Exit 1 when an event would reach nobody.")
@shared_options
def test(
    session: Session,
    event: str | None,
    from_: str | None,
    to: str | None,
    watches: tuple[str, ...],
    limit: int,
    exit_code: bool,
) -> int:
    """Where an event goes, and why not elsewhere, by the configuration as it is now. Sends and stores nothing."""
    from monitor.alerting.foretelling import foretell

    config = session.needed_config()
    if (event is None) == (from_ is None and to is None):
        raise UseError(
            "name an event or a trial, or two records with `--from` and `--to`",
            hint="`trialbell routes test NCT07146087`, or `--from old.json --to new.json`",
        )
    if event is None and (from_ is None or to is None):
        raise UseError("two records are needed: `--from` and `--to`")
    _check_watches(session, watches)
    if event is not None:
        asked = _named(session, event, limit)
        if not asked:
            from monitor.cli.no_alert import show_no_alert

            return show_no_alert(session, session.trial_id(event))
    else:
        assert from_ is not None and to is not None
        asked = [_between(session, from_, to)]
    nobody = False
    for number, (one, subject) in enumerate(asked):
        if watches:
            from dataclasses import replace

            one = replace(one, watches=tuple(dict.fromkeys(watches)))
        found = foretell(one, config=config, subject=subject, db=session.db, now=clock())
        nobody = nobody or not found.reaches
        if session.as_json:
            session.emit(_as_json(found))
        else:
            click.echo("\n".join([*([""] if number else []), *_lines(found)]))
    if not config.notifiers:
        session.say("no [notifiers.NAME] in the configuration: nobody is told")
    return DIFFERS if exit_code and nobody else DONE


def _check_watches(session: Session, watches: tuple[str, ...]) -> None:
    """A misspelt watch would look like a route that does not fit."""
    from monitor.config.errors import suggestion

    known = [one.name for one in session.config.watches]
    if session.db is not None:
        from monitor import watches as room

        known += [one.name for one in room.active(session.db)]
    known = list(dict.fromkeys(known))
    for name in watches:
        if name not in known:
            raise UseError(f"no such watch: `{name}`", hint=suggestion(name, known) if known else None)


def _named(session: Session, text: str, limit: int) -> list[tuple[Event, Subject]]:
    """The events that an argument names, each with what is known of its trial; none of a trial that has none."""
    from monitor.alerting.subject import Stored

    between = _BETWEEN.fullmatch(text)
    if between is not None:
        left, right = (f"{between['trial']}@{between[side]}" for side in ("left", "right"))
        return [_between(session, left, right)]
    if text.endswith(".json"):
        raise UseError(
            f"one record is no event: `{text}`", hint="two of them: `--from OLD.json --to NEW.json`"
        )
    reader = session.needed_reader()
    if re.fullmatch(r"[a-z]+:[^/:]+:.+", text):
        event = reader.event(text)
        if event is None:
            raise UseError(
                f"no such event: `{text}`", hint="`trialbell changes --json` names those there are"
            )
        return [(event, Stored(reader, event))]
    trial = session.trial_id(text)
    found = reader.events(trial=trial, registry=session.registry_name, archive=False, limit=limit)
    return [(event, Stored(reader, event)) for _, event in found]


def _between(session: Session, from_: str, to: str) -> tuple[Event, Subject]:
    """What lies between two records: the event that is stored of it, else what it would be."""
    from monitor.alerting.subject import Given, Stored
    from monitor.cli.operands import Operands, names_file
    from snapshots.event import changed_id

    files_only = names_file(from_) and names_file(to)
    operands = Operands(session, stored=not files_only)
    with session.at_work("asking the registry"):
        left, right = operands.side(from_), operands.side(to)
    name = session.registry_name
    known = changed_id(name, right.facts.trial, left.ref, right.ref)
    same = left.facts.trial == right.facts.trial and left.ref.source is right.ref.source
    if session.reader is not None and known is not None and same:
        stored = session.reader.event(known)
        if stored is not None:
            return stored, Stored(session.reader, stored)
    return _computed(session, left, right), Given(countries=right.facts.countries)


def _computed(session: Session, left: Side, right: Side) -> Event:
    from dataclasses import replace

    from monitor import watches
    from snapshots.changes import compare
    from snapshots.event import changed_event

    name, trial = session.registry_name, right.facts.trial
    past = session.reader.past_between(name, trial, left.ref, right.ref) if session.reader else ()
    changes = compare(left.record, right.record, registry=name, from_=left.ref, to=right.ref, past=past)
    event = changed_event(
        changes,
        at=None,
        url=session.url(trial),
        watches=watches.holding(session.db, trial, registry=name) if session.db is not None else (),
        sponsor=right.facts.sponsor,
        sponsor_class=right.facts.sponsor_class,
        phase=right.facts.phase,
        status=right.facts.status,
    )
    return replace(event, id=None)  # nothing of the kind happened


def _lines(found: Foretold) -> list[str]:
    from monitor.alerting.routes import DRIFT
    from monitor.cli.telling import event_lines, folded, plain

    lines = event_lines(found.event, details=False)
    if found.event.id is not None:
        lines.append(f"   {'':<8} {found.event.id}")
    for one in found.overridden:
        words = f"{one.field} is {one.own.value} by your configuration, {one.computed.value} by itself"
        lines.append(f"   {'':<8} {words}")
    if found.drifting:
        lines += folded(f"   {'':<8} ", f"at most minor: {DRIFT}", hang=12)
    told = any(one.delivered for one in found.outcomes)
    for words in found.silent:
        nobody = "would be told to nobody now: " if told else "told to nobody: "
        lines += folded(f"   {'':<8} {nobody}", plain(words), hang=12)
    for outcome in found.outcomes:
        lines += _outcome_lines(outcome)
    return lines


def _outcome_lines(outcome: Outcome) -> list[str]:
    """What became of it first; then what would, by the file, the mutes and the snoozes of today."""
    from monitor.cli.telling import folded, plain

    gone = "" if outcome.configured else "  left config.toml"
    mark = "✓" if outcome.delivered else "✗" if outcome.coming is None and not outcome.waits else "→"
    lines = [f"{mark} {outcome.notifier}{gone}"]
    if outcome.became is not None:
        lines += folded("    ", _became(outcome.became, outcome.along), hang=6)
    today = "by today's file, mutes and snoozes it would "
    if outcome.coming is not None:
        would = f"{today}be {_coming(outcome.coming)}" if outcome.became else _coming(outcome.coming)
        lines += folded("    ", plain(would), hang=6)
    elif outcome.became is not None and outcome.configured:
        lines.append(f"    {today}not be told")
    for decision in sorted(outcome.decisions, key=lambda one: not one.send):
        verb = "takes it" if decision.send else "does not"
        which = "" if decision.route is None else f"route {decision.route + 1} {verb}: "
        lines += folded(f"    {which}", plain(decision.reason), hang=6)
    return lines


def _coming(coming: Coming) -> str:
    """When it would be told, if it happened now."""
    if coming.why.startswith("what is critical") or not coming.why:
        return "told at once" + (f": {coming.why}" if coming.why else "")
    return f"told {coming.at:%Y-%m-%d %H:%M} UTC: {coming.why}"


def _became(row: Listed, along: str | None) -> str:
    """`sent 2026-11-23 09:13 UTC`, of the delivery that there is."""
    from monitor.cli.telling import plain

    when = row.ended_at or row.created_at
    state = {
        "waiting": "in a message, not sent, since" if row.message_id else "waiting since",
        "claimed": "being sent since",
        "unknown": "tried, and nobody knows whether it arrived, since",
    }.get(row.state, row.state)
    words = f"{state} {when:%Y-%m-%d %H:%M} UTC"
    if along is not None:
        words += f", along with an alert that could not wait ({plain(along)})"
    return f"{words}: {plain(row.reason)}" if row.reason else words


def _as_json(found: Foretold) -> dict[str, object]:
    from monitor.alerting.discretion import without_people

    event = without_people(found.event)
    return {
        "event": event.id,
        "trial": event.trial,
        "kind": event.kind.value,
        "headline": event.headline,
        "severity": event.severity.value,
        "watches": list(event.watches),
        "overridden": [
            {"field": one.field, "computed": one.computed.value, "own": one.own.value}
            for one in found.overridden
        ],
        "drift": found.drifting,
        "silent": list(found.silent),
        "reaches": list(found.reaches),
        "notifiers": [_outcome_json(one) for one in found.outcomes],
    }


def _outcome_json(outcome: Outcome) -> dict[str, object]:
    from snapshots.instants import stamp

    row = outcome.became
    return {
        "notifier": outcome.notifier,
        "configured": outcome.configured,
        "goes": outcome.goes is not None,
        "at": None if outcome.coming is None else stamp(outcome.coming.at),
        "why_then": None if outcome.coming is None else outcome.coming.why,
        "decisions": [
            {"route": None if one.route is None else one.route + 1, "goes": one.send, "reason": one.reason}
            for one in outcome.decisions
        ],
        "delivery": None
        if row is None
        else {
            "state": row.state,
            "along": outcome.along,
            "message": row.message_id,
            "reason": row.reason,
            "created_at": stamp(row.created_at),
            "next_at": stamp(row.next_at),
            "ended_at": stamp(row.ended_at),
        },
    }
