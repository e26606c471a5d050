"""The data sets that the loopback registry publishes: a build is a timestamp and every record as of it.

Records are held as JSON bytes, split around `versionHolder`, so that a page is a join and a new build costs
nothing per record. A build is never changed; the next one shares all records that stayed the same.
"""

import functools
import json
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from doubles.ctgov_answers import compact

BUILD_TIME = "T09:00:06"
NCT_ID = re.compile(r"NCT\d{8}\Z")
_HOLDER = re.compile(rb'"versionHolder":"([^"]*)"')
_MARK = "\N{OBJECT REPLACEMENT CHARACTER}versionHolder"

Record = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One published record: its bytes before and after the versionHolder, and what searches ask most."""

    nct_id: str
    aliases: tuple[str, ...]
    head: bytes
    tail: bytes
    status: str
    updated: str
    """lastUpdatePostDate; empty when the record has none."""
    submitted: str
    """lastUpdateSubmitDate, likewise."""

    def body(self, day: str) -> bytes:
        return b"%s%s%s" % (self.head, day.encode(), self.tail)

    def record(self, day: str) -> Record:
        record: Record = json.loads(self.body(day))
        return record

    def same_content(self, other: "Held") -> bool:
        return self.head == other.head and self.tail == other.tail


def hold(record: Record | bytes) -> Held:
    """A record (or its compact JSON) as the registry will publish it, its versionHolder left open."""
    if isinstance(record, bytes):
        marks = _HOLDER.findall(record)
        if len(marks) == 1:
            found = _HOLDER.search(record)
            assert found is not None
            return _index(json.loads(record), record[: found.start(1)], record[found.end(1) :])
        record = json.loads(record)
    assert isinstance(record, dict)
    derived = record.get("derivedSection", {})
    misc = {**{"versionHolder": _MARK}, **derived.get("miscInfoModule", {}), "versionHolder": _MARK}
    derived = {**{"miscInfoModule": misc}, **derived, "miscInfoModule": misc}
    if "derivedSection" in record:
        published = {**record, "derivedSection": derived}
    else:  # as published: derivedSection stands before hasResults
        published = {k: v for k, v in record.items() if k != "hasResults"} | {"derivedSection": derived}
        if "hasResults" in record:
            published["hasResults"] = record["hasResults"]
    body = compact(published)
    # a record with a lone surrogate is escaped throughout, and so is the mark
    mark = _MARK.encode() if _MARK.encode() in body else json.dumps(_MARK)[1:-1].encode()
    head, tail = body.split(mark)
    return _index(record, head, tail)


def _index(record: Record, head: bytes, tail: bytes) -> Held:
    protocol = record["protocolSection"]
    identification = protocol["identificationModule"]
    status = protocol.get("statusModule", {})
    return Held(
        nct_id=identification["nctId"],
        aliases=tuple(identification.get("nctIdAliases", ())),
        head=head,
        tail=tail,
        status=status.get("overallStatus", ""),
        submitted=status.get("lastUpdateSubmitDate", ""),
        updated=status.get("lastUpdatePostDateStruct", {}).get("date", ""),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    stamp: str
    """dataTimestamp, UTC without a zone, as published: 2026-11-20T09:00:06."""
    held: Mapping[str, Held]
    survivors: Mapping[str, str] = field(default_factory=dict)
    """Alias → the id of the record that it became."""

    @property
    def day(self) -> str:
        return self.stamp[:10]

    def find(self, nct_id: str) -> Held | None:
        """The record of that id, or the survivor of that alias."""
        return self.held.get(nct_id) or self.held.get(self.survivors.get(nct_id, ""))


@functools.lru_cache(maxsize=4)
def _scattered(ids: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(ids, key=lambda nct_id: (zlib.crc32(nct_id.encode()), nct_id)))


def unspecified_order(held: Mapping[str, Held]) -> tuple[str, ...]:
    """The order of a search without `sort`: unspecified, so not that of the ids, but steady in a build."""
    return _scattered(tuple(held))


def timestamp(when: str | date | datetime) -> str:
    """A day or a moment as dataTimestamp; a day alone gets the usual hour of the rebuild."""
    if isinstance(when, datetime):
        return when.strftime("%Y-%m-%dT%H:%M:%S")
    if isinstance(when, date):
        return when.isoformat() + BUILD_TIME
    return when if "T" in when else when + BUILD_TIME


def next_build(
    before: Build | None,
    when: str | date | datetime,
    records: Iterable[Record | bytes],
    removed: Iterable[str],
    aliases: Mapping[str, str],
) -> Build:
    """The build after `before`: records added or replaced, ids taken away, ids merged into others."""
    stamp = timestamp(when)
    if before is not None and stamp <= before.stamp:
        raise ValueError(f"a build must be later than the one before: {stamp} after {before.stamp}")
    held = dict(before.held) if before else {}
    survivors = dict(before.survivors) if before else {}
    for record in records:
        item = hold(record)
        held[item.nct_id] = item
        survivors.update(dict.fromkeys(item.aliases, item.nct_id))
    for old, survivor in aliases.items():
        held.pop(old, None)
        survivors[old] = survivor
        record = held[survivor].record(stamp[:10])
        identification = record["protocolSection"]["identificationModule"]
        names = identification.get("nctIdAliases", [])
        if old not in names:
            record["protocolSection"]["identificationModule"] = {
                "nctId": survivor,
                "nctIdAliases": [*names, old],
                **{k: v for k, v in identification.items() if k not in ("nctId", "nctIdAliases")},
            }
            held[survivor] = hold(record)
    for nct_id in removed:
        del held[nct_id]
    return Build(stamp=stamp, held=held, survivors=survivors)
