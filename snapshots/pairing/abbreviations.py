"""Abbreviations and what they stand for: `5 years DFS` and `5 years disease-free survival (DFS)` in one form.

Pure. Only what one of two texts writes in capitals counts as an abbreviation, and only words of the other spell it out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

SHORTEST, LONGEST = 2, 8  # letters of an abbreviation
_WORD = re.compile(r"[^\W_]+")
_SMALL = {"a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"}
_STEM = 5  # letters from which two words are one: `survival`, `surviving`; but `response`, `respiratory`


def words(text: str) -> list[str]:
    """`Disease-free survival(DFS)` → disease, free, survival, dfs."""
    return _WORD.findall(text.casefold())


def abbreviations(text: str) -> set[str]:
    """Those that a text uses, folded, without the plural's s."""
    found = (word for word in _WORD.findall(text) if sum(one.isupper() for one in word) >= 2)
    short = (word[:-1] if word[-1] == "s" and word[:-1].isupper() else word for word in found)
    return {word.casefold() for word in short if SHORTEST <= len(word) <= LONGEST}


def shortened(text: str, known: Collection[str]) -> list[str]:
    """The words of a text, each run that spells a known abbreviation given way to it; said twice, it stands once."""
    all_words = words(text)
    found: list[str] = []
    at = 0
    while at < len(all_words):
        name, end = _spelling(all_words, at, known)
        if name is None:
            word = all_words[at]
            name = word[:-1] if word[-1] == "s" and word[:-1] in known else word
            end = at + 1
        if name not in known or name not in found[-1:]:
            found.append(name)
        at = end
    return found


def contradicts(old: str, new: str, known: Collection[str]) -> bool:
    """Whether one of two texts spells an abbreviation otherwise than the other: RR, a response or respiratory rate."""
    left, right = words(old), words(new)
    for name in known:
        one, other = _spellings(left, name), _spellings(right, name)
        if one and other and not any(_alike(a, b) for a in one for b in other):
            return True
    return False


class Wording:
    """A text's words with its own abbreviations, taken apart once to be held beside many others."""

    __slots__ = ("abbreviations", "initials", "own", "text", "words")

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = words(text)
        self.abbreviations = abbreviations(text)
        self.own = shortened(text, self.abbreviations)
        self.initials = _initials(self.words) | _initials([word for word in self.words if word not in _SMALL])

    def shared(self, other: Wording) -> set[str]:
        """Abbreviations of one that the other spells out: what changes how they read beside each other."""
        return (self.abbreviations & other.initials) | (other.abbreviations & self.initials)

    def beside(self, known: Collection[str]) -> list[str]:
        """The words, abbreviations of the other text known too."""
        return shortened(self.text, self.abbreviations | set(known)) if known else self.own


def nearly_spelt(text: Sequence[str], name: str) -> bool:
    """Whether words spell an abbreviation but for one in their midst: IRC, an independent radiology committee."""
    if len(name) < 3:
        return False
    initials = "".join(word[0] for word in text if word not in _SMALL)
    return any(
        f"{window[:at]}{window[at + 1 :]}" == name
        for window in (initials[start : start + len(name) + 1] for start in range(len(initials) - len(name)))
        for at in range(1, len(name))
    )


def _initials(text: Sequence[str]) -> set[str]:
    letters = "".join(word[0] for word in text)
    return {
        letters[at : at + length]
        for length in range(SHORTEST, LONGEST + 1)
        for at in range(len(letters) - length + 1)
    }


def _spelling(text: Sequence[str], at: int, known: Collection[str]) -> tuple[str | None, int]:
    """The longest abbreviation that the words from here on spell, and where they end."""
    for name in sorted((name for name in known if name[0] == text[at][0]), key=lambda one: (-len(one), one)):
        if (end := _spelt(text, at, name)) is not None:
            return name, end
    return None, at


def _spellings(text: Sequence[str], name: str) -> set[tuple[str, ...]]:
    ends = ((at, _spelt(text, at, name)) for at in range(len(text)) if text[at][0] == name[0])
    return {tuple(word for word in text[at:end] if word not in _SMALL) for at, end in ends if end is not None}


def _spelt(text: Sequence[str], at: int, name: str) -> int | None:
    """Where the words end whose initials are the name; `of` and the like may stand for a letter or for none."""
    if text[at] in _SMALL or text[at] == name:
        return None
    here = {0}  # letters that are spelt by now
    for end in range(at, min(len(text), at + 2 * len(name))):
        word = text[end]
        here = {done + 1 for done in here if done < len(name) and name[done] == word[0]} | (
            here if word in _SMALL else set()
        )
        if not here:
            return None
        if len(name) in here and word not in _SMALL:
            return end + 1
    return None


def _alike(one: Sequence[str], other: Sequence[str]) -> bool:
    """Of three words and more, one may be another: a complete response is a complete remission."""
    if len(one) != len(other):
        return False
    differing = sum(a[:_STEM] != b[:_STEM] for a, b in zip(one, other, strict=True))
    return differing <= (1 if len(one) > 2 else 0)
