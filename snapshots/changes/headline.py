"""One line for a whole change set: the weightiest first, what belongs together said once, short enough to be read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from snapshots.changes.following import THE_STUDY
from snapshots.changes.site_words import sites_in_words
from snapshots.changes.sites import Sites
from snapshots.changeset import FieldChange, Severity
from snapshots.terms import counted, short

LONGEST = 250  # characters, about: what stands in a title and is read at a glance
MOST = 4  # sentences of the highest severity, as long as they fit
LONGEST_FIRST = 190  # of the first sentence, which may give a reason
LONGEST_PART = 130  # of any other
_TOLD_BY = {  # these say nothing that the other does not say, when both are there
    "why-stopped": "overall-status",
    "results": "has-results",
    "results-submission": "has-results",
    "results-first-posted": "has-results",
}
_COMPLETIONS = ("primary-completion-date", "completion-date")
_ENDING = ("overall-status", "enrollment")
_AS_PLANNED = re.compile(r"Enrolment of (?P<count>[\d,]+) now actual, as planned")
_PLANNED = re.compile(r", on the planned date \((?P<day>[^)]*)\)")
_SHIFT = re.compile(r"(?:Primary|Study) completion (?P<how>slipped|brought forward|now actual)(?P<rest>.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    words: str
    severity: Severity
    count: int = 1  # changes that it tells
    sites: bool = False
    told: int = 0  # by which change; two that say the same are two


def headline(changes: Sequence[FieldChange], sites: Sites | None = None, *, again: str = "") -> str:
    """changes: the weightiest first. sites: what `locations` among them came from. again: what those take back."""
    news = [change for change in changes if change.severity is not Severity.NOISE]
    if not news:
        return "Nothing but noise" if changes else "No difference"
    slugs = {change.field for change in news}
    own = [
        change for change in news if _TOLD_BY.get(change.field) not in slugs and change.reason != THE_STUDY
    ] or news
    shown = _chosen(_parts(own, _of_sites(sites, again)))
    told = _of_sites(sites, again, brief=True) if len(shown) < MOST else ""
    if told:  # what weighs as much may need the room that lesser news of sites take
        brief = _chosen(_parts(own, told, brief=True))
        shown = brief if len(brief) > len(shown) else shown
    left = len(own) - sum(part.count for part in shown)
    words = [
        _raised(shown[0].words),
        *(part.words if part.sites else _lowered(part.words) for part in shown[1:]),
    ]
    if left:
        words.append(counted(left, "other change"))
    return "; ".join(words)


def _of_sites(sites: Sites | None, again: str, *, brief: bool = False) -> str:
    words = sites_in_words(sites, brief=brief) if sites is not None else ""
    return words + again if words else ""


def _chosen(parts: Sequence[_Part]) -> list[_Part]:
    """The first always, and sites: a loss must not vanish behind what weighs more. Of the rest what fits."""
    parts = [replace(part, words=_fitting(part, first=not number)) for number, part in enumerate(parts)]
    shown = [number for number, part in enumerate(parts) if part.sites or number == 0]
    room = LONGEST - sum(len(parts[number].words) + 2 for number in shown)
    for number, part in enumerate(parts):
        if number in shown or part.severity is not parts[0].severity or len(shown) == MOST:
            continue
        if len(part.words) + 2 <= room:
            shown.append(number)
            room -= len(part.words) + 2
    if len(shown) == 1 and len(parts) > 1:
        shown.append(1)
    return [parts[number] for number in sorted(shown)]


def _fitting(part: _Part, *, first: bool) -> str:
    """A sentence as a part of a line: no full stop, and not too long."""
    words = part.words if part.sites else short(part.words, LONGEST_FIRST if first else LONGEST_PART)
    return words.rstrip(" .,;")


def _parts(own: Sequence[FieldChange], of_sites: str, *, brief: bool = False) -> list[_Part]:
    """In the order of the changes; what several of them say together stands where the first of them does."""
    completions = {change.field: change for change in own if change.field in _COMPLETIONS}
    both = _both(completions)
    placed = [change for change in own if change.field == "locations"]
    if brief:  # it tells what opened or closed a country, and what was lost
        placed = [change for change in placed if change.severity > Severity.MINOR or "lost" in change.reason]
    parts: list[_Part] = []
    enrolled = _enrolled(own)
    for change in own:
        if enrolled and change.field in _ENDING:
            parts.append(_Part(words=enrolled, severity=Severity.MAJOR, count=2))
        elif both and change.field in _COMPLETIONS:
            severity = max(one.severity for one in completions.values())
            parts.append(_Part(words=both, severity=severity, count=2))
        elif of_sites and change.field == "locations":
            if placed:
                severity = max(one.severity for one in placed)
                parts.append(_Part(words=of_sites, severity=severity, count=len(placed), sites=True))
        else:
            parts.append(_Part(words=change.summary, severity=change.severity, told=id(change)))
    return sorted(dict.fromkeys(parts), key=lambda part: -part.severity.rank)


def _enrolled(own: Sequence[FieldChange]) -> str:
    """`Recruiting → Completed, with 110 enrolled as planned`; empty when that is not what happened."""
    status, enrolment = (next((one for one in own if one.field == slug), None) for slug in _ENDING)
    if status is None or enrolment is None or status.after != "COMPLETED":
        return ""
    found = _AS_PLANNED.fullmatch(enrolment.summary)
    return f"{status.summary}, with {found['count']} enrolled as planned" if found else ""


def _both(changes: Mapping[str, FieldChange]) -> str:
    """Primary and study completion that moved alike, in one sentence; empty when they did not."""
    if len(changes) < 2:
        return ""
    primary, study = (_SHIFT.fullmatch(changes[slug].summary) for slug in _COMPLETIONS)
    if primary is None or study is None or primary["how"] != study["how"]:
        return ""
    if primary["rest"] == study["rest"]:
        return f"Primary and study completion {primary['how']}{primary['rest']}"
    if primary["how"] == "now actual":
        planned = [_PLANNED.fullmatch(found["rest"]) for found in (primary, study)]
        if not planned[0] or not planned[1]:
            return ""
        days = f"{planned[0]['day']} and {planned[1]['day']}"
        return f"Primary and study completion now actual, on the planned dates ({days})"
    return f"Primary completion {primary['how']}{primary['rest']}, study completion{study['rest']}"


def _raised(words: str) -> str:
    return words[:1].upper() + words[1:]


def _lowered(words: str) -> str:
    """Inside a line: an abbreviation stays as it is."""
    return words[:1].lower() + words[1:] if words[1:2].islower() else words
