"""The page of the trials that are held."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from monitor import addresses
from monitor.web.answers import Answer, BadQuestion, Elsewhere, Page
from monitor.web.finding import newest_of, record_of
from monitor.web.sources import named
from monitor.web.trial.head import acronym, standing
from snapshots.query import Reader, Trial

PAGE = 100  # trials on one page
BATCH = 1_000  # trials read at a time while searching
LOOKED_THROUGH = 20_000  # trials read for one page of a search; the next page goes on where it ended
READ_ACRONYMS = 400  # trials held, up to which a search also reads the acronyms in their records


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRow:
    trial: str
    href: str
    title: str
    status: str
    tone: str
    sign: str
    phase: str
    sponsor: str
    updated: str
    versions: str


def held_trials(reader: Reader, query: Mapping[str, str]) -> Answer:
    """`/trials`: in the order of their ids, or those that have the words asked for in id, title, sponsor, …"""
    words, after = query.get("q", "").strip(), query.get("after", "")
    if len(words) > 200 or len(after) > 80:
        raise BadQuestion("the search is too long", hint="Search with a few words, or with an id.")
    asked = named(words) if words else None
    if asked is not None and not after and reader.trial(*asked) is not None:
        return Elsewhere(path=addresses.trial(*asked))
    rows, following = _search(reader, words, after) if words else _listed(reader, after)
    kept = {"q": words} if words else {}
    return Page(
        template="trials.html",
        path="/trials",
        values={
            "here": "trials",
            "words": words,
            "rows": [_row(one) for one in rows],
            "first": "?" + urlencode(kept) if after else None,
            "following": "?" + urlencode({**kept, "after": following}) if following else None,
        },
    )


def _listed(reader: Reader, after: str) -> tuple[list[Trial], str | None]:
    found = reader.trials(limit=PAGE + 1, after=after or None)
    return found[:PAGE], found[PAGE - 1].trial if len(found) > PAGE else None


def _search(reader: Reader, words: str, after: str) -> tuple[list[Trial], str | None]:
    """A page of trials that have every word, and where to go on; a bounded number is looked through."""
    wanted = words.casefold().split()
    acronym_of = (
        _acronyms(reader) if len(reader.trials(limit=READ_ACRONYMS + 1)) <= READ_ACRONYMS else _no_acronym
    )
    found: list[Trial] = []
    at: str | None = after or None
    for _ in range(LOOKED_THROUGH // BATCH):
        batch = reader.trials(limit=BATCH, after=at)
        for one in batch:
            if _has(one, wanted, acronym_of):
                if len(found) == PAGE:
                    return found, found[-1].trial
                found.append(one)
        if len(batch) < BATCH:
            return found, None
        at = batch[-1].trial
    return found, at


def _has(one: Trial, wanted: Sequence[str], acronym_of: Callable[[Trial], str]) -> bool:
    parts = (one.trial, one.title, *one.aliases, one.sponsor or "", *one.conditions)
    text = " ".join(parts).casefold()
    missing = [word for word in wanted if word not in text]
    return not missing or all(word in acronym_of(one).casefold() for word in missing)


def _acronyms(reader: Reader) -> Callable[[Trial], str]:
    """Acronyms stand in no column: they are read from the records, for those trials that lack a word only."""

    def acronym_of(one: Trial) -> str:
        newest = newest_of(reader.versions(one.registry, one.trial))
        if newest is None:
            return ""
        record, _ = record_of(reader, one.registry, one.trial, newest.ref)
        return acronym(record)

    return acronym_of


def _no_acronym(one: Trial) -> str:
    return ""


def _row(one: Trial) -> TrialRow:
    words, tone, sign = standing(one.status)
    if one.state != "present":
        words, tone, sign = f"{words} · {one.state}", "unknown", "?"
    return TrialRow(
        trial=one.trial,
        href=addresses.trial(one.registry, one.trial),
        title=one.title,
        status=words,
        tone=tone,
        sign=sign,
        phase=one.phase or "",
        sponsor=one.sponsor or "",
        updated=one.updated or "",
        versions=str(one.snapshots) + (f" + {one.archived} archived" if one.archived else ""),
    )
