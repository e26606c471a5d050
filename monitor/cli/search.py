"""`trialbell search`: words in the records as they are or were on a day, and in what changed. Reads the database only.

With `--json` a trial is
    {"trial", "registry", "title", "status", "phase", "sponsor", "updated", "state", "merged_into", "source",
     "version", "build", "snippet": {"column", "text", "marks": [[start, end], …]}, "title_marks": [[start, end], …]}
and a change
    {"trial", "day", "source", "severity", "headline", "event", "snippet", "headline_marks"}
with `status` to `updated` as the version named has them, marks as places in the text, and `snippet` null when only
the title or the headline holds the words. `event` is the id that `trialbell changes --json` gives.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.days import day_of
from monitor.cli.errors import DONE, UseError
from monitor.cli.session import Session, clock, shared_options

if TYPE_CHECKING:
    from snapshots.search.finding import Behind, ChangeHit, Found, Hit
    from snapshots.search.marking import Marked, Marks

_PHASE = re.compile(r"(early)?[ _-]*(?:phase)?[ _-]*([1-4])", re.IGNORECASE | re.ASCII)


@click.command(
    epilog="""\b
Examples:
  trialbell search multiple sclerosis                      both words, anywhere in the record
  trialbell search '"multiple sclerosis" NOT children'     side by side; and one left out
  trialbell search 'immunotherap* (melanoma OR renal)'     words that begin so; one of two
  trialbell search asthma --status recruiting --country France
  trialbell search "heart failure" --as-of 2026-01-31      as the records were on a day
  trialbell search futility --in changes --json

\b
Exit codes: 0 done (also when nothing is found), 2 wrong use, nothing to look for, or no database."""
)
@click.argument("words", nargs=-1, required=True, metavar="WORDS")
@click.option("--in", "where", type=click.Choice(["trials", "changes"]), default="trials", show_default=True)
@click.option("--status", help="Only with this recruitment status, e.g. recruiting.")
@click.option("--phase", help="Only of this phase, e.g. 3.")
@click.option("--sponsor", metavar="NAME", help="Only where the lead sponsor's name has this in it.")
@click.option("--country", help="Only with a site in this country.")
@click.option("--watch", metavar="NAME", help="Only what this watch holds; changes: only what it held.")
@click.option("--as-of", metavar="DAY", help="As the records were on a day, or changed until then.")
@click.option(
    "--archive",
    is_flag=True,
    help="Of changes: also between versions of the registry's own history, by the day of submission.",
)
@click.option("--limit", type=click.IntRange(1, 1_000), default=20, show_default=True)
@shared_options
def search(
    session: Session,
    words: tuple[str, ...],
    where: str,
    status: str | None,
    phase: str | None,
    sponsor: str | None,
    country: str | None,
    watch: str | None,
    as_of: str | None,
    archive: bool,
    limit: int,
) -> int:
    """Find trials, or changes, by words.

    Titles, ids, conditions, keywords, interventions, sponsors, outcomes and places of the stored records; or
    headlines, summaries and reasons of the changes. The best first; what very many hold, the latest updated first.
    Forms of a word are found together (vaccine, vaccination), case and accents do not matter.
    """
    from monitor.watches import held_by_name
    from snapshots.search.asking import asked
    from snapshots.search.finding import Fitting, Search
    from snapshots.terms import short

    session.needed_reader()
    if watch is not None:
        session.check_names(watch=watch)
    assert session.db is not None  # the reader reads it
    if where == "changes" and country is not None:
        raise UseError("a change has no country", hint="leave out `--country`, or search the trials")
    if archive and where != "changes":
        raise UseError("`--archive` is of changes", hint="`--in changes`")
    looked = Search(session.db)
    question = asked(" ".join(words), known=looked.knows)
    day = None if as_of is None else day_of(as_of, now=clock())
    fitting = Fitting(
        status=None if status is None else _status(status),
        phase=None if phase is None else _phase(phase),
        sponsor=sponsor,
        country=country,
        among=None if watch is None or where == "changes" else held_by_name(session.db, watch),
    )
    for line in question.notes:
        session.say(line)
    if question.reading is not None:
        session.say(f"read as: {short(question.reading, 200)}")
    if day is not None and day > day_of("today", now=clock()):
        session.say(f"{day} is still to come: as it stood last")
    if where == "changes":
        found = looked.changes(
            question, fitting=fitting, watch=watch, until=day, archive=archive, limit=limit
        )
    elif day is None:
        found = looked.now(question, fitting=fitting, limit=limit)
    else:
        found = looked.as_of(question, day, fitting=fitting, limit=limit)
    for hit in found.trials:
        _show_trial(session, hit, named=day is not None)
    for change in found.changes:
        _show_change(session, change)
    if day is not None and not found.trials and where == "trials":
        first = looked.first_day()
        if first is not None and day.isoformat() < first:
            session.say(f"nothing is stored of {day}: the first day that is known is {first}")
    behind = looked.behind()
    nothing = not found.trials and not found.changes
    if nothing:
        _say_behind(session, behind)  # before any word on what is nowhere
    fitted = fitting != Fitting() or watch is not None
    _say(session, found, where=where, day=day, limit=limit, fitted=fitted, all_seen=not behind)
    if nothing and country is not None:
        _say_countries(session, country)
    if not nothing:
        _say_behind(session, behind)
    return DONE


def _show_trial(session: Session, hit: Hit, *, named: bool) -> None:
    """named: with the version, which is not the newest."""
    from monitor.cli.operands import words_of
    from monitor.cli.telling import plain
    from snapshots.terms import said

    trial = hit.trial
    if session.as_json:
        title, places = _plainly(hit.marks.lead)
        session.emit(
            {
                "trial": trial.trial,
                "registry": trial.registry,
                "title": title,
                "status": hit.status,
                "phase": hit.phase,
                "sponsor": hit.sponsor,
                "updated": hit.updated,
                "state": trial.state,
                "merged_into": trial.merged_into,
                "source": hit.ref.source.value,
                "version": hit.ref.version,
                "build": hit.ref.build,
                "snippet": _snippet(hit.marks),
                "title_marks": places,
            }
        )
        return
    about = [said(hit.status) if hit.status else None, hit.phase, hit.sponsor]
    about.append(f"updated {hit.updated}" if hit.updated else None)
    if trial.state != "present":
        gone = "no longer in the registry" if trial.state == "gone" else f"merged into {trial.merged_into}"
        about.insert(0, gone.upper() if trial.state == "gone" else gone)
    if named and hit.ref.version is not None:
        about.append(words_of(hit.ref.source, hit.ref.version, hit.ref.build or hit.ref.updated))
    click.echo(f"{trial.trial}  {plain(' · '.join(part for part in about if part))}")
    _echo_marks(hit.marks)


def _show_change(session: Session, hit: ChangeHit) -> None:
    from monitor.alerting import routes
    from monitor.cli.telling import coloured, plain

    event = routes.severities(hit.event, session.config.severity)
    at = None if event.at is None else event.at.date().isoformat()
    day = (event.to and (event.to.build or event.to.updated)) or event.build or at
    if session.as_json:
        headline, places = _plainly(hit.marks.lead)
        session.emit(
            {
                "trial": event.trial,
                "day": day,
                "source": event.to.source.value if event.to else None,
                "severity": event.severity.value,
                "headline": headline,
                "event": event.id,
                "snippet": _snippet(hit.marks),
                "headline_marks": places,
            }
        )
        return
    severity = coloured(event.severity, f"{event.severity.value:<8}")
    own = ""
    if event.from_ and event.to and event.to.source == "archive":
        own = f"  (submitted; the registry's r{event.from_.version} → r{event.to.version})"
    click.echo(f"{event.trial}  {day}  {severity}  {plain(event.title)}{own}")
    _echo_marks(hit.marks)


def _echo_marks(marks: Marks) -> None:
    from monitor.cli.telling import folded

    click.echo("\n".join(folded(" " * 13, _in_brackets(marks.lead), hang=13)))
    if marks.column is not None:
        line = f"{marks.column}: {_in_brackets(marks.snippet)}"
        click.echo("\n".join(folded(" " * 13, line, hang=13)))


def _in_brackets(pieces: Marked) -> str:
    from monitor.cli.telling import plain

    return plain("".join(f"[{text}]" if marked else text for marked, text in pieces))


def _plainly(pieces: Marked) -> tuple[str, list[list[int]]]:
    """The text, and where in it the marks are: [start, end) in characters."""
    text, places = "", []
    for marked, piece in pieces:
        if marked:
            places.append([len(text), len(text) + len(piece)])
        text += piece
    return text, places


def _snippet(marks: Marks) -> dict[str, Any] | None:
    if marks.column is None:
        return None
    text, places = _plainly(marks.snippet)
    return {"column": marks.column, "text": text, "marks": places}


def _say(
    session: Session, found: Found, *, where: str, day: date | None, limit: int, fitted: bool, all_seen: bool
) -> None:
    """all_seen: whether the index knows all that is stored."""
    on = f" as of {day}" if day else ""
    if not found.trials and not found.changes:
        of = " of what was asked for" if fitted else ""
        session.say(f"nothing found{of} in the {where}{on}")
        for term in found.nowhere if not fitted else ():
            searched = where if all_seen else f"{where} that were searched"
            session.say(f"hint: nowhere in the {searched}: `{term.text}{'*' if term.prefix else ''}`")
        if small := [term.text for term in found.asked if term.text in ("and", "or", "not")]:
            session.say(f"hint: `{small[0]}` was looked for as a word; `{small[0].upper()}` joins")
    elif found.more:
        order = "the best" if found.ranked else "the latest, for very many hold these words"
        session.say(f"{limit} shown{on}, {order}; there are more (`--limit` shows them)")


def _say_countries(session: Session, country: str) -> None:
    """A country that no record names would look like silence."""
    from monitor.config.errors import nearest_names

    assert session.db is not None
    rows = session.db.execute("select distinct value from trial, json_each(trial.countries) order by value")
    names = [row[0] for row in rows.fetchall()]
    if names and country.casefold() not in (name.casefold() for name in names):
        starting = [name for name in names if name.casefold().startswith(country.casefold())]
        hint = f"did you mean `{starting[0]}`?" if starting else nearest_names(country, names)
        session.say(f"no trial that is stored has a site in `{country}`")
        session.say(f"hint: {hint}")


def _say_behind(session: Session, behind: Behind) -> None:
    """An index that lags behind must not look like silence."""
    from snapshots.terms import counted

    waiting = behind.trials - behind.unreadable
    parts = [counted(waiting, "trial")] if waiting else []
    if behind.events:
        parts.append(counted(behind.events, "change"))
    if parts:
        session.say(f"not searched yet: {' and '.join(parts)} stored since the words were last indexed")
        session.say(
            "hint: a running poll does it at its end; else `trialbell check` or `trialbell recompute`"
        )
    if behind.unreadable:
        session.say(f"not searched: {counted(behind.unreadable, 'trial')} with a damaged version")
        session.say("hint: `trialbell doctor --deep` names what is damaged")


def _status(text: str) -> str:
    from monitor.config.errors import suggestion
    from monitor.registries.ctgov_query import STATUSES

    word = re.sub(r"[\s,_-]+", "_", text.strip()).upper()
    if word not in STATUSES:
        raise UseError(
            f"no such status: `{text}`", hint=suggestion(text.lower(), [one.lower() for one in STATUSES])
        )
    return word


def _phase(text: str) -> str:
    found = _PHASE.fullmatch(text.strip())
    if found is None or (found[1] and found[2] != "1"):
        raise UseError(f"no such phase: `{text}`", hint="write 1, 2, 3, 4 or early 1")
    return f"Early phase {found[2]}" if found[1] else f"Phase {found[2]}"
