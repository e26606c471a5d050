"""The variable parts of addresses: what they are, which texts they may be, and an example of each.

Patterns say how an address is written; ids written otherwise are sent on to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from snapshots.fields import table

_PART = re.compile(r"\{(?P<name>[a-z_]+)(?::[a-z]+)?\}")
_DIGITS = "(?:0|[1-9][0-9]{0,17})"
_VERSION = "[rR]?[1-9][0-9]{0,8}"
_DAY = "[12][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_ID = "NCT(?!0{8})[0-9]{8}"
_ID_AT = f"{_ID}(?:@{_VERSION})?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    description: str
    schema: Mapping[str, Any]
    example: str


PARTS: Mapping[str, Part] = {
    "registry": Part(
        description="The registry",
        schema={"type": "string", "enum": ["ctgov"]},
        example="ctgov",
    ),
    "trial": Part(
        description="Id of a trial, as its registry writes it",
        schema={"type": "string", "pattern": f"^{_ID}$"},
        example="NCT07146087",
    ),
    "version": Part(
        description="`3` is our third snapshot, `r12` the registry's own twelfth version",
        schema={"type": "string", "pattern": f"^{_VERSION}$"},
        example="1",
    ),
    "pair": Part(
        description="Two versions or days, the older one first to read what happened: `3...4`, `r1...r2`,"
        " `2026-03-01...4`",
        schema={"type": "string", "pattern": rf"^(?:{_VERSION}|{_DAY})\.\.\.(?:{_VERSION}|{_DAY})$"},
        example="1...2",
    ),
    "trials": Part(
        description="Two trials, behind each perhaps a version, else the newest is meant:"
        " `NCT07146087...NCT01730547`, `NCT07146087@3...NCT01730547@r2`",
        schema={"type": "string", "pattern": rf"^{_ID_AT}\.\.\.{_ID_AT}$"},
        example="NCT07146087@1...NCT07146087@2",
    ),
    "field": Part(
        description="Slug of a field, as `enrollment` (docs/reference/fields.md)",
        schema={"type": "string", "enum": sorted(table("ctgov").slugs())},
        example="enrollment",
    ),
    "day": Part(
        description="A day",
        schema={"type": "string", "format": "date", "pattern": f"^{_DAY}$"},
        example="2026-11-23",
    ),
    "number": Part(
        description="Number of an event, in the order of storing",
        schema={"type": "string", "pattern": f"^{_DIGITS}$"},
        example="1",
    ),
    "watch": Part(
        description="Name of a watch, a slash in it written `%2F`",
        schema={"type": "string", "minLength": 1, "maxLength": 200},
        example="MSC exosomes",
    ),
    "format": Part(
        description="Format of a feed: Atom 1.0 or JSON Feed 1.1",
        schema={"type": "string", "enum": ["atom", "json"]},
        example="atom",
    ),
    "text": Part(
        description="Id of a trial as people write it, short or with zeros before it",
        schema={"type": "string", "pattern": "^(?:NCT|nct)?[0-9]{1,8}$"},
        example="NCT07146087",
    ),
}


def written(path: str) -> str:
    """A path as OpenAPI writes it: `{watch:path}` is `{watch}`."""
    return _PART.sub(r"{\g<name>}", path)


def parts_of(path: str) -> Iterator[tuple[str, Part]]:
    """The variable parts in order. KeyError for one that nobody has described."""
    for found in _PART.finditer(path):
        name = found["name"]
        yield name, PARTS[name]
