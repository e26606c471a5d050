"""Pages behind a log-in, and the ways to get in."""

from __future__ import annotations

import base64
import re
from typing import Any
from urllib.parse import urlencode

from doubles.asking import Answer, Asking
from doubles.web_history import NOW, TRIAL, History

from monitor.acting import mutes
from monitor.database import open_for_writing
from monitor.web.access.rules import Access
from notifiers.secret import Secret

READ, ACT = "read-0123456789abcdefgh", "act-zyxwvutsrqponmlk9876"
BOTH = Access(read_token=Secret(READ), act_token=Secret(ACT))
PEOPLE = Access(
    user_header="X-Forwarded-User",
    trusted_proxies=("127.0.0.1", "10.1.0.0/16", "fd00::/8"),
    readers=("bob@example.org", "józef"),
    actors=("ada@example.org",),
)
AT = f"/trials/ctgov/{TRIAL}"
PERSON = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
PUBLIC = "https://trials.example.org"


def app(history: History, access: Access = BOTH, **more: Any) -> Any:
    more = {"acting": lambda: open_for_writing(history.path), **more}
    return history.app(access=access, **more)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def basic(password: str, user: str = "feeds") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def write(browse: Asking, token: str, then: str = "/", **more: Any) -> Answer:
    headers = {**FORM, **more.pop("headers", {})}
    return browse.ask("POST", "/login", headers, body=urlencode({"token": token, "next": then}), **more)


def logged_in(browse: Asking, token: str) -> dict[str, str]:
    answer = write(browse, token)
    assert answer.status == 303
    return {"Cookie": answer.headers["set-cookie"].partition(";")[0]}


def every_path(app: Any) -> list[str]:
    """An address of each route of the application."""
    values = {"registry": "ctgov", "trial": TRIAL, "number": "4", "format": "atom", "day": "2026-11-23"}

    def filled(path: str) -> str:
        return re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: values.get(found[1], "1"), path)

    return [filled(route.path) for route in app.routes]


def standing(history: History) -> list[mutes.Mute]:
    db = history.open()
    try:
        return mutes.standing(db, now=NOW)
    finally:
        db.close()


def form_token(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def mute(browse: Asking, headers: dict[str, str], **form: str) -> Answer:
    whole = {"act": "mute", "scope": "trial", "value": TRIAL, "span": "7", **form}
    return browse.ask("POST", "/acts", {**FORM, **headers}, body=urlencode(whole))
