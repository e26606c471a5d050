"""What is found, as data. Marks are places in the text: [start, end) in characters."""

from __future__ import annotations

from msgspec import Struct


class Snippet(Struct, frozen=True, kw_only=True):
    """A few words around what matches. column: of which part of the record or of the change."""

    column: str
    text: str
    marks: list[tuple[int, int]]


class FoundTrial(Struct, frozen=True, kw_only=True):
    """A trial; status to updated as the version named has them."""

    trial: str
    registry: str
    title: str
    title_marks: list[tuple[int, int]]
    status: str | None
    phase: str | None
    sponsor: str | None
    updated: str | None
    state: str
    merged_into: str | None
    source: str
    version: int | None
    build: str | None
    snippet: Snippet | None


class FoundChange(Struct, frozen=True, kw_only=True):
    """A change. event: its id; number: its place in the order of storing."""

    number: int
    event: str | None
    trial: str
    registry: str
    title: str
    day: str | None
    source: str | None
    severity: str
    headline: str
    headline_marks: list[tuple[int, int]]
    snippet: Snippet | None


class NotSearched(Struct, frozen=True, kw_only=True):
    """What is stored and not in the index of words yet, or cannot be."""

    trials: int
    changes: int
    unreadable: int


class Result(Struct, frozen=True, kw_only=True):
    """A page of a search. ranked: the best first; else the latest first, for very many hold the words.

    read_as: how the words were read where not as they were typed, notes: why. looked: how many that hold the words
    were looked through where it was not all. nowhere: words that nothing holds; null while something is stored that
    was not searched, for it may hold them. next: path of the page that follows.
    """

    words: str
    read_as: str | None
    notes: list[str]
    as_of: str | None
    ranked: bool
    trials: list[FoundTrial]
    changes: list[FoundChange]
    looked: int | None
    nowhere: list[str] | None
    not_searched: NotSearched
    next: str | None


class FoundRow(Struct, frozen=True, kw_only=True):
    """A line of CSV: a trial, or a change with severity and headline."""

    trial: str
    registry: str
    title: str
    status: str | None = None
    phase: str | None = None
    sponsor: str | None = None
    updated: str | None = None
    source: str | None = None
    version: int | None = None
    day: str | None = None
    severity: str | None = None
    headline: str | None = None
    event: str | None = None
    found_in: str | None = None
    snippet: str | None = None


class HeldTrial(Struct, frozen=True, kw_only=True):
    """A trial as its newest record has it. snapshots, archived: versions stored of each line."""

    trial: str
    registry: str
    title: str
    status: str | None
    phase: str | None
    sponsor: str | None
    updated: str | None
    enrollment: int | None
    start: str | None
    primary_completion: str | None
    completion: str | None
    has_results: bool
    conditions: list[str]
    countries: list[str]
    state: str
    snapshots: int
    archived: int
