"""A sweep: all pages of one question to ClinicalTrials.gov, checked against what the registry says there is.

Asks through a function, so it knows nothing of HTTP. Memory: one page, and two bits for each id seen.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from monitor.registries.asking import Oversize
from monitor.registries.base import Absurd, BadQuestion, Begun, Page, Progress, SweepBroken
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


def sweep(ask: AskPage, size: PageSize, begun: Begun | None = None) -> Iterator[Page]:
    """Pages with records, and progress with each; one empty page when there are none at all.

    A record's bytes are released when the next page is asked for. Raises SweepBroken, after all that arrived, when it
    is not exactly what the registry said there is.
    """
    given = restarted = False
    while True:
        try:
            for page in _through(ask, size, begun):
                given = True
                yield page
            return
        except _TooLargeAmid:
            begun = None  # from the first page, in the smaller size
        except _TokenRefused as error:
            # Nobody promises that a token survives a rebuild of the data. From the start again, but only if
            # the caller has seen nothing: what it saw may be of another build.
            if given or restarted:
                raise SweepBroken(
                    f"the sweep's page token is no longer taken, the next poll starts again ({error})"
                ) from None
            restarted, begun = True, None


def _through(ask: AskPage, size: PageSize, begun: Begun | None) -> Iterator[Page]:
    seen, tokens = IdSet(), set[str]()
    token: str | None = None
    total: int | None = None
    arrived = repeated = empty = 0
    asked = size.now
    if begun is not None:
        progress = begun.progress
        token, total, repeated, asked = progress.token, progress.total, progress.repeated, progress.size
        arrived = sum(seen.add(id.encode()) for id in begun.ids)
    yielded = begun is not None
    while True:
        page, asked = _asked(ask, token, asked, size)
        if token is None:
            if page.total is None or page.total < 0:
                raise Absurd(f"{page.came_from} does not say how many records there are")
            total = page.total
        assert total is not None
        fresh = [(record, id) for record, id in zip(page.records, page.ids, strict=True) if seen.add(id)]
        arrived += len(fresh)
        repeated += len(page.records) - len(fresh)
        empty = 0 if fresh else empty + 1
        token = page.next
        del page
        records = [record for record, _ in fresh]
        ids = [id.decode() for _, id in fresh]
        del fresh
        progress = Progress(token=token, size=asked, total=total, arrived=arrived, repeated=repeated)
        if records:
            yield Page(records=records, ids=ids, total=None if yielded else total, progress=progress)
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
        yield Page(records=(), ids=(), total=total, progress=progress)


def _asked(ask: AskPage, token: str | None, asked: int, size: PageSize) -> tuple[Slice, int]:
    """A page, and how many records were asked for; no page of a sweep is asked for in another size than its first."""
    while True:
        try:
            return ask(token, asked), asked
        except Oversize:
            while size.now >= asked:  # another sweep may have halved it meanwhile
                if not size.halve():
                    raise
            if token is not None:
                raise _TooLargeAmid from None
            asked = size.now
        except BadQuestion as error:
            if token is None:
                raise
            raise _TokenRefused(str(error)) from None
