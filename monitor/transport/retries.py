"""When to try again: pure.

stamina and tenacity sleep and read the clock themselves, and a wait that no stop can end holds up the
process; so the loop is the client's own, and what it decides is here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

ATTEMPTS = 5
FIRST_PAUSE = 1.0  # seconds; doubled with each further try
LONGEST_PAUSE = 60.0  # whoever asks for more than this is asked again at the next poll
PASSING = frozenset({408, 425, 429})  # beside all of 5xx: what another try may mend


def passing(status: int) -> bool:
    """May the same question be answered if asked again?"""
    return status in PASSING or status >= 500


def pause(tries: int, random: Callable[[], float]) -> float:
    """Seconds before the next try, after so many: exponential, with jitter over its upper half."""
    whole: float = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (tries - 1))
    return whole * (0.5 + random() / 2)


def asked_pause(headers: Mapping[str, str]) -> float | None:
    """Retry-After in seconds; None when it is not said or not understood.

    A date in it is measured against the answer's own Date, so that nobody's clock matters.
    https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    until, now = moment(text), moment(headers.get("date", ""))
    if until is None or now is None:
        return None
    return max(0.0, (until - now).total_seconds())


def moment(text: str) -> datetime | None:
    """An HTTP date, aware UTC; None when it is none."""
    from email.utils import parsedate_to_datetime

    try:
        read = parsedate_to_datetime(text)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):  # the second for a day past what a calendar holds
        return None
