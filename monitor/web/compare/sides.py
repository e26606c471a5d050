"""Which version a side of a comparison names: a number of ours, of the registry's, or the one that stood on a day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from monitor.web.answers import BadQuestion, NoSuchPage
from monitor.web.drawing.names import day_of, version_named
from monitor.web.finding import found_version
from snapshots.changeset import VersionRef
from snapshots.query import Reader

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
HOW = "3 is our third snapshot, r12 the registry's own twelfth version, 2026-03-01 what stood on that day."


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    ref: VersionRef
    exact: bool  # named by its number, which never names another


def found_side(reader: Reader, registry: str, trial: str, text: str) -> Side:
    """BadQuestion for what is neither, NoSuchPage where nothing is stored under it."""
    text = text.strip()
    check_side(text)
    if _DAY.match(text):
        return Side(ref=_on(reader, registry, trial, date.fromisoformat(text)), exact=False)
    return Side(ref=found_version(reader, registry, trial, text).ref, exact=text == text.lower())


def check_side(text: str) -> None:
    """BadQuestion for what names neither a version nor a day, whatever is stored."""
    if _DAY.match(text):
        try:
            date.fromisoformat(text)
        except ValueError:
            raise BadQuestion(f"no day: `{text}`", hint="Write it as 2026-01-31.") from None
    elif version_named(text) is None:
        raise BadQuestion(f"no number of a version and no day: `{text[:60]}`", hint=HOW)


def _on(reader: Reader, registry: str, trial: str, day: date) -> VersionRef:
    version = reader.as_of(registry, trial, day)
    if version is None:
        days = [day_of(one.ref) for one in reader.versions(registry, trial, by_day=True)]
        raise NoSuchPage(
            f"no version of {trial} as old as {day} is stored",
            hint=f"The oldest stored is of {min(days)}: compare from that day, or from a version by its number."
            if days
            else "",
        )
    return version.ref
