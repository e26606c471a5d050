"""What a route may ask that an event does not carry: where its trial has sites, and what its steps changed.

Read when first asked for: most routes ask nothing of the kind.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import msgspec

from snapshots.changeset import FieldChange, Source
from snapshots.errors import SnapshotsError
from snapshots.event import Event, Step

if TYPE_CHECKING:
    from snapshots.query import Reader


class Subject(Protocol):
    """An event's trial, as it was after the event. Asking it writes nothing."""

    @property
    def countries(self) -> tuple[str, ...] | None:
        """Of its sites, as published; None where nobody knows."""

    def within(self, step: Step) -> tuple[FieldChange, ...]:
        """What a step changed; () where that is not stored."""


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a trial that nothing is stored of: of a record in a file."""

    countries: tuple[str, ...] | None = None

    def within(self, step: Step) -> tuple[FieldChange, ...]:
        return ()


class Stored:
    """By the store. An event's version that is not there any more is answered by the newest."""

    def __init__(self, reader: Reader, event: Event) -> None:
        self._reader = reader
        self._event = event

    @cached_property
    def countries(self) -> tuple[str, ...] | None:
        event = self._event
        newest = self._reader.trial(event.registry, event.trial)
        if newest is None:
            return None
        if event.to is None or event.to.version is None:
            return newest.countries
        if event.to.source is Source.SNAPSHOT and event.to.version == newest.snapshots:
            return newest.countries  # no body need be opened
        from snapshots.facts import facts

        try:
            record = self._reader.record(event.registry, event.trial, event.to.source, event.to.version)
            return facts(record).countries
        except SnapshotsError:  # removed by retention, or damaged
            return newest.countries

    def within(self, step: Step) -> tuple[FieldChange, ...]:
        event = self._event
        name = f"{event.registry}:{event.trial}:changed:r{step.version - 1}-r{step.version}"
        found = self._reader.event(name)
        return () if found is None else found.changes
