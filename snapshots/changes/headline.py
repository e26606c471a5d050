"""One line for a whole change set: the weightiest first, what belongs together said once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from snapshots.changes.site_words import sites_in_words
from snapshots.changes.sites import Sites
from snapshots.changeset import FieldChange, Severity
from snapshots.terms import counted

MOST = 3  # sentences
_TOLD_BY = {  # these say nothing that the other does not say, when both are there
    "why-stopped": "overall-status",
    "results": "has-results",
    "results-submission": "has-results",
    "results-first-posted": "has-results",
}
_COMPLETIONS = ("primary-completion-date", "completion-date")
_SHIFT = re.compile(r"(?:Primary|Study) completion (?P<how>slipped|brought forward|now actual)(?P<rest>.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    words: str
    severity: Severity
    count: int = 1  # changes that it tells
    sites: bool = False


def headline(changes: Sequence[FieldChange], sites: Sites | None = None) -> str:
    """changes: the weightiest first. sites: what `locations` among them came from."""
    news = [change for change in changes if change.severity is not Severity.NOISE]
    if not news:
        return "Nothing but noise" if changes else "No difference"
    slugs = {change.field for change in news}
    parts = _parts([change for change in news if _TOLD_BY.get(change.field) not in slugs] or news, sites)
    # Sites are told beside whatever weighs more: a loss must not vanish behind it.
    of_sites = [part for part in parts if part.sites]
    heaviest = [part for part in parts if part.severity is parts[0].severity and not part.sites]
    shown = [part for part in parts if part in heaviest[: MOST - len(of_sites)] or part.sites]
    if len(shown) == 1:
        shown += parts[1:2]
    left = sum(part.count for part in parts if part not in shown)
    words = [_raised(shown[0].words), *(_lowered(part.words) for part in shown[1:])]
    if left:
        words.append(counted(left, "other change"))
    return "; ".join(words)


def _parts(own: Sequence[FieldChange], sites: Sites | None) -> list[_Part]:
    of_sites = sites_in_words(sites) if sites is not None else ""
    completions = {change.field: change for change in own if change.field in _COMPLETIONS}
    both = _both(completions)
    parts = [
        _Part(words=change.summary, severity=change.severity)
        for change in own
        if not (of_sites and change.field == "locations") and not (both and change.field in _COMPLETIONS)
    ]
    if both:
        severity = max(change.severity for change in completions.values())
        parts.insert(_ahead(own), _Part(words=both, severity=severity, count=2))
    placed = [change for change in own if change.field == "locations"]
    if of_sites and placed:
        severity = max(change.severity for change in placed)
        parts.append(_Part(words=of_sites, severity=severity, count=len(placed), sites=True))
    return sorted(dict.fromkeys(parts), key=lambda part: -part.severity.rank)


def _ahead(own: Sequence[FieldChange]) -> int:
    """How many parts stand before the first of the completions."""
    before = takewhile(lambda change: change.field not in _COMPLETIONS, own)
    return sum(change.field != "locations" for change in before)


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
        return ""
    return f"Primary completion {primary['how']}{primary['rest']}, study completion{study['rest']}"


def _raised(words: str) -> str:
    return words[:1].upper() + words[1:]


def _lowered(words: str) -> str:
    """Inside a line: an abbreviation stays as it is."""
    return words[:1].lower() + words[1:] if words[1:2].islower() else words
