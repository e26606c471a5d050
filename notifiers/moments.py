"""Moments as the tables hold them: ISO text in UTC of one width, so that comparing text compares time."""

from __future__ import annotations

from datetime import UTC, datetime

_WIDTH = "%Y-%m-%dT%H:%M:%S.%fZ"


def moment_text(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError(f"a moment without a time zone: `{moment.isoformat()}`")
    return moment.astimezone(UTC).strftime(_WIDTH)


def moment_of(text: str) -> datetime:
    return datetime.fromisoformat(text)


def moment_or_none(text: str | None) -> datetime | None:
    return None if text is None else moment_of(text)
