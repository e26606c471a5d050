"""The record history of ClinicalTrials.gov (`/api/int`): undocumented, used by the site's Record History tab.

An extra without any promise: whatever is absent or not as we know it is NoHistory, with what came.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from monitor.registries.asking import Oversize, ask, what_came
from monitor.registries.base import Absurd, ArchiveEntry, BadQuestion, NoHistory
from monitor.transport import Answer, Transport, shortened
from snapshots.errors import SnapshotsError
from snapshots.record import parse

LARGEST = 32 * 1024 * 1024  # versions of 4 MB were seen
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class _Change(msgspec.Struct):
    version: int
    date: str
    status: str | None = None
    moduleLabels: list[str] = []  # noqa: N815 - the registry's name; msgspec copies it


class _History(msgspec.Struct):
    changes: list[_Change]


class _Version(msgspec.Struct):
    study: msgspec.Raw
    studyVersion: int  # noqa: N815


_history_decoder = msgspec.json.Decoder(_History)
_version_decoder = msgspec.json.Decoder(_Version)


def entries(transport: Transport, trial: str, *, label: str) -> tuple[ArchiveEntry, ...]:
    """Oldest first, numbered from 1 as the tab shows them; the address counts from 0."""
    answer = _asked(transport, f"/api/int/studies/{trial}/history", trial, label)
    if answer.status == 404:
        raise NoHistory(f"unknown id, or one of which {label} keeps no history: `{trial}`")
    history = _decoded(_history_decoder, answer, trial)
    numbers = [change.version for change in history.changes]
    if not numbers:
        raise NoHistory(f"the registry keeps no history of this record: `{trial}`")
    if numbers != sorted(set(numbers)) or numbers[0] < 0:
        raise _unknown_shape(trial, f"its versions are numbered `{', '.join(map(str, numbers[:8]))}`")
    for change in history.changes:
        if _DAY.fullmatch(change.date) is None:
            raise _unknown_shape(trial, f"a version's date is `{change.date[:40]}`")
    return tuple(
        ArchiveEntry(
            number=change.version + 1,
            submitted=change.date,
            status=change.status,
            modules=tuple(change.moduleLabels),
        )
        for change in history.changes
    )


def version(transport: Transport, trial: str, number: int, *, label: str) -> dict[str, Any]:
    """One archived record in the form of the current API."""
    if number < 1:
        raise NoHistory(f"versions in the registry's history count from 1: `{number}`")
    answer = _asked(transport, f"/api/int/studies/{trial}/history/{number - 1}", trial, label)
    if answer.status == 404:
        raise NoHistory(
            f"no version {number} in {label}'s history of `{trial}`",
            hint=f"`trialbell history {trial} --registry` lists those that there are",
        )
    archived = _decoded(_version_decoder, answer, trial)
    if archived.studyVersion != number - 1:
        raise _unknown_shape(trial, f"version {number} was asked for, {archived.studyVersion + 1} came")
    try:
        record = parse(memoryview(archived.study))
    except SnapshotsError as error:
        raise _unknown_shape(trial, str(error)) from None
    named = record.get("protocolSection", {})
    named = named.get("identificationModule", {}) if isinstance(named, dict) else {}
    if not isinstance(named, dict) or named.get("nctId") != trial:
        raise _unknown_shape(trial, "the record in it is not this one")
    from snapshots.archive_markup import record_from_archive

    return record_from_archive(record)


def _asked(transport: Transport, path: str, trial: str, label: str) -> Answer:
    try:
        answer = ask(transport, path, label=label, follow=False, cap=LARGEST)
    except (Oversize, BadQuestion) as error:
        raise NoHistory(f"the record history of `{trial}` cannot be had: {error}") from None
    if answer.status not in (200, 404):
        raise NoHistory(
            f"the record history of `{trial}` is elsewhere (the registry answered {answer.status}):"
            " it may have been merged into another record"
        )
    return answer


def _decoded(decoder: msgspec.json.Decoder[Any], answer: Answer, trial: str) -> Any:
    try:
        return decoder.decode(answer.body)
    except msgspec.ValidationError as error:
        raise _unknown_shape(trial, str(error)) from None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        # Not JSON at all is a bad answer, not a new shape: it may be better the next time.
        raise Absurd(
            f"{shortened(answer.url)} gave no answer that can be believed: {what_came(answer)}"
        ) from None


def _unknown_shape(trial: str, why: str) -> NoHistory:
    return NoHistory(
        f"the record history of `{trial}` is not as we know it: {' '.join(why.split())[:200]}",
        hint="it is undocumented and may have changed; `history = false` does without it",
    )
