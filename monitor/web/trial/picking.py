"""The form that picks two versions of a trial to compare: what it lists, what it leaves out, what is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.web.drawing.names import choice, number_of
from snapshots.changeset import Source, VersionRef
from snapshots.query import Version

CHOICES = 200  # versions listed; any others can still be compared by their address


@dataclass(frozen=True, slots=True, kw_only=True)
class Picking:
    choices: tuple[tuple[str, str], ...]  # number as in an address, and the line to choose
    older: str
    newer: str
    left_out: int  # versions that are stored and not listed


def choices_of(shown: Sequence[Version], *, chosen: tuple[VersionRef, VersionRef] | None = None) -> Picking:
    """Versions newest first. Without a choice: our last two snapshots, else the last two of any line."""
    listed = [one.ref for one in reversed(shown)][:CHOICES]
    left_out = len(shown) - len(listed)
    if chosen is None:
        ours = [ref for ref in listed if ref.source is Source.SNAPSHOT]
        last = ours if len(ours) > 1 else listed
        chosen = (last[1], last[0]) if len(last) > 1 else None
    for ref in reversed(chosen or ()):
        if ref not in listed:  # an older one, or the twin of one that is
            listed.insert(0, ref)
    return Picking(
        choices=tuple((number_of(ref), choice(ref)) for ref in listed),
        older=number_of(chosen[0]) if chosen else "",
        newer=number_of(chosen[1]) if chosen else "",
        left_out=left_out,
    )
