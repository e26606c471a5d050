"""From a question and a reader to the bytes of an answer. Knows no event loop: it runs in a lane's thread, or in a
process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from monitor.health import Health
from monitor.web.access.gate import login_path
from monitor.web.access.visitor import visitor_of
from monitor.web.address import Address, Asked, Format
from monitor.web.answers import Answer, Elsewhere, NotReady, Page, PageError
from monitor.web.drawing.render import Pages
from monitor.web.opened import Opened
from monitor.web.question import Grounds, Question
from monitor.web.reading import Reading
from monitor.web.replies import FRESH, HTML, document, known_again
from monitor.web.representations import MEDIA, PROBLEM, Problem, as_csv, as_json, offered, wanted
from monitor.web.rooms import ADDRESSES, LAST
from monitor.web.setting import Setting
from monitor.web.sources import source
from snapshots.errors import DamagedVersion, NoDatabase, SnapshotsError

_ADDRESSES: Mapping[str, Address] = {one.name: one for one in (*ADDRESSES, *LAST)}


class Making:
    def __init__(self, grounds: Grounds) -> None:
        self._grounds = grounds
        url = grounds.public_url
        prefix = urlsplit(url).path.rstrip("/") if url else ""
        self.pages = Pages(
            prefix,
            banner=source("ctgov", grounds.sites).banner,
            nav=tuple((one.nav, one.path, one.name) for one in ADDRESSES if one.nav),
        )
        self._root = None if url is None else "{0.scheme}://{0.netloc}".format(urlsplit(url))

    def made(self, opened: Opened, question: Question) -> Response:
        """Raises nothing but defects: what cannot be had is an answer too."""
        try:
            return opened.read(lambda reader: self._answer(reader, question))
        except PageError as error:
            return self.page_error(question.request, error)
        except (SnapshotsError, OSError) as error:
            unread = _ADDRESSES[question.address].unread
            if unread is not None:
                return document(question.request, unread(error, self._setting(None, question)))
            if isinstance(error, SnapshotsError):
                return self.stored_error(question.request, error)
            raise

    def _answer(self, reader: Reading, question: Question) -> Response:
        request, address = question.request, _ADDRESSES[question.address]
        answer = address.work(
            Asked(
                reader=reader,
                setting=self._setting(reader, question),
                path=request.path_params,
                query=request.query_params,
                format=question.format,
                root=self._whole(request),
                cookies=request.cookies,
                accept=request.headers.get("accept", ""),
            )
        )
        return self.respond(request, answer, address, question.format)

    def _setting(self, reader: Reading | None, question: Question) -> Setting:
        """reader: None where the database cannot be read; then nobody asks how the service is."""
        visitor = visitor_of(question.request)
        grounds, present = self._grounds, question.present

        def health() -> Health:
            assert reader is not None
            return present.look(reader.database, question.now)

        return Setting(
            now=question.now,
            effective=present.effective,
            health=health,
            sites=grounds.sites,
            served=grounds.served,
            reads=visitor is not None and visitor.reads,
            token=question.token,
            study_staff=grounds.study_staff,
            access=grounds.access,
            overridden=present.overridden,
        )

    def _whole(self, request: Request) -> str:
        """The whole address of our pages, without a slash at its end: the public one, else the one asked for."""
        return (self._root or f"{request.url.scheme}://{request.url.netloc}") + self.pages.to("")

    def respond(
        self, request: Request, answer: Answer, address: Address | None = None, format: Format = Format.HTML
    ) -> Response:
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
            "rise": login_path(request) if self._grounds.may_rise else None,
        }

    def page_error(self, request: Request, error: PageError) -> Response:
        return self.error(request, error.status, error.heading, _sentence(str(error)), _sentence(error.hint))

    def stored_error(self, request: Request, error: SnapshotsError) -> Response:
        """What the store could not do: 503, it may be mended; 500 for a damaged body, which will not."""
        heading = NotReady.heading
        if isinstance(error, DamagedVersion):
            heading = "A stored version is damaged"
        elif isinstance(error, NoDatabase):
            heading = "There is no history yet"
        status = 500 if isinstance(error, DamagedVersion) else NotReady.status
        return self.error(request, status, heading, _sentence(str(error)), _sentence(error.hint or ""))

    def error(
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
