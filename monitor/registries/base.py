"""The `Registry` interface, what it answers, and its errors.

RegistryError
├── Unreachable      no answer, too slow, 5xx or 429 to the last try: the same question may be answered later
│   └── Stopped      the process is to end: nothing more was asked
├── Refused          403: the registry's firewall does not want this client; says nothing about any record
├── BadQuestion      400, 414: the question itself is wrong (a query's syntax, an unknown field)
├── Absurd           an answer that cannot be believed: not JSON, wrong shape, cut short, ids nobody asked for
│   └── Unasked      a question by ids was answered with a record that names none of them
├── SweepBroken      a sweep could not be finished as begun (an expired token, records short of totalCount);
│                    whole records that came before it stand, nothing may be concluded from absence
├── MalformedId      a text that is no id of this registry; nothing was asked
└── NoHistory        the record history is switched off, absent for this record, or not as we know it

Not found, moved, found and unchanged are results, never errors and never one None.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

import msgspec


class RegistryError(Exception):
    """Base. `str()` is one line for a person; `hint`, where there is one, says what to do."""

    hint: str | None = None
    retryable: bool = False

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        if hint is not None:
            self.hint = hint


class Unreachable(RegistryError):
    """status: of the last try, None when there was no answer. retry_after: as the registry asked for, if it did."""

    retryable = True

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        status: int | None = None,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.retry_after = retry_after


class Stopped(Unreachable):
    pass


class Refused(RegistryError):
    pass


class BadQuestion(RegistryError):
    pass


class Absurd(RegistryError):
    retryable = True


class Unasked(Absurd):
    pass


class SweepBroken(RegistryError):
    retryable = True


class MalformedId(RegistryError):
    pass


class NoHistory(RegistryError):
    pass


class DataBuild(msgspec.Struct, frozen=True, kw_only=True):
    """The registry's data set as it stands between two rebuilds."""

    stamp: str  # the registry's own words (ctgov: dataTimestamp, `2026-09-04T09:00:06`, UTC)
    day: str  # ISO day of it


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a sweep has come after one of its pages: all that is needed to go on from there."""

    token: str | None  # the registry's word for the next page; None: this was the last
    size: int  # records a page; the same on every page of a sweep
    total: int  # how many the registry says there are
    arrived: int  # distinct records, all pages so far
    repeated: int  # that came more than once: the sweep is not sound

    @property
    def whole(self) -> bool:
        """The last page came, and with it exactly what the registry counts."""
        return self.token is None and self.arrived == self.total and not self.repeated


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """A sweep that got somewhere before: its `Progress` then, and the ids that arrived."""

    progress: Progress
    ids: Iterable[str]


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Some records, each as the bytes it came in; nothing of them was parsed beyond its borders.

    `records` may be empty (a page may be, and still be followed by another). Each element is a JSON object's
    UTF-8 bytes (a memoryview or bytes); it is valid only until the next page is asked for.
    """

    records: Sequence[bytes | memoryview]
    ids: Sequence[str]  # the records' own, in the same order
    total: int | None  # how many the registry says there are; on a sweep's first page only
    progress: Progress | None = None  # after this page; None where it is no page of a sweep


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a question for some ids, and what was asked: a page, or what this one question failed at."""

    asked: tuple[str, ...]
    answer: Page | RegistryError

    @property
    def of_one(self) -> bool:
        """It failed for itself, and for one id alone."""
        return len(self.asked) == 1 and isinstance(self.answer, (Absurd, BadQuestion))

    @property
    def strange(self) -> bool:
        """One id was answered with a record that does not name it: `study` tells what became of it."""
        return len(self.asked) == 1 and isinstance(self.answer, Unasked)

    @property
    def page(self) -> Page:
        """Raises what the question failed at: nobody takes that for an empty page."""
        if isinstance(self.answer, RegistryError):
            raise self.answer
        return self.answer


class Found(msgspec.Struct, frozen=True, kw_only=True):
    raw: bytes


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """The id is an alias now: the record lives on under another one."""

    to: str


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """The registry says plainly that it has no such record (404). One such answer is not yet a fact."""


class ArchiveEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a record's own history in the registry."""

    number: int  # 1-based, as the registry's Record History tab shows
    submitted: str  # ISO day
    status: str | None
    modules: tuple[str, ...]  # the labels of what changed, the registry's words


class Glimpse(msgspec.Struct, frozen=True, kw_only=True):
    """A trial in one line, from a partial record: for people who choose what to watch, never a version."""

    trial: str
    title: str | None
    status: str | None  # the registry's own word, as are the phases
    phases: tuple[str, ...]
    updated: str | None  # ISO day on which its last update was posted


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a watch would hold if it began now."""

    matches: int
    shown: tuple[Glimpse, ...]  # some of them, the newest update first
    requests: int  # what a first look would ask, as long as no page is too large to be had in one piece
    missing: tuple[str, ...] = ()  # ids asked for that the registry does not give
    merged: Mapping[str, str] = {}  # id asked for → the one that it lives on under


class Registry(Protocol):
    """One registry. An instance may be used from several threads; the rate limit is shared.

    Every method may raise Unreachable, Refused and Absurd. Each implementation passes the contract suite in
    tests/test_registry_contract.py.
    """

    name: str  # "ctgov"
    label: str  # "ClinicalTrials.gov", for people

    def trial_id(self, text: str) -> str:
        """The canonical id in a text: an id, short or zero-padded, any case, or a record's web address.

        Raises MalformedId. Asks nobody.
        """

    def url(self, trial: str) -> str:
        """The registry's own page of a trial."""

    def query_from_url(self, text: str) -> dict[str, str] | None:
        """The query behind a search page's web address; None when it is none. Asks nobody.

        Raises BadQuestion for a search of which a part cannot be said in our keys: nothing is dropped.
        """

    def build(self) -> DataBuild:
        """One request."""

    def study(self, trial: str) -> Found | Moved | Missing:
        """One record. One request."""

    def by_ids(self, trials: Iterable[str]) -> Iterator[Batch]:
        """Whole records of distinct ids, in as few requests as the URL's length allows; reads them as it asks.

        Each batch is believed only when whole: JSON parses, no id that was not asked for (an alias's
        survivor counts as asked for), no id twice, totalCount matches. Ids that are missing from the answer
        are simply not in the page: the caller asks `study` about each.

        A question that fails for itself (Absurd, BadQuestion, Unreachable with a 5xx) is a batch without a
        page, and hides no later one; what says that nobody answers us is raised.
        """

    def by_query(self, query: Mapping[str, str], *, begun: Begun | None = None) -> Iterator[Page]:
        """Whole records that match; `{}` is all. Raises SweepBroken at the end when the count is wrong.

        begun: go on from there, on the same data build. A page with a total is the first of a sweep that begins: the
        first of all, or, where the registry takes the token no more or a page was too large, of one that begins
        again. No id comes twice between two of these.

        Raises BadQuestion, with the registry's own words, when the query is refused.
        """

    def same_query(self, query: Mapping[str, str]) -> str:
        """A text that two queries share when it is certain that they match the same; also of a wrong one."""

    def slim(self, *, since: str | None = None, begun: Begun | None = None) -> Iterator[Page]:
        """Slim records of all trials, or of those posted since a day (ISO), it included; else as `by_query`.

        They hold what changes without a new post date, and tell by `slim_digest` whether the whole one is worth
        asking for. They are no study records.
        """

    def slim_digest(self, record: bytes | memoryview | Mapping[str, Any]) -> bytes:
        """What a slim record says, or would say of a whole one, in 16 bytes. Asks nobody.

        A whole record and the slim one of the same content have the same digest. Raises Absurd for what is no JSON.
        """

    def count(self, query: Mapping[str, str]) -> int:
        """How many match. One request."""

    def preview(self, query: Mapping[str, str], *, show: int) -> Preview:
        """What a watch of this query would hold now, and some of it. One request.

        Raises BadQuestion, with the registry's own words, when the query is refused.
        """

    def preview_ids(self, trials: Sequence[str], *, show: int) -> Preview:
        """The same for a watch of ids. As many requests as `by_ids`; raises what any of them fails at."""

    def history(self, trial: str) -> tuple[ArchiveEntry, ...]:
        """Oldest first. Raises NoHistory; Missing ids raise NoHistory too. One request."""

    def archived(self, trial: str, number: int) -> dict[str, Any]:
        """One archived version, its text normalised to the form of the current API. Raises NoHistory."""
