"""`trialbell recompute`: what is made of the versions, anew or for the first time: change sets, the index of words.

It tells nobody and asks no registry.
"""

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
    from snapshots.search.finding import Behind


@click.command(
    epilog="""\b
Examples:
  trialbell recompute                    what an older trialbell read, anew; and index what search does not know yet
  trialbell recompute --dry-run          what would read differently, and be indexed; writes nothing
  trialbell recompute NCT07146087 --all  all of one trial, whichever trialbell read it

\b
Ids, order, watches and deliveries stay; what was sent stays as sent. Stopped midway, the next run goes on
from there. It wants to work alone: stop `trialbell run` first, which indexes by itself at the end of a poll.

\b
Exit codes: 0 done, 2 nothing stored under an id, 3 another process polls and sends, or the database is held."""
)
@click.argument("trials", nargs=-1, metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="Those too that this trialbell read.")
@click.option("--dry-run", is_flag=True, help="Write nothing, say what would read differently.")
@shared_options
def recompute(session: Session, trials: tuple[str, ...], everything: bool, dry_run: bool) -> int:
    """Read the stored changes anew, from the stored versions, after an upgrade; then index the words of whatever
    `trialbell search` does not know yet, of all trials. Tells nobody."""
    reader = session.needed_reader()
    ids = [session.trial_id(text) for text in trials] or None
    for trial in ids or ():
        if reader.trial(session.registry_name, trial) is None:
            raise UseError(f"nothing stored: `{trial}`", hint=f"`trialbell watch add {trial}` watches it")
    done = differ = left = 0
    with ExitStack() as stack:
        db = None if dry_run else _alone(session, stack)
        found = _found(session, db, ids, everything=everything)
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
        before = after = _behind(session)
        if before and db is not None:
            further("indexing words for search")
            _index(db)
            after = _behind(session)
    indexed = {
        "trials": before.trials - (before.unreadable if dry_run else after.trials),
        "changes": before.events - (0 if dry_run else after.events),
    }
    if session.as_json:
        told = {"rebuilt": done, "differ": differ, "left": left, "indexed": indexed, "dry_run": dry_run}
        session.emit(told)
        return DONE
    would = "would be " if dry_run else ""
    if done or left:
        stay = f"; {left} left as they are" if left else ""
        read = "would read" if dry_run else "read"
        session.say(f"{counted(done, 'change set')} {would}read anew, {differ} {read} differently{stay}")
    if some := [counted(number, noun[:-1]) for noun, number in indexed.items() if number]:
        session.say(f"{' and '.join(some)} {would}indexed for search")
    if after.unreadable:
        session.say(f"not searched: {counted(after.unreadable, 'trial')} with a damaged version")
        session.say("hint: `trialbell doctor --deep` names what is damaged")
    if not (done or left or some):
        session.say("nothing to do: every stored change set is this trialbell's own reading, and indexed")
    return DONE


def _alone(session: Session, stack: ExitStack) -> Database:
    """Those who poll, and write changes down, must not do so meanwhile: the lease is taken, or its holder named."""
    from monitor.database import open_for_writing
    from monitor.lease import Lease

    stack.enter_context(Lease(session.database, command="recompute", now=clock()))
    return stack.enter_context(closing(open_for_writing(session.database)))


def _found(
    session: Session, db: Database | None, ids: list[str] | None, *, everything: bool
) -> Iterator[Rebuilt]:
    """What reads anew, written to `db`; without one it is only found."""
    from snapshots.recompute import rebuilt, recompute

    if db is not None:
        return recompute(db, trials=ids, everything=everything)
    assert session.db is not None
    return rebuilt(session.db, trials=ids, everything=everything)


def _behind(session: Session) -> Behind:
    from snapshots.search.finding import Search

    assert session.db is not None
    return Search(session.db).behind()


def _index(db: Database) -> None:
    from snapshots.search.index import catch_up

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
