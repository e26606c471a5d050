"""JSON of a trial, and a line of its history as CSV."""

from __future__ import annotations

from msgspec import Struct

from monitor.web.shapes import Listed, Version
from monitor.web.trial.course import Count, Dated, Gap, Mark, Standing


class Results(Struct, frozen=True, kw_only=True):
    """How far results have come. state: `none`, `submitted` or `posted`; the days as the record has them."""

    state: str
    submitted: str | None
    posted: str | None


class Sites(Struct, frozen=True, kw_only=True):
    """countries: as the record writes them, each once."""

    count: int
    countries: list[str]


class Moment(Struct, frozen=True, kw_only=True):
    """From this day on the trial stood so. day: of the submission; of the data build where nothing was submitted.

    source, version: the version that first says so. changed: which of the five differ from the step before.
    """

    day: str
    source: str
    version: int
    standing: Standing
    changed: list[str]


class Timeline(Struct, frozen=True, kw_only=True):
    """Status, dates and enrolment from `since` to `until`, over all versions, the registry's own included.

    In a gap nothing is known: what stood before it is not said to stand in it. marks: days that the newest record
    names, by the field's slug.
    """

    since: str
    until: str
    steps: list[Moment]
    gaps: list[Gap]
    marks: list[Mark]


class Line(Struct, frozen=True, kw_only=True):
    """A line of the history. kind: `version`, `removed` (a version that retention took), or the event's.

    severity: null for the first version of a line, and where what changed is neither stored nor worked out here:
    `compare` says it. same_as: the same version in the other line, as its address names it (`3`, `r12`). event: number
    of the event. url, compare: paths of ours.
    """

    kind: str
    day: str
    headline: str
    severity: str | None
    quiet: bool
    version: Version | None
    submitted: str | None
    sha256: str | None
    size: int | None
    same_as: str | None
    event: int | None
    url: str | None
    compare: str | None
    acknowledged: list[str]


class LineRow(Struct, frozen=True, kw_only=True):
    """A line of the history as CSV."""

    kind: str
    day: str
    source: str | None
    version: int | None
    severity: str | None
    headline: str
    updated: str | None
    submitted: str | None
    build: str | None
    seen_at: str | None
    sha256: str | None
    size: int | None
    same_as: str | None
    event: int | None


class Removed(Struct, frozen=True, kw_only=True):
    """Versions that retention took on a day; what they changed is kept."""

    source: str
    first: int
    last: int
    day: str


class Deadline(Struct, frozen=True, kw_only=True):
    """A state that time makes. standing: it holds now; else it begins on `since` while the record stays as it is.

    due: the day that it is about. assumed: a date known to its month only counts as its last day. law: the rule it
    follows, or null; source: where that can be read.
    """

    state: str
    severity: str
    standing: bool
    due: str | None
    since: str | None
    until: str | None
    assumed: bool
    reason: str
    law: str | None
    source: str | None


class HeldBy(Struct, frozen=True, kw_only=True):
    """A watch that holds the trial now, and since when. url: path of its page."""

    name: str
    since: str
    url: str


class Links(Struct, frozen=True, kw_only=True):
    """Paths of ours, and the record in the registry."""

    registry: str | None
    registry_history: str | None
    record: str
    atom: str
    json_feed: str
    calendar: str


class Trial(Struct, frozen=True, kw_only=True):
    """A trial as its newest record has it, and all that is known of how it came there.

    state: `present`, `gone` or `merged` (into `merged_into`). build: since which data build the record is as it is;
    confirmed: the newest in which it was still so. status, study_type, sponsor_class: the registry's own words.
    history: newest first, by the page; `next` leads on.
    """

    registry: str
    trial: str
    title: str
    acronym: str | None
    aliases: list[str]
    state: str
    state_since: str | None
    merged_into: str | None
    status: str | None
    why_stopped: str | None
    phase: str | None
    study_type: str | None
    enrollment: Count | None
    start: Dated | None
    primary_completion: Dated | None
    completion: Dated | None
    sponsor: str | None
    sponsor_class: str | None
    conditions: list[str]
    sites: Sites
    results: Results
    first_submitted: str | None
    updated: str | None
    version: Version
    build: str | None
    confirmed: str | None
    first_seen: str
    source: str
    timeline: Timeline | None
    history: Listed[Line]
    removed: list[Removed]
    deadlines: list[Deadline]
    watches: list[HeldBy]
    links: Links
