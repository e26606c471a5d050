"""The gate: ASGI middleware behind the guard, before every address. What is not named open here is closed.

Reading and acting are asked for here by method, whatever address it is; an address that does something asks again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from urllib.parse import quote, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.web.access.ended import Ended
from monitor.web.access.guesses import TooMany
from monitor.web.access.rules import Rules
from monitor.web.access.sessions import Cookies
from monitor.web.access.visitor import ANYBODY, Visitor, Way, marked
from monitor.web.answers import PageError, Refused
from monitor.web.replies import FRESH
from monitor.web.representations import PROBLEM, Problem, as_json

LOGIN = "/login"
LOGOUT = "/logout"
# What says nothing of what is stored. Health and readiness say more to whoever may read.
OPEN = frozenset({"/healthz", "/readyz", "/favicon.ico", LOGIN, LOGOUT})
STATIC = "/static/"
# What programs follow that know of nothing but a name and a password.
FOLLOWED = ("/feed.atom", "/feed.json", "/calendar.ics")
LONGEST_NEXT = 2_000
_CHALLENGES = ('Basic realm="trialbell", charset="UTF-8"', 'Bearer realm="trialbell"')

Refuse = Callable[[Request, Exception], Awaitable[Response]]


class NotLetIn(PageError):
    status = 401
    heading = "Who asks?"


class TooManyTries(PageError):
    status = 429
    heading = "Too many tries"


class Gate:
    """Without a log-in it lets everybody in, as ANYBODY. refuse: makes the page of a PageError."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        rules: Rules | None,
        now: Callable[[], datetime],
        cookies: Cookies,
        ended: Ended,
        to: Callable[[str], str],
        refuse: Refuse,
    ) -> None:
        self._app = app
        self._rules = rules
        self._now = now
        self._cookies = cookies
        self._ended = ended
        self._to = to
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if self._rules is None:
            await self._app(marked(scope, ANYBODY), receive, send)
            return
        if scope["type"] != "http":  # nothing of ours speaks anything else
            await send({"type": "websocket.close", "code": 1008})
            return
        path: str = scope["path"]
        if path.startswith(STATIC) and "/" not in path.removeprefix(STATIC):
            await self._app(marked(scope, None), receive, send)
            return
        request = Request(scope)
        sent = self._varying(send)
        visitor, late = self._visitor(request, self._cookies.read(request))
        if visitor is not None and visitor.way is Way.SESSION and await self._ended.holds(visitor.mark):
            visitor, late = self._visitor(request, None)
        scope = marked(scope, visitor)
        refused = None if path in OPEN else await self._refused(Request(scope), visitor, late)
        await (refused or self._app)(scope, receive, sent)

    def _visitor(self, request: Request, cookie: str | None) -> tuple[Visitor | None, TooMany | None]:
        assert self._rules is not None
        peer = request.client.host if request.client else None
        try:
            return self._rules.visitor(request.headers, cookie, peer, self._now()), None
        except TooMany as late:
            return None, late

    async def _refused(
        self, request: Request, visitor: Visitor | None, late: TooMany | None
    ) -> Response | None:
        """None: let in."""
        if visitor is None:
            return self._unknown(request, late)
        if not visitor.reads:
            who = f"`{visitor.name}`" if visitor.name else "whoever this is"
            return await self._refuse(
                request,
                Refused(
                    f"{who} may not read these pages",
                    hint="Whoever runs trialbell decides it: `[web] readers`.",
                ),
            )
        if request.method not in ("GET", "HEAD") and not visitor.acts:
            return await self._refuse(request, may_not_act(visitor))
        return None

    def _unknown(self, request: Request, late: TooMany | None) -> Response:
        assert self._rules is not None
        path = request.scope["path"]
        if self._rules.access.has_tokens and _is_person(request) and not path.endswith(FOLLOWED):
            return RedirectResponse(self._to(login_path(request)), status_code=303, headers=FRESH)
        if late is not None:
            error: PageError = TooManyTries("too many wrong tokens came from there", hint=wait(late))
            return _problem(error, {"Retry-After": str(late.wait)})
        if not self._rules.access.has_tokens:
            refused = Refused(
                "these pages are open to those whom their proxy names, and it named nobody",
                hint="Use the address of the proxy. Whoever runs trialbell: docs/guide/access.md.",
            )
            return _problem(refused, {})
        response = _problem(
            NotLetIn(
                "this wants a token, and none that is good came with it",
                hint="Send `Authorization: Bearer TOKEN`, or the token as the password of any user.",
            ),
            {},
        )
        for challenge in _CHALLENGES:
            response.headers.append("WWW-Authenticate", challenge)
        return response

    def _varying(self, send: Send) -> Send:
        """Whatever depends on who asks says so, and is kept by nobody but them."""
        assert self._rules is not None
        names = self._rules.vary

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name in names:
                    headers.add_vary_header(name)
                if "cache-control" not in headers:
                    headers["Cache-Control"] = "private, no-store"
            await send(message)

        return sent


def may_not_act(visitor: Visitor | None) -> Refused:
    if visitor is not None and visitor.name:
        return Refused(
            f"`{visitor.name}` may read and not act",
            hint="Whoever runs trialbell decides it: `[web] actors`.",
        )
    return Refused(
        "this lets you read and not act", hint="Log in with the token for acting, or use the command line."
    )


def wait(late: TooMany) -> str:
    return f"Try again in {late.wait} second{'' if late.wait == 1 else 's'}."


def own_path(text: str) -> str:
    """Where to go on to after the log-in, without our prefix: a path of ours, else the first page.

    What a browser could take for another host is none: `//host`, `/\\host`, and either with a tab or a line break in
    it, which browsers leave out (https://url.spec.whatwg.org/#concept-basic-url-parser).
    """
    plain = text.isascii() and all(" " < char != "\x7f" for char in text) and len(text) <= LONGEST_NEXT
    if not plain or "\\" in text or not text.startswith("/") or text.startswith("//"):
        return "/"
    return "/" if text.partition("?")[0] in OPEN else text


def login_path(request: Request) -> str:
    """The log-in page, which leads back to what is asked for."""
    scope = request.scope
    query = scope["query_string"].decode("latin-1")
    asked = own_path(quote(scope["path"]) + (f"?{query}" if query else ""))
    return LOGIN if asked == "/" else f"{LOGIN}?{urlencode({'next': asked})}"


def _is_person(request: Request) -> bool:
    """Browsers name HTML where a person goes somewhere; programs take anything, and a form would look like success."""
    accept = Headers(scope=request.scope).get("accept", "").lower()
    return request.method in ("GET", "HEAD") and "text/html" in accept


def _problem(error: PageError, headers: dict[str, str]) -> Response:
    said = Problem(title=error.heading, status=error.status, detail=str(error), hint=error.hint)
    return Response(as_json(said), status_code=error.status, media_type=PROBLEM, headers={**FRESH, **headers})
