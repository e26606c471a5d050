"""What all addresses share: from a request to whoever answers it, and what happens to what is no question at all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from urllib.parse import quote, urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from monitor import addresses
from monitor.web import filters
from monitor.web.address import Address, Format
from monitor.web.answers import Answer, BadQuestion, Elsewhere, PageError
from monitor.web.finding import canonical
from monitor.web.guard import SECURITY_HEADERS
from monitor.web.lanes import Lanes
from monitor.web.making import Making
from monitor.web.question import Present, Question
from monitor.web.reading import Reading
from monitor.web.representations import offered, wanted
from monitor.web.workers import Workers
from snapshots.errors import SnapshotsError

LONGEST_QUERY = 2_000  # characters
_BELOW_A_TRIAL = "/trials/{registry}/{trial}"
_STATUS_WORDS: Mapping[int, tuple[str, str]] = {
    404: ("There is nothing here", "No page of ours has this address."),
    405: ("That cannot be done here", "Pages are only read: ask with GET."),
}

Endpoint = Callable[[Request], Awaitable[Response]]


class Site:
    def __init__(
        self,
        making: Making,
        lanes: Lanes,
        workers: Workers | None,
        *,
        now: Callable[[], datetime],
        present: Callable[[], Present],
        token: Callable[[Request, datetime], str | None],
    ) -> None:
        """workers: who make what needs no more than the database; None: the lanes do.

        present: asked anew for each request. token: of the forms that whoever asks may send.
        """
        self.making = making
        self.lanes = lanes
        self._workers = workers
        self._now = now
        self._present = present
        self._token = token

    def endpoint(self, address: Address, format: Format | None = None) -> Endpoint:
        """format: as the address's end says; None: as the Accept header likes."""

        async def answer(request: Request) -> Response:
            form = self._understood(request, address, format)
            sent_on = _canonical(address, request, format)
            if sent_on is not None:
                return self.making.respond(request, sent_on)
            now = self._now()
            token = self._token(request, now)
            question = Question.of(request, address.name, form, now=now, present=self._present(), token=token)
            if self._workers is not None and self._workers.are_ready and not address.here:
                return await self._workers.made(question)
            return await self.lanes.lend(lambda opened: self.making.made(opened, question))

        return answer

    def sent_on(self, address: Address) -> Endpoint:
        """From the name that the ends are put behind to the address itself."""

        async def answer(request: Request) -> Response:
            self._understood(request, address, None)
            return self.making.respond(request, Elsewhere(path=address.path, permanent=True))

        return answer

    def _understood(self, request: Request, address: Address, format: Format | None) -> Format:
        form = format or wanted(request.headers.get("accept", ""), offered(address))
        request.state.format = form  # errors are answered in the same form
        request.state.address = address.name  # and counted under it
        if len(request.url.query) > LONGEST_QUERY:
            raise BadQuestion("the query of this address is too long")
        if address.parameters:
            filters.check_names(request.query_params, [one.name for one in address.parameters])
        return form

    async def answered(self, request: Request, work: Callable[[Reading], Answer]) -> Response:
        """What is no page's address, in a lane."""
        return await self.lanes.run(lambda reader: self.making.respond(request, work(reader)))

    async def page_error(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, PageError)
        return self.making.page_error(request, error)

    async def stored_error(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, SnapshotsError)
        return self.making.stored_error(request, error)

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
            return self.making.respond(request, Elsewhere(path=target, permanent=True))
        heading, message = _STATUS_WORDS.get(error.status_code, ("That did not work", error.detail))
        return self.making.error(request, error.status_code, heading, message, "", dict(error.headers or {}))

    async def defect(self, request: Request, error: Exception) -> Response:
        """A defect of ours. Starlette raises it again afterwards, so that the server logs it."""
        message = "A defect of trialbell's own; its log has the details."
        return self.making.error(request, 500, "Something went wrong", message, "", SECURITY_HEADERS)


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
