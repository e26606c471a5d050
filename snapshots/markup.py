"""What in a text is no content: markup, escapes, entities, white space, letters' case; and what is equal without it.

Pure. A text of the registry's archive is HTML: `archive_markup` turns it into the form that is read here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

SHORT = 300  # characters of a text of which the normal form is kept

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")  # any ASCII punctuation (CommonMark 0.31, 2.4)
_BULLET = re.compile(r"^[^\S\n]*+(?:[*\-•–]|\d+[.)])\s+", re.MULTILINE)
# `open -label`, `open-label`: a hyphen before a word. One behind it may be a sign (`ER- tumours`), one before a digit a
# minus.
_HYPHEN = re.compile(r"(?<=[^\W\d_]) ?-(?=[^\W\d_])")
_TAG = re.compile(r"<!--[ ]?-->|</?(?:ul|ol|li|p|br|div|sup|sub|b|i|em|strong)\b[^<>]*>", re.IGNORECASE)


def unmarked(text: str) -> str:
    """A text without escapes, entities and tags; its lines and their bullets stay."""
    plain = _ESCAPED.sub(r"\1", text) if "\\" in text else text
    if "&" in plain:
        from html import unescape  # its table of names takes 2 ms to load

        plain = unescape(unescape(plain))  # sponsors paste `\&#39;` and `&amp;gt;`
    return _TAG.sub(" ", plain) if "<" in plain else plain


def normal_text(text: str) -> str:
    """What is left when markup, escapes, entities, white space and letters' case are no content."""
    if text.isidentifier():  # a code, or one word
        return text.casefold()
    return _normal_short(text) if len(text) <= SHORT else _normal_long(text)


def _normal(text: str) -> str:
    """What cannot be there is not looked for: each pattern goes through the whole text."""
    plain = unmarked(text)
    if "\n" in plain:
        plain = _BULLET.sub("", plain)
    elif (bullet := _BULLET.match(plain)) is not None:
        plain = plain[bullet.end() :]
    plain = " ".join(plain.split())
    return (_HYPHEN.sub(" ", plain) if "-" in plain else plain).casefold()


# Titles and names: both sides have most of them, and each list that is paired asks again.
_normal_short = lru_cache(maxsize=4096)(_normal)
# Of one comparison: several rules ask for the same few.
_normal_long = lru_cache(maxsize=16)(_normal)


def same_words(old: Any, new: Any) -> bool:
    """Whether two values differ in nothing but how their texts are set."""
    if isinstance(old, str) and isinstance(new, str):
        return old == new or normal_text(old) == normal_text(new)
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(same_words(old[key], new[key]) for key in old)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(same_words, old, new))
    return type(old) is type(new) and bool(old == new)


def same_in_any_order(old: Any, new: Any) -> bool:
    """Whether two values are the same words where the order of lists means nothing."""
    return type(old) is type(new) and _orderless(old) == _orderless(new)


def _orderless(value: Any) -> Any:
    if isinstance(value, str):
        return "text", normal_text(value)
    if isinstance(value, dict):
        return "object", tuple((key, _orderless(value[key])) for key in sorted(value))
    if isinstance(value, list):
        return "list", tuple(sorted(map(_orderless, value), key=repr))
    return type(value).__name__, repr(value)
