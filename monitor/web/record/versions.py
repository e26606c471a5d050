"""The pages of one version: the record as it was, by number or as of a day, and its JSON as stored."""

from __future__ import annotations

import re
from datetime import date

from monitor import addresses
from monitor.web.answers import Answer, BadQuestion, Document, NoSuchPage, Page
from monitor.web.drawing.blocks import Cell
from monitor.web.drawing.names import day_of, meta_of, name_of, number_of
from monitor.web.drawing.render import minute
from monitor.web.finding import found_trial, found_version, last_confirmed, record_of
from monitor.web.reading import Reading
from monitor.web.record.sections import sections
from monitor.web.setting import Setting
from monitor.web.trial import history
from monitor.web.trial.head import head
from snapshots.changeset import Source, VersionRef
from snapshots.query import Reader, Version

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)


def one_version(reader: Reading, registry: str, trial: str, text: str, setting: Setting) -> Answer:
    """`/trials/{registry}/{id}/versions/{n}`: the record laid out in the registry's sections."""
    found_trial(reader, registry, trial)
    version = found_version(reader, registry, trial, text)
    path = addresses.version(registry, trial, version.ref) or ""
    return _page(reader, registry, trial, version, path, setting)


def version_json(reader: Reader, registry: str, trial: str, text: str) -> Answer:
    """The same address with `.json`: the record exactly as stored."""
    found_trial(reader, registry, trial)
    version = found_version(reader, registry, trial, text)
    body = reader.body(registry, trial, version.ref.source, version.ref.version or 0)
    name = f"{trial}-{number_of(version.ref)}.json"
    return Document(body=body, etag=version.sha256.hex(), filename=name)


def as_of(reader: Reading, registry: str, trial: str, text: str, setting: Setting) -> Answer:
    """`/trials/{registry}/{id}/on/{day}`: the record as it stood, and which version answers."""
    day = day_named(text)
    found_trial(reader, registry, trial)
    last = setting.last_day(reader.newest_build())
    if day > last:
        raise NoSuchPage(
            f"that day has not come: `{day}`", hint=f"The last day that can be asked for is {last}."
        )
    version = reader.as_of(registry, trial, day)
    if version is None:
        first = min((day_of(one.ref) for one in reader.versions(registry, trial)), default="")
        raise NoSuchPage(
            f"no version of {trial} as old as {day} is stored",
            hint=(f"The oldest stored is of {first}. " if first else "")
            + f"`trialbell show {trial}@{day}` asks the registry's own history for that day.",
        )
    if version.ref.source is Source.ARCHIVE:
        line = f"from the registry's own record history, submitted {version.ref.updated}"
    else:
        line = f"our snapshot, first seen in the data build of {version.ref.build}"
    answer = f"As of {day}: {name_of(version.ref)[:1].lower() + name_of(version.ref)[1:]} answers, {line}."
    path = addresses.as_of(registry, trial, day)
    return _page(reader, registry, trial, version, path, setting, day=day, answer=answer)


def day_named(text: str) -> date:
    try:
        if not _DAY.match(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise BadQuestion(f"no day: `{text[:60]}`", hint="Write it as 2026-01-31.") from None


def _page(
    reader: Reading,
    registry: str,
    trial: str,
    version: Version,
    path: str,
    setting: Setting,
    *,
    day: date | None = None,
    answer: str | None = None,
) -> Page:
    ref = version.ref
    record, read = record_of(reader, registry, trial, ref)
    versions = reader.versions(registry, trial)
    line = [one.ref for one in versions if one.ref.source is ref.source]
    line.sort(key=lambda one: one.version or 0)
    at = next(position for position, one in enumerate(line) if one.version == ref.version)
    previous = line[at - 1] if at else None
    following = line[at + 1] if at + 1 < len(line) else None
    twin = next((one.equal_to for one in versions if history.key(one.ref) == history.key(ref)), None)
    own = addresses.version(registry, trial, ref) or ""
    last = setting.last_day(reader.newest_build())
    return Page(
        template="version.html",
        path=path,
        values={
            "here": "trials",
            "head": head(setting.source(registry), read, record, ref),
            "meta": [*meta_of(ref), _currency(reader, registry, trial, ref, following)],
            "name": name_of(ref),
            "crumb": f"As of {day}" if day else name_of(ref),
            "answer": answer,
            "evidence": [
                (label, cell)
                for label, cell in _evidence(setting.source(registry).label, version, twin)
                if cell.text
            ],
            "json_href": own + ".json",
            "before_href": addresses.compare(registry, trial, previous, ref) if previous else None,
            "previous_href": addresses.version(registry, trial, previous) if previous else None,
            "previous_name": name_of(previous) if previous else "",
            "next_href": addresses.version(registry, trial, following) if following else None,
            "next_name": name_of(following) if following else "",
            "sections": sections(record),
            "day": (day or last).isoformat(),
            "last_day": last.isoformat(),
        },
    )


def _currency(
    reader: Reading, registry: str, trial: str, ref: VersionRef, following: VersionRef | None
) -> str:
    """Whether this is how the record stands now, as far as we know."""
    if following is not None:
        return (
            f"superseded by {name_of(following)[:1].lower() + name_of(following)[1:]} of {day_of(following)}"
        )
    held = found_trial(reader, registry, trial)
    if ref.source is Source.ARCHIVE or held.state != "present" or ref.build is None:
        return "the newest stored of its kind"
    return f"last confirmed in the build of {last_confirmed(reader, held, ref.build)}"


def _evidence(label: str, version: Version, twin: VersionRef | None) -> list[tuple[str, Cell]]:
    ref = version.ref
    archived = ref.source is Source.ARCHIVE
    same = name_of(twin) if twin else ""
    return [
        (
            "Where from",
            Cell(f"{label}, {'its record history' if archived else 'as published'}"),
        ),
        ("Submitted to the registry", Cell((ref.updated if archived else version.submitted) or "")),
        ("Posted by the registry", Cell("" if archived else (ref.updated or ""))),
        ("First seen in the data build", Cell(ref.build or "")),
        ("Seen by us", Cell(minute(ref.seen_at))),
        ("Same as", Cell(same)),
        ("Size", Cell(f"{version.size:,} bytes")),
        ("SHA-256 of the stored JSON", Cell(version.sha256.hex())),
        ("Content hash", Cell(version.content.hex())),
    ]
