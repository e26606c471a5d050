"""Searching: trials by what their records say now or said on a day, and changes by what they say. Never writes.

The best come first; words that very many trials hold are no reason to put one before another, so what holds them
comes by the day of its last update, the latest first. Each trial that is found is read off its version again, for
what is shown of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from heapq import merge
from operator import itemgetter

import msgspec
from sqlite_utils import Database

from snapshots import events
from snapshots.changeset import Source, VersionRef
from snapshots.countries import country_key, country_keys
from snapshots.event import Event
from snapshots.facts import facts
from snapshots.query import Reader
from snapshots.search import CHANGE_COLUMNS, COLUMNS, DAY_ROOM, MANNER, day_number
from snapshots.search.asking import Asked, Term
from snapshots.search.marking import Marker, Marks
from snapshots.search.wording import event_wording, wording
from snapshots.stored import TRIAL_COLUMNS, Trial, trial_of
from snapshots.timeline import stood_on, timeline

MOST_PAST = 3_000  # of what very many held once, the latest indexed, where only some are looked through
MOST_RANKED = 2_000  # matches; ranking takes some microseconds for each of them
FEWEST_RANKED = 200  # always ranked
_SHARE = 10  # words in more than a tenth of the trials are not ranked either
_WEIGHTS = (10.0, 12.0, 6.0, 5.0, 3.0, 2.0, 1.0)  # by COLUMNS
_SNIPPETS = ("conditions", "interventions", "sponsor", "ids", "outcomes", "places")
_CHANGE_WEIGHTS = (4.0, 3.0, 3.0, 1.0)
_CHANGE_SNIPPETS = ("texts", "summaries", "about")


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What the index does not know yet."""

    trials: int  # whose versions are others than those indexed
    events: int
    unreadable: int  # of the trials: those with a version that is damaged

    def __bool__(self) -> bool:
        return bool(self.trials or self.events)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitting:
    """Which of the trials that hold the words; None means any. As the record has it that was searched."""

    status: str | None = None  # the registry's own word
    phase: str | None = None  # one of "Phase 1/Phase 2"
    sponsor: str | None = None  # a part of the lead sponsor's name
    country: str | None = None
    among: str | None = None  # SQL that says whether a trial is, whose id is written `{trial}` in it

    def fits(
        self, status: str | None, phase: str | None, sponsor: str | None, countries: Sequence[str]
    ) -> bool:
        """But for `among`."""
        return (
            (self.status is None or self.status == status)
            and (self.phase is None or self.phase.casefold() in (phase or "").casefold().split("/"))
            and (self.sponsor is None or self.sponsor.casefold() in (sponsor or "").casefold())
            and (self.country is None or country_key(self.country) in map(country_key, countries))
        )


ANY = Fitting()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A `Hit` before its words are marked."""

    trial: Trial
    ref: VersionRef
    texts: tuple[str, ...]
    status: str | None = None
    phase: str | None = None
    sponsor: str | None = None
    updated: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A trial that was found: the version whose words were searched, and what it says."""

    trial: Trial  # as it is now; whether it is gone or merged among it
    ref: VersionRef
    status: str | None  # this and what follows: as that version has it
    phase: str | None
    sponsor: str | None
    updated: str | None
    marks: Marks


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeHit:
    """A change that was found."""

    sequence: int
    event: Event
    marks: Marks


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """trials or changes, in order. ranked: False when they come by date. more: there are others.

    looked: how many that hold the words were looked through, where it was not all of them; else None.
    """

    trials: tuple[Hit, ...] = ()
    changes: tuple[ChangeHit, ...] = ()
    ranked: bool = True
    more: bool = False
    looked: int | None = None
    asked: tuple[Term, ...] = ()  # what was looked for
    nowhere: tuple[Term, ...] = ()  # when nothing was found: the terms that no record holds


class Search:
    """One object a connection.

    Everywhere: skip is how many of those found are left out, for the next page; through, how many of very many that
    hold the words are looked through for those that fit, None for all.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._reader = Reader(db)
        self._marker = Marker(COLUMNS, _SNIPPETS)

    def behind(self) -> Behind:
        manner, through = self._db.execute("select manner, event from search_state").fetchone()
        of_events = self._count("event where sequence > ?", through)
        if manner != MANNER:
            return Behind(trials=self._count("trial"), events=of_events, unreadable=0)
        trials, unreadable = self._db.execute("select count(*), count(why) from unsearched").fetchone()
        return Behind(trials=trials, events=of_events, unreadable=unreadable)

    def now(
        self, asked: Asked, *, fitting: Fitting = ANY, limit: int, skip: int = 0, through: int | None = None
    ) -> Found:
        """Trials whose records say it now."""
        ranked = self._is_ranked("search_now", asked)
        matches = _matches("search_now", _WEIGHTS, ranked=ranked, through=through)
        conditions = ["searched.trial is not null", *self._conditions(fitting, "trial", "trial.countries")]
        join = "" if fitting == ANY else "cross join trial on trial.key = searched.trial"
        rows = self._db.execute(
            f"select searched.trial, searched.line, searched.number from {matches.tables}"
            f" cross join searched on searched.document = {matches.row} {join}"
            f" where {matches.where} and {' and '.join(conditions)} order by {matches.order} limit ? offset ?",
            [asked.expression, limit + 1, skip],
        ).fetchall()
        shown = [self._current(key, Source(line), number) for key, line, number in rows[:limit]]
        return self._found(
            shown,
            asked,
            ranked=ranked,
            more=len(rows) > limit,
            looked=None if ranked else self._looked("search_now", asked, through),
            tables=("search_now",),
        )

    def as_of(
        self,
        asked: Asked,
        day: date,
        *,
        fitting: Fitting = ANY,
        limit: int,
        skip: int = 0,
        through: int | None = None,
    ) -> Found:
        """Trials whose records said it on a day, each in the version that stood then. through: of those whose
        version has to be read to tell whether it fits; of what was once said, MOST_PAST then."""
        tables = ("search_now", "search_past")
        shown: list[_Shown] = []
        more, read = False, 0
        with self._one_view():
            ranked = all(self._is_ranked(name, asked) for name in tables)
            past = None if ranked or through is None else MOST_PAST
            looked = self._looked("search_past", asked, past)
            for key in self._standing(asked, day, ranked=ranked, past=past):
                if skip and fitting == ANY:  # the index says that they stood then; nothing need be read
                    skip -= 1
                    continue
                if through is not None and fitting != ANY and read == through:
                    looked = through
                    break
                one = self._on(key, day, fitting)
                read += 1
                if one is None or skip:
                    skip -= one is not None
                    continue
                if len(shown) == limit:
                    more = True
                    break
                shown.append(one)
            return self._found(shown, asked, ranked=ranked, more=more, looked=looked, tables=tables)

    def changes(
        self,
        asked: Asked,
        *,
        fitting: Fitting = ANY,
        watch: str | None = None,
        until: date | None = None,
        archive: bool = False,
        limit: int,
        skip: int = 0,
        through: int | None = None,
    ) -> Found:
        """Changes that say it, noise left out. until: those that had happened by that day. fitting: as the trial
        was after the change; its country is not asked. archive: also between two of the registry's own versions."""
        ranked = self._is_ranked("search_change", asked)
        matches = _matches("search_change", _CHANGE_WEIGHTS, ranked=ranked, through=through)
        conditions, values = ["event.severity != 'noise'"], []
        if not archive:
            conditions.append("event.to_source is not 'archive'")
        conditions += self._conditions(fitting, "event", "'[]'")
        if watch is not None:
            conditions.append(
                "exists (select 1 from event_watch where event_watch.watch = ?"
                " and event_watch.event = event.sequence)"
            )
            values.append(watch)
        if until is not None:
            conditions.append("coalesce(to_build, to_updated, build, substr(at, 1, 10)) <= ?")
            values.append(until.isoformat())
        rows = self._db.execute(
            f"select event.sequence from {matches.tables} cross join event on event.sequence = {matches.row}"
            f" where {matches.where} and {' and '.join(conditions)} order by {matches.order} limit ? offset ?",
            [asked.expression, *values, limit + 1, skip],
        ).fetchall()
        found = events.read(self._db, [row[0] for row in rows[:limit]])
        texts = [event_wording(event) for _, event in found]
        marked = Marker(CHANGE_COLUMNS, _CHANGE_SNIPPETS).marks(texts, asked.terms)
        return Found(
            changes=tuple(
                ChangeHit(sequence=sequence, event=event, marks=one)
                for (sequence, event), one in zip(found, marked, strict=True)
            ),
            ranked=ranked,
            more=len(rows) > limit,
            looked=None if ranked else self._looked("search_change", asked, through),
            asked=asked.terms,
            nowhere=() if found else self._nowhere(asked, ("search_change",)),
        )

    def knows(self, words: str) -> bool:
        """Whether a word, or words side by side, stand in any record or change. For `asking.asked`."""
        return not self._is_nowhere(Term(text=words), ("search_now", "search_past", "search_change"))

    def first_day(self) -> str | None:
        """The first day, ISO, of which anything that is indexed tells; None when nothing is."""
        found: str | None = self._db.execute(
            "select min(since) from (select since from searched where trial is not null"
            " union all select since from searched_past)"
        ).fetchone()[0]
        return found

    def knows_day(self, day: date) -> bool:
        """Whether anything that is indexed tells of a day: quick where it does, `first_day` reads all."""
        tables = ("searched where trial is not null and", "searched_past where")
        return any(
            self._db.execute(f"select 1 from {one} since <= ? limit 1", [day.isoformat()]).fetchone()
            for one in tables
        )

    def _conditions(self, fitting: Fitting, table: str, countries: str) -> list[str]:
        """Of a trial, or of what it was after a change. The cheaper one is first."""
        found = [] if fitting.among is None else [fitting.among.format(trial=f"{table}.trial")]
        if replace(fitting, among=None) != ANY:
            self._db.conn.create_function("fits", 4, _as_sql(fitting))
            found.append(f"fits({table}.status, {table}.phase, {table}.sponsor, {countries})")
        return found

    def _is_ranked(self, table: str, asked: Asked) -> bool:
        """Whether so few hold the words that ranking tells something, and takes little time."""
        trials = self._db.execute("select coalesce(max(key), 0) from trial").fetchone()[0]
        most = min(MOST_RANKED, max(FEWEST_RANKED, trials // _SHARE))
        count = self._db.execute(
            f"select count(*) from (select rowid from {table} where {table} match ? limit ?)",
            [asked.expression, most + 1],
        ).fetchone()[0]
        return bool(count <= most)

    def _looked(self, table: str, asked: Asked, through: int | None) -> int | None:
        """How many were looked through, where there are more."""
        if through is None:
            return None
        row = self._db.execute(
            f"select 1 from {table} where {table} match ? limit 1 offset ?", [asked.expression, through]
        ).fetchone()
        return None if row is None else through

    def _standing(self, asked: Asked, day: date, *, ranked: bool, past: int | None) -> Iterator[int]:
        """The keys of the trials whose texts of that day hold the words, in order; without ranking the latest first:
        by the day of the last update, of what is past by the day since when it was so."""
        order = _ranking("{table}", _WEIGHTS) if ranked else "0"
        now = self._db.execute(
            f"select {order.format(table='search_now')}, searched.document, searched.trial from search_now"
            " cross join searched on searched.document = search_now.rowid"
            " where search_now match ? and searched.trial is not null and searched.since <= ?"
            " order by search_now.rowid desc",
            [asked.expression, day.isoformat()],
        )
        matches = _matches("search_past", _WEIGHTS, ranked=ranked, through=past)
        was = self._db.execute(
            f"select {order.format(table='search_past')}, searched_past.since, searched_past.trial"
            f" from {matches.tables} cross join searched_past on searched_past.id = {matches.row}"
            f" where {matches.where} and searched_past.since <= ? and searched_past.until > ?",
            [asked.expression, day.isoformat(), day.isoformat()],
        )
        latest = merge(
            ((score, -(document // DAY_ROOM), key) for score, document, key in now),
            sorted(((score, -day_number(since), key) for score, since, key in was), key=itemgetter(1)),
            key=itemgetter(1),
        )
        return (key for _, _, key in (sorted(latest, key=itemgetter(0)) if ranked else latest))

    def _current(self, key: int, source: Source, number: int) -> _Shown:
        trial = self._trial(key)
        version, body = self._reader.stored(key, trial.trial, source, number)
        return _Shown(
            trial=trial,
            ref=version.ref,
            status=trial.status,
            phase=trial.phase,
            sponsor=trial.sponsor,
            updated=trial.updated,
            texts=_nothing_but(trial.title) if body is None else wording(body),
        )

    def _on(self, key: int, day: date, fitting: Fitting) -> _Shown | None:
        """A trial as it stood on a day; None when it does not fit."""
        trial = self._trial(key)
        if fitting.among is not None and not self._is_among(trial.trial, fitting.among):
            return None
        stood = stood_on(timeline(self._db, key), day)
        if stood is None:
            return None
        version, body = self._reader.stored(key, trial.trial, stood.source, stood.number)
        if body is None:
            if fitting != ANY:
                return None
            return _Shown(trial=trial, ref=version.ref, texts=_nothing_but(trial.title))
        read = facts(msgspec.json.decode(body))
        if not fitting.fits(read.status, read.phase, read.sponsor, read.countries):
            return None
        return _Shown(
            trial=trial,
            ref=version.ref,
            status=read.status,
            phase=read.phase,
            sponsor=read.sponsor,
            updated=read.updated,
            texts=wording(body),
        )

    def _is_among(self, trial: str, among: str) -> bool:
        return bool(self._db.execute(f"select {among.format(trial='?')}", [trial]).fetchone()[0])

    def _trial(self, key: int) -> Trial:
        return trial_of(
            self._db.execute(f"select {TRIAL_COLUMNS} from trial where key = ?", [key]).fetchone()
        )

    def _found(
        self,
        shown: Sequence[_Shown],
        asked: Asked,
        *,
        ranked: bool,
        more: bool,
        looked: int | None,
        tables: Sequence[str],
    ) -> Found:
        marked = self._marker.marks([one.texts for one in shown], asked.terms)
        return Found(
            trials=tuple(
                Hit(
                    trial=one.trial,
                    ref=one.ref,
                    status=one.status,
                    phase=one.phase,
                    sponsor=one.sponsor,
                    updated=one.updated,
                    marks=its,
                )
                for one, its in zip(shown, marked, strict=True)
            ),
            ranked=ranked,
            more=more,
            looked=looked,
            asked=asked.terms,
            nowhere=() if shown else self._nowhere(asked, tables),
        )

    def _nowhere(self, asked: Asked, tables: Sequence[str]) -> tuple[Term, ...]:
        return tuple(term for term in asked.terms if self._is_nowhere(term, tables))

    def _is_nowhere(self, term: Term, tables: Sequence[str]) -> bool:
        return not any(
            self._db.execute(
                f"select 1 from {name} where {name} match ? limit 1", [term.expression]
            ).fetchone()
            for name in tables
        )

    def _count(self, of: str, *values: object) -> int:
        count: int = self._db.execute(f"select count(*) from {of}", list(values)).fetchone()[0]
        return count

    @contextmanager
    def _one_view(self) -> Iterator[None]:
        """What is read in several steps is of one moment: a trial may pass from one index to the other."""
        if self._db.conn.in_transaction:
            yield
            return
        self._db.conn.execute("begin")
        try:
            yield
        finally:
            self._db.conn.execute("rollback")


def _nothing_but(title: str) -> tuple[str, ...]:
    """Of a version that is damaged."""
    return (title, *("" for _ in COLUMNS[1:]))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Matches:
    """SQL of what holds the words; the expression is its first value. row: the number of the document."""

    tables: str
    where: str
    row: str
    order: str


def _matches(table: str, weights: Sequence[float], *, ranked: bool, through: int | None) -> _Matches:
    """The best first, or the latest first, maybe only so many of these."""
    if ranked or through is None:
        row = f"{table}.rowid"
        order = f"{_ranking(table, weights)}, {row} desc" if ranked else f"{row} desc"
        return _Matches(tables=table, where=f"{table} match ?", row=row, order=order)
    latest = (
        f"select rowid as document from {table} where {table} match ? order by rowid desc limit {through}"
    )
    return _Matches(
        tables=f"({latest}) as latest", where="true", row="latest.document", order="latest.document desc"
    )


def _ranking(table: str, weights: Sequence[float]) -> str:
    return f"bm25({table}, {', '.join(map(str, weights))})"


def _as_sql(fitting: Fitting) -> Callable[..., bool]:
    wanted = country_key(fitting.country)
    rest = replace(fitting, country=None)

    def fits(status: str | None, phase: str | None, sponsor: str | None, countries: str) -> bool:
        there = fitting.country is None or wanted in country_keys(countries)
        return there and rest.fits(status, phase, sponsor, ())

    return fits
