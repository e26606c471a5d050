"""What the tools may be asked. The names, limits and words here are their input schemas; unknown names are refused."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

MOST = 50  # items of an answer
_MOST_WORDS = 400

Id = Annotated[
    str,
    Meta(min_length=1, max_length=300, description="Id of a trial, as NCT07146087, or its record's address"),
]
Limit = Annotated[int, Meta(ge=1, le=MOST, description=f"At most so many; {MOST} is the most")]
Cursor = Annotated[
    str | None,
    Meta(description="`next` of the answer before, to go on with the same question; null to begin"),
]
Day = Annotated[str | None, Meta(description="A day: 2026-01-31, 2026-01 (its last day) or today")]
Name = Annotated[str, Meta(max_length=200)]
At = Annotated[
    str,
    Meta(
        max_length=40,
        description="`newest`; `3`, our third snapshot; `r12`, the registry's own twelfth version; or a day",
    ),
]


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all have in common: nothing that is not named here may be asked."""


class Search(Question, frozen=True, kw_only=True):
    words: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=_MOST_WORDS,
            description='Words, all of them; "words side by side", begin*, a OR b, NOT c',
        ),
    ]
    among: Annotated[Literal["trials", "changes"], Meta(description="Records, or what changed in them")] = (
        "trials"
    )
    status: Annotated[Name | None, Meta(description="A recruitment status, as recruiting")] = None
    phase: Annotated[Name | None, Meta(description="1, 2, 3, 4 or early 1")] = None
    sponsor: Annotated[Name | None, Meta(description="A part of the lead sponsor's name")] = None
    country: Annotated[Name | None, Meta(description="A country with a site; of trials only")] = None
    as_of: Annotated[Day, Meta(description="As the records were on this day, or changed until then")] = None
    limit: Limit = 20
    cursor: Cursor = None


class Trial(Question, frozen=True, kw_only=True):
    trial: Id
    at: At = "newest"
    part: Annotated[
        Annotated[str, Meta(max_length=300)] | None,
        Meta(
            description="A part of the record to give too, as protocolSection.eligibilityModule; `parts` of an answer "
            "names them. Left out: the facts alone"
        ),
    ] = None


class Changes(Question, frozen=True, kw_only=True):
    since: Annotated[Name | None, Meta(description="A day, an instant, or 7d, 12h before now")] = None
    until: Annotated[Name | None, Meta(description="The same, its end; a day counts whole")] = None
    trial: Annotated[Id | None, Meta(description="Only this trial")] = None
    watch: Annotated[Name | None, Meta(description="Only what this watch held")] = None
    severity: Annotated[
        Literal["noise", "minor", "major", "critical"], Meta(description="The least severity")
    ] = "minor"
    field: Annotated[
        Name | None, Meta(description="Slug of a field or of a state, as overall-status, results-overdue")
    ] = None
    tag: Annotated[Name | None, Meta(description="As stopped, results, timeline, outcomes, eligibility")] = (
        None
    )
    archive: Annotated[
        bool,
        Meta(description="Also between versions of the registry's own history, by the day of submission"),
    ] = False
    limit: Limit = 20
    cursor: Cursor = None


class Diff(Question, frozen=True, kw_only=True):
    trial: Id
    older: At
    newer: At = "newest"
    noise: Annotated[bool, Meta(description="Also what is of no consequence")] = False


class Deadlines(Question, frozen=True, kw_only=True):
    trials: Annotated[
        list[Id], Meta(max_length=MOST, description="These trials; none: all that are watched")
    ] = []  # msgspec makes a new one for each
    state: Annotated[Name | None, Meta(description="Only this one, as results-overdue")] = None
    within: Annotated[int, Meta(ge=0, le=3_650, description="Also what begins within so many days")] = 0
    as_of: Annotated[
        Day, Meta(description="On this day, by the version of that day; today when left out")
    ] = None
    cursor: Cursor = None
