"""Words that make two things of what is otherwise said alike: systolic and diastolic, knee and hip, with and without.

Pure. Each group holds words by what they stand for: two texts are contrary where each says what the other does not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from itertools import pairwise

_GROUPS = (
    {"systolic": 1, "sbp": 1, "diastolic": 2, "dbp": 2},
    {"positive": 1, "positivity": 1, "negative": 2, "negativity": 2},
    {"primary": 1, "secondary": 2},
    {"local": 1, "locoregional": 1, "distant": 2},
    {"men": 1, "male": 1, "males": 1, "women": 2, "female": 2, "females": 2},
    {
        "adult": 1, "adults": 1, "child": 2, "children": 2, "pediatric": 2, "paediatric": 2, "adolescents": 3,
        "infant": 4, "infants": 4, "neonatal": 5, "newborn": 5, "maternal": 6, "mother": 6, "mothers": 6,
    },
    {"increase": 1, "increased": 1, "decrease": 2, "decreased": 2},
    {"left": 1, "right": 2},
    {"acute": 1, "chronic": 2},
    {"minor": 1, "major": 2},
    {"maximum": 1, "maximal": 1, "cmax": 1, "minimum": 2, "minimal": 2, "trough": 2, "cmin": 2},
    {"early": 1, "late": 2},
    {"fasting": 1, "fasted": 1, "postprandial": 2, "fed": 2},
    {"inspiratory": 1, "expiratory": 2},
    {"ldl": 1, "hdl": 2},
    {"upper": 1, "lower": 2},
    {"hypoglycemia": 1, "hypoglycaemia": 1, "hyperglycemia": 2, "hyperglycaemia": 2},
    {"hypotension": 1, "hypertension": 2},
    {"efficacy": 1, "effectiveness": 1, "safety": 2, "tolerability": 2, "toxicity": 2},
    {"mortality": 1, "morbidity": 2},
    {"anterior": 1, "posterior": 2},
    {"depression": 1, "depressive": 1, "anxiety": 2, "anxious": 2},
)  # fmt: skip
_PARTS = {
    word: part
    for part, names in {
        "knee": "knee knees", "hip": "hip hips", "shoulder": "shoulder shoulders", "elbow": "elbow elbows",
        "wrist": "wrist wrists", "hand": "hand hands", "foot": "foot feet", "ankle": "ankle ankles",
        "spine": "spine spinal lumbar back vertebral", "neck": "neck cervical", "head": "head cranial",
        "eye": "eye eyes ocular", "ear": "ear ears", "skin": "skin cutaneous", "lung": "lung lungs pulmonary",
        "liver": "liver hepatic", "kidney": "kidney kidneys renal", "heart": "heart cardiac myocardial",
        "brain": "brain cerebral", "breast": "breast breasts", "prostate": "prostate prostatic",
        "bowel": "bowel colon colonic colorectal rectal", "stomach": "stomach gastric", "bladder": "bladder",
    }.items()
    for word in names.split()
}  # fmt: skip
_SURVIVALS = {
    "os": "overall",
    "pfs": "progression",
    "dfs": "disease",
    "efs": "event",
    "rfs": "relapse",
    "pfs2": "next",
}
_RESPONDING = ("acr", "asas", "easi", "hiscr", "pasi", "sri")
_RESPONDERS = re.compile(rf"\b(?:{'|'.join(_RESPONDING)}) ?\d+\b")  # another share is another endpoint
_STANCES = {
    *(word for group in _GROUPS for word in group),
    *_PARTS,
    *_SURVIVALS,
    *_RESPONDING,
    "free",
    "overall",
}
_NEGATIONS = {"no", "not", "without", "never", "absence", "lack"}


def contrary(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether two texts, as words, name things that exclude each other, or one denies what the other says."""
    return denies(old) != denies(new) or opposed(old, new)


def opposed(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether two texts, as words, name things that exclude each other."""
    one, other = set(old), set(new)
    if "free" not in one | other and not any(
        word in _STANCES or word.rstrip("0123456789") in _STANCES for word in one ^ other
    ):
        return False  # cheap: most pairs
    ends = survivals(old), survivals(new)
    if _apart(*ends) or ("next" in ends[0]) != ("next" in ends[1]):
        return True
    responders = (
        {found.replace(" ", "") for found in _RESPONDERS.findall(" ".join(text))} for text in (old, new)
    )
    if _apart(*responders):
        return True
    return any(
        _apart({group[word] for word in one & group.keys()}, {group[word] for word in other & group.keys()})
        for group in (*_GROUPS, _PARTS)
    )


def denies(text: Sequence[str]) -> bool:
    """Whether something is said not to be."""
    if "free" in text and "survival" not in text and "interval" not in text:
        return True  # seizure-free days
    return any(word in _NEGATIONS for word in text)


def names_part(text: Sequence[str]) -> bool:
    """Whether a part of the body is named."""
    return any(word in _PARTS for word in text)


def survivals(text: Sequence[str]) -> set[str]:
    """What one survives free of: progression, disease; `overall` for death alone."""
    found = {_SURVIVALS[word] for word in text if word in _SURVIVALS}
    for before, word in pairwise(text):
        if word == "free" or (before, word) == ("overall", "survival"):
            found.add(before)
    return found


def _apart(one: Set[object], other: Set[object]) -> bool:
    return bool(one - other) and bool(other - one)
