"""What changed within one clause: numbers with what they are numbers of, else its words, quoted with a few around.

Every quote stands in the text as it is quoted, in whole words and whole numbers; nothing is said that it does not say.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from decimal import Decimal

import msgspec

from snapshots.clauses import word_key
from snapshots.terms import short
from snapshots.words import Hunk, hunks, readable

WHOLE = 80  # characters up to which both clauses are quoted whole
_LABEL = 6  # words before a number that may name it
_BEHIND = 5  # words behind a number that nothing before it names
_BESIDE = 4  # words around others that are quoted with them
_NEAR = 3  # words between two edits that are quoted as one
_FIGURE = re.compile(r"(?:[a-z]{1,3}=)?[-+]?\d+(?:[.,]\d+)*(?:[-/:^]\d+(?:[.,]\d+)*)*(?:%|[a-z]{0,3})(?:\+)?")
_UNIT = re.compile(
    r"(?:days?|weeks?|months?|years?|hours?|minutes?|mins?|hrs?|points?|times|mg|kg|g|ug|mcg|ng|ml|dl|l|mm"
    r"|cm|m2|m\^2|mmhg|mm3|ms|msec|bpm|gy|iu|uln|lln|percent|half-lives|10\^\d+/\w+|(?:mg|kg|g|ug|mcg|ng|pg|ml|l|u|iu|mmol"
    r"|umol|nmol|mol|cells|copies|meq)/[\w.^/]+)"
)
_JOINS = {"to", "and", "or", "-", "/"}
_FILLING = {
    *(
        "the",
        "a",
        "an",
        "of",
        "and",
        "or",
        "with",
        "who",
        "that",
        "is",
        "are",
        "be",
        "must",
        "should",
        "have",
        "has",
    ),
    *("had", "to", "in", "for", "by", "from", "on", "as"),
}
_NUMBERS = re.compile(r"\d+(?:\.\d+)?")


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """Of one clause. figures: numbers that changed, in words; quote: a wording that changed; more: further ones."""

    figures: tuple[str, ...]
    quote: str
    more: int


class _Word(msgspec.Struct, frozen=True):
    shown: str
    key: str

    @property
    def kind(self) -> str:
        """c: a comparing sign, f: a figure, x: times, j: what joins two figures, u: a unit, w: any other word."""
        if self.key and self.key in "≥≤<>±=":
            return "c"
        if self.key == "×":
            return "x"
        if _UNIT.fullmatch(self.key):
            return "u"
        if _FIGURE.fullmatch(self.key):
            return "f"
        return "j" if self.key in _JOINS else "w"


def edit(old: str, new: str, *, most: int) -> Edit:
    """Two wordings of one clause, signs set evenly. most: characters of a quote."""
    before, after = _words(old), _words(new)
    found = hunks([one.key for one in before], [one.key for one in after])
    found = readable(found, [one.key for one in before], [one.key for one in after])
    found = _whole_figures(found, _runs(before), _runs(after))
    figures: list[str] = []
    worded: list[Hunk] = []
    for number, hunk in enumerate(found):
        since = found[number - 1][1] if number else 0
        until = found[number + 1][0] if number + 1 < len(found) else len(before)
        told = _figure(before, after, hunk, since, until)
        if told:
            figures.append(told)
        else:
            worded.append(hunk)
    if figures and any(one.kind == "f" for a, b, c, d in worded for one in (*before[a:b], *after[c:d])):
        figures, worded = [], found  # numbers came or went beside: which became which is not sure
    if not worded:
        return Edit(figures=tuple(figures), quote="", more=0)
    if len(old) <= min(WHOLE, most) and len(new) <= min(WHOLE, most):
        return Edit(figures=tuple(figures), quote=f"“{_ended(old)}” → “{_ended(new)}”", more=0)
    near = _near(worded)
    return Edit(figures=tuple(figures), quote=_quoted(before, after, near[0], most), more=len(near) - 1)


def _words(text: str) -> list[_Word]:
    """What is only punctuation goes with the word before it."""
    found: list[_Word] = []
    for shown in text.split():
        key = word_key(shown)
        if key or not found:
            found.append(_Word(shown, key))
        else:
            found[-1] = _Word(f"{found[-1].shown} {shown}", found[-1].key)
    return found


def _runs(words: Sequence[_Word]) -> list[tuple[int, int, int]]:
    """Where each expression of figures begins, where it ends, and where the unit behind it does."""
    kinds = "".join(one.kind for one in words)
    return [(m.start(), m.end(1), m.end()) for m in re.finditer(r"((?<!c)c*+f(?:[jx]?c*+f)*)(?:x?u)*", kinds)]


def _whole_figures(
    found: Sequence[Hunk], old: Sequence[tuple[int, int, int]], new: Sequence[tuple[int, int, int]]
) -> list[Hunk]:
    """Each hunk widened, alike on both sides, until it parts no figure; hunks that meet are one."""
    wide: list[Hunk] = []
    for a, b, c, d in found:
        reach = [_reach(old, a, b), _reach(new, c, d)]
        left, right = (max(one[side] for one in reach) for side in (0, 1))
        hunk = a - left, b + right, c - left, d + right
        if wide and (hunk[0] < wide[-1][1] or hunk[2] < wide[-1][3]):
            hunk = wide[-1][0], max(hunk[1], wide[-1][1]), wide[-1][2], max(hunk[3], wide[-1][3])
            wide.pop()
        wide.append(hunk)
    return wide


def _reach(runs: Sequence[tuple[int, int, int]], start: int, end: int) -> tuple[int, int]:
    """How far to the left and to the right of these words the figures go that they are a part of."""
    left = right = 0
    for at in range(
        bisect_right(runs, start, key=lambda run: run[2]), len(runs)
    ):  # none before it reaches so far
        first, last, tail = runs[at]
        if first >= end:
            break
        if start < last and end > first and (start < end or first < start):
            left, right = max(left, start - first), max(right, last - end)
        elif start < end and last <= start < tail:
            left, right = max(left, start - first), max(right, tail - end)
    return left, right


def _figure(before: Sequence[_Word], after: Sequence[_Word], hunk: Hunk, since: int, until: int) -> str:
    """`EDSS 3.0–6.5 → 2.0–6.5`; empty unless figures, and only they, have another value."""
    a, b, c, d = hunk
    old, new = before[a:b], after[c:d]
    for side in (old, new):
        kinds = {one.kind for one in side}
        if "f" not in kinds or not kinds <= set("cfjxu"):
            return ""
    if _value(old) == _value(new) or len(_numbers(old)) != len(_numbers(new)):
        return ""
    label = _label(before[since:a])
    unit: list[_Word] = []
    closed = old[-1].shown[-1:] in ",;.:)" and old[-1].kind != "u"
    rest = before[b:until]
    while rest and not closed and rest[0].kind in "ux" and len(unit) < 3:
        unit.append(rest[0])
        closed = rest[0].shown[-1:] in ",;.)"
        rest = rest[1:]
    if not label:
        while rest and not closed and len(unit) < _BEHIND and rest[0].kind == "w":
            unit.append(rest[0])
            closed = rest[0].shown[-1:] in ",;.:)"
            rest = rest[1:]
        while unit and unit[-1].key in _FILLING:
            unit.pop()
    elif not unit and rest and not closed and rest[0].kind == "w" and rest[0].key not in _FILLING:
        unit = [rest[0]]
    said = f"{_said(old)} → {_said(new)} {_said(unit)}".strip()
    return f"{_said(label)} {said}".strip()


def _value(side: Sequence[_Word]) -> list[str]:
    """What the figures say, whatever zeros they end in."""
    return [
        _NUMBERS.sub(lambda number: str(Decimal(number[0]).normalize()), one.key.replace("to", "-"))
        for one in side
    ]


def _numbers(side: Sequence[_Word]) -> list[str]:
    return [number for one in side for number in _NUMBERS.findall(one.key)]


def _label(words: Sequence[_Word]) -> list[_Word]:
    """The words right before a number, up to what ends a thought."""
    kept: list[_Word] = []
    for one in reversed(words):
        ends = one.shown[-1:] in ",;." or (one.shown[-1:] == ":" and kept)
        if ends or one.kind == "f" or len(kept) == _LABEL:
            break
        kept.insert(0, one)
        if one.shown.startswith("(") and ")" not in one.shown:
            break
    for at in range(len(kept) - 1, -1, -1):  # what closes a bracket that is not quoted
        if kept[at].shown.count(")") > "".join(one.shown for one in kept[: at + 1]).count("("):
            del kept[: at + 1]
            break
    while kept and kept[0].key in _FILLING:
        kept.pop(0)
    return kept


def _said(words: Sequence[_Word]) -> str:
    said = " ".join(one.shown for one in words).strip(" ,;:.")
    for opening, closing in ("()", "[]"):
        if said.count(opening) != said.count(closing):
            said = said.strip(opening + closing)
    return said


def _ended(text: str) -> str:
    return text.rstrip(" .;,")


def _near(found: Sequence[Hunk]) -> list[Hunk]:
    near: list[Hunk] = []
    for hunk in found:
        if near and hunk[0] - near[-1][1] <= _NEAR:
            near[-1] = near[-1][0], hunk[1], near[-1][2], hunk[3]
        else:
            near.append(hunk)
    return near


def _quoted(before: Sequence[_Word], after: Sequence[_Word], hunk: Hunk, most: int) -> str:
    a, b, c, d = hunk
    left, right = before[max(0, a - _BESIDE) : a], before[b : b + 2]
    start, end = "…" if a > _BESIDE else "", "…" if b + 2 < len(before) else ""
    where = _said(left)
    if a == b:
        words = short(_said(after[c:d]), most)
        return (
            f"“{words}” added after “{start}{where}”"
            if where
            else f"“{words}” added before “{_said(right)}{end}”"
        )
    if c == d:
        words = short(_said(before[a:b]), most)
        return (
            f"“{words}” dropped after “{start}{where}”"
            if where
            else f"“{words}” dropped before “{_said(right)}{end}”"
        )
    sides = []
    for side, first, last in ((before, a, b), (after, c, d)):
        shown = " ".join(one.shown for one in side[first - len(left) : last + 2])
        cut = short(shown, most)
        sides.append(f"“{start}{cut.rstrip('…')}{'…' if cut != shown or last + 2 < len(side) else ''}”")
    return " → ".join(sides)
