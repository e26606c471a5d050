"""ClinicalTrials.gov as a `Registry`: API v2 for what is published now, the record history for what was.

Promises of its own: an answer is given out only when it is whole and about what was asked; one malformed id
is found before it is sent, for it would spoil the whole batch.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import msgspec

from monitor.registries import ctgov_ids, ctgov_query
from monitor.registries.asking import LARGEST_SMALL, ask
from monitor.registries.base import (
    Absurd,
    ArchiveEntry,
    BadQuestion,
    Batch,
    Begun,
    DataBuild,
    Found,
    Missing,
    Moved,
    Page,
    Preview,
    RegistryError,
    Stopped,
    Unasked,
    Unreachable,
)
from monitor.registries.ctgov_pages import Slice, aliases, decoded, names, sliced
from monitor.registries.ctgov_slim import FIELDS, digest
from monitor.registries.ctgov_sweep import AskPage, PageSize, sweep
from monitor.transport import TLS, Answer, Limiter, Transport, Wait, shortened

STUDIES = "/api/v2/studies"
LARGEST_PAGE = 64 * 1024 * 1024  # 1,000 records are 15 to 35 MB as a rule, 100 MB at worst
LARGEST_RECORD = 16 * 1024 * 1024  # 4 MB were seen
PAGE_SIZE = 1000  # the registry's own maximum; more is silently reduced
IDS_PER_REQUEST = 200  # others use 100 to 200; there is no documented maximum but the address's length
SPLITS_IN_VAIN = 8  # in a row; enough to find one bad id among 200, and few when no answer is any good
LONGEST_URL = 4000  # characters; where the registry's limit lies is unknown

_STAMP = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T[0-9]{2}:[0-9]{2}(:[0-9]{2})?.*")
_STUDY_PATH = re.compile(r"/(?:api/v2/studies|study)/(NCT[0-9]{8})/?")


class _Version(msgspec.Struct):
    dataTimestamp: str  # noqa: N815 - the registry's name


_version_decoder = msgspec.json.Decoder(_Version)


class CtgovRegistry:
    """See `Registry` for the promises of each method.

    deadline: seconds for one request. clock (monotonic) and wait serve the transport made here; neither is
    used when one is given.
    """

    name = "ctgov"
    label = "ClinicalTrials.gov"

    def __init__(
        self,
        *,
        url: str = ctgov_ids.SITE,
        requests_per_minute: int = 50,
        user_agent: str | None = None,
        tls: TLS = "default",
        deadline: float = 120.0,
        page_size: int = PAGE_SIZE,
        page_cap: int = LARGEST_PAGE,
        ids_per_request: int = IDS_PER_REQUEST,
        clock: Callable[[], float] = time.monotonic,
        wait: Wait | None = None,
        transport: Transport | None = None,
    ) -> None:
        self._transport = transport or Transport(
            url,
            limiter=Limiter(requests_per_minute, clock=clock),
            user_agent=user_agent,
            tls=tls,
            deadline=deadline,
            clock=clock,
            wait=wait,
        )
        self._site = self._transport.origin
        self._page_size = PageSize(page_size)
        self._slim_size = PageSize(page_size)
        self._page_cap = page_cap
        room = LONGEST_URL - len(self._transport.address(STUDIES, self._ids_params([])))
        self._ids_per_request = max(1, min(ids_per_request, page_size, room // len("NCT00000000,")))

    def close(self) -> None:
        self._transport.close()

    def trial_id(self, text: str) -> str:
        return ctgov_ids.trial_id(text, site=self._site)

    def url(self, trial: str) -> str:
        return f"{self._site}/study/{trial}"

    def query_from_url(self, text: str) -> dict[str, str] | None:
        """Also raises BadQuestion, for a search page with a part that our query cannot say."""
        return ctgov_query.query_from_url(text, site=self._site)

    def build(self) -> DataBuild:
        answer = self._ask("/api/v2/version")
        stamp = decoded(_version_decoder, answer).dataTimestamp
        match = _STAMP.fullmatch(stamp)
        if match is None:
            raise Absurd(f"{answer.url} gives a data build that is no time: `{stamp[:40]}`")
        return DataBuild(stamp=stamp, day=match[1])

    def study(self, trial: str) -> Found | Moved | Missing:
        trial = self.trial_id(trial)
        answer = self._ask(f"{STUDIES}/{trial}", follow=False, cap=LARGEST_RECORD)
        if answer.status == 404:
            return Missing()
        if answer.status != 200:
            return self._moved(trial, answer)
        id, others = names(answer)
        if id == trial:
            return Found(raw=bytes(answer.body))
        if trial in others:
            return Moved(to=id)
        raise Absurd(f"{answer.url} gave another record: `{id}`")

    def by_ids(self, trials: Iterable[str]) -> Iterator[Batch]:
        ids = (one if ctgov_ids.is_id(one) else self.trial_id(one) for one in trials)
        return self._batches(iter(lambda: tuple(dict.fromkeys(islice(ids, self._ids_per_request))), ()))

    def by_query(self, query: Mapping[str, str], *, begun: Begun | None = None) -> Iterator[Page]:
        return sweep(self._pages(ctgov_query.parameters(query), self._page_cap), self._page_size, begun)

    def same_query(self, query: Mapping[str, str]) -> str:
        return ctgov_query.same(query)

    def slim(self, *, since: str | None = None, begun: Begun | None = None) -> Iterator[Page]:
        params = [("fields", FIELDS)]
        if since is not None:
            params.append(("filter.advanced", f"AREA[LastUpdatePostDate]RANGE[{since},MAX]"))
        return sweep(self._pages(params, LARGEST_RECORD), self._slim_size, begun)

    def slim_digest(self, record: bytes | memoryview | Mapping[str, Any]) -> bytes:
        return digest(record)

    def count(self, query: Mapping[str, str]) -> int:
        params = [*ctgov_query.parameters(query), ("fields", "NCTId")]
        page = self._pages(params, LARGEST_RECORD)(None, 1)
        if page.total is None:
            raise Absurd(f"{page.came_from} does not say how many records there are")
        return page.total

    def preview(self, query: Mapping[str, str], *, show: int) -> Preview:
        from monitor.registries import ctgov_preview

        params = [*ctgov_query.parameters(query), ctgov_preview.FIELDS, ctgov_preview.NEWEST_FIRST]
        page = self._pages(params, LARGEST_RECORD)(None, show)
        return ctgov_preview.of_query(page, page_size=self._page_size.now)

    def preview_ids(self, trials: Sequence[str], *, show: int) -> Preview:
        from monitor.registries import ctgov_preview

        asked = tuple(dict.fromkeys(self.trial_id(one) for one in trials))
        size = self._ids_per_request
        pages = (
            self._page_of(asked[start : start + size], ctgov_preview.FIELDS)
            for start in range(0, len(asked), size)
        )
        return ctgov_preview.of_ids(asked, pages, show=show, label=self.label)

    def history(self, trial: str) -> tuple[ArchiveEntry, ...]:
        from monitor.registries import ctgov_history

        return ctgov_history.entries(self._transport, self.trial_id(trial), label=self.label)

    def archived(self, trial: str, number: int) -> dict[str, Any]:
        from monitor.registries import ctgov_history

        return ctgov_history.version(self._transport, self.trial_id(trial), number, label=self.label)

    def _ask(
        self,
        path: str,
        params: Sequence[tuple[str, str]] = (),
        *,
        follow: bool = True,
        cap: int = LARGEST_SMALL,
    ) -> Answer:
        return ask(self._transport, path, params, label=self.label, follow=follow, cap=cap)

    def _pages(self, params: Sequence[tuple[str, str]], cap: int) -> AskPage:
        """All parameters but the token must stay as they are from page to page."""

        def page(token: str | None, size: int) -> Slice:
            asked = [*params, ("countTotal", "true"), ("pageSize", str(size))]
            if token is not None:
                asked.append(("pageToken", token))
            return sliced(self._ask(STUDIES, asked, cap=cap))

        return page

    def _moved(self, trial: str, answer: Answer) -> Moved:
        """Only a permanent redirect to another record's own address says that a record was merged."""
        if answer.status in (301, 308) and answer.location:
            # Resolved as text: what does not begin with our own site is nobody's record.
            whole = answer.location
            if whole.startswith("/") and not whole.startswith("//"):
                root = urlsplit(self._site)
                whole = f"{root.scheme}://{root.netloc}{whole}"
            match = _STUDY_PATH.fullmatch(whole.removeprefix(self._site).partition("?")[0])
            if match and match[1] != trial:
                return Moved(to=match[1])
        whither = f"; it points to `{shortened(answer.location)}`" if answer.location else ""
        raise Absurd(f"{answer.url} answered {answer.status}, which says nothing about the record{whither}")

    def _batches(self, batches: Iterator[tuple[str, ...]]) -> Iterator[Batch]:
        """One that fails is split, down to the id that it fails for, unless that helps nobody."""
        waiting: list[tuple[str, ...]] = []
        in_vain = 0
        while ids := waiting.pop() if waiting else next(batches, ()):
            answer: Page | RegistryError
            try:
                answer = self._page_of(ids)
            except (Absurd, BadQuestion) as error:
                if len(ids) > 1 and in_vain < SPLITS_IN_VAIN:
                    in_vain += 1
                    middle = len(ids) // 2
                    waiting += [ids[middle:], ids[:middle]]
                    continue
                answer = error
            except Unreachable as error:
                # Five tries each, with pauses: not split. Whoever asks decides whether the registry is down.
                if isinstance(error, Stopped) or (error.status or 0) < 500:
                    raise
                answer = error
            else:
                in_vain = 0
            yield Batch(asked=ids, answer=answer)

    def _page_of(self, ids: tuple[str, ...], *further: tuple[str, str]) -> Page:
        """One question for some ids; a page is large enough for all of them."""
        page = sliced(self._ask(STUDIES, [*self._ids_params(ids), *further], cap=self._page_cap))
        asked = set(map(str.encode, ids))
        for record, id in zip(page.records, page.ids, strict=True):
            if id not in asked and asked.isdisjoint(map(str.encode, aliases(record))):
                raise Unasked(f"{page.came_from} gave a record that was not asked for: `{id.decode()}`")
        if len(set(page.ids)) != len(page.ids):
            raise Absurd(f"{page.came_from} gave a record twice")
        if page.total != len(page.ids) or page.next is not None:
            raise Absurd(
                f"{page.came_from} gave {len(page.ids)} records and counts {page.total}"
                f"{', with more to follow' if page.next else ''}"
            )
        return Page(records=page.records, ids=[id.decode() for id in page.ids], total=page.total)

    def _ids_params(self, ids: Sequence[str]) -> list[tuple[str, str]]:
        return [("filter.ids", ",".join(ids)), ("countTotal", "true"), ("pageSize", str(PAGE_SIZE))]
