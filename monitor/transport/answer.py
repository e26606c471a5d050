"""An HTTP answer as a value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from monitor.transport.retries import moment


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    status: int
    headers: Mapping[str, str]  # names in lower case
    # Decompressed. Of a status other than 200 the beginning only. Never changed: views of it are handed on.
    body: bytearray
    url: str  # whence it came, redirects followed; without credentials

    @property
    def location(self) -> str | None:
        """Where a 3xx points, as it was written."""
        return self.headers.get("location")

    @property
    def date(self) -> datetime | None:
        """What time it is where the answer was made, aware UTC; None when not said."""
        return moment(self.headers.get("date", ""))

    @property
    def type(self) -> str:
        """The content type without its parameters, in lower case; empty when not said."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def shortened(url: str) -> str:
    """An address for a message: lists of ids make it longer than anybody reads."""
    return url if len(url) <= 160 else f"{url[:157]}…"
