"""Addresses of our own pages, as paths; and as whole addresses where a public root is known.

Pure. The web package serves these paths, alerts and feeds link to them: one place, so that they cannot
differ.
"""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

from snapshots.changeset import Source, VersionRef

# Below it the demo's registry answers, on this machine: by it an address, also one that is stored, says that what is
# there is scripted.
DEMO_PATH = "/trialbell-demo"


def trial(registry: str, id: str) -> str:
    return f"/trials/{quote(registry, safe='')}/{quote(id, safe='')}"


def number(ref: VersionRef) -> str | None:
    """A version's number in an address: `3` of our snapshots, `r12` of the archive; None when not stored."""
    if ref.version is None or ref.source not in (Source.SNAPSHOT, Source.ARCHIVE):
        return None
    return f"r{ref.version}" if ref.source is Source.ARCHIVE else str(ref.version)


def version(registry: str, id: str, ref: VersionRef) -> str | None:
    """The page of one version; None for a version that is not stored."""
    at = number(ref)
    return None if at is None else f"{trial(registry, id)}/versions/{at}"


def evidence(registry: str, id: str, ref: VersionRef) -> str | None:
    """The page of what vouches for a version; None for one that is not stored."""
    own = version(registry, id, ref)
    return None if own is None else f"{own}/evidence"


def bundle(of: str) -> str:
    """A file to cite and to check. of: the path of a version or of a comparison of two."""
    return f"{of}/bundle.zip"


def related(registry: str, id: str) -> str:
    """The trials that have to do with a trial."""
    return f"{trial(registry, id)}/related"


def ledger(entry: int | None = None, form: str = "") -> str:
    """The ledger, at the piece of an entry; None: at its end. form: `.json`, `.csv` or nothing."""
    return f"/ledger{form}" + ("" if entry is None else f"?from={entry}")


def compare(registry: str, id: str, older: VersionRef, newer: VersionRef) -> str | None:
    """The page that shows two versions side by side; None when one of them is not stored."""
    left, right = number(older), number(newer)
    return None if left is None or right is None else f"{trial(registry, id)}/compare/{left}...{right}"


def compare_trials(registry: str, one: tuple[str, VersionRef], other: tuple[str, VersionRef]) -> str | None:
    """The page of two trials beside each other, each in one version; None when one of them is not stored."""
    sides = [f"{quote(id, safe='')}@{number(ref)}" for id, ref in (one, other) if number(ref) is not None]
    return f"/compare/{quote(registry, safe='')}/{'...'.join(sides)}" if len(sides) == 2 else None


def fields(registry: str, id: str) -> str:
    """Which fields of a trial ever changed."""
    return f"{trial(registry, id)}/field"


def field(registry: str, id: str, slug: str) -> str:
    """One field of a trial through time."""
    return f"{fields(registry, id)}/{quote(slug, safe='')}"


def as_of(registry: str, id: str, day: date) -> str:
    return f"{trial(registry, id)}/on/{day.isoformat()}"


def event(sequence: int) -> str:
    """The page of one event, by its place in the order of storing."""
    return f"/events/{sequence}"


def watch(name: str) -> str:
    """What belongs to a watch, whatever its name is made of."""
    return f"/watches/{quote(name, safe='')}"


def changes_in_watch(name: str) -> str:
    """What changed in a watch's trials, newest first."""
    return f"/?watch={quote(name, safe='')}"


def sites_of_watch(name: str) -> str:
    """Where a watch's trials take place."""
    return f"{watch(name)}/sites"


def sites(registry: str, id: str) -> str:
    """Where a trial takes place."""
    return f"{trial(registry, id)}/sites"


def feed(of: str, format: str) -> str:
    """of: the path of a trial or a watch, or nothing for everything. format: `atom` or `json`."""
    return f"{of}/feed.{format}"


def calendar(of: str) -> str:
    """The key dates of a trial or of a watch, by its path."""
    return f"{of}/calendar.ics"


def whole(public_url: str | None, path: str | None) -> str | None:
    """A path under the public root; None where either is unknown. A root may have a path of its own."""
    return None if public_url is None or path is None else public_url.rstrip("/") + path
