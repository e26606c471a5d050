"""`trialbell recompute`: stored change sets anew, from the versions, after an upgrade. Tells nobody."""

from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import click

from monitor.cli.errors import DONE, UseError
from monitor.cli.session import Session, clock, shared_options
from snapshots.terms import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlite_utils import Database

    from snapshots.recompute import Rebuilt


@click.command(
    epilog="""\b
Examples:
  trialbell recompute                    what an older trialbell read, anew
  trialbell recompute --dry-run          what would read differently; writes nothing
  trialbell recompute NCT07146087 --all  all of one trial, whichever trialbell read it

\b
Ids, order, watches and deliveries stay; what was sent stays as sent. Stopped midway, the next run goes on
from there. It wants to work alone: stop `trialbell run` first.

\b
Exit codes: 0 done, 2 nothing stored under an id, 3 another process polls and sends, or the database is held."""
)
@click.argument("trials", nargs=-1, metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="Those too that this trialbell read.")
@click.option("--dry-run", is_flag=True, help="Write nothing, say what would read differently.")
@shared_options
def recompute(session: Session, trials: tuple[str, ...], everything: bool, dry_run: bool) -> int:
    """Read the stored changes anew, from the stored versions, after an upgrade. Tells nobody."""
    reader = session.needed_reader()
    ids = [session.trial_id(text) for text in trials] or None
    for trial in ids or ():
        if reader.trial(session.registry_name, trial) is None:
            raise UseError(f"nothing stored: `{trial}`", hint=f"`trialbell watch add {trial}` watches it")
    done = differ = left = 0
    with ExitStack() as stack:
        found = _found(session, stack, ids, everything=everything, dry_run=dry_run)
        further = stack.enter_context(session.at_work("reading stored changes anew"))
        for one in found:
            if one.now is None:
                left += 1
                session.say(one.why or "")
                continue
            done += 1
            differ += one.differs
            if one.differs and dry_run:
                _show(session, one)
            further(f"{counted(done, 'change set')} read anew, {differ} differently")
    if session.as_json:
        session.emit({"rebuilt": done, "differ": differ, "left": left, "dry_run": dry_run})
    elif not done and not left:
        session.say("nothing to do: every stored change set is this trialbell's own reading")
    else:
        words = ("would be read anew", "would read") if dry_run else ("read anew", "read")
        stay = f"; {left} left as they are" if left else ""
        session.say(f"{counted(done, 'change set')} {words[0]}, {differ} {words[1]} differently{stay}")
    return DONE


def _found(
    session: Session, stack: ExitStack, ids: list[str] | None, *, everything: bool, dry_run: bool
) -> Iterator[Rebuilt]:
    """Those who poll, and write changes down, must not do so meanwhile: the lease is taken, or its holder named."""
    from monitor.database import open_for_writing
    from monitor.lease import Lease
    from snapshots.recompute import rebuilt, recompute

    if dry_run:
        assert session.db is not None
        return rebuilt(session.db, trials=ids, everything=everything)
    stack.enter_context(Lease(session.database, command="recompute", now=clock()))
    db = stack.enter_context(closing(open_for_writing(session.database)))
    return _indexed(db, recompute(db, trials=ids, everything=everything))


def _indexed(db: Database, found: Iterator[Rebuilt]) -> Iterator[Rebuilt]:
    """After an upgrade there may be words to index anew as well."""
    from snapshots.search.index import catch_up

    yield from found
    catch_up(db)


def _show(session: Session, one: Rebuilt) -> None:
    from monitor.cli.telling import plain

    assert one.now is not None
    sides = {"was": one.was, "now": one.now}
    if session.as_json:
        told = {
            name: {"severity": side.severity.value, "headline": side.headline, "tags": list(side.tags)}
            for name, side in sides.items()
        }
        session.emit({"id": one.was.id, **told})
        return
    click.echo(one.was.id)
    for name, side in sides.items():
        click.echo(f"  {name}  {side.severity.value:<8}  {plain(side.headline)}")
