"""A trial as JSON: all that its page shows, and the registry's own words beside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from monitor import addresses
from monitor.web.drawing.blocks import shown_text
from monitor.web.shapes import Listed
from monitor.web.trial import shapes
from monitor.web.trial.course import Course, standing_of
from monitor.web.trial.due import Due
from monitor.web.trial.head import Head
from monitor.web.trial.lines import version_shape
from snapshots.facts import Facts
from snapshots.instants import stamp
from snapshots.posting import results_of
from snapshots.query import Trial, Version
from snapshots.reaching import below, members, text
from snapshots.retention import Removed

_FIELDS = {
    "status": "overall-status",
    "start": "start-date",
    "primary_completion": "primary-completion-date",
    "completion": "completion-date",
    "enrollment": "enrollment",
}


def moments(course: Course) -> list[shapes.Moment]:
    """The steps, each with the slugs of the fields that differ from the step before."""
    made: list[shapes.Moment] = []
    for step in course.steps:
        before = made[-1].standing if made else None
        made.append(
            shapes.Moment(
                day=step.day,
                source=step.source.value,
                version=step.version,
                standing=step.standing,
                changed=[
                    slug
                    for name, slug in _FIELDS.items()
                    if before is not None and getattr(before, name) != getattr(step.standing, name)
                ],
            )
        )
    return made


def trial_json(
    *,
    trial: Trial,
    head: Head,
    record: dict[str, Any],
    facts: Facts,
    newest: Version,
    confirmed: str | None,
    went: Course | None,
    lines: Sequence[shapes.Line],
    following: str | None,
    removed: Sequence[Removed],
    due: Sequence[Due],
    watches: Sequence[shapes.HeldBy],
) -> shapes.Trial:
    status = below(record, "protocolSection", "statusModule")
    sites = members(below(record, "protocolSection", "contactsLocationsModule", "locations"))
    now = standing_of(record)
    record_path = addresses.version(trial.registry, trial.trial, newest.ref) or head.href
    return shapes.Trial(
        registry=trial.registry,
        trial=trial.trial,
        title=shown_text(facts.title),
        acronym=head.acronym or None,
        aliases=list(facts.aliases),
        state=trial.state,
        state_since=stamp(trial.state_since),
        merged_into=trial.merged_into,
        status=facts.status,
        why_stopped=head.why_stopped,
        phase=facts.phase,
        study_type=facts.study_type,
        enrollment=now.enrollment,
        start=now.start,
        primary_completion=now.primary_completion,
        completion=now.completion,
        sponsor=shown_text(facts.sponsor) if facts.sponsor is not None else None,
        sponsor_class=facts.sponsor_class,
        conditions=[shown_text(one) for one in facts.conditions],
        sites=shapes.Sites(count=len(sites), countries=list(facts.countries)),
        results=shapes.Results(
            state=results_of(record, newest.ref.source).value,
            submitted=text(below(status, "resultsFirstSubmitDate")),
            posted=text(below(status, "resultsFirstPostDateStruct", "date")),
        ),
        first_submitted=text(below(status, "studyFirstSubmitDate")),
        updated=facts.updated,
        version=version_shape(newest.ref),
        build=newest.ref.build or facts.build,
        confirmed=confirmed,
        first_seen=stamp(trial.first_seen) or "",
        source=head.source,
        timeline=None
        if went is None
        else shapes.Timeline(
            since=went.since,
            until=went.until,
            steps=moments(went),
            gaps=list(went.gaps),
            marks=list(went.marks),
        ),
        history=Listed(items=list(lines), next=following),
        removed=[
            shapes.Removed(source=one.source.value, first=one.first, last=one.last, day=one.day)
            for one in removed
        ],
        deadlines=[one.as_json() for one in due],
        watches=list(watches),
        links=shapes.Links(
            registry=head.registry_href,
            registry_history=head.registry_compare,
            record=f"{record_path}.json",
            atom=addresses.feed(head.href, "atom"),
            json_feed=addresses.feed(head.href, "json"),
            calendar=addresses.calendar(head.href),
        ),
    )
