"""Text for Slack: measured as Slack measures it, shortened at word borders, and made harmless."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from notifiers.text import JOINER, unlinked

# Of one line alone, and never steps back: linear, for texts come from anywhere.
_BULLET = re.compile(r"(?:^|\n)[^\S\n]*+[*•-](?=\s)")
_EMOJI = re.compile(r":(?=[\w+'-]+:)")
_MORE = "…"
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_LINES = 6  # of a text that is shown as it stands
_LEAST = 30  # characters that go on after a break
_AROUND = 40  # characters kept on either side of where two texts differ


def weigh(text: str) -> int:
    """The length by the strictest measure that Slack may use: UTF-16 units, `&`, `<` and `>` as escaped.

    Which of the measures each of its limits goes by is not documented.
    """
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    return units + 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))


def in_json(text: str) -> int:
    """What a text weighs within a message's blocks, where `"`, `\\` and line breaks are written as two characters."""
    return weigh(json.dumps(text, ensure_ascii=False)) - 2


def shorten(text: str, limit: int) -> str:
    """At most `limit` by `weigh`: cut at the last border of words, if one is in the last half; with `…`."""
    if len(text) <= limit and weigh(text) <= limit:
        return text
    room = limit - weigh(_MORE)
    if room < 0:
        return ""
    return text[: _border(text, room)].rstrip() + _MORE


def _border(text: str, room: int) -> int:
    """Where to cut, so that what stands before weighs `room` at most."""
    kept, used = 0, 0
    for character in text:
        used += weigh(character)
        if used > room:
            break
        kept += 1
    if kept < len(text) and not text[kept].isspace():
        border = max((found.start() for found in re.finditer(r"\s", text[:kept])), default=-1)
        if border >= kept // 2:
            return border
    return kept


def broken(text: str, limit: int) -> tuple[str, str]:
    """What fits, and what goes on after it: `one two…`, `… three`. The second is empty when all of it fits."""
    if weigh(text) <= limit:
        return text, ""
    border = _border(text, limit - weigh(_MORE))
    # Of several clauses the last whole one ends it, where that leaves not too little; else what it is about does, so
    # that before and after, or what stands in brackets, are read in one piece; nor is a mere word left over.
    least = border // 3
    clause = text.rfind("; ", least, border)
    about = max(text.rfind(mark, border // 4, border) for mark in (": ", " ("))
    if clause >= 0:
        first, rest = text[:clause], text[clause + 2 :]
    elif about >= 0:
        first, rest = text[:about], text[about + 1 :]
    else:
        if len(text) - border < _LEAST:
            border = max(text.rfind(" ", least, len(text) - _LEAST), least)
        first, rest = text[:border], text[border:]
    return first.rstrip(f" :{_MORE}") + _MORE, f"{_MORE} {rest.lstrip()}"


def pieces(text: str, room: int) -> Iterator[str]:
    """The whole of a text in pieces of at most `room` by `in_json`, broken at borders of words. room: 100 or more."""
    while text:
        size, step = len(text), room
        while in_json(text[:size]) > room:
            size = _border(text, step)
            step = step * 4 // 5
        piece, text = text[: max(size, 1)].rstrip(), text[max(size, 1) :].lstrip(" ")
        if piece:
            yield piece.strip("\n") or " "


def side_by_side(before: str, after: str, limit: int) -> tuple[str, str]:
    """Two texts as they stand, if they are short; else in one line each, about where they begin to differ."""
    if all(weigh(side) <= limit and side.count("\n") < _LINES for side in (before, after)):
        return before, after
    before, after = (" ".join(_BULLET.sub(" •", side).split()) for side in (before, after))
    start = _word_before(before, _alike(before, after) - _AROUND)
    if before and after and start > 0:
        before, after = (f"{_MORE} {side[start:]}" for side in (before, after))
    end = _alike(before[::-1], after[::-1]) - _AROUND
    if before and after and end > 0:
        before, after = (_ended(side, len(side) - end) for side in (before, after))
    return shorten(before, limit), shorten(after, limit)


def _alike(one: str, other: str) -> int:
    """How many characters they begin with in common."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def _ended(text: str, place: int) -> str:
    border = text.find(" ", place)
    return text if border < 0 else f"{text[:border]} {_MORE}"


def _word_before(text: str, place: int) -> int:
    return text.rfind(" ", 0, place) + 1 if place > 0 else 0


def escape(text: str) -> str:
    """For `text`, which Slack reads as markup: no mention, no link. `weigh` counts what it escapes."""
    return "".join(_ESCAPES.get(character, character) for character in text)


def disarm(text: str, *, ours: bool = False) -> str:
    """For `text`: an address in somebody's words becomes none to click, and `:fire:` no picture, by a joiner that
    nobody sees. ours: a host may stay one, as in `ClinicalTrials.gov`."""
    return _EMOJI.sub(f":{JOINER}", text.replace("://", f":{JOINER}//") if ours else unlinked(text))
