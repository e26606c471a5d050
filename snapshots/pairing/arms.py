"""Arms that are one under another label: a label that grew, a number that got a name, the last one left.

What an arm receives and how it is described says more of it than what it is called. In doubt two: an arm with another
treatment is another arm. Pure, and bounded.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from typing import Any

from rapidfuzz import fuzz

from snapshots.markup import normal_text
from snapshots.pairing.abbreviations import Wording, words
from snapshots.pairing.contraries import opposed
from snapshots.pairing.interventions import Naming, Scored, another_substance

LIKE = 70.0  # as rapidfuzz's ratios are: what pairs here is no less alike than labels reworded
RELABELLED = 40.0  # of an arm that receives the same
REDESCRIBED = 80.0
SAME_LABEL, GROWN_LABEL, LAST_LEFT = 98.0, 90.0, 70.0
MOST_LIKE = 20  # of the members like one, so many are looked at
MOST_PAIRS = 2_500  # looked at word by word: a tenth of a second
LONGEST = 256  # characters of a label
LONGEST_DESCRIPTION = 1_000
TELLING = 10  # characters from which a description says what is given
IN_COMMON = 5  # telling words that two descriptions share

_PLACES = {"arm", "cohort", "group", "panel", "part", "phase", "stage", "step", "stratum"}
_COUNT = re.compile(r"[ivx]+|[a-z]|\d+[a-z]?")
_ROLES = {"active", "comparator", "control", "experimental", "intervention", "study", "treatment"}
_GREW = re.compile(r"\s*(?:[(\[:_]|[-–—]\s)")  # what may follow a label that grew
_SMALL = {
    "a", "an", "and", "are", "at", "be", "but", "by", "cannot", "dose", "for", "from", "group", "in", "is", "not", "of",
    "on", "or", "participants", "patients", "receive", "receiving", "subjects", "the", "time", "to", "treatment",
    "will", "with", "without",
}  # fmt: skip


def like_arms(
    old: Sequence[Any], new: Sequence[Any], texts_old: dict[int, str], texts_new: dict[int, str]
) -> Iterator[Scored]:
    """Of the arms that no label pairs, those that are one."""
    yield from _same_treatments(old, new, texts_old, texts_new)
    if len(texts_old) * len(texts_new) > MOST_PAIRS:
        return
    after = {b: Arm(new[b]) for b in texts_new}
    for a in texts_old:
        arm = Arm(old[a])
        for b, other in after.items():
            if score := _same_arm(arm, other):
                yield -score, a, b


def another_arm(one: Arm, other: Arm) -> bool:
    """Whether two arms of like labels are two: `Arm B` and `Arm C` with other treatments."""
    if one.naming.sham != other.naming.sham or opposed(one.words, other.words):
        return True
    left, right = one.only_in(other), other.only_in(one)
    if not left or not right or one.described_like(other):
        return False
    return (one.counts and other.counts) or another_substance(one.naming, other.naming)


def last_arm(old: Any, new: Any) -> float:
    """The likeness of the only two arms that are left on both sides; 0 for two that are not one."""
    one, other = Arm(old), Arm(new)
    if one.naming.sham != other.naming.sham or opposed(one.words, other.words) or not one.treated_like(other):
        return 0.0
    for counted, named in ((one, other), (other, one)):
        if counted.counts and not named.counts and named.own and set(named.own) - _SMALL <= counted.told:
            return LAST_LEFT
    shared = (one.told & other.told) - _SMALL
    fewest = min(len(one.told - _SMALL), len(other.told - _SMALL))
    return LAST_LEFT if len(shared) >= IN_COMMON and 2 * len(shared) >= fewest else 0.0


class Arm:
    """What is said of an arm, taken apart once."""

    __slots__ = (
        "abbreviations",
        "counts",
        "description",
        "given",
        "label",
        "naming",
        "own",
        "told",
        "type",
        "words",
    )

    def __init__(self, arm: Any) -> None:
        said = arm if isinstance(arm, dict) else {}
        self.label = Wording(" ".join(str(said.get("label") or "").split())[:LONGEST])
        self.type = str(said.get("type"))
        self.naming = Naming(self.label.text)
        self.words = self.label.words
        self.own = _without_places(self.words)
        self.counts = not self.own
        self.description = Wording(str(said.get("description") or "")[:LONGEST_DESCRIPTION])
        names = said.get("interventionNames")
        kinds = [str(name).partition(": ") for name in (names if isinstance(names, list) else [])[:MOST_LIKE]]
        self.given = [Naming(name or kind) for kind, _, name in kinds]
        self.told = {*self.description.words, *(word for one in self.given for word in one.words)}

    def only_in(self, other: Arm) -> list[Naming]:
        """What is given in this arm and not in the other, placebos left out."""
        return [
            one for one in self.given if not one.sham and not any(one.same(again) for again in other.given)
        ]

    def treated_like(self, other: Arm) -> bool:
        """Whether both receive the same, or nothing that is stated."""
        if not self.given or not other.given:
            return self.given == other.given and self.type == other.type
        if any(one.sham for one in self.given) != any(one.sham for one in other.given):
            return False
        one, again = ({word for name in arm.given for word in name.words} for arm in (self, other))
        return one == again or not (self.only_in(other) or other.only_in(self))

    def described_like(self, other: Arm) -> bool:
        """Whether two descriptions say the same but for some words, or one ends as the other."""
        known = self.description.shared(other.description)
        one, again = (" ".join(arm.description.beside(known)) for arm in (self, other))
        if min(len(one), len(again)) < TELLING:
            return False
        return fuzz.ratio(one, again) >= REDESCRIBED or one.endswith(f" {again}") or again.endswith(f" {one}")


def _same_arm(old: Arm, new: Arm) -> float:
    """The likeness of two arms that are one; 0 for others."""
    known = old.label.shared(new.label)
    one, other = (_without_places(arm.label.beside(known)) for arm in (old, new))
    same = bool(one) and one == other
    grown = _grown(old.label.text, new.label.text) or _grown(new.label.text, old.label.text)
    if not (same or grown or old.counts or new.counts):
        return 0.0
    if old.naming.sham != new.naming.sham or opposed(old.words, new.words):
        return 0.0
    treated, described = old.treated_like(new), old.described_like(new)
    if same or grown:
        return (SAME_LABEL if same else GROWN_LABEL) if treated or described else 0.0
    return REDESCRIBED + (set(old.words) & set(new.words) != set()) if treated and described else 0.0


def _grown(label: str, longer: str) -> bool:
    """`Arm I` became `Arm I (standard WBI)`."""
    if not label or not longer.casefold().startswith(label.casefold()):
        return False
    return bool(_GREW.match(longer[len(label) :]))


def _without_places(label: Sequence[str]) -> list[str]:
    """`Arm 1_NSCLC` → NSCLC; nothing is left of a label that only counts."""
    found: list[str] = []
    place = False
    for word in label:
        if word in _PLACES or (place and _COUNT.fullmatch(word)):
            place = word in _PLACES
            continue
        place = False
        found.append(word)
    if all(_COUNT.fullmatch(word) or word in _ROLES for word in found):
        return []
    return found


def _same_treatments(
    old: Sequence[Any], new: Sequence[Any], texts_old: dict[int, str], texts_new: dict[int, str]
) -> Iterator[Scored]:
    """What an arm receives says more of it than what it is called."""
    given_old = {at: given for at in texts_old if (given := _treatment(old[at])) is not None}
    given_new = {at: given for at in texts_new if (given := _treatment(new[at])) is not None}
    times_old, times_new = Counter(given_old.values()), Counter(given_new.values())
    waiting: defaultdict[Hashable, list[int]] = defaultdict(list)
    for at, given in given_new.items():
        waiting[given].append(at)
    for a, given in given_old.items():
        alone = times_old[given] == 1 == times_new[given]
        for b in waiting[given][:MOST_LIKE]:
            score = fuzz.ratio(texts_old[a], texts_new[b])
            if opposed(words(texts_old[a]), words(texts_new[b])):
                continue
            if score >= RELABELLED or (alone and _same_description(old[a], new[b])):
                yield -max(score, LIKE + score / 10), a, b


def _treatment(arm: Any) -> Hashable | None:
    given = arm.get("interventionNames") if isinstance(arm, dict) else None
    if not isinstance(given, list) or not given:
        return None
    return str(arm.get("type")), tuple(sorted(normal_text(str(name)) for name in given))


def _same_description(a: dict[str, Any], b: dict[str, Any]) -> bool:
    described = (a.get("description"), b.get("description"))
    if not all(isinstance(text, str) and text for text in described):
        return False
    return normal_text(str(described[0])) == normal_text(str(described[1]))
