"""`trialbell export`: versions, changes and trials as CSV, JSON lines or Parquet. Reads the database only."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.errors import DONE, WORLD, UseError
from monitor.cli.session import Session, shared_options, span_of

if TYPE_CHECKING:
    from monitor.export.rows import Choice, Rows
    from monitor.export.tables import Column, Table

WHAT = ("versions", "changes", "trials")
FORMATS = ("csv", "jsonl", "parquet")
_SUFFIXES = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_FITS = {  # which options mean something for which of them
    "--since": ("versions", "changes"),
    "--until": ("versions", "changes"),
    "--min-severity": ("changes",),
    "--field": ("changes",),
    "--archive": ("changes",),
    "--records": ("versions",),
}
_STDOUT = "-"
_SEVERITIES = click.Choice(["noise", "minor", "major", "critical"])
_EVERY = 500  # rows between two words on how far it has come


@click.command(
    epilog="""\b
Examples:
  trialbell export changes > changes.csv
  trialbell export changes --watch "MSC exosomes" --since 30d --format jsonl
  trialbell export versions --records --out versions.jsonl
  trialbell export versions changes trials --format parquet --out lake
  trialbell export trials --columns trial,status,enrollment

\b
Rows are sorted by trial; the same database gives the same bytes. Of JSON lines, a change is its whole event. A
Parquet folder has a folder a table, in it `registry=ctgov/year=2026/`. In CSV, text that a spreadsheet would run
as a formula has an apostrophe before it.

\b
Exit codes: 0 done (also when there is nothing), 2 wrong use, no database, or there is something at --out,
3 the disk is full, or a stored version is damaged (the rest is there)."""
)
@click.argument("what", nargs=-1, type=click.Choice(WHAT), metavar="[versions|changes|trials]...")
@click.option("--format", "format_", type=click.Choice(FORMATS), help="Default: by --out's ending, else csv.")
@click.option(
    "--out",
    metavar="PATH",
    help="A file, or a folder: for several tables, and for Parquet. Default: standard output.",
)
@click.option("--force", is_flag=True, help="Replace what is there.")
@click.option("--watch", help="Trials that this watch holds; changes that were told for it.")
@click.option("--trial", "trials", metavar="ID", multiple=True, help="Only this trial; may be given again.")
@click.option("--since", help="Seen since: a day, an instant, or 7d, 12h before now.")
@click.option("--until", help="The same, its end: a day is included.")
@click.option("--min-severity", type=_SEVERITIES, help="Of changes; default: minor.")
@click.option("--field", help="Only changes of this field, e.g. enrollment.")
@click.option(
    "--archive",
    is_flag=True,
    help="Also changes between versions of the registry's own history, by the day of submission.",
)
@click.option("--columns", help="Only these, with commas between.")
@click.option("--records", is_flag=True, help="The whole record beside the facts of each version.")
@click.option("--bom", is_flag=True, help="Begin CSV with a byte order mark, for Excel.")
@shared_options
def export(
    session: Session,
    what: tuple[str, ...],
    format_: str | None,
    out: str | None,
    force: bool,
    watch: str | None,
    trials: tuple[str, ...],
    since: str | None,
    until: str | None,
    min_severity: str | None,
    field: str | None,
    archive: bool,
    columns: str | None,
    records: bool,
    bom: bool,
) -> int:
    """Versions, changes and trials as CSV, JSON lines or Parquet. Without names, all three.

    While the service runs, too: what is stored meanwhile is left out."""
    tables = what or WHAT
    format_ = _format(format_, out, tables, as_json=session.as_json)
    given = {"--since": since, "--until": until, "--min-severity": min_severity, "--field": field}
    _check_fit(
        tables,
        {**given, "--records": records, "--archive": archive},
        format_=format_,
        columns=columns,
        bom=bom,
    )
    trials = tuple(sorted({session.trial_id(text) for text in trials}))
    session.needed_reader()
    session.check_names(watch=watch, field=field)
    for trial in trials:
        session.check_names(trial=trial)
    choice = _choice(session, trials, since, until, watch, min_severity, field, archive=archive)
    if format_ == "parquet":
        from monitor.export.parquet import library

        library()
    targets = _targets(tables, format_, out, force=force)
    damaged = 0
    for name, target in targets.items():
        table, chosen = _columns(name, columns, records=records)
        damaged += _export(session, choice, table, chosen, format_, target, force=force, bom=bom)
    return WORLD if damaged else DONE


def _format(format_: str | None, out: str | None, tables: tuple[str, ...], *, as_json: bool) -> str:
    """What was asked for, by name or by the ending of a file."""
    ending = Path(out).suffix.lower() if out else ""
    if ending == ".parquet":
        raise UseError(
            f"Parquet is a folder of files, not one: `{out}`",
            hint="`--format parquet --out FOLDER` writes it",
        )
    there = bool(out) and Path(out or "").is_dir()
    if ending in _SUFFIXES and not there and (len(tables) > 1 or format_ == "parquet"):
        what = "Parquet is" if format_ == "parquet" else "several tables are"
        raise UseError(f"{what} a folder of files, not one: `{out}`", hint="`--out FOLDER`")
    if ending and ending not in _SUFFIXES and format_ is None and len(tables) == 1 and not there:
        raise UseError(
            f"no format has the ending `{ending}`: `{out}`",
            hint=f"known are {', '.join(_SUFFIXES)}; `--format` has it whatever the name",
        )
    found = format_ or _SUFFIXES.get(ending) or ("jsonl" if as_json and out in (None, _STDOUT) else "csv")
    if as_json and out in (None, _STDOUT) and found != "jsonl":
        raise UseError(
            f"`--json` and `--format {found}` cannot both go to stdout", hint="leave out one of them"
        )
    return found


def _check_fit(
    tables: tuple[str, ...], given: dict[str, Any], *, format_: str, columns: str | None, bom: bool
) -> None:
    """An option that would do nothing is a misunderstanding."""
    for option, fitting in _FITS.items():
        if given[option] and not set(tables) & set(fitting):
            raise UseError(
                f"`{option}` means nothing for {' and '.join(tables)}: it is of {' and '.join(fitting)}"
            )
    if bom and format_ != "csv":
        raise UseError("`--bom` is of CSV", hint="`--format csv`")
    if columns is not None and len(tables) > 1:
        raise UseError("`--columns` is of one table", hint=f"name one: {', '.join(WHAT)}")
    if columns is not None and format_ == "jsonl" and tables == ("changes",):
        raise UseError(
            "a change in JSON lines is a whole event: it has no columns", hint="`--format csv` has"
        )


def _choice(
    session: Session,
    trials: tuple[str, ...],
    since: str | None,
    until: str | None,
    watch: str | None,
    min_severity: str | None,
    field: str | None,
    *,
    archive: bool,
) -> Choice:
    from monitor.export.rows import Choice
    from snapshots.changeset import Severity

    begin, end = span_of(since, until)
    return Choice(
        since=begin,
        until=end,
        watch=watch,
        trials=trials or None,
        severity=Severity(min_severity or "minor"),
        overrides=session.config.severity,
        field=field,
        archive=archive,
    )


def _targets(
    tables: tuple[str, ...], format_: str, out: str | None, *, force: bool
) -> dict[str, Path | None]:
    """Where each table goes; None is standard output. All that can be said beforehand is said before any is written."""
    if out in (None, _STDOUT):
        if format_ == "parquet" or len(tables) > 1:
            if format_ == "parquet":
                reason, hint = "Parquet is a folder of files", "`--out FOLDER`"
            else:
                reason, hint = "several tables are several files", "`--out FOLDER`; or name one table"
            raise UseError(f"{reason}: standard output cannot hold them", hint=hint)
        return {tables[0]: None}
    assert out is not None
    folder = Path(out)
    if format_ == "parquet":
        found = {table: folder / table for table in tables}
    elif len(tables) > 1 or folder.is_dir():
        found = {table: folder / f"{table}.{format_}" for table in tables}
    else:
        return _checked({tables[0]: folder}, format_, force=force)
    if not folder.exists():
        if not folder.absolute().parent.is_dir():
            raise UseError(f"no such folder: `{folder.parent}`", hint="make the folder first")
        folder.mkdir()
    elif not folder.is_dir():
        raise UseError(f"a file, not a folder: `{folder}`", hint="`--out FOLDER`")
    return _checked(found, format_, force=force)


def _checked(found: dict[str, Path], format_: str, *, force: bool) -> dict[str, Path | None]:
    from monitor.export.sinks import OURS
    from monitor.placed import check

    for target in found.values():
        check(target, force=force, folder=OURS if format_ == "parquet" else None)
    return dict(found)


def _columns(name: str, text: str | None, *, records: bool) -> tuple[Table, tuple[Column, ...]]:
    from monitor.config.errors import suggestion
    from monitor.export.tables import TABLES

    table = TABLES[name]
    if text is None:
        return table, table.columns + (table.more if records else ())
    known = [column.name for column in (*table.columns, *table.more)]
    names = [one.strip() for one in text.split(",") if one.strip()]
    if not names:
        raise UseError(f"no column named: `--columns {text!r}`", hint=f"there are {', '.join(known)}")
    for one in names:
        if one not in known:
            raise UseError(f"no such column of {name}: `{one}`", hint=suggestion(one, known))
    if len(set(names)) < len(names):
        raise UseError(f"`--columns` names each column once: `{text}`", hint=f"there are {', '.join(known)}")
    return table, table.chosen(tuple([*names, "record"] if records and "record" not in names else names))


def _export(
    session: Session,
    choice: Choice,
    table: Table,
    columns: tuple[Column, ...],
    format_: str,
    target: Path | None,
    *,
    force: bool,
    bom: bool,
) -> int:
    """Write one table; returns how many versions are damaged."""
    from monitor.export.rows import Rows
    from monitor.export.sinks import sink

    assert session.db is not None
    rows = Rows(session.db, choice)
    with sink(target or sys.stdout, format_, table, columns, bom=bom, force=force) as write:
        written = _written(
            session, rows, table, columns, write, events=format_ == "jsonl", shown=target is not None
        )
    for line in rows.damaged:
        session.say(f"damaged: {line}")
    if target is not None and session.as_json:
        session.emit({"table": table.name, "path": str(target), "format": format_, "rows": written})
    elif target is not None or not written:
        there = f"{written:,} {'row' if written == 1 else 'rows'}" if written else "no row that fits"
        session.say(f"{table.name}: {there}" + (f", {target}" if target is not None else ""))
    return len(rows.damaged)


def _written(
    session: Session,
    rows: Rows,
    table: Table,
    columns: tuple[Column, ...],
    write: Callable[[Any], object],
    *,
    events: bool,
    shown: bool,
) -> int:
    """Every row, saying how far it has come; returns how many. Ends when nobody reads any more."""
    from monitor.export.tables import CHANGES

    trial_of = next(column.of for column in table.columns if column.name == "trial")
    found = rows.of(table, columns)
    if table is CHANGES and events:
        found, trial_of = rows.events(), lambda event: event["trial"]
    number = trials = 0
    last = None
    if not shown and sys.stdout.isatty():  # the rows themselves show that it goes on
        for row in found:
            write(row)
            number += 1
        return number
    with session.at_work(f"exporting {table.name}") as further:
        size = rows.size()
        for row in found:
            write(row)
            number += 1
            trial = trial_of(row)
            if trial != last:
                trials, last = trials + 1, trial
                if trials % _EVERY == 0:
                    further(f"exporting {table.name}: {number:,} rows, trial {trials:,} of {size:,}")
            if not shown and getattr(sys.stdout, "gone", False):
                break
    return number
