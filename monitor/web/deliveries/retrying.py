"""Trying a message again, or all that one notifier was not given: what `trialbell outbox retry` does, as a form.

The service sends it, or the next `trialbell check`: nothing is sent from here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime
from urllib.parse import urlencode

from sqlite_utils import Database

from monitor.operating.undelivered import CannotRetry, retry
from monitor.web import filters
from monitor.web.access.visitor import ANYBODY, Visitor, Way
from monitor.web.acting.forms import Forms
from monitor.web.answers import Answer, BadQuestion, Elsewhere, Page
from monitor.web.reading import Reading
from notifiers.standing import tallied
from snapshots.database import immediate

PATH = "/deliveries/retry"
SHOWN_ON = "/deliveries"
_KEPT = ("message", "notifier", "of")  # fields of the form but its token


def do(
    reader: Reading,
    form: Mapping[str, str],
    *,
    forms: Forms,
    open_database: Callable[[], Database],
    now: datetime,
    visitor: Visitor = ANYBODY,
) -> Answer:
    """BadQuestion. With a stale token nothing is written: the same is asked again, on a page of its own."""
    message, notifier = (filters.short_enough(name, form.get(name, "")) for name in ("message", "notifier"))
    names = sorted({*tallied(reader.database, "delivery"), *tallied(reader.database, "message")})
    if notifier not in names:  # a message is sent with its notifier's name, so that it is found afterwards
        raise BadQuestion(f"no such notifier: `{notifier}`", hint=filters.nearest(notifier, names))
    sure = visitor.way is Way.BEARER or forms.is_fresh(form.get("token", ""), now, visitor.mark)
    if not sure:
        what = f"message {message}" if message else "all that failed or waits"
        return Page(
            template="confirm.html",
            path=PATH,
            values={
                "asked": f"Try again: {what}, to {notifier}",
                "kept": {name: text for name, text in form.items() if name in _KEPT},
                "token": forms.token(now, visitor.mark),
                "action": PATH,
                "back": SHOWN_ON,
            },
        )
    with closing(open_database()) as db:
        try:
            with immediate(db):
                retry(db, [message] if message else [], notifier=notifier, now=now)
        except CannotRetry as error:
            raise BadQuestion(
                "this cannot be tried again: it was sent or dropped meanwhile, or is being tried this moment",
                hint="The page of deliveries says what became of it.",
            ) from error
    of = {"of": "notices"} if form.get("of") == "notices" else {}
    return Elsewhere(path=f"{SHOWN_ON}?{urlencode({**of, 'state': 'waiting', 'notifier': notifier})}")
