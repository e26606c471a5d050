"""Interventions that are one under another name: a code that got its name, a name that grew in brackets or by a form.

In doubt two: a drug put in another's place, and its placebo, are dropped and added. Pure, and bounded.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from typing import Any

from rapidfuzz.distance import OSA

from snapshots.markup import normal_text
from snapshots.pairing.abbreviations import words
from snapshots.pairing.contraries import opposed

SAME_NAME, OTHER_NAME, GROWN_NAME, LAST_LEFT = 98.0, 95.0, 70.0, 70.0  # as rapidfuzz's ratios are
MOST_LIKE = 20  # of the members like one, so many are looked at
LONGEST = 256  # characters of a name
TELLING = 20  # characters from which a description says what is given

Scored = tuple[float, int, int]  # minus the likeness, position in the older list, in the newer

_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_TAIL = re.compile(r"\s[-–—]\s|:\s")
_ITEMS = re.compile(r"[,;/]|\bor\b")
_CODE = re.compile(r"(?=[^\W_]*\d)(?=[^\W_]*[^\W\d_])[^\W_]{3,}(?:-[^\W_]+)*|[^\W\d_]{2,}-\d{2,}[^\W_]*")
_DOSE = re.compile(
    r"\d+(?:[.,]\d+)?\s*(?:mg|g|kg|ml|l|mcg|ug|µg|iu|gy|mm|cm|hours?|h|hrs?|days?|weeks?|%)(?:/\w+)?(?!\w)",
    re.IGNORECASE,
)
_COMBINED = re.compile(r"\+|&|/|\b(?:and|plus|with|or|versus|vs|followed by|then)\b", re.IGNORECASE)
_SHAM = {"placebo", "placebos", "sham", "dummy", "vehicle"}
# What a name may gain or lose without being another's: form, salt, way, dose.
_FORMS = {
    "acetate", "administration", "besylate", "by", "capsule", "capsules", "cream", "daily", "day", "dose", "drug",
    "for", "gel", "hcl", "hydrochloride", "in", "infusion", "inhaled", "inhaler", "injectable", "injection",
    "intramuscular", "intravenous", "iu", "iv", "kg", "label", "mcg", "mesylate", "mg", "ml", "of", "ointment", "once",
    "open", "oral", "patch", "pen", "pill", "pills", "powder", "prefilled", "sachet", "sc", "sodium", "solution",
    "spray", "subcutaneous", "suspension", "syringe", "tablet", "tablets", "the", "therapy", "treatment", "twice",
    "weekly",
}  # fmt: skip
_GENERIC = _FORMS | {
    "active", "arm", "behavioral", "biological", "care", "chemotherapy", "comparator", "control", "device", "diet",
    "education", "exercise", "group", "immunotherapy", "intervention", "irradiation", "procedure", "program",
    "programme", "questionnaire", "radiation", "radiotherapy", "soc", "standard", "surgery", "training", "usual",
    "vaccination", "vaccine",
}  # fmt: skip
_DRUGS = {"DRUG", "BIOLOGICAL", "GENETIC", "COMBINATION_PRODUCT", "DIETARY_SUPPLEMENT"}


class Naming:
    """What something given is called, taken apart once: its own names, and those that stand beside them."""

    __slots__ = (
        "also",
        "base",
        "beside",
        "codes",
        "combined",
        "kind",
        "ordered",
        "own",
        "said",
        "sham",
        "substance",
        "words",
    )

    def __init__(
        self, name: str, others: Sequence[Any] = (), *, kind: str = "", description: str = ""
    ) -> None:
        text = name[:LONGEST]
        self.kind, self.said = kind, description
        base, _, tail = _cut(_BRACKETS.sub(" ", text))
        beside = [*_BRACKETS.findall(text), *([tail] if tail else [])]
        self.words = words(text)
        self.ordered = sorted(self.words)
        self.substance = _substance(text)
        self.codes = _codes(text)
        self.sham = not _SHAM.isdisjoint(self.words)
        self.combined = bool(_COMBINED.search(base))
        self.base = _core(base)
        bare = _core(_CODE.sub(" ", base))
        self.own = {one for one in (" ".join(self.words), self.base) if one and not _generic(one)}
        self.beside = {_core(one) for one in beside}
        items = [item for one in beside for item in _ITEMS.split(one)]
        if len(items) > 1 and not _codes(base):
            items = []  # the parts of a regimen
        if self.codes and len(bare) >= 4 and not _generic(bare) and not self.combined:
            self.own.add(bare)
        said = {_core(item) for item in [*items, *(str(one)[:LONGEST] for one in list(others)[:MOST_LIKE])]}
        self.also = {one for one in said if len(one) >= 3 and not _generic(one)} - self.own

    def same(self, other: Naming) -> float:
        """The likeness of two that are one by their names; 0 for others."""
        if self.sham != other.sham:
            return 0.0
        if self.ordered == other.ordered:
            return SAME_NAME
        if self.combined != other.combined or opposed(self.words, other.words):
            return 0.0
        if self.own & other.also or self.also & other.own:
            return OTHER_NAME
        if self.codes and other.codes and not self.codes & other.codes:
            return 0.0
        if self.beside and other.beside and not self.beside & other.beside:
            return 0.0  # insulin (glargine), insulin (detemir)
        return SAME_NAME if self.own & other.own else 0.0

    def described_as(self, other: Naming) -> bool:
        """Whether both have the same description, long enough to say something."""
        return len(self.said) >= TELLING and self.said == other.said


def naming(intervention: Any) -> Naming:
    """What an intervention of a record is called."""
    if not isinstance(intervention, dict):
        return Naming("")
    others = intervention.get("otherNames")
    return Naming(
        str(intervention.get("name") or ""),
        others if isinstance(others, list) else (),
        kind=str(intervention.get("type")),
        description=normal_text(str(intervention.get("description") or "")),
    )


def like_interventions(
    old: Sequence[Any], new: Sequence[Any], texts_old: dict[int, str], texts_new: dict[int, str]
) -> Iterator[Scored]:
    """Of the interventions that no identity pairs, those that are one by their names."""
    yield from _longer_names(old, new, texts_old, texts_new)
    before = {a: naming(old[a]) for a in texts_old}
    after = {b: naming(new[b]) for b in texts_new}
    by_name: defaultdict[Hashable, list[int]] = defaultdict(list)
    for b, called in after.items():
        for name in called.own | called.also:
            by_name[name].append(b)
    found: dict[tuple[int, int], float] = {}
    for a, called in before.items():
        alike = (b for name in sorted(called.own | called.also) for b in by_name.get(name, ())[:MOST_LIKE])
        for b in list(dict.fromkeys(alike))[: 2 * MOST_LIKE]:
            if called.kind == after[b].kind and (score := called.same(after[b])):
                found[a, b] = score
    often_old, often_new = (Counter(pair[side] for pair in found) for side in (0, 1))
    for (a, b), score in found.items():
        if score == SAME_NAME or often_old[a] == 1 == often_new[b]:  # a regimen is not one of its parts
            yield -score, a, b


def another_intervention(one: Naming, other: Naming) -> bool:
    """Whether two of like names are two: another drug, another candidate of a series, a drug and its placebo."""
    if one.sham != other.sham or opposed(one.words, other.words):
        return True
    if one.same(other) or one.described_as(other):
        return False
    drugs = one.kind in _DRUGS and other.kind in _DRUGS
    return another_substance(one, other) if drugs else _other_codes(one, other)


def another_substance(one: Naming, other: Naming) -> bool:
    """Whether the words that two names do not share are of two substances, and no slip of the pen."""
    left, right = (
        [word for word in called.substance if word not in against.words]
        for called, against in ((one, other), (other, one))
    )
    if not left or not right:
        return False
    if bool(one.codes) != bool(other.codes):
        return False  # a code that got its name
    return not all(any(_slip(a, b) for b in right) for a in left)


def last_intervention(old: Any, new: Any) -> float:
    """The likeness of the only two of their type that are left on both sides; 0 for two that are not one."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return 0.0
    one, other = naming(old), naming(new)
    if (
        one.kind != other.kind
        or one.sham
        or other.sham
        or one.combined != other.combined
        or opposed(one.words, other.words)
    ):
        return 0.0
    within = _within(old, new) or _within(new, old)
    if one.kind not in _DRUGS:
        return LAST_LEFT if within or one.described_as(other) else 0.0
    named = bool(one.codes) != bool(other.codes)
    if not named:
        said = set(words(one.said))
        named = any(word in said and not _generic(word) for word in (*one.words, *other.words))
    return LAST_LEFT if one.described_as(other) and (within or named) else 0.0


def _longer_names(
    old: Sequence[Any], new: Sequence[Any], texts_old: dict[int, str], texts_new: dict[int, str]
) -> Iterator[Scored]:
    """`Torvalimab` and `Torvalimab prefilled pen`, given to the same arms, are one intervention renamed."""
    given: defaultdict[Hashable, list[int]] = defaultdict(list)
    for b in texts_new:
        if (use := _use(new[b])) is not None:
            given[use].append(b)
    for a, text in texts_old.items():
        for b in given.get(_use(old[a]), ())[:MOST_LIKE]:
            shorter, longer = sorted((text, texts_new[b]), key=len)
            if f" {shorter} " in f" {longer} " and not _another_by(
                shorter, longer, naming(old[a]), naming(new[b])
            ):
                yield -GROWN_NAME, a, b


def _another_by(shorter: str, longer: str, old: Naming, new: Naming) -> bool:
    """`trastuzumab` and `trastuzumab deruxtecan`: a word that is no form makes another drug of it."""
    one, other = Naming(shorter), Naming(longer)
    if one.sham != other.sham:
        return True
    if old.kind not in _DRUGS or one.same(other) or old.described_as(new):
        return False
    return not (other.combined or _BRACKETS.search(longer) or _TAIL.search(longer))


def _within(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether a name of one stands within the other's, as words."""
    others = old.get("otherNames")
    names = [old.get("name"), *(others if isinstance(others, list) else [])]
    whole = f" {' '.join(words(str(new.get('name') or '')))} "
    return any(
        len(name) > 3 and f" {name} " in whole for name in (" ".join(words(str(one))) for one in names)
    )


def _use(intervention: Any) -> Hashable | None:
    arms = intervention.get("armGroupLabels") if isinstance(intervention, dict) else None
    if not isinstance(arms, list) or not arms:
        return None
    return str(intervention.get("type")), tuple(sorted(normal_text(str(arm)) for arm in arms))


def _cut(text: str) -> tuple[str, str, str]:
    found = _TAIL.search(text)
    return (text[: found.start()], found[0], text[found.end() :]) if found else (text, "", "")


def _codes(text: str) -> set[str]:
    return set(_CODE.findall(_DOSE.sub(" ", text.casefold())))


def _core(text: str) -> str:
    """A name without form and dose; the whole where nothing else is left."""
    return " ".join(_substance(text) or words(text))


def _substance(text: str) -> list[str]:
    return [word for word in words(_DOSE.sub(" ", text)) if word not in _FORMS]


def _generic(name: str) -> bool:
    return all(word in _GENERIC or word in _SHAM or len(word) < 2 or word.isdigit() for word in name.split())


def _other_codes(one: Naming, other: Naming) -> bool:
    return bool(one.codes and other.codes) and not one.codes & other.codes


def _slip(one: str, other: str) -> bool:
    """Whether two words are one, mistyped, inflected or cut short; neither a code nor a letter is mistyped."""
    short, long = sorted((one, other), key=len)
    if len(short) < 4 or any(letter.isdigit() for letter in one + other):
        return one == other
    return OSA.distance(one, other) <= 1 or long.startswith(short)
