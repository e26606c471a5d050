"""The kinds of values that the tables of config.toml have in common."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from msgspec import Meta

from monitor.config.durations import PATTERN

SeverityName = Literal["noise", "minor", "major", "critical"]
Text = Annotated[str, Meta(min_length=1)]
Duration = Annotated[timedelta, Meta(extra_json_schema={"type": "string", "pattern": PATTERN})]
Address = Annotated[str, Meta(pattern=r"^https?://", extra={"form": "address"})]
# A secret stands in no file of ours: one variable, `${NAME}` or `${file:PATH}`, and nothing else.
SECRET_PATTERN = r"^\$\{([A-Za-z_][A-Za-z0-9_]*|file:([^{}\n]|\$\{[A-Za-z_][A-Za-z0-9_]*\})+)\}$"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})  # hosts to which nothing goes over a network
