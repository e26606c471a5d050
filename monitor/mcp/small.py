"""Answers that fit: texts made harmless to look at, and all of it of a bounded size. Pure.

What is cut is said to be cut, in the text and beside it.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from monitor.alerting.discretion import masked
from monitor.web.drawing.prose import printable, shortened

MOST_BYTES = 100_000  # of an answer as JSON: a model reads it in tokens that somebody pays for
_STEPS = ((4_000, 400), (1_000, 200), (300, 100), (100, 50), (40, 20))  # longest text, longest list
# Characters that nobody sees and a model reads: zero-width ones, and tags (Unicode 16, section 23.9).
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\U000e0000-\U000e01ef]")


def fitting(value: Any) -> tuple[Any, bool]:
    """A JSON value as it may be told, and whether anything was cut."""
    told = value
    for longest, most in _STEPS:
        told, cut = _cut(value, longest, most)
        if len(msgspec.json.encode(told)) <= MOST_BYTES:
            return told, cut
    return told, True


def _cut(value: Any, longest: int, most: int) -> tuple[Any, bool]:
    if isinstance(value, str):
        return shortened(masked(_UNSEEN.sub("", printable(value))), longest)
    if isinstance(value, dict):
        pairs = {name: _cut(inner, longest, most) for name, inner in value.items()}
        return {name: inner for name, (inner, _) in pairs.items()}, any(cut for _, cut in pairs.values())
    if isinstance(value, list | tuple):
        members = [_cut(one, longest, most) for one in value[:most]]
        return [one for one, _ in members], len(value) > most or any(cut for _, cut in members)
    return value, False
