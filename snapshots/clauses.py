"""A long text in clauses: headings, list items, sentences; each with the part of the text that it stands in.

Pure. Signs are set evenly (`>=` is `≥`, `3-6` is `3–6`), so that two settings of one clause have one key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from snapshots.markup import unmarked

INCLUSION, EXCLUSION = "inclusion", "exclusion"

_DIGIT = re.compile(r"\d")
_NUMBER = r"\d++(?:[.,]\d++)*+"
_DASH = "[-‐‑‒–—−~]"
_ITEM = re.compile(r"^(\s*)((?:(?:[*\-•·–]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4})[.)])\s+)+)(?=\S)")
_HEADING = re.compile(
    r"(?P<own>[^.;:]{0,60}?\b(?P<part>non-?inclusions?|inclusions?|exclusions?)\b(?:\s+criteri\w*|\s+requirements)?"
    r"[^.;:]{0,60}?)\s*(?P<end>[:.\-]?)\s*",
    re.IGNORECASE,
)
_NO_HEADING = re.compile(
    r"\b(?:apply|applied|may|meets?|meeting|fulfil\w*|satisf\w*|not|inclusion\W+exclusion)\b", re.I
)
_WITHIN = re.compile(  # a heading in the middle of a line, or at its end, where a line break was lost
    r"(?<=\S)\s+(?=(?:(?:Key|Main|Patient|Partner)\s+)?(?:(?:In|Ex)clusion\s+[Cc]riteria|(?:IN|EX)CLUSION\s+CRITERIA)\s*(?::|$))"
)
_LEADING = re.compile(
    r"^(?:(?:Key|Main|Patient|Partner)\s+)?(?:non-?inclusion|inclusion|exclusion)\s+criteria\s*:\s*(?=\S)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"(?<=[.!?])(?<!\b[A-Z].)(?<!\be\.g.)(?<!\bi\.e.)(?<!\b(?:vs|cf|ca|No|Dr|St).)\s+(?=[A-Z0-9“\"(\[])"
)
_SIGNS = ((">=", "≥"), ("<=", "≤"), ("≧", "≥"), ("≦", "≤"), ("⩾", "≥"), ("⩽", "≤"), ("μ", "µ"))
_RANGE = re.compile(rf"(?<![\w.,–-])({_NUMBER})\s*{_DASH}\s*({_NUMBER})(?!\w*{_DASH}\d)")
_TIMES = re.compile(r"(?<=[\d)])\s*[x×X✕*]\s*(?=\d|ULN|LLN|(?:the )?upper|(?:the )?lower)")
_COMPARED = re.compile(r"\s*([≥≤<>±])\s*(?=[-−.\d])")
_UNITS = re.compile(r"(?<=\d)\s*(mg|kg|g|mL|ml|mm|cm|µg|mcg|years?|weeks?|days?|months?|hours?)\b")
_EDGES = ".,;:；，。：()[]\"'“”‘’*"
_PLAIN = str.maketrans(
    {**dict.fromkeys("‐‑‒–—−", "-"), **dict.fromkeys("‘’`´", "'"), **dict.fromkeys("“”", '"'), "µ": "u"}
)
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")


class Clause(msgspec.Struct, frozen=True, kw_only=True):
    text: str  # on one line, signs set evenly
    key: str  # the words, without case and the punctuation around them
    exact: str  # the words with their punctuation, but for what ends the clause
    part: str  # "inclusion", "exclusion", "" where no heading says
    group: str  # the key of the heading above
    parent: str  # the key of the item that this one stands below; "" of what stands by itself
    heading: bool = False

    @property
    def place(self) -> tuple[bool, str, str, str]:
        return self.heading, self.part, self.group, self.parent


def word_key(word: str) -> str:
    """One word, compared; empty for what is only punctuation."""
    return _alike(word).strip(_EDGES)


def _alike(text: str) -> str:
    plain = text.translate(_PLAIN).casefold()
    return _THOUSANDS.sub(lambda found: found[0].replace(",", ""), plain) if "," in plain else plain


def evenly_set(text: str) -> str:
    """One line of text without markup, its numbers and signs written one way."""
    text = " ".join(text.split())
    for sign, even in _SIGNS:
        text = text.replace(sign, even)
    if not _DIGIT.search(text):
        return text
    text = _RANGE.sub(r"\1–\2", text)
    text = _COMPARED.sub(r" \1 ", text).replace("( ", "(").replace("[ ", "[")
    text = _TIMES.sub(" × ", text)
    text = re.sub(r"(?<=\d)\s+%", "%", text)
    return " ".join(_UNITS.sub(r" \1", text).split())


def clauses(text: str, *, items_whole: bool) -> list[Clause]:
    """items_whole: a list item is one clause, however many sentences it holds."""
    found: list[Clause] = []
    part = group = ""
    above: list[tuple[int, str]] = []  # indentation and key of the items that this one stands below
    for raw in unmarked(text).splitlines():
        item = _ITEM.match(raw)
        indent = len(raw) - len(raw.lstrip())
        for line in _lines(raw[item.end() :] if item else raw):
            heading = _heading(line, item=item is not None)
            if heading is not None:
                part, words = heading
                one = _clause(words, part=part, group="", parent="", heading=True)
                group, above = one.key, []
                found.append(one)
                continue
            while above and above[-1][0] >= indent:
                above.pop()
            parent = above[-1][1] if above else ""
            whole = item is not None and items_whole
            for words in [line] if whole else _SENTENCE.split(line):
                one = _clause(words, part=part, group=group, parent=parent)
                if one.key:
                    found.append(one)
            if item is not None:
                above.append((indent, found[-1].key if found else ""))
    return found


def _lines(raw: str) -> Iterator[str]:
    if "clusion" not in raw.casefold():  # no heading of a part
        if raw.strip():
            yield raw.strip()
        return
    for line in _WITHIN.split(raw):
        leading = _LEADING.match(line)
        if leading:
            yield line[: leading.end()].strip()
            line = line[leading.end() :]
        if line.strip():
            yield line.strip()


def _heading(line: str, *, item: bool) -> tuple[str, str] | None:
    """Which part begins here, and the heading as it is written."""
    if len(line) > 140 or "clusion" not in line.casefold():
        return None
    found = _HEADING.fullmatch(line)
    if found is None or _NO_HEADING.search(line):
        return None
    bare = re.fullmatch(
        r"(?:key |main )?(?:non-?inclusion|inclusion|exclusion)s?(?: criteri\w*)?", found["own"].strip(), re.I
    )
    if (
        found["end"] != ":"
        and not bare
        and (item or "criteri" not in line.casefold() or len(line.split()) > 8)
    ):
        return None
    if item and not bare and "criteri" not in line.casefold():
        return None
    name = found["part"].casefold()
    return (INCLUSION if name.startswith("inclusion") else EXCLUSION), found["own"].strip()


def _clause(text: str, *, part: str, group: str, parent: str, heading: bool = False) -> Clause:
    even = evenly_set(text)
    return Clause(
        text=even,
        key=" ".join(key for word in even.split() if (key := word_key(word))),
        exact=_alike(even).rstrip(" .;,:"),
        part=part,
        group=group,
        parent=parent,
        heading=heading,
    )
