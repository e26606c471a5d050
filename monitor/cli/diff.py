"""`trialbell diff`: a comparison by hand. Read-only: it stores nothing and tells nobody."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import click

from monitor.cli.errors import DIFFERS, DONE, UseError
from monitor.cli.operands import Operands, Side, names_file
from monitor.cli.session import Session, shared_options

if TYPE_CHECKING:
    from snapshots.query import Reader


@click.command(
    epilog="""\b
Examples:
  trialbell diff NCT07146087                     the last stored version against now
  trialbell diff NCT07146087@3 NCT07146087@4     two versions of ours
  trialbell diff NCT07146087@r2 NCT07146087@r5   two of the registry's own
  trialbell diff NCT07146087@2026-01-31          a day against now
  trialbell diff old.json new.json --json        two files, for a script

\b
Exit codes: 0 no difference but noise, 1 differences, 2 wrong use or unknown version,
3 the registry could not be reached."""
)
@click.argument("a", required=False)
@click.argument("b", required=False)
@click.option("--all", "everything", is_flag=True, help="Show noise too, and let it count as a difference.")
@shared_options
def diff(session: Session, a: str | None, b: str | None, everything: bool) -> int:
    """Compare two versions, files or days. One id alone: the last stored version against now; nothing stored:
    the registry's own last two versions."""
    if a is None:
        raise UseError(
            "nothing to compare", hint="`trialbell diff NCT07146087`, or two files: `diff OLD NEW`"
        )
    if b is None and names_file(a):
        raise UseError(f"a second file is needed: `{a}` alone is nothing to compare with")
    files_only = names_file(a) and b is not None and names_file(b)
    operands = Operands(session, stored=not files_only)
    with nullcontext() if files_only else session.at_work("asking the registry"):
        left, right = _sides(operands, a, b)
    reader = None if files_only else session.reader
    return _show(session, left, right, everything=everything, reader=reader)


def _sides(operands: Operands, a: str, b: str | None) -> tuple[Side, Side]:
    if b is not None:
        return operands.side(a), operands.side(b)
    trial, when = operands.split(a)
    if when is not None:
        return operands.at(trial, when), operands.live(trial)
    stored = operands.newest(trial)
    if stored is None:
        return operands.last_two_archived(trial)
    return stored, operands.live(trial)


def _show(session: Session, left: Side, right: Side, *, everything: bool, reader: Reader | None) -> int:
    from dataclasses import replace

    from snapshots.changes import compare
    from snapshots.changeset import Severity
    from snapshots.event import changed_event, event_json

    name = session.registry_name
    changes = compare(
        left.record,
        right.record,
        registry=name,
        from_=left.ref,
        to=right.ref,
        past=reader.past_between(name, left.facts.trial, left.ref, right.ref) if reader else (),
    )
    shown = [change for change in changes.changes if everything or change.severity is not Severity.NOISE]
    noise = sum(change.severity is Severity.NOISE for change in changes.changes)
    if session.as_json:
        event = changed_event(
            changes,
            at=None,
            url=session.url(changes.trial),
            sponsor=right.facts.sponsor,
            sponsor_class=right.facts.sponsor_class,
            phase=right.facts.phase,
            status=right.facts.status,
        )
        if left.facts.trial != right.facts.trial:
            event = replace(event, id=None)
        session.emit(event_json(event, with_noise=everything))
    elif shown:
        from monitor.cli.telling import change_set_lines

        click.echo("\n".join(change_set_lines(changes, left.words, right.words, noise=everything)))
    if not shown:
        what = f"no difference but noise ({noise}; `--all` shows it)" if noise else "no difference"
        session.say(f"{what}: {left.facts.trial}, {left.words} → {right.words}")
        return DONE
    return DIFFERS
