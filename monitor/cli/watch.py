"""`trialbell watch`: the watch list. config.toml is never written: what is added here lives in the database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.errors import DONE, UseError
from monitor.cli.session import Session, clock, shared_options
from snapshots.terms import many

if TYPE_CHECKING:
    from sqlite_utils import Database

    from monitor.watches import Definition, Watch


@click.group(
    epilog="""\b
Examples:
  trialbell watch list
  trialbell watch add NCT07146087 NCT01730547 --name "MSC exosomes"
  trialbell watch add "https://clinicaltrials.gov/search?cond=multiple+sclerosis"
  trialbell watch remove "MSC exosomes"

\b
Exit codes: 0 done, 2 wrong use or malformed id, 3 the database is held."""
)
def watch() -> None:
    """List, add and remove watches."""


@watch.command(
    "list",
    epilog="""\b
Example:
  trialbell watch list --toml    as tables to paste into config.toml

\b
Exit codes: 0 done, 2 wrong configuration.""",
)
@click.option("--toml", "as_toml", is_flag=True, help="Print them as they would stand in config.toml.")
@shared_options
def list_(session: Session, as_toml: bool) -> int:
    """Each watch with its origin and how far it has come."""
    from monitor import watches

    stored = _as_the_file_says(session, watches.active(session.db) if session.db is not None else [])
    by_name = {one.name: one for one in stored}
    configured = [one.name for one in session.config.watches]
    for one in stored:
        if as_toml:
            click.echo(as_table(one.name, one.definition))
        elif session.as_json:
            session.emit(_as_json(session, one))
        else:
            click.echo("  ".join(_columns(session, one)))
    for name in configured:
        if name not in by_name:
            if session.as_json:
                session.emit({"name": name, "origin": "config", "trials": 0, "finished": None, "error": None})
            elif as_toml:
                found = next(one for one in session.config.watches if one.name == name)
                click.echo(as_table(name, watches.Definition.from_body(found.definition())))
            else:
                click.echo(f"{name}  config  not polled yet")
    if not stored and not configured:
        session.say("nothing is watched: `trialbell watch add NCT07146087` adds a watch")
    return DONE


def _as_the_file_says(session: Session, stored: Sequence[Watch]) -> list[Watch]:
    """Without those that left config.toml, which no poll has noticed yet."""
    configured = {one.name for one in session.config.watches}
    return [
        one
        for one in stored
        if one.origin != "config" or session.found_config is None or one.name in configured
    ]


def _columns(session: Session, one: Watch) -> list[str]:
    from monitor import watches

    assert session.db is not None
    count = len(watches.held_trials(session.db, one.row))
    ids = one.definition.ids
    trials = many(count, "trial") if ids is None else f"{count:,} of {len(ids):,} ids known"
    state = f"up to date with the build of {one.finished[:10]}" if one.finished else "due"
    if one.error:
        state = f"unfinished: {one.error.splitlines()[0]}"
    elif one.finished is None and one.tried_at is None:
        state = "not polled yet"
    return [one.name, one.origin, trials, state]


def _as_json(session: Session, one: Watch) -> dict[str, object]:
    from monitor import watches

    assert session.db is not None
    return {
        "name": one.name,
        "origin": one.origin,
        **json.loads(one.definition.as_json()),
        "trials": len(watches.held_trials(session.db, one.row)),
        "finished": one.finished,
        "error": one.error,
    }


@watch.command(
    epilog="""\b
Examples:
  trialbell watch add NCT07146087
  trialbell watch add ids.txt --name "our trials"
  trialbell watch add --query cond="multiple sclerosis" --query status=RECRUITING --dry-run
  trialbell watch add "https://clinicaltrials.gov/search?cond=ALS&aggFilters=phase:3"

\b
Keys of a query: cond, term, intr, titles, spons, lead, locn, outc, id, patient, status, geo, advanced, agg.
  --query status="RECRUITING,NOT_YET_RECRUITING"
  --query geo="distance(52.52,13.405,50mi)"
  --query advanced="AREA[Phase](PHASE2 OR PHASE3) AND NOT AREA[HasResults]true"

\b
Exit codes: 0 done, 2 malformed id, name taken (`--dry-run` too), query unknown or refused, 3 the database is held or
the registry could not be reached (`--dry-run`)."""
)
@click.argument("what", nargs=-1, metavar="[ID|ADDRESS|FILE]...")
@click.option("--name", help="Default: made from what is watched. An existing watch of ids is extended.")
@click.option(
    "--query", "terms", multiple=True, metavar="KEY=VALUE", help="A query's part, e.g. cond=…; repeatable."
)
@click.option("--everything", is_flag=True, help="The whole registry.")
@click.option(
    "--dry-run",
    is_flag=True,
    help="Ask the registry how many match now, show some, say what a first poll takes; store nothing.",
)
@shared_options
def add(
    session: Session,
    what: tuple[str, ...],
    name: str | None,
    terms: tuple[str, ...],
    everything: bool,
    dry_run: bool,
) -> int:
    """Watch ids, record or search addresses, files of ids, or a query. It begins with the next poll."""
    from monitor import watches
    from monitor.database import open_for_writing
    from snapshots.database import immediate

    if name is not None and not (name.strip() and name.isprintable()):
        raise UseError(
            "a watch's name is empty or has a character that cannot be printed", hint="give another `--name`"
        )
    definition, default_name = _definition(session, what, terms, everything=everything)
    if dry_run:
        return _previewed(session, name, default_name, definition)
    db = open_for_writing(session.database)
    try:
        with immediate(db):
            _reconcile(session, db)
            extended = _extended(watches.active(db), name, definition)
            before = set(extended.definition.ids or ()) if extended else set()
            if extended is not None:
                added = watches.extend(db, extended.name, definition.ids or ())
            else:
                _refuse_what_the_file_has(session, name or default_name, definition)
                added = watches.add(db, name or default_name, definition, now=clock())
    finally:
        db.close()
    if session.as_json:
        session.emit({"name": added.name, "origin": added.origin, **json.loads(added.definition.as_json())})
    else:
        new = [one for one in added.definition.ids or () if one not in before]
        what_ = f"{added.name}: {', '.join(new) or 'nothing new'}" if before else added.name
        session.say(f"watching {what_}; the next poll takes a first look, silently")
    return DONE


def _reconcile(session: Session, db: Database) -> None:
    """What left config.toml is watched no more, poll or not. Without a file nothing is known of it."""
    from monitor import watches

    if session.found_config is not None:
        watches.reconcile(db, watches.wanted_of(session.config.watches), now=clock())


def _previewed(session: Session, name: str | None, default_name: str, definition: Definition) -> int:
    from monitor import watches
    from monitor.cli.preview import preview

    stored = _as_the_file_says(session, watches.active(session.db) if session.db is not None else [])
    extended = _extended(stored, name, definition)
    refused = None
    if extended is not None:
        definition = watches.wider(extended.definition, definition.ids or ())
    else:
        try:
            _refuse_what_the_file_has(session, name or default_name, definition)
            watches.refuse_another(stored, name or default_name, definition)
        except (UseError, watches.WatchError) as error:
            refused = str(error)
    return preview(session, name or default_name, definition, refused=refused)


def _extended(stored: Sequence[Watch], name: str | None, definition: Definition) -> Watch | None:
    """The watch of ids that these are added to. One of config.toml is not ours to extend."""
    return next(
        (
            one
            for one in stored
            if one.name == name
            and one.origin == "command"
            and None not in (one.definition.ids, definition.ids)
        ),
        None,
    )


def _refuse_what_the_file_has(session: Session, name: str, definition: Definition) -> None:
    for configured in session.config.watches:
        if configured.name == name:
            raise UseError(
                f"watch name taken: `{configured.name}` stands in config.toml",
                hint="choose another with --name",
            )
        if configured.definition_hash == definition.hash:
            raise UseError(
                f"already watched: watch `{configured.name}` of config.toml has the same definition"
            )


def _definition(
    session: Session, what: tuple[str, ...], terms: tuple[str, ...], *, everything: bool
) -> tuple[Definition, str]:
    from monitor.registries import ctgov_query
    from monitor.watches import Definition

    if everything:
        if what or terms:
            raise UseError("the whole registry and a part of it", hint="leave out `--everything` or the rest")
        return Definition(registry=session.registry_name, query=()), "everything"
    query: dict[str, str] = {}
    searches = 0
    ids: list[str] = []
    for term in terms:
        key, equals, value = term.partition("=")
        if not equals or not value:
            raise UseError(f"no query part: `{term}`", hint='write --query cond="multiple sclerosis"')
        if key.strip() in query:
            raise UseError(
                f"a query's part twice: `{term}`",
                hint='one value may name several: --query cond="asthma OR flu"',
            )
        query[key.strip()] = value.strip()
    for text in what:
        found = ctgov_query.query_from_url(text, site=session.site)
        if found is not None:
            searches += 1
            query |= found
        elif text == "-" or Path(text).is_file():
            ids += ids_of_file(session, text)
        elif "://" not in text and text.endswith((".txt", ".csv", ".lst")):
            raise UseError(f"no such file: `{text}`")
        else:
            ids.append(session.trial_id(text))
    if searches > 1 or (searches and terms):
        raise UseError("a watch is of one query", hint="add a watch for each search")
    if (query or searches) and ids:
        raise UseError("a watch is of ids or of a query, not both", hint="add two watches")
    if query:
        ctgov_query.parameters(query)  # an unknown part is said now, not at the next poll
        label = ", ".join(query.values())
        return Definition(registry=session.registry_name, query=tuple(sorted(query.items()))), label
    if searches:
        raise UseError(
            "a search for nothing in particular finds the whole registry",
            hint="`trialbell watch add --everything`, when that is what you want",
        )
    if not ids:
        raise UseError("nothing to watch", hint="`trialbell watch add NCT07146087`")
    unique = tuple(dict.fromkeys(ids))
    label = unique[0] if len(unique) == 1 else f"{unique[0]} and {len(unique) - 1} more"
    return Definition(registry=session.registry_name, ids=unique), label


def ids_of_file(session: Session, name: str) -> list[str]:
    """The ids of a file or of standard input (`-`), one a line; `#` begins a comment."""
    from monitor.cli.operands import read_file
    from monitor.registries.base import MalformedId

    try:
        text = read_file(name).decode()
    except UnicodeDecodeError:
        raise UseError(f"unreadable file: `{name}` is no UTF-8 text") from None
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.partition("#")[0].strip()
        try:
            found += [session.trial_id(bare)] if bare else []
        except MalformedId as error:
            raise UseError(f"{name}:{number}: {error}", hint=error.hint) from None
    return found


@watch.command(
    epilog="""\b
Example:
  trialbell watch remove NCT07146087

\b
Exit codes: 0 done, 2 no such watch or one of config.toml, 3 the database is held."""
)
@click.argument("name")
@shared_options
def remove(session: Session, name: str) -> int:
    """End a watch that a command added. Its versions and events stay."""
    from monitor import watches
    from monitor.database import open_for_writing
    from snapshots.database import immediate

    stored = watches.active(session.db) if session.db is not None else []
    ours = any((one.name, one.origin) == (name, "command") for one in stored)
    if not ours and any(one.name == name for one in session.config.watches):
        raise UseError(f"watch `{name}` stands in config.toml", hint="remove its [[watch]] table there")
    session.needed_reader()
    db = open_for_writing(session.database)
    try:
        with immediate(db):
            if not ours:
                _reconcile(session, db)
            watches.remove(db, name, now=clock())
    finally:
        db.close()
    if session.as_json:
        session.emit({"name": name, "removed": True})
    session.say(f"no longer watching {name}")
    return DONE


def as_table(name: str, definition: Definition) -> str:
    """A [[watch]] table of config.toml."""
    import json

    quote = json.dumps  # TOML's basic strings take JSON's escapes
    if definition.query is not None:
        inner = ", ".join(f"{key} = {quote(value, ensure_ascii=False)}" for key, value in definition.query)
        body = f"query = {{ {inner} }}" if inner else "query = {}"
    else:
        body = "ids = [" + ", ".join(quote(one) for one in definition.ids or ()) + "]"
    return f"[[watch]]\nname = {quote(name, ensure_ascii=False)}\n{body}\n"
