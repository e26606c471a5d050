"""Which version an address of a record means, and the record as data: exactly as stored, as of a day, its sites."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from monitor import addresses
from monitor.web import filters
from monitor.web.address import Asked
from monitor.web.answers import Answer, BadQuestion, Document, NoSuchPage, Page
from monitor.web.drawing.names import day_of, in_sentence, name_of, number_of
from monitor.web.finding import found_trial, found_version
from monitor.web.record.page import Opened, page_values
from monitor.web.record.shapes import AsOf, SiteRow, version_of
from snapshots.changeset import Source
from snapshots.query import Version

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)


def one_version(asked: Asked) -> Answer:
    """`/trials/{registry}/{id}/versions/{n}`: the record in its sections; as JSON exactly as stored; its sites."""
    found_trial(asked.reader, asked.registry, asked.trial)
    version = found_version(asked.reader, asked.registry, asked.trial, asked.path["version"])
    opened = _opened(asked, version)
    if asked.format == "json":
        name = f"{asked.trial}-{number_of(version.ref)}.json"
        return Document(body=opened.body, etag=version.sha256.hex(), filename=name)
    path = addresses.version(asked.registry, asked.trial, version.ref) or ""
    return Page(
        template="version.html",
        path=path,
        values=page_values(asked, opened) if asked.format == "html" else {},
        rows=lambda: sites(opened),
    )


def as_of(asked: Asked) -> Answer:
    """`/trials/{registry}/{id}/on/{day}`: the record as it stood, and which version answers."""
    reader, registry, trial = asked.reader, asked.registry, asked.trial
    day = day_named(asked.path["day"])
    found_trial(reader, registry, trial)
    filters.check_come(day, asked.setting.last_day(reader.newest_build()))
    version = reader.as_of(registry, trial, day)
    if version is None:
        first = min((day_of(one.ref) for one in reader.versions(registry, trial, by_day=True)), default="")
        raise NoSuchPage(
            f"no version of {trial} as old as {day} is stored",
            hint=(f"The oldest stored is of {first}. " if first else "")
            + f"`trialbell show {trial}@{day}` asks the registry's own history for that day.",
        )
    opened = _opened(asked, version)
    posted = _posted_already(reader.versions(registry, trial, by_day=True), version, day)
    return Page(
        template="version.html",
        path=addresses.as_of(registry, trial, day),
        values=page_values(asked, opened, day=day, answer=_answer(version, day), doubt=_doubt(posted))
        if asked.format == "html"
        else {},
        data=lambda: AsOf(
            day=day.isoformat(),
            registry=registry,
            trial=trial,
            answers=version_of(version),
            posted_already=version_of(posted) if posted else None,
            path=addresses.version(registry, trial, version.ref) or "",
            sha256=version.sha256.hex(),
            record=msgspec.Raw(opened.body),
        ),
        rows=lambda: sites(opened),
    )


def day_named(text: str) -> date:
    try:
        if not _DAY.match(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise BadQuestion(f"no day: `{text[:60]}`", hint="Write it as 2026-01-31.") from None


def sites(opened: Opened) -> Iterable[SiteRow]:
    """Every site of the record, in its order."""
    protocol = _object(opened.record, "protocolSection")
    listed = _object(protocol, "contactsLocationsModule").get("locations")
    for site in listed if isinstance(listed, list) else ():
        if not isinstance(site, dict):
            continue
        place = _object(site, "geoPoint")
        texts = {
            key: site[key] if isinstance(site.get(key), str) else None
            for key in SiteRow.__struct_fields__[:6]
        }
        yield SiteRow(**texts, lat=_number(place.get("lat")), lon=_number(place.get("lon")))


def _answer(version: Version, day: date) -> str:
    if version.ref.source is Source.ARCHIVE:
        line = f"from the registry's own record history, submitted {version.ref.updated}"
    else:
        line = f"our snapshot, first seen in the data build of {version.ref.build}"
    return f"As of {day}: {in_sentence(name_of(version.ref))} answers, {line}."


def _posted_already(versions: Iterable[Version], answering: Version, day: date) -> Version | None:
    """The newest snapshot that the registry dates to the day or before it, though we saw it first in a later build.

    The registry posts on one day what was there to be seen; we know when we saw it, not since when it could be.
    """
    number = answering.ref.version or 0
    found = [
        one
        for one in versions
        if answering.ref.source is one.ref.source is Source.SNAPSHOT
        and (one.ref.version or 0) > number
        # the registry changes records without a new date too: the same date says nothing
        and (answering.ref.updated or "") < (one.ref.updated or "") <= day.isoformat()
    ]
    return max(found, key=lambda one: one.ref.version or 0, default=None)


def _doubt(posted: Version | None) -> str | None:
    if posted is None:
        return None
    ref = posted.ref
    return (
        f"The registry dates {in_sentence(name_of(ref))} to {ref.updated}, and may have shown it on"
        f" this day; we saw it first in the data build of {ref.build}."
    )


def _opened(asked: Asked, version: Version) -> Opened:
    body = asked.reader.body(asked.registry, asked.trial, version.ref.source, version.ref.version or 0)
    return Opened(version=version, body=body)


def _object(holder: dict[str, Any], key: str) -> dict[str, Any]:
    value = holder.get(key)
    return value if isinstance(value, dict) else {}


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
