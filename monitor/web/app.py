"""Puts the pages together: from the rooms' addresses to routes, and what stands around every answer.

Reading and drawing happen in processes of their own, or in the lanes' threads; the event loop only passes on.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

from sqlite_utils import Database
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.web.access.ended import Ended
from monitor.web.access.gate import Gate, may_not_act
from monitor.web.access.login import Login
from monitor.web.access.rules import Access, Rules
from monitor.web.access.sessions import Cookies
from monitor.web.access.visitor import visitor_of
from monitor.web.acting import acts
from monitor.web.acting.forms import Forms, fields
from monitor.web.address import Address, Format
from monitor.web.answers import Answer, Elsewhere, PageError, Refused
from monitor.web.deliveries import retrying
from monitor.web.drawing.render import STATIC, static_file
from monitor.web.guard import Guard
from monitor.web.lanes import Lanes
from monitor.web.making import Making
from monitor.web.metrics.served import Counting, Served
from monitor.web.question import Grounds, Present
from monitor.web.replies import FRESH
from monitor.web.representations import offered
from monitor.web.rooms import ADDRESSES, LAST
from monitor.web.site import Site
from monitor.web.sources import Site as Registry
from monitor.web.workers import Workers
from snapshots.errors import SnapshotsError

Act = Callable[..., Answer]  # `acting.acts.do` and those like it
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


def create_app(
    *,
    database: Callable[[], Database],
    present: Callable[[], Present],
    now: Callable[[], datetime],
    public_url: str | None,
    allowed_hosts: tuple[str, ...],
    acting: Callable[[], Database] | None = None,
    writing: Callable[[], Database] | None = None,
    access: Access | None = None,
    sites: Mapping[str, Registry] | None = None,
    study_staff: bool = False,
    processes: int = 0,
) -> Starlette:
    """The browser as an ASGI application.

    database: opens a read-only connection; called once in each of a few threads, and again after an error.
    present: asked anew for each request. now: aware UTC.
    public_url: where people reach us; its path, if any, goes before every link of ours.
    allowed_hosts: names that the Host header may have (`guard.hosts_for`); `*` allows all.
    acting: opens a connection for the one short write of what a person does about alerts; None: nothing can be done.
    writing: opens one for the short write of a log-out; None: only this process remembers it.
    access: who may read and who may act; None, or one that is open: whoever reaches us.
    sites: where each registry's records come from; the public ones when left out.
    study_staff: whether records are shown with the names of study staff.
    processes: that make the pages; 0: threads do. For processes all that tells how pages are made must be picklable:
    database, what `present` answers, access, sites.
    """
    forms = Forms(public_url)
    rules = None if access is None or access.is_open else Rules(access)
    both = access is not None and bool(access.read_token and access.act_token)
    served = Served()
    grounds = Grounds(
        database=database,
        public_url=public_url,
        access=access,
        sites=sites or {},
        study_staff=study_staff,
        may_rise=both and acting is not None,
        served=served,
    )

    def token(request: Request, moment: datetime) -> str | None:
        visitor = visitor_of(request)
        may_act = acting is not None and visitor is not None and visitor.acts
        return forms.token(moment, visitor.mark) if visitor is not None and may_act else None

    making, lanes = Making(grounds), Lanes(database)
    workers = Workers(grounds, processes) if processes else None
    site = Site(making, lanes, workers, now=now, present=present, token=token)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        if workers is not None:
            workers.start()
        try:
            yield
        finally:
            lanes.close()
            if workers is not None:
                workers.close()

    def acted(work: Act, shown_on: str) -> Callable[[Request], Awaitable[Response]]:
        """What a form does. shown_on: where it stands, for who comes by another way than the form."""

        async def act(request: Request) -> Response:
            if acting is None:
                raise Refused(
                    "nothing can be done from these pages",
                    hint="`trialbell mute`, `ack` and `outbox retry` do it, or switch on `[web] acting`.",
                )
            if request.method != "POST":  # as after a form that was refused: there is nothing to read here
                return await site.answered(request, lambda reader: Elsewhere(path=shown_on))
            visitor = visitor_of(request)
            if visitor is None or not visitor.acts:
                raise may_not_act(visitor)
            forms.check_origin(request)
            form = await fields(request)
            return await site.answered(
                request,
                lambda reader: work(
                    reader, form, forms=forms, open_database=acting, now=now(), visitor=visitor
                ),
            )

        return act

    prefix = making.pages.to("")
    cookies = Cookies(public_url, prefix)
    ended = Ended(lanes, writing)
    login = None
    if rules is not None and rules.access.has_tokens:
        login = Login(rules=rules, forms=forms, pages=making.pages, now=now, cookies=cookies, ended=ended)
    app = Starlette(
        routes=[
            *(route for one in ADDRESSES for route in _routes(site, one)),
            Route("/acts", acted(acts.do, "/health#muted"), methods=["GET", "POST"]),
            Route(retrying.PATH, acted(retrying.do, retrying.SHOWN_ON), methods=["GET", "POST"]),
            *(login.routes() if login is not None else ()),
            Route("/static/{name}", _static),
            Route("/favicon.ico", _favicon),
            *(route for one in LAST for route in _routes(site, one)),
        ],
        middleware=[
            Middleware(Guard, allowed_hosts=allowed_hosts, prefix=prefix, refuse=_refuse_host),
            Middleware(Counting, served=served),
            Middleware(
                Gate,
                rules=rules,
                now=now,
                cookies=cookies,
                ended=ended,
                to=making.pages.to,
                refuse=site.page_error,
            ),
        ],
        exception_handlers={
            PageError: site.page_error,
            SnapshotsError: site.stored_error,
            HTTPException: site.http_error,
            Exception: site.defect,
        },
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    app.state.workers = workers
    return app


def _routes(site: Site, address: Address) -> list[Route]:
    """By the ends of their addresses first: `NCT07146087.json` would be an id too."""
    ends = [one for one in offered(address) if one is not Format.HTML]
    routes = [Route(f"{address.file}.{one}", site.endpoint(address, one)) for one in ends]
    if address.file != address.path:
        routes.append(Route(address.file, site.sent_on(address)))
    return [*routes, Route(address.path, site.endpoint(address))]


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in STATIC:
        raise HTTPException(404)
    return Response(static_file(name), media_type=STATIC[name], headers=FOR_EVER)


async def _favicon(request: Request) -> Response:
    name = "favicon.svg"
    return Response(static_file(name), media_type=STATIC[name], headers={"Cache-Control": "max-age=86400"})


def _refuse_host(request: Request) -> Response:
    """A foreign Host learns nothing, not even how we look."""
    asked = request.headers.get("host", "")[:100]
    text = f"this server does not answer to this name: `{asked}`\nhint: set `[web] public_url`\n"
    return Response(text, status_code=400, media_type="text/plain; charset=utf-8", headers=FRESH)
