"""What a search asks for, checked, and the answer of the store. Bounded in words, in pages and in reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from monitor import watches
from monitor.web import filters
from monitor.web.answers import BadQuestion
from monitor.web.reading import Reading
from snapshots.search.asking import Asked, asked
from snapshots.search.finding import Fitting, Found, Search

SHOWN = 20  # on one page
MOST_PAGES = 10  # who has not found it by then needs other words
LOOKED = 3_000  # of very many that hold the words, looked through for those that fit
READ = 30  # versions read to tell whether they fitted on a day

NAMES = ("q", "in", "status", "phase", "sponsor", "country", "watch", "as_of", "archive", "page")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    words: str
    changes: bool
    status: str | None
    phase: str | None
    sponsor: str
    country: str | None
    watch: str
    day: date | None
    archive: bool
    page: int

    @property
    def kept(self) -> dict[str, str]:
        """As a query, the page aside."""
        given = {
            "q": self.words,
            "in": "changes" if self.changes else "",
            "status": (self.status or "").lower(),
            "phase": self.phase or "",
            "sponsor": self.sponsor,
            "country": self.country or "",
            "watch": self.watch,
            "as_of": self.day.isoformat() if self.day else "",
            "archive": "on" if self.archive else "",
        }
        return {name: text for name, text in given.items() if text}

    @property
    def fitted(self) -> bool:
        """More is asked for than words."""
        return bool(self.status or self.phase or self.sponsor or self.country or self.watch or self.day)

    def at(self, page: int, *, end: str = "") -> str:
        more = {} if page == 1 else {"page": str(page)}
        return f"/search{end}?{urlencode({**self.kept, **more})}"


def question_of(reader: Reading, query: Mapping[str, str]) -> Question:
    """BadQuestion."""
    given = {name: query.get(name, "").strip() for name in NAMES}
    for name in NAMES:
        filters.short_enough(name, given[name])
    if given["in"] not in ("", "trials", "changes"):
        raise BadQuestion(f"nothing of this name is searched: `{given['in']}`", hint="`trials` or `changes`.")
    if given["archive"] not in ("", "on"):
        raise BadQuestion(f"`archive` is `on` or left out: `{given['archive']}`")
    changes = given["in"] == "changes"
    country = filters.country(given["country"])
    if changes and country is not None:
        raise BadQuestion("a change has no country", hint="Leave the country out, or search the trials.")
    if given["archive"] and not changes:
        raise BadQuestion("`archive` is of changes", hint="Search the changes.")
    filters.watch(given["watch"], reader)
    return Question(
        words=given["q"],
        changes=changes,
        status=filters.status(given["status"]),
        phase=filters.phase(given["phase"]),
        sponsor=given["sponsor"],
        country=country,
        watch=given["watch"],
        day=_day(given["as_of"]),
        archive=bool(given["archive"]),
        page=_page(given["page"]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """read: the words as they were understood."""

    search: Search
    read: Asked
    found: Found


def answered(reader: Reading, one: Question) -> Answered:
    """A page of what was found. NothingAsked where there is no word to look for."""
    search = Search(reader.database)
    read = asked(one.words, known=search.knows)
    fitting = Fitting(
        status=one.status,
        phase=one.phase,
        sponsor=one.sponsor or None,
        country=one.country,
        among=None if one.changes or not one.watch else watches.held_by_name(reader.database, one.watch),
    )
    page = {"limit": SHOWN, "skip": (one.page - 1) * SHOWN}
    if one.changes:
        found = search.changes(
            read,
            fitting=fitting,
            watch=one.watch or None,
            until=one.day,
            archive=one.archive,
            through=LOOKED,
            **page,
        )
    elif one.day is None:
        found = search.now(read, fitting=fitting, through=LOOKED, **page)
    else:
        found = search.as_of(read, one.day, fitting=fitting, through=READ, **page)
    return Answered(search=search, read=read, found=found)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        found = None
    if found is None:
        raise BadQuestion(f"no day: `{text[:60]}`", hint="A day is written 2026-01-31.")
    return found


def _page(text: str) -> int:
    if not text:
        return 1
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 4 and 0 < int(text) <= MOST_PAGES):
        raise BadQuestion(
            f"a page of a search is a number from 1 to {MOST_PAGES}: `{text[:60]}`",
            hint="Search with more words, or narrow it by status, phase, sponsor or country.",
        )
    return int(text)
