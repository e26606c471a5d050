"""Puts the pages together: which address is answered by which function, and what an error looks like.

Reading and drawing happen in the lanes' threads; the event loop only passes on.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from urllib.parse import quote, urlencode, urlsplit

from sqlite_utils import Database
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from monitor import addresses
from monitor.health import Health, health_json
from monitor.web.acting import acts
from monitor.web.acting.forms import Forms, fields
from monitor.web.answers import (
    Answer,
    BadQuestion,
    Elsewhere,
    NoSuchPage,
    NotReady,
    Page,
    PageError,
    Refused,
)
from monitor.web.compare import comparison
from monitor.web.drawing.render import STATIC, Pages, static_file
from monitor.web.finding import canonical
from monitor.web.following import Following
from monitor.web.guard import SECURITY_HEADERS, Guard
from monitor.web.health import standing
from monitor.web.lanes import Lanes
from monitor.web.reading import Reading
from monitor.web.record import versions
from monitor.web.replies import FRESH, document, known_again
from monitor.web.setting import Effective, Setting
from monitor.web.sources import Site, named, source
from monitor.web.today import lately
from monitor.web.trial import trials
from snapshots.errors import DamagedVersion, NoDatabase, SnapshotsError
from snapshots.event import Event

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
LONGEST_QUERY = 2_000  # characters
_STATUS_WORDS: Mapping[int, tuple[str, str]] = {
    404: ("There is nothing here", "No page of ours has this address."),
    405: ("That cannot be done here", "Pages are only read: ask with GET."),
}

Work = Callable[[Request, Reading], Answer]


def _unchanged(event: Event) -> Event:
    return event


def create_app(
    *,
    database: Callable[[], Database],
    health: Callable[[], Health],
    now: Callable[[], datetime],
    public_url: str | None,
    allowed_hosts: tuple[str, ...],
    effective: Effective = _unchanged,
    overridden: bool = False,
    acting: Callable[[], Database] | None = None,
    sites: Mapping[str, Site] | None = None,
) -> Starlette:
    """The browser as an ASGI application.

    database: opens a read-only connection; called once in each of a few threads, and again after an error.
    health: called in those threads too. now: aware UTC.
    public_url: where people reach us; its path, if any, goes before every link of ours.
    allowed_hosts: names that the Host header may have (`guard.hosts_for`); `*` allows all.
    effective: applies the user's own severities to an event. overridden: whether there are any.
    acting: opens a connection for the one short write of what a person does about alerts; None: nothing can be done.
    sites: where each registry's records come from; the public ones when left out.
    """
    prefix = urlsplit(public_url).path.rstrip("/") if public_url else ""
    banner = source("ctgov", sites).banner
    forms = Forms(public_url)
    site = _Site(Pages(prefix, banner=banner), Lanes(database), health, now, public_url)

    def setting() -> Setting:
        moment = now()
        return Setting(
            now=moment,
            effective=effective,
            health=health,
            sites=sites or {},
            token=None if acting is None else forms.token(moment),
            overridden=overridden,
        )

    followed = Following(root=site.root, setting=setting)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            site.lanes.close()

    def of_trial(work: Callable[[Request, Reading, str, str], Answer], rest: str) -> Route:
        """A page below a trial: ids that are written otherwise are sent on to the one true address."""

        def answer(request: Request, reader: Reading) -> Answer:
            registry, text = request.path_params["registry"], request.path_params["trial"]
            trial = canonical(registry, text)
            if trial != text:
                parts = {name: quote(value, safe=".") for name, value in request.path_params.items()}
                below = rest.format(**parts)
                query = f"?{request.url.query}" if request.url.query else ""
                return Elsewhere(path=addresses.trial(registry, trial) + below + query, permanent=True)
            return work(request, reader, registry, trial)

        return Route("/trials/{registry}/{trial}" + rest, site.page(answer))

    def version(request: Request, reader: Reading, registry: str, trial: str) -> Answer:
        text: str = request.path_params["version"]
        if text.endswith(".json"):
            return versions.version_json(reader, registry, trial, text.removesuffix(".json"))
        return versions.one_version(reader, registry, trial, text, setting())

    async def act(request: Request) -> Response:
        if acting is None:
            raise Refused(
                "nothing can be done from these pages",
                hint="`trialbell mute` and `trialbell ack` do it, or switch on `[web] acting`.",
            )
        if request.method != "POST":  # as after a form that was refused: there is nothing to read here
            return await site.page(lambda r, reader: Elsewhere(path="/state#muted"))(request)
        forms.check_origin(request)
        form = await fields(request)
        return await site.page(
            lambda r, reader: acts.do(reader, form, forms=forms, open_database=acting, now=now())
        )(request)

    def chosen_pair(request: Request, reader: Reading, registry: str, trial: str) -> Answer:
        query = request.query_params
        if not (query.get("a") and query.get("b")):
            raise BadQuestion(
                "two versions are needed to compare", hint="Choose them on the page of the trial."
            )
        both = quote(f"{query['a'][:20]}...{query['b'][:20]}", safe="")
        return Elsewhere(path=f"{addresses.trial(registry, trial)}/compare/{both}")

    def chosen_day(request: Request, reader: Reading, registry: str, trial: str) -> Answer:
        day = versions.day_named(request.query_params.get("day", ""))
        return Elsewhere(path=addresses.as_of(registry, trial, day))

    def without_registry(request: Request, reader: Reading) -> Answer:
        text: str = request.path_params["text"]
        if text == "ctgov":
            return Elsewhere(path="/trials", permanent=True)
        found = named(text)
        if found is None:
            raise NoSuchPage("no page of ours has this address")
        return Elsewhere(path=addresses.trial(*found), permanent=True)

    app = Starlette(
        routes=[
            Route("/", site.page(lambda r, reader: lately.lately(reader, r.query_params, setting()))),
            Route("/trials", site.page(lambda r, reader: trials.held_trials(reader, r.query_params))),
            Route("/trials/{text}", site.page(without_registry)),
            of_trial(
                lambda r, reader, registry, trial: trials.one_trial(
                    reader, registry, trial, r.query_params, setting()
                ),
                "",
            ),
            of_trial(version, "/versions/{version}"),
            of_trial(chosen_pair, "/compare"),
            of_trial(
                lambda r, reader, registry, trial: comparison.one_comparison(
                    reader, registry, trial, r.path_params["pair"], setting()
                ),
                "/compare/{pair}",
            ),
            of_trial(chosen_day, "/on"),
            of_trial(
                lambda r, reader, registry, trial: versions.as_of(
                    reader, registry, trial, r.path_params["day"], setting()
                ),
                "/on/{day}",
            ),
            Route(
                "/events/{number}",
                site.page(lambda r, reader: lately.one_event(reader, r.path_params["number"], setting())),
            ),
            Route("/feed.{format}", site.page(followed.feed_of_all)),
            Route("/watches/{watch:path}/feed.{format}", site.page(followed.feed_of_watch)),
            of_trial(followed.feed_of_trial, "/feed.{format}"),
            Route("/watches/{watch:path}/calendar.ics", site.page(followed.calendar_of_watch)),
            of_trial(followed.calendar_of_trial, "/calendar.ics"),
            Route("/acts", act, methods=["GET", "POST"]),
            Route("/state", site.page(lambda r, reader: standing.state(reader, setting()))),
            Route("/healthz", site.healthz),
            Route("/static/{name}", site.static),
            Route("/favicon.ico", site.favicon),
            Route("/study/{text}", site.page(without_registry)),
            Route("/{text}", site.page(without_registry)),
        ],
        middleware=[Middleware(Guard, allowed_hosts=allowed_hosts, prefix=prefix, refuse=site.refuse_host)],
        exception_handlers={
            PageError: site.page_error,
            SnapshotsError: site.stored_error,
            HTTPException: site.http_error,
            Exception: site.defect,
        },
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return app


class _Site:
    """What all addresses share."""

    def __init__(
        self,
        pages: Pages,
        lanes: Lanes,
        health: Callable[[], Health],
        now: Callable[[], datetime],
        public_url: str | None,
    ) -> None:
        self.pages = pages
        self.lanes = lanes
        self._health = health
        self._now = now
        self._root = None if public_url is None else "{0.scheme}://{0.netloc}".format(urlsplit(public_url))

    def root(self, request: Request) -> str:
        """The whole address of our pages, without a slash at its end: the public one, else the one asked for."""
        return (self._root or f"{request.url.scheme}://{request.url.netloc}") + self.pages.to("")

    def page(self, work: Work) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            if len(request.url.query) > LONGEST_QUERY:
                raise BadQuestion("the query of this address is too long")
            return await self.lanes.run(lambda reader: self._respond(request, work(request, reader)))

        return answer

    def _respond(self, request: Request, answer: Answer) -> Response:
        """Runs in a lane's thread: drawing a long page takes longer than reading it."""
        if isinstance(answer, Page):
            whole = None if self._root is None else self._root + self.pages.to(answer.path)
            address = whole or str(request.url.replace(query=request.url.query))
            html = self.pages.draw(answer.template, canonical=whole, address=address, **answer.values)
            return known_again(request, html)
        if isinstance(answer, Elsewhere):
            status = 308 if answer.permanent else 303
            return RedirectResponse(self.pages.to(answer.path), status_code=status, headers=FRESH)
        return document(request, answer)

    async def healthz(self, request: Request) -> Response:
        """200 when all is well, 503 when not; the same JSON shape either way."""
        try:
            health = await self.lanes.run(self._look)
        except (SnapshotsError, OSError) as error:
            health = Health(ok=False, problems=(f"the database cannot be read: {error}",))
        body = json.dumps(health_json(health, at=self._now()), ensure_ascii=False, indent=1)
        return Response(
            body + "\n",
            status_code=200 if health.ok else 503,
            media_type="application/json",
            headers={"Cache-Control": "no-store"},
        )

    def _look(self, reader: Reading) -> Health:
        reader.trials(limit=1)
        return self._health()

    async def static(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in STATIC:
            raise HTTPException(404)
        return Response(static_file(name), media_type=STATIC[name], headers=FOR_EVER)

    async def favicon(self, request: Request) -> Response:
        name = "favicon.svg"
        return Response(
            static_file(name), media_type=STATIC[name], headers={"Cache-Control": "max-age=86400"}
        )

    def refuse_host(self, request: Request) -> Response:
        """A foreign Host learns nothing, not even how we look."""
        asked = request.headers.get("host", "")[:100]
        text = f"this server does not answer to this name: `{asked}`\nhint: set `[web] public_url`\n"
        return Response(text, status_code=400, media_type="text/plain; charset=utf-8", headers=FRESH)

    async def page_error(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, PageError)
        return self._error(error.status, error.heading, _sentence(str(error)), _sentence(error.hint))

    async def stored_error(self, request: Request, error: Exception) -> Response:
        """What the store could not do: 503, it may be mended; 500 for a damaged body, which will not."""
        assert isinstance(error, SnapshotsError)
        heading = NotReady.heading
        if isinstance(error, DamagedVersion):
            heading = "A stored version is damaged"
        elif isinstance(error, NoDatabase):
            heading = "There is no history yet"
        status = 500 if isinstance(error, DamagedVersion) else NotReady.status
        return self._error(status, heading, _sentence(str(error)), _sentence(error.hint or ""))

    async def http_error(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        path = request.url.path
        if (
            error.status_code == 404
            and len(path) > 1
            and path.endswith("/")
            and request.method in ("GET", "HEAD")
        ):
            query = urlencode(request.query_params.multi_items())
            target = "/" + path.strip("/") + (f"?{query}" if query else "")
            return RedirectResponse(self.pages.to(target), status_code=308, headers=FRESH)
        heading, message = _STATUS_WORDS.get(error.status_code, ("That did not work", error.detail))
        return self._error(error.status_code, heading, message, "", dict(error.headers or {}))

    async def defect(self, request: Request, error: Exception) -> Response:
        """A defect of ours. Starlette raises it again afterwards, so that the server logs it."""
        message = "A defect of trialbell's own; its log has the details."
        return self._error(500, "Something went wrong", message, "", SECURITY_HEADERS)

    def _error(
        self, status: int, heading: str, message: str, hint: str, headers: Mapping[str, str] | None = None
    ) -> Response:
        html = self.pages.draw("error.html", status=status, heading=heading, message=message, hint=hint)
        return HTMLResponse(html, status_code=status, headers={**FRESH, **(headers or {})})


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("." if text and text[-1] not in ".!?" else "")
