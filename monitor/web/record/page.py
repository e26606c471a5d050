"""The page of a record: what stands around its sections, and what vouches for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import msgspec

from monitor import addresses
from monitor.web.address import Asked
from monitor.web.drawing.names import day_of, in_sentence, meta_of, name_of
from monitor.web.evidence.vouched import times_of, vouched, where_from
from monitor.web.finding import found_trial, last_confirmed
from monitor.web.reading import Reading
from monitor.web.record.sections import sections
from monitor.web.related.drawn import drawn
from monitor.web.related.finding import related
from monitor.web.trial import history
from monitor.web.trial.head import head
from snapshots.changeset import Source, VersionRef
from snapshots.facts import facts
from snapshots.query import Version


@dataclass(frozen=True)
class Opened:
    """A version with its stored bytes."""

    version: Version
    body: bytes

    @cached_property
    def record(self) -> dict[str, Any]:
        found: dict[str, Any] = msgspec.json.decode(self.body)
        return found


def page_values(
    asked: Asked,
    opened: Opened,
    *,
    day: date | None = None,
    answer: str | None = None,
    doubt: str | None = None,
) -> dict[str, Any]:
    """What `version.html` draws. day, answer, doubt: where the record is asked for as of a day."""
    reader, registry, trial, setting = asked.reader, asked.registry, asked.trial, asked.setting
    version, ref, record = opened.version, opened.version.ref, opened.record
    source = setting.source(registry)
    versions = reader.versions(registry, trial, by_day=True)
    line = sorted(
        (one.ref for one in versions if one.ref.source is ref.source), key=lambda one: one.version or 0
    )
    at = next(position for position, one in enumerate(line) if one.version == ref.version)
    previous = line[at - 1] if at else None
    following = line[at + 1] if at + 1 < len(line) else None
    twin = next((one.equal_to for one in versions if history.key(one.ref) == history.key(ref)), None)
    own = addresses.version(registry, trial, ref) or ""
    last = setting.last_day(reader.newest_build())
    told = vouched(reader, source, trial, version, opened.body)
    return {
        "here": "trials",
        "head": head(source, facts(record), record, ref),
        "meta": [*meta_of(ref), _currency(reader, registry, trial, ref, following)],
        "name": name_of(ref),
        "crumb": f"As of {day}" if day else name_of(ref),
        "answer": answer,
        "doubt": doubt,
        "told": told,
        "where_from": where_from(told),
        "times": times_of(told, version),
        "fetched_at": ref.seen_at,
        "twin_href": addresses.version(registry, trial, twin) if twin else None,
        "twin_name": name_of(twin) if twin else "",
        "own_href": own,
        "evidence_href": addresses.evidence(registry, trial, ref),
        "bundle_href": addresses.bundle(own),
        "ledger_href": addresses.ledger(told.ledger.entry),
        "pair_bundle_href": addresses.bundle(addresses.compare(registry, trial, previous, ref) or "")
        if previous
        else None,
        "before_href": addresses.compare(registry, trial, previous, ref) if previous else None,
        "previous_href": addresses.version(registry, trial, previous) if previous else None,
        "previous_name": name_of(previous) if previous else "",
        "next_href": addresses.version(registry, trial, following) if following else None,
        "next_name": name_of(following) if following else "",
        "sections": sections(record, staff=setting.study_staff),
        "staff": setting.study_staff,
        "related": drawn(related(reader, registry, trial, opened.body)),
        "day": (day or last).isoformat(),
        "last_day": last.isoformat(),
    }


def _currency(
    reader: Reading, registry: str, trial: str, ref: VersionRef, following: VersionRef | None
) -> str:
    """Whether this is how the record stands now, as far as we know."""
    if following is not None:
        return f"superseded by {in_sentence(name_of(following))} of {day_of(following)}"
    held = found_trial(reader, registry, trial)
    if ref.source is Source.ARCHIVE or held.state != "present" or ref.build is None:
        return "the newest stored of its kind"
    return f"last confirmed in the build of {last_confirmed(reader, held, ref.build)}"
