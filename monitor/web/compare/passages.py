"""Two texts beside each other or in one: words that only one has are marked, paragraphs that both have are folded.

All HTML here is `del`, `ins`, `p`, `ul`, `ol`, `li` and escaped text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from operator import itemgetter

from markupsafe import Markup, escape
from rapidfuzz import fuzz

from monitor.web.drawing.elements import element, together
from monitor.web.drawing.prose import ITEM, MAX_DEPTH, is_lead, unescaped
from snapshots.words import marked

FOLDED = 3  # so many unchanged paragraphs in a row are folded
SHOWN = 60  # characters of a heading that a fold names
MOST_LINES = 40  # of one edit, on either side, that are matched line by line for the unified view
LIKE = 45.0  # rapidfuzz's ratio from which a line is another one, reworded
LONGEST = 400  # characters of a line that are held against another's

Pieces = list[tuple[str, str]]  # ("=" | "-" | "+", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Either `same` on both sides, folded under a sentence or not, or what stands on each side, None for nothing;
    in the unified view `both` sides in one."""

    same: Markup | None = None
    folded: str = ""
    before: Markup | None = None
    after: Markup | None = None
    both: Markup | None = None

    @property
    def drawn(self) -> tuple[Markup | None, ...]:
        return self.same, self.before, self.after, self.both


@dataclass(frozen=True, slots=True)
class _Line:
    """One paragraph or item. element: p, ul or ol."""

    element: str
    text: str
    depth: int = 0
    number: int | None = None

    @property
    def key(self) -> tuple[bool, str]:
        """What makes it the same on both sides; an item that only got another number is the same."""
        return self.element == "p", self.text


def passages(before: str, after: str, *, unified: bool = False) -> tuple[Passage, ...]:
    """The texts in the order of reading."""
    old, new = _lines(before), _lines(after)
    keys = [one.key for one in old], [one.key for one in new]
    found: list[Passage] = []
    for tag, a, b, c, d in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(_same(new[c:d]))
        elif unified:
            found.append(Passage(both=_laid(list(_merged(old[a:b], new[c:d])))))
        else:
            left, right = _marked(old[a:b], new[c:d])
            found.append(Passage(before=left, after=right))
    return tuple(found)


def word_marks(before: str, after: str) -> tuple[Markup, Markup]:
    """Each text with the words that only it has in `del` or `ins`."""
    pieces = marked(before, after)
    return _drawn(pieces, "-", "del"), _drawn(pieces, "+", "ins")


def both_marks(before: str, after: str) -> Markup:
    """One text of two: what went in `del`, what came in `ins`, each in its place."""
    drawn: list[Markup] = []
    went: list[str] = []
    came: list[str] = []

    def close() -> None:
        for side, name in ((went, "del"), (came, "ins")):
            if text := "".join(side):
                drawn.append(element(name, text))
            side.clear()

    pieces = marked(before, after)
    for at, (mark, text) in enumerate(pieces):
        if mark != "=":
            (went if mark == "-" else came).append(text)
        elif text.isspace() and _goes_on(went, came, pieces[at + 1 :]):
            for side in (went, came):  # one mark over neighbouring words, not one a word
                if side:
                    side.append(text)
        else:
            close()
            drawn.append(escape(text))
    close()
    return together(drawn)


def _goes_on(went: Sequence[str], came: Sequence[str], following: Pieces) -> bool:
    """Whether what is marked now goes on behind a space that both sides have."""
    if went and came:
        return bool(following)
    return bool(following) and following[0][0] == ("-" if went else "+" if came else "")


def _merged(old: Sequence[_Line], new: Sequence[_Line]) -> Iterable[tuple[_Line, Markup]]:
    """Lines of both sides in one order: a reworded one once, with its marks."""
    at = 0
    for a, b in _pairs(old, new):
        while at < a:
            yield old[at], both_marks(old[at].text, "")
            at += 1
        if a < 0:
            yield new[b], both_marks("", new[b].text)
        else:
            yield new[b], both_marks(old[a].text, new[b].text)
            at = a + 1
    for line in old[at:]:
        yield line, both_marks(line.text, "")


def _pairs(old: Sequence[_Line], new: Sequence[_Line]) -> list[tuple[int, int]]:
    """Each newer line with the older one that it rewords, -1 for none; in order on both sides, the likest together."""
    if len(old) == len(new) == 1:
        return [(0, 0)]
    if max(len(old), len(new)) > MOST_LINES or not old:
        return [(-1, b) for b in range(len(new))]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    like = [[fuzz.ratio(one.text[:LONGEST], other.text[:LONGEST]) for other in new] for one in old]
    for a in reversed(range(len(old))):
        for b in reversed(range(len(new))):
            pair = like[a][b] + best[a + 1][b + 1] if like[a][b] >= LIKE else 0.0
            best[a][b] = max(best[a + 1][b], best[a][b + 1], pair)
    found: list[tuple[int, int]] = []
    a = b = 0
    while b < len(new):
        if a < len(old) and like[a][b] >= LIKE and best[a][b] == like[a][b] + best[a + 1][b + 1]:
            found.append((a, b))
            a, b = a + 1, b + 1
        elif a < len(old) and best[a][b] == best[a + 1][b]:
            a += 1
        else:
            found.append((-1, b))
            b += 1
    return found


def _lines(text: str) -> list[_Line]:
    lines: list[_Line] = []
    open_item = False
    for raw in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if not raw.strip():
            open_item = False
            continue
        found = ITEM.match(raw)
        if found:
            number = int(found["number"]) if found["number"] else None
            depth = min(len(found["indent"].expandtabs(4)) // 2, MAX_DEPTH)
            words = unescaped(found["text"].strip())
            lines.append(_Line("ol" if found["number"] else "ul", words, depth, number))
            open_item = True
        elif open_item:  # goes on inside the item
            last = lines[-1]
            lines[-1] = _Line(
                last.element, f"{last.text} {unescaped(raw.strip())}".strip(), last.depth, last.number
            )
        else:
            lines.append(_Line("p", unescaped(raw.strip())))
    return lines


def _same(lines: Sequence[_Line]) -> Passage:
    html = _laid([(line, escape(line.text)) for line in lines])
    if len(lines) < FOLDED:
        return Passage(same=html)
    heads = [line.text for line in lines if line.element == "p" and is_lead([line.text])]
    under = f", under “{_short(heads[-1])}”" if heads else ""
    return Passage(same=html, folded=f"{len(lines)} unchanged paragraphs{under}")


def _short(heading: str) -> str:
    heading = heading.rstrip(" :")
    return heading if len(heading) <= SHOWN else heading[:SHOWN].rsplit(" ", 1)[0] + " …"


def _marked(old: Sequence[_Line], new: Sequence[_Line]) -> tuple[Markup | None, Markup | None]:
    pieces = marked("\n".join(line.text for line in old), "\n".join(line.text for line in new))
    return (
        _laid(list(zip(old, _by_line(pieces, "-", "del"), strict=True))) if old else None,
        _laid(list(zip(new, _by_line(pieces, "+", "ins"), strict=True))) if new else None,
    )


def _by_line(pieces: Pieces, own: str, name: str) -> list[Markup]:
    """One side of marked texts, a line at a time."""
    lines: list[Pieces] = [[]]
    for mark, text in pieces:
        if mark not in ("=", own):
            continue
        for number, part in enumerate(text.split("\n")):
            if number:
                lines.append([])
            if part:
                lines[-1].append((mark, part))
    return [_drawn(line, own, name) for line in lines]


def _laid(lines: Sequence[tuple[_Line, Markup]]) -> Markup:
    """Paragraphs, and neighbouring items as one list."""
    drawn: list[Markup] = []
    for name, group in groupby(lines, key=lambda pair: pair[0].element):
        if name == "p":
            drawn += [
                element("p", html, ' class="lead"' if is_lead([line.text]) else "") for line, html in group
            ]
            continue
        items = [
            element(
                "li",
                html,
                (f' class="in-{line.depth}"' if line.depth else "")
                + (f' value="{line.number}"' if line.number is not None else ""),
            )
            for line, html in group
        ]
        drawn.append(element(name, together(items)))
    return together(drawn)


def _drawn(pieces: Iterable[tuple[str, str]], own: str, name: str) -> Markup:
    shown = [(mark == own, text) for mark, text in pieces if mark in ("=", own)]
    for at in range(1, len(shown) - 1):  # one mark over neighbouring words, not one a word
        if shown[at - 1][0] and shown[at + 1][0] and shown[at][1].isspace():
            shown[at] = (True, shown[at][1])
    drawn = []
    for is_own, group in groupby(shown, key=itemgetter(0)):
        text = "".join(text for _, text in group)
        drawn.append(element(name, text) if is_own else escape(text))
    return together(drawn)
