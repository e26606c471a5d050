"""JSON and CSV of watches. Instants are texts such as `2026-11-20T09:12:44Z`."""

from __future__ import annotations

from msgspec import Struct


class StatusCount(Struct, frozen=True, kw_only=True):
    """status: the registry's own word; null where the records give none."""

    status: str | None
    trials: int


class WeekCount(Struct, frozen=True, kw_only=True):
    """What happened in a week, by severity as computed. week: its Monday, in UTC."""

    week: str
    critical: int
    major: int
    minor: int


class Watch(Struct, frozen=True, kw_only=True):
    """A watch and what it holds. ids: how many it names; query: `{}` is the whole registry. One of them is null."""

    name: str
    registry: str
    origin: str
    added_at: str
    trials: int
    ids: int | None
    query: dict[str, str] | None
    search_url: str | None
    first_sweep_over: bool
    last_success: str | None
    build: str | None
    tried_at: str | None
    problem: str | None
    statuses: list[StatusCount]
    weeks: list[WeekCount]


class HeldTrial(Struct, frozen=True, kw_only=True):
    """A trial that a watch holds, as its newest record has it. state: present, gone or merged."""

    registry: str
    trial: str
    title: str
    status: str | None
    phase: str | None
    sponsor: str | None
    updated: str | None
    state: str


class OneWatch(Watch, frozen=True, kw_only=True):
    """A watch with a page of its trials. unknown: ids that the registry does not have, the first of them."""

    unknown: list[str]
    items: list[HeldTrial]
    next: str | None


class WatchRow(Struct, frozen=True, kw_only=True):
    """A watch as a line of CSV. definition: its query, or how many ids it names. events: of the last weeks."""

    name: str
    registry: str
    origin: str
    added_at: str
    definition: str
    trials: int
    recruiting: int
    events: int
    last_success: str | None
    build: str | None
    problem: str | None
