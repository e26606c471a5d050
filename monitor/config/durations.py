"""Durations as people write them in config.toml: `60s`, `5m`, `1h`, `7d`, `3y`."""

from __future__ import annotations

import re
from datetime import timedelta

PATTERN = r"^[0-9]+(\.[0-9]+)?\s*(ms|s|m|h|d|w|y)$"
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "y": 365 * 86_400}
_LONGEST = timedelta(days=36_525)


class WrongDuration(ValueError):
    """A text that is no duration."""


def parse_duration(text: str) -> timedelta:
    """`1h` → one hour. Raises WrongDuration: no unit, an unknown one, nothing at all, or beyond a century."""
    match = re.match(PATTERN, text.strip(), re.ASCII)
    if match is None:
        raise WrongDuration(text)
    number = float(text.strip()[: match.start(2)])
    seconds = number * _UNITS[match.group(2)]
    if not 0 < seconds <= _LONGEST.total_seconds():
        raise WrongDuration(text)
    return timedelta(seconds=seconds)


def duration_text(duration: timedelta) -> str:
    """One hour → `1h`: the shortest spelling that parse_duration reads back."""
    milliseconds = round(duration.total_seconds() * 1000)
    for unit in ("d", "h", "m", "s"):
        size = round(_UNITS[unit] * 1000)
        if milliseconds and milliseconds % size == 0:
            return f"{milliseconds // size}{unit}"
    return f"{milliseconds}ms"
