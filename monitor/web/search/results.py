"""What a search found, as data; and which words of a change are told."""

from __future__ import annotations

from monitor.web.compare.marks import headline_of, is_personal
from monitor.web.drawing.prose import without_addresses
from monitor.web.search.marked import places, snippet
from monitor.web.search.question import MOST_PAGES, Answered, Question
from monitor.web.search.shapes import FoundChange, FoundRow, FoundTrial, NotSearched, Result
from monitor.web.setting import Setting
from snapshots.event import Event
from snapshots.search.finding import ChangeHit, Hit, Search
from snapshots.search.marking import Marks


def weighed(hit: ChangeHit, setting: Setting) -> tuple[Event, Marks]:
    """As the user weighs it; where people's details changed, its words without any of theirs."""
    event = setting.effective(hit.event)
    if any(is_personal(one) for one in event.changes):
        headline = headline_of(event.headline, event.changes)
        return event, Marks(lead=((False, headline),), column=None)
    return event, hit.marks


def day_of(event: Event) -> str | None:
    at = None if event.at is None else event.at.date().isoformat()
    return (event.to and (event.to.build or event.to.updated)) or event.build or at


def nothing(search: Search) -> Result:
    """Of a search without words."""
    behind = search.behind()
    return Result(
        words="",
        read_as=None,
        notes=[],
        as_of=None,
        ranked=True,
        trials=[],
        changes=[],
        looked=None,
        nowhere=[],
        not_searched=NotSearched(trials=behind.trials, changes=behind.events, unreadable=behind.unreadable),
        next=None,
    )


def result(question: Question, answer: Answered, setting: Setting) -> Result:
    found, behind = answer.found, answer.search.behind()
    more = found.more and question.page < MOST_PAGES
    return Result(
        words=question.words,
        read_as=answer.read.reading,
        notes=list(answer.read.notes),
        as_of=question.day.isoformat() if question.day else None,
        ranked=found.ranked,
        trials=[_found_trial(hit) for hit in found.trials],
        changes=[_found_change(hit, setting) for hit in found.changes],
        looked=found.looked,
        nowhere=None if behind else [term.typed for term in found.nowhere],
        not_searched=NotSearched(trials=behind.trials, changes=behind.events, unreadable=behind.unreadable),
        next=question.at(question.page + 1, end=".json") if more else None,
    )


def _found_trial(hit: Hit) -> FoundTrial:
    title, title_marks = places(hit.marks.lead)
    return FoundTrial(
        trial=hit.trial.trial,
        registry=hit.trial.registry,
        title=title,
        title_marks=title_marks,
        status=hit.status,
        phase=hit.phase,
        sponsor=hit.sponsor,
        updated=hit.updated,
        state=hit.trial.state,
        merged_into=hit.trial.merged_into,
        source=hit.ref.source.value,
        version=hit.ref.version,
        build=hit.ref.build,
        snippet=snippet(hit.marks),
    )


def _found_change(hit: ChangeHit, setting: Setting) -> FoundChange:
    event, marks = weighed(hit, setting)
    headline, headline_marks = places(marks.lead)
    return FoundChange(
        number=hit.sequence,
        event=event.id,
        trial=event.trial,
        registry=event.registry,
        title=without_addresses(event.title),
        day=day_of(event),
        source=event.to.source.value if event.to else None,
        severity=event.severity.value,
        headline=headline,
        headline_marks=headline_marks,
        snippet=snippet(marks),
    )


def rows(answer: Answered, setting: Setting) -> list[FoundRow]:
    trials = [_found_trial(hit) for hit in answer.found.trials]
    changes = [_found_change(hit, setting) for hit in answer.found.changes]
    return [
        *(
            FoundRow(
                trial=one.trial,
                registry=one.registry,
                title=one.title,
                status=one.status,
                phase=one.phase,
                sponsor=one.sponsor,
                updated=one.updated,
                source=one.source,
                version=one.version,
                found_in=one.snippet.column if one.snippet else None,
                snippet=one.snippet.text if one.snippet else None,
            )
            for one in trials
        ),
        *(
            FoundRow(
                trial=one.trial,
                registry=one.registry,
                title=one.title,
                source=one.source,
                day=one.day,
                severity=one.severity,
                headline=one.headline,
                event=one.event,
                found_in=one.snippet.column if one.snippet else None,
                snippet=one.snippet.text if one.snippet else None,
            )
            for one in changes
        ),
    ]
