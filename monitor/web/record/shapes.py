"""JSON and CSV of records. Contacts of sites are never in the CSV; the record is exactly as it is stored."""

from __future__ import annotations

import msgspec

from monitor.web import shapes
from snapshots import query
from snapshots.instants import stamp


class AsOf(msgspec.Struct, frozen=True, kw_only=True):
    """The record as it stood on a day. answers: the version that stood then, as far as we saw; posted_already: a later
    one that the registry dates to that day or before, so that it may have shown that one; path: the page of what
    answers; sha256: of its bytes, which `path` + `.json` answers with.
    """

    day: str
    registry: str
    trial: str
    answers: shapes.Version
    posted_already: shapes.Version | None
    path: str
    sha256: str
    record: msgspec.Raw


class SiteRow(msgspec.Struct, frozen=True, kw_only=True):
    """A site of one version, as the record has it. status: in the registry's words; null where it has none."""

    facility: str | None
    status: str | None
    city: str | None
    state: str | None
    zip: str | None
    country: str | None
    lat: float | None
    lon: float | None


def version_of(version: query.Version) -> shapes.Version:
    ref = version.ref
    return shapes.Version(
        source=ref.source.value,
        version=ref.version,
        seen_at=stamp(ref.seen_at),
        updated=ref.updated,
        build=ref.build,
    )
