"""`/search`, as `trialbell search`: words in the records as they are or were on a day, and in what changed."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from monitor import addresses
from monitor.web import filters
from monitor.web.address import Asked, Format
from monitor.web.answers import Answer, BadQuestion, Elsewhere, Page
from monitor.web.drawing.names import name_of
from monitor.web.reading import Reading
from monitor.web.search.marked import COLUMNS, marked
from monitor.web.search.question import MOST_PAGES, Answered, Question, answered, question_of
from monitor.web.search.results import day_of, nothing, result, rows, weighed
from monitor.web.setting import Setting
from monitor.web.sources import named
from monitor.web.today.cards import compared
from monitor.web.trial.head import standing
from snapshots.changeset import Severity, Source
from snapshots.search.asking import NothingAsked
from snapshots.search.finding import ChangeHit, Found, Hit, Search


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialCard:
    """A trial that was found, as the version that was searched has it."""

    trial: str
    href: str
    title: Markup
    status: str
    tone: str
    sign: str
    facts: tuple[str, ...]
    version: str  # which one, where it is not the newest
    version_href: str
    column: str
    snippet: Markup | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCard:
    severity: Severity
    day: str
    headline: Markup
    href: str
    trial: str
    trial_href: str
    title: str
    own: str  # between which of the registry's own versions, where it is of these
    column: str
    snippet: Markup | None


def search(asked: Asked) -> Answer:
    """An id leads to its trial; words to what holds them; nothing to the form."""
    question = question_of(asked.reader, asked.query)
    if question.day is not None:
        filters.check_come(question.day, asked.setting.last_day(asked.reader.newest_build()))
    as_id = id_in(question.words)
    if as_id is not None and asked.format is Format.HTML and asked.reader.trial(*as_id) is not None:
        return Elsewhere(path=addresses.trial(*as_id))
    answer, problem = None, None
    if question.words:
        try:
            answer = answered(asked.reader, question)
        except NothingAsked as error:
            if asked.format is not Format.HTML:
                raise BadQuestion(str(error), hint=error.hint or "") from None
            problem = error
    values = _values(asked, question, answer, problem) if asked.format is Format.HTML else {}
    return Page(
        template="search.html",
        path=question.at(question.page) if question.kept else "/search",
        values=values,
        data=lambda: (
            result(question, answer, asked.setting) if answer else nothing(Search(asked.reader.database))
        ),
        rows=lambda: rows(answer, asked.setting) if answer else [],
    )


def id_in(words: str) -> tuple[str, str] | None:
    """Registry and id that the words are: also the digits alone, as people know them."""
    digits = words.isascii() and words.isdigit() and 6 <= len(words) <= 8
    return named(f"NCT{words.zfill(8)}" if digits else words) if words else None


def _values(
    asked: Asked, question: Question, answer: Answered | None, problem: NothingAsked | None
) -> dict[str, object]:
    found = answer.found if answer else Found()
    behind = answer.search.behind() if answer else None
    empty = answer is not None and not found.trials and not found.changes
    first_day = None
    if empty and answer and question.day and not answer.search.knows_day(question.day):
        first_day = answer.search.first_day()
    return {
        "here": "search",
        "words": question.words,
        "question": question,
        "answer": answer,
        "problem": problem,
        "trials": [_trial_card(hit, dated=question.day is not None) for hit in found.trials],
        "changes": [_change_card(hit, asked.setting) for hit in found.changes],
        "found": found,
        "behind": behind,
        "waiting": max(0, behind.trials - behind.unreadable) if behind else 0,
        "nothing": empty,
        "elsewhere": empty and answer is not None and _other_holds(asked.reader, question, answer),
        "nowhere": [term.typed for term in found.nowhere] if not question.fitted else [],
        "small": [term.text for term in found.asked if term.text in ("and", "or", "not")] if empty else [],
        "first_day": first_day,
        "as_id": id_in(question.words),
        "following": question.at(question.page + 1) if found.more and question.page < MOST_PAGES else None,
        "previous": question.at(question.page - 1) if question.page > 1 else None,
        "first": question.at(1),
        "last_page": found.more and question.page == MOST_PAGES,
        "other": _other(question),
        "statuses": filters.statuses(),
        "phases": filters.PHASES,
        "countries": filters.countries(),
        "watch_names": sorted(one.name for one in asked.reader.watches())[:500],
        "last_day": asked.setting.last_day(asked.reader.newest_build()).isoformat(),
    }


def _other(question: Question) -> str:
    """The same words in the changes, or in the trials."""
    other = Question(
        words=question.words,
        changes=not question.changes,
        status=question.status,
        phase=question.phase,
        sponsor=question.sponsor,
        country=None,
        watch=question.watch,
        day=question.day,
        archive=False,
        page=1,
    )
    return other.at(1)


def _other_holds(reader: Reading, question: Question, answer: Answered) -> bool:
    """Whether the trials, where the changes were searched, or the changes, hold the words: without any filter."""
    table = "search_now" if question.changes else "search_change"
    sql = f"select 1 from {table} where {table} match ? limit 1"
    return reader.database.execute(sql, [answer.read.expression]).fetchone() is not None


def _trial_card(hit: Hit, *, dated: bool) -> TrialCard:
    words, tone, sign = standing(hit.status, hit.trial.state)
    at = addresses.version(hit.trial.registry, hit.trial.trial, hit.ref)
    facts = (hit.phase, hit.sponsor, f"updated {hit.updated}" if hit.updated else None)
    return TrialCard(
        trial=hit.trial.trial,
        href=addresses.trial(hit.trial.registry, hit.trial.trial),
        title=marked(hit.marks.lead) or Markup(""),
        status=words,
        tone=tone,
        sign=sign,
        facts=tuple(one for one in facts if one),
        version=name_of(hit.ref) if dated and at else "",
        version_href=at or "",
        column=COLUMNS.get(hit.marks.column or "", ""),
        snippet=marked(hit.marks.snippet) if hit.marks.column else None,
    )


def _change_card(hit: ChangeHit, setting: Setting) -> ChangeCard:
    event, marks = weighed(hit, setting)
    own = ""
    if event.from_ and event.to and event.to.source is Source.ARCHIVE:
        own = f"submitted; the registry's versions {event.from_.version} and {event.to.version}"
    return ChangeCard(
        severity=event.severity,
        day=day_of(event) or "",
        headline=marked(marks.lead),
        href=compared(event) or addresses.event(hit.sequence),
        trial=event.trial,
        trial_href=addresses.trial(event.registry, event.trial),
        title=event.title,
        own=own,
        column=COLUMNS.get(marks.column or "", ""),
        snippet=marked(marks.snippet) if marks.column else None,
    )
