"""Outcomes as the same or as another: a measure that left one list for the next, an endpoint put in another's place.

Two measures are alike in their template long before they are alike in what they measure ("Change from Baseline in …
at Week 24"): the template is taken away before they count as one, reworded. `endpoints` knows those that are one
though their letters are far apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rapidfuzz import fuzz, process

from snapshots.markup import normal_text
from snapshots.pairing.contraries import contrary, survivals

MOVED_LIKE = 85.0  # rapidfuzz's ratio from which a measure in another list is the same, moved
SAME_CONCEPT = 50.0  # of the words that two measures do not share: "hemoglobin" and "haemoglobin"
SAME_DESCRIPTION = 80.0
LONGEST = 256  # characters compared
MOST_PAIRS = 1_000_000

Place = tuple[str, int]  # a list and a position in it

_WORD = re.compile(r"[^\W_]+")
_RESPONSE = re.compile(r"\b(?:objective|overall) (?:response|remission)\b")  # all are ORR
_SURVIVAL = re.compile(r"\boverall survival\b")
# Words of the template: what nearly every measure is made of, and what is left when the endpoint is taken out.
_TEMPLATE = {
    "an", "and", "as", "at", "by", "for", "from", "in", "is", "of", "on", "or", "per", "the", "their", "to", "up",
    "with", "within", "without", "who", "whose", "absolute", "average", "baseline", "best", "between", "change",
    "changes", "compared", "cumulative", "day", "days", "difference", "duration", "during", "end", "endpoint",
    "evaluation", "event", "events", "first", "free", "frequency", "hour", "hours", "incidence", "level", "levels",
    "mean", "measured", "measurement", "median", "minutes", "month", "months", "number", "occurrence", "outcome",
    "over", "overall", "participants", "patients", "percent", "percentage", "post", "pre", "primary", "proportion",
    "rate", "rates", "reported", "response", "responses", "score", "scores", "secondary", "study", "subjects",
    "survival", "time", "total", "treatment", "value", "values", "visit", "week", "weeks", "year", "years",
}  # fmt: skip
# Of these, what names an endpoint where nothing else does, by its stem.
_NOUNS = {
    "event": "event", "events": "event", "response": "response", "responses": "response", "score": "score",
    "scores": "score", "survival": "survival",
}  # fmt: skip


def another_endpoint(old: Any, new: Any) -> bool:
    """Whether two measures share nothing but their template, or contradict: one was dropped, the other added."""
    one, other = (
        _WORD.findall(_SURVIVAL.sub("os", _RESPONSE.sub("orr", measure(outcome)))) for outcome in (old, new)
    )
    if contrary(one, other):
        return True
    shared = set(one) & set(other)
    said = sum(map(says_something, shared))
    left, right = (
        [word for word in words if word not in shared and says_something(word)] for words in (one, other)
    )
    if said > 1 or (said and not (left and right)) or survivals(one) & survivals(other):
        return False  # visual acuity and visual field share one word, and are two endpoints
    if not left or not right:
        stems = {_NOUNS[word] for word in shared if word in _NOUNS}
        left, right = (
            own or [word for word in words if word in _NOUNS and _NOUNS[word] not in stems]
            for own, words in ((left, one), (right, other))
        )
    if not left or not right or _same_initials(left, right):
        return False
    if fuzz.ratio("".join(left), "".join(right)) >= SAME_CONCEPT:
        return False
    described = [normal_text(str(outcome.get("description") or "")) for outcome in (old, new)]
    return not all(described) or fuzz.ratio(*(text[:LONGEST] for text in described)) < SAME_DESCRIPTION


def moves(old: Mapping[Place, Any], new: Mapping[Place, Any]) -> list[tuple[Place, Place]]:
    """Outcomes that went from one list to another, of those that no identity pairs: (place before, place after).

    The surest first, over all lists together: one that only was reworded where it stands is no move.
    """
    before = {place: measure(outcome)[:LONGEST] for place, outcome in old.items()}
    after = {place: measure(outcome)[:LONGEST] for place, outcome in new.items()}
    if len(before) * len(after) > MOST_PAIRS:
        return []
    scored = []
    for place, text in before.items():
        if not text:
            continue
        for _, score, other in process.extract(
            text, after, scorer=fuzz.ratio, score_cutoff=MOVED_LIKE, limit=None
        ):
            scored.append((-score, place[0] != other[0], place, other))
    found: list[tuple[Place, Place]] = []
    left: set[Place] = set()
    right: set[Place] = set()
    for _, moved, place, other in sorted(scored):
        if place not in left and other not in right:
            left.add(place)
            right.add(other)
            if moved:
                found.append((place, other))
    return found


def measure(outcome: Any) -> str:
    """What is measured, for comparing."""
    return normal_text(str(outcome.get("measure") or "")) if isinstance(outcome, dict) else ""


def says_something(word: str) -> bool:
    """Whether a word is of the endpoint, not of the template."""
    return word not in _TEMPLATE and not word.isdigit() and len(word) > 1


def _same_initials(left: Sequence[str], right: Sequence[str]) -> bool:
    """`orr` and `objective response rate`."""
    for short, long in ((left, right), (right, left)):
        initials = "".join(word[0] for word in long)
        if any(len(word) > 1 and word in initials for word in short):
            return True
    return False
