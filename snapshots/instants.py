"""Instants as text in the database: `2026-11-20T09:12:44Z`, with a fraction where there is one; and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import overload


@overload
def written(moment: datetime) -> str: ...
@overload
def written(moment: None) -> None: ...
def written(moment: datetime | None) -> str | None:
    """Exact to the microsecond; refuses what has no time zone."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError("an instant must be aware UTC")
    return moment.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


@overload
def instant(text: str) -> datetime: ...
@overload
def instant(text: None) -> None: ...
@overload
def instant(text: str | None) -> datetime | None: ...
def instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


@overload
def stamp(moment: datetime) -> str: ...
@overload
def stamp(moment: None) -> None: ...
@overload
def stamp(moment: datetime | None) -> str | None: ...
def stamp(moment: datetime | None) -> str | None:
    """An instant as everything of ours writes it for people and machines: `2026-11-20T09:12:44Z`."""
    return None if moment is None else f"{moment.astimezone(UTC).isoformat()[:19]}Z"


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()


def microseconds(moment: datetime) -> int:
    """Since 1970, as versions have an instant in their rows; refuses what has no time zone."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def day_number(text: str | None) -> int | str | None:
    """An ISO day as days since 1970, as versions have it in their rows; anything else (`2026-10`) as it is."""
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return day.toordinal() - _EPOCH_DAY if day.isoformat() == text else text


def bound(moment: datetime) -> str:
    """To compare stored instants with, to the second: without its end it sorts before all of its second."""
    return written(moment)[:19]
