"""Asks an ASGI application one question at a time, without a server, as a browser would."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode

from starlette.types import ASGIApp


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)


class Asking:
    """Redirects are answers, not followed. Defects of the application are raised unless `defects` is set."""

    def __init__(self, app: ASGIApp, runner: asyncio.Runner, *, defects: bool = False) -> None:
        self.app = app
        self._runner = runner
        self._defects = defects

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.ask("GET", path, headers)

    def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        *,
        body: str = "",
        client: str = "127.0.0.1",
    ) -> Answer:
        """client: the address that asks. Headers are given once, or with `\n` between several of one name."""
        whole = {"host": "127.0.0.1:8787", **(headers or {})}
        return self._runner.run(self._ask(method, path, whole, body.encode(), client))

    def send(self, path: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Answer:
        """A form, as a page of ours sends it."""
        kind = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
        return self.ask("POST", path, {**kind, **(headers or {})}, body=urlencode(form))

    async def _ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, client: str
    ) -> Answer:
        route, _, query = path.partition("?")
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(route),
            "raw_path": route.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [
                (name.lower().encode(), one.encode("latin-1"))
                for name, value in headers.items()
                for one in value.split("\n")
            ],
            "client": (client, 50000),
            "server": ("127.0.0.1", 8787),
        }
        said: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            said.append(message)

        try:
            await self.app(scope, receive, send)
        except Exception:  # whatever the application failed with; the answer it gave before counts
            if not self._defects:
                raise
        content = b"".join(one.get("body", b"") for one in said if one["type"] == "http.response.body")
        found: dict[str, str] = {}
        for name, value in said[0]["headers"]:
            before = found.get(name.decode())
            text = value.decode("latin-1")
            found[name.decode()] = text if before is None else f"{before}, {text}"
        return Answer(status=said[0]["status"], headers=found, content=content)


@contextmanager
def asking(app: Any, *, defects: bool = False) -> Iterator[Asking]:
    """An application from its start to its end."""
    with asyncio.Runner() as runner:
        held = app.router.lifespan_context(app)
        runner.run(held.__aenter__())
        try:
            yield Asking(app, runner, defects=defects)
        finally:
            runner.run(held.__aexit__(None, None, None))
