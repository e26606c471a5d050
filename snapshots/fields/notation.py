"""How the rows of a section are written down: what stands under one path and one heading, a row a line or two."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from snapshots.changeset import Kind, Severity
from snapshots.fields import Field, Identity, Piece
from snapshots.terms import spaced

DATED = "date, type"  # the pieces of every date that says whether it is a plan or a fact


class Section(msgspec.Struct, frozen=True):
    """Makes rows, by being called. `tags` are those of a row that names none."""

    name: str
    under: str  # dotted path
    tags: tuple[str, ...] = ()

    def __call__(
        self,
        slug: str,
        label: str,
        key: str,
        kind: Kind,
        *,
        pieces: str = "",
        severity: Severity = Severity.MINOR,
        noise: bool = False,
        identity: Identity | None = None,
        tags: tuple[str, ...] | None = None,
        rule: str = "",
        reason: str = "",
        anywhere: bool = False,
    ) -> Field:
        """key: below the section's path; "" is the path itself."""
        return Field(
            slug=slug,
            label=label,
            section=self.name,
            path=".".join(part for part in (self.under, key) if part),
            kind=kind,
            severity=severity,
            noise=noise,
            identity=identity,
            tags=self.tags if tags is None else tags,
            rule=rule,
            reason=reason,
            pieces=tuple(_read(pieces)),
            anywhere=anywhere,
        )


def _read(text: str) -> Iterator[Piece]:
    """`name, zip = postcode`, and on lines of their own the keys below one: `contacts: name, email`."""
    seen: set[str] = set()
    for line in text.splitlines():
        above, colon, listed = line.rpartition(":")
        at = f"{above.strip()}." if colon else ""
        if colon and above.strip() not in seen:
            raise ValueError(f"keys below a piece that is not named before them: `{line.strip()}`")
        for entry in listed.split(","):
            key, _, words = (part.strip() for part in entry.partition("="))
            if key:
                seen.add(f"{at}{key}")
                yield Piece(f"{at}{key}", words or spaced(key))
