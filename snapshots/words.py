"""Which words of a text went and which came: by line or sentence first, then by word. Pure, and bounded."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

Marked = list[tuple[str, str]]  # ("=" | "-" | "+", text); the "=" and "-" parts joined are the old text

_PIECE = re.compile(r"[^\n]+?(?:[.;!?](?=\s)|(?=\n)|$)\s*|\n+", re.DOTALL)
_WORD = re.compile(r"\s+|\w+|[^\w\s]")
MOST_WORDS = 4000  # on both sides of one changed passage; past that it is replaced whole


def marked(before: str, after: str) -> Marked:
    """The differences of two texts. Equal texts are one "=" part; an empty one gives none."""
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    if "".join(old) != before or "".join(new) != after:  # nothing may get lost in the cutting
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    found: Marked = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            _add(found, "=", "".join(old[a:b]))
        else:
            for mark, text in _by_word("".join(old[a:b]), "".join(new[c:d])):
                _add(found, mark, text)
    return found


def _by_word(before: str, after: str) -> Marked:
    old, new = _WORD.findall(before), _WORD.findall(after)
    if not old or not new or len(old) + len(new) > MOST_WORDS:
        return [(mark, text) for mark, text in (("-", before), ("+", after)) if text]
    found: Marked = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            _add(found, "=", "".join(old[a:b]))
            continue
        _add(found, "-", "".join(old[a:b]))
        _add(found, "+", "".join(new[c:d]))
    return found


def _add(found: Marked, mark: str, text: str) -> None:
    if not text:
        return
    if found and found[-1][0] == mark:
        found[-1] = (mark, found[-1][1] + text)
    else:
        found.append((mark, text))
