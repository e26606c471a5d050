"""Which words of a text went and which came: by line or sentence first, then by word. Pure, and bounded."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from itertools import accumulate

Marked = list[tuple[str, str]]  # ("=" | "-" | "+", text); the "=" and "-" parts joined are the old text
Hunk = tuple[int, int, int, int]  # old[a:b] became new[c:d]; one of both may be empty

_PIECE = re.compile(r"[^\n]+?(?:[.;!?](?=\s)|(?=\n)|$)\s*|\n+", re.DOTALL)
_WORD = re.compile(r"\s+|\w+(?:(?<=\d)[.,]\d\w*)*|[^\w\s]")  # a number is one word: 3.0, 1,000
MOST_CELLS = 200_000_000  # of a table of both sides: 0.1 s and 25 MB; past that all between is replaced

MOST_LETTERS = 400_000  # of one passage that is read by word


def marked(before: str, after: str) -> Marked:
    """The differences of two texts. Equal texts are one "=" part; an empty one gives none."""
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    if "".join(old) != before or "".join(new) != after:  # nothing may get lost in the cutting
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    found: Marked = []
    at = 0
    for a, b, c, d in hunks(old, new):
        _add(found, "=", "".join(old[at:a]))
        for mark, text in _by_word("".join(old[a:b]), "".join(new[c:d])):
            _add(found, mark, text)
        at = b
    _add(found, "=", "".join(old[at:]))
    return found


def hunks(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Hunk]:
    """What differs between two sequences, in order; what lies between two of them is equal on both sides."""
    start, ends = 0, (len(old), len(new))
    while start < min(ends) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(ends) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    left, right = old[start : ends[0] - end], new[start : ends[1] - end]
    if not left and not right:
        return []
    if not left or not right or len(left) * len(right) > MOST_CELLS:
        return [(start, ends[0] - end, start, ends[1] - end)]
    from rapidfuzz.distance import LCSseq  # 15 ms to load, and most texts that are looked at are equal

    numbers: dict[Hashable, int] = {}  # compared as numbers, so that no two words are ever taken for one
    codes = [[numbers.setdefault(one, len(numbers)) for one in side] for side in (left, right)]
    found: list[Hunk] = []
    for one in LCSseq.opcodes(*codes):
        if one.tag == "equal":
            continue
        hunk = start + one.src_start, start + one.src_end, start + one.dest_start, start + one.dest_end
        if found and (found[-1][1], found[-1][3]) == (hunk[0], hunk[2]):
            hunk = found[-1][0], hunk[1], found[-1][2], hunk[3]
            found.pop()
        found.append(hunk)
    return found


def readable(found: Sequence[Hunk], old: Sequence[str], new: Sequence[str]) -> list[Hunk]:
    """The same differences without the crumbs: what is equal by chance between two long edits belongs to them."""
    before, after = ([0, *accumulate(map(len, side))] for side in (old, new))  # characters up to each word
    kept: list[Hunk] = []
    for hunk in found:
        kept.append(hunk)
        while len(kept) > 1:
            (a, b, c, d), (e, f, g, h) = kept[-2:]
            left = max(before[b] - before[a], after[d] - after[c])
            right = max(before[f] - before[e], after[h] - after[g])
            if before[e] - before[b] > min(left, right):
                break
            kept[-2:] = [(a, f, c, h)]
    return kept


def _by_word(before: str, after: str) -> Marked:
    if len(before) + len(after) > MOST_LETTERS:
        return [("-", before), ("+", after)]
    old, new = _WORD.findall(before), _WORD.findall(after)
    found: Marked = []
    at = 0
    for a, b, c, d in readable(hunks(old, new), old, new):
        _add(found, "=", "".join(old[at:a]))
        _add(found, "-", "".join(old[a:b]))
        _add(found, "+", "".join(new[c:d]))
        at = b
    _add(found, "=", "".join(old[at:]))
    return found


def _add(found: Marked, mark: str, text: str) -> None:
    if not text:
        return
    if found and found[-1][0] == mark:
        found[-1] = (mark, found[-1][1] + text)
    else:
        found.append((mark, text))
