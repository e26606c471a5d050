"""The JSON of an event as product.md promises it, written down apart from the code that makes it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

Severity = Literal["noise", "minor", "major", "critical"]
Text = Annotated[str, Meta(min_length=1)]


class Ref(msgspec.Struct):
    source: Literal["snapshot", "archive", "file", "live"]
    version: int | None
    seen_at: str | None
    updated: Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d$")] | None
    build: Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d$")] | None


class Change(msgspec.Struct):
    field: Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    label: Text
    kind: Literal["status", "date", "count", "text", "choice", "list"]
    action: Literal["changed", "added", "removed", "edited", "moved"]
    paths: Annotated[list[Text], Meta(min_length=1)]
    before: Any
    after: Any
    severity: Severity
    reason: Text
    summary: Text


class Alert(msgspec.Struct):
    id: str | None
    event: Literal["changed", "entered", "left", "returned", "gone", "back", "merged", "deadline"]
    registry: str
    trial: str
    title: str
    url: str
    severity: Severity
    headline: Text
    tags: list[str]
    watches: list[str]
    changes: list[Change]
    from_: Ref | None = msgspec.field(name="from")
    to: Ref | None = None


def alert(value: Any) -> Alert:
    """Read one value of `--json` strictly. Raises msgspec.ValidationError where the promise is broken."""
    return msgspec.convert(value, Alert, strict=True)
