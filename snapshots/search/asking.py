"""What a person typed, as an expression for SQLite's full-text index. Whatever was typed has a reading or a reason.

    multiple sclerosis        both words, anywhere
    "multiple sclerosis"      side by side; so are the parts of covid-19
    immunotherap*             words that begin so
    asthma OR copd            one of them
    asthma NOT children       also -children
    (asthma OR copd) adults   together

Words are compared by their stems, without case and accents. Nothing here raises but NothingAsked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from snapshots.errors import SnapshotsError

LONGEST = 2_000  # characters that are read
MOST_WORDS = 64
_DEEPEST = 16  # brackets within brackets
_SHORTEST_PREFIX = 2  # letters before the star
_QUOTES = '"“”„«»'
_PIECES = re.compile(rf"\s+|(?P<minus>-(?=[{_QUOTES}(]))?(?P<mark>[{_QUOTES}()])|(?P<word>[^\s{_QUOTES}()]+)")
_SEVERAL = re.compile(r"\w\W+\w")  # words, or parts of one, side by side
_OF_A_FIELD = re.compile(r"[^\W\d]+:(?=.*\w)")
_OPERATORS = {"OR": "OR", "|": "OR", "||": "OR", "NOT": "NOT", "AND": "AND", "&": "AND", "&&": "AND"}
# Endings that stemming takes off: `vaccinat*` must find the stem `vaccin` of `vaccination`.
_ENDINGS = (
    *("ational", "tional", "ation", "ator", "ative", "ability", "ance", "able", "al", "ate", "ant", "alism", "ality"),
    *("ement", "ence", "enci", "ency", "ent", "ed", "er", "es", "eed", "ely", "iveness", "ive", "ivity", "ization"),
    *("izer", "ize", "ized", "izing", "ic", "ical", "icate", "icity", "ism", "ion", "ions", "ing", "ible", "ibility"),
    *("ies", "ied", "fulness", "ful", "ness", "ment", "ments", "ously", "ousness", "ous", "logy", "ly", "s", "y"),
)  # fmt: skip


_NO_FELLOW = "a bracket without its fellow was left out"
_NOT_WHAT = "`NOT` with nothing behind it was left out"


class NothingAsked(SnapshotsError):
    """What was typed holds nothing that could be looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word, or words side by side."""

    text: str
    prefix: bool = False
    also: tuple[str, ...] = ()  # of a prefix: words that begin so, and whose stem may not

    @property
    def expression(self) -> str:
        if not self.prefix:
            return _quoted(self.text)
        return f"({' OR '.join([f'{_quoted(self.text)} *', *map(_quoted, self.also)])})"

    @property
    def typed(self) -> str:
        """As one would type it."""
        words = f'"{self.text}"' if _SEVERAL.search(self.text) else self.text
        return f"{words}*" if self.prefix else words


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """expression: for MATCH. terms: those that are looked for, not those that are left out."""

    expression: str
    terms: tuple[Term, ...]
    notes: tuple[str, ...] = ()  # what was not taken as it was typed, a line each
    reading: str | None = None  # how it was read instead; None when as it was typed


@dataclass(slots=True, eq=False)  # the same word twice is two pieces
class _Piece:
    kind: str  # "term", "(", ")", "OR", "NOT", "AND"
    term: Term | None = None


@dataclass(slots=True)
class _All:
    """Every one of `wanted`, none of `unwanted`."""

    wanted: list[str] = field(default_factory=list)
    unwanted: list[str] = field(default_factory=list)


def asked(text: str, *, known: Callable[[str], bool] = lambda words: True) -> Asked:
    """Read what was typed. NothingAsked when there is no word in it, or none but words to leave out.

    known: whether words stand anywhere; those that do not need not be looked for in the place of a prefix.
    """
    notes: list[str] = []
    if len(text) > LONGEST:
        notes.append(f"only the first {LONGEST} characters were read")
    text = text[:LONGEST].encode("utf-8", "replace").decode().replace("\0", " ")
    pieces = list(_pieces(text, notes, known))
    if not any(piece.kind == "term" for piece in pieces):
        pieces = [_Piece("term", Term(text=word)) for word in text.split() if has_letters(word)]
    terms = [piece for piece in pieces if piece.kind == "term"]
    if not terms:
        raise NothingAsked(
            f"nothing to look for: `{text.strip()[:80]}`", hint="a search needs a word or a number"
        )
    if len(terms) > MOST_WORDS:
        notes.append(f"only the first {MOST_WORDS} words were looked for")
        pieces = pieces[: pieces.index(terms[MOST_WORDS])]
    reading = _Reading(pieces, notes)
    expression = reading.any(0)
    if expression is None:
        raise NothingAsked(
            f"nothing to look for beside what is left out: `{text.strip()[:80]}`",
            hint="name a word that the trials must have: `asthma NOT children`",
        )
    return Asked(
        expression=expression,
        terms=tuple(reading.wanted),
        notes=tuple(dict.fromkeys(notes)),
        reading=_Reading(pieces, [], typed=True).any(0) if notes else None,
    )


def has_letters(text: str) -> bool:
    """Whether the index could know anything of it: a letter or a digit of any script."""
    return any(unicodedata.category(char)[0] in "LN" for char in text)


def completions(start: str) -> list[str]:
    """Words that begin so and whose stem may not: the start with each ending that it may have begun."""
    found = dict.fromkeys(
        start[: len(start) - length] + ending
        for ending in _ENDINGS
        for length in range(1, len(ending) + 1)
        if len(start) - length >= 3 and start.casefold().endswith(ending[:length])
    )
    found.pop(start, None)
    return list(found)


def _pieces(text: str, notes: list[str], known: Callable[[str], bool]) -> Iterator[_Piece]:
    place = 0
    while place < len(text):
        found = _PIECES.match(text, place)
        if found is None:
            place += 1
            continue
        place = found.end()
        if found["minus"]:
            yield _Piece("NOT")
        if found["word"]:
            yield from _word(found["word"], notes, known)
        elif found["mark"] in ("(", ")"):
            yield _Piece(found["mark"])
        elif found["mark"]:
            end = next((at for at in range(place, len(text)) if text[at] in _QUOTES), None)
            if end is None:
                notes.append("a quotation mark without its fellow was left out")
                continue
            prefix = text[end + 1 : end + 2] == "*"
            if has_letters(text[place:end]):
                yield _Piece("term", _term(text[place:end], prefix, known))
            place = end + 1 + prefix


def _word(word: str, notes: list[str], known: Callable[[str], bool]) -> Iterator[_Piece]:
    if word in _OPERATORS:
        yield _Piece(_OPERATORS[word])
        return
    if word[0] == "-" and word[1:2].isalpha():
        yield _Piece("NOT")
        word = word[1:]
    bare = word.rstrip("*")
    if not has_letters(bare):
        notes.append(f"`{word}` holds no letter and no digit and was left out")
        return
    if _OF_A_FIELD.match(bare):
        notes.append(f"no field is searched by its name: `{word}` was read as words side by side")
    if bare.startswith("*"):
        notes.append(f"a star only stands behind a word: the one before `{bare.lstrip('*')}` was left out")
    prefix = bare != word
    if prefix and sum(map(has_letters, bare)) < _SHORTEST_PREFIX:
        notes.append(f"`{word}` would be found almost everywhere and was read as `{bare}`")
        prefix = False
    yield _Piece("term", _term(bare, prefix, known))


def _term(text: str, prefix: bool, known: Callable[[str], bool]) -> Term:
    return Term(text=text, prefix=prefix, also=tuple(filter(known, completions(text))) if prefix else ())


class _Reading:
    """Pieces → expression, every operator where it means something and nowhere else.

    Words beside each other belong closer together than words with OR between them.
    """

    def __init__(self, pieces: list[_Piece], notes: list[str], *, typed: bool = False) -> None:
        """notes: gets a line for each kind of thing that means nothing where it stands. typed: for a person."""
        self._pieces = pieces
        self._place = 0
        self._notes = notes
        self._typed = typed
        self.wanted: list[Term] = []

    def any(self, depth: int) -> str | None:
        """Alternatives up to a closing bracket or the end; None when nothing remains of them."""
        found: list[str | None] = []
        closed = not depth
        while self._place < len(self._pieces):
            found.append(self._all(depth))
            if self._place < len(self._pieces):
                piece = self._pieces[self._place]
                self._place += 1
                if piece.kind == ")" and depth:
                    closed = True
                    break
                if self._place == len(self._pieces):
                    found.append(None)  # an OR at the end
        if not closed:
            self._notes.append(_NO_FELLOW)
        if len(found) > 1 and None in found:
            self._notes.append("`OR` without something to look for on both sides was left out")
        left = [one for one in found if one is not None]
        if not left:
            return None
        return left[0] if len(left) == 1 else f"({' OR '.join(left)})"

    def _all(self, depth: int) -> str | None:
        """What stands side by side, up to an OR or a closing bracket."""
        found = _All()
        unwanted = False
        while self._place < len(self._pieces):
            piece = self._pieces[self._place]
            if piece.kind == "OR" or (piece.kind == ")" and depth):
                break
            self._place += 1
            one: str | None = None
            if piece.kind == "NOT":
                if unwanted:
                    self._notes.append("`NOT` twice was read as once")
                unwanted = True
                continue
            if piece.kind == "AND" and not self._joins():
                self._notes.append("`AND` without a word on both sides was left out")
            if piece.kind == ")":
                self._notes.append(_NO_FELLOW)
            if piece.kind == "(" and depth < _DEEPEST:
                kept = len(self.wanted)
                one = self.any(depth + 1)
                if one is None:
                    self._notes.append("brackets without something to look for were left out")
                if unwanted:
                    del self.wanted[kept:]
            elif piece.kind == "(":
                self._notes.append(f"brackets deeper than {_DEEPEST} were left out")
            elif piece.term is not None:
                one = piece.term.typed if self._typed else piece.term.expression
                if not unwanted:
                    self.wanted.append(piece.term)
            if one is not None:
                (found.unwanted if unwanted else found.wanted).append(one)
            elif unwanted:
                self._notes.append(_NOT_WHAT)
            unwanted = False
        if unwanted:
            self._notes.append(_NOT_WHAT)
        if not found.wanted:
            return None
        wanted = " AND ".join(found.wanted)
        if len(found.wanted) > 1:
            wanted = f"({wanted})"
        return f"({wanted} NOT ({' OR '.join(found.unwanted)}))" if found.unwanted else wanted

    def _joins(self) -> bool:
        """Whether the AND that was just read stands between two things."""
        beside = [
            self._pieces[place].kind if 0 <= place < len(self._pieces) else None
            for place in (self._place - 2, self._place)
        ]
        return beside[0] in ("term", ")") and beside[1] in ("term", "(", "NOT")


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
