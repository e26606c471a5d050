"""The log-in page and the way out: a token is written once, and the browser keeps a session."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from monitor.logs import log
from monitor.web.access.ended import Ended
from monitor.web.access.gate import LOGIN, LOGOUT, own_path, wait
from monitor.web.access.guesses import TooMany
from monitor.web.access.rules import Rules
from monitor.web.access.sessions import Cookies
from monitor.web.access.visitor import Way, visitor_of
from monitor.web.acting.forms import Forms, fields
from monitor.web.drawing.render import Pages
from monitor.web.replies import HTML

_UNSEEN = {"Cache-Control": "private, no-store"}


class Login:
    def __init__(
        self,
        *,
        rules: Rules,
        forms: Forms,
        pages: Pages,
        now: Callable[[], datetime],
        cookies: Cookies,
        ended: Ended,
    ) -> None:
        self._rules = rules
        self._forms = forms
        self._pages = pages
        self._now = now
        self._cookies = cookies
        self._ended = ended

    def routes(self) -> list[Route]:
        return [
            Route(LOGIN, self._ask, methods=["GET", "POST"]),
            Route(LOGOUT, self._leave, methods=["POST"]),
        ]

    async def _ask(self, request: Request) -> Response:
        if request.method != "POST":
            return self._page(request, own_path(request.query_params.get("next", "/")))
        self._forms.check_origin(request, hint="Open the page again, and write the token there.")
        form = await fields(request)
        then = own_path(form.get("next", "/"))
        token = form.get("token", "")
        if not token:
            return self._page(request, then, "No token was written.", 400)
        rules, now = self._rules, self._now()
        client = rules.client(request.headers, request.client.host if request.client else None)
        try:
            right = rules.guesses.check(client, token, now, rules.right_of)
        except TooMany as late:
            text = f"Too many wrong tokens came from there. {wait(late)}"
            return self._page(request, then, text, 429, {"Retry-After": str(late.wait)})
        if right is None:
            log.warning("log-in refused", client=client)
            return self._page(request, then, "That is not a token of these pages.", 403)
        response = RedirectResponse(self._pages.to(then), status_code=303, headers=_UNSEEN)
        self._cookies.put(request, response, rules.session(right, now))
        return response

    async def _leave(self, request: Request) -> Response:
        self._forms.check_origin(request, hint="Do it on a page of these.")
        visitor = visitor_of(request)
        if visitor is not None and visitor.way is Way.SESSION:  # ends for whoever copied it, too
            await self._ended.add(visitor.mark, self._now())
        # What this browser keeps of our pages must not come back by its back button.
        headers = {**_UNSEEN, "Clear-Site-Data": '"cache"'}
        response = RedirectResponse(self._pages.to(LOGIN), status_code=303, headers=headers)
        self._cookies.take_away(response)
        return response

    def _page(
        self,
        request: Request,
        then: str,
        wrong: str = "",
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> Response:
        visitor = visitor_of(request)
        known = visitor is not None and visitor.way is Way.SESSION
        access = self._rules.access
        html = self._pages.draw(
            "login.html",
            next=then,
            wrong=wrong,
            reads=known,
            acts=known and visitor is not None and visitor.acts,
            both=bool(access.read_token and access.act_token),
        )
        return Response(html, status_code=status, media_type=HTML, headers={**_UNSEEN, **(headers or {})})
