"""Answers that fit: texts made harmless to look at, and all of it of a bounded size. Pure.

What is cut is said to be cut, in the text and beside it. No more is looked at than may be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from monitor.alerting.discretion import masked
from monitor.web.drawing.prose import printable, shortened

MOST = 80_000  # characters of an answer as JSON: a model reads it in tokens that somebody pays for
MOST_NAMES = 200  # of an object
_STEPS = ((4_000, 400), (1_000, 200), (300, 100), (100, 50), (40, 20))  # longest text, longest list
# Characters that nobody sees and a model reads: those that Unicode says are shown as nothing (Unicode 16,
# Default_Ignorable_Code_Point of DerivedCoreProperties.txt), tags among them, and marks of annotations.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f\u3164\ufe00-\ufe0f\uffa0"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_PUNCTUATION = 4  # characters of JSON around a value


class _TooMuch(Exception):
    pass


def fitting(value: Any) -> tuple[Any, bool]:
    """A JSON value as it may be told, and whether anything was cut: long texts and lists, shorter until it fits."""
    for longest, most in _STEPS[:-1]:
        try:
            cutting = _Cutting(longest, most, strict=True)
            return cutting.told(value), cutting.cut
        except _TooMuch:
            continue
    cutting = _Cutting(*_STEPS[-1], strict=False)
    return cutting.told(value), True


def harmless(text: str, longest: int) -> tuple[str, bool]:
    """A text as it may be shown to a model, and whether it was cut."""
    begun = text[: longest + 400]  # so that an address at the edge is known for one
    told, cut = shortened(masked(_UNSEEN.sub("", printable(begun))), longest)
    return told, cut or len(begun) < len(text)


class _Cutting:
    """strict: raises where it does not fit; else members of lists are left out from there on. An object keeps its
    names, so that it stays of its type."""

    def __init__(self, longest: int, most: int, *, strict: bool) -> None:
        self._longest, self._most, self._strict = longest, most, strict
        self._left = MOST
        self.cut = False

    def told(self, value: Any) -> Any:
        if isinstance(value, str):
            text, cut = harmless(value, self._longest)
            self.cut |= cut
            self._take(len(text))
            return text
        if isinstance(value, dict):
            names = list(value)[:MOST_NAMES]
            self.cut |= len(names) < len(value)
            self._take(sum(len(name) + _PUNCTUATION for name in names))
            return {name: self.told(value[name]) for name in names}
        if isinstance(value, list | tuple):
            return list(self._members(value))
        self._take(_PUNCTUATION)
        return value

    def _members(self, value: Sequence[Any]) -> Iterator[Any]:
        self.cut |= len(value) > self._most
        for one in value[: self._most]:
            member = self.told(one)
            if self._left < 0:
                self.cut = True
                return
            yield member

    def _take(self, length: int) -> None:
        self._left -= length + _PUNCTUATION
        if self._left < 0 and self._strict:
            raise _TooMuch
