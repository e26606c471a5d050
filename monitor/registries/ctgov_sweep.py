"""A sweep: all pages of one question to ClinicalTrials.gov, checked against what the registry says there is.

Asks through a function, so it knows nothing of HTTP. Memory: one page, and two bits for each id seen.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from monitor.registries.asking import Oversize
from monitor.registries.base import Absurd, BadQuestion, Page, SweepBroken
from monitor.registries.ctgov_pages import Slice

EMPTY_IN_A_ROW = 20  # pages without a record but with a token; more are a circle that shows no other sign

# (token, page size) → that page.
AskPage = Callable[[str | None, int], Slice]


class PageSize:
    """How many records a page may have; halved when one was too large, and kept small from then on."""

    def __init__(self, size: int) -> None:
        self.now = size

    def halve(self) -> bool:
        """False when there is nothing left to halve."""
        if self.now <= 1:
            return False
        self.now //= 2
        return True


class IdSet:
    """Which of the 100 million possible ids were seen, a bit each, in blocks that exist only where ids do.

    The registry's 600,000 ids lie below 7.5 million: 1 MB. It cannot pass 13 MB.
    """

    BLOCK = 1 << 16

    def __init__(self) -> None:
        self._blocks: dict[int, bytearray] = {}

    @property
    def any(self) -> bool:
        return bool(self._blocks)

    def add(self, id: bytes) -> bool:
        """False when it was there already."""
        block, place = divmod(int(id[3:]), self.BLOCK)
        bits = self._blocks.get(block)
        if bits is None:
            bits = self._blocks[block] = bytearray(self.BLOCK // 8)
        mask = 1 << (place & 7)
        if bits[place >> 3] & mask:
            return False
        bits[place >> 3] |= mask
        return True


class _TokenRefused(Exception):
    pass


class _TooLargeAmid(Exception):
    """A page past the first was too large, and all pages of a sweep must be asked for in one size."""


def sweep(ask: AskPage, size: PageSize) -> Iterator[Page]:
    """Pages with records, the total on the first; one empty page when there are none at all.

    A record's bytes are released when the next page is asked for. No id comes twice. Raises SweepBroken,
    after all that arrived, when it is not exactly what the registry said there is.
    """
    given, restarted = IdSet(), False
    while True:
        try:
            yield from _through(ask, size, given)
            return
        except _TooLargeAmid:
            continue  # from the first page, in the smaller size; what was given is not given again
        except _TokenRefused as error:
            # Nobody promises that a token survives a rebuild of the data. From the start again, but only if
            # the caller has seen nothing: what it saw may be of another build.
            if given.any or restarted:
                raise SweepBroken(
                    f"the sweep's page token is no longer taken, the next poll starts again ({error})"
                ) from None
            restarted = True


def _through(ask: AskPage, size: PageSize, given: IdSet) -> Iterator[Page]:
    """given: ids that the caller has already; it is added to."""
    seen, tokens = IdSet(), set[str]()
    token: str | None = None
    total: int | None = None
    arrived = repeated = empty = 0
    yielded = given.any
    while True:
        page = _asked(ask, token, size)
        if token is None:
            if page.total is None or page.total < 0:
                raise Absurd(f"{page.came_from} does not say how many records there are")
            total = page.total
        assert total is not None
        fresh = [(record, id) for record, id in zip(page.records, page.ids, strict=True) if seen.add(id)]
        arrived += len(fresh)
        repeated += len(page.records) - len(fresh)
        empty = 0 if fresh else empty + 1
        records = [record for record, id in fresh if given.add(id)]
        token = page.next
        del page, fresh
        if records:
            yield Page(records=records, total=None if yielded else total)
            yielded = True
            for record in records:
                # A page's memory lives as long as one view of it. A part still in use keeps its view.
                with contextlib.suppress(BufferError):
                    record.release()
        del records
        if token is None:
            break
        if token in tokens:
            raise SweepBroken("the sweep runs in a circle: the registry gave the same page token twice")
        tokens.add(token)
        if empty > EMPTY_IN_A_ROW or arrived > total:
            break
    if repeated:
        raise SweepBroken(f"the sweep is not sound: {repeated} records came twice, so others may be missing")
    if arrived != total:
        raise SweepBroken(f"the sweep is not whole: {arrived:,} records came, the registry counts {total:,}")
    if not yielded:
        yield Page(records=(), total=total)


def _asked(ask: AskPage, token: str | None, size: PageSize) -> Slice:
    while True:
        asked = size.now
        try:
            return ask(token, asked)
        except Oversize:
            # Another sweep may have halved it meanwhile.
            if size.now == asked and not size.halve():
                raise
            if token is not None:
                raise _TooLargeAmid from None
        except BadQuestion as error:
            if token is None:
                raise
            raise _TokenRefused(str(error)) from None
