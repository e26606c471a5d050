"""`/watches`: every watch with what it holds and how much happened in it."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.web.answers import Answer, BadQuestion, Page
from monitor.web.health.standing import standing_line
from monitor.web.reading import Reading
from monitor.web.setting import Setting
from monitor.web.shapes import Listed
from monitor.web.watches import held
from monitor.web.watches.viewing import WEEKS, viewed, watch_json, watch_row

PAGE = 40  # watches


def all_watches(reader: Reading, query: Mapping[str, str], setting: Setting) -> Answer:
    after = query.get("after", "")
    if after and not (after.isascii() and after.isdigit() and len(after) < 10):
        raise BadQuestion(f"`after` is what the page before ends its address with: `{after[:60]}`")
    found = held.page_of(reader.database, after=int(after or 0), limit=PAGE + 1)
    shown = viewed(reader, found[:PAGE], setting)
    following = f"?after={found[PAGE - 1].row}" if len(found) > PAGE else None
    return Page(
        template="watches.html",
        path="/watches",
        values={
            "here": "watches",
            "watches": shown,
            "standing": standing_line(reader, setting),
            "weeks": WEEKS,
            "first": bool(after),
            "following": following,
        },
        data=lambda: Listed(
            items=[watch_json(one) for one in shown],
            next=f"/watches.json{following}" if following else None,
        ),
        rows=lambda: [watch_row(one) for one in shown],
    )
