"""What a watch would find, asked before there is one: how many match now, and the newest of them by name.

Partial records, which never become versions. Believed on the same terms as whole ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from monitor.registries.base import Absurd, Glimpse, Page, Preview
from monitor.registries.ctgov_pages import Slice

FIELDS = ("fields", "NCTId,NCTIdAlias,BriefTitle,OverallStatus,LastUpdatePostDate,Phase")
NEWEST_FIRST = ("sort", "LastUpdatePostDate:desc")
BEFORE_AND_AFTER = (
    2  # a poll asks which data build it is before it sweeps, and whether it still is afterwards
)


class _Identification(msgspec.Struct):
    nctId: str  # noqa: N815 - the registry's name
    briefTitle: str | None = None  # noqa: N815
    nctIdAliases: tuple[str, ...] = ()  # noqa: N815


class _Posted(msgspec.Struct):
    date: str


class _Status(msgspec.Struct):
    overallStatus: str | None = None  # noqa: N815
    lastUpdatePostDateStruct: _Posted | None = None  # noqa: N815


class _Design(msgspec.Struct):
    phases: tuple[str, ...] = ()


class _Protocol(msgspec.Struct):
    identificationModule: _Identification  # noqa: N815
    statusModule: _Status = msgspec.field(default_factory=_Status)  # noqa: N815
    designModule: _Design = msgspec.field(default_factory=_Design)  # noqa: N815


class _Record(msgspec.Struct):
    protocolSection: _Protocol  # noqa: N815


_decoder = msgspec.json.Decoder(_Record)


def of_query(page: Slice, *, page_size: int) -> Preview:
    """From the first page of a query, newest first. page_size: of the sweep that a poll would make."""
    if page.total is None or page.total < len(page.records):
        raise Absurd(f"{page.came_from} gave {len(page.records)} records and counts {page.total}")
    return Preview(
        matches=page.total,
        shown=tuple(_glimpse(_read(record, page.came_from)) for record in page.records),
        requests=BEFORE_AND_AFTER + max(1, -(-page.total // page_size)),
    )


def of_ids(asked: Sequence[str], pages: Iterable[Page], *, show: int, label: str) -> Preview:
    """From the partial records that came for some ids; pages: one for each question that a poll would ask too."""
    found: dict[str, Glimpse] = {}
    merged: dict[str, str] = {}
    named = set(asked)
    questions = 0
    for page in pages:
        questions += 1
        for record in page.records:
            read = _read(record, label)
            glimpse = _glimpse(read)
            found[glimpse.trial] = glimpse
            aliases = read.protocolSection.identificationModule.nctIdAliases
            merged |= dict.fromkeys(named.intersection(aliases), glimpse.trial)
    newest = sorted(found.values(), key=lambda one: (one.updated or "", one.trial), reverse=True)
    missing = tuple(id for id in asked if id not in found and id not in merged)
    alone = len(missing) + 2 * len(merged)  # the id, and the record that it lives on under
    return Preview(
        matches=len(found),
        shown=tuple(newest[:show]),
        # One that does not come back is asked for by itself, and then which build it is once more.
        requests=BEFORE_AND_AFTER + questions + (alone + 1 if alone else 0),
        missing=missing,
        merged=merged,
    )


def _read(record: bytes | memoryview, whence: str) -> _Record:
    try:
        return _decoder.decode(record)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Absurd(f"{whence} gave a record that cannot be read: {error}") from None


def _glimpse(record: _Record) -> Glimpse:
    protocol = record.protocolSection
    posted = protocol.statusModule.lastUpdatePostDateStruct
    return Glimpse(
        trial=protocol.identificationModule.nctId,
        title=protocol.identificationModule.briefTitle,
        status=protocol.statusModule.overallStatus,
        phases=protocol.designModule.phases,
        updated=None if posted is None else posted.date,
    )
