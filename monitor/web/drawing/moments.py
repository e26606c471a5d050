"""Moments as pages have them: in UTC, in a `<time>` that `times.js` turns into the reader's zone, UTC beside."""

from __future__ import annotations

import re
from datetime import datetime

from markupsafe import Markup, escape

from monitor.alerting.text import minute
from snapshots.instants import stamp

_DAY = r"[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
_TOLD = re.compile(rf"\b({_DAY}) ((?:[01]\d|2[0-3]):[0-5]\d) UTC\b", re.ASCII)


def moment(at: datetime | None) -> Markup:
    if at is None:
        return Markup("")
    return Markup(f'<time datetime="{stamp(at)}">{minute(at)}</time>')  # digits and signs of ours


def with_moments(text: str) -> Markup:
    """A sentence, escaped, with the moments in it as `minute` writes them made into such elements."""
    return Markup(_TOLD.sub(r'<time datetime="\1T\2:00Z">\1 \2 UTC</time>', str(escape(text))))
