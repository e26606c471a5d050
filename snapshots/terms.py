"""The registry's codes as people say them. A code that is not listed is said as it stands, never guessed at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_SPECIAL = {
    "NOT_YET_RECRUITING": "Not yet recruiting",
    "ENROLLING_BY_INVITATION": "Enrolling by invitation",
    "ACTIVE_NOT_RECRUITING": "Active, not recruiting",
    "NO_LONGER_AVAILABLE": "No longer available",
    "TEMPORARILY_NOT_AVAILABLE": "Temporarily not available",
    "APPROVED_FOR_MARKETING": "Approved for marketing",
    "NA": "Not applicable",
    "YES": "Yes",
    "NO": "No",
    "ALL": "All",
    "NONE": "None",
    "MALE": "Male",
    "DRUG": "Drug",
    "EARLY_PHASE1": "Early phase 1",
    "PHASE1": "Phase 1",
    "PHASE2": "Phase 2",
    "PHASE3": "Phase 3",
    "PHASE4": "Phase 4",
    "NON_RANDOMIZED": "Non-randomized",
    "FDAAA": "FDAAA",
}


def said(value: Any, words: Callable[[str], str] | None = None) -> str:
    """A value in words: codes, yes and no, lists joined. words: those of an object's keys."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(said(one) for one in value) or "none"
    if isinstance(value, dict):
        if len(value) == 1:
            return said(next(iter(value.values())))
        return "; ".join(f"{(words or spaced)(key)}: {said(one)}" for key, one in value.items())
    text = str(value)
    if text in _SPECIAL:
        return _SPECIAL[text]
    if (text.isupper() and "_" in text) or (text.isalpha() and text.isupper() and len(text) > 4):
        return text.replace("_", " ").capitalize()
    return text


def spaced(key: str) -> str:
    """`timeFrame` → `time frame`."""
    return "".join(f" {char.lower()}" if char.isupper() else char for char in key)


def phases(values: Any) -> str:
    """`["PHASE1", "PHASE2"]` → `Phase 1/Phase 2`."""
    return "/".join(said(one) for one in values) if isinstance(values, list) and values else "none"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """`1 site`, `12 sites`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def many(number: int, noun: str, plural: str | None = None) -> str:
    """`1 trial`, `12,000 trials`: for a screen. The words of a change set stay as they were stored: `counted`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(words: list[str], most: int = 3) -> str:
    """`A, B and C`; `A, B and 4 more` past `most`."""
    if len(words) > most:
        return f"{', '.join(words[: most - 1])} and {len(words) - most + 1} more"
    if len(words) > 1:
        return f"{', '.join(words[:-1])} and {words[-1]}"
    return words[0] if words else "none"


def short(text: str, most: int = 120) -> str:
    """A text on one line, cut at a word's end."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[:most].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"
