"""What versions are called on pages and in addresses, and reading the addresses back."""

from __future__ import annotations

import re

from markupsafe import Markup

from monitor import addresses
from monitor.web.drawing.moments import moment
from snapshots.changeset import Source, VersionRef

_NUMBER = re.compile(r"(r?)([1-9][0-9]{0,8})\Z")


def version_named(text: str) -> tuple[Source, int] | None:
    """`3` is our third snapshot, `r12` the registry's twelfth version; None when it is neither."""
    found = _NUMBER.match(text.lower())
    if found is None:
        return None
    return (Source.ARCHIVE if found[1] else Source.SNAPSHOT), int(found[2])


def name_of(ref: VersionRef) -> str:
    return f"Registry's version {ref.version}" if ref.source is Source.ARCHIVE else f"Version {ref.version}"


def in_sentence(name: str) -> str:
    """As it stands within a sentence: `Version 3` is `version 3`."""
    return name[:1].lower() + name[1:]


def day_of(ref: VersionRef) -> str:
    """The day by which history sorts: of the data build, or of submission."""
    if ref.source is Source.ARCHIVE:
        return ref.updated or ""
    return ref.build or (ref.seen_at.date().isoformat() if ref.seen_at else "")


def choice(ref: VersionRef) -> str:
    """As a line in a list to choose from."""
    return f"{name_of(ref)} – {day_of(ref)}"


def meta_of(ref: VersionRef) -> list[str]:
    """The dates of a version, each said to be what it is, so that nobody blames the wrong one. A moment is HTML."""
    if ref.source is Source.ARCHIVE:
        said = [f"submitted {ref.updated}" if ref.updated else "", "from the registry's record history"]
    else:
        said = [
            f"posted by the registry {ref.updated}" if ref.updated else "",
            f"data build of {ref.build}" if ref.build else "",
            Markup("seen by us {}").format(moment(ref.seen_at)) if ref.seen_at else "",
        ]
    return [one for one in said if one]


def number_of(ref: VersionRef) -> str:
    """As an address has it: `3`, `r12`."""
    return addresses.number(ref) or ""
