"""The sweeps of queries: equal ones are asked once, each goes on where it was left, one that fails holds up no other.

The whole registry (`query = {}`) is swept whole at first and then once a week. On the builds between, what was posted
since is asked for, and slim records of everything: they decide whose whole record is fetched, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime, timedelta

from sqlite_utils import Database

from monitor.logs import log
from monitor.polling import held, under_way
from monitor.polling.booking import Booking
from monitor.polling.id_sweep import MOST_IN_VAIN, span
from monitor.polling.pace import POSTED, SLIM, WHOLE, Pace
from monitor.polling.slim import Slims
from monitor.polling.sweep import Sweep
from monitor.polling.trouble import FAILS, Trouble
from monitor.polling.under_way import UnderWay
from monitor.registries.base import BadQuestion, Begun, DataBuild, Page, Registry, RegistryError, SweepBroken
from monitor.watches import Due
from snapshots.database import immediate

WHOLE_AFTER = timedelta(
    days=7
)  # of data builds: what neither a post date nor a slim record tells is found by then
OVERLAP = timedelta(days=1)  # a record may be posted on the day of a build and be in the next one

# Where more differ than a few and than this share of all, the registry shows slim records in another manner.
FEW_DIFFERING = 2000
MOST_DIFFERING = 1 / 5

Ask = Callable[[Begun | None], Iterator[Page]]


class _TooManyDiffer(Exception):
    """To ask for each by its id would cost more than all whole records do."""


class QuerySweep:
    """For one poll of one registry on one build. watching: told of each page how far its sweep is."""

    def __init__(
        self,
        db: Database,
        registry: Registry,
        sweep: Sweep,
        booking: Booking,
        trouble: Trouble,
        *,
        build: DataBuild,
        clock: Callable[[], datetime],
        watching: Callable[[Pace], None],
    ) -> None:
        self._db = db
        self._registry = registry
        self._sweep = sweep
        self._trouble = trouble
        self._build = build
        self._clock = clock
        self._watching = watching
        self._slims = Slims(db, registry)
        self._arrived = 0  # of the longest sweep, those that earlier polls saw among them
        self._slimmed: set[str] = set()  # questions of which slim records came
        self._failed: set[str] = set()  # trials that could not be had or stored; once in a poll is enough
        booking.seen = lambda: max(sweep.tally.records, self._arrived)

    def groups(self, due: Sequence[Due]) -> list[list[Due]]:
        """The watches of queries, those that are certain to match the same together."""
        groups: dict[str, list[Due]] = {}
        for watch in due:
            if watch.query is not None:
                groups.setdefault(self.question(watch), []).append(watch)
        return list(groups.values())

    def question(self, watch: Due) -> str:
        return self._registry.same_query(dict(watch.query or ()))

    def run(self, group: Sequence[Due]) -> None:
        """Everything that these watches match, as far as it must be looked at."""
        query = dict(group[0].query or ())
        question = self.question(group[0])
        try:
            if group[0].mirror and not self._whole_due(group):
                self._by_slim(group, question)
            else:
                self._whole(group, question, lambda begun: self._registry.by_query(query, begun=begun))
        except FAILS as error:
            self._trouble.failed(error, group, ", ".join(f"watch `{watch.name}`" for watch in group))

    def slimmed(self, watch: Due) -> bool:
        """Whether it was looked at by slim records, and whole ones of some alone."""
        return watch.query is not None and self.question(watch) in self._slimmed

    def name_seen(self, group: Sequence[Due]) -> None:
        """temp.seen: the trials that match."""
        kind = SLIM if self.slimmed(group[0]) else WHOLE
        under_way.name_seen(self._db, self._registry.name, self.question(group[0]), kind)

    def name_fetched(self, watch: Due) -> bool:
        """Adds to temp.swept those whose whole record was fetched; False where all records came whole."""
        if not self.slimmed(watch):
            return False
        under_way.name_fetched(self._db, self._registry.name, self.question(watch))
        return True

    def _whole_due(self, group: Sequence[Due]) -> bool:
        if any(watch.baseline or watch.whole is None for watch in group):
            return True
        if self._begun(self.question(group[0]), WHOLE):
            return True
        last = min(_day(watch.whole) for watch in group)
        if date.fromisoformat(self._build.day) - last >= WHOLE_AFTER:
            return True
        # What many records lost need not show in slim ones, and must be seen again or not.
        return any(
            one.kind == held.LOST_SECTION for one in held.standing(self._db, registry=self._registry.name)
        )

    def _by_slim(self, group: Sequence[Due], question: str) -> None:
        # Whoever lacks a record finishes no build, and saw all else when whole records came.
        since = min(_day(max(watch.finished or "", watch.whole or "")) for watch in group) - OVERLAP
        try:
            self._slim(group, question, POSTED, since.isoformat())
            self._slim(group, question, SLIM, None)
        except BadQuestion as error:
            # A registry that knows a field no more: what it publishes is still to be had.
            why = str(error)
        except _TooManyDiffer:
            why = "too many differ from what is stored"
        else:
            self._slimmed.add(question)
            return
        log.warning("no slim records, whole ones instead", registry=self._registry.name, why=why)
        self._whole(group, question, lambda begun: self._registry.by_query({}, begun=begun))

    def _whole(self, group: Sequence[Due], question: str, ask: Ask) -> None:
        keep = self._slims.keep if group[0].mirror else None
        sweep = self._open(question, WHOLE)

        def take(page: Page) -> Collection[str]:
            present = self._sweep.take(page.records, lambda trial: group, stored=keep)
            failed = set(page.ids) - present
            self._failed |= failed
            return failed

        self._through(sweep, ask, take)
        self._fetch(sweep, group)

    def _slim(self, group: Sequence[Due], question: str, kind: str, since: str | None) -> None:
        sweep = self._open(question, kind)

        def take(page: Page) -> Collection[str]:
            differing = self._slims.differing(page)
            assert page.progress is not None
            most = max(FEW_DIFFERING, page.progress.total * MOST_DIFFERING)
            before = 0 if page.total is not None else sweep.wanting()  # it begins, or begins again
            if kind == SLIM and before + len(differing) > most:
                raise _TooManyDiffer
            self._sweep.seen_equal([trial for trial in page.ids if trial not in differing], group)
            return differing

        self._through(sweep, lambda begun: self._registry.slim(since=since, begun=begun), take)
        self._fetch(sweep, group)

    def _through(self, sweep: UnderWay, ask: Ask, take: Callable[[Page], Collection[str]]) -> None:
        """What is left of its pages. take: stores one, and says who on it must be asked for by their ids."""
        if not sweep.ended:
            since = self._clock()
            try:
                for page in ask(sweep.begun()):
                    wanted = take(page)
                    now = self._clock()
                    seconds = max(0.0, (now - since).total_seconds())
                    since = now
                    with immediate(self._db):
                        sweep.advance(page, wanted=wanted, seconds=seconds)
                    self._watching(sweep.pace())
            except SweepBroken:
                with immediate(self._db):
                    sweep.begin_again()
                raise
            if not sweep.ended:
                with immediate(self._db):
                    sweep.end()
        self._arrived = max(self._arrived, sweep.arrived)

    def _fetch(self, sweep: UnderWay, group: Sequence[Due]) -> None:
        """The whole records of those that it wants."""
        in_vain = 0
        for batch in self._registry.by_ids(one for one in sweep.wanted() if one not in self._failed):
            if isinstance(batch.answer, RegistryError):
                if batch.of_one:  # it is listed, so it is there
                    self._failed.update(batch.asked)
                self._trouble.failed(batch.answer, (), span(batch.asked))
                in_vain += 1
                if in_vain > MOST_IN_VAIN:
                    break
                continue
            in_vain = 0
            present = self._sweep.take(batch.answer.records, lambda trial: group, stored=self._slims.keep)
            with immediate(self._db):
                sweep.fetched(present)
            self._failed.update(set(batch.answer.ids) - present)
            absent = [trial for trial in batch.asked if trial not in batch.answer.ids]
            if absent:
                self._failed.update(absent)
                self._trouble.problem(
                    SweepBroken(f"{span(absent)}: listed, and not given when asked for by id; asked again")
                )
        for trial in sweep.wanted():
            self._trouble.lacks(group)  # of each it is known that it is there
            if trial not in self._failed:
                self._trouble.spoil(group)
                break

    def _open(self, question: str, kind: str) -> UnderWay:
        with immediate(self._db):
            sweep = under_way.of(
                self._db,
                registry=self._registry.name,
                question=question,
                kind=kind,
                build=self._build.stamp,
                now=self._clock(),
            )
            sweep.take_up()
        return sweep

    def _begun(self, question: str, kind: str) -> bool:
        return under_way.any_of(self._db, self._registry.name, question=question, kind=kind)


def _day(stamp: str | None) -> date:
    assert stamp  # the registry's stamps begin with their day
    return date.fromisoformat(stamp[:10])
