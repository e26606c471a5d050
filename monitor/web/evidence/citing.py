"""How a version is cited, or what changed between two: in words that still hold when this machine is gone. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor import release
from monitor.alerting.text import minute, only_here
from monitor.web.drawing.names import in_sentence, name_of
from monitor.web.sources import Source as Registry
from snapshots.changeset import Source
from snapshots.query import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """words: `version 3, posted by ClinicalTrials.gov on 2026-11-20; fetched 2026-11-21 09:12 UTC`."""

    words: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """addresses: the registry's own first; ours where others than this machine may reach it."""

    trial: str
    versions: tuple[Cited, ...]
    tool: str  # with its version
    addresses: tuple[str, ...]


def citation(at: Registry, trial: str, versions: Sequence[Version], *, own: str) -> Citation:
    """own: whole address of our page."""
    addresses = [at.history_url(trial), None if only_here(own) else own]
    return Citation(
        trial=trial,
        versions=tuple(_cited(one, at.label) for one in versions),
        tool=f"trialbell {release.version()}",
        addresses=tuple(one for one in addresses if one),
    )


def _cited(one: Version, label: str) -> Cited:
    ref = one.ref
    archived = ref.source is Source.ARCHIVE
    words = [in_sentence(name_of(ref))]
    if ref.updated and not archived:
        words.append(f"posted by {label} on {ref.updated}")
    elif submitted := ref.updated if archived else one.submitted:
        words.append(f"submitted to {label} on {submitted}")
    fetched = f"; fetched {minute(ref.seen_at)}" if ref.seen_at else ""
    return Cited(words=", ".join(words) + fetched, sha256=one.sha256.hex())
