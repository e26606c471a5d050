"""One clause of a headline, from its fullest wording to its shortest; none is cut inside a bracket or a quotation."""

from __future__ import annotations

import re

import msgspec

from snapshots.changeset import FieldChange, Kind, Severity
from snapshots.terms import short

LENGTHS = (190, 130, 90)  # characters: of the first, of any other, where there is much to tell
LENGTH_OF_NAMED = 60  # of what is known by its name
SHORTEST = 30  # a text cut to less says nothing
REASON = 120  # characters of a reason for stopping that are told in any case
LONGEST_REASON = 160  # of its first sentence
_OPENING = {"(": ")", "“": "”"}
_TELLS = re.compile(
    r".*\b(?:added|dropped|removed|renamed|changed|reworded|rewritten|replaced|linked)\b[^:]{0,40}"
)
_SENTENCE = re.compile(r"(?P<last>\S+)[.!?;](?= +\S)")
_ABBREVIATED = {
    "approx",
    "co",
    "corp",
    "dr",
    "e.g",
    "etc",
    "i.e",
    "inc",
    "ltd",
    "no",
    "pharm",
    "prof",
    "st",
    "vs",
}


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """One wording."""

    words: str
    count: int = 1  # changes that it tells


class Clause(msgspec.Struct, frozen=True, kw_only=True):
    forms: tuple[Form, ...]  # the fullest first, never none
    severity: Severity
    asked: bool = True  # whether it is told beside what weighs more
    kept: bool = False  # whether it is told whatever else there is: a loss must not vanish
    results: bool = False  # whether it tells of an edit of posted results
    as_it_is: bool = False  # whether its first letter stays inside a line

    def within(self, most: int) -> Form | None:
        """The fullest wording of no more characters."""
        return next((form for form in self.forms if len(form.words) <= most), None)

    def inside(self, form: Form) -> str:
        """A wording as it stands inside a line: in lower case, an abbreviation and a name as they are."""
        words = form.words
        return words if self.as_it_is or not words[1:2].islower() else words[:1].lower() + words[1:]

    @property
    def shortest(self) -> Form:
        return min(self.forms, key=lambda form: len(form.words))


def wordings(change: FieldChange) -> tuple[Form, ...]:
    """Of one change."""
    words = change.summary.rstrip(" .,;")
    if change.field == "has-results":  # what was found is short, and is not cut
        return (Form(words=words),)
    if change.field == "overall-status" and "stopped" in change.tags:
        found = _stops(words)
    else:
        lengths = (*LENGTHS, LENGTH_OF_NAMED) if change.item else LENGTHS
        found = [shortened(words, most, change.item or "") for most in lengths]
        if change.field == "primary-outcomes" and ": " in words:
            found.append(words.partition(": ")[0])
        if change.kind is Kind.TEXT and ": " in words:
            found = _quoting_less(words, found)
    return tuple(Form(words=one) for one in dict.fromkeys(found))


def _quoting_less(words: str, fuller: list[str]) -> list[str]:
    """`Exclusion criterion changed (“History of pneumonitis…”)`: which one it was, where both wordings have no room."""
    head, _, rest = words.partition(": ")
    fuller = [one for one in fuller if "…" not in one or one == words]
    which = rest[1:].partition("”")[0] if rest.startswith("“") else ""
    named = [f"{head} (“{short(which, LENGTH_OF_NAMED)}”)"] if which else []
    return [*fuller, *named, head] if _TELLS.fullmatch(head) else [*fuller, shortened(words, LENGTHS[-1])]


def _stops(words: str) -> list[str]:
    """`Recruiting → Terminated: reason`, the reason cut at a sentence's end where it is long."""
    head, colon, reason = words.partition(": ")
    if len(reason) <= REASON:
        return [words]
    ends = [found.end() - 1 for found in _SENTENCE.finditer(reason) if _ends(found["last"])]
    fitting = [end for end in ends if end <= REASON] or [end for end in ends if end <= LONGEST_REASON][:1]
    told = reason[: fitting[-1]] if fitting else reason
    return [f"{head}{colon}{whole(told, most)}" for most in (LONGEST_REASON, REASON)]


def _ends(word: str) -> bool:
    """Whether a point after this word ends a sentence: not after a number of a list, nor an abbreviation."""
    bare = word.strip('(“"').casefold()
    return len(bare) > 1 and bare not in _ABBREVIATED and not (bare.isdigit() and len(bare) < 3)


def shortened(words: str, most: int, item: str = "") -> str:
    """A sentence of no more characters: the name in its last bracket goes first, then its last clauses, then words on
    either side of an arrow alike."""
    line = " ".join(words.split())
    while len(line) > most:
        cut = _without_name(line, item) or _without_clause(line, item)
        if cut is None:
            break
        line = cut
    if len(line) <= most:
        return line
    return _arrowed(line, most, item) or whole(line, most)


def whole(words: str, most: int) -> str:
    """Cut at a word's end, before a bracket or a quotation that would stay open."""
    cut = short(words, most)
    if cut == words:
        return cut
    opened: list[tuple[str, int]] = []
    for number, char in enumerate(cut):
        if char in _OPENING:
            opened.append((_OPENING[char], number))
        elif opened and char == opened[-1][0]:
            opened.pop()
    before = cut[: opened[0][1]].rstrip(" ,;:.→") if opened else ""
    return f"{before}…" if len(before) > SHORTEST else cut


def _without_name(words: str, item: str) -> str | None:
    """None when it does not end in the bracketed name of what it tells of."""
    before, _, name = words.removesuffix(")").partition(" (")
    while name:
        if words.endswith(")") and item and item.startswith(name.rstrip("…")):
            return before
        more, _, name = name.partition(" (")
        before = f"{before} ({more}"
    return None


def _without_clause(words: str, item: str) -> str | None:
    before, found, _ = words.rpartition("; ")
    balanced = all(before.count(start) == before.count(end) for start, end in _OPENING.items())
    return before if found and balanced and "; " not in item and len(before) > SHORTEST else None


def _arrowed(words: str, most: int, item: str) -> str | None:
    """`Primary outcome changed: Pain at … → Function at …`; only its name where the difference would be cut away."""
    before, arrow, new = words.partition(" → ")
    head, colon, old = before.partition(": ")
    if not arrow or not colon or " → " in new:
        return None
    room = most - len(head) - len(colon) - len(arrow)
    least = min(len(old), len(new))
    sides = (room // 2 if len(one) == least else max(room // 2, room - least) for one in (old, new))
    told = [whole(one, side) for one, side in zip((old, new), sides, strict=True)]
    if room > 2 * SHORTEST and not _alike(*told):
        return f"{head}: {told[0]} → {told[1]}"
    if not _TELLS.fullmatch(head):
        return None
    left = most - len(head) - len(" ()")
    return f"{head} ({whole(item, left)})" if item and left > SHORTEST else head


def _alike(one: str, other: str) -> bool:
    """Whether what is left of two texts shows no difference."""
    a, b = one.casefold(), other.casefold()
    return (a.endswith("…") and b.startswith(a[:-1])) or (b.endswith("…") and a.startswith(b[:-1]))
