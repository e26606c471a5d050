"""Field tables: what a record's paths mean, one table a registry, as data. No code decides here.

A path that no field covers is still reported, by `FieldTable.unknown`: registries add fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache, cached_property, lru_cache
from itertools import takewhile

import msgspec
from msgspec.structs import replace

from snapshots.changeset import Kind, Severity
from snapshots.terms import spaced


class Identity(StrEnum):
    """By what a member of a list is the same member in another version."""

    WHOLE = "whole"  # the value itself (conditions, phases)
    LABEL = "label"
    MEASURE = "measure"
    TYPE_NAME = "type-name"
    NAME = "name"
    REFERENCE = "reference"  # pmid, else citation
    ID = "id"
    FILENAME = "filename"
    TYPE_DATE = "type-date"
    URL = "url"
    TITLE = "title"
    SITE = "site"


class Piece(msgspec.Struct, frozen=True):
    """A known key below a row that is no row of its own: of a struct, of a list's members, at any depth."""

    path: str  # dotted, from the row on; list indices left out
    words: str  # as sentences say it


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One row. `path` is dotted; it covers everything below it that no longer path covers, its pieces and what
    else the registry may put there."""

    slug: str
    label: str
    section: str
    path: str
    kind: Kind
    severity: Severity = Severity.MINOR  # of a change that no rule weighs higher
    noise: bool = False
    identity: Identity | None = None  # lists only
    ordered: bool = False  # whether the order of a list means something
    tags: tuple[str, ...] = ()
    rule: str = ""  # name of the rule that weighs and words it; the kind's own when empty
    reason: str = ""  # of `severity`
    pieces: tuple[Piece, ...] = ()  # all that the registry documents below the path
    anywhere: bool = (
        False  # also of keys that end like its path and stand anywhere, in lists too: `armsReviewUnit`
    )

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self.path.split("."))

    def words(self, key: str) -> str:
        """What a key below the row is called in a sentence; of one that the table does not know, its own words."""
        for piece in self.pieces:
            if piece.path == key:
                return piece.words
        return spaced(key.rpartition(".")[2])


class FieldTable:
    """All fields of a registry, found by path."""

    def __init__(self, registry: str, fields: Iterable[Field]) -> None:
        self.registry = registry
        self.fields = tuple(fields)
        self._by_path = {one.keys: one for one in self.fields}
        if len(self._by_path) != len(self.fields):
            raise ValueError("two fields have the same path")
        self._above = {one.keys[:length] for one in self.fields for length in range(len(one.keys))}
        self._anywhere = {
            end: one
            for one in self.fields
            if one.anywhere
            for end in (one.path, one.path[:1].upper() + one.path[1:])
        }
        self._ends = tuple(self._anywhere)
        self._by_slug: dict[str, Field] = {}
        for one in self.fields:
            self._by_slug.setdefault(one.slug, one)

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def slugs(self) -> list[str]:
        return list(self._by_slug)

    def field(self, slug: str) -> Field | None:
        return self._by_slug.get(slug)

    def within(self, slug: str) -> tuple[str, ...]:
        """The slug itself, and those of fields below its path: what changed is told as the part's that it is."""
        above = self._by_slug[slug].path + "."
        return (slug, *dict.fromkeys(one.slug for one in self.fields if one.path.startswith(above)))

    def __contains__(self, name: object) -> bool:
        """Whether it has a field of this slug, or a row that stands at this path or below it."""
        return name in self._by_slug or name in self._by_path or name in self._above

    def divides(self, path: tuple[str, ...]) -> bool:
        """Whether fields of their own stand below this path."""
        return path in self._above

    def knows(self, path: Iterable[str | int]) -> bool:
        """Whether a path is the registry's as far as the table has heard, down to its last key; list indices count
        for nothing. What it does not know is reported all the same."""
        keys = tuple(part for part in path if isinstance(part, str))
        return keys in self._known or any(map(self.aside, keys))

    def aside(self, key: str) -> Field | None:
        """The row of a key that may stand beside any others and says nothing of what they say."""
        if not key.endswith(self._ends):
            return None
        return next(row for end, row in self._anywhere.items() if key.endswith(end))

    @cached_property
    def ends_aside(self) -> tuple[bytes, ...]:
        """How keys end that may stand beside any others, as their bytes do in JSON."""
        return tuple(f'{end}"'.encode() for end in self._anywhere)

    @cached_property
    def _known(self) -> frozenset[tuple[str, ...]]:
        full = [(*one.keys, *piece.path.split(".")) for one in self.fields for piece in one.pieces]
        full += self._by_path
        return frozenset(keys[:length] for keys in full for length in range(len(keys) + 1))

    def covering(self, path: tuple[str | int, ...]) -> tuple[Field, tuple[str, ...]]:
        """The field of the longest path that begins this one, and where its value stands.

        A module's own row speaks for the module as a whole; a key in it that the table does not know is a field of
        its own, made up after the key.
        """
        keys = leading(path)
        for length, key in enumerate(keys, 1):
            if (row := self.aside(key)) is not None:
                there = keys[:length]
                return row if there == row.keys else replace(row, path=".".join(there)), there
        above: Field | None = None
        for length in range(len(keys), 0, -1):
            above = self._by_path.get(keys[:length])
            if above is not None:
                if length == len(keys) or above.noise or not self.divides(keys[:length]):
                    return above, keys[:length]
                break
        return self._made_up(keys, above), keys

    def _made_up(self, keys: tuple[str, ...], above: Field | None) -> Field:
        found = unknown(keys)
        if found.slug in self._by_slug:  # its severity and its routes are another field's
            found = replace(found, slug=f"unknown-{found.slug}")
        if above is None:
            return found
        return replace(
            found,
            section=above.section,
            tags=above.tags,
            rule=above.rule if above.rule == "people" else "",
            reason="" if self.divides(keys) else found.reason,  # only its parts have rows
        )


def leading(path: tuple[str | int, ...]) -> tuple[str, ...]:
    """The keys of a path down to the first list: all that says which field covers it."""
    return tuple(takewhile(lambda part: isinstance(part, str), path))  # type: ignore[arg-type]


@lru_cache(maxsize=1024)  # a record may hold any number of keys that nobody heard of
def unknown(keys: tuple[str, ...]) -> Field:
    """A field that the table does not know, named after its path. No rule may say more of it than its values."""
    last = keys[-1] if keys else "record"
    words = (
        re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", last).replace("Module", "").replace("Struct", "").strip()
        or last
    )
    return Field(
        slug=re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") or "record",
        label=words[:1].upper() + words[1:].lower() if words.strip() else "A field without a name",
        section=keys[0] if keys else "record",
        path=".".join(keys) or "record",
        kind=Kind.TEXT,
        reason="a field that trialbell does not know yet",
    )


@cache
def table(registry: str) -> FieldTable:
    """The field table of a registry. Raises KeyError for one that has none."""
    if registry != "ctgov":
        raise KeyError(registry)
    from snapshots.fields.ctgov import FIELDS

    return FieldTable("ctgov", FIELDS)
