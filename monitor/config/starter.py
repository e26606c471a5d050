"""Writing TOML: the file that `trialbell init` begins with, and a watch as it would stand in one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

_HEAD = """\
# trialbell: what to watch, and who is told. `trialbell run` starts the service on this file.
# Every key is described in docs/reference/config.md. Paths are relative to this file.

[store]
path = "trialbell.db"                  # every version ever seen, every event, every delivery

[schedule]
every = "1h"                           # or cron = "20 9-20 * * mon-fri"

"""

_FOOT = """\

# A search is watched too: trials that begin or cease to match are told.
# [[watch]]
# name = "progressive MS, phase 3"
# query = { cond = "progressive multiple sclerosis", advanced = "AREA[Phase]PHASE3" }

[web]
host = "127.0.0.1"
port = 8787
# public_url = "http://127.0.0.1:8787"  # alerts link to the pages; where others read them: docs/guide/access.md

[notifiers.log]
type = "jsonl"                         # one alert a line; "-" is stdout
path = "alerts.jsonl"

# [notifiers.team]
# type = "slack"
# token = "${SLACK_BOT_TOKEN}"         # from the environment, never written here
# channel = "#trial-alerts"
# app_token = "${SLACK_APP_TOKEN}"     # buttons and /trial in Slack: docs/guide/slack.md

[[route]]
min_severity = "minor"                 # minor, major or critical
to = ["log"]

# [[route]]
# min_severity = "major"
# to = ["team"]
"""


def starter(ids: Sequence[str], *, name: str = "my trials", query: Mapping[str, str] | None = None) -> str:
    """A whole config.toml, commented, that watches these trials, or this search when there are no ids."""
    table = watch_table(name, ids=None if query is not None and not ids else ids, query=query)
    return _HEAD + table + _FOOT


def watch_table(
    name: str,
    *,
    ids: Sequence[str] | None = None,
    query: Mapping[str, str] | None = None,
    registry: str = "ctgov",
) -> str:
    """One watch as a [[watch]] table: of ids when they are given, else of the query."""
    lines = ["[[watch]]", f"name = {quoted(name)}"]
    if registry != "ctgov":
        lines.append(f"registry = {quoted(registry)}")
    if ids is None:
        pairs = ", ".join(f"{_key(key)} = {quoted(value)}" for key, value in (query or {}).items())
        lines.append(f"query = {{ {pairs} }}" if pairs else "query = {}")
    elif len(ids) <= 5:
        lines.append(f"ids = [{', '.join(quoted(one) for one in ids)}]")
    else:
        lines += ["ids = [", *(f"  {quoted(one)}," for one in ids), "]"]
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """A text as a TOML basic string, which is JSON's but for one character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(text: str) -> str:
    bare = text and all(char.isascii() and (char.isalnum() or char in "-_") for char in text)
    return text if bare else quoted(text)
