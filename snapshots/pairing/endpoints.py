"""Outcomes that are one though their letters are far apart: an abbreviation spelt out, a name that got an explanation,
or a new name over the same description.

Pure. In doubt two: an outcome dropped must never hide behind one reworded, and what narrows a measure to some of the
participants, to a part of the body or to another scale is no explanation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from snapshots.markup import normal_text
from snapshots.pairing.abbreviations import Wording, contradicts, nearly_spelt, shortened, words
from snapshots.pairing.contraries import contrary, denies, names_part
from snapshots.pairing.outcomes import says_something

SPELT_OUT, EXPLAINED, DESCRIBED = 99.0, 80.0, 65.0  # as rapidfuzz's ratios are
MOST_PAIRS = 4_000  # looked at word by word
LONGEST = 400  # characters of a measure
LONGEST_DESCRIPTION = 2_000
MOST_WORDS = 3  # in brackets, of what is no explanation
TELLING = 40  # characters from which a description says what is measured

_FILLER = {
    "a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "their", "to", "with", "who",
    "achieve", "achieved", "achieving", "assess", "assessment", "baseline", "best", "determine", "evaluate",
    "evaluation", "experience", "experienced", "experiencing", "frequency", "had", "have", "having", "incidence",
    "individuals", "measurement", "number", "occurrence", "participants", "patients", "people", "percent",
    "percentage", "proportion", "rate", "rates", "subjects",
}  # fmt: skip
_TALE = (
    r"(?:will be|as (?:measured|determined|assessed|defined|evaluated|per)|assessed|measured|determined|evaluated|"
    r"graded|scored|defined|calculated|estimated|analy[sz]ed|based on|according to|using|by|per|via)\b"
)
_TAIL = re.compile(rf"\s*[(\[:]|\s[-–—]\s|,?\s+(?={_TALE})", re.IGNORECASE)
_ABBREVIATED = re.compile(r"\s*[(\[]([A-Za-z0-9]{2,8})[)\]]\s*")
_EXPLAINS = re.compile(
    rf"[\s(\[:,–—-]*(?:{_TALE}|(?:the )?(?:time|number|proportion|percentage) (?:from|of)\b)", re.IGNORECASE
)
_NARROWS = re.compile(
    r"\b(?:in|among|for|part|phase|cohorts?|arms?|groups?|subgroups?|(?:sub)?populations?|stratum|strata|plus|second)\b",
    re.IGNORECASE,
)
_VAGUE = {"effect", "effectiveness", "efficacy", "safety", "success", "tolerability", "toxicity"}

Scored = tuple[float, int, int]  # minus the likeness, position in the older list, in the newer


def like_endpoints(
    old: Sequence[Any], new: Sequence[Any], left_old: Sequence[int], left_new: Sequence[int]
) -> Iterator[Scored]:
    """Of the outcomes that no identity pairs, those that are one endpoint."""
    if len(left_old) * len(left_new) > MOST_PAIRS:
        return
    alone_old, alone_new = _own_descriptions(old), _own_descriptions(new)
    after = [(b, _Reading(new[b]), alone_new.get(b)) for b in left_new if isinstance(new[b], dict)]
    for a in left_old:
        if not isinstance(old[a], dict):
            continue
        reading, described = _Reading(old[a]), alone_old.get(a)
        for b, other, again in after:
            if score := _same_measure(reading, other):
                yield -score, a, b
            elif described is not None and described == again and _same_subject(reading, other, described):
                yield -DESCRIBED, a, b


class _Reading:
    """What an outcome says, taken apart once."""

    __slots__ = ("content", "description", "frame", "head", "measure", "name", "tail")

    def __init__(self, outcome: dict[str, Any]) -> None:
        self.measure = Wording(" ".join(str(outcome.get("measure") or "").split())[:LONGEST])
        self.content = _content(self.measure.own)
        name, tail = _divided(self.measure.text)
        self.name, self.tail = Wording(name), Wording(tail)
        self.head = _content(self.name.beside(self.measure.abbreviations))
        self.description = str(outcome.get("description") or "")[:LONGEST_DESCRIPTION]
        self.frame = normal_text(str(outcome.get("timeFrame") or ""))


def _same_measure(old: _Reading, new: _Reading) -> float:
    """The likeness of two measures that say the same; 0 for others."""
    shared = old.measure.shared(new.measure)
    if not shared and old.content != new.content and old.head != new.head:
        return 0.0  # cheap: most pairs
    known = old.measure.abbreviations | new.measure.abbreviations
    one, other = (_content(reading.measure.beside(shared and known)) for reading in (old, new))
    same = one == other and _names_endpoint(one)
    if not (same or _explained(old, new, known)) or contrary(old.measure.words, new.measure.words):
        return 0.0
    before, after = (f"{reading.measure.text} {reading.description}" for reading in (old, new))
    if contradicts(before, after, known):
        return 0.0
    guessed = shared - (set(old.measure.words) & set(new.measure.words))
    if old.frame != new.frame and any(len(name) < 3 for name in guessed):
        return 0.0  # two letters stand for much, where nobody spells them
    return SPELT_OUT if same else EXPLAINED


def _content(text: Iterable[str]) -> frozenset[str]:
    return frozenset(text) - _FILLER


def _explained(old: _Reading, new: _Reading, known: set[str]) -> bool:
    """Whether one measure is the other with its explanation, which may replace the other's of the same words."""
    head = _content(old.name.beside(known))
    if head != _content(new.name.beside(known)) or not _names_endpoint(head):
        return False
    if old.tail.text and new.tail.text:
        fewer, more = sorted((old.tail.beside(known), new.tail.beside(known)), key=len)
        unsaid = _content(fewer) - set(more)
        if not all(word in known and nearly_spelt(more, word) for word in unsaid):
            return False
    return _explains(old.tail if old.tail.text else new.tail, same_frame=old.frame == new.frame)


def _divided(text: str) -> tuple[str, str]:
    """A measure's name and its explanation: an abbreviation in brackets is of the name."""

    def kept(bracket: re.Match[str]) -> str:
        name = bracket[1].removesuffix("s").casefold()
        return " " if shortened(text[: bracket.start()], {name})[-1:] == [name] else bracket[0]

    plain = _ABBREVIATED.sub(kept, text)
    found = _TAIL.search(plain)
    return (plain[: found.start()], plain[found.start() :]) if found else (plain, "")


def _names_endpoint(head: Iterable[str]) -> bool:
    said = [word for word in head if word not in _VAGUE]
    return any(map(says_something, said)) or len(said) > 1


def _explains(tail: Wording, *, same_frame: bool) -> bool:
    """Whether what follows a measure's name says how it is measured, and not of whom, where, or what else."""
    if _NARROWS.search(tail.text) or names_part(tail.words) or denies(tail.words):
        return False
    if _EXPLAINS.match(tail.text):
        return True
    return same_frame and tail.text.lstrip().startswith(("(", "[")) and len(_content(tail.own)) <= MOST_WORDS


def _own_descriptions(outcomes: Sequence[Any]) -> dict[int, str]:
    """Descriptions that tell and that no other outcome of the list has."""
    found = {
        at: text
        for at, one in enumerate(outcomes)
        if isinstance(one, dict) and len(text := normal_text(str(one.get("description") or ""))) >= TELLING
    }
    times = Counter(found.values())
    return {at: text for at, text in found.items() if times[text] == 1}


def _same_subject(old: _Reading, new: _Reading, description: str) -> bool:
    """Whether two names over one description and one time frame are of one thing: the description names both."""
    if old.frame != new.frame or contrary(old.measure.words, new.measure.words):
        return False
    if old.measure.text.count(";") != new.measure.text.count(";"):
        return False  # one of several in a row
    one, other = (_told(reading) for reading in (old, new))
    if one and other and (one <= other or other <= one):
        return True
    stems = {word[:5] for word in words(description)}
    return all(word[:5] in stems for word in one | other)


def _told(reading: _Reading) -> set[str]:
    return {word for word in reading.measure.words if says_something(word)} - _VAGUE
