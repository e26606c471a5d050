"""A reverse proxy with a log-in over loopback, as Caddy or nginx stand before us: it asks for a password, takes out
what a browser says of itself, names who asks, and passes on the rest."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATIENCE = 30


@contextmanager
def reverse_proxy(
    upstream: int, users: dict[str, str], *, header: str, strips: bool = True, passed_by: tuple[str, ...] = ()
) -> Iterator[int]:
    """Its port. users: name → password. strips: takes out a header of that name that came, as it must.

    passed_by: ends of paths for which it asks nobody, and names nobody.
    """

    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            name = self._user()
            by = self.path.partition("?")[0].endswith(passed_by) if passed_by else False
            if name is None and not by:
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="proxy"')
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            sent = [
                (key, value)
                for key, value in self.headers.items()
                if not (strips and key.lower() == header.lower()) and key.lower() != "connection"
            ]
            if name is not None and not by:
                sent.append((header, name))
            sent.append(("X-Forwarded-For", self.client_address[0]))
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            connection = HTTPConnection("127.0.0.1", upstream, timeout=PATIENCE)
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for key, value in sent:
                connection.putheader(key, value)
            connection.endheaders(body or None)
            answer = connection.getresponse()
            content = answer.read()
            connection.close()
            self.send_response(answer.status)
            for key, value in answer.getheaders():
                if key.lower() not in ("content-length", "date", "connection"):
                    self.send_header(key, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            self._pass_on()

        def do_POST(self) -> None:
            self._pass_on()

        def _user(self) -> str | None:
            scheme, _, rest = self.headers.get("Authorization", "").partition(" ")
            if scheme.lower() != "basic":
                return None
            name, _, password = base64.b64decode(rest).decode().partition(":")
            return name if users.get(name) == password else None

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join(PATIENCE)
        server.server_close()
