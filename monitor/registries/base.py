"""The `Registry` interface, what it answers, and its errors.

RegistryError
├── Unreachable      no answer, too slow, 5xx or 429 to the last try: the same question may be answered later
│   └── Stopped      the process is to end: nothing more was asked
├── Refused          403: the registry's firewall does not want this client; says nothing about any record
├── BadQuestion      400, 414: the question itself is wrong (a query's syntax, an unknown field)
├── Absurd           an answer that cannot be believed: not JSON, wrong shape, cut short, ids nobody asked for
├── SweepBroken      a sweep could not be finished as begun (an expired token, records short of totalCount);
│                    whole records that came before it stand, nothing may be concluded from absence
├── MalformedId      a text that is no id of this registry; nothing was asked
└── NoHistory        the record history is switched off, absent for this record, or not as we know it

Not found, moved, found and unchanged are results, never errors and never one None.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Some whole records, each as the bytes it came in; nothing of them was parsed beyond its borders.

    `records` may be empty (a page may be, and still be followed by another). Each element is a JSON object's
    UTF-8 bytes (a memoryview or bytes); it is valid only until the next page is asked for.
    """

    records: Sequence[bytes | memoryview]
    total: int | None  # how many the registry says there are; on a sweep's first page only


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a question for some ids, and what was asked: a page, or what this one question failed at."""

    asked: tuple[str, ...]
    answer: Page | RegistryError

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

    def by_ids(self, trials: Sequence[str]) -> Iterator[Batch]:
        """Whole records, in as few requests as the URL's length allows.

        Each batch is believed only when whole: JSON parses, no id that was not asked for (an alias's
        survivor counts as asked for), no id twice, totalCount matches. Ids that are missing from the answer
        are simply not in the page: the caller asks `study` about each.

        A question that fails for itself (Absurd, BadQuestion, Unreachable with a 5xx) is a batch without a
        page, and hides no later one; what says that nobody answers us is raised.
        """

    def by_query(self, query: Mapping[str, str]) -> Iterator[Page]:
        """Whole records that match; `{}` is all. Raises SweepBroken at the end when the count is wrong.

        Raises BadQuestion, with the registry's own words, when the query is refused.
        """

    def count(self, query: Mapping[str, str]) -> int:
        """How many match. One request."""

    def history(self, trial: str) -> tuple[ArchiveEntry, ...]:
        """Oldest first. Raises NoHistory; Missing ids raise NoHistory too. One request."""

    def archived(self, trial: str, number: int) -> dict[str, Any]:
        """One archived version, its text normalised to the form of the current API. Raises NoHistory."""
