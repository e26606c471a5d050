"""From what an address says to what is stored: trials, versions and records, or why there are none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from monitor.registries.base import MalformedId
from monitor.web.answers import BadQuestion, NoSuchPage
from monitor.web.drawing.names import version_named
from monitor.web.reading import Reading
from monitor.web.sources import UnknownRegistry, source
from snapshots.changeset import Source, VersionRef
from snapshots.errors import UnknownVersion
from snapshots.facts import Facts, facts
from snapshots.query import Reader, Trial, Version


def canonical(registry: str, text: str) -> str:
    """The id in the registry's own form. NoSuchPage, BadQuestion."""
    try:
        return source(registry).canonical(text)
    except UnknownRegistry:
        raise NoSuchPage(
            f"no registry of this name is known: `{registry[:60]}`",
            hint="Known is ctgov, ClinicalTrials.gov.",
        ) from None
    except MalformedId as error:
        raise BadQuestion(str(error), hint=(error.hint or "")) from None


def found_trial(reader: Reader, registry: str, trial: str) -> Trial:
    found = reader.trial(registry, trial)
    if found is None:
        raise NoSuchPage(
            f"nothing is stored about this trial: `{trial}`",
            hint=f"`trialbell watch add {trial}` watches it from now on; `trialbell diff {trial}` compares "
            "it once, without storing anything.",
        )
    return found


def found_version(reader: Reader, registry: str, trial: str, text: str) -> Version:
    name = version_named(text)
    if name is None:
        raise BadQuestion(
            f"no number of a version: `{text[:60]}`",
            hint="3 is our third snapshot, r12 the registry's own twelfth version.",
        )
    try:
        return reader.version(registry, trial, *name)
    except UnknownVersion as error:
        raise NoSuchPage(
            str(error),
            hint="The page of the trial lists the versions that are stored.",
        ) from None


def newest_of(versions: Sequence[Version]) -> Version | None:
    """The newest snapshot, else the newest archive version."""
    for line in (Source.SNAPSHOT, Source.ARCHIVE):
        ours = [one for one in versions if one.ref.source is line]
        if ours:
            return max(ours, key=lambda one: one.ref.version or 0)
    return None


def last_confirmed(reader: Reading, trial: Trial, newest_build: str) -> str:
    """The newest build of which we know that the record was published as its newest snapshot has it."""
    return max(newest_build, reader.confirmed_in(trial.registry, trial.trial) or "")


def record_of(reader: Reader, registry: str, trial: str, ref: VersionRef) -> tuple[dict[str, Any], Facts]:
    """A stored version's record and its facts."""
    record = reader.record(registry, trial, ref.source, ref.version or 0)
    return record, facts(record)
