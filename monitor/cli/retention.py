"""`trialbell retention`: removes the versions that the configuration no longer keeps; or says which these are."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from monitor.cli.errors import DONE, UseError, WorldError
from monitor.cli.session import Session, clock, shared_options
from snapshots.terms import many

if TYPE_CHECKING:
    from sqlite_utils import Database

    from monitor.retention import Gone

_HOW = '`keep_versions_for = "3y"` under [store] in config.toml switches it on; off, everything is kept'


@click.command(
    epilog="""\b
Examples:
  trialbell retention --dry-run             what would go, and how much room that is
  trialbell retention --dry-run --for 2y    the same, were it two years
  trialbell retention                       removes it now; the service does so once a day, a day after it saw the span
  trialbell retention --shrink              and gives the room back to the disk

\b
A version goes when another took its place before the span of `keep_versions_for` began: every day of the span can
still be asked for. The newest of a trial stays, and every event with what it told. Room that becomes free in the
file is filled by what comes; --shrink writes the file anew, which takes as much room once more meanwhile.

\b
Exit codes: 0 done, or retention is off, 2 no database or wrong use, 3 another process polls, or the disk is full."""
)
@click.option("--dry-run", is_flag=True, help="Remove nothing, say what would go.")
@click.option(
    "--for", "span", metavar="SPAN", help="With --dry-run: as if keep_versions_for were this, `2y`."
)
@click.option("--shrink", is_flag=True, help="Give free room in the file back to the disk.")
@shared_options
def retention(session: Session, dry_run: bool, span: str | None, shrink: bool) -> int:
    """Remove versions older than config.toml wants them kept. Tells nobody."""
    if span is not None and not dry_run:
        raise UseError("`--for` goes with `--dry-run`: what is removed, config.toml says alone", hint=_HOW)
    if shrink and dry_run:
        raise UseError("`--shrink` does not go with `--dry-run`")
    session.needed_reader()
    keep_for = _span(span) if span is not None else session.config.store.keep_versions_for
    if keep_for is None and not shrink:
        session.say(f"retention is off. {_HOW}")
        return DONE
    if dry_run:
        assert session.db is not None and keep_for is not None
        _say(session, _retained(session, session.db, keep_for, dry_run=True), None, dry_run=True)
        return DONE
    from monitor.database import open_for_writing
    from monitor.lease import Lease
    from monitor.retention import begun

    with (
        Lease(session.database, command="retention", now=clock()),
        closing(open_for_writing(session.database)) as db,
    ):
        gone = None
        if keep_for is not None:
            gone = _retained(session, db, keep_for, dry_run=False)
            begun(db, keep_for, now=clock())
        free = _shrunk(session, db) if shrink else _free(db)
        _say(session, gone, free, dry_run=False, shrunk=shrink)
    return DONE


def _retained(session: Session, db: Database, keep_for: timedelta, *, dry_run: bool) -> Gone:
    from monitor.retention import retain

    with session.at_work("looking for versions that can go") as further:
        return retain(
            db,
            keep_for=keep_for,
            now=clock(),
            dry_run=dry_run,
            progress=lambda gone: further(
                f"{many(gone.versions, 'version')} of {many(gone.trials, 'trial')}"
            ),
        )


def _say(
    session: Session, gone: Gone | None, free: int | None, *, dry_run: bool, shrunk: bool = False
) -> None:
    if session.as_json:
        session.emit(
            {
                "versions": gone.versions if gone else 0,
                "trials": gone.trials if gone else 0,
                "bytes": gone.size if gone else 0,
                "free_bytes": free,
                "dry_run": dry_run,
            }
        )
        return
    if gone is not None:
        if dry_run and not gone.versions:
            click.echo("nothing would go")
            return
        what = f"{many(gone.versions, 'version')} of {many(gone.trials, 'trial')}, about {_room(gone.size)}"
        click.echo(f"{what}: would go" if dry_run else f"{what}: removed")
    if shrunk:
        click.echo(f"{_room(free or 0)} given back to the disk")
    elif free:
        session.say(
            f"{_room(free)} in the file are free for what comes; `--shrink` gives them back to the disk"
        )


def _free(db: Database) -> int:
    pages, size = (db.execute(f"pragma {name}").fetchone()[0] for name in ("freelist_count", "page_size"))
    return int(pages * size)


def _shrunk(session: Session, db: Database) -> int:
    """Bytes given back. Others wait for it, and read on."""
    before = session.database.stat().st_size
    there = shutil.disk_usage(session.database.resolve().parent).free
    if there < 2 * before:  # the new one beside the old one, and once more on its way through the log
        raise WorldError(
            f"the disk has {_room(there)} left, and to write the file anew takes up to {_room(2 * before)}",
            hint="make room, or leave it: free room in the file is filled by what comes",
        )
    with session.at_work("writing the file anew"):
        db.execute("vacuum")
        db.execute("pragma wal_checkpoint(truncate)").fetchall()
    return max(0, before - session.database.stat().st_size)


def _span(text: str) -> timedelta:
    from monitor.config.durations import WrongDuration, parse_duration

    try:
        return parse_duration(text)
    except WrongDuration:
        raise UseError(f"no span of time: `{text}`", hint="write `90d`, `3y`") from None


def _room(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size < 1e9 else f"{size / 1e9:.2f} GB"
