"""What vouches for one version, as a value for its pages, its JSON and bundles."""

from __future__ import annotations

from monitor.alerting.text import minute
from monitor.web.drawing.blocks import Cell
from monitor.web.drawing.names import number_of
from monitor.web.evidence.shapes import Sealed, VersionEvidence
from monitor.web.sources import Source as Registry
from snapshots.changeset import Source
from snapshots.query import Reader, Version


def vouched(reader: Reader, at: Registry, trial: str, version: Version, body: bytes) -> VersionEvidence:
    """body: the version's stored bytes. Looks at what the database holds of it; see `snapshots.vouching`."""
    ref = version.ref
    archived = ref.source is Source.ARCHIVE
    found = reader.voucher(at.name, trial, ref.source, ref.version or 0, body)
    return VersionEvidence(
        registry=at.name,
        registry_label=at.label,
        trial=trial,
        version=number_of(ref),
        source=ref.source.value,
        size=len(body),
        sha256=version.sha256.hex(),
        content=version.content.hex(),
        seen_at=found.said[0],
        build=ref.build,
        posted=None if archived else ref.updated,
        submitted=ref.updated if archived else version.submitted,
        registry_url=at.url(trial),
        history_url=at.history_url(trial),
        ledger=Sealed(
            entry=found.entry,
            times_text=list(found.said),
            times=None if found.times is None else found.times.hex(),
            previous=None if found.previous is None else found.previous.hex(),
            chain=None if found.chain is None else found.chain.hex(),
        ),
        sound=not found.problems,
        problems=list(found.problems),
    )


def where_from(told: VersionEvidence) -> str:
    kind = "its record history" if told.source == Source.ARCHIVE.value else "as published"
    return f"{told.registry_label}, {kind}"


def times_of(told: VersionEvidence, version: Version) -> list[tuple[str, Cell]]:
    """Each time with what it is, in the order in which they happened; those that there are."""
    fetched = "Fetched by us" if told.source == Source.ARCHIVE.value else "First fetched by us"
    rows = [
        ("Submitted to the registry", told.submitted or ""),
        ("Posted by the registry", told.posted or ""),
        ("First seen in the data build of", told.build or ""),
        (fetched, minute(version.ref.seen_at) if version.ref.seen_at else ""),
    ]
    return [(label, Cell(text)) for label, text in rows if text]
