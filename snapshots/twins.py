"""Which archive version and which snapshot are the same version, seen from both sides.

Equal content is the plain case. But the archive writes text as HTML where the current record has markdown,
and knows neither the registry's computed sections nor the day of posting: so versions of one submission are
compared by what the submitter wrote, with the markup taken away. Pure: versions and a way to read them go in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from snapshots.changeset import VersionRef
from snapshots.markup import same_words
from snapshots.stored import Version

_SECTIONS = ("protocolSection", "resultsSection")
_POSTED = ("PostDateStruct",)  # ends of keys that name a day of posting, later than the submission


def twins(
    archive: Sequence[Version], snapshots: Sequence[Version], read: Callable[[Version], dict[str, Any]] | None
) -> dict[VersionRef, VersionRef]:
    """Each version's twin, both ways; one to one, the earliest snapshot of several that are equal.

    read: None pairs those of one submission by its day alone: much quicker, and right but where somebody submitted
    twice on a day and the record shows the first.
    """
    paired: dict[VersionRef, VersionRef] = {}
    by_content = {version.content: version for version in reversed(snapshots)}
    for version in archive:
        twin = by_content.get(version.content)
        if twin is not None and twin.ref not in paired:
            paired[version.ref], paired[twin.ref] = twin.ref, version.ref
    for version in reversed(archive):  # of two on one day, the later is the one that was posted
        if version.ref in paired:
            continue
        for other in snapshots:
            if (
                other.submitted is not None
                and other.submitted == version.ref.updated
                and other.ref not in paired
                and (read is None or same_submission(read(other), read(version)))
            ):
                paired[version.ref], paired[other.ref] = other.ref, version.ref
                break
    return paired


def same_submission(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether the submitter wrote the same, however it is set."""
    return same_words(_submitted(one), _submitted(other))


def _submitted(record: dict[str, Any]) -> dict[str, Any]:
    return {name: _undated(record[name]) for name in _SECTIONS if name in record}


def _undated(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _undated(member) for key, member in value.items() if not key.endswith(_POSTED)}
    if isinstance(value, list):
        return [_undated(member) for member in value]
    return value
