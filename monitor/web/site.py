"""What all addresses share: from a request to a function in a lane, and from its answer to bytes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import quote, urlencode, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from monitor import addresses
from monitor.web import filters
from monitor.web.access.gate import login_path
from monitor.web.access.visitor import visitor_of
from monitor.web.address import Address, Asked, Format
from monitor.web.answers import Answer, BadQuestion, Elsewhere, NotReady, Page, PageError
from monitor.web.drawing.render import Pages
from monitor.web.finding import canonical
from monitor.web.guard import SECURITY_HEADERS
from monitor.web.lanes import Lanes
from monitor.web.reading import Reading
from monitor.web.replies import FRESH, HTML, document, known_again
from monitor.web.representations import MEDIA, PROBLEM, Problem, as_csv, as_json, offered, wanted
from monitor.web.setting import Setting
from snapshots.errors import DamagedVersion, NoDatabase, SnapshotsError

LONGEST_QUERY = 2_000  # characters
_BELOW_A_TRIAL = "/trials/{registry}/{trial}"
_STATUS_WORDS: Mapping[int, tuple[str, str]] = {
    404: ("There is nothing here", "No page of ours has this address."),
    405: ("That cannot be done here", "Pages are only read: ask with GET."),
}

Endpoint = Callable[[Request], Awaitable[Response]]


class Site:
    def __init__(self, pages: Pages, lanes: Lanes, public_url: str | None, *, may_rise: bool = False) -> None:
        """may_rise: whoever is logged in to read could log in to act."""
        self._may_rise = may_rise
        self.pages = pages
        self.lanes = lanes
        self._root = None if public_url is None else "{0.scheme}://{0.netloc}".format(urlsplit(public_url))

    def root(self, request: Request) -> str:
        """The whole address of our pages, without a slash at its end: the public one, else the one asked for."""
        return (self._root or f"{request.url.scheme}://{request.url.netloc}") + self.pages.to("")

    def endpoint(
        self,
        address: Address,
        work: Callable[[Asked], Answer],
        setting: Callable[[Request], Setting],
        format: Format | None = None,
    ) -> Endpoint:
        """format: as the address's end says; None: as the Accept header likes."""

        async def answer(request: Request) -> Response:
            form = format or wanted(request.headers.get("accept", ""), offered(address))
            request.state.format = form  # errors are answered in the same form
            request.state.address = address.name  # and counted under it
            if len(request.url.query) > LONGEST_QUERY:
                raise BadQuestion("the query of this address is too long")
            if address.parameters:
                filters.check_names(request.query_params, [one.name for one in address.parameters])

            def asked(reader: Reading) -> Answer:
                sent_on = _canonical(address, request, format)
                return sent_on or work(
                    Asked(
                        reader=reader,
                        setting=setting(request),
                        path=request.path_params,
                        query=request.query_params,
                        format=form,
                        root=self.root(request),
                        cookies=request.cookies,
                        accept=request.headers.get("accept", ""),
                    )
                )

            try:
                return await self.answered(request, asked, address, form)
            except (SnapshotsError, OSError) as error:
                if address.unread is None:
                    raise
                return document(request, address.unread(error, setting(request)))

        return answer

    async def answered(
        self,
        request: Request,
        work: Callable[[Reading], Answer],
        address: Address | None = None,
        format: Format = Format.HTML,
    ) -> Response:
        return await self.lanes.run(lambda reader: self._respond(request, work(reader), address, format))

    def _respond(self, request: Request, answer: Answer, address: Address | None, format: Format) -> Response:
        """Runs in a lane's thread: drawing a long page takes longer than reading it."""
        if isinstance(answer, Elsewhere):
            status = 308 if answer.permanent else 303
            return RedirectResponse(self.pages.to(answer.path), status_code=status, headers=FRESH)
        if not isinstance(answer, Page):
            return document(request, answer)
        if format is Format.JSON and answer.data is not None:
            return known_again(request, as_json(answer.data()), MEDIA[format], answer.headers)
        if format is Format.CSV and address is not None and address.rows and answer.rows is not None:
            return known_again(request, as_csv(address.rows, answer.rows()), MEDIA[format], answer.headers)
        whole = None if self._root is None else self._root + self.pages.to(answer.path)
        own = whole or str(request.url.replace(query=request.url.query))
        forms = () if address is None else tuple(one for one in offered(address) if one is not Format.HTML)
        html = self.pages.draw(
            answer.template,
            canonical=whole,
            address=own,
            other_forms=_ends(request, forms),
            **self._around(request),
            **answer.values,
        )
        return known_again(request, html.encode(), HTML, answer.headers)

    def _around(self, request: Request) -> dict[str, object]:
        """What every page says of who reads it."""
        return {
            "visitor": visitor_of(request),
            "rise": login_path(request) if self._may_rise else None,
        }

    async def page_error(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, PageError)
        return self._error(request, error.status, error.heading, _sentence(str(error)), _sentence(error.hint))

    async def stored_error(self, request: Request, error: Exception) -> Response:
        """What the store could not do: 503, it may be mended; 500 for a damaged body, which will not."""
        assert isinstance(error, SnapshotsError)
        heading = NotReady.heading
        if isinstance(error, DamagedVersion):
            heading = "A stored version is damaged"
        elif isinstance(error, NoDatabase):
            heading = "There is no history yet"
        status = 500 if isinstance(error, DamagedVersion) else NotReady.status
        return self._error(request, status, heading, _sentence(str(error)), _sentence(error.hint or ""))

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
        return self._error(request, error.status_code, heading, message, "", dict(error.headers or {}))

    async def defect(self, request: Request, error: Exception) -> Response:
        """A defect of ours. Starlette raises it again afterwards, so that the server logs it."""
        message = "A defect of trialbell's own; its log has the details."
        return self._error(request, 500, "Something went wrong", message, "", SECURITY_HEADERS)

    def _error(
        self,
        request: Request,
        status: int,
        heading: str,
        message: str,
        hint: str,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        headers = {**FRESH, "Vary": "Accept", **(headers or {})}
        if _asks_for_data(request):
            problem = Problem(title=heading, status=status, detail=message, hint=hint)
            return Response(as_json(problem), status_code=status, media_type=PROBLEM, headers=headers)
        html = self.pages.draw(
            "error.html", status=status, heading=heading, message=message, hint=hint, **self._around(request)
        )
        return Response(html, status_code=status, media_type=HTML, headers=headers)


def _canonical(address: Address, request: Request, format: Format | None) -> Answer | None:
    """Sends an id that is written otherwise on to the one true address; None where it is that."""
    if not address.path.startswith(_BELOW_A_TRIAL):
        return None
    registry, text = request.path_params["registry"], request.path_params["trial"]
    trial = canonical(registry, text)
    if trial == text:
        return None
    parts = {name: quote(value, safe=".") for name, value in request.path_params.items()}
    below = address.path.removeprefix(_BELOW_A_TRIAL).replace(":path}", "}").format(**parts)
    end = f".{format}" if format else ""
    query = f"?{request.url.query}" if request.url.query else ""
    return Elsewhere(path=addresses.trial(registry, trial) + below + end + query, permanent=True)


def _ends(request: Request, forms: tuple[Format, ...]) -> tuple[tuple[str, str, str], ...]:
    """The other forms of the page that is asked for: name, path (without our prefix) and media type."""
    path = "/today" if request.url.path in ("/", "") else quote(request.url.path)
    query = f"?{request.url.query}" if request.url.query else ""
    return tuple((one.upper(), f"{path}.{one}{query}", MEDIA[one].partition(";")[0]) for one in forms)


def _asks_for_data(request: Request) -> bool:
    if request.url.path.endswith((".json", ".csv")):
        return True
    format: Format | None = getattr(request.state, "format", None)
    if format is None:  # no address was found, or its guard refused
        format = wanted(request.headers.get("accept", ""), (Format.HTML, Format.JSON))
    return format is not Format.HTML


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("." if text and text[-1] not in ".!?" else "")
