"""Which versions of a trial must be read to know how its sites stood: a bounded number, the newest."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.web.places.sites import Look, look
from monitor.web.reading import Reading
from snapshots.changeset import Source
from snapshots.timeline import Stood

MOST_READ = 24  # versions
MOST_BYTES = 4_000_000  # of their bodies, together; the newest is always read
_QUIET = (
    "select to_source, to_version, from_version from event where trial = ?1 and registry = ?2 and kind = 'changed'"
    " and from_source = to_source and not exists (select 1 from change where change.event = event.sequence"
    " and change.field in ('locations', 'overall-status'))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    looks: tuple[Look, ...]  # oldest first
    newest: Stood
    cut: bool  # older versions are stored, and were not read
    complete: bool  # the first is the registry's own first version: nothing was before
    damaged: int  # versions that could not be read


def looked(reader: Reading, registry: str, trial: str) -> Looked | None:
    """None when no version stood on any day. UnknownTrial."""
    line = reader.timeline(registry, trial)
    if not line:
        return None
    db = reader.database
    key = db.execute("select key from trial where trial = ? and registry = ?", [trial, registry]).fetchone()[
        0
    ]
    sizes = {
        (archive, number): size
        for archive, number, size in db.execute(
            "select archive, number, size from version where trial = ?", [key]
        )
    }
    quiet = {
        (Source(source), to): from_ for source, to, from_ in db.execute(_QUIET, [trial, registry]).fetchall()
    }
    wanted = [
        one
        for before, one in zip([None, *line], line, strict=False)
        if before is None
        or before.source is not one.source
        or quiet.get((one.source, one.number)) != before.number
    ]
    found: list[Look] = []
    left, damaged, first = MOST_BYTES, 0, 0
    for first in range(len(wanted) - 1, -1, -1):
        one = wanted[first]
        _, body = reader.stored(key, trial, one.source, one.number)
        if body is None:
            damaged += 1
        else:
            found.append(look(body, one.since))
        left -= sizes[one.source.archive, one.number]
        following = sizes[wanted[first - 1].source.archive, wanted[first - 1].number] if first else 0
        if len(wanted) - first >= MOST_READ or left < following:
            break
    oldest = wanted[first]
    return Looked(
        looks=tuple(reversed(found)),
        newest=line[-1],
        cut=first > 0,
        complete=oldest.source is Source.ARCHIVE and oldest.number == 1 and first == 0,
        damaged=damaged,
    )
